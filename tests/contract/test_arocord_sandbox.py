"""AROCORD-HIMS end to end: the shipped remote before the sandbox, through what the document leaves open."""

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from sync.port import Body, Create, Kind, Links, Sending, Story, Telling
from sync.records.patient import Patient
from sync.remotes.arocord_hims.mapping import visits
from sync.remotes.arocord_hims.mapping.visits import Steps, read_steps
from sync.remotes.arocord_hims.remote import ArocordRemote, open_remote
from sync.remotes.arocord_hims.webhook import hint_of
from sync.transport.credentials import PersonNeeded
from sync.transport.outcomes import Call, Forbidden, Garbled, Outcome, Refused
from tests.contract.sandboxed import Sandboxed
from tests.unit.sync.remote_laws import Recorder
from tests.unit.sync.stories import Linked

PATIENT: Body = {
    "mrn": "CW-000017",
    "first_name": "Jane",
    "last_name": "Smith",
    "date_of_birth": "1985-03-20",
    "gender": "female",
    "phone": "+1-555-0125",
    "email": "jane@example.org",
    "address": {"street": "456 Oak Ave", "city": "Anytown", "state": "CA", "zip": "12345"},
    "emergency_contact": {"name": "John Smith", "relationship": "spouse", "phone": "+1-555-0126"},
}
MARKER = "ref CW-7F3K9Q2M"


def arrange(**knobs: Any) -> tuple[Sandboxed, ArocordRemote]:
    box = Sandboxed("arocord_hims", **knobs)
    return box, open_remote(box.opening())


def created(remote: ArocordRemote, kind: Kind, body: Body, **more: Any) -> str:
    """Create it and give its id there; where the answer hides it, it is looked for."""
    echo = remote.send(Sending(kind, "create", body, **more))
    if echo.remote_id is not None:
        return echo.remote_id
    [found] = remote.probe(Sending(kind, "create", body, **more))
    return found.remote_id


def a_patient(remote: ArocordRemote) -> str:
    return created(remote, Kind.PATIENT, PATIENT)


def appointment(patient: str, **more: Any) -> Body:
    return {
        "patient_id": patient, "doctor_id": "doctor_001", "appointment_type": "consultation",
        "scheduled_time": "2026-03-12T10:00:00Z", "duration_minutes": 15, "notes": "Follow-up",
    } | more  # fmt: skip


@pytest.mark.parametrize("undocumented", ["", "enveloped", "bare", "echo"])
def test_the_undocumented_answers_are_understood_in_every_form(undocumented: str) -> None:
    _box, remote = arrange(undocumented=undocumented)
    patient = a_patient(remote)
    made = created(remote, Kind.APPOINTMENT, appointment(patient), marker=MARKER)
    found = remote.read(Kind.APPOINTMENT, made, parent=patient)
    assert remote.canonical(Kind.APPOINTMENT, found.body).items() >= remote.canonical(
        Kind.APPOINTMENT, appointment(patient)
    ).items() - {("status", "scheduled")}
    order = {"patient_id": patient, "doctor_id": "doctor_001", "tests": [{"test_type": "CBC", "test_code": "CBC"}]}
    number = created(remote, Kind.LAB_ORDER, order, marker=MARKER)
    assert remote.read(Kind.LAB_ORDER, number).body["patient_id"] == patient


def test_an_answer_that_nobody_understands_is_not_an_empty_list() -> None:
    remote = ArocordRemote(Recorder({"GET /appointments": {"hello": "world"}}), {})
    with pytest.raises(Garbled):
        remote.page(Kind.APPOINTMENT, parent=None, since=None, until=None, cursor=None)


def test_success_false_is_a_refusal_whatever_the_status() -> None:
    answer = {"success": False, "error": {"code": "CONFLICT", "message": "no"}}
    remote = ArocordRemote(Recorder({"POST /patients": answer}), {})
    with pytest.raises(Refused):
        remote.send(Sending(Kind.PATIENT, "create", PATIENT))


def test_a_patient_is_told_flat_and_read_nested_and_found_by_our_number() -> None:
    _box, remote = arrange()
    number = a_patient(remote)
    seen = remote.read(Kind.PATIENT, number)
    assert "demographics" in seen.raw
    assert {name: seen.body[name] for name in PATIENT} == PATIENT
    [found] = remote.probe(Sending(Kind.PATIENT, "create", PATIENT))
    assert (found.remote_id, found.whole) == (number, False)
    first = Patient.model_validate({"resourceType": "Patient", "name": [{"family": "Smith"}]})
    assert number in {each.remote_id for each in remote.search(Story(Kind.PATIENT, "p", 1, "p", first))}


def test_a_change_of_a_patient_names_only_what_changed_and_never_the_insurance() -> None:
    box, remote = arrange()
    number = a_patient(remote)
    sent: list[Any] = []

    def watch(request: httpx.Request) -> None:
        if request.method == "PUT":
            sent.append(json.loads(request.content))

    box.instead = watch
    body = PATIENT | {"phone": "+1-555-0199", "insurance": {"provider": "X"}, "is_active": True}
    changed = frozenset({"phone", "insurance"})
    remote.send(Sending(Kind.PATIENT, "update", body, remote_id=number, changed=changed))
    assert sent == [{"phone": "+1-555-0199"}]
    assert remote.read(Kind.PATIENT, number).body["email"] == "jane@example.org"


def test_pages_of_patients_end_where_the_document_says() -> None:
    _box, remote = arrange()
    for place in range(103):
        created(remote, Kind.PATIENT, PATIENT | {"mrn": f"CW-{place:04}", "email": f"p{place}@example.org"})
    cursor: str | None = None
    numbers: set[str] = set()
    total = None
    while True:
        page = remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=cursor)
        numbers |= {each.remote_id for each in page.items}
        total, cursor = page.total, page.next
        if cursor is None:
            break
    assert total == len(numbers) > 103
    assert page.broken == ()


class Days:
    """Appointments, one a day, of which a server shows ten at most and does not say so."""

    def __init__(self, days: int) -> None:
        self.rows = [{"id": f"a{day}", "patient_id": "p", "scheduled_time": f"2026-03-{day:02}T09:00:00Z"}
                     for day in range(1, days + 1)]  # fmt: skip
        self.asked: list[tuple[Any, Any]] = []

    def __call__(self, call: Call) -> Any:
        since, until = call.query["date_from"], call.query["date_to"]
        self.asked.append((since, until))
        return {"data": [row for row in self.rows if str(since) <= row["scheduled_time"][:10] <= str(until)][:10]}


def test_a_list_that_may_be_cut_off_is_asked_for_again_in_smaller_windows() -> None:
    days = Days(25)
    remote = ArocordRemote(Recorder({"GET /appointments": days}), {})
    page = remote.page(Kind.APPOINTMENT, parent=None, since="2026-03-01", until="2026-03-31", cursor=None)
    assert {each.remote_id for each in page.items} == {f"a{day}" for day in range(1, 26)}
    assert page.broken == ()
    one_day = ArocordRemote(Recorder({"GET /appointments": {"data": Days(10).rows}}), {})
    page = one_day.page(Kind.APPOINTMENT, parent=None, since="2026-03-01", until="2026-03-01", cursor=None)
    assert "cut off" in page.broken[-1]


@pytest.mark.parametrize("kept", [True, False])
def test_a_cancellation_goes_with_a_body_is_looked_at_and_the_second_try_goes_without(kept: bool) -> None:
    box, remote = arrange(delete_body=kept)
    patient = a_patient(remote)
    number = created(remote, Kind.APPOINTMENT, appointment(patient), marker=MARKER)
    bodies: list[bytes] = []

    def watch(request: httpx.Request) -> None:
        if request.method == "DELETE":
            bodies.append(request.content)

    box.instead = watch
    cancel = Sending(
        Kind.APPOINTMENT, "act", {"cancellation_reason": "Ill", "notify_patient": True}, remote_id=number, act="cancel"
    )
    for _try in range(2):
        try:
            remote.send(cancel)
        except Outcome:
            continue
        if remote.done(cancel, remote.read(Kind.APPOINTMENT, number, parent=patient)):
            break
    assert remote.done(cancel, remote.read(Kind.APPOINTMENT, number, parent=patient))
    assert json.loads(bodies[0]) == cancel.body
    assert bodies[1:] in ([], [b""])


def test_an_appointment_that_is_in_no_list_is_hidden_and_not_gone() -> None:
    _box, remote = arrange()
    for kind in (Kind.APPOINTMENT, Kind.PRESCRIPTION, Kind.LAB_ORDER, Kind.INVOICE, Kind.PAYMENT, Kind.LAB_RESULT):
        with pytest.raises(Forbidden):
            remote.read(kind, "nothing")


def test_a_prescription_that_leaves_the_queue_is_not_deleted() -> None:
    _box, remote = arrange()
    patient = a_patient(remote)
    body = {"patient_id": patient, "doctor_id": "doctor_001", "priority": "medium", "medications": [
        {"name": "Lisinopril", "dosage": "10mg", "frequency": "once daily", "duration": "30 days", "quantity": 30,
         "refills": 3}]}  # fmt: skip
    number = created(remote, Kind.PRESCRIPTION, body)
    assert remote.read(Kind.PRESCRIPTION, number).body["medications"][0]["name"] == "Lisinopril"
    assert [each.remote_id for each in remote.probe(Sending(Kind.PRESCRIPTION, "create", body))] == [number]
    assert remote.profile.kinds[Kind.PRESCRIPTION].create is Create.NATURAL
    ready = Sending(Kind.PRESCRIPTION, "act", {"status": "ready"}, remote_id=number, act="ready")
    remote.send(ready)
    assert remote.done(ready, remote.read(Kind.PRESCRIPTION, number)) is True
    handed = {"prescription_id": number, "dispensed_by": "doctor_001", "counseling_provided": False}
    echo = remote.send(Sending(Kind.DISPENSE, "act", handed, act="dispense"))
    assert echo.remote_id is not None
    with pytest.raises(Forbidden) as hidden:
        remote.read(Kind.PRESCRIPTION, number)
    assert hidden.value.said.code == "left_queue"


def test_a_consultation_is_begun_saved_step_by_step_and_finished() -> None:
    box, remote = arrange()
    patient = a_patient(remote)
    body = {"patient_id": patient, "workflow_type": "adaptive", "vitals": {"bp": "120/80"},
            "symptoms": {"chief_complaint": "Headache"}, "status": "completed"}  # fmt: skip
    number = created(remote, Kind.ENCOUNTER, body)
    changed: frozenset[str] = frozenset()
    for _step in range(8):
        seen = remote.read(Kind.ENCOUNTER, number)
        changed = frozenset(name for name in ("vitals", "symptoms", "status") if seen.body.get(name) != body[name])
        if not changed:
            break
        before = len([each for each in box.asked if each.startswith(("PUT", "POST"))])
        remote.send(Sending(Kind.ENCOUNTER, "update", body, remote_id=number, changed=changed))
        assert len([each for each in box.asked if each.startswith(("PUT", "POST"))]) == before + 1
    assert not changed
    assert [each.rpartition("/")[2] for each in box.asked if each.startswith(("PUT", "POST"))][-4:] == [
        "step", "step", "step", "complete",
    ]  # fmt: skip
    done = Sending(Kind.ENCOUNTER, "act", {}, remote_id=number, act="complete")
    assert remote.done(done, remote.read(Kind.ENCOUNTER, number)) is True


def test_no_number_of_a_step_is_skipped_and_which_it_is_can_be_set() -> None:
    sending = Sending(Kind.ENCOUNTER, "update", {"symptoms": {}}, changed=frozenset({"symptoms"}))
    assert Steps().next_of(sending, 0) == (0, "patient_overview")
    assert Steps().next_of(sending, 1) == (1, "vitals")
    assert Steps().next_of(sending, 2) == Steps().next_of(sending, None) == (2, "symptoms")
    assert read_steps("symptoms=2 vitals=3").next_of(sending, 5) == (2, "symptoms")
    # The number there may be that of the step saved last.
    assert Steps().next_of(sending, 1, saved=1) == (2, "symptoms")
    assert Steps().next_of(sending, 1, saved=0) == (1, "vitals")


@pytest.mark.parametrize(
    "steps",
    [
        {"vitals": {"completed": True, "data": {"bp": "120/80"}}, "symptoms": {"chief_complaint": "cough"}},
        {"1": {"bp": "120/80"}, "2": {"chief_complaint": "cough", "symptoms": [{"description": "cough"}]}},
        {"completed": True, "bp": "120/80", "chief_complaint": "cough", "symptoms": [{"description": "cough"}]},
    ],
)
def test_a_step_is_found_however_the_state_shows_what_was_saved(steps: dict[str, object]) -> None:
    body = visits.body_of({"step_data": steps})
    assert (body["vitals"]["bp"], body["symptoms"]["chief_complaint"]) == ("120/80", "cough")


def test_money_is_sent_once_with_our_own_number_and_nothing_of_a_card() -> None:
    recorder = Recorder()
    remote = ArocordRemote(recorder, {})
    remote.send(
        Sending(Kind.PAYMENT, "create", {"invoice_id": "i", "payment_method": "cash", "amount": 20}, key="intent-1")
    )
    assert recorder.calls[0].body == {
        "invoice_id": "i", "payment_method": "cash", "amount": 20, "payment_details": {"transaction_id": "intent-1"},
    }  # fmt: skip
    assert remote.probe(Sending(Kind.PAYMENT, "create", {})) == []


def test_when_the_refresh_ends_too_a_person_is_asked_and_no_code_is_used_twice() -> None:
    box, remote = arrange()
    remote.check()
    box.clock.wait(days=400)
    with pytest.raises(PersonNeeded) as needed:
        remote.check()
    assert needed.value.said.code == "mfa"
    assert box.asked.count("POST /v1/auth/login") == 1


def test_a_token_is_refreshed_without_a_person() -> None:
    box, remote = arrange()
    remote.check()
    box.clock.wait(seconds=3599)
    remote.check()
    assert box.asked.count("POST /v1/auth/refresh") == 1


def test_what_is_found_at_the_connection_is_said_and_endings_too() -> None:
    _box, remote = arrange(sunset="2026-06-01")
    a_patient(remote)
    found = remote.check()
    assert found["patients"].isdecimal()
    assert any("sunset" in name.lower() and value for name, value in found.items())
    assert "list of appointment" in found


SECRET = "shared"
EVENT = {"event": "appointment.created", "timestamp": "2025-01-15T10:00:00Z",
         "data": {"appointment": {"id": "a1", "patient_id": "p1"}}}  # fmt: skip


def signed(message: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("what", ["bare", "data", "empty", "wrong"])
def test_an_event_is_a_hint_and_proved_where_one_of_three_ways_proves_it(what: str) -> None:
    messages = {
        "bare": json.dumps(EVENT, separators=(",", ":")).encode(),
        "data": json.dumps(EVENT["data"], separators=(",", ":")).encode(),
        "empty": json.dumps(EVENT | {"signature": ""}, separators=(",", ":")).encode(),
        "wrong": b"something else",
    }
    raw = json.dumps(EVENT | {"signature": signed(messages[what])}).encode()
    hint = hint_of(raw, SECRET)
    assert hint is not None
    assert (hint.kind, hint.remote_id, hint.parent) == (Kind.APPOINTMENT, "a1", "p1")
    assert hint.signed == (what != "wrong")
    assert hint.evidence is None
    without = hint_of(raw, None)
    assert without is not None
    assert not without.signed


def test_laboratory_results_in_an_event_are_evidence_and_no_record() -> None:
    event = {"event": "lab.results", "data": {"lab_results": {"order_id": "o1", "results": [{"test_code": "WBC"}]}}}
    hint = hint_of(json.dumps(event).encode(), SECRET)
    assert hint is not None
    assert hint.evidence == {"order_id": "o1", "results": [{"test_code": "WBC"}]}
    assert "WBC" not in repr(hint)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"event":"x","data":{}}', b'{"event":["x"]}', b"[" * 100_000])
def test_what_is_no_event_is_no_hint(raw: bytes) -> None:
    assert hint_of(raw, SECRET) is None


def test_a_subscription_takes_an_address_of_ours() -> None:
    recorder = Recorder()
    ArocordRemote(recorder, {}).subscribe("https://clinic.example/hook", SECRET)
    assert recorder.calls[0].body is not None
    assert recorder.calls[0].body["active"] is True
    assert SECRET not in repr(recorder.calls[0])


def test_an_item_that_cannot_be_read_is_set_aside_and_the_rest_goes_on() -> None:
    rows = [{"id": "a", "mrn": "1"}, "nonsense", {"mrn": "no id"}, {"id": "b", "name": "a\0b"}, {"id": "c", "odd": 1}]
    page = ArocordRemote(Recorder({"GET /patients": {"data": {"patients": rows}}}), {}).page(
        Kind.PATIENT, parent=None, since=None, until=None, cursor=None
    )
    assert [each.remote_id for each in page.items] == ["a", "c"]
    assert page.items[1].raw["odd"] == 1
    assert len(page.broken) == 3
    assert "nonsense" not in str(page.broken)


def test_a_whole_patient_goes_there_and_back_through_the_chart() -> None:
    _box, remote = arrange()
    number = a_patient(remote)
    links: Links = Linked()
    seen = remote.read(Kind.PATIENT, number)
    first, *rest = remote.adopt(seen, None, links)
    story = Story(Kind.PATIENT, "p", 1, "p", replace_id(first), tuple(rest))
    told = remote.project(story, links)
    assert isinstance(told, Telling)
    assert remote.canonical(Kind.PATIENT, told.body) == remote.canonical(Kind.PATIENT, PATIENT)
    assert replace(told).homeless is not None


def replace_id(first: Any) -> Any:
    return first.model_copy(update={"id": "p"})
