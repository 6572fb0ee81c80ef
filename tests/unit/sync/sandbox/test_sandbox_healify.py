"""Healify does what its document says, in its own shapes."""

import json
from typing import Any

import pytest

from tests.sandboxed import Desk

API = "/api/v1"
JOHN = f"{API}/patients/pat_123abc"
ANA = {"first_name": "Ana", "last_name": "Ruiz", "date_of_birth": "1990-01-02", "email": "ana@example.com"}


def signed_in(**knobs: Any) -> Desk:
    return Desk("healify", at="2025-01-25T09:00:00Z", limits=False, **knobs).sign_in()


def test_a_list_is_cut_in_pages_and_searched_by_name_mail_or_phone() -> None:
    at = signed_in()
    for number in range(120):
        at.ask("POST", f"{API}/patients", {**ANA, "email": f"ana{number}@example.com", "phone": f"+1{number:05d}"})
    whole = at.ask("GET", f"{API}/patients?limit=500").json()
    assert (whole["total"], whole["limit"], len(whole["data"])) == (121, 100, 100)
    rest = at.ask("GET", f"{API}/patients?limit=100&offset=100").json()
    assert len({row["id"] for row in whole["data"] + rest["data"]}) == 121
    for search in ("ana7@", "+100007", "ruiz ana"):
        assert at.ask("GET", f"{API}/patients?search={search.replace('+', '%2B')}").json()["total"] >= 1
    assert "has_more" not in whole
    assert signed_in(has_more=True).ask("GET", f"{API}/patients").json()["has_more"] is False
    assert signed_in(over_limit="refuse").ask("GET", f"{API}/patients?limit=101").status == 400


@pytest.mark.parametrize(
    ("change", "status", "details"),
    [
        ({"email": "no"}, 400, [{"field": "email", "message": "Invalid email format"}]),
        ({"date_of_birth": "2999-01-01"}, 422, [{"field": "date_of_birth", "message": "Date must be in the past"}]),
        ({"last_name": None}, 422, [{"field": "last_name", "message": "is required"}]),
        ({"email": "john.doe@example.com"}, 409, "Patient with email john.doe@example.com already exists"),
    ],
)
def test_a_refusal_names_the_field_in_the_shape_of_its_status(change: Any, status: int, details: Any) -> None:
    at = signed_in()
    answer = at.ask("POST", f"{API}/patients", {**ANA, **change})
    assert answer.status == status
    assert answer.json()["error"]["details"] == details
    assert not at.system.log.effects


def test_what_is_not_there_is_named() -> None:
    error = signed_in().ask("GET", f"{API}/patients/pat_none").json()["error"]
    assert error == {
        "code": "NOT_FOUND", "message": "Resource not found", "resource_type": "patient", "resource_id": "pat_none",
    }  # fmt: skip
    assert Desk("healify").ask("GET", JOHN).json() == {
        "error": {"code": "UNAUTHORIZED", "message": "Authentication required"}
    }


@pytest.mark.parametrize(
    ("mode", "phone", "city"), [("merge-top", "+1234567890", None), ("merge-deep", "+1234567890", "New York")]
)
def test_a_partial_put_leaves_what_it_does_not_name(mode: str, phone: str, city: str | None) -> None:
    at = signed_in(put=mode)
    new = at.ask("PUT", JOHN, {"address": {"street": "456 Oak Ave"}}).json()
    assert (new["phone"], new["address"].get("city")) == (phone, city)


def test_a_replacing_put_empties_what_it_does_not_name() -> None:
    at = signed_in(put="replace")
    assert at.ask("PUT", JOHN, {"phone": "+1"}).status == 422
    need = {name: ANA[name] for name in ("first_name", "last_name", "date_of_birth")}
    new = at.ask("PUT", JOHN, need).json()
    assert (new["first_name"], new["phone"], new["created_at"]) == ("Ana", None, "2025-01-15T10:00:00Z")
    assert at.ask("GET", JOHN).json()["medical_history"]["allergies"] == ["penicillin", "peanuts"]


def test_a_deleted_patient_is_gone_and_what_belongs_to_them_stays() -> None:
    at = signed_in()
    answer = at.ask("DELETE", JOHN)
    assert (answer.status, answer.body) == (204, b"")
    assert at.ask("GET", JOHN).status == 404
    assert at.ask("GET", f"{API}/medical-records?patient_id=pat_123abc").json()["total"] == 1


def test_the_history_is_filtered_by_day_and_kind() -> None:
    at = signed_in()
    whole = at.ask("GET", f"{JOHN}/history").json()
    assert [one["type"] for one in whole["history"]] == ["appointment", "prescription", "medical_record"]
    assert at.ask("GET", f"{JOHN}/history?type=prescription").json()["total"] == 1
    assert at.ask("GET", f"{JOHN}/history?end_date=2025-01-10").json()["total"] == 2
    assert at.ask("GET", f"{JOHN}/history?type=nothing").status == 400


def test_a_refill_is_counted_off_while_it_is_pending_and_ends_at_nought() -> None:
    at = signed_in()
    path = f"{API}/prescriptions/prx_123abc"
    left = [at.ask("POST", f"{path}/refill", {"pharmacy_id": "phm_999xyz"}).json() for _ in range(2)]
    assert [one["refills_remaining"] for one in left] == [1, 0]
    assert left[0]["refill_request"]["pharmacy"] == "Downtown Pharmacy"
    refused = at.ask("POST", f"{path}/refill", {})
    assert (refused.status, refused.json()["error"]["details"]) == (409, "No refills remaining")
    assert "refill_request" not in at.ask("GET", path).json()
    at.now += 366 * 86400
    assert at.ask("GET", f"{API}/prescriptions?status=expired").json()["total"] == 1


def test_booked_times_are_not_free_and_cancelled_ones_are_again() -> None:
    at = signed_in()
    path = f"{API}/appointments/available-slots?provider_id=doc_456def&start_date=2025-02-15&end_date=2025-02-15"
    free = at.ask("GET", path).json()["total_slots"]
    given = {
        "patient_id": "pat_123abc", "provider_id": "doc_456def", "appointment_type": "consultation",
        "scheduled_time": "2025-02-15T10:15:00Z", "duration_minutes": 30,
    }  # fmt: skip
    ident = at.ask("POST", f"{API}/appointments", given).json()["id"]
    assert at.ask("GET", path).json()["total_slots"] == free - 2
    first = at.ask("POST", f"{API}/appointments/{ident}/cancel", {"reason": "asked"})
    assert at.ask("POST", f"{API}/appointments/{ident}/cancel", {"reason": "again"}).body == first.body
    assert at.ask("GET", path).json()["total_slots"] == free
    assert at.ask("PUT", f"{API}/appointments/{ident}", {"notes": "x"}).status == 409
    assert at.ask("GET", path.replace("provider_id=doc_456def&", "")).status == 400


def test_a_share_ends_on_its_day() -> None:
    at = signed_in()
    given = {
        "recipient_email": "s@example.com", "recipient_type": "healthcare_provider", "permissions": ["view"],
        "expires_at": "2025-02-10T00:00:00Z",
    }  # fmt: skip
    made = at.ask("POST", f"{API}/medical-records/rec_123abc/share", given).json()
    assert made["access_link"] == f"{at.system.origin}/shared/{made['share_id']}"
    assert at.ask("GET", f"{API}/medical-records/shared?status=active").json()["total"] == 1
    at.now += 30 * 86400
    assert at.ask("GET", f"{API}/medical-records/shared?status=expired").json()["total"] == 1


def test_a_programme_is_entered_with_its_dates_reckoned() -> None:
    at = signed_in()
    given = {
        "patient_id": "pat_123abc",
        "start_date": "2025-02-01T00:00:00Z",
        "preferences": {"reminder_time": "08:00"},
    }
    made = at.ask("POST", f"{API}/digital-programs/prg_123abc/enroll", given).json()
    assert made["expected_completion_date"] == "2025-03-29T00:00:00Z"
    assert made["progress"]["total_sessions"] == 56
    assert made["next_session"]["scheduled_date"] == "2025-02-01T08:00:00Z"
    assert at.ask("GET", f"{API}/digital-programs/prg_123abc").json()["enrollment_count"] == 1248


def test_events_carry_ids_alone_and_no_signature() -> None:
    at = signed_in(webhook_url="http://127.0.0.1:9/hook")
    at.ask("POST", f"{API}/patients", ANA)
    at.people.edit("appointments", "apt_123abc", status="completed")
    at.people.add("patients", {**ANA, "email": "other@example.com"})
    told = [json.loads(one.body) for one in at.gate.mail()]
    assert [one["event"] for one in told] == ["patient.created", "appointment.completed", "patient.created"]
    assert told[1] == {
        "event": "appointment.completed",
        "timestamp": "2025-01-25T09:00:00Z",
        "data": {
            "appointment_id": "apt_123abc", "patient_id": "pat_123abc", "scheduled_time": "2025-01-25T14:00:00Z",
        },
    }  # fmt: skip
    assert at.gate.mail() == []


def test_a_token_that_has_run_out_is_refused_until_it_is_made_good() -> None:
    at = signed_in(token_seconds=60.0)
    at.now += 61
    assert at.ask("GET", JOHN).status == 401
    at.system.reissue()
    assert at.ask("GET", JOHN).status == 200
