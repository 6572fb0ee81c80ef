"""What AROCORD-HIMS is told of the chart, and what the chart makes of what it says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.port import CannotTell, Create, Kind, Remote, Seen, Story, Telling
from sync.records.allergy import AllergyIntolerance
from sync.records.coverage import Coverage
from sync.records.medication import MedicationStatement
from sync.records.patient import Patient
from sync.remotes.arocord_hims.mapping import patients
from sync.remotes.arocord_hims.mapping.telling import CELLS, body_of
from sync.remotes.arocord_hims.remote import ArocordRemote
from sync.telling.words import words
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
    assert (found.body["notify_patient"], silent.body["notify_patient"]) == (False, False), "nobody said so here"
    for said in (True, False):
        asked = replace(story, first=story.first.model_copy(update={"tellPatient": said}))
        ways = [remote(notify_patient=each).project(asked, Linked()) for each in ("yes", "no")]
        assert [each.body["notify_patient"] for each in ways if isinstance(each, Telling)] == [said, False]


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
