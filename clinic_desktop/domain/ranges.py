"""The one place that decides what a result means: which reference range, which flag, and why where there is none."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

Flag = Literal["none", "N", "L", "H", "LL", "HH", "A"]
Sex = Literal["any", "female", "male"]
Relation = Literal["", "<", "<=", ">", ">="]

CRITICAL = frozenset({"LL", "HH"})
# HL7's table of interpretations says of words that they are critical, too.
GRAVE = CRITICAL | {"AA"}
_SAYS_NOTHING = frozenset({"", "N", "none"})


@dataclass(frozen=True)
class Range:
    """One row of a test's reference ranges: limits for a sex and a span of ages in days, the last day not included."""

    sex: Sex
    age_from_days: int
    age_to_days: int
    low: Decimal | None
    high: Decimal | None
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None
    source: str = ""

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
        """What decides a flag."""
        return self.critical_low, self.low, self.high, self.critical_high


@dataclass(frozen=True)
class Amount:
    """A number as it was reported: exact, or only known to be below or above."""

    number: Decimal
    relation: Relation = ""


@dataclass(frozen=True)
class Ages:
    """The age in days at collection: one day when the birth date is exact, a span when only month or year is known."""

    youngest: int
    oldest: int


@dataclass(frozen=True)
class Judgement:
    """What a value means: its flag, the range beside it, where that comes from, and why if there is no flag."""

    flag: Flag
    range_text: str | None = None
    source: str | None = None
    reason: str | None = None
    may_be_critical: bool = False


_NUMBER = re.compile(r"(<=|>=|<|>|≤|≥)?\s*([-+−]?\d+(?:[.,]\d+)?|[-+−]?[.,]\d+)")
# 1,200 is twelve hundred to one reader and one point two to another: it is asked for again, never guessed.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_RELATIONS: dict[str, Relation] = {"": "", "<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">="}

# Why there is no flag, or no one range: English, translated where it is shown.
NO_NUMBER = "not a number"
NO_RANGE = "no reference range is kept for this sex and age"
NO_SEX = "the ranges differ by sex, and the sex is not known"
NO_AGE = "the birth date is not known"
UNSURE_AGE = "the ranges differ by age, and the birth date is not exact"
SPAN = "the value is given only as below or above a limit"


def gravest(ours: str, theirs: str) -> str:
    """The flag of a result that somebody else flagged too: what either calls abnormal is never shown as normal."""
    if theirs in _SAYS_NOTHING:
        return theirs or ours if ours == "none" else ours
    return theirs if ours in _SAYS_NOTHING or (theirs in GRAVE and ours not in GRAVE) else ours


def amount(text: str) -> Amount | None:
    """Read ``5.4``, ``5,4``, ``<0.5`` or ``>=100``; None for anything else."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None or _GROUPED.fullmatch(found[2].lstrip("-+−")):
        return None
    number = Decimal(found[2].replace(",", ".").replace("−", "-"))
    return Amount(number, _RELATIONS[found[1] or ""])


def write(value: Amount) -> str:
    """Write an amount the one way it is stored and shown: a leading zero, a point, no plus."""
    return f"{value.relation}{value.number:f}"


def ages(born_on: date | None, precision: str, collected_on: date) -> Ages | None:
    """The age at collection; None for an unknown birth date. An estimated birth date is taken as it stands."""
    days = birth_days(born_on, precision)
    if days is None:
        return None
    first, last = days
    youngest = max((collected_on - last).days, 0)
    return Ages(youngest, max((collected_on - first).days, youngest))


def birth_days(born_on: date | None, precision: str) -> tuple[date, date] | None:
    """The first and the last day the birth may have been on; None for an unknown birth date."""
    if born_on is None or precision == "unknown":
        return None
    if precision == "month":
        first = born_on.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if precision == "year":
        return date(born_on.year, 1, 1), date(born_on.year, 12, 31)
    return born_on, born_on


def age_months(born_on: date | None, precision: str, today: date) -> tuple[int, int] | None:
    """The youngest and the oldest somebody may be on a day, in whole months; None for an unknown birth date."""
    days = birth_days(born_on, precision)
    if days is None:
        return None
    first, last = (_months(day, today) for day in days)
    return last, first


def _months(born: date, today: date) -> int:
    return max((today.year - born.year) * 12 + today.month - born.month - (today.day < born.day), 0)


def judge(value: str, ranges: Sequence[Range], sex: str, age: Ages | None) -> Judgement:
    """What a numeric value means for a person of this sex and age.

    Critical limits belong to the critical zone, normal limits to the normal one. Where sex or age leave several ranges
    possible, or the value is a span, the flag says only what holds in every case; `may_be_critical` tells the rest.
    """
    read = amount(value)
    if read is None:
        return Judgement("none", reason=NO_NUMBER)
    possible = candidates(ranges, sex, age)
    rows = [row for row in possible if row is not None and any(limit is not None for limit in row.limits)]
    if not rows or len(rows) < len(possible):
        return Judgement("none", reason=_why(sex, age) if rows else NO_RANGE)
    flags = {flag for row in rows for flag in _flags(read, row)}
    agree = len({row.limits for row in rows}) == 1
    certain = _certain(flags)
    return Judgement(
        certain,
        range_text=written(rows[0]) if agree else None,
        source=rows[0].source if agree else None,
        reason=_why(sex, age) if not agree else _why_unsure(read) if certain == "none" else None,
        may_be_critical=bool(flags & CRITICAL) and certain not in CRITICAL,
    )


def candidates(ranges: Sequence[Range], sex: str, age: Ages | None) -> list[Range | None]:
    """The range for every sex and age the person may be of; None among them where one of those has no range."""
    sexes = [sex] if sex in {"female", "male"} else ["female", "male"]
    if age is None:
        # Adult ranges are not assumed: without an age only a range that holds for every age counts.
        edges = {0, *(row.age_from_days for row in ranges), *(row.age_to_days for row in ranges)}
        days = sorted(day for day in edges if day < max((row.age_to_days for row in ranges), default=0))
    else:
        edges = {row.age_from_days for row in ranges} | {row.age_to_days for row in ranges}
        days = sorted({age.youngest, age.oldest, *(day for day in edges if age.youngest < day < age.oldest)})
    found: list[Range | None] = []
    for one, day in itertools.product(sexes, days):
        row = applicable(ranges, one, day)
        if row not in found:
            found.append(row)
    return found


def applicable(ranges: Sequence[Range], sex: str, age_days: int) -> Range | None:
    """The most specific range for a sex and an age: one made for the sex first, then the narrowest age span."""
    fitting = [row for row in ranges if row.sex in {"any", sex} and row.age_from_days <= age_days < row.age_to_days]
    return min(fitting, key=_breadth, default=None)


def flag_exact(number: Decimal, row: Range) -> Flag:
    """The flag of one number within one range."""
    critical_low, low, high, critical_high = row.limits
    if critical_low is not None and number <= critical_low:
        return "LL"
    if critical_high is not None and number >= critical_high:
        return "HH"
    if low is not None and number < low:
        return "L"
    if high is not None and number > high:
        return "H"
    return "none" if low is None and high is None else "N"


def written(row: Range) -> str | None:
    """The normal range as it stands beside a result."""
    if row.low is not None and row.high is not None:
        return f"{row.low:f}–{row.high:f}"
    if row.low is not None:
        return f"≥ {row.low:f}"
    return None if row.high is None else f"≤ {row.high:f}"


def _flags(value: Amount, row: Range) -> set[Flag]:
    """Every flag the value may have: one for an exact number, more for a span."""
    here = flag_exact(value.number, row)
    if not value.relation:
        return {here}
    step = Decimal(1).scaleb(min(int(value.number.as_tuple().exponent), 0) - 6)
    below = value.relation.startswith("<")
    start = value.number if "=" in value.relation else value.number - step if below else value.number + step
    flags = {flag_exact(start, row)}
    for limit in row.limits:
        if limit is None:
            continue
        points = (limit - step, limit, limit + step)
        flags |= {flag_exact(point, row) for point in points if (point <= start if below else point >= start)}
    return flags


def _certain(flags: set[Flag]) -> Flag:
    if len(flags) == 1:
        return next(iter(flags))
    if flags <= {"LL", "L"}:
        return "L"
    return "H" if flags <= {"HH", "H"} else "none"


def _why(sex: str, age: Ages | None) -> str:
    """Why several ranges are possible."""
    if age is None:
        return NO_AGE
    return UNSURE_AGE if sex in {"female", "male"} else NO_SEX


def _why_unsure(value: Amount) -> str:
    """Why one range gives no flag: the value is a span, or the range has critical limits only."""
    return SPAN if value.relation else NO_RANGE


def _breadth(row: Range) -> tuple[bool, int, int]:
    return row.sex == "any", row.age_to_days - row.age_from_days, -row.age_from_days
