"""What AROCORD-HIMS writes in a form of its own, or says beyond what is known: it is read, or a person sees it."""

from contextlib import nullcontext
from typing import Any

import pytest

from sync.port import Kind, Seen, Sending, Story, Telling
from sync.records.allergy import AllergyIntolerance
from sync.records.medication import MedicationStatement
from sync.remotes.arocord_hims.remote import ArocordRemote
from sync.telling.words import words
from sync.telling.work import supply_days
from sync.transport.outcomes import Call, Forbidden
from tests.unit.sync.remote_laws import Recorder
from tests.unit.sync.stories import Linked
from tests.unit.sync.test_remotes_arocord_mapping import NESTED, remote


@pytest.mark.parametrize("said", ["no_show", "No Show", "no show", "NO-SHOW", "noshow"])
def test_who_did_not_come_there_has_not_come_here_however_it_is_spelled(said: str) -> None:
    assert _appointment_with(said).status == "noshow"


@pytest.mark.parametrize("said", ["cancelled", "CANCELLED", "Canceled"])
def test_an_appointment_cancelled_there_is_cancelled_here_however_it_is_spelled(said: str) -> None:
    assert _appointment_with(said).status == "cancelled"


def _appointment_with(status: str) -> Any:
    made = remote()
    seen = Seen(Kind.APPOINTMENT, "a1", {"scheduled_time": "2026-03-01T10:00:00Z", "duration_minutes": 15})
    booked = made.adopt(seen, None, Linked())[0]
    story = Story(Kind.APPOINTMENT, "a", 1, "p", booked.model_copy(update={"status": "booked"}))
    told = Seen(Kind.APPOINTMENT, "a1", {"status": status})
    assert made.unread(told, Linked()) == frozenset()
    return made.adopt(told, story, Linked())[0]


@pytest.mark.parametrize(
    ("kind", "member", "said", "known"),
    [
        (Kind.APPOINTMENT, "status", "In Progress", "in progress"),
        (Kind.APPOINTMENT, "status", "No Show", "no_show"),
        (Kind.ENCOUNTER, "status", "Completed", "completed"),
        (Kind.NOTICE, "priority", "CRITICAL", "critical"),
    ],
)
def test_a_word_of_theirs_is_the_same_however_it_is_spelled(kind: Kind, member: str, said: str, known: str) -> None:
    made = remote()
    assert made.canonical(kind, {member: said}) == made.canonical(kind, {member: known})
    assert made.unread(Seen(kind, "x", {member: said}), Linked()) == frozenset()
    assert made.unread(Seen(kind, "x", {member: "beyond words"}), Linked()) == {member}


def test_what_is_over_or_grave_there_is_so_here_however_it_is_spelled() -> None:
    made = remote()
    visit: Any = made.adopt(Seen(Kind.ENCOUNTER, "c", {"status": "Completed"}), None, Linked())[0]
    notice: Any = made.adopt(Seen(Kind.NOTICE, "n", {"priority": "Critical"}), None, Linked())[0]
    assert (visit.status, notice.priority) == ("finished", "stat")


LINE = {
    "name": "Methotrexate",
    "dosage": "10 mg",
    "frequency": "once a week",
    "duration": "28 days",
    "instructions": "never daily",
}


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        (LINE, "once a week for 28 days"),
        ({**LINE, "duration": "4 weeks"}, "once a week for 4 weeks"),
        ({**LINE, "duration": "until the next visit"}, "once a week until the next visit"),
        ({name: LINE[name] for name in LINE if name != "frequency"}, "for 28 days"),
        ({name: LINE[name] for name in LINE if name != "duration"}, "once a week"),
    ],
)
def test_a_prescription_from_there_holds_all_that_it_says_where_a_person_sees_it(
    line: dict[str, str], seen: str
) -> None:
    made = remote()
    shown = Seen(Kind.PRESCRIPTION, "r1", {"medications": [line]})
    assert made.unread(shown, Linked()) == frozenset()
    first: Any = made.adopt(shown, None, Linked())[0]
    (dosage,) = first.dosage_instruction
    assert words(first.medication_codeable_concept) == "Methotrexate"
    assert (dosage.text, dosage.patient_instruction) == ("10 mg", "never daily")
    assert dosage.timing["code"]["text"] == seen
    assert (supply_days(first) == 28) == (line.get("duration") == "28 days")
    # What is told of it is what they said.
    again = made.project(Story(Kind.PRESCRIPTION, "r", 1, "p", first), Linked())
    assert isinstance(again, Telling)
    assert again.body["medications"] == [line]


def _queue_of(lines: list[dict[str, Any]]) -> Recorder:
    rows = [{"id": "r1", "patient_id": "p1", "medications": lines}]
    return Recorder({"GET /pharmacy/prescriptions": {"success": True, "data": {"prescriptions": rows}}})


PRESCRIBED = {"patient_id": "p1", "medications": [{"name": "Warfarin", "dosage": "3 mg", "quantity": 30}]}


@pytest.mark.parametrize(
    ("there", "ours"),
    [
        ([{"name": "Warfarin", "dosage": "3mg", "quantity": 30}], True),
        ([{"name": "WARFARIN", "dosage": "3 mg", "quantity": "30"}], True),
        ([{"id": "l1", "name": "Warfarin", "dosage": "3 mg", "quantity": 30}], True),
        ([{"name": "Warfarin", "dosage": "3.5 mg", "quantity": 30}], False),
        ([{"name": "Warfarin", "dosage": "3 mg", "quantity": 60}], False),
        ([{"name": "Warfarin", "quantity": 30}], False),
        ([{"name": "Warfarin", "dosage": "3 mg", "quantity": 30}, {"name": "Ibuprofen"}], False),
    ],
)
def test_a_prescription_of_ours_is_known_again_in_their_form_of_it(there: list[dict[str, Any]], *, ours: bool) -> None:
    # What it became is looked for there before it is sent once more.
    recorder = _queue_of(there)
    sending = Sending(Kind.PRESCRIPTION, "create", PRESCRIBED)
    assert bool(ArocordRemote(recorder, {}).probe(sending)) is ours


def test_lines_of_ours_in_another_order_are_known_again() -> None:
    lines = [{"name": "Warfarin", "dosage": "3 mg"}, {"name": "ibuprofen", "dosage": "400 mg"}]
    there = [{"name": "Ibuprofen", "dosage": "400MG"}, {"name": "warfarin", "dosage": "3mg"}]
    recorder = _queue_of(there)
    sending = Sending(Kind.PRESCRIPTION, "create", {"patient_id": "p1", "medications": lines})
    assert ArocordRemote(recorder, {}).probe(sending)


def test_what_a_step_of_a_visit_says_beside_what_is_known_is_seen_to_change_and_is_before_a_person() -> None:
    made = remote()

    def body(**vitals: Any) -> dict[str, Any]:
        return {"vitals": {"bp": "120/80", **vitals}}

    cool, hot = (made.canonical(Kind.ENCOUNTER, body(temperature=each)) for each in (37.0, 40.2))
    assert cool != hot
    assert made.canonical(Kind.ENCOUNTER, body(temperature=None)) == made.canonical(Kind.ENCOUNTER, body())
    for odd in ({"vitals": {"bp": "120/80", "temperature": 37.0}}, {"symptoms": {"chief_complaint": "x", "pain": 9}},
                {"vitals": {"bp": "high"}}, {"vitals": "120/80"}):  # fmt: skip
        assert made.unread(Seen(Kind.ENCOUNTER, "c", odd), Linked()) == odd.keys()
    whole = {"vitals": {"bp": "120/80", "note": ""}, "symptoms": {"chief_complaint": "Headache"}}
    assert made.unread(Seen(Kind.ENCOUNTER, "c", whole), Linked()) == frozenset()


def test_a_step_that_says_more_there_is_not_saved_again_for_it() -> None:
    steps = {"vitals": {"completed": True, "data": {"bp": "120/80", "temperature": 37.0}}}
    state = {"id": "c1", "status": "in_progress", "current_step": 2, "step_data": steps}
    recorder = Recorder({"GET /consultations/{id}": {"data": {"consultation": state}}})
    body = {"vitals": {"bp": "120/80"}, "status": "completed"}
    ArocordRemote(recorder, {}).send(Sending(Kind.ENCOUNTER, "update", body, "c1"))
    assert [call.endpoint for call in recorder.calls] == [
        "GET /consultations/{id}",
        "POST /consultations/{id}/complete",
    ]


def _with_past(*items: dict[str, Any]) -> Seen:
    recorder = Recorder({
        "GET /patients/{id}": {"success": True, "data": {"patient": NESTED}},
        "GET /patients/{id}/medical-history": {"success": True, "data": {"medical_history": list(items)}},
    })  # fmt: skip
    return ArocordRemote(recorder, {}).read(Kind.PATIENT, "p1")


@pytest.mark.parametrize(
    "item",
    [
        {"type": "medication", "name": "Warfarin", "status": "stopped"},
        {"type": "allergy", "name": "Penicillin", "verification_status": "Refuted"},
        {"type": "diagnosis", "name": "Asthma", "clinical_status": "resolved"},
        {"type": "allergy", "name": "Latex", "status": "entered-in-error"},
    ],
)
def test_what_is_over_there_or_never_was_is_not_taken_in_as_held_and_is_before_a_person(item: dict[str, Any]) -> None:
    seen = _with_past(item)
    assert remote().unread(seen, Linked()) == {"medical_history"}
    laid = remote().adopt(Seen(Kind.PATIENT, "p1", {"medical_history": seen.body["medical_history"]}), None, Linked())
    assert len(laid) == 1, "the patient alone"


def test_an_allergy_of_which_something_is_said_that_nobody_knows_is_taken_in_and_is_before_a_person() -> None:
    seen = _with_past({"type": "allergy", "name": "Penicillin", "status": "completed"})
    assert remote().unread(seen, Linked()) == {"medical_history"}
    laid = remote().adopt(seen, None, Linked())
    assert [words(each.code) for each in laid if isinstance(each, AllergyIntolerance)] == ["Penicillin"]


def test_a_medicine_of_their_history_is_taken_in_with_its_dose_and_once() -> None:
    made = remote()
    active = {"type": "allergy", "name": "Latex", "status": "Active"}
    seen = _with_past({"type": "medication", "name": "Metformin", "dosage": "500 mg", "frequency": "daily"}, active)
    assert made.unread(seen, Linked()) == frozenset()
    first, *rest = made.adopt(seen, None, Linked())
    (taken,) = (each for each in rest if isinstance(each, MedicationStatement))
    assert (words(taken.medication_codeable_concept), taken.dosage[0].text) == ("Metformin", "500 mg daily")
    story = Story(Kind.PATIENT, "p", 1, "p", first, tuple(rest))
    dressed = _with_past({"type": "medication", "name": "METFORMIN", "dose": "500mg daily"}, active)
    assert len(made.adopt(dressed, story, Linked())) == 1 + len(rest)
    odd = _with_past({"type": "medication", "name": "Metformin", "dosage": {"value": 500}})
    assert made.unread(odd, Linked()) == {"medical_history"}


def test_all_of_a_past_is_read_and_an_empty_one_says_that_nothing_stands() -> None:
    rows = [{"id": n, "type": "allergy", "name": f"Thing {n}"} for n in range(45)]

    def page(call: Call) -> dict[str, Any]:
        start = int(call.query.get("offset") or 0)
        return {"success": True, "data": {"medical_history": rows[start : start + 20]}}

    answers = {"GET /patients/{id}": {"data": {"patient": NESTED}}, "GET /patients/{id}/medical-history": page}
    read = ArocordRemote(Recorder(answers), {}).read(Kind.PATIENT, "p1").body["medical_history"]
    assert [each["name"] for each in read] == [each["name"] for each in rows]
    assert _with_past().body["medical_history"] == []


def test_a_list_that_may_be_cut_off_is_no_proof_that_an_order_of_ours_never_arrived() -> None:
    rows = [{"id": f"o{n}", "patient_id": "p2", "tests": [{"test_code": "CBC"}]} for n in range(100)]
    sending = Sending(Kind.LAB_ORDER, "create", {"patient_id": "p1", "tests": [{"test_code": "CBC"}]})
    for many, outcome in ((rows, pytest.raises(Forbidden)), (rows[:99], nullcontext())):
        recorder = Recorder({"GET /lab/orders": {"success": True, "data": {"orders": many}}})
        with outcome:
            assert ArocordRemote(recorder, {}).probe(sending) == []


def test_a_patient_of_ours_is_looked_for_on_every_page() -> None:
    def page(call: Call) -> dict[str, Any]:
        number = int(call.query["page"])
        rows = [{"id": f"p{number}-{n}", "mrn": f"M1{number}{n}"} for n in range(100)]
        return {"data": {"patients": rows if number < 3 else [{"id": "ours", "mrn": "M1"}]}}

    recorder = Recorder({"GET /patients": page})
    found = ArocordRemote(recorder, {}).probe(Sending(Kind.PATIENT, "create", {"mrn": "M1"}))
    assert [each.remote_id for each in found] == ["ours"]
