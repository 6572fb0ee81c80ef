"""A patient's account over a period: where it began, each movement with its balance, how old what is owed is.

Integer minor units throughout, one account for each currency. Ages are counted from the day of the invoice, in the same
thirty days as the report of receivables.
"""

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from clinic_desktop.domain.refusals import Refusal

# The most days of each bucket; the last has no end.
BUCKETS = (30, 60, 90)
_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, repr=False)
class Movement:
    """One movement of what a patient owes: more where positive; `invoice` is the one that it is about."""

    on: date
    kind: str
    number: str
    detail: str
    amount: int
    currency: str
    invoice: str


@dataclass(frozen=True, repr=False)
class StatementLine:
    """A movement with what was owed after it."""

    movement: Movement
    balance: int


@dataclass(frozen=True, repr=False)
class Account:
    """The account in one currency: `ageing` sums what is owed by age, `credit` what is owed to the patient (<= 0)."""

    currency: str
    opening: int
    lines: tuple[StatementLine, ...]
    closing: int
    ageing: tuple[int, ...]
    credit: int

    @property
    def charged(self) -> int:
        """All that was added in the period."""
        return sum(line.movement.amount for line in self.lines if line.movement.amount > 0)

    @property
    def credited(self) -> int:
        """All that was taken off in the period, as an amount below zero."""
        return sum(line.movement.amount for line in self.lines if line.movement.amount < 0)


def accounts(
    movements: Iterable[Movement], issued: dict[str, date], first: date | None, last: date
) -> tuple[Account, ...]:
    """The account of each currency from one day to another, both of them in it; `issued` is the day of each invoice.

    Movements come in the order in which they were made.
    """
    known = [each for each in movements if each.on <= last]
    currencies = dict.fromkeys(each.currency for each in known)
    return tuple(
        _account(currency, [each for each in known if each.currency == currency], issued, first, last)
        for currency in sorted(currencies)
    )


def _account(
    currency: str, known: Sequence[Movement], issued: dict[str, date], first: date | None, last: date
) -> Account:
    opening = sum(each.amount for each in known if first is not None and each.on < first)
    balance, lines = opening, []
    for each in known:
        if first is None or each.on >= first:
            balance += each.amount
            lines.append(StatementLine(each, balance))
    owed: dict[str, int] = {}
    for each in known:
        owed[each.invoice] = owed.get(each.invoice, 0) + each.amount
    ageing = [0] * (len(BUCKETS) + 1)
    for invoice, amount in owed.items():
        if amount > 0:
            days = (last - issued[invoice]).days
            ageing[sum(days > most for most in BUCKETS)] += amount
    credit = sum(amount for amount in owed.values() if amount < 0)
    return Account(currency, opening, tuple(lines), balance, tuple(ageing), credit)


def period(text: str | None, today: date) -> tuple[date | None, date]:
    """First and last day of ``2026``, ``2026-09``, ``2026-09-14`` or two with ``..`` between; else all until today.

    Raises Refusal where it is none of these, or ends before it begins.
    """
    if text is None or not text.strip():
        return None, today
    begins, _dots, ends = text.strip().partition("..")
    first, last = _days(begins)[0], _days(ends or begins)[1]
    if last < first:
        raise Refusal("The last day is before the first.", field="number")
    # What is still to come is on no account yet.
    return first, min(last, max(today, first))


def _days(text: str) -> tuple[date, date]:
    found = _PERIOD.fullmatch(text.strip())
    wrong = Refusal("Write a year, a month or a day: 2026, 2026-09, 2026-09-01..2026-09-14.", field="number")
    if found is None:
        raise wrong
    year, month, on = (int(part) if part else 0 for part in found.groups())
    try:
        if on:
            return date(year, month, on), date(year, month, on)
        if month:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError as error:
        raise wrong from error
