"""Medicines of HMS Enterprise-Grade: all that is said there of one stands in the records, in words."""

from typing import Any

import pytest

from sync.port import Body, Kind, Seen, Story, Telling
from sync.records.medication import MedicationRequest
from sync.remotes.hms_enterprise.remote import HmsRemote
from tests.unit.sync.drawn import every
from tests.unit.sync.loopback import Watch
from tests.unit.sync.remote_laws import Recorder, says_it_again
from tests.unit.sync.stories import Linked
from tests.unit.sync.story_kinds import of_prescriptions

HMS = HmsRemote(Recorder(), Watch(), {})
# The example of the document.
LISINOPRIL: Body = {
    "patient_id": "u", "provider_id": "d",
    "medication": {"name": "Lisinopril", "strength": "10mg", "form": "tablet", "ndc": "12345-678-90"},
    "dosage": {
        "amount": 1, "unit": "tablet", "frequency": "once daily", "timing": "morning", "duration": 30,
        "duration_unit": "days", "instructions": "Take one tablet by mouth once daily in the morning",
        "indications": "Hypertension",
    },
    "refills": {"authorized": 3, "remaining": 3}, "diagnosis_codes": ["I10"], "notes": "Well controlled.",
}  # fmt: skip
AMOXICILLIN: Body = {
    "medication": {"name": "Amoxicillin", "strength": 500},
    "dosage": {"amount": "1-2", "unit": "capsule", "frequency": "3 times a day", "duration": 7},
    "refills": {"authorized": 2, "remaining": 1}, "notes": "stop if rash",
}  # fmt: skip


def read(body: Body) -> MedicationRequest:
    assert not HMS.unread(Seen(Kind.PRESCRIPTION, "r", body), Linked())
    (line,) = HMS.adopt(Seen(Kind.PRESCRIPTION, "r", body), None, Linked())
    assert isinstance(line, MedicationRequest)
    return line


def told(line: MedicationRequest) -> Body:
    found = HMS.project(Story(Kind.PRESCRIPTION, "l", 1, None, line), Linked())
    assert isinstance(found, Telling)
    return found.body


def test_the_words_of_a_medicine_from_there_say_its_strength_and_form_and_its_dosage_says_the_rest() -> None:
    line = read(LISINOPRIL)
    assert line.medication_codeable_concept is not None
    assert line.medication_codeable_concept.text == "Lisinopril 10mg tablet"
    (dosage,) = line.dosage_instruction
    assert dosage.text == (
        "1 tablet once daily morning; for 30 days; Take one tablet by mouth once daily in the morning"
    )
    assert [each.text or each.coding[0].code for each in line.reason_code] == ["Hypertension", "I10"]
    assert [each.text for each in line.note] == ["Well controlled."]
    assert told(line) == LISINOPRIL


def test_an_amount_in_words_a_strength_in_figures_and_refills_that_were_used_are_kept() -> None:
    line = read(AMOXICILLIN)
    assert line.medication_codeable_concept is not None
    assert line.medication_codeable_concept.text == "Amoxicillin 500"
    (dosage,) = line.dosage_instruction
    assert dosage.text == "1-2 capsule 3 times a day; for 7"
    assert [each.text for each in line.note] == ["stop if rash"]
    said = told(read(AMOXICILLIN | {"provider_id": "d"}))
    assert (said["dosage"], said["refills"], said["notes"]) == (
        AMOXICILLIN["dosage"], AMOXICILLIN["refills"], AMOXICILLIN["notes"],
    )  # fmt: skip


def test_what_the_name_says_already_is_not_said_twice() -> None:
    line = read({"medication": {"name": "Amoxicillin 5 mg Capsule", "strength": "5 mg", "form": "capsule"}})
    assert line.medication_codeable_concept is not None
    assert line.medication_codeable_concept.text == "Amoxicillin 5 mg Capsule"
    line = read({"medication": {"name": "Amoxicillin 25 mg", "strength": "5 mg"}})
    assert line.medication_codeable_concept is not None
    assert line.medication_codeable_concept.text == "Amoxicillin 25 mg 5 mg"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("medication", {"name": "A", "strength": {"value": 5}}),
        ("medication", {"name": "A", "form": ["tablet"]}),
        ("dosage", {"amount": {"value": 1}, "frequency": "daily"}),
        ("dosage", {"frequency": "daily", "duration": [7]}),
        ("dosage", "one each morning"),
        ("dosage", {"frequency": "daily", "most_in_a_day": 4}),
        ("medication", {"name": "A", "release": "slow"}),
        ("refills", {"authorized": "three"}),
        ("refills", 3),
        ("diagnosis_codes", [{"code": "I10"}]),
        ("notes", {"text": "stop if rash"}),
    ],
)
def test_what_cannot_be_read_of_a_prescription_is_said(member: str, value: Any) -> None:
    assert HMS.unread(Seen(Kind.PRESCRIPTION, "r", {member: value}), Linked()) == {member}


def test_a_prescription_that_comes_from_there_alone_is_told_the_same() -> None:
    @every(of_prescriptions)
    def holds(story: Story) -> None:
        says_it_again(HMS, story, frozenset({"pharmacy", "substitutions"}))

    holds()


@pytest.mark.parametrize(
    ("word", "status"), [("active", "active"), ("Cancelled", "cancelled"), ("DISCONTINUED", "stopped"), ("x", "active")]
)
def test_a_prescription_that_has_ended_there_is_not_taken_from_there_as_one_that_goes_on(
    word: str, status: str
) -> None:
    assert read(LISINOPRIL | {"status": word}).status == status


def test_what_was_signed_here_is_not_rewritten_from_there() -> None:
    line = read(LISINOPRIL)
    story = Story(Kind.PRESCRIPTION, "l", 1, None, line)
    assert HMS.adopt(Seen(Kind.PRESCRIPTION, "r", AMOXICILLIN | {"status": "stopped"}), story, Linked()) == (line,)


@pytest.mark.parametrize("member", ["test_name", "specimen_type", "collection_instructions"])
def test_what_cannot_be_read_of_a_test_is_said(member: str) -> None:
    seen = Seen(Kind.LAB_ORDER, "r", {"tests": [{"test_code": "CMP", member: {"text": "x"}}]})
    assert HMS.unread(seen, Linked()) == {"tests"}
