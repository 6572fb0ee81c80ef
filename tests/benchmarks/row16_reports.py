"""Row 16: each report of the busy clinic, its first row against the same SQL by hand, and all of it on screen."""

import contextlib
import statistics
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from clinic_desktop.domain.reporting import Asked, Group
from clinic_desktop.domain.reporting import Row as ReportRow
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.services.reporting import QUESTIONS, Held, Run, facts_of, open_report
from clinic_desktop.services.reporting_words import written
from clinic_desktop.store.engine import Store
from tests.benchmarks import busy
from tests.benchmarks.figures import Row, in_turn

FIRST, LAST = date(2025, 11, 20), date(2026, 11, 19)


class _EnoughError(Exception):
    """One row was asked for."""


class _First:
    """A taker that wants one row."""

    def take(self, rows: Sequence[ReportRow]) -> None:
        raise _EnoughError(len(rows))

    def totals(self, rows: int, lines: tuple[ReportRow, ...]) -> None:
        pass


def rows(*, full: bool) -> list[Row]:
    """A year by month (or as a whole), the first row in turn with the bare statement, then all of it."""
    store, desk = busy.opened(busy.made())
    found = []
    for name, report in REPORTS.items():
        if report.about_patient:
            continue
        group = Group.MONTH if report.grouped else Group.NONE
        run = open_report(desk, Asked(name, FIRST, LAST, group))
        ours, floor, whole = in_turn(
            9 if full else 3, partial(_first, run), partial(_by_hand, store, run), partial(_all, run)
        )
        found += [
            Row(16, f"{name}, first row", statistics.median(ours), statistics.median(floor), most=1.3),
            Row(16, f"{name}, on screen", statistics.median(whole), limit=2000),
        ]
    store.close()
    return found


def _first(run: Run) -> None:
    with contextlib.suppress(_EnoughError):
        run.into(_First())


def _all(run: Run) -> None:
    run.into(Held())


def _by_hand(store: Store, run: Run) -> None:
    statement = written(QUESTIONS[run.asked.name].rows, run.asked.group)
    with store.read() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(statement, facts_of(connection, run.asked, run.made_at)).fetchone()
