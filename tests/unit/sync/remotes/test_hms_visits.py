"""Visits, appointments and persons of HMS Enterprise-Grade: words in any spelling, and nothing that is lost unheard."""

from typing import Any

import pytest

from sync.port import Kind, Seen, Story
from sync.records.appointment import Appointment
from sync.records.condition import Condition
from sync.records.elements import Resource
from sync.records.encounter import Encounter
from sync.records.patient import Patient
from sync.remotes.hms_enterprise.mapping.appointments import FINAL
from sync.remotes.hms_enterprise.remote import HmsRemote, open_remote
from sync.telling.work import part_of_note
from sync.transport.outcomes import Outcome
from tests.contract.replayed import Network, json_answer, opening
from tests.unit.sync.loopback import Watch
from tests.unit.sync.remote_laws import Recorder
from tests.unit.sync.stories import Linked

HMS = HmsRemote(Recorder(), Watch(), {})
VISIT = Encounter.model_validate({"resourceType": "Encounter", "id": "e", "status": "finished", "class": {}})


def unread(kind: Kind, **body: Any) -> frozenset[str]:
    return HMS.unread(Seen(kind, "r", body), Linked())


@pytest.mark.parametrize(
    ("signs", "read"),
    [
        ({"weight": "82 kg"}, False),
        ({"weight": 82}, False),
        ({"pain": {"scale": 7}}, False),
        ({"heart_rate": "fast"}, False),
        ({"blood_pressure": "high"}, False),
        ({"heart_rate": "72", "blood_pressure": "120/80", "weight": None, "height": ""}, True),
    ],
)
def test_a_measurement_that_has_no_place_here_is_not_read(signs: dict[str, Any], read: bool) -> None:
    found = unread(Kind.ENCOUNTER, physical_examination={"vital_signs": signs})
    assert found == (frozenset() if read else {"physical_examination"})


def plan(**more: Any) -> list[dict[str, Any]]:
    return [{"type": "medication", "description": "Ibuprofen", "reason": "pain", **more}]


def test_a_dose_beside_the_words_of_a_plan_is_kept_and_compared() -> None:
    said = [HMS.canonical(Kind.ENCOUNTER, {"plan": plan(**more)}) for more in ({}, {"dosage": "400 mg"})]
    said.append(HMS.canonical(Kind.ENCOUNTER, {"plan": plan(dosage="800 mg", id=7, created_at="2026-03-10")}))
    assert len({str(each) for each in said}) == 3
    records = HMS.adopt(Seen(Kind.ENCOUNTER, "r", {"plan": plan(dosage="800 mg", id=7)}), None, Linked())
    story = Story(Kind.ENCOUNTER, "e", 1, None, records[0], records[1:])
    assert part_of_note(story, "18776-5") == "Ibuprofen, dosage: 800 mg (pain)"
    assert not unread(Kind.ENCOUNTER, plan=plan(dosage="800 mg", id=7))
    assert unread(Kind.ENCOUNTER, plan=plan(dosage={"amount": 400})) == {"plan"}
    other, one = (HMS.canonical(Kind.ENCOUNTER, {"plan": plan(dosage={"amount": each})}) for each in (400, 800))
    assert other != one


def knee(text: str, status: str) -> Condition:
    return Condition.model_validate({
        "resourceType": "Condition", "subject": {"reference": "Patient/p"},
        "verificationStatus": {"coding": [{"code": status}]},
        "code": {"text": text, "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M25.56"}]},
    })  # fmt: skip


def diagnosed(theirs: list[dict[str, Any]], *known: Resource, name: str = "diagnoses") -> list[str | None]:
    story = Story(Kind.ENCOUNTER, "e", 1, "p", VISIT, known)
    laid = HMS.adopt(Seen(Kind.ENCOUNTER, "r", {name: theirs}), story, Linked())
    return [each.code.text for each in laid if isinstance(each, Condition) and each.code]


RIGHT = {"code": "M25.56", "description": "Pain in right knee", "confirmed": True}


@pytest.mark.parametrize("status", ["entered-in-error", "confirmed"])
def test_another_knee_of_the_same_code_is_another_diagnosis(status: str) -> None:
    assert diagnosed([RIGHT], knee("Pain in left knee", status)) == ["Pain in left knee", "Pain in right knee"]


def test_what_was_entered_in_error_may_be_found_again() -> None:
    assert len(diagnosed([RIGHT], knee("Pain in right knee", "entered-in-error"))) == 2


@pytest.mark.parametrize("words", ["pain in right  knee.", "M25.56", ""])
def test_the_same_diagnosis_in_another_dress_or_as_its_code_alone_is_no_other(words: str) -> None:
    assert len(diagnosed([RIGHT | {"description": words}], knee("Pain in right knee", "confirmed"))) == 1
    row = {"condition": words, "icd10_code": "M25.56"}
    assert len(diagnosed([row], knee("Pain in right knee", "confirmed"), name="assessment")) == 1


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("No Show", "no_show"), ("NOSHOW", "no_show"), ("no-show", "no_show"), ("CANCELLED", "cancelled"),
        ("Canceled", "cancelled"), ("Completed", "completed"), ("Scheduled", "scheduled"),
    ],
)  # fmt: skip
def test_a_status_is_the_known_one_however_it_is_spelled(word: str, known: str) -> None:
    canonical = [HMS.canonical(Kind.APPOINTMENT, {"status": each}) for each in (word, known)]
    assert canonical[0] == canonical[1]
    assert not unread(Kind.APPOINTMENT, status=word)
    laid = HMS.adopt(Seen(Kind.APPOINTMENT, "a", {"status": word}), None, Linked())[0]
    assert isinstance(laid, Appointment)
    ours = {"no_show": "noshow", "cancelled": "cancelled", "completed": "fulfilled", "scheduled": "booked"}
    assert laid.status == ours[known]
    assert (known in FINAL) == (laid.status != "booked")


def test_a_status_or_a_gender_that_nobody_knows_is_not_read() -> None:
    assert unread(Kind.APPOINTMENT, status="on the moon") == {"status"}
    assert unread(Kind.PATIENT, gender="fluid") == {"gender"}
    laid = HMS.adopt(Seen(Kind.PATIENT, "p", {"gender": "fluid"}), None, Linked())[0]
    assert isinstance(laid, Patient)
    assert laid.gender is None


@pytest.mark.parametrize(("word", "ours"), [("FEMALE", "female"), ("f", "female"), ("Male", "male"), (" M ", "male")])
def test_a_gender_is_the_known_one_however_it_is_spelled(word: str, ours: str) -> None:
    letter = {"female": "F", "male": "M"}[ours]
    assert HMS.canonical(Kind.PATIENT, {"gender": word}) == HMS.canonical(Kind.PATIENT, {"gender": letter})
    assert not unread(Kind.PATIENT, gender=word)
    laid = HMS.adopt(Seen(Kind.PATIENT, "p", {"gender": word}), None, Linked())[0]
    assert isinstance(laid, Patient)
    assert laid.gender == ours


@pytest.mark.parametrize("said", [{"message": "maintenance"}, {"success": True, "data": None}, {"id": None}, []])
def test_an_answer_that_is_no_record_is_unreadable_and_ends_nothing(said: Any) -> None:
    remote = open_remote(opening("https://there.example/v1", Network(lambda _asked: json_answer(said)), {}))
    with pytest.raises(Outcome):
        remote.read(Kind.PATIENT, "11111111-0000-4000-8000-000000000001")


TWO, HALF, THREE = ("2026-03-12T14:00:00Z", "2026-03-12T14:30:00Z", "2026-03-12T15:00:00Z")
SPAN = {"start_datetime", "end_datetime", "duration"}


@pytest.mark.parametrize(
    ("said", "ends", "lasts", "asked"),
    [
        ({"end_datetime": HALF, "duration": 30}, HALF, 30, set()),
        ({"end_datetime": HALF}, HALF, 30, set()),
        ({"duration": 30}, HALF, 30, set()),
        ({"end_datetime": HALF, "duration": 60}, HALF, 30, SPAN),
        ({"end_datetime": THREE, "duration": 30}, THREE, 60, SPAN),
        ({"end_datetime": "2026-03-12T13:30:00Z", "duration": 30}, HALF, 30, SPAN),
        ({"end_datetime": "2026-03-12T13:30:00Z"}, None, None, SPAN - {"duration"}),
        ({"end_datetime": "2026-03-12T15:30:00+01:00", "duration": 30.0}, HALF, 30, set()),
    ],
)
def test_an_end_that_contradicts_the_duration_stands_and_a_person_is_asked(
    said: dict[str, Any], ends: str | None, lasts: int | None, asked: set[str]
) -> None:
    body = {"status": "scheduled", "start_datetime": TWO, **said}
    laid = HMS.adopt(Seen(Kind.APPOINTMENT, "a", body), None, Linked())[0]
    assert isinstance(laid, Appointment)
    assert (laid.start, laid.end, laid.minutes_duration) == (TWO, ends, lasts)
    assert unread(Kind.APPOINTMENT, **body) == asked
    # Over what the chart has, another end alone is another end: the length of before moves it nowhere.
    told = {"status": "scheduled", "start_datetime": TWO, "end_datetime": THREE, "duration": 30}
    here = laid.model_copy(update={"end": HALF, "minutes_duration": 30})
    after = HMS.adopt(Seen(Kind.APPOINTMENT, "a", told), Story(Kind.APPOINTMENT, "a", 1, "p", here), Linked())[0]
    assert isinstance(after, Appointment)
    assert (after.end, after.minutes_duration) == (THREE, 60)
