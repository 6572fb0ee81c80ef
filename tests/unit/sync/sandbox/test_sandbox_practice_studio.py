"""Practice Studio does what its document says: OAuth 2.0 with scopes, lists of twenty, events signed in a header."""

import base64
import hashlib
import hmac
import io
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pypdf
import pytest

from sync.sandbox.wire import Request, Response
from tests.sandboxed import Desk

API = "/api/v1"
JANE = {"firstName": "Jane", "lastName": "Smith", "dateOfBirth": "1975-08-22", "gender": "F"}
BACK = "http://127.0.0.1:4711/back"
VERIFIER = "a-verifier-that-is-long-enough-for-anyone-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def signed_in(**knobs: Any) -> Desk:
    return Desk("practice_studio", limits=False, **knobs).sign_in()


def asked(**changes: str) -> dict[str, str]:
    return {
        "response_type": "code", "client_id": "clinic-desktop", "redirect_uri": BACK, "scope": "read:patients",
        "state": "s 1", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes,
    }  # fmt: skip


def agree(at: Desk, **changes: str) -> Response:
    person = {name: at.has[name] for name in ("username", "password")}
    body = urlencode({**asked(), **person, "agreed": "yes", **changes}).encode()
    return at.system.handle(Request.of("POST", "/oauth/authorize", {}, body))


def code(answer: Response) -> dict[str, list[str]]:
    assert answer.status == 302
    assert answer.headers["Location"].startswith(BACK)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_a_program_signs_in_for_the_scopes_it_names() -> None:
    at = Desk("practice_studio")
    made = at.form("/oauth/token", grant_type="client_credentials", scope="read:patients write:appointments").json()
    assert (made["token_type"], made["expires_in"], made["scope"]) == (
        "Bearer", 3600, "read:patients write:appointments",
    )  # fmt: skip
    at.bearer(made["access_token"])
    assert at.ask("GET", f"{API}/patients").status == 200
    refused = at.ask("POST", f"{API}/patients", JANE)
    assert refused.status == 403
    assert "write:patients" in refused.json()["error"]["message"]
    at.now += 3600
    assert at.ask("GET", f"{API}/patients").json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "x"}, "invalid_client"), ({"client_id": "x"}, "invalid_client"),
        ({"scope": "read:everything"}, "invalid_scope"), ({"grant_type": "magic"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_grant"),
        ({"grant_type": "password", "username": "sarah.johnson", "password": "x"}, "invalid_grant"),
    ],
)  # fmt: skip
def test_a_sign_in_that_is_not_right_is_refused_in_the_words_of_oauth(change: dict[str, str], error: str) -> None:
    answer = Desk("practice_studio").form("/oauth/token", **{"grant_type": "client_credentials", **change})
    assert answer.status in {400, 401}
    assert answer.json()["error"] == error


def test_a_person_agrees_on_a_page_and_the_code_is_good_once() -> None:
    at = Desk("practice_studio")
    page = at.ask("GET", f"/oauth/authorize?{urlencode(asked(state='<script>'), quote_via=quote)}")
    assert b"read:patients" in page.body
    assert b"<script>" not in page.body
    back = code(agree(at))
    assert back["state"] == ["s 1"]
    given = {"grant_type": "authorization_code", "client_secret": "", "code": back["code"][0], "redirect_uri": BACK}
    made = at.form("/oauth/token", **given, code_verifier=VERIFIER).json()
    assert at.form("/oauth/token", **given, code_verifier=VERIFIER).json()["error"] == "invalid_grant"
    at.bearer(made["access_token"])
    assert at.ask("GET", f"{API}/patients").status == 200
    assert at.ask("GET", f"{API}/appointments").status == 403
    renewed = at.form("/oauth/token", grant_type="refresh_token", refresh_token=made["refresh_token"], client_secret="")
    assert renewed.json()["scope"] == "read:patients"


def test_a_code_is_no_good_to_who_has_not_the_verifier_or_comes_late() -> None:
    at = Desk("practice_studio")
    for verifier, waits in (("another", 0), (VERIFIER, 61)):
        found = code(agree(at))["code"][0]
        at.now += waits
        answer = at.form(
            "/oauth/token", grant_type="authorization_code", code=found, redirect_uri=BACK, code_verifier=verifier
        )
        assert answer.json()["error"] == "invalid_grant"


def test_what_may_not_be_asked_is_not_sent_anywhere() -> None:
    at = Desk("practice_studio")
    for change in (
        {"redirect_uri": "https://evil.example/x"}, {"redirect_uri": f"{BACK}\r\nSet-Cookie: x"},
        {"redirect_uri": f"{BACK}/Łódź"}, {"code_challenge_method": "plain"}, {"client_id": "x"},
    ):  # fmt: skip
        assert at.ask("GET", f"/oauth/authorize?{urlencode(asked(**change))}").status == 400
        assert agree(at, **change).status == 400
    assert agree(at, password="x").status == 401
    assert code(agree(at, agreed="no"))["error"] == ["access_denied"]


def test_the_legacy_key_opens_only_under_its_own_word() -> None:
    at = Desk("practice_studio")
    key = at.has["api_key"]
    assert at.ask("GET", f"{API}/patients", headers={"Authorization": f"ApiKey {key}"}).status == 200
    assert at.ask("GET", f"{API}/patients", headers={"Authorization": f"Bearer {key}"}).status == 401
    at.sign_in()
    token = at.headers["Authorization"][7:]
    assert at.ask("GET", f"{API}/patients", headers={"Authorization": f"ApiKey {token}"}).status == 401


def test_a_list_is_short_and_a_reading_is_whole() -> None:
    at = signed_in()
    made = at.ask("POST", f"{API}/patients", JANE).json()
    assert (made["id"], made["mrn"]) == ("PAT-54321", "MRN-98765")
    rows = at.ask("GET", f"{API}/patients?sort=name&order=desc").json()["patients"]
    assert [row["lastName"] for row in rows] == ["Smith", "Doe"]
    assert "allergies" not in rows[1]
    assert set(rows[1]["insurance"]) == {"primary"}
    whole = at.ask("GET", f"{API}/patients/PAT-12345").json()
    assert set(whole["insurance"]) == {"primary", "secondary"}
    assert not any(name.startswith("_") and name != "_links" for name in whole)
    assert at.ask("GET", f"{API}/patients?search=MRN-98765").json()["total"] == 1
    assert at.ask("GET", f"{API}/patients?status=inactive").json()["total"] == 0
    assert at.ask("GET", f"{API}/patients?sort=shoes").json()["error"]["details"][0]["field"] == "sort"


@pytest.mark.parametrize(("mode", "email"), [("merge-top", None), ("merge-deep", "john.doe@example.com")])
def test_how_deep_an_update_goes_is_a_knob(mode: str, email: str | None) -> None:
    at = signed_in(put=mode)
    new = at.ask("PUT", f"{API}/patients/PAT-12345", {"contactInfo": {"phone": "555-111-3333"}}).json()
    assert new["contactInfo"].get("email") == email
    assert new["allergies"]


def test_appointments_are_found_by_day_person_and_provider() -> None:
    at = signed_in()
    given = {
        "patientId": "PAT-12345", "providerId": "PROV-54321", "startTime": "2023-05-10T14:00:00Z",
        "endTime": "2023-05-10T14:30:00Z", "type": "New Patient", "locationId": "LOC-789",
    }  # fmt: skip
    made = at.ask("POST", f"{API}/appointments", given).json()
    assert (made["status"], made["location"]["name"]) == ("scheduled", "Main Clinic")
    for query, total in (
        ("start_date=2023-05-10&end_date=2023-05-10", 1), ("patient_id=PAT-12345", 2), ("provider_id=PROV-1", 0),
        ("status=cancelled", 0),
    ):  # fmt: skip
        assert at.ask("GET", f"{API}/appointments?{query}").json()["total"] == total
    assert at.ask("GET", f"{API}/providers?specialty=cardiology").json()["total"] == 1
    assert at.ask("GET", f"{API}/providers?location_id=LOC-456&available=true").json()["total"] == 1
    assert at.ask("POST", f"{API}/appointments", {**given, "endTime": given["startTime"]}).status == 422


def test_what_was_billed_and_written_can_be_read() -> None:
    at = signed_in(optional=True)
    own = f"{API}/patients/PAT-12345"
    assert at.ask("GET", f"{own}/invoices?status=paid&from_date=2023-01-01").json()["total"] == 1
    assert at.ask("GET", f"{own}/records?type=Progress%20Note").json()["total"] == 1
    at.people.edit("invoices", "INV-12345", status="open", paidAmount=0.0)
    assert at.ask("GET", f"{own}/invoices?status=overdue").json()["total"] == 1
    paper = at.ask("GET", f"{API}/invoices/INV-12345/pdf")
    assert "Complete CBC" in pypdf.PdfReader(io.BytesIO(paper.body)).pages[0].extract_text()
    attached = at.ask("GET", f"{own}/records").json()["records"][0]["attachments"][0]
    assert len(at.ask("GET", attached["_links"]["download"]["href"]).body) == attached["size"]


@pytest.mark.parametrize("there", [False, True])
def test_the_fhir_base_is_there_by_a_knob(there: bool) -> None:
    at = signed_in(fhir=there)
    answer = at.ask("GET", "/fhir/r4/metadata")
    if not there:
        assert answer.status == 404
        return
    assert answer.headers["Content-Type"] == "application/fhir+json"
    assert answer.json()["resourceType"] == "CapabilityStatement"
    assert at.ask("GET", "/fhir/r4/Patient/PAT-12345").json()["gender"] == "male"


@pytest.mark.parametrize("stamped", [False, True])
def test_an_event_is_signed_in_its_header(stamped: bool) -> None:
    at = signed_in(webhook_url="http://127.0.0.1:9/x", stamped=stamped)
    at.people.edit("appointments", "APPT-12345", status="cancelled")
    [sent] = at.gate.mail()
    assert sent.event == "appointment.canceled"
    marks = dict(part.split("=", 1) for part in sent.headers["X-PracticeStudio-Signature"].split(","))
    signed = f"{marks['t']}.".encode() + sent.body if stamped else sent.body
    assert marks["v1"] == hmac.new(at.has["webhook_secret"].encode(), signed, hashlib.sha256).hexdigest()


def test_ids_for_tracing_come_back() -> None:
    answer = signed_in().ask(
        "GET", f"{API}/patients/none", headers={"X-Request-ID": "req-1", "X-Correlation-ID": "cor-1"}
    )
    assert (answer.headers["X-Request-ID"], answer.headers["X-Correlation-ID"]) == ("req-1", "cor-1")
    assert answer.json() == {"error": {"code": "not_found", "message": "Resource not found", "request_id": "req-1"}}
