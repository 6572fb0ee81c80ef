"""What the page Reports decides: what is asked, which answer still counts, how much of it is shown. No Qt."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.report_query import NAME, Definition
from clinic_desktop.domain.reporting import Asked, Group, Report, Row
from clinic_desktop.domain.reporting_behind import Opening, opening
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.shell.patients import patient_screen
from clinic_desktop.gui.tasks import Tasks, WriteReport
from clinic_desktop.services import report_queries, reporting
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.numbers import patient_by_mrn
from clinic_desktop.services.report_queries import SavedQuery
from clinic_desktop.services.reporting import Run, Stopped
from clinic_desktop.services.reporting_behind import Thing, open_behind

# More rows are read by nobody on a screen; a file holds them all.
MOST_SHOWN = 20_000
PRESETS = ("today", "week", "month", "year")
Choices = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass
class Reading:
    """A report as it is being read by a worker; the window looks at it now and then."""

    asked: Asked
    run: Run | None = None
    rows: list[Row] = field(default_factory=list)
    count: int = 0
    lines: tuple[Row, ...] = ()
    done: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)

    def take(self, rows: Sequence[Row]) -> None:
        """Take some rows."""
        self.count += len(rows)
        self.rows.extend(rows[: MOST_SHOWN - len(self.rows)])

    def totals(self, rows: int, lines: tuple[Row, ...]) -> None:
        """Take the totals."""
        self.count, self.lines = rows, lines


@dataclass
class Things:
    """The rows behind one number, as they are being read by a worker."""

    title: str
    how: Opening
    currency: str
    rows: list[Thing] = field(default_factory=list)
    count: int = 0
    people: int = 0
    sum: int = 0
    done: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)

    def take(self, thing: Thing) -> None:
        """Take one row."""
        self.count += 1
        self.sum += thing.amount
        self.people = max(self.people, thing.person)
        if self.count <= MOST_SHOWN:
            self.rows.append(thing)


@dataclass
class Writing:
    """A file as it is being written by another process."""

    form: str
    path: Path | None
    rows: int = 0
    done: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)

    def tell(self, rows: int) -> None:
        """Note how many rows it has."""
        self.rows = rows


class View(Protocol):
    """What the presenter asks of the view."""

    def show_reports(self, reports: tuple[Report, ...], chosen: Report) -> None: ...  # noqa: D102
    def show_question(self, report: Report, asked: Asked, choices: Choices) -> None: ...  # noqa: D102
    def show_reading(self, reading: Reading) -> None: ...  # noqa: D102
    def show_things(self, things: Things) -> None: ...  # noqa: D102
    def show_writing(self, writing: Writing) -> None: ...  # noqa: D102
    def show_problem(self, error: Exception) -> None: ...  # noqa: D102
    def show_kept(self, kept: tuple[SavedQuery, ...]) -> None: ...  # noqa: D102
    def restore_query(self, draft: Mapping[str, object]) -> None: ...  # noqa: D102
    def query_saved(self) -> None: ...  # noqa: D102


class ReportsPresenter:
    """The thinking of the page."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View, today: date, write: WriteReport) -> None:
        self._desk, self._tasks, self._view, self._write = desk, tasks, view, write
        self.writing: Writing | None = None
        self.things: Things | None = None
        self._told_things = -1
        self.reports = reporting.reports_for(desk)
        self.report = self.reports[0]
        first, last = preset("month", today)
        self.asked = Asked(self.report.name, first, last)
        self.reading: Reading | None = None
        self._told = -1

    def open(self, name: str, patient_id: str) -> None:
        """Show the list and one report; without a name the one that was shown last."""
        wanted = next((one for one in self.reports if one.name == name), self.report)
        if wanted.about_patient and not patient_id:
            patient_id = self.asked.patient_id or ""
        self._view.show_reports(self.reports, wanted)
        if wanted is not self.report or self.reading is None or patient_id:
            self.choose(wanted, patient_id)

    def choose(self, report: Report, patient_id: str = "") -> None:
        """Turn to another report over the same days."""
        group = self.asked.group if report.grouped else Group.NONE
        self.report = report
        self.asked = Asked(report.name, self.asked.first, self.asked.last, group, patient_id or None)
        desk, name = self._desk, report.name

        def arrived(choices: Choices) -> None:
            if name == self.report.name:
                self._view.show_question(self.report, self.asked, choices)
                self.ask(self.asked)

        self._tasks.query("choices", lambda: reporting.filter_choices(desk, name), arrived, self._view.show_problem)

    def ask(self, asked: Asked) -> None:
        """Read the report; an older question is stopped, and its answer never shown."""
        self.cancel()
        self.close_things()
        self.asked = asked
        if self.report.about_patient and asked.patient_id is None:
            self.reading, self._told = None, -1
            return
        reading = self.reading = Reading(asked)
        self._told = -1
        desk = self._desk

        def work() -> Reading:
            reading.run = report_queries.open_any(desk, asked)
            reading.run.into(reading, lambda: reading.stopped.is_set() or self._tasks.closed)
            reading.done = True
            return reading

        self._tasks.query("report", work, self._arrived, self._failed)

    def tick(self) -> bool:
        """Show what has come meanwhile; whether more is to come."""
        reading, things = self.reading, self.things
        if things is not None and things.count != self._told_things:
            self._told_things = things.count
            self._view.show_things(things)
        if things is not None and not things.done and not things.stopped.is_set():
            return True
        if reading is None or reading.run is None:
            return reading is not None and not reading.stopped.is_set()
        if reading.count != self._told and not reading.stopped.is_set():
            self._told = reading.count
            self._view.show_reading(reading)
        return not reading.done and not reading.stopped.is_set()

    @property
    def may_query(self) -> bool:
        """Whether this role puts queries together."""
        return self._desk.may("report_queries.open_query")

    def begin_query(self) -> None:
        """Turn to the query that is being put together."""
        self.cancel()
        self.close_things()
        self.reading, self._told = None, -1
        self.report = Report(NAME, "", "", (), frozenset(), grouped=False)
        self.asked = replace(self.asked, name=NAME, group=Group.NONE, patient_id=None, only=(), definition="")
        desk = self._desk
        self._tasks.query("kept", lambda: report_queries.kept_queries(desk), self._view.show_kept)
        KeptDraft(desk, self._tasks, "reports.query").recall(self._view.restore_query)

    def keep_query(self, fields: dict[str, str]) -> None:
        """Keep what is being put together."""
        KeptDraft(self._desk, self._tasks, "reports.query").keep(fields)

    def run_query(self, definition: Definition) -> None:
        """Ask a query."""
        try:
            asked = report_queries.asked_query(definition.text(), self.asked.last)
        except Refusal as refused:
            self._view.show_problem(refused)
            return
        self.ask(asked)

    def save_query(self, definition: Definition) -> None:
        """Keep a query under its name."""
        desk = self._desk.once(draft=KeptDraft(self._desk, self._tasks, "reports.query").key)

        def saved(_id: str) -> None:
            self._view.query_saved()
            self._tasks.query("kept", lambda: report_queries.kept_queries(desk), self._view.show_kept)

        text = definition.text()
        self._tasks.change(lambda: report_queries.save_query(desk, text), saved, self._view.show_problem)

    def about(self, mrn: str) -> None:
        """Ask about the patient with this record number."""
        desk = self._desk

        def found(patient_id: str) -> None:
            self.ask(replace(self.asked, patient_id=patient_id))

        self._tasks.query("patient", lambda: patient_by_mrn(desk, mrn), found, self._view.show_problem)

    def cancel(self) -> bool:
        """Stop reading; whether anything was being read."""
        reading = self.reading
        if reading is None or reading.done or reading.stopped.is_set():
            return False
        reading.stopped.set()
        return True

    def open_things(self, column: str, row: Row, title: str, *, total: bool = False) -> bool:
        """Read the rows behind a number; False where it counts nothing."""
        how = opening(self.report, column)
        if how is None:
            return False
        self.close_things()
        places = {one.name: place for place, one in enumerate(self.report.made(self.asked.group))}
        currency = str(row[places["currency"]] or "") if "currency" in places else ""
        things = self.things = Things(title, how, currency)
        self._told_things = -1
        desk, asked = self._desk, self.asked

        def work() -> Things:
            run = open_behind(desk, asked, column, row, total=total)
            for thing in run.things(lambda: things.stopped.is_set() or self._tasks.closed):
                things.take(thing)
            things.done = True
            return things

        def arrived(read: Things) -> None:
            if read is self.things:
                self._told_things = read.count
                self._view.show_things(read)

        def failed(error: Exception) -> None:
            if not isinstance(error, Stopped):
                self.things = None
                self._view.show_problem(error)

        self._view.show_things(things)
        self._tasks.query("behind", work, arrived, failed)
        return True

    def close_things(self) -> None:
        """Nobody looks behind the number any more."""
        if self.things is not None:
            self.things.stopped.set()
        self.things = None

    @property
    def patient_screen(self) -> str:
        """Where the patient of a row is opened by this role."""
        return patient_screen(self._desk.session.role)

    def export(self, form: str, path: Path) -> bool:
        """Write the report that is shown to a file; False while another is being written."""
        if self.writing is not None and not self.writing.done:
            return False
        writing = self.writing = Writing(form, path)
        asked, write = self.asked, self._write

        def work() -> int:
            return write(asked, path, form, tell=writing.tell, stop=lambda: self._given_up(writing)).rows

        def written(rows: int) -> None:
            writing.rows, writing.done = rows, True
            self._view.show_writing(writing)

        def failed(error: Exception) -> None:
            writing.done = True
            if isinstance(error, Stopped):
                writing.stopped.set()
                self._view.show_writing(writing)
                return
            self.writing = None
            self._view.show_problem(error)

        self._view.show_writing(writing)
        self._tasks.query("export", work, written, failed)
        return True

    def stop_writing(self) -> None:
        """Write no further: no file is left."""
        if self.writing is not None:
            self.writing.stopped.set()

    def paper(self) -> bytes:
        """The report on paper, made by another process; for a worker."""
        asked, nobody = self.asked, threading.Event()
        return self._write(asked, None, "pdf", tell=lambda _rows: None, stop=nobody.is_set).content

    def _given_up(self, writing: Writing) -> bool:
        return writing.stopped.is_set() or self._tasks.closed

    def _arrived(self, reading: Reading) -> None:
        if reading is self.reading:
            self._told = reading.count
            self._view.show_reading(reading)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Stopped):
            if self.reading is not None:
                self._view.show_reading(self.reading)
            return
        self.reading = None
        self._view.show_problem(error)


def preset(name: str, today: date) -> tuple[date, date]:
    """The days of a word; a period that goes on ends today."""
    first = {
        "today": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }[name]
    return first, today


def preset_of(asked: Asked, today: date) -> str:
    """Which word the days are; empty where none is."""
    days = (asked.first, asked.last)
    return next((name for name in ("month", "week", "today", "year") if preset(name, today) == days), "")
