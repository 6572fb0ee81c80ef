"""Shows the laboratory: the worklist by what it waits for, and the open order beside it."""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.screens.laboratory.asked import CALL_BACK, STAGES, Todo
from clinic_desktop.gui.screens.laboratory.grid import ResultGrid
from clinic_desktop.gui.screens.laboratory.lists import EMPTY, critical_table, orders_table, priority_look
from clinic_desktop.gui.screens.laboratory.panels import CallBackPanel, CorrectionPanel, SpecimenPanel
from clinic_desktop.gui.screens.laboratory.presenter import Presenter
from clinic_desktop.gui.screens.laboratory.said import OrderSaid
from clinic_desktop.gui.screens.laboratory.sheet import GridRow, people
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.i18n import N_, _
from clinic_desktop.labelling.paper import Paper, asked
from clinic_desktop.services.laboratory import CollectedSpecimen
from clinic_desktop.services.sheets import OrderSheet, SheetSpecimen
from clinic_desktop.services.worklist import Counts, CriticalResult, WaitingOrder

TABS = {
    "collect": N_("&Collect"),
    "enter": N_("&Enter"),
    "release": N_("Release"),
    CALL_BACK: N_("Call back"),
    "done": N_("&Done"),
}


class LaboratoryScreen(ScreenView):
    """The laboratory's screen."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("laboratory")
        self._window = context.window
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.set_title(_("Laboratory"))
        self._labels: tuple[CollectedSpecimen, ...] = ()
        self._dialog: ConfirmStop | None = None
        self._tabs = QTabBar()
        self._orders = orders_table(context.settings)
        self._critical = critical_table(context.settings)
        self._grid = ResultGrid(self.presenter.leave_value)
        self._keeper = DraftKeeper(self.presenter.keep)
        self._call_back = CallBackPanel(
            lambda whom, note, read_back: self.presenter.call_back(whom, note, read_back=read_back),
            DraftKeeper(lambda fields: self.presenter.kept("call_back").keep(fields)),
        )
        self._said = OrderSaid(context.desk, context.tasks, self.say)
        self._specimens = SpecimenPanel(self._ask_reject)
        self._print_labels = self._specimens.add_button(_("Print &labels"), "laboratory.labels", self._preview_labels)
        self._correction = CorrectionPanel(
            lambda code, value, reason, confirmed: self.presenter.correct(code, value, reason, confirmed=confirmed),
            self._leave_correction,
            DraftKeeper(lambda fields: self.presenter.kept_correction(self._correction.code).keep(fields)),
        )
        self._build()
        self._connect()

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open at a stage or an order."""
        self.leave()
        if "order_id" in arguments:
            self._correction.close_down()
        self.presenter.open(**arguments)
        if self.presenter.sheet is None:
            self._orders.setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when something of the laboratory happened."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        for keeper in self.findChildren(DraftKeeper):
            keeper.flush()

    def escape(self) -> bool:
        """Esc closes the correction, then the order."""
        if self._correction.isVisible():
            self._leave_correction()
            return True
        if self.presenter.sheet is not None:
            self.leave()
            self.presenter.close_order()
            (self._critical if self.presenter.stage == CALL_BACK else self._orders).setFocus()
            return True
        return False

    # What the presenter asks --------------------------------------------------------------------------

    def show_orders(self, orders: Sequence[WaitingOrder]) -> None:
        """Show the orders that wait."""
        first = not self._orders.rows()
        self._orders.set_rows(orders)
        if first and orders and self._orders.current() is None:
            self._orders.select_row(0)

    def show_critical(self, critical: Sequence[CriticalResult]) -> None:
        """Show the critical results to call back."""
        self._critical.set_rows(critical)
        if critical and self._critical.current() is None:
            self._critical.select_row(0)

    def show_counts(self, counts: Counts) -> None:
        """Show how much waits at each stage."""
        for place, stage in enumerate(STAGES):
            words, waiting = _(TABS[stage]), counts.at(stage)
            self._tabs.setTabText(place, f"{words}  {waiting}" if waiting else words)

    def show_sections(self, sections: Sequence[str]) -> None:
        """Offer the sections to filter by."""
        self._section.set_choices([(section, section.capitalize()) for section in sections])

    def show_stage(self, stage: str) -> None:
        """Show the list of a stage."""
        with QSignalBlocker(self._tabs):
            self._tabs.setCurrentIndex(STAGES.index(stage))
        calling = stage == CALL_BACK
        self._lists.setCurrentWidget(self._critical if calling else self._orders)
        self._section.setVisible(not calling)
        self._priority.setVisible(not calling)
        if not calling:
            self._orders.set_empty_words(_(EMPTY[stage]))

    def show_sheet(self, sheet: OrderSheet | None) -> None:
        """Show the open order, or what can be opened."""
        self._detail.setCurrentIndex(0 if sheet is None else 1)
        if sheet is None:
            self._labels = ()
            return
        at = sheet.ordered_at.astimezone()
        if self._name.text() != sheet.number:
            self._area.verticalScrollBar().setValue(0)
        self._name.setText(sheet.number)
        words = _("ordered {date} {time} by {who}")
        self._about.setText(words.format(date=show_date(at.date()), time=f"{at:%H:%M}", who=sheet.ordered_by))
        self._people.setText(people(sheet))
        self._urgency.show_look(priority_look(sheet.priority))
        self._said.show_sheet(sheet)
        open_tests = any(test.status in {"ordered", "collected", "rejected"} for test in sheet.tests)
        self._cancel.setVisible(open_tests)
        self._print_labels.setVisible(bool(self._labels))
        self._print.setVisible(any(test.result and test.result.released_at for test in sheet.tests))
        self._call_back.show_tests(self.presenter.uncalled())
        self._specimens.show_sheet(
            sheet, self._labels, may_collect=self.presenter.may_collect, may_reject=self.presenter.may_enter
        )

    def show_rows(self, rows: Sequence[GridRow]) -> None:
        """Show the result grid."""
        self._grid.show_rows(rows)

    def show_row(self, row: GridRow) -> None:
        """Show one line of the grid anew."""
        self._grid.show_row(row)

    def show_todo(self, todo: Todo) -> None:
        """Offer the primary act, and say the rule where it may not be done."""
        self._rule.setText(todo.rule)
        self._rule.setVisible(bool(todo.rule))
        if todo.kind:
            self.set_primary(todo.words, self.presenter.primary, name=f"laboratory.{todo.kind}", enabled=todo.enabled)
        else:
            self.no_primary()

    def show_labels(self, labels: Sequence[CollectedSpecimen]) -> None:
        """Keep the labels of the specimens just taken."""
        self._labels = tuple(labels)

    def chosen_kinds(self) -> tuple[str, ...]:
        """The kinds of specimen ticked."""
        return self._specimens.kinds()

    def focus_row(self, code: str) -> None:
        """Put the cursor into a value; where none can be typed, arrow keys scroll."""
        if code:
            self._grid.focus(code)
        else:
            self._area.setFocus()

    def set_patient(self, patient_id: str | None) -> None:
        """Show the patient's banner."""
        self._labels = ()
        self._call_back.form.clear()
        self._window.set_patient(patient_id)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def callback_done(self) -> None:
        """Empty the call-back form."""
        self._call_back.form.clear()

    def correction_done(self) -> None:
        """Put the correction away."""
        self._correction.close_down()

    def restore_call_back(self, fields: Mapping[str, object]) -> None:
        """Put back what was typed about a call and not recorded."""
        self._call_back.form.restore(fields)

    def draft_done(self) -> None:
        """What was typed is saved: keep no draft of it."""
        self._keeper.forget()

    def say(self, words: str) -> None:
        """Put words on the status line."""
        self._window.say(words)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, beside what it is about where that is known."""
        if self._correction.isVisible() and isinstance(error, Refusal):
            if error.field == "confirm":
                self._correction.ask_again(_(error.message).format(**error.facts))
            else:
                self._correction.form.show_refusal(error)
            return
        called = isinstance(error, Refusal) and error.field in {"told_whom", "read_back"}
        self._window.show_error(error, self._call_back.form if called else None)

    # ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._tabs.setObjectName("laboratory.stage")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        for stage in STAGES:
            self._tabs.addTab(_(TABS[stage]))
        self._section = ChoiceField("", "laboratory.section", (), none=_("All sections"))
        priorities = (("stat", _("Stat")), ("urgent", _("Urgent")), ("routine", _("Routine")))
        self._priority = ChoiceField("", "laboratory.priority", priorities, none=_("All priorities"))
        self._section.setFixedWidth(168)
        self._priority.setFixedWidth(148)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._tabs)
        top.addStretch(1)
        top.addWidget(self._section)
        top.addWidget(self._priority)
        column.addLayout(top)
        self._lists = QStackedWidget()
        self._lists.addWidget(self._orders)
        self._lists.addWidget(self._critical)
        self._detail = QStackedWidget()
        self._detail.addWidget(
            Empty(_("Open an order with Enter: its specimens and results stand here."), icon="flask")
        )
        self._detail.addWidget(self._order())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(16)
        split.addWidget(self._lists)
        split.addWidget(self._detail)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setSizes([430, 730])
        column.addWidget(split, 1)
        self.set_body(body)

    def _order(self) -> QWidget:
        """The open order, top to bottom."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        self._name = label("", "section", name="laboratory.number")
        self._about = label("", "secondary", name="laboratory.about", wrap=True)
        self._urgency = Pill(name="laboratory.urgency")
        self._cancel = Button(_("Cancel &order"), "laboratory.cancel", self._ask_cancel)
        self._print = Button(_("&Print report"), "laboratory.print", self._print_report)
        head = QHBoxLayout()
        head.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._about)
        head.addLayout(words, 1)
        for widget in (self._urgency, self._print, self._cancel):
            head.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self._said)
        column.addWidget(self._call_back)
        column.addWidget(self._correction)
        column.addWidget(self._specimens)
        self._rule = label("", "warning", name="laboratory.rule", wrap=True)
        panel = Panel(_("Results"))
        self._people = label("", "secondary", name="laboratory.people")
        panel.add_beside_title(self._people)
        panel.add(self._rule)
        panel.add(self._grid)
        column.addWidget(panel)
        column.addWidget(self._said.concluding)
        column.addStretch(1)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        return area

    def _connect(self) -> None:
        self._keeper.setParent(self)
        self._keeper.watch(self.presenter)
        self._tabs.currentChanged.connect(lambda place: self.presenter.show_stage(STAGES[place]))
        self._orders.opened.connect(self._open_order)
        self._critical.opened.connect(self._open_order)
        for table in (self._orders, self._critical):
            table.view.clicked.connect(lambda _index, table=table: self._open_order(table.current()))
        for choice in (self._section, self._priority):
            choice.edited.connect(lambda: self.presenter.filter(self._section.value(), self._priority.value()))
        self._specimens.chosen.connect(lambda: self.show_todo(self.presenter.todo()))
        self._grid.typed.connect(self._typed)
        self._grid.change.connect(self.presenter.change_value)
        self._grid.correct.connect(self._open_correction)

    def _open_order(self, row: WaitingOrder | CriticalResult | None) -> None:
        if row is not None:
            self.leave()
            self._correction.close_down()
            self.presenter.open_order(row.patient_id, row.order_id)

    def _typed(self, code: str, text: str) -> None:
        self.presenter.type_value(code, text)
        self._keeper.touch()

    def _open_correction(self, code: str) -> None:
        sheet = self.presenter.sheet
        if sheet is not None:
            self._correction.open_for(next(test for test in sheet.tests if test.test_code == code))
            self.presenter.kept_correction(code).recall(lambda kept: self._correction.restore(code, kept))

    def _leave_correction(self) -> None:
        self.presenter.kept_correction(self._correction.code).drop()
        self._correction.close_down()

    def _print_report(self) -> None:
        sheet, desk = self.presenter.sheet, self.presenter.desk
        if sheet is None:
            return

        def make() -> bytes:
            # ReportLab costs a quarter of a second to import: only once a paper is asked for.
            papers = importlib.import_module("clinic_desktop.reports.laboratory_papers")
            return bytes(papers.laboratory_report(desk, sheet.patient_id, sheet.order_id))

        self._window.preview(make, _("Laboratory report {number}").format(number=sheet.number))

    def _preview_labels(self) -> None:
        labels = self._labels

        def sheets(_roll: int) -> Any:
            return importlib.import_module("clinic_desktop.reports.laboratory_papers").specimen_sheets(labels)

        numbers = ", ".join(one.number for one in labels)
        paper = Paper("specimen-label", numbers, numbers, sheets)
        self._window.preview(asked(self.presenter.desk, paper), _("Specimen labels"))

    def _ask_reject(self, specimen: SheetSpecimen) -> None:
        words = _("{number}: its tests wait for a new specimen, and values entered and not released are set aside.")
        self._ask(
            "laboratory.reject_dialog", _("Reject this specimen?"), words.format(number=specimen.number),
            _("&Reject specimen"), lambda reason: self.presenter.reject(specimen.id, reason),
            self.presenter.kept("reject", specimen.id),
        )  # fmt: skip

    def _ask_cancel(self) -> None:
        words = _("Every test of this order that has no result yet is cancelled.")
        cancel, kept = self.presenter.cancel, self.presenter.kept("cancel")
        self._ask("laboratory.cancel_dialog", _("Cancel this order?"), words, _("&Cancel order"), cancel, kept)

    def _ask(self, name: str, title: str, words: str, confirm: str, act: object, kept: KeptDraft) -> None:
        dialog = ConfirmStop(
            self.window(), name, title, words, confirm=confirm, reason=_("&Why"), meaning="warning", kept=kept
        )
        dialog.accepted.connect(lambda: act(dialog.reason()) if callable(act) else None)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()
