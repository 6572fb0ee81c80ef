"""What may leave for research: ages, places and dates made coarse, and how many people each combination stands for.

The strict level follows the Safe Harbor method of the HIPAA Privacy Rule, 45 CFR 164.514(b)(2).
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic_desktop.domain.consents import years
from clinic_desktop.domain.refusals import Refusal

# `full`: no date finer than the year. `shifted`: every date of a person moved by the same number of days, drawn for
# this export alone and kept nowhere, so that what lies between two of them stays as long as it was.
LEVELS = ("full", "shifted")
FIELDS = ("age_group", "gender", "zip_code_prefix", "state", "country", "deceased")
PRESERVED = ("age_group", "gender")
SMALLEST_K, USUAL_K = 2, 5
# (C): ages over 89, and every date that tells such an age, stand in one group of 90 and older.
OLDEST_TOLD = 89
OLDEST = "90+"
# (B)(2): the first three figures of a ZIP code may stand where more than 20,000 people live there. These stand for
# fewer (Census 2000, in the guidance of the Office for Civil Rights of 26 November 2012): they become 000.
SMALL_ZIPS = frozenset({
    "036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878", "879", "884", "890",
    "893",
})  # fmt: skip
USA = frozenset({"us", "usa", "united states", "united states of america"})
FURTHEST_SHIFT = 365
# So many of a hundred people may be left out before their groups are made wider instead.
MOST_LEFT_OUT = 5
BANDS = (5, 10, 20)

Combination = tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """What tells one person from another in a study; nothing else of them is asked."""

    age: int | None
    sex: str
    zip_prefix: str
    state: str
    country: str
    is_dead: bool


@dataclass(frozen=True)
class Anonymity:
    """How people were made alike: the combination of each (None: left out), the k reached, and what was made wider."""

    combinations: tuple[Combination | None, ...]
    fields: tuple[str, ...]
    k: int
    wider: Mapping[str, str]

    @property
    def left_out(self) -> int:
        """How many people would stand in a group that is too small."""
        return sum(one is None for one in self.combinations)


def age_on(born_on: date | None, precision: str, today: date) -> int | None:
    """Whole years of age as far as the birth date is known; None where it is not."""
    return None if born_on is None or precision == "unknown" else max(0, years(born_on, today))


def age_group(age: int | None, width: int) -> str:
    """The group of an age: "35-39" for five years, "90+" from 90 on, "unknown" where it is not known."""
    if age is None:
        return "unknown"
    if age > OLDEST_TOLD:
        return OLDEST
    low = age // width * width
    return f"{low}-{min(low + width - 1, OLDEST_TOLD)}"


def zip_prefix(postal_code: str | None, country: str | None) -> str:
    """The first three figures of a ZIP code of the United States, 000 where few people live; "" for any other code."""
    code = (postal_code or "").strip()
    figures = code[:5]
    sound = code.isascii() and figures.isdigit() and len(figures) == 5 and (len(code) == 5 or code[5] == "-")
    if not sound or (country or "").strip().casefold() not in USA:
        return ""
    return "000" if figures[:3] in SMALL_ZIPS else figures[:3]


def year_of(text: str | None, today: date) -> str | None:
    """The year of a date; None where it would tell of somebody that they are older than 89."""
    if text is None or not text[:4].isdigit():
        return None
    return text[:4] if int(text[:4]) > today.year - OLDEST_TOLD else None


def shifted(text: str | None, days: int, today: date) -> str | None:
    """A date or an instant moved by some days, no finer than the day; None for less than a day, or for the very old."""
    if text is None or year_of(text, today) is None:
        return None
    try:
        day = datetime.fromisoformat(text).date() if "T" in text else date.fromisoformat(text)
        return (day + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None


def require_asked(level: str, preserve: Sequence[str], k: int, approval: str, purpose: str) -> None:
    """Refuse what no export can be made of. Raises Refusal naming the field."""
    if level not in LEVELS:
        raise Refusal("A level is one of {levels}.", field="level", levels=", ".join(LEVELS))
    for name in preserve:
        if name not in FIELDS:
            raise Refusal("“{name}” cannot be kept; these can: {fields}.", field="preserve", name=name,
                          fields=", ".join(FIELDS))  # fmt: skip
    if k < SMALLEST_K:
        raise Refusal("One person alone is not anonymous: k is {least} or more.", field="k", least=SMALLEST_K)
    for field, text in (("approval", approval), ("purpose", purpose)):
        if len(text) > 500:
            raise Refusal("This is too long.", field=field)
    if not any(letter.isalnum() for letter in approval):
        raise Refusal("Write the number under which the research was approved.", field="approval")


def make_alike(people: Sequence[Person], fields: Sequence[str], k: int) -> Anonymity:
    """Make groups wider until almost everybody stands in one of k or more, and leave out the others.

    Of all ways that leave out the fewest the finest is taken. Raises Refusal where there are fewer than k people.
    """
    if len(people) < k:
        raise Refusal(
            "{number} people can be in this export, and a k of {k} needs {k}. Ask for more consents or a smaller k.",
            field="k", number=len(people), k=k,
        )  # fmt: skip
    best: tuple[int, int, Mapping[str, int], list[Combination]] | None = None
    for steps in _ways(fields):
        combined = [_combination(person, fields, steps) for person in people]
        sizes = Counter(combined)
        out = sum(size for size in sizes.values() if size < k)
        if best is None or out < best[0]:
            best = (out, sum(steps.values()), steps, combined)
        if out * 100 <= len(people) * MOST_LEFT_OUT:
            break
    if best is None:
        raise ValueError("there is always a way")
    _out, _coarse, steps, combined = best
    sizes = Counter(combined)
    kept = tuple(one if sizes[one] >= k else None for one in combined)
    reached = min(size for size in sizes.values() if size >= k)
    return Anonymity(kept, tuple(fields), reached, {name: _said(name, step) for name, step in steps.items() if step})


def _ways(fields: Sequence[str]) -> Iterator[Mapping[str, int]]:
    """Every way to make the fields coarser, the finest first."""
    depths = [range(len(BANDS) + 1) if name == "age_group" else range(2) for name in fields]
    ways = sorted(itertools.product(*depths), key=lambda steps: (sum(steps), steps))
    return (dict(zip(fields, steps, strict=True)) for steps in ways)


def _combination(person: Person, fields: Sequence[str], steps: Mapping[str, int]) -> Combination:
    return tuple(_value(person, name, steps[name]) for name in fields)


def _value(person: Person, name: str, step: int) -> str:
    if name == "age_group":
        return "" if step == len(BANDS) else age_group(person.age, BANDS[step])
    if step:
        return ""
    return {
        "gender": person.sex, "zip_code_prefix": person.zip_prefix, "state": person.state, "country": person.country,
        "deceased": "yes" if person.is_dead else "no",
    }[name]  # fmt: skip


def _said(name: str, step: int) -> str:
    if name == "age_group" and step < len(BANDS):
        return f"{BANDS[step]} years"
    return "left out"
