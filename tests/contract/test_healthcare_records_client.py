"""The Healthcare Records API's 20 documented calls, both ways."""

from typing import Any

import httpx
import pytest

from sync.port import Kind, Seen, Story, Telling
from sync.remotes.healthcare_records.mapping import bodies
from sync.remotes.healthcare_records.remote import HealthcareRecordsRemote, open_remote
from sync.remotes.healthcare_records.uses import USES
from sync.transport.outcomes import NotThere, Refused
from tests.contract.replayed import (
    Case,
    Handler,
    Links,
    Network,
    endpoints,
    error,
    example,
    json_answer,
    needs_examples,
    opening,
    replay,
)

SYSTEM, BASE = "healthcare_records", "https://records.example/api/v1/healthcare-records"
ROOT = "/api/v1/healthcare-records"
ONE = "0b5e1d86-3a53-4a3e-9c39-9f0f5a1b7a11"
DOSE = {"patient_id": ONE, "vaccine_code": "208", "administration_date": "2024-01-15"}
PATIENT = {"name": [{"family": "King", "given": ["Ada"]}], "gender": "female"}
DOCUMENT = {"patient_id": ONE, "title": "Note", "content": "Well.", "metadata": {"client_ref": "ref CW-1"}}
CONSENT = {"patient_id": ONE, "consent_type": "treatment", "status": "active"}
WHY = "registered twice"
CASES = [
    Case("GET /health", lambda c, _b: c.health(), "/health", answer={"status": "healthy"}),
    Case("GET /immunizations", lambda c, _b: c.list_immunizations(vaccine_code="208"), "/immunizations",
         {"skip": "0", "limit": "100", "vaccine_code": "208"}, answer={"immunizations": [], "total": 0}),
    Case("POST /immunizations", lambda c, b: c.create_immunization(b), "/immunizations", body=DOSE, answer={"id": ONE}),
    Case("GET /immunizations/{immunization_id}", lambda c, _b: c.get_immunization(ONE), f"/immunizations/{ONE}",
         answer={"id": ONE}),
    Case("PUT /immunizations/{immunization_id}", lambda c, b: c.update_immunization(ONE, b), f"/immunizations/{ONE}",
         body=DOSE, answer={"id": ONE}),
    Case("DELETE /immunizations/{immunization_id}", lambda c, _b: c.delete_immunization(ONE, WHY),
         f"/immunizations/{ONE}", {"justification": WHY}, answer={"id": ONE}),
    Case("POST /patients", lambda c, b: c.create_patient(b), "/patients", body=PATIENT, answer={"id": ONE}, status=201),
    Case("GET /patients/{patient_id}", lambda c, _b: c.get_patient(ONE), f"/patients/{ONE}", answer={"id": ONE}),
    Case("GET /patients", lambda c, _b: c.list_patients(active_only=True, search="King"), "/patients",
         {"skip": "0", "limit": "100", "active_only": "true", "search": "King"}, answer={"patients": [], "total": 0}),
    Case("PUT /patients/{patient_id}", lambda c, b: c.update_patient(ONE, b), f"/patients/{ONE}", body=PATIENT,
         answer={"id": ONE}),
    Case("DELETE /patients/{patient_id}", lambda c, _b: c.delete_patient(ONE, WHY), f"/patients/{ONE}",
         {"justification": WHY}, answer={"id": ONE}),
    Case("GET /patients/search",
         lambda c, _b: c.search_patients(query="MRN1", search_type="identifier", exact_match=True),
         "/patients/search", {"query": "MRN1", "search_type": "identifier", "exact_match": "true"}, answer=[]),
    Case("GET /patients/{patient_id}/consent-status", lambda c, _b: c.consent_status(ONE),
         f"/patients/{ONE}/consent-status", answer={"status": "active"}),
    Case("POST /documents", lambda c, b: c.create_document(b), "/documents", body=DOCUMENT, answer={"id": ONE}),
    Case("GET /documents", lambda c, _b: c.list_documents(), "/documents", answer={"documents": []}),
    Case("GET /documents/{document_id}", lambda c, _b: c.get_document(ONE), f"/documents/{ONE}", answer={"id": ONE}),
    Case("POST /consents", lambda c, b: c.create_consent(b), "/consents", body=CONSENT, answer={"id": ONE}),
    Case("GET /consents", lambda c, _b: c.list_consents(), "/consents", answer={"consents": []}),
    Case("POST /fhir/validate", lambda c, b: c.validate(b["resource_type"], b["resource_data"]), "/fhir/validate",
         body={"resource_type": "Patient", "resource_data": {"resourceType": "Patient"}}, answer={"is_valid": True}),
    Case("POST /anonymize", lambda c, b: c.anonymize(b), "/anonymize",
         body={"patient_ids": [ONE], "anonymization_level": "full"}, answer={"job": "1"}),
]  # fmt: skip


def opened(network: Handler, **settings: str) -> HealthcareRecordsRemote:
    return open_remote(opening(BASE, network, settings))


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES, 1)), ids=str)
def test_a_documented_call_is_made_as_documented_and_its_answer_is_read_without_loss(number: int, case: Case) -> None:
    replay(case, number, SYSTEM, lambda network: opened(network, justification="query").client, ROOT)


def test_every_documented_call_has_a_method_and_a_use() -> None:
    assert [case.endpoint for case in CASES] == list(USES)
    assert endpoints(SYSTEM) == list(USES)


def test_health_is_asked_for_without_a_token() -> None:
    network = Network(lambda _request: httpx.Response(200, json={"status": "healthy"}))
    opened(network).client.health()
    assert "Authorization" not in network.requests[0].headers


CREATED = [(Kind.PATIENT, 7), (Kind.IMMUNIZATION, 3), (Kind.DOCUMENT, 14), (Kind.CONSENT, 17)]


@pytest.mark.parametrize(("kind", "number"), CREATED)
def test_the_documented_record_is_told_as_documented(kind: Kind, number: int) -> None:
    """What the chart makes of a documented request (with nothing hidden) is told as that request again.

    Beside what the document shows and the chart does not keep: a signature, a witness, the department, no reactions.
    """
    needs_examples()
    wanted = example(SYSTEM, number, "request")
    (seen,) = bodies.read_one(kind, {**wanted, "id": ONE}, whole=True)
    remote = opened(Network(lambda _request: httpx.Response(500)))
    records = remote.adopt(seen, None, Links())
    told = remote.project(Story(kind, "local", 1, None, records[0], records[1:]), Links())
    assert isinstance(told, Telling)
    for kept_there in ("witness", "digital_signature", "adverse_reactions"):
        wanted.pop(kept_there, None)
    if "metadata" in wanted:
        wanted["metadata"].pop("department")
    assert told.body == wanted


def test_the_documented_answer_hides_a_patient_and_changes_nothing_here() -> None:
    needs_examples()
    told = example(SYSTEM, 7, "request")
    remote = opened(Network(lambda _request: httpx.Response(500)))
    (clear,) = bodies.read_one(Kind.PATIENT, {**told, "id": ONE}, whole=True)
    records = remote.adopt(clear, None, Links())
    story = Story(Kind.PATIENT, "local", 1, None, records[0], records[1:])
    (hidden,) = bodies.read_one(Kind.PATIENT, example(SYSTEM, 7, "response"), whole=True)
    assert remote.masked(hidden.body) == {
        "identifier", "name", "birth_date", "address", "telecom", "emergency_contact",
    }  # fmt: skip
    assert remote.adopt(hidden, story, Links()) == records


def test_the_documented_list_of_doses_is_read_and_who_gave_them_is_hidden() -> None:
    needs_examples()
    network = Network(lambda _request: httpx.Response(200, json=example(SYSTEM, 2, "response")))
    remote = opened(network)
    found = remote.page(Kind.IMMUNIZATION, parent=None, since=None, until=None, cursor=None)
    assert found.total == 150
    one: Seen = found.items[0]
    assert remote.masked(one.body) == {"provider_name"}
    made: Any = remote.adopt(one, None, Links())[0]
    assert made.performer == ()
    assert made.vaccine_code.coding[0].code == "208"


def test_the_documented_error_is_read_and_is_gone_only_in_this_form() -> None:
    body = error(SYSTEM, "x01")
    with pytest.raises(NotThere) as gone:
        opened(Network(lambda _request: json_answer(body, 404))).client.get_patient(ONE)
    assert gone.value.said.code == "RESOURCE_NOT_FOUND"
    assert ("resource_type", "Patient") in gone.value.said.fields


@pytest.mark.parametrize("call", [lambda c: c.metrics(), lambda c: c.status()])
def test_what_is_only_mentioned_is_off_until_it_is_turned_on(call: Any) -> None:
    network = Network(lambda _request: httpx.Response(200, text="up 1"))
    with pytest.raises(Refused):
        call(opened(network).client)
    assert not network.requests
    assert call(opened(network, monitoring="on").client) == b"up 1"
