"""What HMS Enterprise-Grade is told of the chart, and what the chart makes of what it says."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.port import CannotTell, Create, Kind, Put, Remote, Seen, Story, Telling
from sync.records.allergy import AllergyIntolerance
from sync.records.observation import Observation
from sync.records.patient import Patient
from sync.remotes.hms_enterprise.mapping import visits
from sync.remotes.hms_enterprise.mapping.notes import EXAMINATION, REVIEW, as_text, by_system
from sync.remotes.hms_enterprise.mapping.telling import CELLS, body_of
from sync.remotes.hms_enterprise.remote import HmsRemote
from sync.telling.allergies import names_one
from tests.unit.sync.drawn import every, only
from tests.unit.sync.loopback import Watch
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
    told,
)
from tests.unit.sync.stories import Linked, Unlinked
from tests.unit.sync.story_kinds import of_appointments, of_encounters, of_prescriptions

TOLD = tuple(kind for kind in CELLS if kind is not Kind.LAB_RESULT)
AGAIN = (Kind.PATIENT, Kind.APPOINTMENT, Kind.ENCOUNTER)
# Fixed words and what is only derived: the chart cannot say it otherwise.
LOSSY: Mapping[Kind, frozenset[str]] = {
    Kind.APPOINTMENT: frozenset({"telehealth", "priority"}),
    # A diagnosis that is there is never taken away here: an assessment of one more comes beside it.
    Kind.ENCOUNTER: frozenset({"diagnoses", "assessment"}),
}


def remote(recorder: Recorder | None = None, **settings: str) -> HmsRemote:
    return HmsRemote(recorder or Recorder(), Watch(), settings)


def test_it_is_what_the_engine_asks_for() -> None:
    made: Remote = remote()
    assert made.profile.system == "hms_enterprise"


@pytest.mark.parametrize("kind", TOLD)
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
    theirs = told(remote(), other, Linked()).body.get("allergies")
    # That none is known there, or a mere dash, takes no allergy out here: see `test_none_known`.
    only(where=not theirs or any(map(names_one, theirs)))
    takes_a_change(remote(), story, other)


@every(of_encounters, of_encounters)
def test_a_change_of_a_visit_there_arrives_beside_what_was_signed(story: Story, other: Story) -> None:
    takes_a_change(remote(), story, other, LOSSY[Kind.ENCOUNTER] | {"physical_examination", "review_of_systems"})


@pytest.mark.parametrize("kind", TOLD)
def test_no_undocumented_member_is_sent(kind: Kind) -> None:
    @every(STORIES[kind])
    def holds(story: Story) -> None:
        recorder = Recorder()
        sends_what_is_told(remote(recorder), recorder, story)

    holds()


def test_a_mask_is_never_sent() -> None:
    recorder = Recorder()
    hides_nothing_away(remote(recorder), recorder, Kind.PATIENT, {"first_name": "A", "last_name": "X"}, "email")


@few
@given(st.decimals(min_value=Decimal(85), max_value=Decimal(115), places=1))
def test_a_tenth_of_a_degree_fahrenheit_comes_back(fahrenheit: Decimal) -> None:
    assert visits.fahrenheit(visits.celsius(fahrenheit)) == fahrenheit
    assert visits.celsius(Decimal("98.6")) == Decimal(37)


_words = st.text(st.characters(categories=["L", "Nd", "Zs"]), min_size=1, max_size=12).map(str.strip).filter(bool)


@pytest.mark.parametrize("systems", [REVIEW, EXAMINATION])
def test_findings_by_system_of_the_body_are_one_text_and_come_apart_again(systems: tuple[str, ...]) -> None:
    @few
    @given(st.dictionaries(st.sampled_from(systems), _words, min_size=1))
    def holds(found: dict[str, str]) -> None:
        assert by_system(as_text(found, systems), systems) == found

    holds()


def patient(**more: Any) -> Story:
    first = Patient.model_validate({"resourceType": "Patient", "id": "p", "name": [{"family": "X"}], **more})
    return Story(Kind.PATIENT, "p", 1, "p", first)


def allergy(text: str, **more: Any) -> AllergyIntolerance:
    return AllergyIntolerance.model_validate(
        {"resourceType": "AllergyIntolerance", "code": {"text": text}, "patient": {"reference": "Patient/p"}, **more}
    )


def test_the_number_that_people_read_is_an_identifier_and_the_uuid_the_id() -> None:
    seen = Seen(Kind.PATIENT, "123e4567-e89b-12d3-a456-426614174000", {"patient_id": "P20240001"})
    first = remote().adopt(seen, patient(), Linked())[0]
    assert [(each.system, each.value) for each in first.identifier] == [
        ("urn:x-clinic-desktop:there:hms_enterprise:patient:number", "P20240001")
    ]


def test_an_allergy_that_is_gone_there_stays_in_the_chart_and_its_removal_needs_a_person() -> None:
    story = replace(patient(), rest=(allergy("Penicillin"), allergy("Latex")))
    assert remote().profile.kinds[Kind.PATIENT].rules["allergies"].removal
    laid = remote().adopt(Seen(Kind.PATIENT, "r", {"allergies": ["Latex"]}), story, Linked())
    found = [each for each in laid if isinstance(each, AllergyIntolerance)]
    assert [each.code.text for each in found if each.code] == ["Penicillin", "Latex"]
    assert found[0].clinical_status is not None
    assert found[1] == story.rest[1]


def test_no_known_allergy_is_no_allergy() -> None:
    none = allergy("No known allergy", code={"coding": [{"code": "716186003"}], "text": "No known allergy"})
    found = remote().project(replace(patient(), rest=(none, allergy("Latex"))), Linked())
    assert isinstance(found, Telling)
    assert found.body["allergies"] == ["Latex"]


def test_a_refuted_allergy_is_not_told() -> None:
    refuted = allergy("Egg", verificationStatus={"coding": [{"code": "refuted"}]})
    found = remote().project(replace(patient(), rest=(refuted,)), Linked())
    assert isinstance(found, Telling)
    assert "allergies" not in found.body


@few
@given(of_prescriptions())
def test_each_medicine_of_a_prescription_is_one_there(story: Story) -> None:
    found = remote().project(story, Linked())
    assert isinstance(found, Telling)
    lines = 1 + sum(each.resource_type == "MedicationRequest" for each in story.rest)
    assert len(found.parts) == (lines if lines > 1 else 0)
    assert (found.body == {}) == (lines > 1)


@few
@given(of_appointments("cancel"))
def test_a_cancellation_is_kept_here_and_a_person_tells_hms(story: Story) -> None:
    found = remote().project(story, Linked())
    assert isinstance(found, CannotTell)
    assert "telephone" in found.why
    kinds = remote().profile.kinds
    assert (kinds[Kind.APPOINTMENT].put, kinds[Kind.PRESCRIPTION].put) == (Put.NONE, Put.NONE)


@few
@given(of_encounters())
def test_a_visit_leaves_only_once_it_is_signed(story: Story) -> None:
    assert isinstance(remote().project(replace(story, signed=False), Linked()), CannotTell)
    found = remote().project(story, Unlinked())
    assert isinstance(found, Telling)
    assert [kind for kind, _id in found.needs] == [Kind.PATIENT]


def test_a_wrong_code_of_theirs_is_shown_and_not_set_right() -> None:
    body = {"diagnoses": [{"code": "G44.1", "description": "Tension headache", "type": "primary", "confirmed": True}]}
    assert visits.wrong_codes(body)
    laid = remote().adopt(Seen(Kind.ENCOUNTER, "e", body), None, Linked())
    codes = [c.code for each in laid if each.resource_type == "Condition" for c in each.code.coding]  # type: ignore[attr-defined]
    assert codes == ["G44.1"]


RESULTS: dict[str, Any] = {
    "order_id": "o",
    "patient_id": "u",
    "results": [
        {
            "test_code": "CMP",
            "components": [
                {
                    "component": "Glucose",
                    "result": "95",
                    "unit": "mg/dL",
                    "reference_range": "70-100",
                    "flag": None,
                    "status": "final",
                },
                {"component": "Colour", "result": "yellow", "flag": "abnormal", "status": "final"},
            ],
            "resulted_at": "2024-01-16T10:30:00Z",
        }
    ],
    "status": "completed",
}


def test_results_arrive_once_and_a_correction_stands_beside_what_it_corrects() -> None:
    made = remote()
    first, *rest = made.adopt(Seen(Kind.LAB_RESULT, "o", body_of(Kind.LAB_RESULT, RESULTS)), None, Linked())
    assert isinstance(first, Observation)
    assert first.value_quantity is not None
    assert first.value_quantity.value == 95
    assert (first.value_quantity.unit, first.code.text) == ("mg/dL", "Glucose")
    story = Story(Kind.LAB_RESULT, "o", 1, None, first, tuple(rest))
    same = made.adopt(Seen(Kind.LAB_RESULT, "o", body_of(Kind.LAB_RESULT, RESULTS)), story, Linked())
    assert same == (first, *rest)
    corrected = {
        "results": [{"test_code": "CMP", "components": [{"component": "Glucose", "result": "59", "unit": "mg/dL"}]}]
    }
    laid = made.adopt(Seen(Kind.LAB_RESULT, "o", corrected), story, Linked())
    assert laid[: len(same)] == same
    assert isinstance(laid[-1], Observation)
    assert laid[-1].value_quantity is not None
    assert laid[-1].value_quantity.value == 59


def test_an_order_with_no_result_yet_is_no_result() -> None:
    assert remote().adopt(Seen(Kind.LAB_RESULT, "o", {"results": [], "status": "ordered"}), None, Linked()) == ()


def test_what_is_write_only_becomes_verifiable_where_graphql_was_given() -> None:
    assert remote().profile.kinds[Kind.PRESCRIPTION].create is Create.WRITE_ONLY
    assert remote(graphql="/graphql").profile.kinds[Kind.PRESCRIPTION].create is Create.NATURAL
    assert remote().profile.kinds[Kind.LAB_ORDER].create is Create.WRITE_ONLY
    assert not remote().profile.kinds[Kind.PATIENT].listed


def test_every_member_has_a_rule() -> None:
    every_member_has_a_rule(remote(), CELLS)
