"""What a record from elsewhere says is in the chart as it was said, and nothing is said to be theirs that is ours."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.exchange import allergies, dosages, observations, patients, problems, procedures, subjects
from clinic_desktop.exchange.told import made, written
from clinic_desktop.services.inbox import inbox
from clinic_desktop.services.patients import change_patient, patient_details
from clinic_desktop.services.prescribing import check_medicine
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import allergies as allergy_rows
from clinic_desktop.store.tables.chart import medicines_taken
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.outside import observations as observation_rows
from clinic_desktop.store.tables.programmes import programmes
from sync.engine.chart import Because
from sync.port import Kind
from sync.records.elements import Resource
from sync.records.exact import Json, loads
from sync.telling.words import THERE
from tests.conftest import DeskFor
from tests.fhir import Take, bundle
from tests.fhir import text as as_text
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.heard_case import Heard

BOTH = ("Methotrexate", "Alendronate")


@pytest.fixture
def heard(store: Store, clock: SetClock) -> Heard:
    return Heard(store, clock)


def read(mapping: Any, kind: str, **members: Any) -> dict[str, Any]:
    """What the chart keeps of a record as it comes in a file."""
    about = {"patient" if kind == "AllergyIntolerance" else "subject": {"reference": "Patient/p"}}
    resource = loads(as_text({"resourceType": kind, **about, **members}))
    found: dict[str, Any] = mapping.read(subjects.record(resource)).values
    return found


def observed(**members: Any) -> dict[str, Any]:
    return read(observations, "Observation", status="final", code={"text": "X"}, **members)


def quantity(value: float, unit: str | None = None, **more: str) -> Json:
    return {"value": value, **({"unit": unit} if unit else {}), **more}


def taken(medicine: Json, **dosage: Any) -> Any:
    return made({
        "resourceType": "MedicationStatement", "status": "active", "subject": {"display": "the patient"},
        "medicationCodeableConcept": medicine, **({"dosage": [dosage]} if dosage else {}),
    })  # fmt: skip


def test_a_medicine_that_is_taken_otherwise_than_we_prescribe_is_another(small: Clinic, heard: Heard) -> None:
    """One of our name that was taken daily, or of another strength, was dropped as ours without a word."""
    with heard.store.read() as connection:
        ours = connection.execute(select(medicines_taken.c.name, medicines_taken.c.dose)).one()
    strength = {"system": f"{THERE}:healify:strength", "display": "1 mg"}
    echo = [taken({"text": ours.name}), taken({"text": ours.name}, text=ours.dose)]
    news = [
        taken({"text": ours.name}, timing={"code": {"text": "once WEEKLY"}}),
        taken({"text": ours.name, "coding": [strength]}),
        taken({"text": "Warfarin", "coding": [strength]}, text="1 tablet", patientInstruction="ONLY on Mondays"),
    ]
    for _again in range(2):
        heard.adopt(Kind.PATIENT, small.patient, heard.patient(small.patient), *echo, *news)
    with heard.store.read() as connection:
        found = connection.execute(select(medicines_taken.c.name, medicines_taken.c.dose)).all()
    assert [tuple(row) for row in found] == [
        (ours.name, ours.dose), (ours.name, "once WEEKLY"), (f"{ours.name} 1 mg", None),
        ("Warfarin 1 mg", "1 tablet, ONLY on Mondays"),
    ], "each is there once, however often it comes"  # fmt: skip


def test_a_row_that_was_read_shorter_once_does_not_stand_twice(
    small: Clinic, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = taken({"text": "Warfarin"}, text="1 tablet", patientInstruction="ONLY on Mondays")
    with monkeypatch.context() as before:
        before.setattr(dosages, "in_words", lambda taken: "; ".join(each.text or "" for each in taken))
        heard.adopt(Kind.PATIENT, small.patient, heard.patient(small.patient), one)
    heard.adopt(Kind.PATIENT, small.patient, heard.patient(small.patient), one)
    with heard.store.read() as connection:
        found = connection.execute(select(medicines_taken.c.dose).where(medicines_taken.c.name == "Warfarin")).all()
    assert [row.dose for row in found] == ["1 tablet, ONLY on Mondays"], "once, and in full"


def test_a_medicine_that_was_read_shorter_once_says_all_when_the_same_file_is_read_again(
    take: Take, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly = {"text": "10 mg", "timing": {"code": {"text": "once WEEKLY"}}}
    file: list[Json] = [
        {"resourceType": "Patient", "id": "p", "name": [{"family": "Lee", "given": ["Ada"]}]},
        *({"resourceType": "MedicationStatement", "id": name, "status": "active", "subject": {"reference": "Patient/p"},
           "medicationCodeableConcept": {"text": name}, "dosage": [weekly]} for name in BOTH),
    ]  # fmt: skip
    with monkeypatch.context() as before:
        before.setattr(dosages, "in_words", lambda taken: "; ".join(each.text or "" for each in taken))
        take(bundle(file))

    def doses() -> dict[str, str]:
        with store.read() as connection:
            rows = connection.execute(select(medicines_taken.c.name, medicines_taken.c.dose, medicines_taken.c.id))
            return {row.name: row.dose for row in rows}

    assert doses() == {"Methotrexate": "10 mg", "Alendronate": "10 mg"}
    with store.write(act=new_id(), session=None) as unit:
        ours = unit.conn.execute(select(medicines_taken.c.id).where(medicines_taken.c.name == "Alendronate")).scalar()
        unit.change(medicines_taken, str(ours), {"dose": "5 mg"}, kind="medicine.changed")
    for _again in range(2):
        take(bundle(file))
        assert doses() == {"Methotrexate": "10 mg, once WEEKLY", "Alendronate": "5 mg"}, "what is ours stays"
    with store.read() as connection:
        entries = connection.execute(select(journal.c.kind).where(journal.c.kind == "medicine.received")).all()
    assert len(entries) == 3, "two came, and one was renewed once"


def test_our_own_blood_group_is_never_said_by_another_system(small: Clinic, heard: Heard, desk_for: DeskFor) -> None:
    """It was recorded as that system's, and stayed when it was corrected here."""
    desk = desk_for("front_desk")
    for group in ("A-", "O-"):
        known = patient_details(desk, small.patient)
        change_patient(desk, small.patient, replace(known.patient, blood_type=group), known.revision)
        story = heard.story(Kind.PATIENT, small.patient)
        assert story is not None
        assert any(each.resource_type == "Observation" for each in story.rest)
        theirs = made({"resourceType": "Observation", "status": "final", "code": {"text": "Blood group"},
                       "subject": {"display": "the patient"}, "valueString": "B+"})  # fmt: skip
        heard.adopt(Kind.PATIENT, small.patient, story.first, *story.rest, theirs)
    with heard.store.read() as connection:
        found = connection.execute(select(observation_rows.c.value)).scalars().all()
    assert found == ["B+"], "what the system itself says still comes, once"


def test_our_own_results_are_never_said_by_another_system(small: Clinic, heard: Heard) -> None:
    story = heard.story(Kind.LAB_RESULT, small.order)
    assert story is not None
    theirs = made(written(story.first) | {"id": "LAB-9", "valueQuantity": {"value": 7, "unit": "mmol/L"}})
    heard.adopt(
        Kind.LAB_RESULT, small.order, story.first, *story.rest, theirs, because=Because("arocord_hims", "LAB-9")
    )
    with heard.store.read() as connection:
        assert connection.execute(select(observation_rows.c.value)).scalars().all() == ["7"]


def test_a_message_without_a_title_is_told_whole_and_in_its_order_of_urgency(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    long = f"Ward 3: {'x' * 195} potassium 7.9 mmol/L, call the patient"
    for members in ({}, {"topic": {"text": long}}, {"topic": {"text": "Short"}}):
        message = {"resourceType": "Communication", "status": "completed", "priority": "asap",
                   "payload": [{"contentString": long}], **members}  # fmt: skip
        heard.adopt(Kind.NOTICE, None, made(message), because=Because("arocord_hims", f"n{len(str(members))}"))
    came = [item for item in inbox(desk_for("administrator"), "open") if item.title in {long[:200], "Short"}]
    assert len(came) == 3
    assert {item.priority for item in came} == {"high"}
    assert [item.body.count(long) for item in came] == [1, 1, 1]


def test_programmes_that_a_sign_tells_apart_are_two(small: Clinic, heard: Heard) -> None:
    def come(title: str) -> str | None:
        plan = {"resourceType": "PlanDefinition", "status": "active", "title": title}
        return heard.adopt(Kind.PROGRAMME, None, Resource.model_validate(plan), because=Because("healify", title))

    assert come("Programme A+") == come("programme  a+") != come("Programme A-")
    with heard.store.read() as connection:
        names = connection.execute(select(programmes.c.name)).scalars().all()
    assert [each for each in names if each.startswith("Programme")] == ["Programme A+", "Programme A-"]


def test_a_titre_keeps_its_comparator() -> None:
    ratio = {"numerator": quantity(1, comparator="<"), "denominator": quantity(40)}
    assert observed(valueRatio=ratio)["value"] == "<1 : 40"


@pytest.mark.parametrize(
    ("value", "ranges", "low", "high", "words"),
    [
        (quantity(5.5, "mg/dL"), [{"low": quantity(0.5, "g/L"), "high": quantity(1.5, "g/L")}], None, None,
         "0.5–1.5 g/L"),
        (quantity(5.5, "mg/dL"), [{"low": quantity(0.5, "mg/dL"), "high": quantity(1.5)}], "0.5", "1.5", None),
        (quantity(5.5, "mg per dL", code="mg/dL"), [{"low": quantity(0.5, "mg/dL", code="mg/dL")}], "0.5", None, None),
        (quantity(5.5), [{"high": quantity(1.5, "g/L")}], None, None, "≤ 1.5 g/L"),
        (quantity(5.5), [{"type": {"text": "pregnant"}, "high": quantity(1.5)}, {"high": quantity(9)}], None, None,
         "pregnant: ≤ 1.5; ≤ 9"),
        (quantity(5.5), [{"type": {"coding": [{"code": "normal"}]}, "high": quantity(9), "text": "up to 9"}], None, "9",
         "up to 9"),
        (quantity(5.5), [{"appliesTo": [{"text": "women"}], "age": {"high": quantity(18, "years")},
                          "low": quantity(9)}], None, None, "women, age ≤ 18 years: ≥ 9"),
    ],
)  # fmt: skip
def test_a_range_is_the_values_own_or_stands_in_words(
    value: Json, ranges: list[Json], low: str | None, high: str | None, words: str | None
) -> None:
    found = observed(valueQuantity=value, referenceRange=ranges)
    assert (found["range_low"], found["range_high"], found["range_text"]) == (low, high, words)


@pytest.mark.parametrize(
    ("codes", "gravest"),
    [(["N", "HH"], "HH"), (["H", "AA"], "AA"), (["N", "L"], "L"), (["N"], "N"), (["S", "R"], "S"), ([], None)],
)
def test_of_several_interpretations_the_gravest_stands(codes: list[str], gravest: str | None) -> None:
    meant = [{"coding": [{"code": each}]} for each in codes]
    assert observed(valueString="see note", interpretation=meant)["interpretation"] == gravest


@pytest.mark.parametrize(
    ("names", "family", "given"),
    [
        ([{"use": "old", "family": "Alt"}, {"family": "Neu"}], "Neu", ""),
        ([{"use": "nickname", "given": ["Bob"]}, {"family": "Neu", "given": ["Robert"]}], "Neu", "Robert"),
        ([{"use": "maiden", "family": "Alt"}, {"use": "other", "family": "Neu"}], "Neu", ""),
        ([{"use": "maiden", "family": "Alt"}, {"use": "old", "family": "Older"}], "Alt", ""),
        ([{"family": "Plain"}, {"use": "usual", "family": "Usual"}, {"use": "official", "family": "Neu"}], "Neu", ""),
    ],
)
def test_a_former_name_is_no_present_one(names: list[Json], family: str, given: str) -> None:
    found = read(patients, "Patient", name=names)
    assert (found["family_name"], found["given_names"]) == (family, given)


AMOXICILLIN = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "723"}],
               "text": "Amoxicillin"}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "substance", "its_code"),
    [
        (None, "Amoxicillin", "723"), ({"text": "(not named)"}, "Amoxicillin", "723"),
        ({"text": "Drug"}, "Drug; Amoxicillin", None), ({"text": "amoxicillin rash"}, "amoxicillin rash", None),
        ({"text": "Amoxicillin", "coding": [{"code": "A", "system": "urn:x"}]}, "Amoxicillin", "A"),
        ({"coding": [{"code": "716186003"}], "text": "No known allergy"}, "No known allergy", "716186003"),
    ],
)  # fmt: skip
def test_a_substance_that_stands_in_the_reaction_alone_is_the_substance(
    code: Json | None, substance: str, its_code: str | None
) -> None:
    rash = {"substance": AMOXICILLIN, "manifestation": [{"text": "rash"}]}
    bare = {"manifestation": [{"text": "rash"}]}
    found = read(allergies, "AllergyIntolerance", **({"code": code} if code else {}), reaction=[bare, rash, rash])
    assert (found["substance"], found["code"]) == (substance, its_code)


def test_a_medicine_is_checked_against_a_substance_that_only_a_reaction_names(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    for code in ({}, {"code": {"text": "Drug"}}):
        one = made({"resourceType": "AllergyIntolerance", "patient": {"display": "the patient"}, **code,
                    "reaction": [{"substance": AMOXICILLIN, "manifestation": [{"text": "rash"}]}]})  # fmt: skip
        heard.adopt(Kind.PATIENT, small.patient, heard.patient(small.patient), one)
    with heard.store.read() as connection:
        named = connection.execute(select(allergy_rows.c.substance)).scalars().all()
    assert named == ["latex", "Amoxicillin", "Drug; Amoxicillin"]
    checked = check_medicine(desk_for("doctor"), small.patient, "Amoxicillin")
    told = [dict(each.facts)["with"] for each in checked.alerts if each.template.startswith("The patient is allergic")]
    assert sorted(told) == ["Amoxicillin", "Drug; Amoxicillin"]


def test_every_site_of_a_body_that_is_named_stands_in_the_chart() -> None:
    sites = [{"text": "left leg"}, {"text": "right arm"}]
    assert read(problems, "Condition", bodySite=sites)["body_site"] == "left leg; right arm"
    assert read(procedures, "Procedure", status="completed", bodySite=sites)["body_site"] == "left leg; right arm"
