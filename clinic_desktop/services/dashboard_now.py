"""How things stand this minute: the queue, the laboratory, the pharmacy and the money, in numbers that name nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from clinic_desktop.clock import from_text, local_midnight, to_text
from clinic_desktop.domain.reporting import Group, ratio
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.patients import today
from clinic_desktop.services.reporting_words import written
from clinic_desktop.services.shelf import levels_of

TURNAROUND_DAYS = 28


@dataclass(frozen=True)
class QueueNow:
    """The queue: who waits and since when the longest, how many of them are pressing; `wait` is today's mean so far.

    Tenths of a minute, over `called` check-ins; None where nobody was called yet.
    """

    waiting: int
    pressing: int
    longest_since: datetime | None
    called: int
    seen_now: int
    wait: int | None
    called_today: int


@dataclass(frozen=True)
class LaboratoryNow:
    """The laboratory: tests at each stage, critical results nobody was told of, and order to release in tenths of
    a minute, its mean of today and of the four weeks before.
    """

    to_collect: int
    to_enter: int
    to_release: int
    oldest_since: datetime | None
    critical: int
    turnaround: int | None
    released: int
    usual: int | None
    usual_released: int


@dataclass(frozen=True)
class PharmacyNow:
    """The pharmacy: prescriptions that wait, and products to order, with stock that expires within 90 days, or has."""

    waiting: int
    longest_since: datetime | None
    to_order: int
    expiring: int
    expired: int


@dataclass(frozen=True)
class Owed:
    """What is owed in one currency, in minor units, by the age of its invoices in days, and how many there are."""

    currency: str
    to_30: int
    to_60: int
    to_90: int
    over_90: int
    owed: int
    invoices: int


@dataclass(frozen=True)
class MoneyNow:
    """Today's takings by method and currency, in minor units, and what is owed at the end of today."""

    taken: tuple[tuple[str, str, int], ...]
    owed: tuple[Owed, ...]


_QUEUE: Final = """
    SELECT (SELECT count(*) FROM queue_entries WHERE status = 'waiting') AS waiting,
           (SELECT count(*) FROM queue_entries WHERE status = 'waiting' AND priority <> 'routine') AS pressing,
           (SELECT min(checked_in_at) FROM queue_entries WHERE status = 'waiting') AS longest,
           (SELECT count(*) FROM queue_entries WHERE status = 'called') AS called,
           (SELECT count(*) FROM queue_entries WHERE status = 'in_consultation') AS seen_now,
           count(wait) AS number, coalesce(sum(wait), 0) AS seconds
    FROM (SELECT SECONDS(q.checked_in_at, q.begun_at) AS wait
          FROM (SELECT q.checked_in_at, coalesce(q.called_at, e.started_at) AS begun_at
                FROM queue_entries q LEFT JOIN encounters e ON e.id = q.encounter_id
                WHERE q.checked_in_at >= :from_at AND q.checked_in_at < :to_at) q)
"""

_STAGES: Final = """
    SELECT t.status AS status, count(*) AS number, min(o.ordered_at) AS since
    FROM lab_order_tests t JOIN lab_orders o ON o.id = t.order_id
    WHERE t.status IN ('ordered', 'collected', 'resulted') GROUP BY 1
"""

_CRITICAL: Final = """
    SELECT count(*) FROM lab_results r WHERE r.flag IN ('LL', 'HH') AND r.status <> 'superseded'
      AND NOT EXISTS (SELECT 1 FROM callbacks c WHERE c.result_id = r.id)
"""

# The first result of a test alone, as the report about turnaround counts it.
_TURNAROUND: Final = """
    SELECT count(*) AS number, coalesce(sum(SECONDS(o.ordered_at, r.released_at)), 0) AS seconds
    FROM lab_results r JOIN lab_order_tests t ON t.id = r.order_test_id JOIN lab_orders o ON o.id = t.order_id
    WHERE r.released_at >= :from_at AND r.released_at < :to_at
      AND NOT EXISTS (SELECT 1 FROM lab_results q WHERE q.order_test_id = r.order_test_id AND (
          q.released_at < r.released_at OR q.released_at = r.released_at AND q.rowid_ < r.rowid_))
"""

_DISPENSING: Final = """
    SELECT count(*) AS number, min(signed_at) AS since FROM prescriptions
    WHERE status IN ('signed', 'preparing', 'prepared', 'partly_dispensed') AND pharmacy_id IS NULL
"""

_TAKEN: Final = """
    SELECT method, currency, sum(CASE WHEN kind = 'refund' THEN -amount ELSE amount END) AS amount
    FROM payments WHERE paid_at >= :from_at AND paid_at < :to_at GROUP BY 1, 2 ORDER BY 2, 1
"""

_OWED: Final = """
    WITH owed AS MATERIALIZED (
        SELECT l.invoice_id AS invoice_id, l.account AS account, sum(l.amount) AS amount FROM ledger l
        WHERE l.account IN ('receivable.patient', 'receivable.insurer') AND l.posted_at < :to_at
        GROUP BY 1, 2 HAVING sum(l.amount) <> 0
    ), aged AS (
        SELECT i.currency AS currency, o.amount AS amount, i.id AS invoice,
               CAST(julianday(:today) - julianday(DAY(i.issued_at)) AS INTEGER) AS days
        FROM owed o JOIN invoices i ON i.id = o.invoice_id
    )
    SELECT currency, sum(CASE WHEN days <= 30 THEN amount ELSE 0 END) AS to_30,
           sum(CASE WHEN days BETWEEN 31 AND 60 THEN amount ELSE 0 END) AS to_60,
           sum(CASE WHEN days BETWEEN 61 AND 90 THEN amount ELSE 0 END) AS to_90,
           sum(CASE WHEN days > 90 THEN amount ELSE 0 END) AS over_90, sum(amount) AS owed,
           count(DISTINCT invoice) AS invoices
    FROM aged GROUP BY 1 ORDER BY 1
"""


@query
def queue_now(read: Read) -> QueueNow:
    """How the queue stands."""
    row = _one(read, _QUEUE, _today(read))
    return QueueNow(
        row.waiting, row.pressing, _instant(row.longest), row.called, row.seen_now,
        ratio(row.seconds, row.number, 1, 6), row.number,
    )  # fmt: skip


@query
def laboratory_now(read: Read) -> LaboratoryNow:
    """How the laboratory stands."""
    stages = {row.status: row for row in read.conn.execute(text(_STAGES))}
    number = {status: row.number for status, row in stages.items()}
    oldest = min((row.since for row in stages.values()), default=None)
    critical = read.conn.execute(text(_CRITICAL)).scalar_one()
    now = _one(read, _TURNAROUND, _today(read))
    day = today(read)
    before = {"from_at": local_midnight(day - timedelta(days=TURNAROUND_DAYS)), "to_at": local_midnight(day)}
    then = _one(read, _TURNAROUND, {name: to_text(at) for name, at in before.items()})
    return LaboratoryNow(
        number.get("ordered", 0), number.get("collected", 0), number.get("resulted", 0), _instant(oldest), critical,
        ratio(now.seconds, now.number, 1, 6), now.number, ratio(then.seconds, then.number, 1, 6), then.number,
    )  # fmt: skip


@query
def pharmacy_now(read: Read) -> PharmacyNow:
    """How the pharmacy stands."""
    row = _one(read, _DISPENSING, {})
    levels = levels_of(read.conn, today(read))
    return PharmacyNow(
        row.number, _instant(row.since), sum(level.level != "good" for level in levels),
        sum(level.expiring > 0 for level in levels), sum(level.expired > 0 for level in levels),
    )  # fmt: skip


@query
def money_now(read: Read) -> MoneyNow:
    """What was taken today, and what is owed."""
    asked = _today(read)
    taken = read.conn.execute(text(_TAKEN), asked).all()
    owed = read.conn.execute(text(written(_OWED, Group.NONE)), {**asked, "today": today(read).isoformat()}).all()
    return MoneyNow(tuple((row.method, row.currency, row.amount) for row in taken), tuple(Owed(*row) for row in owed))


def _one(read: Read, statement: str, asked: dict[str, str]) -> Any:
    return read.conn.execute(text(written(statement, Group.NONE)), asked).one()


def _today(read: Read) -> dict[str, str]:
    day = today(read)
    return {"from_at": to_text(local_midnight(day)), "to_at": to_text(local_midnight(day + timedelta(days=1)))}


def _instant(at: str | None) -> datetime | None:
    return None if at is None else from_text(at)
