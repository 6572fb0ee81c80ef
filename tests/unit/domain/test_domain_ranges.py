"""One resolver says what a result means."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import ranges
from clinic_desktop.domain.ranges import Ages, Range, judge

YEAR = 366
FOREVER = 150 * YEAR
WOMAN = Range("female", 18 * YEAR, FOREVER, Decimal("12.0"), Decimal("15.5"), Decimal(7), Decimal(20), "W")
MAN = Range("male", 18 * YEAR, FOREVER, Decimal("13.5"), Decimal("17.5"), Decimal(7), Decimal(20), "M")
CHILD = Range("any", 28, 18 * YEAR, Decimal(11), Decimal(14), Decimal(7), Decimal(20), "C")
NEWBORN = Range("any", 0, 28, Decimal(14), Decimal(22), Decimal(10), Decimal(25), "B")
HAEMOGLOBIN = (WOMAN, MAN, CHILD, NEWBORN)
POTASSIUM = (Range("any", 0, FOREVER, Decimal("3.5"), Decimal("5.1"), Decimal("2.5"), Decimal("6.5"), "K"),)
ADULT = Ages(40 * YEAR, 40 * YEAR)
LINE = ("LL", "L", "N", "H", "HH")

decimals = st.decimals(min_value=-1000, max_value=1000, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def rows(draw: st.DrawFn) -> Range:
    edges = sorted(draw(st.lists(decimals, min_size=4, max_size=4)))
    kept = [edge if draw(st.booleans()) else None for edge in edges]
    return Range("any", 0, FOREVER, kept[1], kept[2], kept[0], kept[3], "made up")


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("2.5", "LL"),
        ("2.51", "L"),
        ("3.49", "L"),
        ("3.5", "N"),
        ("5.1", "N"),
        ("5.11", "H"),
        ("6.49", "H"),
        ("6.5", "HH"),
    ],
)  # fmt: skip
def test_normal_limits_are_normal_and_critical_limits_are_critical(value: str, flag: str) -> None:
    assert judge(value, POTASSIUM, "female", ADULT).flag == flag


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("<2.5", "LL"), ("<2.51", "L"), ("<3.5", "L"), ("<3.6", "none"), ("<=2.5", "LL"), (">5.1", "H"),
        (">5.0", "none"), (">6.5", "HH"), (">=6.5", "HH"), (">6.4", "H"),
    ],
)  # fmt: skip
def test_a_value_below_or_above_a_limit_is_flagged_only_where_that_is_certain(value: str, flag: str) -> None:
    assert judge(value, POTASSIUM, "female", ADULT).flag == flag


def test_what_might_be_critical_is_said() -> None:
    found = judge("<3.0", POTASSIUM, "male", ADULT)
    assert (found.flag, found.may_be_critical) == ("L", True)
    assert not judge("3.0", POTASSIUM, "male", ADULT).may_be_critical


def test_the_range_is_of_the_sex_and_the_age_at_collection() -> None:
    assert judge("13", HAEMOGLOBIN, "female", ADULT).flag == "N"
    assert judge("13", HAEMOGLOBIN, "male", ADULT).flag == "L"
    assert judge("13", HAEMOGLOBIN, "male", Ages(27, 27)).flag == "L"
    assert judge("13", HAEMOGLOBIN, "male", Ages(28, 28)).flag == "N"
    assert judge("13", HAEMOGLOBIN, "female", ADULT).range_text == "12.0–15.5"
    assert judge("13", HAEMOGLOBIN, "female", ADULT).source == "W"


def test_an_unknown_sex_gives_a_flag_only_where_both_agree() -> None:
    for sex in ("unknown", "other"):
        assert judge("13", HAEMOGLOBIN, sex, ADULT) == ranges.Judgement("none", reason=ranges.NO_SEX)
        assert judge("14", HAEMOGLOBIN, sex, ADULT).flag == "N"
        assert judge("6.9", HAEMOGLOBIN, sex, ADULT).flag == "LL"
        assert judge("6.9", HAEMOGLOBIN, sex, ADULT).range_text is None
        assert judge("5", POTASSIUM, sex, ADULT).range_text == "3.5–5.1"


def test_an_unknown_birth_date_is_never_taken_for_an_adult() -> None:
    assert judge("13", HAEMOGLOBIN, "female", None) == ranges.Judgement("none", reason=ranges.NO_AGE)
    assert judge("4", (WOMAN,), "female", None).reason == ranges.NO_AGE
    assert judge("4", POTASSIUM, "female", None).flag == "N"
    assert judge("6", HAEMOGLOBIN, "female", None).flag == "LL"


def test_no_range_says_so() -> None:
    assert judge("4", (), "female", ADULT).reason == ranges.NO_RANGE
    assert judge("4", (MAN,), "female", ADULT).reason == ranges.NO_RANGE
    only_critical = Range("any", 0, FOREVER, None, None, Decimal(1), Decimal(9))
    assert judge("4", (only_critical,), "female", ADULT).flag == "none"
    assert judge("9", (only_critical,), "female", ADULT).flag == "HH"
    assert judge("positive", POTASSIUM, "female", ADULT).reason == ranges.NO_NUMBER


def test_a_range_made_for_the_sex_goes_before_one_for_any_and_a_narrow_age_before_a_wide_one() -> None:
    wide = Range("any", 0, FOREVER, Decimal(1), Decimal(2))
    narrow = Range("any", 0, 30, Decimal(3), Decimal(4))
    sexed = Range("female", 0, FOREVER, Decimal(5), Decimal(6))
    assert ranges.applicable((wide, narrow), "male", 10) == narrow
    assert ranges.applicable((wide, narrow, sexed), "female", 40) == sexed
    assert ranges.applicable((wide, narrow, sexed), "male", 40) == wide


def test_the_age_is_counted_in_days_and_an_inexact_birth_date_is_a_span() -> None:
    collected = date(2026, 3, 10)
    assert ranges.ages(date(2026, 3, 9), "day", collected) == Ages(1, 1)
    assert ranges.ages(date(1980, 7, 1), "estimated", collected) == Ages(16688, 16688)
    assert ranges.ages(date(2026, 2, 1), "month", collected) == Ages(10, 37)
    assert ranges.ages(date(2025, 1, 1), "year", collected) == Ages(69, 433)
    assert ranges.ages(date(2026, 1, 1), "year", collected) == Ages(0, 68)
    assert ranges.ages(None, "unknown", collected) is None
    newborn_or_not = judge("13", HAEMOGLOBIN, "male", Ages(10, 37))
    assert (newborn_or_not.flag, newborn_or_not.reason) == ("none", ranges.UNSURE_AGE)


def test_a_range_between_the_youngest_and_the_oldest_age_counts_too() -> None:
    young, middle, old = (
        Range("any", start, end, Decimal(low), Decimal(9)) for start, end, low in ((0, 10, 1), (10, 20, 5), (20, 99, 1))
    )
    assert judge("3", (young, middle, old), "male", Ages(5, 30)).flag == "none"
    assert judge("6", (young, middle, old), "male", Ages(5, 30)).flag == "N"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("5,4", "5.4"), (" .5", "0.5"), ("< 0,5", "<0.5"), ("≥100", ">=100"), ("−2", "-2"), ("7.10", "7.10")],
)
def test_numbers_are_read_as_people_type_them(typed: str, stored: str) -> None:
    read = ranges.amount(typed)
    assert read is not None
    assert ranges.write(read) == stored


@given(rows(), decimals, decimals)
def test_the_flag_never_falls_while_the_value_rises(row: Range, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    below, above = ranges.flag_exact(low, row), ranges.flag_exact(high, row)
    if "none" not in {below, above}:
        assert LINE.index(below) <= LINE.index(above)


@given(rows(), decimals)
def test_a_mirrored_value_in_a_mirrored_range_has_the_mirrored_flag(row: Range, value: Decimal) -> None:
    turned = [None if limit is None else -limit for limit in reversed(row.limits)]
    mirrored = Range("any", 0, FOREVER, turned[1], turned[2], turned[0], turned[3])
    flags = {"LL": "HH", "L": "H", "N": "N", "H": "L", "HH": "LL", "none": "none"}
    # Where both critical limits are one number the low one is asked first: that one value has no mirror.
    if row.critical_low is None or row.critical_low != row.critical_high:
        assert ranges.flag_exact(-value, mirrored) == flags[ranges.flag_exact(value, row)]


@given(
    st.text(max_size=12),
    st.lists(rows(), max_size=3),
    st.text(max_size=6),
    st.one_of(st.none(), st.integers(0, FOREVER)),
)
def test_every_text_and_every_person_is_answered(text: str, made: list[Range], sex: str, days: int | None) -> None:
    found = judge(text, made, sex, None if days is None else Ages(days, days))
    assert found.flag in {*LINE, "none"}
    assert found.flag != "none" or found.reason is not None


@given(rows(), decimals, st.sampled_from(["<", "<=", ">", ">="]), st.decimals(0, 50, places=3))
def test_a_flag_of_a_span_holds_for_every_value_in_it(row: Range, limit: Decimal, relation: str, far: Decimal) -> None:
    found = judge(f"{relation}{limit}", (row,), "female", ADULT)
    if far == 0 and "=" not in relation:
        far = Decimal("0.001")
    inside = ranges.flag_exact(limit - far if relation.startswith("<") else limit + far, row)
    allowed = {"L": {"L", "LL"}, "H": {"H", "HH"}}.get(found.flag, {found.flag})
    assert found.flag == "none" or inside in allowed
    assert inside not in ranges.CRITICAL or found.flag in ranges.CRITICAL or found.may_be_critical


@pytest.mark.parametrize("typed", ["1,200", "<1,000", "250,000"])
def test_a_comma_that_may_mean_thousands_is_not_guessed_at(typed: str) -> None:
    assert ranges.amount(typed) is None
    assert ranges.amount("0,125") is not None
