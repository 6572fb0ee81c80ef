"""The numbers of today against usual, and their trends: one grouped statement each, found by the index over its day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select, text

from clinic_desktop.clock import from_text, local_midnight, to_text
from clinic_desktop.domain import dashboard as rules
from clinic_desktop.domain.dashboard import MEASURES, MEASURES_OF
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.patients import today
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("counted",)


@dataclass(frozen=True)
class TodayNumber:
    """A number of today so far; `by_now` and `usual` are the medians of `days` earlier days, up to now and whole.

    What is planned has no `by_now`: what comes later today is counted already. Money is in minor units of `currency`.
    """

    key: str
    value: int
    by_now: float | None
    usual: float | None
    days: int
    currency: str = ""


@dataclass(frozen=True)
class TrendBar:
    """A day or week of a trend; the last days are counted in."""

    first: date
    last: date
    value: int
    before_first: date
    before_last: date
    before: int


@dataclass(frozen=True)
class Trend:
    """A number over time beside the period before; `others` are the currencies that are not shown.

    `begun_on` is the day on which the clinic began, None where nobody was registered yet.
    """

    key: str
    by: str
    bars: tuple[TrendBar, ...]
    total: int
    before: int
    currency: str = ""
    others: tuple[str, ...] = ()
    begun_on: date | None = None


@dataclass(frozen=True)
class _Source:
    """Where a measure is counted: the table, the instant, what counts, whose it is, and how much each row is."""

    table: str
    at: str
    where: str = "1"
    owner: str = ""
    amount: str = "1"
    currency: str = "''"


# Each says what the report of its measure says, of one day.
_SOURCES: Final[Mapping[str, _Source]] = {
    "arrived": _Source("queue_entries", "checked_in_at"),
    "visits": _Source(
        "encounters", "started_at", "x.status NOT IN ('void', 'outside') AND x.practitioner_id IS NOT NULL",
        "practitioner_id",
    ),
    "appointments": _Source(
        "appointments", "starts_at", "x.status IN ('booked', 'arrived', 'completed')", "practitioner_id"
    ),
    "missed": _Source("appointments", "starts_at", "x.status = 'no_show'", "practitioner_id"),
    "registered": _Source(
        "patients", "registered_at",
        "x.merged_into IS NULL AND (x.deceased_on IS NULL OR x.deceased_on > d.value ->> 3)",
    ),
    "prescribed": _Source("prescriptions", "signed_at", "x.status <> 'cancelled'", "prescriber_id"),
    "ordered": _Source("lab_orders", "ordered_at", "x.status <> 'cancelled'", "ordered_by"),
    "released": _Source(
        "lab_results", "released_at",
        "NOT EXISTS (SELECT 1 FROM lab_results q WHERE q.order_test_id = x.order_test_id AND (q.released_at < "
        "x.released_at OR q.released_at = x.released_at AND q.rowid_ < x.rowid_))",
    ),
    "handed_out": _Source("dispenses", "dispensed_at", "x.status = 'dispensed'"),
    "taken": _Source(
        "payments", "paid_at", amount="CASE WHEN x.kind = 'refund' THEN -x.amount ELSE x.amount END",
        currency="x.currency",
    ),
}  # fmt: skip

# The days come first and each looks its own rows up in the index: CROSS JOIN keeps that order.
_COUNT = """
    SELECT d.key, {currency}, sum({amount}), sum(CASE WHEN x.{at} < d.value ->> 2 THEN {amount} ELSE 0 END)
    FROM json_each(:spans) d CROSS JOIN {table} x
    WHERE x.{at} >= d.value ->> 0 AND x.{at} < d.value ->> 1 AND ({where}) AND ({owner})
    GROUP BY 1, 2
"""


@query
def today_numbers(read: Read) -> tuple[TodayNumber, ...]:
    """What this role counts of today so far, against the same weekday of the last eight weeks up to the same time."""
    now, day = read.now.astimezone(), today(read)
    days = rules.same_weekdays(day, _begun_on(read.conn))
    spans = [_span(one, one, now) for one in (day, *days)]
    found = []
    for key in MEASURES_OF[read.session.role]:
        counts = counted(read.conn, key, spans, _whose(read, key))
        for currency, values in sorted(counts.items()):
            by_now = None if MEASURES[key].is_planned else rules.usual([so_far for _whole, so_far in values[1:]])
            whole = rules.usual([whole for whole, _so_far in values[1:]])
            found.append(TodayNumber(key, values[0][0], by_now, whole, len(days), currency))
    return tuple(found)


@query
def trend(read: Read, key: str, by: str = rules.DAY, currency: str = "") -> Trend:
    """One number over four weeks by day, or twelve by week, beside the period before. Raises Refusal."""
    if key not in MEASURES_OF[read.session.role]:
        raise Refusal(N_("Your role ({role}) may not do this."), role=read.session.role, act=key)
    if by not in {rules.DAY, rules.WEEK}:
        raise Refusal(N_("A trend goes by day or by week."), field="by")
    made = rules.buckets(today(read), by)
    spans = [_span(one.first, one.last) for one in made]
    spans += [_span(one.before_first, one.before_last) for one in made]
    counts = counted(read.conn, key, spans, _whose(read, key))
    listed = sorted(counts, key=lambda each: (-sum(abs(whole) for whole, _so_far in counts[each]), each))
    shown = currency if currency in counts else listed[0]
    values = [whole for whole, _so_far in counts[shown]]
    bars = tuple(
        TrendBar(one.first, one.last, now, one.before_first, one.before_last, then)
        for one, now, then in zip(made, values[: len(made)], values[len(made) :], strict=True)
    )
    return Trend(
        key, by, bars, sum(bar.value for bar in bars), sum(bar.before for bar in bars), shown,
        tuple(one for one in listed if one != shown), _begun_on(read.conn),
    )  # fmt: skip


def counted(
    conn: Connection, key: str, spans: Sequence[tuple[str, str, str, str]], whose: str | None = None
) -> dict[str, list[tuple[int, int]]]:
    """Of each currency (empty for what is no money), for each span how much there was, and how much up to its moment.

    A span is from, to, the moment, and the last day of it.
    """
    source = _SOURCES[key]
    owner = "1" if whose is None else f"x.{source.owner} = :whose"
    statement = _COUNT.format(
        table=source.table, at=source.at, where=source.where, owner=owner, amount=source.amount,
        currency=source.currency,
    )  # fmt: skip
    rows = conn.execute(text(statement), {"spans": json.dumps(spans), "whose": whose})
    found: dict[str, list[tuple[int, int]]] = {}
    for place, currency, whole, so_far in rows:
        found.setdefault(currency, [(0, 0)] * len(spans))[int(place)] = (whole, so_far)
    return found or {"": [(0, 0)] * len(spans)}


def _whose(read: Read, key: str) -> str | None:
    return read.session.staff_id if read.session.role == "doctor" and MEASURES[key].own else None


def _begun_on(conn: Connection) -> date | None:
    """The day on which somebody was registered first: the clinic is not compared with days before it."""
    at = conn.execute(select(func.min(patients.c.registered_at))).scalar()
    return None if at is None else from_text(at).astimezone().date()


def _span(first: date, last: date, now: datetime | None = None) -> tuple[str, str, str, str]:
    """A stretch of the clinic's own days; with `now`, also the moment of the first day at the same time on the wall."""
    ends = local_midnight(last + timedelta(days=1))
    at = ends if now is None else datetime.fromtimestamp(datetime.combine(first, now.time()).timestamp(), UTC)
    return to_text(local_midnight(first)), to_text(ends), to_text(at), last.isoformat()
