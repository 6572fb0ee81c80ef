"""The page Reports as it is seen: the list, the question, the chart, the rows with their totals."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.reporting import Asked, Report
from clinic_desktop.domain.reporting_bars import Bars
from clinic_desktop.domain.reporting_behind import opening
from clinic_desktop.gui.screens.reports.behind import BehindPanel
from clinic_desktop.gui.screens.reports.chart import ChartBox
from clinic_desktop.gui.screens.reports.criteria import Criteria
from clinic_desktop.gui.screens.reports.files import FileStrip, choose_path
from clinic_desktop.gui.screens.reports.grid import Grid, Line
from clinic_desktop.gui.screens.reports.presenter import MOST_SHOWN, Choices, Reading, ReportsPresenter, Things, Writing
from clinic_desktop.gui.screens.reports.query import QueryForm
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.formstack import Side
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Panel, Section, clear_layout, label
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services.report_queries import SavedQuery
from clinic_desktop.services.reporting_behind import Thing

LOOK_MS = 150  # between two looks at what the worker has read
LIST_WIDTH = 216


class ReportsView(ScreenView):
    """Every report of the role that looks."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("reports")
        self._window, self._settings, self._today = context.window, context.settings, context.today
        self.presenter = ReportsPresenter(context.desk, context.tasks, self, context.today(), context.write_report)
        self.list: ListTable[Report] = ListTable(
            "reports.list", [Column[Report]("title", _("Report"), lambda one: _(one.title), 180, stretch=True)],
            key=lambda one: one.name, settings=context.settings,
        )  # fmt: skip
        self.grid: Grid | None = None
        self.criteria: Criteria | None = None
        self.query: QueryForm | None = None
        self._drawn: tuple[object, ...] | None = None
        self._panel = Panel(name="reports.panel")
        self._question = label("", "secondary", name="reports.question", wrap=True)
        self._top = QVBoxLayout()
        self._chart = ChartBox()
        self._place = QVBoxLayout()
        self._measured = Section(_("How it is measured"), folded=True, name="reports.measured")
        self._formulas = label("", "secondary", name="reports.formulas", wrap=True)
        self._said = label("", "secondary", name="reports.said")
        self._stop = LinkButton(_("&Stop reading"), "reports.stop", self._cancel)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._tick)
        self._choose = QTimer(self)
        self._choose.setSingleShot(True)
        self._choose.setInterval(200)
        self._choose.timeout.connect(self._chosen)
        self.behind = BehindPanel(context.settings, self._close_behind)
        self._file = FileStrip(self.presenter.stop_writing)
        # A dialog; whoever drives the page gives a way of their own.
        self.choose_path: Callable[[str, str], Path | None] = partial(choose_path, self)
        self.set_title(_("Reports"))
        self._build()
        for words, form in ((_("P&DF"), "pdf"), (_("&CSV"), "csv"), (_("E&xcel"), "xlsx")):
            self.add_button(words, f"reports.{form}", partial(self._export, form))
        self.add_button(_("&Print"), "reports.print", self._print)
        if self.presenter.may_query:
            self.add_button(_("Build a &query"), "reports.query", self._build_query)

    def _build(self) -> None:
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.selected.connect(lambda _one: self._choose.start())
        formulas = QScrollArea()
        formulas.setWidget(self._formulas)
        formulas.setWidgetResizable(True)
        formulas.setFrameShape(QFrame.Shape.NoFrame)
        formulas.setFixedHeight(128)
        self._formulas.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._measured.body.addWidget(formulas)
        foot = QHBoxLayout()
        foot.addWidget(self._said, 1)
        foot.addWidget(self._stop)
        self._stop.hide()
        self._panel.add(self._question)
        self._panel.body.addLayout(self._top)
        self._panel.add(self._chart)
        self._panel.body.addLayout(self._place, 1)
        self._panel.body.addLayout(foot)
        self._panel.add(self._file)
        self._panel.add(self._measured)
        side = Side()
        side.column.addWidget(self._panel)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.list)
        row.addWidget(side, 5)
        row.addWidget(self.behind, 4)
        self.behind.table.opened.connect(self._open_patient)
        self.behind.table.selected.connect(lambda _thing: self._offer())
        self._chart.bars.opened.connect(self._open_bar)
        self.set_body(body)

    # The shell --------------------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open the page, perhaps at one report; ``patient_id`` is whom it is about."""
        self._window.set_patient(None)
        self.presenter.open(arguments.get("report", ""), arguments.get("patient_id", ""))

    def escape(self) -> bool:
        """Stop what is being read, or close what was opened behind a number."""
        return self._cancel() or self._close_behind()

    def leave(self) -> None:
        """Nobody looks any more: read no further."""
        self.presenter.cancel()

    # What the presenter shows ----------------------------------------------------------------------------

    def show_reports(self, reports: tuple[Report, ...], chosen: Report) -> None:
        """Show the list, with one chosen."""
        quiet = QSignalBlocker(self.list)
        self.list.set_rows(reports)
        self.list.select(chosen.name)
        quiet.unblock()

    def show_question(self, report: Report, asked: Asked, choices: Choices) -> None:
        """Show what a report asks, and where it is narrowed."""
        self._panel.set_title(_(report.title))
        self._question.setText(_(report.question))
        self._close_behind()
        clear_layout(self._top)
        self.query = None
        self.criteria = Criteria(report, asked, choices, self._today)
        self.criteria.asked.connect(self.ask)
        self.criteria.about.connect(self.presenter.about)
        self._top.addWidget(self.criteria)
        told = [f"{_(column.title)}: {_(column.formula)}" for column in report.columns if column.formula]
        more = [_(note) for note in report.notes] + ([report.source] if report.source else [])
        self._formulas.setText("\n".join([*told, *more]))
        self._measured.setVisible(bool(told or more))
        self._show_grid(None)
        self._watch()

    def show_reading(self, reading: Reading) -> None:
        """Show the rows that have come."""
        self._show_grid(reading)
        if self.grid is not None:
            self.grid.show_lines(reading.rows, reading.lines)
        self._show_chart(reading)
        rows = ngettext("{n} row", "{n} rows", reading.count).format(n=f"{reading.count:,}")
        if reading.stopped.is_set() and not reading.done:
            words = _("Stopped after {rows}: there may be more.").format(rows=rows)
        elif not reading.done:
            words = _("Reading … {rows}").format(rows=rows)
        elif reading.count > MOST_SHOWN:
            words = _("{rows}; the first {most} are shown, a file holds all.").format(rows=rows, most=f"{MOST_SHOWN:,}")
        else:
            words = ""
        self._say(words)
        self._stop.setVisible(not reading.done and not reading.stopped.is_set())

    def show_writing(self, writing: Writing) -> None:
        """Show how far a file is, or where it went."""
        self._file.show_writing(writing)
        if not writing.done:
            self._look.start()

    def show_problem(self, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one."""
        self._stop.hide()
        self._say("")
        if self.presenter.writing is None:
            self._file.hide()
        self._window.show_error(error, self.criteria if self.query is None else self.query.form)

    # -----------------------------------------------------------------------------------------------------

    def _show_grid(self, reading: Reading | None) -> None:
        """Make the table for the columns that this question has, where it is another one."""
        run = None if reading is None else reading.run
        wanted = None if run is None else (run.report.name, run.columns)
        if wanted is not None and wanted == self._drawn:
            return
        self._drawn = wanted
        clear_layout(self._place)
        self._chart.hide()
        self.grid = None
        if run is None:
            self._place.addStretch(1)
            return
        empty = _("Nothing was found for these days. Choose others above.")
        self.grid = Grid(f"reports.rows.{run.report.name}", run.columns, self._settings, empty)
        self.grid.opened.connect(self._open_number)
        self.grid.moved.connect(self._offer)
        self._place.addWidget(self.grid)
        self._offer()

    def _show_chart(self, reading: Reading) -> None:
        if reading.run is None or not reading.done or reading.count > MOST_SHOWN:
            self._chart.hide()
            return
        bars = Bars(reading.run.report, reading.run.columns, reading.asked.group)
        bars.take(reading.rows)
        self._chart.show_bars(bars)

    def _chosen(self) -> None:
        one = self.list.current()
        if one is not None and one is not self.presenter.report:
            self.presenter.choose(one)

    def ask(self, asked: Asked) -> None:
        """Ask the report over other days, put together or narrowed otherwise."""
        self._close_behind()
        if self.criteria is not None:
            self.criteria.show_asked(asked)
        self.presenter.ask(asked)
        self._watch()

    def _watch(self) -> None:
        reading = self.presenter.reading
        if reading is None and self.presenter.report.about_patient:
            self._say(_("Write the patient's record number above."))
            return
        if reading is None or not reading.done:
            self._say(_("Reading …"))
            self._stop.show()
        self._look.start()

    def _tick(self) -> None:
        more, writing = self.presenter.tick(), self.presenter.writing
        if writing is not None and not writing.done:
            self._file.show_writing(writing)
            more = True
        if not more:
            self._look.stop()

    # What stands behind a number -------------------------------------------------------------------------

    def show_things(self, things: Things) -> None:
        """Show the rows behind a number, beside the report."""
        self._make_room(around=False)
        self.behind.show_things(things)
        if not things.done:
            self._look.start()
        self._offer()

    def _open_number(self, line: Line, column: str) -> None:
        shown = next((one for one in self.presenter.report.columns if one.name == column), None)
        if shown is None:
            self._window.say(_("A query's numbers have no rows of their own: ask for the rows instead."))
            return
        heads = [] if line.place < 0 else self.grid.heads(line) if self.grid is not None else []
        title = " · ".join([_(shown.title), *(heads or [_("Total")])])
        if not self.presenter.open_things(column, line.row, title, total=line.place < 0):
            self._window.say(_("This is no number that counts something: choose one that does."))
        else:
            self.behind.table.setFocus()

    def _open_bar(self, place: int) -> None:
        """Open the rows behind a bar; where it is of many lines of the table, go to the first of them."""
        if self.grid is not None:
            self.grid.choose(place, self.presenter.report.chart)
            if not self._chart.by_period:
                self._open_chosen()

    def _open_chosen(self) -> None:
        chosen = None if self.grid is None else self.grid.chosen()
        if chosen is None:
            self._window.say(_("Choose a number first: arrow keys go from one to the next."))
        else:
            self._open_number(*chosen)

    def _open_patient(self, thing: Thing) -> None:
        if thing.patient_id:
            self._window.go(self.presenter.patient_screen, patient_id=thing.patient_id)
        elif thing.person:
            self._window.say(_("Whom this is about is not shown to your role."))

    def _close_behind(self) -> bool:
        if self.behind.isHidden():
            return False
        self.presenter.close_things()
        self.behind.hide()
        self._make_room(around=True)
        if self.grid is not None:
            self.grid.table.setFocus()
        self._offer()
        return True

    def _make_room(self, *, around: bool) -> None:
        """Put the list and the question away while rows stand beside the report; what was asked is said in a line."""
        self.list.setVisible(around)
        asked = self.presenter.asked
        if self.criteria is not None:
            self.criteria.setVisible(around)
        days = f"{show_date(asked.first)} – {show_date(asked.last)}"
        self._question.setText(_(self.presenter.report.question) if around else days)

    def _offer(self) -> None:
        thing = self.behind.table.current()
        if not self.behind.isHidden() and thing is not None and thing.patient_id:
            self.set_primary(_("Open the patient"), lambda: self._open_patient(thing), name="reports.patient")
            return
        if self.query is not None:
            self.set_primary(_("Run the query"), self._run_query, name="reports.run")
            return
        chosen = None if self.grid is None else self.grid.chosen()
        can = chosen is not None and opening(self.presenter.report, chosen[1]) is not None
        self.set_primary(_("Show the rows behind it"), self._open_chosen, name="reports.behind", enabled=can)

    # A query of one's own --------------------------------------------------------------------------------

    def _build_query(self) -> None:
        self._close_behind()
        self._choose.stop()
        quiet = QSignalBlocker(self.list)
        self.list.view.setCurrentIndex(QModelIndex())
        quiet.unblock()
        clear_layout(self._top)
        self.criteria = None
        self.query = QueryForm(self.presenter.keep_query, self.presenter.save_query)
        self._top.addWidget(self.query)
        self._panel.set_title(_("Query"))
        self._question.setText(_("What do you want to know? It only reads, and what is asked is on record."))
        self._measured.hide()
        self._show_grid(None)
        self._say("")
        self.presenter.begin_query()
        self._offer()

    def _run_query(self) -> None:
        if self.query is not None:
            self.query.form.clear_errors()
            self.presenter.run_query(self.query.definition())
            self._watch()

    def show_kept(self, kept: tuple[SavedQuery, ...]) -> None:
        """Offer the queries that are kept."""
        if self.query is not None:
            self.query.show_kept(kept)

    def restore_query(self, draft: Mapping[str, object]) -> None:
        """Put back the query that was being put together."""
        if self.query is not None:
            self.query.restore(draft)

    def query_saved(self) -> None:
        """Say that the query is kept."""
        self._window.say(_("The query is kept."))

    def _export(self, form: str) -> None:
        asked = self.presenter.asked
        if self.query is not None and not asked.definition:
            self._window.say(_("Run the query first."))
            return
        if asked.patient_id is None and self.presenter.report.about_patient:
            self._window.say(_("Write the patient's record number above."))
            return
        chosen = self.choose_path(f"{asked.name}-{asked.first:%Y-%m-%d}-{asked.last:%Y-%m-%d}.{form}", form)
        if chosen is not None and not self.presenter.export(form, chosen):
            self._window.say(_("Another file is being written. Wait for it, or stop it."))

    def _print(self) -> None:
        self._window.preview(self.presenter.paper, _(self.presenter.report.title))

    def _cancel(self) -> bool:
        return self.presenter.cancel()

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))
