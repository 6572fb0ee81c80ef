"""The structured dose: its instruction and its quantity."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.doses import Strength
from clinic_desktop.domain.prescribing import (
    FREQUENCIES,
    ROUTES,
    Dose,
    amount_in,
    check_dose,
    doses_in,
    quantity,
    quantity_text,
    short_sig,
    sig,
)
from clinic_desktop.domain.refusals import Refusal

TWO = Dose(Decimal(2), "tablet", "oral", "tds", 7)
amounts = st.decimals(min_value="0.25", max_value="20", places=2)
doses = st.builds(
    Dose,
    amounts,
    st.sampled_from(["tablet", "mL", "mg", "puff", "unit"]),
    st.sampled_from(sorted(ROUTES)),
    st.sampled_from(sorted(FREQUENCIES)),
    st.none() | st.integers(1, 400),
    st.booleans(),
    st.sampled_from(["", "pain"]),
)


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (TWO, "take 2 tablets by mouth three times a day for 7 days"),
        (
            replace(TWO, amount=Decimal(1), frequency="od", duration_days=1),
            "take 1 tablet by mouth once a day for 1 day",
        ),
        (replace(TWO, frequency="stat"), "take 2 tablets by mouth once only, now"),
        (
            replace(TWO, amount=Decimal("2.50"), unit="mL", frequency="q6h"),
            "take 2.5 mL by mouth every 6 hours for 7 days",
        ),
        (
            replace(
                TWO, amount=Decimal(1), frequency="qds", as_needed=True, as_needed_for="pain", max_per_day=Decimal(4)
            ),
            "take 1 tablet by mouth up to four times a day when needed for pain for 7 days,"
            " no more than 4 tablets in a day",
        ),
        (
            Dose(Decimal(10), "unit", "subcutaneous", "nocte"),
            "inject 10 units under the skin at night",
        ),
    ],
)
def test_the_instruction_in_plain_words(dose: Dose, words: str) -> None:
    assert sig(dose) == words


@given(doses)
def test_no_instruction_has_a_trailing_zero_or_a_naked_point(dose: Dose) -> None:
    for text in (sig(dose), short_sig(dose)):
        for word in text.replace(",", "").split():
            if word[0].isdigit() or word[0] == ".":
                assert word[0] != "."
                assert not ("." in word and word.endswith(("0", ".")))


@pytest.mark.parametrize(
    ("dose", "unit", "strength", "amount"),
    [
        (TWO, "tablet", None, 42),
        (replace(TWO, amount=Decimal("0.5"), duration_days=7), "tablet", None, 11),
        (replace(TWO, amount=Decimal("2.5"), unit="mL", frequency="bd", duration_days=5), "mL", None, 25),
        (replace(TWO, amount=Decimal(500), unit="mg"), "tablet", Strength(Decimal(250), "mg"), 42),
        (replace(TWO, amount=Decimal(250), unit="mg"), "mL", Strength(Decimal(125), "mg", Decimal(5), "mL"), 210),
        (replace(TWO, frequency="weekly", duration_days=28), "tablet", None, 8),
        (replace(TWO, frequency="weekly", duration_days=8), "tablet", None, 4),
        (replace(TWO, frequency="stat", duration_days=None), "tablet", None, 2),
        (replace(TWO, frequency="q48h", duration_days=7), "tablet", None, 8),
        (replace(TWO, max_per_day=Decimal(4)), "tablet", None, 28),
    ],
)
def test_quantity(dose: Dose, unit: str, strength: Strength | None, amount: int) -> None:
    assert quantity(dose, unit, strength) == amount


def test_quantity_is_unknown_without_a_duration_or_in_another_unit() -> None:
    assert quantity(replace(TWO, duration_days=None), "tablet") is None
    assert quantity(TWO, "mL") is None
    assert quantity(replace(TWO, unit="mg"), "tablet") is None


@given(doses)
def test_the_quantity_is_whole_and_enough_but_less_than_one_too_many(dose: Dose) -> None:
    found = quantity(dose, dose.unit)
    if found is None:
        assert dose.duration_days is None
        return
    needed = dose.amount * doses_in(dose, dose.duration_days or 1)
    assert found == found.to_integral_value()
    assert needed <= found < needed + 1


@given(doses, st.integers(1, 200))
def test_a_longer_course_never_needs_less(dose: Dose, more: int) -> None:
    shorter = replace(dose, duration_days=dose.duration_days or 1)
    longer = replace(shorter, duration_days=(dose.duration_days or 1) + more)
    first, second = quantity(shorter, dose.unit), quantity(longer, dose.unit)
    assert first is not None
    assert second is not None
    assert first <= second


@pytest.mark.parametrize(
    ("field", "dose"),
    [
        ("amount", replace(TWO, amount=Decimal(0))),
        ("amount", replace(TWO, amount=Decimal("NaN"))),
        ("amount", replace(TWO, amount=Decimal(-1))),
        ("unit", replace(TWO, unit=" ")),
        ("route", replace(TWO, route="mouth")),
        ("frequency", replace(TWO, frequency="often")),
        ("duration_days", replace(TWO, duration_days=0)),
        ("max_per_day", replace(TWO, max_per_day=Decimal(1))),
        ("amount", replace(TWO, amount=Decimal("1e30"))),
        ("amount", replace(TWO, amount=Decimal("0.0005"))),
        ("duration_days", replace(TWO, duration_days=10**9)),
        ("max_per_day", replace(TWO, max_per_day=Decimal("1e30"))),
    ],
)
def test_a_wrong_field_is_named(field: str, dose: Dose) -> None:
    with pytest.raises(Refusal) as refused:
        check_dose(dose)
    assert refused.value.field == field


def test_a_checked_dose_has_its_unit_in_one_spelling() -> None:
    assert check_dose(replace(TWO, unit="Tablets")) == TWO
    assert amount_in(TWO, 2) == 12
    assert quantity_text(Decimal(42), "tablet") == "42 tablets"
    assert short_sig(replace(TWO, as_needed=True)) == "2 tablet oral tds prn 7 d"
