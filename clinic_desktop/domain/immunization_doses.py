"""Which doses count: each held against the dose of the series that it stands for, and why not where it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clinic_desktop.domain.immunizations import LIVE_APART, Given, Rule, Said, Span, Vaccine, said

VALID, LATE, INVALID, EXTRA = "valid", "late", "invalid", "extra"
COUNTS = frozenset({VALID, LATE})
SET_ASIDE = said("Not needed: the doses after it count by themselves.")


@dataclass(frozen=True)
class Verdict:
    """What a dose is worth for one antigen: counted as which dose of the series, or why it is not counted."""

    dose: Given
    state: str
    number: int | None = None
    reason: Said | None = None
    source: str = ""


@dataclass(frozen=True)
class History:
    """The doses of one antigen held against one series: what each is worth, and which dose is wanted next.

    `wanted` is the place of the next dose in `rules`, or their number where none is wanted any more.
    """

    rules: tuple[Rule, ...]
    verdicts: tuple[Verdict, ...]
    wanted: int
    counted: tuple[date, ...]
    spoiled: date | None  # the last dose that has to be given again
    born: date

    @property
    def complete(self) -> bool:
        """Whether no dose is wanted any more."""
        return self.wanted >= len(self.rules)


def live_conflicts(antigen: str, doses: Sequence[Given], vaccines: Mapping[str, Vaccine]) -> dict[str, Given]:
    """Doses of an antigen given too soon after another live vaccine: the dose's id and the other dose.

    Two doses that hold the same antigen are a matter of the interval between doses, which has its grace.
    """
    found: dict[str, Given] = {}
    live = [one for one in doses if (vaccine := vaccines.get(one.cvx or "")) and vaccine.keeps_distance]
    for later in live:
        if antigen not in vaccines[later.cvx or ""].antigens:
            continue
        for earlier in live:
            gap = (later.on or date.max) - (earlier.on or date.max)
            apart = timedelta(0) < gap < LIVE_APART
            if apart and antigen not in vaccines[earlier.cvx or ""].antigens:
                found[later.id] = earlier
    return found


def skipped(rules: Sequence[Rule], wanted: int, counted: Sequence[date], born: date) -> int:
    """Pass over the doses that are not needed because of the age at which the dose before them was given."""
    while 0 < wanted < len(rules) and counted:
        rule = rules[wanted]
        if rule.skip_after_age is None or counted[-1] < _eased(rule.skip_after_age.after(born), rule):
            break
        needed = rule.skip_after_interval
        if needed is not None and len(counted) > 1 and counted[-1] < _eased(needed.after(counted[-2]), rule):
            break
        wanted += 1
    return wanted


def follow(
    rules: tuple[Rule, ...],
    doses: Sequence[Given],
    born: date,
    vaccines: Mapping[str, Vaccine],
    conflicts: Mapping[str, Given],
    start: int = 0,
) -> History:
    """Hold doses of one antigen, oldest first, against a series; those before `start` are not counted."""
    verdicts: list[Verdict] = []
    counted: list[date] = []
    wanted, spoiled = 0, None
    for place, dose in enumerate(doses):
        on = dose.on or date.max
        if place < start:
            verdicts.append(_set_aside(rules, dose, born, vaccines, conflicts, spoiled))
            spoiled = on if verdicts[-1].state == INVALID else spoiled
            continue
        if wanted >= len(rules):
            verdicts.append(Verdict(dose, EXTRA, reason=said("The series was complete before this dose.")))
            continue
        if counted and on == counted[-1]:
            verdicts.append(Verdict(dose, EXTRA, reason=said("Another dose of the same day counts.")))
            continue
        verdict, taken = _weigh(rules, wanted, dose, born, vaccines, conflicts, counted, spoiled)
        verdicts.append(verdict)
        if verdict.state in COUNTS:
            counted.append(on)
            spoiled = None
            # The last rule of a series that comes again is wanted for ever.
            wanted = taken if rules[taken].every else taken + 1
            wanted = skipped(rules, wanted, counted, born)
        elif verdict.state == INVALID:
            spoiled = on
    return History(rules, tuple(verdicts), wanted, tuple(counted), spoiled, born)


def _set_aside(
    rules: tuple[Rule, ...],
    dose: Given,
    born: date,
    vaccines: Mapping[str, Vaccine],
    conflicts: Mapping[str, Given],
    spoiled: date | None,
) -> Verdict:
    verdict, _ = _weigh(rules, 0, dose, born, vaccines, conflicts, [], spoiled)
    if verdict.state not in COUNTS:
        return verdict
    return Verdict(dose, EXTRA, reason=SET_ASIDE)


def _weigh(
    rules: tuple[Rule, ...],
    wanted: int,
    dose: Given,
    born: date,
    vaccines: Mapping[str, Vaccine],
    conflicts: Mapping[str, Given],
    counted: Sequence[date],
    spoiled: date | None,
) -> tuple[Verdict, int]:
    """Hold a dose against the furthest dose of the series that its age allows, then against those before it."""
    on = dose.on or date.max
    places = [wanted]
    while (
        (rule := rules[places[-1]]).skip_at_age is not None
        and on >= rule.skip_at_age.after(born)
        and places[-1] + 1 < len(rules)
    ):
        places.append(places[-1] + 1)
    first: Said | None = None
    for place in reversed(places):
        rule = rules[place]
        if rule.vaccines and dose.cvx not in rule.vaccines:
            wrong = said("This vaccine does not count for dose {number} of this series.", number=rule.dose)
            return Verdict(dose, EXTRA, reason=wrong, source=rule.source), place
        why = _too_soon(rule, dose, born, vaccines, conflicts, counted, spoiled)
        if why is None:
            latest = None if rule.max_age is None else rule.max_age.after(born)
            if latest is not None and on > latest:
                late = said("Given after the latest age ({age}); it need not be given again.", age=rule.max_age)
                return Verdict(dose, LATE, rule.dose, late, rule.source), place
            return Verdict(dose, VALID, rule.dose, source=rule.source), place
        if place == wanted:
            first = why
    return Verdict(dose, INVALID, None, first, rules[wanted].source), wanted


def _too_soon(
    rule: Rule,
    dose: Given,
    born: date,
    vaccines: Mapping[str, Vaccine],
    conflicts: Mapping[str, Given],
    counted: Sequence[date],
    spoiled: date | None,
) -> Said | None:
    """Why a dose has to be given again, or None."""
    on = dose.on or date.max
    if on < born:
        return said("Its date is before the birth.")
    if dose.id in conflicts:
        return said(
            "Given {days} days after {other}, another live vaccine: at least 28 days are needed.",
            days=(on - (conflicts[dose.id].on or on)).days,
            other=conflicts[dose.id].name,
        )
    vaccine = vaccines[dose.cvx or ""]
    licensed = vaccine.min_age
    if licensed is not None and on < _eased(licensed.after(born), rule):
        return said("{vaccine} is not for this age: from {age} on.", vaccine=vaccine.display, age=licensed)
    if rule.min_age is not None and on < _counts(rule.min_age, rule.counts_age, born, rule):
        return said("Given too young: dose {number} counts from {age} on.", number=rule.dose, age=rule.min_age)
    for start, wait in _waits(rule, counted, spoiled):
        if on < _counts(wait, rule.counts_interval if wait is rule.min_interval else None, start, rule):
            return said(
                "Given too soon: {days} days after the dose of {before}; at least {wait} are needed.",
                days=(on - start).days,
                before=start,
                wait=wait,
            )
    return None


def _waits(rule: Rule, counted: Sequence[date], spoiled: date | None) -> list[tuple[date, Span]]:
    """What a dose has to wait for: the last dose, the first, and one that has to be given again."""
    waits: list[tuple[date, Span]] = []
    if counted and rule.min_interval is not None:
        waits.append((counted[-1], rule.min_interval))
    if counted and rule.min_from_first is not None:
        waits.append((counted[0], rule.min_from_first))
    again = rule.repeat_interval or rule.min_interval
    if spoiled is not None and again is not None:
        waits.append((spoiled, again))
    return waits


def earliest(history: History, place: int) -> date:
    """The first day on which a dose of the series counts without grace, other live vaccines left aside."""
    rule = history.rules[place]
    days = [wait.after(start) for start, wait in _waits(rule, history.counted, history.spoiled)]
    if rule.min_age is not None:
        days.append(rule.min_age.after(history.born))
    return max([history.born, *days])


def _counts(needed: Span, enough: Span | None, start: date, rule: Rule) -> date:
    """The first day on which a dose counts once it was given: earlier than one may give it, where the rule says so."""
    first = _eased(needed.after(start), rule)
    return first if enough is None else min(first, enough.after(start))


def _eased(day: date, rule: Rule) -> date:
    """A first day less the days of grace that the schedule allows."""
    return day - timedelta(days=rule.grace_days)
