"""Immunizations: vaccines, the rules of a schedule, what somebody was given. Ages and intervals are calendar ones."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from clinic_desktop.domain.stock import civil

LIVE_APART = timedelta(days=28)
"""Two live vaccines (injected or nasal), not given on one day, stand at least 28 days apart; no grace.

CDC, General Best Practice Guidelines for Immunization, Timing and Spacing (2023), table 3-4.
"""

SITES: Mapping[str, str] = {
    "left_deltoid": "Left upper arm",
    "right_deltoid": "Right upper arm",
    "left_thigh": "Left thigh",
    "right_thigh": "Right thigh",
    "left_gluteal": "Left gluteal",
    "right_gluteal": "Right gluteal",
    "left_forearm": "Left forearm",
    "right_forearm": "Right forearm",
    "mouth": "Mouth",
    "nose": "Nose",
}
ROUTES: Mapping[str, str] = {
    "intramuscular": "Intramuscular",
    "subcutaneous": "Subcutaneous",
    "intradermal": "Intradermal",
    "oral": "Oral",
    "nasal": "Nasal",
}
FUNDING: Mapping[str, str] = {
    "private": "Private",
    "public": "Public programme",
    "vfc": "Vaccines for Children (VFC)",
    "military": "Military",
}
# HL7 v2 table 0064, as CDC uses it for the programme's eligibility at a visit.
ELIGIBILITY: Mapping[str, str] = {
    "V01": "Not eligible for VFC",
    "V02": "VFC: Medicaid",
    "V03": "VFC: uninsured",
    "V04": "VFC: American Indian or Alaskan Native",
    "V05": "VFC: underinsured, at a federally qualified centre",
}
# The codes are those of FHIR's immunization-status-reason (v3 ActReason), where it has one.
NOT_DONE: Mapping[str, str] = {
    "PATOBJ": "Refused by the patient or guardian",
    "MEDPREC": "Medical reason",
    "IMMUNE": "Immune already",
    "RELIG": "Religious objection",
    "PHILISOP": "Objects on principle",
    "OSTOCK": "Out of stock",
    "OTHER": "Another reason",
}
SEVERITIES: Mapping[str, str] = {"mild": "Mild", "moderate": "Moderate", "severe": "Severe", "unknown": "Not known"}

_SPAN = re.compile(r"(?:[0-9]{1,3}[ymwd](?:-?[0-9]{1,3}[ymwd])*)\Z")
_PART = re.compile(r"(-?)([0-9]{1,3})([ymwd])")


@dataclass(frozen=True)
class Span:
    """A length of calendar time: ``6w``, ``14w6d``, ``27y-1d``."""

    text: str
    months: int
    days: int

    def __str__(self) -> str:
        return self.text

    def after(self, start: date) -> date:
        """The day this long after another; a day that its month does not have is the first of the next.

        CDC, Clinical Decision Support for Immunization: Logic Specification, calculating dates.
        """
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        if not 1 <= year <= 9998:
            return date.max if year > 1 else date.min
        try:
            moved = date(year, month + 1, start.day)
        except ValueError:
            year, month = divmod(year * 12 + month + 1, 12)
            moved = date(year, month + 1, 1)
        return moved + timedelta(days=self.days)


@lru_cache(maxsize=512)
def span(text: str) -> Span:
    """Read a length of time: years, months, weeks and days, in that order or any. Raises ValueError."""
    if not _SPAN.match(text):
        raise ValueError(f"“{text}” is no age or interval such as 6w, 14w6d, 12m or 4y")
    months = days = 0
    for sign, number, unit in _PART.findall(text):
        count = int(number) * (-1 if sign else 1)
        months += count * {"y": 12, "m": 1}.get(unit, 0)
        days += count * {"w": 7, "d": 1}.get(unit, 0)
    return Span(text, months, days)


@dataclass(frozen=True)
class Said:
    """Something said about a dose or a series: a template with its facts, put into words where it is shown."""

    message: str
    facts: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        facts = {name: civil(value) if isinstance(value, date) else value for name, value in self.facts}
        return self.message.format(**facts)


def said(message: str, **facts: object) -> Said:
    """Say something with its facts."""
    return Said(message, tuple(facts.items()))


@dataclass(frozen=True)
class Vaccine:
    """One vaccine by its CVX code: the antigens it holds, whether it is live, how it is usually given.

    `avoid` are conditions under which it is not given (pregnancy, immunocompromised), `components` what else is in it
    that somebody may be severely allergic to.
    """

    cvx: str
    name: str
    display: str
    antigens: tuple[str, ...] = ()
    live: str = "no"
    min_age: Span | None = None
    max_age: Span | None = None
    dose_amount: str | None = None
    dose_unit: str | None = None
    route: str | None = None
    site: str | None = None
    avoid: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    status: str = "active"

    @property
    def keeps_distance(self) -> bool:
        """Whether it is a live vaccine that stands apart from others (not the oral ones)."""
        return self.live in {"injected", "nasal"}


@dataclass(frozen=True)
class Rule:
    """One dose of one series of a schedule.

    `first_from` (included) and `first_to` (excluded) are the ages at the first dose for which the series is meant.
    `skip_at_age`: from this age on the dose is left out and the next one is wanted instead. `skip_after_age`: not
    needed where the dose before was given at this age or later (and `skip_after_interval` after the one before it).
    `counts_age` and `counts_interval`: a dose given earlier than it should have been counts from here on.
    `every`: comes again at this interval. `season_...` are ``MM-DD``.
    """

    schedule: str
    antigen: str
    antigen_name: str
    series: str
    dose: int
    source: str
    kind: str = "routine"
    sex: str = "any"
    who: str = "everyone"
    born_from: date | None = None
    born_before: date | None = None
    first_from: Span | None = None
    first_to: Span | None = None
    vaccines: tuple[str, ...] = ()
    min_age: Span | None = None
    counts_age: Span | None = None
    rec_age: Span | None = None
    overdue_age: Span | None = None
    max_age: Span | None = None
    min_interval: Span | None = None
    counts_interval: Span | None = None
    rec_interval: Span | None = None
    min_from_first: Span | None = None
    repeat_interval: Span | None = None
    skip_at_age: Span | None = None
    skip_after_age: Span | None = None
    skip_after_interval: Span | None = None
    every: Span | None = None
    season_from: str | None = None
    season_due: str | None = None
    season_late: str | None = None
    apart_from: str | None = None
    apart: Span | None = None
    grace_days: int = 0
    note: str = ""


@dataclass(frozen=True)
class Given:
    """One dose that was given, here or elsewhere; `precision` as far as its day is known."""

    id: str
    cvx: str | None
    on: date | None
    precision: str = "day"
    name: str = ""


@dataclass(frozen=True)
class Declined:
    """A dose that was not given, and why."""

    cvx: str | None
    on: date | None
    reason: str


@dataclass(frozen=True)
class Person:
    """What a schedule asks of somebody; `born_precision` as patients have it.

    `immunocompromised` is the problem that says so, `severe_allergies` the folded words of severe allergies.
    """

    born_on: date | None
    born_precision: str = "day"
    sex: str = "unknown"
    pregnant: bool = False
    immunocompromised: str | None = None
    severe_allergies: tuple[str, ...] = ()
    deceased: bool = False


SPANS = (
    "first_from", "first_to", "min_age", "counts_age", "rec_age", "overdue_age", "max_age", "min_interval",
    "counts_interval", "rec_interval",
    "min_from_first", "repeat_interval", "skip_at_age", "skip_after_age", "skip_after_interval", "every", "apart",
)  # fmt: skip


def rule_of(row: Mapping[str, object]) -> Rule:
    """Make a rule of a row of a schedule. Raises ValueError."""
    ages = {name: _span(row, name) for name in SPANS}
    return Rule(
        schedule=_text(row, "schedule"),
        antigen=_text(row, "antigen"),
        antigen_name=_text(row, "antigen_name"),
        series=_text(row, "series"),
        dose=int(_text(row, "dose")),
        source=_text(row, "source"),
        kind=_text(row, "kind") or "routine",
        sex=_text(row, "sex") or "any",
        who=_text(row, "who") or "everyone",
        born_from=_day(row, "born_from"),
        born_before=_day(row, "born_before"),
        vaccines=split(row.get("vaccines")),
        season_from=_text(row, "season_from") or None,
        season_due=_text(row, "season_due") or None,
        season_late=_text(row, "season_late") or None,
        apart_from=_text(row, "apart_from") or None,
        grace_days=int(_text(row, "grace_days") or 0),
        note=_text(row, "note"),
        **ages,
    )


def vaccine_of(row: Mapping[str, object]) -> Vaccine:
    """Make a vaccine of a row of the table of vaccines. Raises ValueError."""
    return Vaccine(
        cvx=_text(row, "cvx"),
        name=_text(row, "name"),
        display=_text(row, "display"),
        antigens=split(row.get("antigens")),
        live=_text(row, "live") or "no",
        min_age=_span(row, "min_age"),
        max_age=_span(row, "max_age"),
        dose_amount=_text(row, "dose_amount") or None,
        dose_unit=_text(row, "dose_unit") or None,
        route=_text(row, "route") or None,
        site=_text(row, "site") or None,
        avoid=split(row.get("avoid")),
        components=split(row.get("components")),
        status=_text(row, "status") or "active",
    )


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _span(row: Mapping[str, object], name: str) -> Span | None:
    text = _text(row, name)
    return span(text) if text else None


def _day(row: Mapping[str, object], name: str) -> date | None:
    text = _text(row, name)
    return date.fromisoformat(text) if text else None


def split(text: object) -> tuple[str, ...]:
    """The codes of a field with ``;`` between."""
    return tuple(part.strip() for part in str(text or "").split(";") if part.strip())


# ICD-10-CM: what counts as a severely weakened immune system, whatever the treatment. HIV is told apart by its CD4
# count, which a code does not say: it is asked about and not decided.
# CDC, General Best Practice Guidelines, Altered Immunocompetence (2023), table 8-1.
IMMUNOCOMPROMISED = ("B20", "C81", "C82", "C83", "C84", "C85", "C88", "C90", "C91", "C92", "C93", "C94", "C95", "C96",
                     "D80", "D81", "D82", "D83", "D84", "D89.81", "Z94.0", "Z94.1", "Z94.2", "Z94.3", "Z94.4",
                     "Z94.81", "Z94.84")  # fmt: skip


def is_immunocompromise(code: str | None) -> bool:
    """Whether a diagnosis says that live vaccines may be dangerous."""
    return code is not None and code.upper().startswith(IMMUNOCOMPROMISED)


def birth_for_ages(person: Person, today: date) -> date | None:
    """The birth date that ages are reckoned from, or None where a schedule would be guesswork.

    Where only the month is known the last day of it is taken, so that nothing is held to be old enough too early;
    where only the year is known or it was estimated, the same is done for the grown, and nothing for children.
    """
    born = person.born_on
    if born is None or person.born_precision == "unknown":
        return None
    if person.born_precision == "day":
        return born
    if person.born_precision == "month":
        return span("1m-1d").after(born.replace(day=1))
    latest = born.replace(month=12, day=31)
    return latest if span("19y").after(latest) <= today else None


def why_avoided(vaccine: Vaccine, person: Person) -> Said | None:
    """Why a vaccine is not for this person now: pregnancy, a weakened immune system, a severe allergy to a part of it.

    CDC, General Best Practice Guidelines, Contraindications and Precautions (2023), table 4-1; package inserts.
    """
    if person.pregnant and "pregnancy" in vaccine.avoid:
        return said("{vaccine} is not given in pregnancy.", vaccine=vaccine.display)
    if person.immunocompromised and "immunocompromised" in vaccine.avoid:
        return said(
            "{vaccine} is a live vaccine, and {problem} is on the problem list.",
            vaccine=vaccine.display,
            problem=person.immunocompromised,
        )
    for part in vaccine.components:
        words = part.replace("_", " ")
        if any(words in allergy for allergy in person.severe_allergies):
            return said(
                "{vaccine} contains {part}; a severe allergy to it is recorded.", vaccine=vaccine.display, part=words
            )
    return None


def antigens_of(cvx: str | None, vaccines: Mapping[str, Vaccine]) -> tuple[str, ...]:
    """What a code protects against, as far as the table knows it."""
    vaccine = vaccines.get(cvx or "")
    return () if vaccine is None else vaccine.antigens


def in_order(doses: Iterable[Given]) -> tuple[Given, ...]:
    """Doses whose day is known, oldest first."""
    return tuple(sorted((one for one in doses if one.on is not None and one.precision == "day"), key=_place))


def _place(dose: Given) -> tuple[date, str]:
    return dose.on or date.max, dose.id
