"""Every documented endpoint is there; what is only linked or mentioned is there when a knob says so."""

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox.arocord_hims.analytics import REPORTS
from sync.sandbox.catalogue import SYSTEMS, endpoints
from tests.sandboxed import HCR, Desk

_CORPUS = os.environ.get("CLINIC_CORPUS")
TABLE = Path(_CORPUS).parent / "apis" / "endpoints.csv" if _CORPUS else Path("/nowhere")
FIRST_OPTIONAL = 114  # in the table, what is only linked or mentioned comes after so many
# Rows that are there in the samples, or are made first, for each placeholder.
IDS = {
    "healify": {
        "patient_id": "pat_123abc", "record_id": "rec_123abc", "prescription_id": "prx_123abc",
        "appointment_id": "apt_123abc", "program_id": "prg_123abc",
    },
    "arocord_hims": {
        "/patients/": "patient_001", "/appointments/": "appointment_001", "/consultations/": "consultation_001",
        "/notifications/": "notification_001", "report_type": next(iter(REPORTS)),
    },
    "hms_enterprise": {
        "patient_id": "123e4567-e89b-12d3-a456-426614174000", "encounter_id": "223e4567-e89b-12d3-a456-426614174001",
        "order_id": "523e4567-e89b-12d3-a456-426614174003",
    },
    "practice_studio": {
        "patient_id": "PAT-12345", "appointment_id": "APPT-12345", "provider_id": "PROV-54321",
        "record_id": "REC-12345", "attachment_id": "ATT-987", "invoice_id": "INV-12345",
    },
    "healthcare_records": {
        "patient_id": "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a01",
        "immunization_id": "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a02",
        "document_id": "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a03",
    },
}  # fmt: skip
HMS_LINKS = {
    "/patients/{id}/encounters": "123e4567-e89b-12d3-a456-426614174000",
    "/patients/{id}/appointments": "123e4567-e89b-12d3-a456-426614174000",
    "/providers/{id}": "323e4567-e89b-12d3-a456-426614174001",
    "/clinical/encounters/{id}": "223e4567-e89b-12d3-a456-426614174001",
    "/pharmacy/prescriptions/{id}": "423e4567-e89b-12d3-a456-426614174002",
    "/laboratory/orders/{id}": "523e4567-e89b-12d3-a456-426614174003",
    "/appointments/{id}": "623e4567-e89b-12d3-a456-426614174005",
    "/billing/charges/{id}": "723e4567-e89b-12d3-a456-426614174006",
}


def filled(desk: Desk, path: str) -> str:
    name = desk.system.name
    for key, ident in IDS[name].items():
        path = path.replace(f"{{{key}}}", ident)
        if key in path:
            path = path.replace("{id}", ident)
    if name == "arocord_hims" and "{id}" in path:
        path = path.replace("{id}", ordered(desk, path))
    return path


def ordered(desk: Desk, path: str) -> str:
    """A prescription or a laboratory order of AROCORD: its samples have none."""
    of = {"patient_id": "patient_001", "doctor_id": "doctor_001"}
    if "/lab/" in path:
        return str(
            desk.ask("POST", "/v1/lab/orders", {**of, "tests": [{"test_code": "CBC"}]}).json()["data"]["order"]["id"]
        )
    made = desk.ask("POST", "/v1/prescriptions", {**of, "medications": [{"name": "Lisinopril"}]}).json()
    return str(made["data"]["prescription"]["id"])


def roles(system: str, path: str) -> str:
    if "/patient-portal/" in path and not path.endswith("login"):
        return "patient"
    admin = system == "healthcare_records" or path.endswith("/notifications")
    return "admin" if admin and system in {"healthcare_records", "arocord_hims"} else ""


DOCUMENTED = [(system, method, path) for system, method, path in endpoints()]


def test_there_are_114_documented_endpoints() -> None:
    counts = {name: sum(system == name for system, _method, _path in DOCUMENTED) for name in SYSTEMS}
    assert counts == {
        "healify": 28, "arocord_hims": 38, "hms_enterprise": 18, "practice_studio": 10, "healthcare_records": 20,
    }  # fmt: skip


@pytest.mark.parametrize(("system", "method", "path"), DOCUMENTED, ids=lambda part: part)
def test_a_documented_endpoint_answers(system: str, method: str, path: str) -> None:
    desk = Desk(system).sign_in(roles(system, path))
    answer = desk.ask(method, filled(desk, path), {} if method in {"POST", "PUT"} else None)
    assert answer.status not in {404, 405, 501}, answer.body
    assert answer.status < 500


FREE = ("/auth/login", "/auth/refresh", "/auth/token", "/oauth/token", "/patient-portal/login", "/health")
GUARDED = [row for row in DOCUMENTED if not row[2].endswith(FREE)]


@pytest.mark.parametrize(("system", "method", "path"), GUARDED, ids=lambda part: part)
def test_nobody_is_answered_without_signing_in(system: str, method: str, path: str) -> None:
    answer = Desk(system).ask(method, filled(Desk(system).sign_in(), path), {})
    assert answer.status == 401
    assert not Desk(system).system.log.effects


def test_the_table_of_the_documents_is_the_sandbox_s_own() -> None:
    if not TABLE.exists():
        pytest.skip("CLINIC_CORPUS names no folder beside the table of endpoints")
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:FIRST_OPTIONAL]
    bases = {"arocord_hims": "/v1", "healthcare_records": HCR}
    wanted = {(row["system"], row["method"], bases.get(row["system"], "") + row["path"]) for row in rows}
    assert set(DOCUMENTED) == wanted


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_only_linked_or_mentioned_answers_by_a_knob_alone(system: str) -> None:
    desk, open_desk = Desk(system).sign_in(roles(system, "")), Desk(system, optional=True).sign_in(roles(system, ""))
    known = {(method, path) for name, method, path in DOCUMENTED if name == system}
    for route in desk.system.router.routes:
        if not route.optional or (route.method, route.path) in known:
            continue
        path, body = optional_path(route.path, open_desk)
        assert desk.ask(route.method, path, body).status in {404, 405}, route.path
        assert open_desk.ask(route.method, path, body).status == 200, route.path


def optional_path(path: str, desk: Desk) -> tuple[str, Any]:
    if path in HMS_LINKS:
        return "/v1" + path.replace("{id}", HMS_LINKS[path]), None
    if path == "/shared/{share_id}":
        given = {"recipient_email": "a@b.org", "recipient_type": "x", "permissions": ["view"]}
        made = desk.ask("POST", "/api/v1/medical-records/rec_123abc/share", given).json()
        return path.replace("{share_id}", made["share_id"]), None
    prefix = {"hms_enterprise": "/api/v1", "healthcare_records": HCR}.get(desk.system.name, "")
    return filled(desk, prefix + path), None


def test_a_wrong_method_is_told_from_a_wrong_address() -> None:
    desk = Desk("healify").sign_in()
    assert desk.ask("PATCH", "/api/v1/patients/pat_123abc").status == 405
    assert desk.ask("GET", "/api/v2/patients").status == 404
