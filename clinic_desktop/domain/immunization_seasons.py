"""Vaccines that come again with every season: influenza, and what else is made anew each year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clinic_desktop.domain.immunization_doses import COUNTS, EXTRA, INVALID, VALID, Verdict
from clinic_desktop.domain.immunizations import Given, Rule, Vaccine, said

# A child under 9 years with fewer than two doses before this season has two in it, four weeks apart.
# CDC, influenza recommendations 2024-25, MMWR Recomm Rep 2024;73(RR-5), figure 1.
DOSES_THAT_PRIME = 2


@dataclass(frozen=True)
class Season:
    """How somebody stands with this season; `number` is the dose wanted next, None where none is."""

    number: int | None
    needed: int
    counted: int
    earliest: date | None
    recommended: date | None
    overdue_on: date | None
    again: date
    verdicts: tuple[Verdict, ...]


def start_of(rule: Rule, day: date) -> date:
    """The first day of the season that a day is in."""
    begins = _on(rule.season_from or "01-01", day.year)
    return begins if begins <= day else _on(rule.season_from or "01-01", day.year - 1)


def next_of_season(
    rules: tuple[Rule, ...], doses: Sequence[Given], born: date, vaccines: Mapping[str, Vaccine], today: date
) -> Season:
    """Hold the doses of one seasonal antigen against this season; a second rule is the child's second dose."""
    verdicts = _verdicts(rules, doses, born, vaccines)
    counts = [one.dose.on for one in verdicts if one.state in COUNTS and one.dose.on is not None]
    rule = rules[0]
    begins = start_of(rule, today)
    now = [day for day in counts if day >= begins]
    needed = _needed(rules, len(counts) - len(now), now, born, max(today, begins))
    again = _on(rule.season_from or "01-01", begins.year + 1)
    if len(now) >= needed:
        return Season(None, needed, len(now), None, None, None, again, verdicts)
    wanted = rules[min(len(now), len(rules) - 1)]
    first = max(begins, rule.min_age.after(born)) if rule.min_age is not None else begins
    if now and wanted.min_interval is not None:
        first = max(first, wanted.min_interval.after(now[-1]))
    recommended = max(first, _in_season(rule.season_due, begins)) if not now else first
    overdue = max(_in_season(rule.season_late, begins), recommended + timedelta(days=28))
    return Season(len(now) + 1, needed, len(now), first, recommended, overdue, again, verdicts)


def _needed(rules: tuple[Rule, ...], before: int, now: Sequence[date], born: date, today: date) -> int:
    if len(rules) < 2 or before >= DOSES_THAT_PRIME:
        return 1
    until = rules[1].first_to
    young = until is None or (now[0] if now else today) < until.after(born)
    return 2 if young else 1


def _verdicts(
    rules: tuple[Rule, ...], doses: Sequence[Given], born: date, vaccines: Mapping[str, Vaccine]
) -> tuple[Verdict, ...]:
    """Each dose by itself: old enough, and not within the shortest interval after another."""
    rule, shortest = rules[0], rules[-1].min_interval
    grace = timedelta(days=rule.grace_days)
    found: list[Verdict] = []
    last: date | None = None
    for dose in doses:
        on = dose.on or date.max
        licensed = [age for age in (rule.min_age, vaccines[dose.cvx or ""].min_age) if age is not None]
        young = next((age for age in licensed if on < age.after(born) - grace), None)
        if young is not None:
            why = said("Given too young: it counts from {age} on.", age=young)
            found.append(Verdict(dose, INVALID, reason=why, source=rule.source))
            continue
        if last is not None and on == last:
            found.append(Verdict(dose, EXTRA, reason=said("Another dose of the same day counts.")))
            continue
        if last is not None and shortest is not None and on < shortest.after(last) - grace:
            why = said("Given too soon after the dose before it: at least {wait} are needed.", wait=shortest)
            found.append(Verdict(dose, INVALID, reason=why, source=rule.source))
            continue
        last = on
        number = 1 + sum(
            1
            for one in found
            if one.state == VALID and one.dose.on and start_of(rule, one.dose.on) == start_of(rule, on)
        )
        found.append(Verdict(dose, VALID, number, source=rule.source))
    return tuple(found)


def _on(text: str, year: int) -> date:
    month, day = text.split("-")
    return date(year, int(month), int(day))


def _in_season(text: str | None, begins: date) -> date:
    if text is None:
        return begins
    day = _on(text, begins.year)
    return day if day >= begins else _on(text, begins.year + 1)
