"""What a dashboard counts for each role, under which report's formula, and what it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

WEEKS = 8  # a day is compared with so many of the same weekday before it
DAYS_SHOWN = 28  # whole weeks, so that each day stands beside the same weekday of the four weeks before
WEEKS_SHOWN = 12
DAY, WEEK = "day", "week"


@dataclass(frozen=True)
class Measure:
    """One number of a day: `formula` in words, the reports it is read from for whoever may run them, else a page.

    `own` says whose a doctor's are: a doctor sees their own alone.
    """

    key: str
    title: str
    formula: str
    reports: tuple[str, ...]
    screen: str
    own: bool = False
    is_money: bool = False
    is_planned: bool = False  # what comes later today is counted already


MEASURES: dict[str, Measure] = {
    one.key: one
    for one in (
        Measure("arrived", "Checked in", "Check-ins of the day.", ("queue-analytics",), "queue"),
        Measure("visits", "Visits", "Visits begun on the day, without void ones and those made elsewhere.",
                ("doctor-performance",), "queue", own=True),
        Measure("appointments", "Appointments", "Appointments that begin on the day: booked - cancelled - missed.",
                ("appointment-utilization",), "schedule", own=True, is_planned=True),
        Measure("missed", "Missed appointments", "Appointments of the day whose patient did not come.",
                ("appointment-utilization",), "schedule", own=True),
        Measure("registered", "New patients", "Registered on the day, merged registrations once.",
                ("patient-demographics",), "reception"),
        Measure("prescribed", "Prescriptions", "Prescriptions signed on the day, not cancelled.",
                ("doctor-performance",), "pharmacy", own=True),
        Measure("ordered", "Laboratory orders", "Laboratory orders of the day, not cancelled.",
                ("doctor-performance",), "laboratory", own=True),
        Measure("released", "Tests released", "Tests whose first result was released on the day.",
                ("laboratory-turnaround",), "laboratory"),
        Measure("handed_out", "Hand-outs", "Medicines handed out on the day and not taken back.",
                ("drug-consumption",), "pharmacy"),
        Measure("taken", "Money taken", "Payments of the day less what was given back, for each currency.",
                ("revenue-analysis", "cashier-day-end"), "billing", is_money=True),
    )
}  # fmt: skip

# What each role sees of a day, and which other cards, in the order in which they stand.
MEASURES_OF: dict[str, tuple[str, ...]] = {
    "doctor": ("arrived", "visits", "appointments", "prescribed", "ordered"),
    "nurse": ("arrived", "visits", "registered"),
    "front_desk": ("arrived", "appointments", "missed", "registered"),
    "pharmacist": ("prescribed", "handed_out"),
    "laboratory": ("ordered", "released"),
    "cashier": ("taken",),
    "administrator": tuple(MEASURES),
}
CARDS_OF: dict[str, tuple[str, ...]] = {
    "doctor": ("queue", "laboratory", "quality"),
    "nurse": ("queue", "laboratory", "quality"),
    "front_desk": ("queue",),
    "pharmacist": ("pharmacy",),
    "laboratory": ("laboratory",),
    "cashier": ("money",),
    "administrator": ("queue", "laboratory", "pharmacy", "money", "quality", "sync", "jobs", "speed"),
}


def same_weekdays(today: date, begun_on: date | None) -> tuple[date, ...]:
    """The days that a day is compared with, the newest first: none of before the clinic began."""
    days = (today - timedelta(weeks=week) for week in range(1, WEEKS + 1))
    return tuple(day for day in days if begun_on is not None and day >= begun_on)


def usual(values: Sequence[int]) -> float | None:
    """The middle one of some days, the mean of the middle two of an even number; None of no days."""
    return float(median(values)) if values else None


@dataclass(frozen=True)
class Bucket:
    """A day or a week of a trend and the one it is compared with; the last days are counted in."""

    first: date
    last: date
    before_first: date
    before_last: date


def buckets(today: date, by: str) -> tuple[Bucket, ...]:
    """The whole days up to yesterday, or the whole weeks up to last Sunday, each with the one of the period before."""
    if by == WEEK:
        monday = today - timedelta(days=today.weekday())
        starts = [monday - timedelta(weeks=week) for week in range(WEEKS_SHOWN, 0, -1)]
        length, back = timedelta(days=6), timedelta(weeks=WEEKS_SHOWN)
    else:
        starts = [today - timedelta(days=day) for day in range(DAYS_SHOWN, 0, -1)]
        length, back = timedelta(0), timedelta(days=DAYS_SHOWN)
    return tuple(Bucket(first, first + length, first - back, first - back + length) for first in starts)


# The scale on which openings of a screen are counted, in milliseconds: five steps for each ten times.
SCALE = (10, 16, 25, 40, 63, 100, 160, 250, 400, 630, 1000, 1600, 2500, 4000, 6300, 10_000, 60_000)


def within(milliseconds: float) -> int:
    """The step of the scale that a time falls into, by its upper edge; the last one takes all that is slower."""
    return next((edge for edge in SCALE if milliseconds <= edge), SCALE[-1])


def nearest(counts: Sequence[tuple[int, int]], share: int) -> int | None:
    """The edge that a share of a hundred openings did not exceed (nearest rank), of pairs of edge and number."""
    whole = sum(number for _edge, number in counts)
    rank, passed = -(-share * whole // 100), 0
    for edge, number in sorted(counts):
        passed += number
        if number and passed >= rank:
            return edge
    return None
