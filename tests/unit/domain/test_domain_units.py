"""Units: what is written, what UCUM calls it, and what is the same amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import units


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("K/uL", "10*3/uL"),
        ("M/uL", "10*6/uL"),
        ("10^9/L", "10*9/L"),
        ("mEq/L", "meq/L"),
        ("uIU/mL", "u[IU]/mL"),
        ("g/dL", "g/dL"),
    ],
)
def test_what_people_write_is_named_in_ucum(written: str, code: str) -> None:
    assert units.ucum(written) == code


def test_every_alias_leads_to_a_unit_that_can_be_counted_with() -> None:
    assert {code for code in units.ALIASES.values() if code not in units._UNITS} == set()


def test_ways_to_write_one_amount_are_the_same() -> None:
    assert units.same("K/uL", "10*9/L")
    assert units.same("mIU/mL", "IU/L")
    assert units.same("uIU/mL", "mIU/L")
    assert not units.same("mg/dL", "g/dL")
    assert not units.same(None, "g/dL")


# The conventional to SI conversion factors of the AMA Manual of Style (11th edition, 17.5.2).
@pytest.mark.parametrize(
    ("loinc", "given_unit", "wanted", "factor", "digits"),
    [
        ("2345-7", "mg/dL", "mmol/L", "0.0555", 4),
        ("2160-0", "mg/dL", "umol/L", "88.4", 1),
        ("3094-0", "mg/dL", "mmol/L", "0.357", 3),
        ("2093-3", "mg/dL", "mmol/L", "0.0259", 4),
        ("2571-8", "mg/dL", "mmol/L", "0.0113", 4),
        ("1975-2", "mg/dL", "umol/L", "17.104", 3),
        ("3084-1", "mg/dL", "umol/L", "59.485", 3),
        ("17861-6", "mg/dL", "mmol/L", "0.2495", 4),
        ("19123-9", "mg/dL", "mmol/L", "0.4114", 4),
        ("2777-1", "mg/dL", "mmol/L", "0.323", 3),
        ("2498-4", "ug/dL", "umol/L", "0.179", 3),
        ("3024-7", "ng/dL", "pmol/L", "12.872", 3),
        ("718-7", "g/dL", "mmol/L", "0.6206", 4),
        ("2823-3", "mEq/L", "mmol/L", "1", 0),
        ("17861-6", "mEq/L", "mmol/L", "0.5", 1),
    ],
)
def test_mass_and_moles_agree_with_the_published_factors(
    loinc: str, given_unit: str, wanted: str, factor: str, digits: int
) -> None:
    found = units.convert(Decimal(1), given_unit, wanted, loinc=loinc)
    assert found is not None
    assert round(found, digits) == Decimal(factor)


def test_what_is_not_known_is_never_guessed() -> None:
    assert units.convert(Decimal(1), "mg/dL", "mmol/L") is None
    assert units.convert(Decimal(1), "mg/dL", "mmol/L", loinc="0000-0") is None
    assert units.convert(Decimal(1), "mEq/L", "mmol/L", loinc="2345-7") is None
    assert units.convert(Decimal(1), "U/L", "g/L", loinc="2345-7") is None
    assert units.convert(Decimal(1), "furlong", "g/L") is None


@given(st.decimals(min_value="0.001", max_value=10000, places=3), st.sampled_from(sorted(units.ANALYTES)))
def test_there_and_back_is_where_one_was(value: Decimal, loinc: str) -> None:
    moles = units.convert(value, "mg/dL", "umol/L", loinc=loinc)
    assert moles is not None
    back = units.convert(moles, "umol/L", "mg/dL", loinc=loinc)
    assert back is not None
    assert abs(back - value) < Decimal("1E-12")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("mm[Hg]", "mmHg"), ("m[IU]/L", "mIU/L"), ("u[IU]/mL", "µIU/mL"), ("Cel", "°C"), ("10*3/uL", "10³/µL"),
        ("ug/dL", "µg/dL"), ("{INR}", ""), ("[pH]", ""), ("mmol/L", "mmol/L"), ("U/L", "U/L"), (None, ""),
    ],
)  # fmt: skip
def test_a_unit_is_written_as_people_write_it(code: str | None, shown: str) -> None:
    assert units.written(code) == shown
