"""HMS Enterprise-Grade: every documented body goes out as it is documented, and comes in without loss."""

import inspect
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sync.port import Kind, Seen, Story, Telling
from sync.remotes.hms_enterprise import wire as w
from sync.remotes.hms_enterprise.answers import linked_id, read_error
from sync.remotes.hms_enterprise.client import LINKS, Client, NotAnId, NotTurnedOn
from sync.remotes.hms_enterprise.graphql import CREATE_ENCOUNTER, PATIENT, camel, snake
from sync.remotes.hms_enterprise.mapping.telling import body_of
from sync.remotes.hms_enterprise.remote import HmsRemote
from sync.remotes.hms_enterprise.uses import USES
from sync.telling.asking import Asked
from sync.transport.outcomes import Clash, Failed, Forbidden, Garbled, NotThere, Outcome, Refused, SignInNeeded, Slowed
from tests.contract.documented import Server, documented, endpoints, folder, way_to
from tests.unit.sync.loopback import Watch
from tests.unit.sync.remote_laws import Recorder
from tests.unit.sync.stories import Linked

SYSTEM = "hms_enterprise"
Ask = Callable[[Client, Any], Any]
TOKENS = {"access_token": "a", "token_type": "Bearer", "expires_in": 3600}
REQUESTS: tuple[tuple[str, type[Asked], Ask, str], ...] = (
    ("01", w.Credentials, lambda c, b: c.token(b), "POST /auth/token"),
    ("02", w.NewPatient, lambda c, b: c.create_patient(b), "POST /api/v1/patients"),
    ("04", w.PatientChange, lambda c, b: c.update_patient("x", b), "PUT /api/v1/patients/x"),
    ("06", w.NewEncounter, lambda c, b: c.create_encounter(b), "POST /api/v1/clinical/encounters"),
    ("08", w.EncounterChange, lambda c, b: c.update_encounter("x", b), "PUT /api/v1/clinical/encounters/x"),
    ("09", w.NewPrescription, lambda c, b: c.create_prescription(b), "POST /api/v1/pharmacy/prescriptions"),
    ("10", w.InteractionCheck, lambda c, b: c.check_interactions(b), "POST /api/v1/pharmacy/drug-interactions"),
    ("11", w.NewLabOrder, lambda c, b: c.create_lab_order(b), "POST /api/v1/laboratory/orders"),
    ("13", w.NewAppointment, lambda c, b: c.create_appointment(b), "POST /api/v1/appointments"),
    ("15", w.NewCharge, lambda c, b: c.create_charge(b), "POST /api/v1/billing/charges"),
    ("16", w.NewClaim, lambda c, b: c.submit_claim(b), "POST /api/v1/billing/claims"),
)


@pytest.mark.parametrize(("number", "model", "ask", "address"), REQUESTS, ids=[each[3] for each in REQUESTS])
def test_a_documented_request_is_sent_as_it_is_documented(
    number: str, model: type[Asked], ask: Ask, address: str
) -> None:
    body = documented(SYSTEM, number, "request")
    server = Server({"POST /auth/token": TOKENS, "POST /api/v1/pharmacy/drug-interactions": {"interactions": []}})
    ask(Client(way_to(server, read_error)), model.model_validate(body))
    assert server.last == (address, body)


def _record(answer: Any) -> Any:
    return w.Record.model_validate(answer).as_shown()


RESPONSES: tuple[tuple[str, str, Callable[[Client], Any]], ...] = (
    ("01", "POST /auth/token", lambda c: c.token(w.Credentials(username="u", password="p")).as_shown()),
    ("02", "POST /api/v1/patients", lambda c: _record(c.create_patient(w.NewPatient()))),
    ("02", "GET /api/v1/patients/x", lambda c: _record(c.patient("x"))),
    ("06", "POST /api/v1/clinical/encounters", lambda c: _record(c.create_encounter(w.NewEncounter(patient_id="p")))),
    (
        "09",
        "POST /api/v1/pharmacy/prescriptions",
        lambda c: _record(
            c.create_prescription(w.NewPrescription(patient_id="p", provider_id="d", medication=w.Medication(name="m")))
        ),
    ),
    (
        "10",
        "POST /api/v1/pharmacy/drug-interactions",
        lambda c: c.check_interactions(w.InteractionCheck(patient_id="p", medications=())).as_shown(),
    ),
    (
        "11",
        "POST /api/v1/laboratory/orders",
        lambda c: _record(c.create_lab_order(w.NewLabOrder(patient_id="p", provider_id="d", tests=()))),
    ),
    ("12", "GET /api/v1/laboratory/orders/x/results", lambda c: c.lab_results("x").as_shown()),
    (
        "13",
        "POST /api/v1/appointments",
        lambda c: _record(
            c.create_appointment(
                w.NewAppointment(patient_id="p", provider_id="d", start_datetime="a", end_datetime="b")
            )
        ),
    ),
    ("14", "GET /api/v1/appointments/schedule", lambda c: c.schedule("d", "a", "b").as_shown()),
    ("15", "POST /api/v1/billing/charges", lambda c: _record(c.create_charge(w.NewCharge(patient_id="p")))),
    ("17", "GET /api/v1/analytics/patients", lambda c: c.patient_analytics("a", "b").as_shown()),
    ("18", "GET /api/v1/analytics/clinical-quality", lambda c: c.clinical_quality("a", "b").as_shown()),
)


@pytest.mark.parametrize(("number", "address", "ask"), RESPONSES, ids=[each[1] for each in RESPONSES])
def test_a_documented_answer_is_read_and_written_back_without_loss(
    number: str, address: str, ask: Callable[[Client], Any]
) -> None:
    answer = documented(SYSTEM, number, "response")
    assert ask(Client(way_to(Server({address: answer}), read_error))) == answer


def test_a_documented_search_is_read_and_written_back_without_loss() -> None:
    answer = documented(SYSTEM, "05", "response")
    assert w.Patients.model_validate(answer).as_shown() == answer
    server = Server({"GET /api/v1/patients/search": answer})
    assert Client(way_to(server, read_error)).search_patients("John", limit=10, offset=0) == (answer["patients"], 1)
    assert dict(server.asked[0].url.params) == {"query": "John", "limit": "10", "offset": "0"}


# From the documented record to the chart, and from the chart the documented request again. Left out is what the
# document's record says and no record of the chart holds (and what is only ever its own derived form).
RECORDS: tuple[tuple[Kind, str, frozenset[str]], ...] = (
    (Kind.PATIENT, "02", frozenset()),
    (Kind.APPOINTMENT, "13", frozenset({"reminder_method", "telehealth"})),
    (Kind.ENCOUNTER, "06", frozenset({"assessment", "plan"})),
)


@pytest.mark.parametrize(("kind", "number", "left_out"), RECORDS, ids=[str(each[0]) for each in RECORDS])
def test_the_documented_record_is_told_as_it_is_documented(kind: Kind, number: str, left_out: frozenset[str]) -> None:
    body = documented(SYSTEM, number, "request")
    remote = HmsRemote(Recorder(), Watch(), {})
    first, *rest = remote.adopt(Seen(kind, "x", body_of(kind, body)), None, Linked())
    told = remote.project(Story(kind, "l", 1, None, first, tuple(rest)), Linked())
    assert isinstance(told, Telling)
    assert {n: v for n, v in told.body.items() if n not in left_out} == {
        n: v for n, v in body.items() if n not in left_out
    }


def test_an_assessment_and_a_plan_keep_their_words() -> None:
    body = documented(SYSTEM, "06", "request")
    remote = HmsRemote(Recorder(), Watch(), {})
    first, *rest = remote.adopt(Seen(Kind.ENCOUNTER, "x", body_of(Kind.ENCOUNTER, body)), None, Linked())
    told = remote.project(Story(Kind.ENCOUNTER, "l", 1, None, first, tuple(rest)), Linked())
    assert isinstance(told, Telling)
    assert told.body["assessment"][0]["notes"] == body["assessment"][0]["notes"]
    for each in body["plan"]:
        assert each["description"] in told.body["plan"][0]["description"]


def test_each_endpoint_has_a_method_and_a_use() -> None:
    rows = [name for name, _title, _parameters in endpoints(SYSTEM)]
    assert len(rows) == 18 + 12
    assert list(USES) == rows
    assert called() == {name for name in rows if not name.startswith("WS")}


def called() -> set[str]:
    """Every endpoint that the client's methods call, with everything turned on."""
    recorder = Recorder()
    client = Client(recorder, {"graphql": "/graphql", "links": "yes", "examples": "yes"}.get)
    for name, method in inspect.getmembers(client, inspect.ismethod):
        if name.startswith("_") or name == "linked":
            continue
        given = {}
        for parameter in inspect.signature(method).parameters.values():
            kind = parameter.annotation
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                continue
            model = isinstance(kind, type) and issubclass(kind, Asked)
            given[parameter.name] = kind.model_construct() if model else {} if "Mapping" in str(kind) else "x"
        try:
            method(**given)
        except (Outcome, ValueError):
            continue
    for name in LINKS:
        client.linked(name, "x")
    return {each.endpoint for each in recorder.calls}


@pytest.mark.parametrize("ask", [
    lambda c: c.linked("encounter", "x"),
    lambda c: c.example_patients(),
    lambda c: c.example_appointments(patientId="x"),
    lambda c: c.graphql(PATIENT, {}),
])  # fmt: skip
def test_what_is_not_documented_is_off_until_it_is_turned_on(ask: Callable[[Client], Any]) -> None:
    recorder = Recorder()
    with pytest.raises(NotTurnedOn):
        ask(Client(recorder))
    assert recorder.calls == []


@pytest.mark.parametrize(("name", "operation"), [("x03", PATIENT), ("x04", CREATE_ENCOUNTER)])
def test_an_operation_asks_for_what_the_document_asks_for(name: str, operation: str) -> None:
    [path] = folder(SYSTEM).glob(f"{name}-*.graphql")
    assert operation.split() == path.read_text(encoding="utf-8").split()


def test_names_of_graphql_and_of_rest_are_told_apart() -> None:
    rest = {"start_datetime": "a", "diagnoses": [{"icd10_code": "I10"}], "encounter_date": "b", "patient_id": "c"}
    graphql = {"startDateTime": "a", "diagnoses": [{"icd10Code": "I10"}], "encounterDate": "b", "patientId": "c"}
    assert (camel(rest), snake(graphql)) == (graphql, rest)


def test_errors_of_graphql_are_no_answer() -> None:
    server = Server({"POST /graphql": {"data": None, "errors": [{"message": "no"}]}})
    with pytest.raises(Garbled):
        Client(way_to(server, read_error), {"graphql": "/graphql"}.get).graphql(PATIENT, {"id": "x"})


ERROR = {"error": {"code": "VALIDATION_ERROR", "message": "Invalid request data",
         "details": {"field": "email", "error": "Invalid email format"}, "request_id": "r"}}  # fmt: skip
OUTCOMES = {
    400: Refused, 401: SignInNeeded, 403: Forbidden, 404: NotThere, 409: Clash, 422: Refused, 429: Slowed,
    500: Failed, 503: Failed,
}  # fmt: skip


@pytest.mark.parametrize(("status", "outcome"), OUTCOMES.items())
def test_an_error_is_read_in_their_own_words(status: int, outcome: type[Outcome]) -> None:
    with pytest.raises(outcome) as caught:
        Client(way_to(lambda _request: httpx.Response(status, json=ERROR), read_error)).patient("x")
    assert caught.value.said.fields == (("email", "Invalid email format"),)


@pytest.mark.parametrize("remote_id", ["", "..", "search", "P20240001"])
def test_a_number_or_a_word_never_stands_where_an_id_does(remote_id: str) -> None:
    recorder = Recorder()
    with pytest.raises(NotAnId):
        Client(recorder).patient(remote_id)
    assert recorder.calls == []


def test_of_a_link_only_the_id_is_taken_and_only_of_this_origin() -> None:
    links = {
        "_links": {
            "self": {"href": "https://api.example/v1/patients/abc"},
            "evil": {"href": "https://x.example/v1/p/d"},
        }
    }
    assert linked_id(links, "self", "https://api.example") == "abc"
    assert linked_id(links, "evil", "https://api.example") is None
    assert linked_id(links, "none", "https://api.example") is None


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_create_may_be_answered_with_any_of_these(status: int) -> None:
    way = way_to(lambda _request: httpx.Response(status, json={"id": "n"}), read_error)
    assert Client(way).create_patient(w.NewPatient(first_name="A")) == {"id": "n"}
    assert Client(way_to(lambda _request: httpx.Response(status), read_error)).create_patient(w.NewPatient()) is None
