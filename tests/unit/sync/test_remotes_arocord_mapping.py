"""What AROCORD-HIMS is told of the chart, and what the chart makes of what it says."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.port import CannotTell, Create, Kind, Remote, Seen, Sending, Story, Telling
from sync.records.allergy import AllergyIntolerance
from sync.records.coverage import Coverage
from sync.records.medication import MedicationStatement
from sync.records.patient import Patient
from sync.remotes.arocord_hims.mapping import patients
from sync.remotes.arocord_hims.mapping.telling import CELLS, body_of
from sync.remotes.arocord_hims.remote import ArocordRemote
from sync.telling.words import words
from sync.telling.work import supply_days
from sync.transport.outcomes import Call
from tests.unit.sync.drawn import every
from tests.unit.sync.remote_laws import (
    STORIES,
    Recorder,
    comes_back_whole,
    every_member_has_a_rule,
    few,
    hides_nothing_away,
    says_it_again,
    sends_what_is_told,
    takes_a_change,
)
from tests.unit.sync.stories import Linked, Unlinked
from tests.unit.sync.story_kinds import of_appointments, of_encounters, of_prescriptions

# In the path of the create, and no member of what is sent.
IN_PATH = {Kind.DISPENSE: frozenset({"prescription_id"}), Kind.LAB_RESULT: frozenset({"order_id"})}
AGAIN = (Kind.PATIENT, Kind.APPOINTMENT, Kind.ENCOUNTER, Kind.PRESCRIPTION, Kind.LAB_ORDER, Kind.DISPENSE, Kind.NOTICE)
# What the chart cannot say in its own words: a fixed word, or one of two that mean the same.
LOSSY = {Kind.PRESCRIPTION: frozenset({"priority"})}


def remote(**settings: str) -> ArocordRemote:
    return ArocordRemote(Recorder(), settings)


def test_it_is_what_the_engine_asks_for() -> None:
    made: Remote = remote()
    assert made.profile.system == "arocord_hims"


@pytest.mark.parametrize("kind", CELLS)
def test_a_round_trip_loses_nothing(kind: Kind) -> None:
    @every(STORIES[kind])
    def holds(story: Story) -> None:
        comes_back_whole(remote(), story)

    holds()


@pytest.mark.parametrize("kind", AGAIN)
def test_what_comes_from_there_alone_is_told_the_same(kind: Kind) -> None:
    @every(STORIES[kind])
    def holds(story: Story) -> None:
        says_it_again(remote(), story, LOSSY.get(kind, frozenset()))

    holds()


@every(STORIES[Kind.PATIENT], STORIES[Kind.PATIENT])
def test_a_change_of_a_patient_there_arrives(story: Story, other: Story) -> None:
    takes_a_change(remote(), story, other)


@every(of_appointments, of_appointments)
def test_a_change_of_an_appointment_there_arrives(story: Story, other: Story) -> None:
    takes_a_change(remote(), story, other)


@every(of_encounters, of_encounters)
def test_a_change_of_a_visit_there_arrives_beside_what_was_signed(story: Story, other: Story) -> None:
    takes_a_change(remote(), story, other, frozenset({"appointment_id"}))


@pytest.mark.parametrize("kind", CELLS)
def test_no_undocumented_member_is_sent(kind: Kind) -> None:
    @every(STORIES[kind])
    def holds(story: Story) -> None:
        recorder = Recorder()
        sends_what_is_told(ArocordRemote(recorder, {}), recorder, story, IN_PATH.get(kind, frozenset()))

    holds()


def test_a_mask_is_never_sent() -> None:
    recorder = Recorder()
    hides_nothing_away(ArocordRemote(recorder, {}), recorder, Kind.PATIENT, {"mrn": "M1", "last_name": "X"}, "phone")


NESTED = {
    "id": "p1",
    "mrn": "MRN001",
    "demographics": {"first_name": "John", "last_name": "Doe", "date_of_birth": "1980-05-15", "gender": "male"},
    "contact": {"phone": "+1-555-0123", "email": "j@example.org", "address": {"city": "Anytown", "zip": "12345"}},
    "emergency_contact": {"name": "Jane Doe", "relationship": "spouse", "phone": "+1-555-0124"},
    "insurance": {"provider": "Blue Cross", "policy_number": "BC123456", "group_number": "GRP001"},
    "loyalty_points": 3,
}


def test_flat_and_nested_are_one_patient() -> None:
    body = body_of(Kind.PATIENT, NESTED)
    assert body["first_name"] == "John"
    assert body["address"] == {"city": "Anytown", "zip": "12345"}
    assert patients.nested(body) == {name: NESTED[name] for name in patients.nested(body)}
    assert body_of(Kind.PATIENT, patients.nested(body)) == body_of(Kind.PATIENT, body) == body


@every(STORIES[Kind.PATIENT])
def test_both_forms_of_a_patient_say_the_same(story: Story) -> None:
    found = remote().project(story, Linked())
    if isinstance(found, Telling):
        assert body_of(Kind.PATIENT, patients.nested(found.body)) == body_of(Kind.PATIENT, found.body)


def test_an_insurance_there_becomes_a_cover_once_and_is_never_told() -> None:
    made = remote()
    seen = Seen(Kind.PATIENT, "p1", body_of(Kind.PATIENT, NESTED), raw=NESTED)
    first, *rest = made.adopt(seen, None, Linked())
    covers = [each for each in rest if isinstance(each, Coverage)]
    assert [(each.subscriber_id, each.class_[0].value) for each in covers] == [("BC123456", "GRP001")]
    story = Story(Kind.PATIENT, "p", 1, "p", first, tuple(rest))
    assert len(made.adopt(seen, story, Linked())) == 1 + len(rest)
    again = made.project(story, Linked())
    assert isinstance(again, Telling)
    assert not {"insurance", "is_active", "loyalty_points"} & again.body.keys()


def test_an_allergy_of_their_history_is_added_unconfirmed_and_none_is_taken_away() -> None:
    made = remote()
    first = made.adopt(Seen(Kind.PATIENT, "p1", body_of(Kind.PATIENT, NESTED)), None, Linked())[0]
    known = AllergyIntolerance.model_validate(
        {
            "resourceType": "AllergyIntolerance",
            "id": "a",
            "code": {"text": "Latex"},
            "patient": {"reference": "Patient/p"},
        }
    )
    story = Story(Kind.PATIENT, "p", 1, "p", first, (known,))
    history = [{"type": "allergy", "name": "Penicillin"}, {"type": "allergy", "name": "latex"}]
    laid = made.adopt(Seen(Kind.PATIENT, "p1", {"medical_history": history}), story, Linked())
    allergies = [each for each in laid if isinstance(each, AllergyIntolerance)]
    assert [each.code.text for each in allergies if each.code] == ["Latex", "Penicillin"]
    assert allergies[0] == known
    assert allergies[1].verification_status is not None


def test_a_medicine_of_ours_that_their_history_shows_with_its_dose_does_not_come_back_as_another() -> None:
    made = remote()
    first = made.adopt(Seen(Kind.PATIENT, "p1", body_of(Kind.PATIENT, NESTED)), None, Linked())[0]
    known = MedicationStatement.model_validate(
        {
            "resourceType": "MedicationStatement",
            "status": "active",
            "medicationCodeableConcept": {"text": "doxycycline 100 mg capsule"},
            "subject": {"reference": "Patient/p"},
            "dosage": [{"text": "take 1 capsule by mouth twice a day for 5 days"}],
        }
    )
    story = Story(Kind.PATIENT, "p", 1, "p", first, (known,))
    echoed = "doxycycline 100 mg capsule take 1 capsule by mouth twice a day for 5 days"
    history = [{"type": "medication", "name": name} for name in (echoed, "doxycycline 100 mg capsule take 2 a day")]
    laid = made.adopt(Seen(Kind.PATIENT, "p1", {"medical_history": history}), story, Linked())
    taken = [words(each.medication_codeable_concept) for each in laid if isinstance(each, MedicationStatement)]
    assert taken == ["doxycycline 100 mg capsule", "doxycycline 100 mg capsule take 2 a day"], "another dose is news"


def test_their_number_never_replaces_ours() -> None:
    patient = Patient.model_validate(
        {
            "resourceType": "Patient",
            "name": [{"family": "X"}],
            "identifier": [{"system": "urn:x-clinic-desktop:mrn", "value": "A1"}],
        }
    )
    story = Story(Kind.PATIENT, "p", 1, "p", patient)
    first = remote().adopt(Seen(Kind.PATIENT, "p1", {"mrn": "MRN001"}), story, Linked())[0]
    assert [each.value for each in first.identifier] == ["A1", "MRN001"]


def test_a_patient_without_our_number_is_not_sent() -> None:
    story = Story(
        Kind.PATIENT, "p", 1, "p", Patient.model_validate({"resourceType": "Patient", "name": [{"family": "X"}]})
    )
    found = remote().project(story, Linked())
    assert isinstance(found, CannotTell)
    assert "record number" in found.why


@few
@given(of_appointments())
def test_what_must_be_known_there_first_is_named(story: Story) -> None:
    found = remote().project(story, Unlinked())
    assert isinstance(found, Telling)
    assert {kind for kind, _id in found.needs} == {Kind.PATIENT, Kind.PRACTITIONER}


@few
@given(of_appointments("cancel"))
def test_a_cancellation_says_why_and_whether_the_patient_is_told(story: Story) -> None:
    found, silent = remote().project(story, Linked()), remote(notify_patient="no").project(story, Linked())
    assert isinstance(found, Telling)
    assert isinstance(silent, Telling)
    assert found.body.keys() == {"cancellation_reason", "notify_patient"}
    assert (found.body["notify_patient"], silent.body["notify_patient"]) == (True, False)


@few
@given(of_prescriptions(), st.sampled_from(["cancel", "update"]))
def test_what_has_no_call_is_said_in_words(story: Story, act: str) -> None:
    assert isinstance(remote().project(replace(story, act=act), Linked()), CannotTell)
    void = remote().project(replace(story, void=True), Linked())
    assert isinstance(void, CannotTell)
    assert "telephone" in void.why
    draft = remote().project(replace(story, signed=False), Linked())
    assert isinstance(draft, CannotTell)
    assert "draft" in draft.why


def test_a_create_is_verifiable_only_once_its_list_was_seen_to_show_it() -> None:
    before, after = remote().profile.kinds, remote(**{"list of appointment": "yes"}).profile.kinds
    assert before[Kind.APPOINTMENT].create is Create.WRITE_ONLY
    assert after[Kind.APPOINTMENT].create is Create.MARKER
    assert before[Kind.PATIENT].create is Create.KEY
    for kind in (Kind.INVOICE, Kind.PAYMENT, Kind.CLAIM, Kind.ENCOUNTER):
        assert after[kind].create is Create.WRITE_ONLY


def test_every_member_has_a_rule() -> None:
    every_member_has_a_rule(remote(), CELLS)


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
    assert made.adopt(Seen(Kind.ENCOUNTER, "c", {"status": "Completed"}), None, Linked())[0].status == "finished"
    assert made.adopt(Seen(Kind.NOTICE, "n", {"priority": "Critical"}), None, Linked())[0].priority == "stat"


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
def test_a_prescription_from_there_holds_all_that_it_says_where_a_person_sees_it(line: dict[str, str], seen: str) -> None:
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
    assert [call.endpoint for call in recorder.calls] == ["GET /consultations/{id}", "POST /consultations/{id}/complete"]


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
