"""A dose in words is read whole or not at all."""

from decimal import Decimal

import pytest

from clinic_desktop.domain.dose_words import read_dose
from clinic_desktop.domain.numbers import compose, is_miswritten
from clinic_desktop.domain.prescribing import FREQUENCIES, ROUTES, Dose, short_sig, sig
from clinic_desktop.domain.refusals import Refusal


@pytest.mark.parametrize(
    ("text", "amount", "unit", "route", "frequency", "days"),
    [
        ("500 mg oral tds 7 d", "500", "mg", "oral", "tds", 7),
        ("500mg bd x 7d", "500", "mg", "oral", "bd", 7),
        ("Take 2 tablets by mouth three times a day for 1 week", "2", "tablet", "oral", "tds", 7),
        ("1 g q6h iv", "1", "g", "intravenous", "q6h", None),
        ("0.5 mg once daily", "0.5", "mg", "oral", "od", None),
        ("2 puffs inhaled four times a day", "2", "puff", "inhaled", "qds", None),
        ("10 mg once a week", "10", "mg", "oral", "weekly", None),
        ("100 micrograms at night", "100", "mcg", "oral", "nocte", None),
        ("1000 mg", "1000", "mg", "oral", "stat", None),
    ],
)
def test_a_dose_as_clinicians_write_it(
    text: str, amount: str, unit: str, route: str, frequency: str, days: int | None
) -> None:
    dose = read_dose(text)
    assert (dose.amount, dose.unit, dose.route, dose.frequency, dose.duration_days) == (
        Decimal(amount), unit, route, frequency, days,
    )  # fmt: skip


@pytest.mark.parametrize("frequency", FREQUENCIES)
@pytest.mark.parametrize("route", ROUTES)
def test_every_instruction_that_the_program_writes_it_reads_back_the_same(frequency: str, route: str) -> None:
    days = 5 if FREQUENCIES[frequency].times else None
    dose = Dose(Decimal(2), "mg", route, frequency, days)
    assert read_dose(short_sig(dose)) == dose
    assert read_dose(sig(dose)) == dose


@pytest.mark.parametrize(
    "text",
    ["", "a little", "500", "mg 500", "500 mg fortnightly", "1,000 mg bd", "500 mg bd but not on Sundays", "-5 mg"],
)
def test_what_is_not_understood_is_refused_and_never_passed_over(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_dose(text)
    assert refused.value.field == "dose"


def test_the_route_of_the_product_holds_where_the_words_name_none() -> None:
    assert read_dose("2 puffs qds", "inhaled").route == "inhaled"
    assert read_dose("2 puffs oral qds", "inhaled").route == "oral"


def test_a_slip_of_the_pen_is_told_from_a_number_that_is_not_ours() -> None:
    number = compose("MRN", "A7", 123)
    assert not is_miswritten(number)
    assert is_miswritten(number[:-1] + ("0" if number[-1] != "0" else "1"))
    assert is_miswritten(number.replace("123", "132"))
    assert not is_miswritten("4711")
    assert not is_miswritten("OLD-4711")
