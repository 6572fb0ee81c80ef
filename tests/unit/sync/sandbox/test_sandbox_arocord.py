"""AROCORD does what its document says, and by the knobs where its document is silent."""

import csv
import hashlib
import hmac
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from sync.sandbox.arocord_hims.analytics import REPORTS
from sync.sandbox.wire import encoded
from tests.sandboxed import Desk

JANE = {"mrn": "MRN002", "first_name": "Jane", "last_name": "Smith", "date_of_birth": "1985-03-20", "gender": "female"}
OF = {"patient_id": "patient_001", "doctor_id": "doctor_001"}


def signed_in(role: str = "", **knobs: Any) -> Desk:
    return Desk("arocord_hims", limits=False, **knobs).sign_in(role)


def test_signing_in_takes_the_name_the_password_and_the_code() -> None:
    at = Desk("arocord_hims", limits=False)
    for wrong in ({"mfa_code": "000000"}, {"password": "x"}, {"username": "nobody"}, {"mfa_code": None}):
        answer = at.ask("POST", "/v1/auth/login", {**at.has, **wrong})
        assert (answer.status, answer.json()["error"]["code"]) == (401, "AUTHENTICATION_ERROR")
    assert at.ask("POST", "/v1/auth/login", at.has).json()["data"]["tokens"]["expires_in"] == 3600


def test_a_token_lasts_an_hour_and_is_renewed_once() -> None:
    at = Desk("arocord_hims", limits=False)
    first = at.ask("POST", "/v1/auth/login", at.has).json()["data"]["tokens"]
    at.bearer(first["access_token"])
    assert at.ask("GET", "/v1/patients").status == 200
    at.now += 3600
    assert at.ask("GET", "/v1/patients").status == 401
    renewal = {"refresh_token": first["refresh_token"]}
    second = at.ask("POST", "/v1/auth/refresh", renewal).json()["data"]["tokens"]
    assert at.ask("POST", "/v1/auth/refresh", renewal).status == 401
    at.bearer(second["refresh_token"])
    assert at.ask("GET", "/v1/patients").status == 401, "a refresh token opens nothing"
    at.bearer(second["access_token"])
    assert at.ask("GET", "/v1/patients").status == 200
    assert at.ask("POST", "/v1/auth/logout").status == 200
    assert at.ask("GET", "/v1/patients").status == 401


def test_staff_and_patients_are_kept_apart() -> None:
    assert signed_in("patient").ask("GET", "/v1/patients").json()["error"]["code"] == "AUTHORIZATION_ERROR"
    assert signed_in().ask("GET", "/v1/patient-portal/appointments").status == 403
    told = {"recipient_ids": ["doctor_001"], "title": "x", "message": "y"}
    assert signed_in().ask("POST", "/v1/notifications", told).status == 403
    at = signed_in("admin")
    assert at.ask("POST", "/v1/notifications", told).status == 200
    at.sign_in()
    assert at.ask("GET", "/v1/notifications?status=unread").json()["data"]["unread_count"] == 2


def test_a_patient_is_written_flat_and_read_in_blocks() -> None:
    at = signed_in()
    ident = at.ask("POST", "/v1/patients", {**JANE, "phone": "+1-555-0125", "insurance": {"provider": "X"}}).json()
    ident = ident["data"]["patient"]["id"]
    read = at.ask("GET", f"/v1/patients/{ident}").json()["data"]["patient"]
    assert read["demographics"]["last_name"] == "Smith"
    assert (read["contact"]["phone"], read["insurance"]) == ("+1-555-0125", None), "insurance cannot be written"
    again = at.ask("POST", "/v1/patients", JANE)
    assert (again.status, again.json()["error"]["details"]) == (409, {"field": "mrn", "issue": "already exists"})
    assert at.ask("GET", "/v1/patients?search=MRN002").json()["data"]["pagination"]["total"] == 1
    assert at.ask("GET", "/v1/patients?page=2&limit=3").json()["data"]["pagination"]["pages"] == 2


@pytest.mark.parametrize("shape", ["enveloped", "bare", "echo"])
def test_an_answer_that_is_not_documented_has_the_shape_of_the_knob(shape: str) -> None:
    at = signed_in(undocumented=shape)
    given = {**OF, "appointment_type": "consultation", "scheduled_time": "2025-01-20T10:00:00Z"}
    made = at.ask("POST", "/v1/appointments", given).json()
    rows = at.ask("GET", "/v1/appointments").json()
    pair = at.ask("POST", "/v1/auth/login", at.has).json()["data"]["tokens"]
    renewed = at.ask("POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]}).body
    assert b"access_token" in renewed, "whatever the shape, what was asked for is in it"
    if shape == "bare":
        assert made["status"] == "scheduled"
        assert len(rows) == 2
    elif shape == "echo":
        assert made["data"].keys() == {*given, "id"}
        assert len(rows["data"]) == 2
    else:
        assert made["data"]["appointment"]["status"] == "scheduled"
        assert len(rows["data"]["appointments"]) == 2


@pytest.mark.parametrize(("kept", "reason"), [(True, "asked"), (False, None)])
def test_a_cancellation_carries_its_reason_unless_a_proxy_drops_it(kept: bool, reason: str | None) -> None:
    at = signed_in(delete_body=kept)
    outcome = at.through("DELETE", "/v1/appointments/appointment_001", {"cancellation_reason": "asked"})
    assert outcome.response is not None
    row = at.ask("GET", "/v1/appointments?status=cancelled").json()["data"]["appointments"][0]
    assert row["cancellation_reason"] == reason
    assert at.ask("PUT", "/v1/appointments/appointment_001", {"notes": "x"}).status == 409


def test_a_consultation_goes_step_by_step_and_is_completed_once() -> None:
    at = signed_in()
    path = at.ask("POST", "/v1/consultations", {"patient_id": "patient_001"}).json()["data"]["consultation"]["id"]
    path = f"/v1/consultations/{path}"
    at.ask("PUT", f"{path}/step", {"step_number": 2, "step_data": {"chief_complaint": "Headache"}})
    state = at.ask("GET", path).json()["data"]["consultation"]
    assert (state["current_step"], state["step_data"]["symptoms"]["completed"]) == (3, True)
    assert at.ask("PUT", f"{path}/step", {"step_number": 11, "step_data": {}}).status == 400
    assert at.ask("POST", f"{path}/complete").status == 200
    assert at.ask("POST", f"{path}/complete").status == 409
    assert at.ask("GET", "/v1/notifications?category=consultation").json()["data"]["unread_count"] == 2


def test_a_prescription_leaves_the_queue_when_it_is_dispensed() -> None:
    at = signed_in()
    given = {**OF, "medications": [{"name": "Lisinopril", "dosage": "10mg"}], "priority": "high"}
    ident = at.ask("POST", "/v1/prescriptions", given).json()["data"]["prescription"]["id"]

    def queue(query: str = "") -> list[str]:
        rows = at.ask("GET", f"/v1/pharmacy/prescriptions{query}").json()["data"]["prescriptions"]
        return [row["id"] for row in rows]

    assert queue("?priority=high") == queue("?status=pending") == [ident]
    at.ask("PUT", f"/v1/pharmacy/prescriptions/{ident}/process", {"status": "ready"})
    assert (queue("?status=pending"), queue("?status=ready")) == ([], [ident])
    dispense = {"dispensed_by": "doctor_002", "counseling_provided": True}
    assert at.ask("POST", f"/v1/pharmacy/prescriptions/{ident}/dispense", dispense).status == 200
    assert queue() == []
    assert at.ask("POST", f"/v1/pharmacy/prescriptions/{ident}/dispense", dispense).status == 409
    history = at.ask("GET", "/v1/patients/patient_001/medical-history?type=medication").json()["data"]
    assert history["medical_history"][0]["description"] == "Lisinopril 10mg"


def test_results_are_written_and_never_listed() -> None:
    at = signed_in()
    ident = at.ask("POST", "/v1/lab/orders", {**OF, "tests": [{"test_code": "CBC"}]}).json()["data"]["order"]["id"]
    results = {"results": [{"test_code": "WBC", "value": "7.2"}], "technician_id": "t1"}
    assert at.ask("PUT", f"/v1/lab/orders/{ident}/results", results).status == 200
    [row] = at.ask("GET", "/v1/lab/orders?status=completed&technician_id=t1").json()["data"]["orders"]
    assert "results" not in row


def test_the_same_payment_twice_is_taken_twice() -> None:
    at = signed_in()
    charges = [{"description": "Visit", "quantity": 1, "unit_price": 150.0, "total": 150.0}]
    bill = at.ask("POST", "/v1/billing/invoices", {"patient_id": "patient_001", "charges": charges}).json()
    given = {"invoice_id": bill["data"]["invoice"]["id"], "payment_method": "cash", "amount": 150.0}
    assert [at.ask("POST", "/v1/billing/payments", given).status for _ in range(2)] == [201, 201]
    assert len(at.system.log.duplicates()) == 1
    claim = {"invoice_id": given["invoice_id"], "insurance_provider": "Blue Cross", "policy_number": "1"}
    assert at.ask("POST", "/v1/billing/insurance-claims", claim).json()["data"]["claim"]["status"] == "submitted"
    assert at.ask("POST", "/v1/billing/payments", {**given, "invoice_id": "none"}).status == 400


def test_a_booking_of_a_patient_is_a_wish() -> None:
    at = signed_in("patient")
    given = {
        "doctor_id": "doctor_003", "appointment_type": "consultation", "preferred_date": "2025-01-20",
        "preferred_time": "10:00",
    }  # fmt: skip
    made = at.ask("POST", "/v1/patient-portal/appointments", given).json()["data"]["appointment"]
    assert (made["status"], made["scheduled_time"], made["patient_id"]) == (
        "requested", "2025-01-20T10:00:00Z", "patient_002",
    )  # fmt: skip
    assert len(at.ask("GET", "/v1/patient-portal/appointments").json()["data"]["appointments"]) == 1
    records = at.ask("GET", "/v1/patient-portal/medical-records?type=allergy").json()["data"]["medical_records"]
    assert [row["description"] for row in records] == ["Peanuts"]
    summary = at.ask("GET", "/v1/patient-portal/health-summary?format=json").json()["data"]["summary"]
    assert "insurance" not in summary["patient"]
    whole = at.ask("GET", "/v1/patient-portal/health-summary?include_sensitive=true").json()["data"]["summary"]
    assert whole["patient"]["insurance"]["policy_number"] == "BC123456"
    page = pypdf.PdfReader(io.BytesIO(at.ask("GET", "/v1/patient-portal/health-summary?format=pdf").body)).pages[0]
    assert "Peanuts" in page.extract_text()


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_is_counted_from_the_rows_and_exported_as_a_file(kind: str, tmp_path: Path) -> None:
    at = signed_in()
    at.ask("POST", "/v1/billing/invoices", {"patient_id": "patient_001", "charges": [{"total": 20.0}]})
    rows = at.ask("GET", f"/v1/analytics/reports/{kind}?group_by=day").json()["data"]["report"]["rows"]
    assert rows
    export = f"/v1/analytics/export?report_type={kind}&format="
    text = at.ask("GET", f"{export}csv").body.decode()
    read = list(csv.DictReader(io.StringIO(text)))
    assert [list(row) for row in read] == [list(row) for row in rows]
    book = tmp_path / "book.xlsx"
    book.write_bytes(at.ask("GET", f"{export}excel").body)
    lines = list(openpyxl.load_workbook(book).worksheets[0].iter_rows(values_only=True))
    assert lines[0] == tuple(rows[0])
    assert lines[1:] == [tuple(row.values()) for row in rows]
    assert kind in pypdf.PdfReader(io.BytesIO(at.ask("GET", f"{export}pdf").body)).pages[0].extract_text()


def test_the_dashboard_follows_the_rows() -> None:
    at = signed_in()
    before = at.ask("GET", "/v1/analytics/dashboard").json()["data"]
    at.ask("POST", "/v1/patients", JANE)
    at.ask("POST", "/v1/consultations/consultation_001/complete")
    after = at.ask("GET", "/v1/analytics/dashboard").json()["data"]
    assert after["metrics"]["total_patients"] == before["metrics"]["total_patients"] + 1
    assert (before["metrics"]["consultation_completion_rate"], after["metrics"]["consultation_completion_rate"]) == (
        0,
        100,
    )
    assert before["metrics"]["average_wait_time"] == 15
    assert before["trends"]["patient_volume"] == [{"date": "2025-01-15", "count": 1}]


@pytest.mark.parametrize("form", ["raw", "data", "empty"])
def test_an_event_is_signed_within_its_body(form: str) -> None:
    at = signed_in(signature=form)
    hook = {"url": "http://127.0.0.1:9/x", "events": ["appointment.updated"], "secret": "a secret"}
    assert "secret" not in at.ask("POST", "/v1/webhooks", hook).json()["data"]["webhook"]
    at.ask("PUT", "/v1/appointments/appointment_001", {"notes": "moved"})
    [sent] = at.gate.mail()
    told = json.loads(sent.body)
    mark = told.pop("signature")
    signed = {"raw": told, "data": told["data"], "empty": {**told, "signature": ""}}[form]
    assert mark == f"sha256={hmac.new(b'a secret', encoded(signed), hashlib.sha256).hexdigest()}"
    assert told["data"]["appointment"]["notes"] == "moved"


def test_a_subscription_names_events_that_there_are() -> None:
    at = signed_in()
    hook = {"url": "http://127.0.0.1:9/x", "events": ["patient.created"], "secret": "s"}
    assert at.ask("POST", "/v1/webhooks", hook).status == 400
    assert at.ask("POST", "/v1/webhooks", {**hook, "events": [], "url": "ftp://x"}).status == 400


def test_the_end_of_a_version_is_announced_by_a_knob() -> None:
    assert signed_in().ask("GET", "/v1/patients").headers["X-API-Version"] == "v1"
    headers = signed_in(sunset="2026-06-01").ask("GET", "/v1/patients").headers
    assert headers["X-API-Sunset"] == "2026-06-01"
    assert "removed in v2.0" in headers["X-API-Deprecated"]


def test_a_refusal_carries_the_time_and_the_request() -> None:
    answer = signed_in().ask("GET", "/v1/patients/none", headers={"X-Request-ID": "req-7"})
    assert answer.json() == {
        "success": False,
        "error": {
            "code": "NOT_FOUND", "message": "Resource not found", "timestamp": "2025-01-15T14:30:00Z",
            "request_id": "req-7",
        },
    }  # fmt: skip
