"""The laboratory's rules."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from clinic_desktop.domain import laboratory
from clinic_desktop.domain.laboratory import Choice
from clinic_desktop.domain.ranges import Ages, Range
from clinic_desktop.domain.refusals import Refusal

DIP = laboratory.choices("Negative;Trace;Positive 1+*;Positive 2+*")


def test_choices_are_read_with_what_is_abnormal() -> None:
    assert DIP[0] == Choice("Negative")
    assert DIP[2] == Choice("Positive 1+", abnormal=True)
    assert laboratory.choices(None) == ()


def test_after_a_negative_finding_every_other_choice_is_abnormal_unless_the_test_failed() -> None:
    rapid = laboratory.choices("Non-reactive;Reactive;Invalid")
    assert [choice.abnormal for choice in rapid] == [False, True, False]
    assert laboratory.judge_choice(rapid[2], rapid).flag == "none"
    assert laboratory.judge_choice(rapid[0], rapid).range_text == "Non-reactive"
    assert not any(choice.abnormal for choice in laboratory.choices("Yellow;Straw;Red"))


def test_a_choice_is_typed_whole_or_by_its_beginning() -> None:
    assert laboratory.chosen("n", DIP).text == "Negative"
    assert laboratory.chosen("positive 2", DIP).text == "Positive 2+"
    for wrong in ("p", "", "x"):
        with pytest.raises(Refusal, match="Choose one of"):
            laboratory.chosen(wrong, DIP)


def test_an_abnormal_choice_is_flagged() -> None:
    assert laboratory.judge_choice(DIP[3], DIP).flag == "A"
    assert laboratory.judge_choice(DIP[1], DIP).flag == "N"
    assert laboratory.judge_choice(DIP[1], DIP).range_text == "Negative / Trace"
    assert laboratory.judge_choice(Choice("A positive"), laboratory.choices("A positive;B positive")).flag == "none"


def test_the_impossible_is_refused_and_a_span_beyond_the_limit_is_not() -> None:
    laboratory.require_possible("5.4", Decimal(1), Decimal(15))
    laboratory.require_possible("<0.5", Decimal(1), Decimal(15))
    laboratory.require_possible(">20", Decimal(1), Decimal(15))
    for wrong in ("54", "0.5", "high", "<20", ">0.5"):
        with pytest.raises(Refusal):
            laboratory.require_possible(wrong, Decimal(1), Decimal(15))


def test_the_improbable_is_asked_about() -> None:
    assert laboratory.improbable("7.0", "HH", None) is not None
    assert laboratory.improbable("45", "H", "4.5") is not None
    assert laboratory.improbable("0.45", "L", "4.5") is not None
    assert laboratory.improbable("9", "H", "4.5") is None
    assert laboratory.improbable("<0.5", "N", "45") is None


def test_how_far_a_value_moved() -> None:
    then = datetime(2026, 1, 1, tzinfo=UTC)
    moved = laboratory.delta("5.5", "5.0", then)
    assert moved is not None
    assert (moved.change, moved.percent) == (Decimal("0.5"), Decimal(10))
    assert laboratory.delta("5.5", None, None) is None
    assert laboratory.delta("<5", "5", then) is None


def test_nobody_releases_what_they_entered() -> None:
    laboratory.require_second_person({"a"}, "b")
    with pytest.raises(Refusal, match="Somebody else"):
        laboratory.require_second_person({"a", "b"}, "b")


@pytest.mark.parametrize(
    ("tests", "status"),
    [
        (["ordered", "ordered"], "ordered"),
        (["ordered", "collected"], "collected"),
        (["rejected"], "ordered"),
        (["released", "resulted"], "partly_released"),
        (["released", "cancelled"], "released"),
        (["cancelled"], "cancelled"),
    ],
)
def test_an_order_stands_as_its_tests_stand(tests: list[laboratory.TestStatus], status: str) -> None:
    assert laboratory.order_status(tests) == status


GLUCOSE = laboratory.Assay(
    "numeric", "mg/dL", "2345-7", 0, (), Decimal(5), Decimal(2000),
    (Range("any", 0, 60000, Decimal(70), Decimal(139), Decimal(46), Decimal(484), "made up"),),
)  # fmt: skip
GROWN = Ages(15000, 15000)


def test_a_value_is_assessed_in_the_unit_of_the_test() -> None:
    assert laboratory.assess("5.4 mmol/L", GLUCOSE, "female", GROWN, None).value == "97"
    assert laboratory.assess("5,4mmol/l", GLUCOSE, "female", GROWN, None).value == "97"
    assert laboratory.assess("97 mg/dL", GLUCOSE, "female", GROWN, None).value == "97"
    assert laboratory.assess("< 60 mg/dL", GLUCOSE, "female", GROWN, None).judgement.flag == "L"
    with pytest.raises(Refusal, match="cannot be counted"):
        laboratory.assess("5.4 U/L", GLUCOSE, "female", GROWN, None)


def test_a_critical_value_asks_to_be_confirmed_and_an_ordinary_one_does_not() -> None:
    before = laboratory.Before("100", datetime(2026, 1, 1, tzinfo=UTC))
    critical = laboratory.assess("500", GLUCOSE, "female", GROWN, before)
    assert critical.judgement.flag == "HH"
    assert critical.confirm is not None
    ordinary = laboratory.assess("110", GLUCOSE, "female", GROWN, before)
    assert (ordinary.judgement.flag, ordinary.confirm) == ("N", None)
    assert ordinary.delta is not None
    assert ordinary.delta.percent == 10


def test_nothing_and_nonsense_are_refused() -> None:
    for wrong in ("", "  ", "high", "5..4", "5.4.1 mg/dL"):
        with pytest.raises(Refusal):
            laboratory.assess(wrong, GLUCOSE, "female", GROWN, None)


def test_words_and_choices_are_taken_as_they_are() -> None:
    text = laboratory.Assay("text")
    assert laboratory.assess(" Ascaris eggs ", text, "male", None, None).value == "Ascaris eggs"
    rapid = laboratory.Assay("choice", choices=laboratory.choices("Negative;Positive"))
    found = laboratory.assess("p", rapid, "male", None, None)
    assert (found.value, found.judgement.flag) == ("Positive", "A")
