"""How a medicine from elsewhere is taken: all that is said of it reaches the chart, each thing once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.exchange import dosages, medicines, subjects
from clinic_desktop.exchange.mapped import amount, between, holds
from sync.records.elements import CodeableConcept
from sync.records.exact import Json, loads
from sync.records.medication import MedicationStatement
from sync.telling.words import NDC
from tests.fhir import text as as_text

TEN: Json = {"doseAndRate": [{"doseQuantity": {"value": 10, "unit": "mg"}}]}


def often(**repeat: Any) -> Json:
    return {"timing": {"repeat": repeat}}


def statement(medicine: Json, *taken: Json) -> MedicationStatement:
    """As it comes from a file: each number as it is written."""
    resource = {
        "resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": medicine, "dosage": list(taken),
    }  # fmt: skip
    return MedicationStatement.model_validate(loads(as_text(resource)))


def dose(*taken: Json) -> str | None:
    found: str | None = medicines.read_statement(statement({"text": "Methotrexate"}, *taken)).values["dose"]
    return found


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"text": "10 mg", "timing": {"code": {"text": "once WEEKLY"}}}, "10 mg, once WEEKLY"),
        (TEN | {"timing": {"code": {"coding": [{"code": "QW", "display": "once WEEKLY"}]}}}, "10 mg, once WEEKLY"),
        ({"text": "1 tablet", "patientInstruction": "Take ONLY on Mondays"}, "1 tablet, Take ONLY on Mondays"),
        (TEN | {"text": "Take with food", "timing": {"code": {"text": "daily"}}}, "10 mg, daily, Take with food"),
        ({"text": "Take 10 mg daily."} | TEN, "Take 10 mg daily."),
        ({"text": "Take 1 daily.", "patientInstruction": "With food"}, "Take 1 daily. With food"),
        ({"text": "with food", "patientInstruction": "With food"}, "with food"),
        ({"text": "110 mg"} | TEN, "110 mg, 10 mg"),
        (TEN | often(dayOfWeek=["mon", "thu"]), "10 mg, on Mon, Thu"),
        (TEN | often(timeOfDay=["08:00:00", "20:30:15"]), "10 mg, at 08:00, 20:30:15"),
        (TEN | often(when=["HS"], frequency=1, period=1, periodUnit="d"), "10 mg, 1 × / day, at bedtime"),
        (TEN | often(when=["AC"], offset=30), "10 mg, 30 minutes before meals"),
        (TEN | often(when=["XYZ"]), "10 mg, XYZ"),
        (TEN | often(frequency=1, frequencyMax=4, period=1, periodUnit="d"), "10 mg, 1–4 × / day"),
        (TEN | often(frequency=1, period=1.0, periodMax=2, periodUnit="wk"), "10 mg, 1 × / 1.0–2 weeks"),
        (TEN | often(period=2, periodUnit="d"), "10 mg, 1 × / 2 days"),
        (TEN | often(count=3, duration=30, durationUnit="min"), "10 mg, over 30 minutes, 3 times in all"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 1, "unit": "tab"}, "high": {"value": 2, "unit": "tab"}}}]},
         "1–2 tab"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 500, "unit": "mg"}, "high": {"value": 1, "unit": "g"}}}]},
         "500 mg–1 g"),
        ({"doseAndRate": [{"rateRatio": {"numerator": {"value": 100, "unit": "mL"},
                                         "denominator": {"value": 1, "unit": "h"}}}]}, "at 100 mL / 1 h"),
        ({"doseAndRate": [{"rateQuantity": {"value": 5, "unit": "mL/h"}}]}, "at 5 mL/h"),
        ({"doseAndRate": [{"rateRange": {"high": {"value": 5, "unit": "mL/h"}}}]}, "at ≤ 5 mL/h"),
        (TEN | {"asNeededCodeableConcept": {"text": "pain"}}, "10 mg, as needed for pain"),
        (TEN | {"asNeededBoolean": True, "route": {"text": "oral"}}, "10 mg, oral, as needed"),
        (TEN | {"additionalInstruction": [{"text": "with food"}, {"text": "no alcohol"}]},
         "10 mg, with food, no alcohol"),
        (TEN | often(boundsDuration={"value": 5, "unit": "days"}), "10 mg, for 5 days"),
        (TEN | often(boundsPeriod={"start": "2026-01-01", "end": "2026-01-08"}),
         "10 mg, from 2026-01-01 to 2026-01-08"),
        (TEN | {"maxDosePerPeriod": {"numerator": {"value": 20, "unit": "mg"},
                                     "denominator": {"value": 1, "unit": "week"}}}, "10 mg, at most 20 mg / 1 week"),
        (TEN | {"maxDosePerAdministration": {"value": 20, "unit": "mg"}}, "10 mg, at most 20 mg at a time"),
        ({"timing": {"event": ["2026-01-01"]}}, "on 2026-01-01"),
        ({"doseAndRate": [{"type": {"text": "ordered"}, "doseQuantity": {"value": 9.50, "unit": "mg"}},
                          {"type": {"text": "calculated"}, "doseQuantity": {"value": 9.47, "unit": "mg"}}]},
         "9.5 mg (ordered), 9.47 mg (calculated)"),
    ],
)  # fmt: skip
def test_all_that_is_said_of_a_dose_is_in_its_words(said: Json, words: str) -> None:
    assert dose(said) == words


def test_the_steps_of_a_dosage_stand_in_their_order_and_each_once() -> None:
    assert dose({"text": "20 mg"}, {"text": "10 mg"}, {"text": "10 mg"}) == "20 mg; 10 mg"
    assert dose() is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda each: st.lists(each, max_size=3) | st.dictionaries(
                        st.sampled_from(["repeat", "code", "when", "frequency", "dayOfWeek", "low", "value",
                                         "boundsRange", "text", "coding", "event"]), each, max_size=3)))  # fmt: skip
def test_whatever_stands_where_a_timing_should_is_read_without_an_error(junk: Any) -> None:
    said = {"timing": junk if isinstance(junk, dict) else {"repeat": junk}, "maxDosePerPeriod": junk, "method": junk}
    dosages.in_words(MedicationStatement.model_validate(
        {"resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "Patient/p"},
         "dosage": [said]}
    ).dosage)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "is_there"),
    [
        ("Warfarin 5mg", "5 mg", True), ("Warfarin 5 MG Tablet", "tablet", True), ("take 10 mg, daily", "10 mg", True),
        ("Warfarin 2.5 mg", "5 mg", False), ("Warfarin 15 mg", "5 mg", False), ("syrup 5 mg/mL", "5 mg", False),
        ("1-2 tablets", "2 tablets", False), ("<5 mg", "5 mg", False), ("5 mg", "5 m", False), ("कडना", "कडन", False),
        ("once-weekly", "once", False), ("", "5 mg", False), ("1,5 mg", "5 mg", False),
    ],
)  # fmt: skip
def test_words_are_held_by_a_text_as_whole_words(text: str, words: str, is_there: bool) -> None:
    assert holds(text, words) is is_there


def test_an_amount_is_never_made_up() -> None:
    assert amount({"unit": "mg"}) == amount(None) == between({"low": "junk"}) == ""
    assert amount({"value": 1, "comparator": "<", "code": "mg"}) == "<1 mg"


THERE = "urn:x-clinic-desktop:there:healify"


def called(medicine: Json) -> str:
    return str(medicines.read_statement(statement(medicine)).values["name"])


@pytest.mark.parametrize("text", ["Warfarin", "Warfarin 5 mg", "Warfarin 5mg tablet", "Warfarin 5 mg tablet"])
def test_strength_and_form_belong_to_the_name_and_are_said_once(text: str) -> None:
    beside = [{"system": f"{THERE}:generic_name", "display": "warfarin sodium"},
              {"system": f"{THERE}:strength", "display": "5 mg"},
              {"system": f"{THERE}:form", "display": "tablet"}]  # fmt: skip
    kept = {"strength": "5 mg", "form": "tablet"}
    for medicine in (
        {"text": text, "coding": beside},
        {"text": text, **kept},
        {"text": text, "coding": beside, **kept},
    ):
        assert called(medicine).replace("5mg", "5 mg") == "Warfarin 5 mg tablet"
    assert called({"text": "Warfarin 2.5 mg", "coding": beside}) == "Warfarin 2.5 mg 5 mg tablet", "both are told"


@pytest.mark.parametrize(
    ("text", "generic", "title"),
    [
        ("Coumadin", "warfarin", "Coumadin (warfarin) 5 mg"), ("Warfarin 5 mg", "warfarin", "Warfarin 5 mg"),
        (None, "warfarin", "Coumadin (warfarin) 5 mg"),
    ],
)  # fmt: skip
def test_what_is_in_a_brand_is_in_its_name_and_its_national_code_is_its_code(
    text: str | None, generic: str, title: str
) -> None:
    said = {"name": text or "Coumadin", "generic_name": generic, "strength": "5 mg"}
    coding = [{"system": f"urn:there:healify:{name}", "display": words} for name, words in said.items()]
    coding.insert(2, {"system": NDC, "code": "0056-0172-70"})
    found = medicines.named(CodeableConcept.model_validate({"coding": coding} | ({"text": text} if text else {})))
    assert (found.title, found.system, found.code) == (title, NDC, "0056-0172-70")


def test_what_a_medicine_holds_is_told_with_its_strength() -> None:
    held = {"resourceType": "Medication", "id": "m", "form": {"text": "tablet"}, "ingredient": [
        {"itemCodeableConcept": {"text": "amoxicillin"}, "strength": {
            "numerator": {"value": 500, "unit": "mg"}, "denominator": {"value": 1, "unit": "tablet"}}},
        {"itemCodeableConcept": {"text": "clavulanic acid"}, "strength": {
            "numerator": {"value": 125, "unit": "mg"}}}]}  # fmt: skip
    found, _names = medicines._medicine(None, _reference("#m"), (held,))
    assert found["name"] == "amoxicillin 500 mg/tablet / clavulanic acid 125 mg tablet"
    found, _names = medicines._medicine(None, _reference("#m"), ({**held, "code": {"text": "Augmentin"}},))
    assert found["name"] == "Augmentin 500 mg/tablet / 125 mg tablet"


def _reference(to: str) -> Any:
    return MedicationStatement.model_validate(
        {"resourceType": "MedicationStatement", "status": "active", "subject": {"reference": to}}
    ).subject


def test_a_dose_goes_out_once_and_as_it_came_even_from_a_row_that_was_read_shorter() -> None:
    resource = loads(as_text({
        "resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": "Warfarin"},
        "dosage": [{"text": "1 tablet", "patientInstruction": "Mondays"}],
    }))  # fmt: skip
    subject = subjects.SUBJECTS["MedicationStatement"]
    what = subjects.mapped(subject, subjects.record(resource))
    assert what.values["dose"] == "1 tablet, Mondays"
    left = subjects.rest(subject, resource, what)
    for row in (what.values, what.values | {"dose": "1 tablet", "dosage_text": "1 tablet"}):
        written = subject.write(subjects._Row(row), subjects._came(what))
        out = subjects.restored(subject, written, left)
        assert out["dosage"] == resource["dosage"]
        again = subjects.mapped(subject, subjects.record({"resourceType": subject.kind, **out}))
        assert again.values["dose"] == what.values["dose"]
    # What came by another way than FHIR (a message, a table) has nothing beside its row: the row's dose goes out.
    assert subject.write(subjects._Row(what.values), subjects._came(what))["dosage"] == [{"text": "1 tablet, Mondays"}]
