"""Vital signs: entries at the keyboard, plausible limits, flags by age."""

import csv
from decimal import Decimal

import pytest

from clinic_desktop.domain import vital_ranges, vitals
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.paths import resources

TABLE = vital_ranges.read_limits((resources() / "reference" / "vitals.csv").read_text(encoding="utf-8").splitlines())
YEAR = 365


def read(key: str, text: str) -> list[tuple[str, str]]:
    return [(vitals.BY_CODE[reading.code].key, reading.text) for reading in vitals.read_entry(key, text)]


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("pressure", "120/80", [("systolic", "120"), ("diastolic", "80")]),
        ("pressure", " 120 / 80 mmHg", [("systolic", "120"), ("diastolic", "80")]),
        ("pressure", "120 80", [("systolic", "120"), ("diastolic", "80")]),
        ("temperature", "37,5", [("temperature", "37.5")]),
        ("temperature", "100.4F", [("temperature", "38")]),
        ("weight", "150 lb", [("weight", "68")]),
        ("weight", "3200g", [("weight", "3.2")]),
        ("height", "1.75 m", [("height", "175")]),
        ("glucose_meter", "5.6 mmol/L", [("glucose_meter", "101")]),
        ("spo2", "97 %", [("spo2", "97")]),
        ("pain", "0", [("pain", "0")]),
        ("pain", "", []),
    ],
)
def test_what_was_typed_is_read(key: str, text: str, found: list[tuple[str, str]]) -> None:
    assert read(key, text) == found


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("pressure", "120"),
        ("pressure", "80/120"),
        ("pressure", "1200/80"),
        ("temperature", "370"),
        ("temperature", "high"),
        ("weight", "70 stone"),
        ("spo2", "101"),
        ("pain", "11"),
        ("heart_rate", "-70"),
    ],
)
def test_what_cannot_be_true_is_refused_beside_its_field(key: str, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        vitals.read_entry(key, text)
    assert refused.value.field == key
    assert str(refused.value)


def test_the_signs_are_those_of_the_reference_table() -> None:
    with (resources() / "reference" / "vitals.csv").open(encoding="utf-8") as file:
        rows = {
            row["loinc"]: (
                row["code"],
                row["unit"],
                int(row["decimals"]),
                Decimal(row["plausible_low"]),
                Decimal(row["plausible_high"]),
            )
            for row in csv.DictReader(file)
        }
    ours = {
        sign.code: (sign.key, sign.unit, sign.decimals, sign.plausible_low, sign.plausible_high)
        for sign in vitals.SIGNS
    }
    assert ours == rows


@pytest.mark.parametrize(
    ("code", "value", "age_days", "flag"),
    [
        (vitals.SYSTOLIC, "120", 40 * YEAR, "N"),
        (vitals.SYSTOLIC, "150", 40 * YEAR, "H"),
        (vitals.SYSTOLIC, "180", 40 * YEAR, "HH"),
        (vitals.SYSTOLIC, "90", 40 * YEAR, "LL"),
        (vitals.SYSTOLIC, "77", 4 * YEAR + 10, "LL"),  # PALS: below 70 + 2 x 4
        (vitals.SYSTOLIC, "78", 4 * YEAR + 10, "none"),
        (vitals.OXYGEN, "95", 40 * YEAR, "L"),
        (vitals.OXYGEN, "91", 40 * YEAR, "LL"),
        (vitals.OXYGEN, "89", 2 * YEAR, "LL"),
        (vitals.BREATHING, "60", 30, "H"),  # WHO: fast from 60 under two months
        (vitals.BREATHING, "59", 30, "N"),
        (vitals.BREATHING, "40", 3 * YEAR, "H"),
        (vitals.TEMPERATURE, "38.0", 20, "HH"),
        (vitals.TEMPERATURE, "38.0", 3 * YEAR, "H"),
        (vitals.TEMPERATURE, "39.0", 3 * YEAR, "HH"),
        (vitals.TEMPERATURE, "38.0", 40 * YEAR, "N"),
        (vitals.PULSE, "131", 40 * YEAR, "HH"),
        (vitals.PULSE, "91", 40 * YEAR, "N"),
        (vitals.PULSE, "101", 40 * YEAR, "H"),
        (vitals.SYSTOLIC, "224", 17 * YEAR, "HH"),
        (vitals.DIASTOLIC, "131", 14 * YEAR, "HH"),
        (vitals.SYSTOLIC, "88", 14 * YEAR, "LL"),
        (vitals.GLUCOSE, "53", 10 * YEAR, "LL"),
        (vitals.WEIGHT, "70", 40 * YEAR, "none"),
    ],
)
def test_a_value_is_flagged_by_age(code: str, value: str, age_days: int, flag: str) -> None:
    assert vital_ranges.flag(code, Decimal(value), age_days, TABLE) == flag


def test_nothing_is_flagged_where_the_age_is_not_known() -> None:
    assert vital_ranges.flag(vitals.SYSTOLIC, Decimal(200), None, TABLE) == "none"


def test_every_critical_limit_has_a_source_and_never_lies_within_the_normal_ones() -> None:
    for each in vital_ranges.CRITICAL:
        assert each.source
        normal = vital_ranges.limits_for(each.code, each.age_from_days, TABLE)
        if normal is None:
            continue
        if each.low is not None and normal.low is not None:
            assert each.low <= normal.low
        if each.high is not None and normal.high is not None:
            assert each.high > normal.high


def test_the_body_mass_index_follows_weight_and_height() -> None:
    given = (*vitals.read_entry("weight", "70"), *vitals.read_entry("height", "175"))
    assert [reading.text for reading in vitals.with_derived(given)] == ["70", "175", "22.9"]
    alone = vitals.read_entry("weight", "70")
    assert vitals.with_derived(alone) == alone
    assert vitals.with_derived(alone, Decimal(175))[-1].text == "22.9"


def test_what_a_visit_wants_follows_age_and_kind() -> None:
    child = vitals.wanted_signs(age_months=20, pregnant=False, preset="new")
    assert vitals.WEIGHT in child
    assert vitals.SYSTOLIC not in child
    assert vitals.wanted_signs(age_months=400, pregnant=False, preset="new") == (vitals.SYSTOLIC, vitals.PULSE)
    assert vitals.WEIGHT in vitals.wanted_signs(age_months=400, pregnant=True, preset="new")
    assert vitals.OXYGEN in vitals.wanted_signs(age_months=None, pregnant=False, preset="emergency")
