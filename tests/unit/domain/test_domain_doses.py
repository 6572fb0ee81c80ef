"""Amounts, units and strengths."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.doses import (
    Strength,
    convert,
    counted,
    ingredient_amount,
    plain,
    product_amount,
    read_strengths,
    strength_text,
    strengths_by_ingredient,
)
from clinic_desktop.domain.refusals import Refusal

amounts = st.decimals(min_value="0.001", max_value="100000", places=3)


@given(amounts)
def test_a_number_is_never_written_with_a_trailing_zero_or_an_exponent(amount: Decimal) -> None:
    text = plain(amount)
    assert Decimal(text) == amount
    assert "E" not in text.upper()
    assert "." not in text or not text.endswith("0")


@pytest.mark.parametrize(
    ("number", "text"), [("1.0", "1"), ("10", "10"), ("1E+2", "100"), ("0.50", "0.5"), ("0.0", "0"), ("100.00", "100")]
)
def test_plain_numbers(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


@given(amounts, st.sampled_from(["mcg", "mg", "g"]), st.sampled_from(["mcg", "mg", "g"]))
def test_conversion_there_and_back_is_the_same(amount: Decimal, unit: str, other: str) -> None:
    there = convert(amount, unit, other)
    assert there is not None
    assert convert(there, other, unit) == amount


def test_units_of_different_families_never_meet() -> None:
    assert convert(Decimal(1), "mg", "mL") is None
    assert convert(Decimal(1), "unit", "mg") is None
    assert convert(Decimal(1), "tablet", "mg") is None
    assert convert(Decimal(2), "Tablets", "tablet") == 2
    assert convert(Decimal(1), "µg", "mcg") == 1


def test_liquid_strength_turns_volume_into_mass_and_back() -> None:
    (strength,) = read_strengths("125 mg", "5 mL")
    assert ingredient_amount(Decimal(10), "mL", strength, "mg") == 250
    assert product_amount(Decimal(250), "mg", strength, "mL") == 10
    assert ingredient_amount(Decimal(2), "tablet", strength, "mg") is None


def test_a_unit_of_another_kind_is_unknown_not_guessed() -> None:
    insulin = Strength(Decimal(100), "unit", Decimal(1), "mL")
    assert ingredient_amount(Decimal(10), "unit", insulin, "unit") == 10
    assert ingredient_amount(Decimal("0.1"), "mL", insulin, "unit") == 10
    assert ingredient_amount(Decimal(10), "mg", insulin, "unit") is None
    assert ingredient_amount(Decimal(1), "tablet", None, "mg") is None


def test_strengths_are_read_and_shown() -> None:
    both = read_strengths("500 mg+125 mg", "1 tablet")
    assert strength_text(both) == "500 mg + 125 mg"
    assert strength_text(read_strengths("125 mg", "5 mL")) == "125 mg/5 mL"
    assert strength_text(read_strengths("100 unit", "1 mL")) == "100 unit/mL"
    assert set(strengths_by_ingredient(("a", "b"), both)) == {"a", "b"}
    assert strengths_by_ingredient(("a",), both) == {}


@pytest.mark.parametrize(("text", "per"), [("much", "1 tablet"), ("500", "1 tablet"), ("5 mg", "0 mL"), ("5 mg", "x")])
def test_what_is_no_strength_is_refused(text: str, per: str) -> None:
    with pytest.raises(Refusal):
        read_strengths(text, per)


def test_counting_words() -> None:
    assert counted(Decimal(1), "tablet") == "1 tablet"
    assert counted(Decimal("0.5"), "tablets") == "0.5 tablet"
    assert counted(Decimal("2.50"), "tablet") == "2.5 tablets"
    assert counted(Decimal(5), "ml") == "5 mL"
