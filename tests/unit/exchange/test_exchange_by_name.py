"""What a system says of somebody by its name alone is not put beside what the chart has under that name already."""

from typing import Any

import pytest

from clinic_desktop.exchange.by_name import is_there
from sync.records.allergy import AllergyIntolerance
from sync.records.condition import Condition
from sync.records.medication import MedicationStatement
from sync.remotes.arocord_hims.mapping.past import SAID_THERE as AROCORD
from sync.remotes.hms_enterprise.mapping.patients import SAID_THERE as HMS

STANDS = {
    "AllergyIntolerance": frozenset({"latex"}),
    "Condition": frozenset({"asthma"}),
    "MedicationStatement": frozenset({"warfarin", "warfarin 5 mg"}),
}


def allergy(name: str, **more: Any) -> AllergyIntolerance:
    return AllergyIntolerance.model_validate(
        {"resourceType": "AllergyIntolerance", "code": {"text": name}, "patient": {"display": "patient"}, **more}
    )


@pytest.mark.parametrize("note", [HMS, AROCORD])
def test_a_name_that_stands_is_there_however_it_is_spelled_and_whoever_says_it(note: str) -> None:
    assert is_there(allergy(" LATEX "), STANDS)
    assert is_there(allergy("Latex", note=[{"text": note}]), STANDS)


@pytest.mark.parametrize(
    "more",
    [
        {"criticality": "high"},
        {"reaction": [{"manifestation": [{"text": "anaphylaxis"}]}]},
        {"note": [{"text": "Needed adrenaline"}]},
        {"note": [{"text": HMS}, {"text": "Needed adrenaline"}]},
    ],
)
def test_what_says_more_than_the_name_is_news(more: dict[str, Any]) -> None:
    assert not is_there(allergy("latex", **more), STANDS)


def test_another_name_and_another_kind_are_news() -> None:
    assert not is_there(allergy("asthma"), STANDS)
    condition = {"resourceType": "Condition", "code": {"text": "Asthma"}, "subject": {"display": "patient"}}
    assert is_there(Condition.model_validate(condition), STANDS)
    taken = {
        "resourceType": "MedicationStatement", "status": "unknown", "subject": {"display": "patient"},
        "medicationCodeableConcept": {"text": "Warfarin"},
    }  # fmt: skip
    assert is_there(MedicationStatement.model_validate(taken), STANDS)
    twice = {**taken, "dosage": [{"text": "twice daily"}]}
    assert not is_there(MedicationStatement.model_validate(twice), STANDS)
