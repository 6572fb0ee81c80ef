"""What is due: for each antigen of a schedule the next dose, from when, overdue since when, or why none is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clinic_desktop.domain.immunization_doses import (
    COUNTS,
    INVALID,
    SET_ASIDE,
    History,
    Verdict,
    earliest,
    follow,
    live_conflicts,
)
from clinic_desktop.domain.immunization_seasons import next_of_season
from clinic_desktop.domain.immunizations import (
    LIVE_APART,
    Declined,
    Given,
    Person,
    Rule,
    Said,
    Vaccine,
    antigens_of,
    birth_for_ages,
    in_order,
    said,
    span,
    why_avoided,
)

COMPLETE, OVERDUE, DUE, LATER, TOO_LATE = "complete", "overdue", "due", "later", "too_late"
NOT_NEEDED, HELD, UNKNOWN, DECISION = "not_needed", "held", "unknown", "decision"
WAITING = frozenset({OVERDUE, DUE})

# A dose is shown as overdue four weeks after it was due, where its rule names no age: a month of tolerance, as the
# catch-up schedule of the CDC is for those "more than 1 month behind".
TOLERANCE = timedelta(days=28)
FAR = span("10y")


@dataclass(frozen=True)
class Forecast:
    """How somebody stands with one antigen; dates are those of the next dose."""

    antigen: str
    name: str
    state: str
    reason: Said
    series: str = ""
    number: int | None = None
    of: int = 0
    given: int = 0
    earliest: date | None = None
    recommended: date | None = None
    overdue_on: date | None = None
    latest: date | None = None
    source: str = ""
    verdicts: tuple[Verdict, ...] = ()
    uncounted: tuple[Verdict, ...] = ()
    declined: Declined | None = None


def forecast(
    rules: Sequence[Rule],
    vaccines: Mapping[str, Vaccine],
    person: Person,
    doses: Iterable[Given],
    declined: Iterable[Declined],
    today: date,
) -> tuple[Forecast, ...]:
    """Hold a person against every antigen of one schedule, in its order. A person who died is due nothing."""
    if person.deceased:
        return ()
    every = tuple(doses)
    no = tuple(declined)
    by_antigen: dict[str, list[Rule]] = {}
    for rule in rules:
        by_antigen.setdefault(rule.antigen, []).append(rule)
    born = birth_for_ages(person, today)
    known = in_order(one for one in every if one.on is not None and one.on <= today)
    found = []
    for antigen, its in by_antigen.items():
        answer = _of_antigen(its, vaccines, person, known, born, today)
        loose = tuple(
            Verdict(one, "invalid", reason=said("Its day is not known, so it is not counted: look at the card."))
            for one in sorted(every, key=lambda dose: dose.id)
            if antigen in antigens_of(one.cvx, vaccines) and (one.on is None or one.precision != "day")
        )
        found.append(replace(answer, uncounted=loose, declined=_refused(antigen, no, answer, vaccines)))
    return tuple(found)


def in_sight(one: Forecast, today: date) -> bool:
    """Whether an antigen belongs on a page about today: not what is past and never begun, nor ten years away."""
    spoiled = any(each.state == INVALID for each in one.verdicts)
    if one.given or one.uncounted or one.declined is not None or spoiled:
        return True
    if one.state == LATER:
        return (one.recommended or one.earliest or today) <= FAR.after(today)
    return bool(one.verdicts) or one.state not in {TOO_LATE, NOT_NEEDED}


def _of_antigen(
    rules: Sequence[Rule],
    vaccines: Mapping[str, Vaccine],
    person: Person,
    known: Sequence[Given],
    born: date | None,
    today: date,
) -> Forecast:
    antigen, name = rules[0].antigen, rules[0].antigen_name
    if born is None:
        why = said("The date of birth is not known well enough to say what is due.")
        return Forecast(antigen, name, UNKNOWN, why)
    series = _series(rules, person)
    if not series:
        return Forecast(antigen, name, NOT_NEEDED, said("This schedule does not ask it of this person."))
    doses = [one for one in known if antigen in antigens_of(one.cvx, vaccines)]
    if series[0][0].season_from is not None:
        return _seasonal(series, doses, vaccines, person, born, today)
    conflicts = live_conflicts(antigen, known, vaccines)
    history = best_history(series, doses, born, vaccines, conflicts, known, today)
    if history is None:
        return _outside_every_age(series, doses, born, today)
    return _next(history, known, vaccines, person, today)


def _series(rules: Sequence[Rule], person: Person) -> list[tuple[Rule, ...]]:
    """The series that are meant for this person, in the order of the schedule."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.sex not in ("any", person.sex):
            continue
        if rule.who == "immunocompetent" and person.immunocompromised:
            continue
        if rule.who == "immunocompromised" and not person.immunocompromised:
            continue
        if rule.born_from is not None and (person.born_on is None or person.born_on < rule.born_from):
            continue
        if rule.born_before is not None and (person.born_on is None or person.born_on >= rule.born_before):
            continue
        found.setdefault(rule.series, []).append(rule)
    return [tuple(sorted(one, key=lambda rule: rule.dose)) for one in found.values()]


def best_history(
    series: Sequence[tuple[Rule, ...]],
    doses: Sequence[Given],
    born: date,
    vaccines: Mapping[str, Vaccine],
    conflicts: Mapping[str, Given],
    known: Sequence[Given],
    today: date,
) -> History | None:
    """The series that stands best with what was given: complete, else nearest to it, else the first for the age.

    A series is chosen by the age at its first dose. A complete course is never made worse by a dose before it: each
    dose is tried as the first one, and doses before it are set aside only where that completes it.
    """
    ranked: list[tuple[tuple[bool, int, int, int, int], History]] = []
    for order, rules in enumerate(series):
        for start in range(len(doses) + 1):
            history = follow(rules, doses, born, vaccines, conflicts, start)
            if start < len(doses):
                if history.verdicts[start].state not in COUNTS:
                    continue
                begins = doses[start].on or date.max
            else:
                begins = max(today, earliest(history, 0))
            if not _meant_for(rules[0], begins, born):
                continue
            left = 0 if history.complete else len(rules) - _place(history, known, vaccines, today)[0]
            aside = 0 if history.complete else sum(one.reason == SET_ASIDE for one in history.verdicts)
            rank = (not history.complete, aside, left if history.counted else 99, -len(history.counted), order)
            ranked.append((rank, history))
    return min(ranked, key=lambda one: one[0])[1] if ranked else None


def _meant_for(rule: Rule, begins: date, born: date) -> bool:
    too_young = rule.first_from is not None and begins < rule.first_from.after(born)
    too_old = rule.first_to is not None and begins >= rule.first_to.after(born)
    return not too_young and not too_old


def _outside_every_age(series: Sequence[tuple[Rule, ...]], doses: Sequence[Given], born: date, today: date) -> Forecast:
    """Nobody's series begins at this age: too late to begin, or not yet."""
    rule = series[-1][0]
    uncounted = tuple(
        Verdict(one, "extra", reason=said("No series of this schedule begins at the age of this dose."))
        for one in doses
    )
    younger = [one[0].first_from for one in series if one[0].first_from and today < one[0].first_from.after(born)]
    if younger and not any(one[0].first_to and today >= one[0].first_to.after(born) for one in series):
        why = said("Begins at the age of {age}.", age=younger[0])
        return Forecast(
            rule.antigen, rule.antigen_name, LATER, why, earliest=younger[0].after(born), verdicts=uncounted
        )
    why = said("It is not begun any more at this age.")
    return Forecast(rule.antigen, rule.antigen_name, TOO_LATE, why, source=rule.source, verdicts=uncounted)


def _next(
    history: History,
    known: Sequence[Given],
    vaccines: Mapping[str, Vaccine],
    person: Person,
    today: date,
) -> Forecast:
    rules = history.rules
    shown = Forecast(
        rules[0].antigen,
        rules[0].antigen_name,
        COMPLETE,
        said("Complete: {count} doses count.", count=len(history.counted)),
        rules[0].series,
        of=len(rules),
        given=len(history.counted),
        source=rules[-1].source,
        verdicts=history.verdicts,
    )
    if history.complete:
        return shown
    place, first = _place(history, known, vaccines, today)
    rule = rules[place]
    recommended, overdue = _dates(rule, history, first, today)
    latest = None if rule.max_age is None else rule.max_age.after(history.born)
    shown = replace(
        shown,
        number=rule.dose,
        earliest=first,
        recommended=recommended,
        overdue_on=overdue,
        latest=latest,
        source=rule.source,
    )
    if latest is not None and max(today, first) > latest:
        why = said("Dose {number} is not given after the age of {age}.", number=rule.dose, age=rule.max_age)
        return replace(shown, state=TOO_LATE, reason=why)
    return _judge(shown, rule, vaccines, person, today)


def _place(history: History, known: Sequence[Given], vaccines: Mapping[str, Vaccine], today: date) -> tuple[int, date]:
    """The place of the next dose and the first day for it: one left out from an age on gives way to the next."""
    rules, place = history.rules, history.wanted
    first = _first_day(history, place, known, vaccines, today)
    while (
        (skip := rules[place].skip_at_age) is not None
        and place + 1 < len(rules)
        and max(today, first) >= skip.after(history.born)
    ):
        place += 1
        first = _first_day(history, place, known, vaccines, today)
    return place, first


def _judge(shown: Forecast, rule: Rule, vaccines: Mapping[str, Vaccine], person: Person, today: date) -> Forecast:
    """Say how the next dose stands today."""
    held = _held(rule, vaccines, person)
    first, recommended = shown.earliest or today, shown.recommended or today
    overdue = shown.overdue_on or date.max
    if held is not None:
        return replace(shown, state=HELD, reason=held)
    if rule.kind == "decision":
        words = rule.note or "Decided with the patient."
        return replace(shown, state=LATER if today < first else DECISION, reason=said("{note}", note=words))
    if today >= overdue:
        return replace(shown, state=OVERDUE, reason=said("Overdue since {day}.", day=overdue))
    if today >= recommended:
        return replace(shown, state=DUE, reason=said("Due since {day}.", day=recommended))
    if today >= first:
        why = said("Recommended on {day}; it may be given from {first} on.", day=recommended, first=first)
        return replace(shown, state=LATER, reason=why)
    return replace(shown, state=LATER, reason=said("Not before {first}.", first=first))


def _first_day(
    history: History, place: int, known: Sequence[Given], vaccines: Mapping[str, Vaccine], today: date
) -> date:
    """The first day on which a dose counts: by age and intervals, and apart from other live vaccines."""
    rule = history.rules[place]
    day = earliest(history, place)
    if rule.apart is not None:
        near = [one.on for one in known if rule.apart_from in antigens_of(one.cvx, vaccines) and one.on is not None]
        day = max([day, *(rule.apart.after(one) for one in near)])
    options = usable(rule, vaccines)
    if options and all(one.keeps_distance for one in options):
        for other in known:
            vaccine = vaccines.get(other.cvx or "")
            if vaccine is None or not vaccine.keeps_distance or other.on is None:
                continue
            if rule.antigen not in vaccine.antigens and timedelta(0) < max(day, today) - other.on < LIVE_APART:
                day = other.on + LIVE_APART
    return day


def _dates(rule: Rule, history: History, first: date, today: date) -> tuple[date, date]:
    """When a dose is recommended, and since when it is overdue; who is behind goes by the shortest intervals."""
    born = history.born
    by_age = None if rule.rec_age is None else rule.rec_age.after(born)
    late_age = None if rule.overdue_age is None else rule.overdue_age.after(born)
    if late_age is None and by_age is not None:
        late_age = by_age + TOLERANCE
    behind = late_age is not None and max(today, first) >= late_age
    wanted = [first]
    if by_age is not None:
        wanted.append(by_age)
    if rule.rec_interval is not None and history.counted and not behind:
        wanted.append(rule.rec_interval.after(history.counted[-1]))
    if rule.every is not None and history.counted:
        wanted.append(rule.every.after(history.counted[-1]))
    recommended = max(wanted)
    overdue = recommended + TOLERANCE
    if rule.overdue_age is not None and late_age is not None:
        overdue = max(late_age, first + TOLERANCE) if first >= late_age else late_age
        overdue = max(overdue, recommended)
    return recommended, overdue


def usable(rule: Rule, vaccines: Mapping[str, Vaccine]) -> list[Vaccine]:
    """The vaccines in use, here or in other countries, by which a dose can be given."""
    return [
        one
        for one in vaccines.values()
        if rule.antigen in one.antigens and one.status == "active" and (not rule.vaccines or one.cvx in rule.vaccines)
    ]


def _held(rule: Rule, vaccines: Mapping[str, Vaccine], person: Person) -> Said | None:
    """Why no vaccine at all can be given now."""
    options = usable(rule, vaccines)
    reasons = [why_avoided(one, person) for one in options]
    return reasons[0] if reasons and all(reasons) else None


def _seasonal(
    series: Sequence[tuple[Rule, ...]],
    doses: Sequence[Given],
    vaccines: Mapping[str, Vaccine],
    person: Person,
    born: date,
    today: date,
) -> Forecast:
    chosen = next((one for one in series if _meant_for(one[0], today, born)), None)
    if chosen is None:
        return _outside_every_age(series, doses, born, today)
    season = next_of_season(chosen, doses, born, vaccines, today)
    shown = Forecast(
        chosen[0].antigen,
        chosen[0].antigen_name,
        COMPLETE,
        said("Given for this season; again from {day} on.", day=season.again),
        chosen[0].series,
        number=season.number,
        of=season.needed,
        given=season.counted,
        earliest=season.earliest,
        recommended=season.recommended,
        overdue_on=season.overdue_on,
        source=chosen[0].source,
        verdicts=season.verdicts,
    )
    return shown if season.number is None else _judge(shown, chosen[0], vaccines, person, today)


def _refused(
    antigen: str, declined: Iterable[Declined], shown: Forecast, vaccines: Mapping[str, Vaccine]
) -> Declined | None:
    """The last refusal that no dose came after."""
    given = max((one.dose.on for one in shown.verdicts if one.state in COUNTS and one.dose.on), default=date.min)
    own = [one for one in declined if antigen in antigens_of(one.cvx, vaccines) and (one.on or date.min) >= given]
    return max(own, key=lambda one: one.on or date.min, default=None)
