"""Dose ranges: is one dose, a day's or a week's worth of an ingredient what is usual for this patient."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from clinic_desktop.domain.alerts import DoseRange, PatientFacts, Tier
from clinic_desktop.domain.doses import Strength, ingredient_amount, plain
from clinic_desktop.domain.prescribing import Dose, amount_in

# Twice the most that is usual stops the line: below it, a specialist may well mean it; above it, a slip of a
# decimal point or of mg for mcg is the likelier reading.
STOP_OVER = 2
# Half the least that is usual is no titration step of the medicines in the starter pack.
WARN_UNDER = Decimal("0.5")
_LOCAL = frozenset(("topical", "eye", "ear", "nasal", "transdermal", "vaginal", "rectal"))
_WEEK = 7

# How old a weight may be, in days, under an age in months: a child outgrows what it weighed, a baby within weeks.
_WEIGHT_HOLDS = ((24, 92), (216, 366))
_WEIGHT_HOLDS_ADULT = 731

What = Literal["single", "daily", "weekly", "low", "age", "not_checked"]


@dataclass(frozen=True)
class Finding:
    """What a dose check found; `template` and `facts` as in an alert."""

    tier: Tier
    what: What
    template: str
    facts: tuple[tuple[str, str], ...]
    source: str

    @property
    def not_checked(self) -> bool:
        """The dose could not be compared with anything."""
        return self.what == "not_checked"


def dose_findings(
    dose: Dose, strength: Strength | None, ranges: Sequence[DoseRange], patient: PatientFacts
) -> Iterator[Finding]:
    """Compare a dose with the range that fits the route, age and weight; say why where none fits."""
    youngest_known = _not_for_age(ranges, dose.route, patient)
    if youngest_known is not None:
        yield youngest_known
        return
    chosen, why = choose_range(ranges, dose.route, patient)
    if chosen is None:
        # Creams and drops have no range to be outside of: said when asked, not beside every line.
        yield Finding(
            Tier.QUIET if dose.route in _LOCAL else Tier.WARN,
            "not_checked",
            why,
            (),
            "",
        )
        return
    factor = patient.weight_kg if chosen.per_kg and patient.weight_kg is not None else Decimal(1)
    single = ingredient_amount(dose.amount, dose.unit, strength, chosen.unit)
    if single is None:
        yield Finding(
            Tier.WARN,
            "not_checked",
            "The dose of {ingredient} was not checked: “{unit}” of it cannot be turned into {into}.",
            (("unit", dose.unit), ("into", chosen.unit)),
            "",
        )
        return
    yield from _compare(dose, single, chosen, factor)


def choose_range(ranges: Sequence[DoseRange], route: str, patient: PatientFacts) -> tuple[DoseRange | None, str]:
    """The range for this route and age; without one, the reason in words."""
    if not ranges:
        return None, "The dose of {ingredient} was not checked: the reference pack has no range for it."
    routed = [each for each in ranges if each.route == route]
    if not routed:
        return None, "The dose of {ingredient} was not checked: the reference pack has none by this route."
    if patient.ages is None:
        return None, "The dose of {ingredient} was not checked: the patient's age is not known."
    youngest, oldest = patient.ages
    edges = {each.age_from_months for each in routed} | {each.age_to_months or 0 for each in routed}
    fitting = {_at_age(routed, month) for month in (youngest, oldest, *edges) if youngest <= month <= oldest}
    if len(fitting) > 1:
        return None, "The dose of {ingredient} was not checked: it differs by age, and the birth date is not exact."
    (chosen,) = fitting
    if chosen is None:
        return None, "The dose of {ingredient} was not checked: the reference pack has none for this age."
    if chosen.per_kg and patient.weight_kg is None:
        return None, "The dose of {ingredient} was not checked: the patient's weight is not known."
    if chosen.per_kg and patient.weight_days > _weight_holds(youngest):
        return None, "The dose of {ingredient} was not checked: the last weight is too old. Weigh again."
    return chosen, ""


def _at_age(ranges: Sequence[DoseRange], months: int) -> DoseRange | None:
    for each in ranges:
        if each.age_from_months <= months and (each.age_to_months is None or months < each.age_to_months):
            return each
    return None


def _weight_holds(age_months: int) -> int:
    return next((days for under, days in _WEIGHT_HOLDS if age_months < under), _WEIGHT_HOLDS_ADULT)


def _not_for_age(ranges: Sequence[DoseRange], route: str, patient: PatientFacts) -> Finding | None:
    """What is said of a patient younger than every usual dose by this route, however young they may be."""
    first = min((each for each in ranges if each.route == route), key=lambda each: each.age_from_months, default=None)
    if first is None or patient.ages is None or patient.ages[1] >= first.age_from_months:
        return None
    months = first.age_from_months
    years, rest = divmod(months, 12)
    return Finding(
        Tier.WARN,
        "age",
        "{ingredient} has no usual dose under {age}: it may not be for this age.",
        (("age", f"{months} months" if rest or years < 2 else f"{years} years"),),
        first.source,
    )


def _least(*limits: Decimal | None) -> Decimal | None:
    return min((each for each in limits if each is not None), default=None)


def _compare(dose: Dose, single: Decimal, usual: DoseRange, factor: Decimal) -> Iterator[Finding]:
    def scaled(limit: Decimal | None) -> Decimal | None:
        return None if limit is None else limit * factor

    share = single / dose.amount
    daily, weekly = amount_in(dose, 1) * share, amount_in(dose, _WEEK) * share
    top_single = _least(scaled(usual.max_single), usual.absolute_max_single)
    top_daily = _least(scaled(usual.max_daily), usual.absolute_max_daily)
    top_weekly = scaled(usual.max_weekly)
    unit, source = usual.unit, usual.source
    over_week = top_weekly is not None and weekly > top_weekly
    if over_week and top_weekly is not None:
        # A weekly medicine written as a daily one has killed; it stops at any excess (ISMP best practice 2).
        yield _over(Tier.STOP, "weekly", weekly, top_weekly, unit, source)
    elif top_daily is not None and daily > top_daily:
        yield _over(_how_loud(daily, top_daily), "daily", daily, top_daily, unit, source)
    if top_single is not None and single > top_single:
        yield _over(_how_loud(single, top_single), "single", single, top_single, unit, source)
    low = scaled(usual.min_single)
    # Where the most is capped for heavy patients, the least by weight may lie above the cap.
    if low is not None and top_single is not None:
        low = min(low, top_single)
    if low is not None and single < low:
        yield Finding(
            Tier.WARN if single < low * WARN_UNDER else Tier.QUIET,
            "low",
            "{amount} {unit} of {ingredient} in one dose is under the usual {limit} {unit}.",
            _facts(single, low, unit),
            source,
        )


def _how_loud(amount: Decimal, limit: Decimal) -> Tier:
    return Tier.STOP if amount > limit * STOP_OVER else Tier.WARN


def _facts(amount: Decimal, limit: Decimal, unit: str) -> tuple[tuple[str, str], ...]:
    return (("amount", _shown(amount)), ("limit", _shown(limit)), ("unit", unit))


def _shown(amount: Decimal) -> str:
    return plain(round(amount, 2) if amount >= 1 else amount)


def _over(
    tier: Tier,
    what: Literal["single", "daily", "weekly"],
    amount: Decimal,
    limit: Decimal,
    unit: str,
    source: str,
) -> Finding:
    template = {
        "single": "{amount} {unit} of {ingredient} in one dose is over the usual most of {limit} {unit}.",
        "daily": "{amount} {unit} of {ingredient} in a day is over the most of {limit} {unit}.",
        "weekly": "{amount} {unit} of {ingredient} in a week is over the most of {limit} {unit} a week.",
    }[what]
    return Finding(tier, what, template, _facts(amount, limit, unit), source)
