"""Practice Studio's 10 documented calls, both ways, and those that it only links to."""

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from sync.port import Kind, Story, Telling
from sync.remotes.practice_studio import wire
from sync.remotes.practice_studio.client import ATTACHMENT, id_of_link
from sync.remotes.practice_studio.mapping import bodies
from sync.remotes.practice_studio.remote import PracticeStudioRemote, open_remote
from sync.remotes.practice_studio.uses import USES
from sync.transport.credentials import PersonNeeded
from sync.transport.outcomes import Forbidden, Refused
from tests.contract.replayed import (
    Case,
    Handler,
    Links,
    Network,
    Secrets,
    endpoints,
    error,
    example,
    json_answer,
    needs_examples,
    opening,
    replay,
)

SYSTEM, BASE = "practice_studio", "https://studio.example/v1"
FIRST = {"limit": "100", "offset": "0"}
PATIENT = {"firstName": "Ada", "lastName": "King", "gender": "F", "contactInfo": {"phone": "555-123-4567"}}
APPOINTMENT = {"patientId": "PAT-1", "providerId": "PROV-1", "startTime": "2026-03-10T09:00:00Z"}
CASES = [
    Case("GET /api/v1/patients", lambda c, _b: c.list_patients(search="King", sort="name", order="asc"),
         "/api/v1/patients", {**FIRST, "search": "King", "sort": "name", "order": "asc"},
         answer={"total": 0, "patients": []}),
    Case("GET /api/v1/patients/{patient_id}", lambda c, _b: c.get_patient("PAT-1"), "/api/v1/patients/PAT-1",
         answer={"id": "PAT-1"}),
    Case("POST /api/v1/patients", lambda c, b: c.create_patient(b), "/api/v1/patients", body=PATIENT,
         answer={"id": "PAT-1", **PATIENT}, status=201),
    Case("PUT /api/v1/patients/{patient_id}", lambda c, b: c.update_patient("PAT-1", b), "/api/v1/patients/PAT-1",
         body={"contactInfo": {"phone": "555"}}, answer={"id": "PAT-1"}),
    Case("GET /api/v1/appointments", lambda c, _b: c.list_appointments(start_date="2026-03-09", patient_id="PAT-1"),
         "/api/v1/appointments", {**FIRST, "start_date": "2026-03-09", "patient_id": "PAT-1"},
         answer={"total": 0, "appointments": []}),
    Case("POST /api/v1/appointments", lambda c, b: c.create_appointment(b), "/api/v1/appointments", body=APPOINTMENT,
         answer={"id": "APPT-1", **APPOINTMENT}, status=201),
    Case("GET /api/v1/providers", lambda c, _b: c.list_providers(available=True), "/api/v1/providers",
         {**FIRST, "available": "true"}, answer={"total": 0, "providers": []}),
    Case("GET /api/v1/patients/{patient_id}/records", lambda c, _b: c.list_records("PAT-1", type="Progress Note"),
         "/api/v1/patients/PAT-1/records", {**FIRST, "type": "Progress Note"}, answer={"total": 0, "records": []}),
    Case("GET /api/v1/patients/{patient_id}/invoices", lambda c, _b: c.list_invoices("PAT-1", status="open"),
         "/api/v1/patients/PAT-1/invoices", {**FIRST, "status": "open"}, answer={"total": 0, "invoices": []}),
]  # fmt: skip


def opened(network: Handler, secrets: Secrets | None = None, **settings: str) -> PracticeStudioRemote:
    return open_remote(opening(BASE, network, settings, secrets))


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES, 2)), ids=str)
def test_a_documented_call_is_made_as_documented_and_its_answer_is_read_without_loss(number: int, case: Case) -> None:
    replay(case, number, SYSTEM, lambda network: opened(network).client)


def test_every_documented_call_has_a_method_and_a_use() -> None:
    assert ["POST /oauth/token", *(case.endpoint for case in CASES)] == list(USES)
    assert endpoints(SYSTEM) == list(USES)


def test_a_client_signs_in_by_its_own_secret_in_a_form_and_then_bears_the_token() -> None:
    answer = example(SYSTEM, 1, "response") or {"access_token": "abc", "token_type": "Bearer", "expires_in": 3600}

    def network(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=answer if request.url.path == "/oauth/token" else {"total": 0, "patients": []})

    sent: list[httpx.Request] = []
    secrets = Secrets(client_id="id", client_secret="hush")
    opened(network, secrets).client.list_patients()
    asked, listed = sent
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(asked.content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["id"],
        "client_secret": ["hush"],
        "scope": ["read:patients write:appointments"],
    }
    assert listed.headers["Authorization"] == f"Bearer {answer['access_token']}"


@pytest.mark.parametrize(
    ("status", "code", "known"),
    [(401, "invalid_client", {"client_secret": "revoked"}), (400, "invalid_grant", {"refresh_token": "dead"})],
)
def test_a_client_or_a_consent_that_is_refused_is_for_a_person(status: int, code: str, known: dict[str, str]) -> None:
    network = Network(lambda _request: httpx.Response(status, json={"error": code, "error_description": "no"}))
    with pytest.raises(PersonNeeded):
        opened(network, Secrets(client_id="id", **known)).client.list_patients()
    assert {request.url.path for request in network.requests} == {"/oauth/token"}


def test_the_legacy_key_stands_in_its_own_words() -> None:
    network = Network(lambda _request: httpx.Response(200, json={"total": 0, "patients": []}))
    opened(network, Secrets(api_key="k")).client.list_patients()
    assert network.requests[0].headers["Authorization"] == "ApiKey k"


def test_the_documented_patient_is_told_as_documented() -> None:
    needs_examples()
    shown = wire.Patient.model_validate(example(SYSTEM, 4, "response"))
    remote = opened(Network(lambda _request: httpx.Response(500)))
    records = remote.adopt(bodies.seen_patient(shown, whole=True), None, Links())
    told = remote.project(Story(Kind.PATIENT, "local", 1, None, records[0], records[1:]), Links())
    assert isinstance(told, Telling)
    assert told.body == example(SYSTEM, 4, "request")


def test_the_documented_appointment_is_told_as_documented() -> None:
    needs_examples()
    wanted = example(SYSTEM, 7, "request")
    shown = wire.Appointment.model_validate({**wanted, "id": "APPT-9", "location": {"id": wanted.pop("locationId")}})
    remote = opened(Network(lambda _request: httpx.Response(500)))
    records = remote.adopt(bodies.seen_appointment(shown), None, Links())
    told = remote.project(Story(Kind.APPOINTMENT, "local", 1, None, records[0], records[1:]), Links())
    assert isinstance(told, Telling)
    assert told.body == example(SYSTEM, 7, "request")


@pytest.mark.parametrize("kind", [Kind.PRACTITIONER, Kind.ENCOUNTER, Kind.INVOICE])
def test_what_is_only_shown_becomes_records_and_hearing_it_again_changes_nothing(kind: Kind) -> None:
    needs_examples()
    number = {Kind.PRACTITIONER: 8, Kind.ENCOUNTER: 9, Kind.INVOICE: 10}[kind]
    remote = opened(Network(lambda _request: httpx.Response(200, json=example(SYSTEM, number, "response"))))
    found = remote.page(kind, parent="PAT-12345", since=None, until=None, cursor=None)
    assert len(found.items) == 1
    assert not found.broken
    made = remote.adopt(found.items[0], None, Links())
    story = Story(kind, "local", 1, None, made[0].model_copy(update={"id": "ours"}), made[1:])
    assert remote.adopt(found.items[0], story, Links()) == (story.first, *story.rest)
    assert len(made) == {Kind.PRACTITIONER: 1, Kind.ENCOUNTER: 5, Kind.INVOICE: 3}[kind]


def test_a_file_is_fetched_from_this_origin_by_its_id_alone() -> None:
    network = Network(
        lambda _request: httpx.Response(200, content=b"%PDF", headers={"Content-Type": "application/pdf"})
    )
    remote = opened(network)
    link = "https://elsewhere.example/api/v1/attachments/ATT-987/download"
    assert remote.client.download_attachment(id_of_link(link, ATTACHMENT) or "") == b"%PDF"
    assert remote.client.invoice_pdf("INV-1") == b"%PDF"
    assert [str(each.url) for each in network.requests] == [
        "https://studio.example/api/v1/attachments/ATT-987/download",
        "https://studio.example/api/v1/invoices/INV-1/pdf",
    ]


LINKED: list[Any] = [
    (lambda c: c.get_appointment("APPT-1"), "/api/v1/appointments/APPT-1"),
    (lambda c: c.list_patient_appointments("PAT-1"), "/api/v1/patients/PAT-1/appointments"),
    (lambda c: c.get_provider("PROV-1"), "/api/v1/providers/PROV-1"),
    (lambda c: c.list_provider_appointments("PROV-1"), "/api/v1/providers/PROV-1/appointments"),
    (lambda c: c.get_record("REC-1"), "/api/v1/records/REC-1"),
    (lambda c: c.get_invoice("INV-1"), "/api/v1/invoices/INV-1"),
]


@pytest.mark.parametrize(("call", "path"), LINKED)
def test_what_is_only_linked_to_is_off_until_it_is_turned_on(call: Any, path: str) -> None:
    network = Network(lambda _request: httpx.Response(200, json={"id": "x", "total": 0}))
    with pytest.raises(Refused, match="Refused GET"):
        call(opened(network).client)
    assert not network.requests
    call(opened(network, links="on").client)
    assert [each.url.path for each in network.requests] == [path]


def test_a_refusal_names_the_scope_that_the_call_needs() -> None:
    body = {"error": {"code": "forbidden", "message": "Permission denied"}}
    network = Network(lambda _request: json_answer(body, 403))
    with pytest.raises(Forbidden) as refused:
        opened(network).client.list_invoices("PAT-1")
    assert refused.value.said.fields == (("scope", "this call needs the scope read:invoices"),)


def test_the_documented_error_is_read_with_its_fields() -> None:
    body = error(SYSTEM, "x03")
    network = Network(lambda _request: json_answer(body, 400))
    with pytest.raises(Refused) as refused:
        opened(network).client.create_patient({"firstName": "A"})
    assert refused.value.said.code == "invalid_request"
    assert dict(refused.value.said.fields) == {each["field"]: each["issue"] for each in body["error"]["details"]}
