"""Running a report: who may, a row in the access log before the first value, and rows that are never held together."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, select
from sqlcipher3 import dbapi2

from clinic_desktop.clock import local_midnight, new_id, to_text
from clinic_desktop.domain import reporting as rules
from clinic_desktop.domain.patients import show_name
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Asked, Column, Group, Report, Row, Totals, Value
from clinic_desktop.domain.reporting_care import COVERAGE, ICD10_CHAPTERS
from clinic_desktop.domain.reporting_catalogue import REPORTS, report
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import reporting_care, reporting_money, reporting_stores, reporting_work
from clinic_desktop.services.acts import Desk, Read, allow, query
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.reporting_words import Question, written
from clinic_desktop.store.connection import only_reading
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("facts_of", "driver_of")

QUESTIONS: dict[str, Question] = {
    **reporting_work.QUESTIONS,
    **reporting_money.QUESTIONS,
    **reporting_stores.QUESTIONS,
    **reporting_care.QUESTIONS,
}
# How many steps of SQLite pass between two looks at whether anybody wants it to stop: some milliseconds.
_STEPS = 100_000
# How many rows are handed on at once: a file is written many times faster than row by row.
_TOGETHER = 1_000


class Stopped(Exception):  # noqa: N818 - nothing is wrong: somebody asked for it
    """Somebody stopped a report while it was being made."""


class Taker(Protocol):
    """What the rows go to: a file, a paper, a screen."""

    def take(self, rows: Sequence[Row]) -> None:
        """Take the next rows; there is at least one."""
        ...

    def totals(self, rows: int, lines: tuple[Row, ...]) -> None:
        """Take the number of rows and the lines of the totals, after the last row."""
        ...


@dataclass(frozen=True)
class Run:
    """One report that may be run, and has been noted."""

    report: Report
    asked: Asked
    columns: tuple[Column, ...]
    made_at: datetime
    made_by: str
    _desk: Desk
    narrowed: tuple[tuple[str, str], ...] = ()  # to what, in words
    question: Question | None = None  # of a query that somebody put together, with the values bound in it
    more: Mapping[str, str | int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Run({self.report.name})"

    def into(self, taker: Taker, stop: Callable[[], bool] = lambda: False) -> int:
        """Hand every row to the taker as it is read, then the totals; returns how many rows. Raises Stopped."""
        question, totals = self.question or QUESTIONS[self.report.name], Totals(self.columns)
        with self._desk.store.read() as connection:
            facts = {**facts_of(connection, self.asked, self.made_at), **self.more}
            with closing(self._rows(connection, question, facts, stop)) as found:
                for rows in found:
                    totals.add(rows)
                    taker.take(rows)
            known = _whole(connection, question, facts, self.asked)
            taker.totals(totals.rows, totals.lines(known, _("Total")))
        return totals.rows

    def _rows(
        self, connection: Connection, question: Question, facts: Mapping[str, str | int], stop: Callable[[], bool]
    ) -> Generator[list[Row], None, None]:
        driver = driver_of(connection)
        cut = self.report.grouped and self.asked.group is Group.NONE
        with stopping(driver, stop), only_reading(driver):
            cursor = driver.execute(written(question.rows, self.asked.group, dict(self.asked.only)), facts)
            while found := cursor.fetchmany(_TOGETHER):
                _go_on(stop)
                if cut:
                    found = [row[1:] for row in found]
                if question.shape is not None:
                    found = list(map(question.shape, found))
                yield rules.whole_rows(self.columns, found)


@contextmanager
def stopping(driver: Any, stop: Callable[[], bool]) -> Iterator[None]:
    """Let what the database is at work on be cut when somebody asks to stop. Raises Stopped."""
    driver.set_progress_handler(lambda: int(stop()), _STEPS)
    try:
        yield
    except dbapi2.Error:
        _go_on(stop)  # the statement was cut because somebody asked to stop
        raise
    finally:
        driver.set_progress_handler(None, 0)


def _go_on(stop: Callable[[], bool]) -> None:
    if stop():
        raise Stopped


def open_report(desk: Desk, asked: Asked) -> Run:
    """Let a report be run: by this role, over these days; who runs it is in the access log from now on."""
    allow(desk, "reporting.open_report")
    one = report(asked.name)
    if desk.session.role not in one.roles:
        raise Refusal(N_("Your role ({role}) may not do this."), role=desk.session.role, act=asked.name)
    rules.require_days(asked.first, asked.last)
    if not one.grouped and asked.group is not Group.NONE:
        raise Refusal(N_("This report is not grouped by day, week or month."), field="group_by")
    if one.about_patient != (asked.patient_id is not None):
        raise Refusal(
            N_("Say which patient this report is about.") if one.about_patient
            else N_("This report is about no single patient."), field="patient",
        )  # fmt: skip
    narrowed = _narrowed(desk, one, asked)
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        unit.accessed("report", patient=asked.patient_id, subject=one.name, detail=said_of(asked))
    narrowed += _about(desk, asked)
    return Run(one, asked, one.made(asked.group), desk.now, desk.session.display_name, desk, narrowed)


def _about(desk: Desk, asked: Asked) -> tuple[tuple[str, str], ...]:
    """Whom a report is about where it is about one patient: its paper and its file say so."""
    if asked.patient_id is None:
        return ()
    with desk.store.read() as connection:
        row = connection.execute(select(patients).where(patients.c.id == asked.patient_id)).one()
    return ((N_("Patient"), f"{show_name(row.family_name, row.given_names)} · {row.mrn}"),)


def begun(desk: Desk, asked: Asked) -> Run:
    """A report that was opened by this person in another process of this workstation, and noted there."""
    allow(desk, "reporting.open_report")
    one = report(asked.name)
    if desk.session.role not in one.roles:
        raise Refusal(N_("Your role ({role}) may not do this."), role=desk.session.role, act=asked.name)
    who = desk.session.display_name
    narrowed = _narrowed(desk, one, asked) + _about(desk, asked)
    return Run(one, asked, one.made(asked.group), desk.now, who, desk, narrowed)


def said_of(asked: Asked) -> str:
    """What was asked, for the access log."""
    only = [f"{name}={value}" for name, value in asked.only]
    return " ".join([asked.first.isoformat(), asked.last.isoformat(), asked.group.value, *only])


def _narrowed(desk: Desk, one: Report, asked: Asked) -> tuple[tuple[str, str], ...]:
    """What the report is narrowed to, in words. Raises Refusal for what it cannot be narrowed to."""
    if not asked.only:
        return ()
    if len(dict(asked.only)) < len(asked.only) or not set(dict(asked.only)) <= set(one.filters):
        raise Refusal(N_("This report cannot be narrowed to that."), field="only")
    offered = {name: dict(values) for name, values in filter_choices(desk, one.name)}
    for name, value in asked.only:
        if value not in offered[name]:
            raise Refusal(N_("This report cannot be narrowed to that."), field=name)
    return tuple((rules.FILTERS[name], offered[name][value]) for name, value in asked.only)


_CHOICES = {
    "practitioner": "SELECT s.id, NAMED(s) FROM staff s WHERE s.role IN ('doctor', 'nurse') ORDER BY 2, 1",
    "cashier": "SELECT s.id, NAMED(s) FROM staff s WHERE s.role IN ('cashier', 'administrator') ORDER BY 2, 1",
    "insurer": "SELECT DISTINCT coalesce(insurer, ''), coalesce(insurer, 'patients alone') FROM invoices ORDER BY 2",
    "service": 'SELECT value, value FROM json_each(\'["consultation","test","medicine","procedure","other"]\')',
    "sex": 'SELECT value, value FROM json_each(\'["female","male","other","unknown"]\')',
    "priority": 'SELECT value, value FROM json_each(\'["emergency","urgent","routine"]\')',
    "section": "SELECT DISTINCT section, section FROM lab_tests ORDER BY 1",
}


@query
def filter_choices(read: Read, name: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """What a report may be narrowed to: each filter with its values and their words."""
    return tuple(
        (
            one,
            tuple(
                (str(value), str(words))
                for value, words in read.conn.exec_driver_sql(written(_CHOICES[one], Group.NONE))
            ),
        )
        for one in report(name).filters
    )


def reports_for(desk: Desk) -> tuple[Report, ...]:
    """The reports that this role may run."""
    allow(desk, "reporting.reports_for")
    return tuple(one for one in REPORTS.values() if desk.session.role in one.roles)


def facts_of(connection: Connection, asked: Asked, now: datetime) -> dict[str, str]:
    """What every statement may ask for: the period, the moment, the patient's registrations, what the domain lists."""
    people = ids_of(connection, asked.patient_id) if asked.patient_id is not None else ()
    return {
        "from_at": to_text(local_midnight(asked.first)),
        "to_at": to_text(local_midnight(asked.last + timedelta(days=1))),
        "first_on": asked.first.isoformat(),
        "last_on": asked.last.isoformat(),
        "now": to_text(now),
        "today": now.astimezone().date().isoformat(),
        "people": json.dumps(people),
        "chapters": json.dumps(ICD10_CHAPTERS),
        "coverage": json.dumps(COVERAGE),
        **{f"only_{name}": value for name, value in asked.only},
    }


def _whole(
    connection: Connection, question: Question, facts: Mapping[str, str | int], asked: Asked
) -> dict[str, Value]:
    if not question.whole:
        return {}
    cursor = driver_of(connection).execute(written(question.whole, asked.group, dict(asked.only)), facts)
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def driver_of(connection: Connection) -> Any:
    """The connection of the driver, past SQLAlchemy."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has ended")
    return driver


@dataclass
class Held:
    """A taker that keeps every row: for a screen, which asks for few."""

    rows: list[Row] = field(default_factory=list)
    count: int = 0
    lines: tuple[Row, ...] = ()

    def take(self, rows: Sequence[Row]) -> None:
        """Keep some rows."""
        self.rows.extend(rows)

    def totals(self, rows: int, lines: tuple[Row, ...]) -> None:
        """Keep the totals."""
        self.count, self.lines = rows, lines
