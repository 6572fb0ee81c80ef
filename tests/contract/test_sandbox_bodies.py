"""The sandbox answers each documented example with exactly the example's fields and types."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.knobs import Knobs
from sync.sandbox.system import System
from sync.sandbox.wire import Request, encoded
from sync.sandbox.world import World, moment

_CORPUS = os.environ.get("CLINIC_CORPUS")
EXAMPLES = Path(_CORPUS).parent / "apis" / "examples" if _CORPUS else Path("/nowhere")
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="CLINIC_CORPUS names no folder beside the examples")

# Where the document writes "uuid" or "uuid1", a row that is there; ids are those of the sample records.
SAMPLE_IDS: dict[str, dict[str, str]] = {
    "arocord_hims": {
        "patient_id": "patient_001",
        "doctor_id": "doctor_001",
        "appointment_id": "appointment_001",
        "consultation_id": "consultation_001",
        "dispensed_by": "doctor_002",
        "technician_id": "doctor_002",
        "drug_id": "drug_001",
        "uuid": "doctor_001",
    },
}
# The day the document's own examples were written on.
DAYS = {
    "healify": "2025-01-25T09:00:00Z",
    "arocord_hims": "2025-01-15T14:30:00Z",
    "hms_enterprise": "2024-01-15T14:30:00Z",
    "practice_studio": "2023-03-01T10:15:00Z",
    "healthcare_records": "2024-01-15T10:30:00Z",
}
RECORDS = "/api/v1/healthcare-records"
# How each example that has an answer is asked: its file's first part, the method and the target.
ASKED: dict[str, dict[str, tuple[str, str]]] = {
    "healify": {
        "01-get-patients": ("GET", "/api/v1/patients"),
        "02-post-patients": ("POST", "/api/v1/patients"),
        "03-get-patients-patient-id": ("GET", "/api/v1/patients/pat_123abc"),
        "04-put-patients-patient-id": ("PUT", "/api/v1/patients/pat_123abc"),
        "06-get-patients-patient-id-history": ("GET", "/api/v1/patients/pat_123abc/history"),
        "07-get-medical-records": ("GET", "/api/v1/medical-records"),
        "08-post-medical-records": ("POST", "/api/v1/medical-records"),
        "09-get-medical-records-record-id": ("GET", "/api/v1/medical-records/rec_123abc"),
        "10-put-medical-records-record-id": ("PUT", "/api/v1/medical-records/rec_123abc"),
        "12-post-medical-records-record-id-share": ("POST", "/api/v1/medical-records/rec_123abc/share"),
        "13-get-medical-records-shared": ("GET", "/api/v1/medical-records/shared"),
        "14-get-prescriptions": ("GET", "/api/v1/prescriptions"),
        "15-post-prescriptions": ("POST", "/api/v1/prescriptions"),
        "16-get-prescriptions-prescription-id": ("GET", "/api/v1/prescriptions/prx_123abc"),
        "17-put-prescriptions-prescription-id": ("PUT", "/api/v1/prescriptions/prx_123abc"),
        "18-post-prescriptions-prescription-id-refill": ("POST", "/api/v1/prescriptions/prx_123abc/refill"),
        "19-get-appointments": ("GET", "/api/v1/appointments"),
        "20-post-appointments": ("POST", "/api/v1/appointments"),
        "21-get-appointments-appointment-id": ("GET", "/api/v1/appointments/apt_123abc"),
        "22-put-appointments-appointment-id": ("PUT", "/api/v1/appointments/apt_123abc"),
        "24-post-appointments-appointment-id-cancel": ("POST", "/api/v1/appointments/apt_123abc/cancel"),
        "25-get-appointments-available-slots": (
            "GET",
            "/api/v1/appointments/available-slots?provider_id=doc_456def&start_date=2025-01-26&end_date=2025-01-27",
        ),
        "26-get-digital-programs": ("GET", "/api/v1/digital-programs"),
        "27-get-digital-programs-program-id": ("GET", "/api/v1/digital-programs/prg_123abc"),
        "28-post-digital-programs-program-id-enroll": ("POST", "/api/v1/digital-programs/prg_123abc/enroll"),
    },
    "arocord_hims": {
        "01-post-auth-login": ("POST", "/v1/auth/login"),
        "04-get-patients": ("GET", "/v1/patients"),
        "05-get-patients-id": ("GET", "/v1/patients/patient_001"),
        "14-get-consultations-id": ("GET", "/v1/consultations/consultation_001"),
        "27-get-notifications": ("GET", "/v1/notifications"),
        "30-get-analytics-dashboard": ("GET", "/v1/analytics/dashboard"),
    },
    "hms_enterprise": {
        "01-post-auth-token": ("POST", "/auth/token"),
        "02-post-patients": ("POST", "/api/v1/patients"),
        "05-get-patients-search": ("GET", "/api/v1/patients/search?query=John&limit=10&offset=0"),
        "06-post-clinical-encounters": ("POST", "/api/v1/clinical/encounters"),
        "09-post-pharmacy-prescriptions": ("POST", "/api/v1/pharmacy/prescriptions"),
        "10-post-pharmacy-drug-interactions": ("POST", "/api/v1/pharmacy/drug-interactions"),
        "11-post-laboratory-orders": ("POST", "/api/v1/laboratory/orders"),
        "12-get-laboratory-orders-order-id-results": (
            "GET",
            "/api/v1/laboratory/orders/523e4567-e89b-12d3-a456-426614174003/results",
        ),
        "13-post-appointments": ("POST", "/api/v1/appointments"),
        "14-get-appointments-schedule": (
            "GET",
            "/api/v1/appointments/schedule?provider_id=323e4567-e89b-12d3-a456-426614174001"
            "&start_date=2024-01-20&end_date=2024-01-20",
        ),
        "15-post-billing-charges": ("POST", "/api/v1/billing/charges"),
        "17-get-analytics-patients": (
            "GET",
            "/api/v1/analytics/patients?start_date=2024-01-01&end_date=2024-01-31&metrics=registrations,visits,revenue",
        ),
        "18-get-analytics-clinical-quality": (
            "GET",
            "/api/v1/analytics/clinical-quality?start_date=2024-01-01&end_date=2024-01-31",
        ),
    },
    "healthcare_records": {
        "01-get-health": ("GET", f"{RECORDS}/health"),
        "02-get-immunizations": ("GET", f"{RECORDS}/immunizations"),
        "07-post-patients": ("POST", f"{RECORDS}/patients"),
        "19-post-fhir-validate": ("POST", f"{RECORDS}/fhir/validate"),
    },
    "practice_studio": {
        "01-post-oauth-token": ("POST", "/oauth/token"),
        "02-get-patients": ("GET", "/api/v1/patients"),
        "03-get-patients-patient-id": ("GET", "/api/v1/patients/PAT-12345"),
        "04-post-patients": ("POST", "/api/v1/patients"),
        "06-get-appointments": ("GET", "/api/v1/appointments"),
        "08-get-providers": ("GET", "/api/v1/providers"),
        "09-get-patients-patient-id-records": ("GET", "/api/v1/patients/PAT-12345/records"),
        "10-get-patients-patient-id-invoices": ("GET", "/api/v1/patients/PAT-12345/invoices"),
    },
}
# What must be there before an example can be asked for: other examples, by their first parts.
FIRST = {("healify", "13-get-medical-records-shared"): ["12-post-medical-records-record-id-share"]}
# What the document's own example would clash with.
REMOVED = {("healify", "02-post-patients"): ("patients", "pat_123abc")}
# Where the answer has a field of the same name that means something else.
OTHERWISE = {("healify", "24-post-appointments-appointment-id-cancel"): {".reason"}}


def examples() -> Iterator[Any]:
    for system, stems in ASKED.items():
        for stem in stems:
            yield pytest.param(system, stem, id=f"{system}-{stem}")


def document(system: str, stem: str, which: str) -> Any:
    path = EXAMPLES / system / f"{stem}.{which}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def built(system: str) -> System:
    at = moment(DAYS[system])
    assert at is not None
    return SYSTEMS[system](World(lambda: at, 1), Knobs(limits=False, optional=True))


def filled(system: str, given: Any) -> Any:
    """The body with the placeholders of ids replaced by ids that are there."""
    ids = SAMPLE_IDS.get(system, {})
    if isinstance(given, dict):
        return {
            name: ids[name] if isinstance(value, str) and value.startswith("uuid") else filled(system, value)
            for name, value in given.items()
        }
    if isinstance(given, list):
        return [
            ids["uuid"] if isinstance(one, str) and one.startswith("uuid") else filled(system, one) for one in given
        ]
    return given


def ask(system: System, stem: str) -> Any:
    method, target = ASKED[system.name][stem]
    body = document(system.name, stem, "request")
    signed_in = {"Authorization": f"Bearer {token_of(system)}"}
    sent = b"" if body is None else encoded(filled(system.name, body))
    if target == "/oauth/token":
        sent = form(system)
    response = system.handle(Request.of(method, target, signed_in, sent))
    assert response.status in {200, 201}, (response.status, response.body)
    return response.json()


def token_of(system: System) -> str:
    has = system.credentials()
    if system.name == "arocord_hims":
        return str(posted(system, "/v1/auth/login", has)["data"]["tokens"]["access_token"])
    if system.name == "hms_enterprise":
        return str(posted(system, "/auth/token", has)["access_token"])
    if system.name == "practice_studio":
        return str(system.handle(Request.of("POST", "/oauth/token", {}, form(system))).json()["access_token"])
    return has["token"]


def form(system: System) -> bytes:
    has = system.credentials()
    asked = {name: has[name] for name in ("client_id", "client_secret", "scope")}
    return urlencode({"grant_type": "client_credentials", **asked}).encode()


def posted(system: System, path: str, body: dict[str, str]) -> Any:
    return system.handle(Request.of("POST", path, {}, encoded(body))).json()


def differences(example: Any, got: Any, where: str = "") -> list[str]:
    """Where an answer's fields or types are not those of the example."""
    if isinstance(example, dict):
        if not isinstance(got, dict):
            return [f"{where}: {type(got).__name__} for an object"]
        if not example:
            return []
        odd = [f"{where}.{name}: only in one" for name in example.keys() ^ got.keys()]
        return odd + [
            line
            for name in example.keys() & got.keys()
            for line in differences(example[name], got[name], f"{where}.{name}")
        ]
    if isinstance(example, list):
        if not isinstance(got, list):
            return [f"{where}: {type(got).__name__} for a list"]
        if example and not got:
            return [f"{where}: empty"]
        found: list[str] = []
        for one in got if example else ():
            tries: list[list[str]] = [differences(model, one, f"{where}[]") for model in example]
            nearest: list[str] = min(tries, key=len)
            found += nearest
        return found
    number = (int, float)
    if isinstance(example, number) and not isinstance(example, bool):
        good = isinstance(got, number) and not isinstance(got, bool)
    else:
        good = isinstance(got, type(example))
    return [] if good else [f"{where}: {got!r} for {example!r}"]


def carried(sent: Any, got: Any, where: str = "") -> list[str]:
    """Where a value that was sent does not come back."""
    if isinstance(sent, dict) and isinstance(got, dict):
        return [line for name in sent.keys() & got.keys() for line in carried(sent[name], got[name], f"{where}.{name}")]
    if isinstance(sent, list) and isinstance(got, list):
        return [line for one, other in zip(sent, got, strict=True) for line in carried(one, other, f"{where}[]")]
    return [] if got in (sent, "[ENCRYPTED]") else [f"{where}: {got!r}, sent {sent!r}"]


@pytest.mark.parametrize(("name", "stem"), list(examples()))
def test_an_answer_has_the_fields_and_types_of_the_example_and_the_values_that_were_sent(name: str, stem: str) -> None:
    system = built(name)
    for earlier in FIRST.get((name, stem), ()):
        ask(system, earlier)
    if (name, stem) in REMOVED:
        table, ident = REMOVED[name, stem]
        system.tables[table].drop(ident)
    got = ask(system, stem)
    assert differences(document(name, stem, "response"), got) == []
    sent = document(name, stem, "request")
    if sent is not None and isinstance(got, dict):
        odd = [
            line
            for line in carried(filled(name, sent), got)
            if line.split(":")[0] not in OTHERWISE.get((name, stem), set())
        ]
        assert odd == []


def test_every_example_with_an_answer_is_asked() -> None:
    for name in SYSTEMS:
        there = {file.name.removesuffix(".response.json") for file in (EXAMPLES / name).glob("[0-9]*.response.json")}
        assert there == set(ASKED[name])


def test_a_field_too_many_or_of_another_type_is_found() -> None:
    assert differences({"a": 1}, {"a": 1, "b": 2}) == [".b: only in one"]
    assert differences({"a": [{"b": "x"}]}, {"a": [{"b": 3}]}) != []
    assert differences({"a": None}, {"a": "x"}) != []
