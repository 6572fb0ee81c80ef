"""Shows the prescribing screen: the line being written, the lines, and the safety check beside them."""

import importlib
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from clinic_desktop.clock import from_text
from clinic_desktop.domain.doses import plain
from clinic_desktop.domain.money import money_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.prescribing.alerts import AlertsPanel
from clinic_desktop.gui.screens.prescribing.drafting import Written
from clinic_desktop.gui.screens.prescribing.editor import LineEditor, counted_whole
from clinic_desktop.gui.screens.prescribing.filling import Filling
from clinic_desktop.gui.screens.prescribing.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.howfar import HowFar
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, label
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.prescriptions import state_look
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.prescribers import HERE
from clinic_desktop.services.prescribing import MedicationChart, ShownAlert, SignedPrescription
from clinic_desktop.services.prescriptions import Prescription

PRIORITIES = (("routine", N_("Routine")), ("urgent", N_("Urgent")), ("emergency", N_("Emergency")))


class PrescribingView(ScreenView):
    """The prescribing screen."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("prescribing")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.keeper = DraftKeeper(lambda fields: self.presenter.keep(self.presenter.draft(fields)))
        self.editor = LineEditor(self.presenter.find, self.presenter.find_one, self.keeper)
        self.alerts = AlertsPanel()
        self.lines: ListTable[Written] = ListTable(
            "prescribing.lines",
            self._columns(),
            key=id,
            empty=Empty(_("No medicine yet. Write the first one above; Enter adds it."), icon="pill"),
            settings=context.settings,
        )
        self.last: ListTable[Prescription] = ListTable(
            "prescribing.last",
            [
                Column("lines", _("Medicines"), _names, width=90, stretch=True, wrap=True),
                Column("when", _("Signed"), _day, width=102, subtle=True),
                Column(
                    "state",
                    _("State"),
                    lambda row: state_look(row.status).text,
                    width=92,
                    look=lambda row: state_look(row.status),
                ),
            ],
            key=lambda row: row.prescription_id,
            empty=Empty(_("Nothing was prescribed here before."), icon="history"),
            settings=context.settings,
        )
        self._far = HowFar(context.desk, context.tasks)
        self._far.beside(self.last, "when", ("prescription",), lambda row: row.prescription_id)
        self.priority = SegmentField("", "prescribing.priority", [(key, _(words)) for key, words in PRIORITIES])
        self.filling = Filling(context.today)
        self.takes = label("", "secondary", name="prescribing.takes", wrap=True)
        self._checks = QTimer(self)
        self._checks.setSingleShot(True)
        self._checks.setInterval(60)
        self._arrange()
        self._listen()

    def _columns(self) -> list[Column[Written]]:
        return [
            Column("medicine", _("Medicine"), lambda row: row.title, width=196, strong=True, wrap=True),
            Column("sig", _("Instruction"), lambda row: row.sig, width=240, stretch=True, wrap=True),
            Column("quantity", _("Quantity"), _quantity, width=92, number=True),
            Column("cost", _("Cost"), _cost, width=78, number=True, subtle=True),
            Column("safety", _("Safety"), lambda row: self._look(row).text, width=124, look=self._look),
        ]

    def _arrange(self) -> None:
        self.set_title(_("Prescription"))
        self.add_button(_("Repeat &last"), "prescribing.repeat", self._repeat_last)
        self.add_button(_("&Remove line"), "prescribing.remove", self._remove)
        self.add_button(_("&Print"), "prescribing.print", self._print, "Ctrl+P")
        self.set_primary(_("Si&gn and send to pharmacy"), self._sign, name="prescribing.sign", enabled=False)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.editor)
        column.addWidget(self.lines, 1)
        self.lines.setMinimumHeight(150)
        # It has what the line being written leaves: with the height it likes the page would scroll, its foot cut.
        self.lines.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.set_body(body)
        self.side = QTabWidget()
        self.side.setObjectName("prescribing.side")
        self.side.addTab(self.alerts, _("&Safety"))
        before = QWidget()
        inside = QVBoxLayout(before)
        inside.setContentsMargins(0, 8, 0, 0)
        inside.addWidget(self.takes)
        inside.addWidget(self.last, 1)
        self.side.addTab(before, _("&Before"))
        beside = QWidget()
        beside_column = QVBoxLayout(beside)
        beside_column.setContentsMargins(0, 0, 0, 0)
        beside_column.setSpacing(12)
        beside_column.addWidget(self.side, 1)
        beside_column.addWidget(self.filling)
        beside_column.addWidget(self.priority)
        self.set_context(beside)

    def _listen(self) -> None:
        self.editor.entered.connect(self._add)
        self.editor.changed.connect(self._checks.start)
        self.editor.changed.connect(self._enable)
        self._checks.timeout.connect(self.presenter.check)
        self.alerts.pregnancy_told.connect(self.presenter.tell_pregnancy)
        self.alerts.reason_typed.connect(self.presenter.set_reason)
        self.lines.opened.connect(lambda _row: self._change())
        self.lines.selected.connect(lambda row: self.editor.read_out(row.title, row.sig) if row is not None else None)
        self.last.opened.connect(self.presenter.repeat)
        self.priority.set_value("routine")
        self.priority.edited.connect(self._priority_chosen)
        self.filling.edited.connect(lambda _key: self._filling_chosen())
        remove = QShortcut(QKeySequence("Delete"), self.lines.view, self._remove)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)

    # Called by the shell -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Write a prescription for a patient."""
        patient = arguments.get("patient_id", self.presenter.patient_id)
        if not patient:
            return
        self.context.window.set_patient(patient)
        self.presenter.ask_pharmacies()
        self.presenter.open(patient, arguments.get("encounter_id"))
        self.editor.medicine.setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """The journal moved."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        self.keeper.flush()

    def escape(self) -> bool:
        """Esc empties the line being written, then goes back."""
        if self.editor.is_empty():
            return False
        self.editor.clear()
        self.keeper.touch()
        self.editor.medicine.setFocus()
        self.presenter.check()
        return True

    # Called by the presenter --------------------------------------------------------------------------

    def show_chart(self, chart: MedicationChart) -> None:
        """What is known of the patient."""
        self.last.set_rows(chart.last)
        self._far.ask()
        names = "\n".join(f"{each.name} – {each.dose}" if each.dose else each.name for each in chart.current)
        weight = ""
        if chart.weight_kg is not None and chart.weighed_at is not None:
            words = _("Weighed {kg} kg on {date}")
            weight = words.format(
                kg=plain(chart.weight_kg), date=show_date(from_text(chart.weighed_at).astimezone().date())
            )
        self.filling.prefer(chart.pharmacy)
        takes = _("Takes now:\n{names}").format(names=names) if names else _("Takes no medicine now.")
        self.takes.setText("\n".join(part for part in (takes, weight) if part))

    def show_lines(self, lines: Sequence[Written]) -> None:
        """The lines of the prescription."""
        self.lines.set_rows(lines)
        self._enable()

    def show_alerts(self, alerts: Sequence[ShownAlert], reasons: Mapping[str, str], pack: str) -> None:
        """What the safety check says."""
        self.alerts.show_alerts(alerts, reasons, pack, checked=bool(pack))
        stops = sum(alert.tier == "stop" for alert in alerts)
        self.side.setTabText(0, _("&Safety ({n})").format(n=len(alerts)) if alerts else _("&Safety"))
        if stops:
            self.side.setCurrentIndex(0)
        self.lines.view.viewport().update()
        self._enable()

    def restore_form(self, fields: Mapping[str, object]) -> None:
        """Put back what was typed and not signed."""
        self.editor.restore(fields)
        if "priority" in fields:
            self.priority.set_value(fields["priority"])
        self.presenter.outside = self.filling.put_back(fields)
        self.presenter.until = self.filling.until.draft()

    def offer_pharmacies(self, found: Sequence[Entry]) -> None:
        """Where the prescription can be filled."""
        self.filling.offer(found)

    def pending(self) -> Written | None:
        """The line being written, if it is whole."""
        return self.editor.pending()

    def clear_form(self) -> None:
        """Empty the form."""
        self.editor.clear()
        self._plain_priority()

    def clear_chart(self) -> None:
        """Nothing of another patient stays on the screen for a moment, least of all to be repeated."""
        self.last.set_rows(())
        self.takes.setText("")

    def chart_changed(self) -> None:
        """Something was written into the chart from here: the banner says it too."""
        self.context.window.refresh_banner()

    def touch_draft(self) -> None:
        """Something changed that is not in the form."""
        self.keeper.touch()

    def forget_draft(self) -> None:
        """The draft goes with the act."""
        self.keeper.forget()

    def refused(self, error: Exception) -> None:
        """Say a refusal beside its field, or at the window's foot."""
        key = error.facts.get("key") if isinstance(error, Refusal) else None
        if isinstance(key, str) and key in self.alerts.fields:
            self.ask_reason(key)
        fields = {field.key for field in self.filling.fields()}
        beside = isinstance(error, Refusal) and error.field in fields
        self.context.window.show_error(error, self.filling if beside else None)

    def ask_reason(self, key: str) -> None:
        """Go to the reason that is missing."""
        self.side.setCurrentIndex(0)
        self.alerts.ask_reason(key)

    def signed(self, answer: SignedPrescription) -> None:
        """It was signed: the next may be written."""
        del answer
        self._plain_priority()
        self.context.window.refresh_banner()
        self.editor.medicine.setFocus()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as the shell says it
        """Show that signing was heard."""
        self.set_primary_busy(busy)

    def say(self, words: str) -> None:
        """Put words on the status line."""
        self.context.window.say(words)

    # ----------------------------------------------------------------------------------------------------

    def _enable(self) -> None:
        can = bool(self.presenter.lines) or not self.editor.is_empty()
        if can != self.primary_enabled:
            self.enable_primary(can)

    def _add(self) -> None:
        # What is typed and cannot be read is never left out: the line is not taken until it says what stands there.
        if self.editor.is_empty() or not self.editor.form.check():
            return
        try:
            written = self.editor.read()
            if written.quantity is None:
                raise Refusal("Say for how many days, or how much is to be handed out.", field="quantity")  # noqa: TRY301
        except Refusal as refusal:
            self.editor.form.show_refusal(refusal)
            return
        self.editor.clear()
        self.presenter.add(written)
        self.editor.medicine.setFocus()

    def _change(self) -> None:
        place = self._place()
        if place is not None:
            self._add()
            self.editor.show_line(self.presenter.take_out(place))

    def _remove(self) -> None:
        place = self._place()
        if place is not None:
            written = self.presenter.take_out(place)
            words = _("{medicine} taken off.").format(medicine=written.title)
            patient = self.presenter.patient_id

            def undo() -> None:
                # The offer may still stand when another patient's prescription is being written.
                if patient == self.presenter.patient_id:
                    self.presenter.add(written)

            self.context.window.offer_undo(words, undo)

    def _place(self) -> int | None:
        row = self.lines.current()
        return next((place for place, each in enumerate(self.presenter.lines) if each is row), None)

    def _sign(self) -> None:
        if not self.editor.is_empty():
            # A line that was not among the others when its alerts were read is never signed with them.
            self._add()
            if self.editor.is_empty():
                self.say(_("Line added. Look at the check, then sign."))
            return
        if self.filling.check():
            self.presenter.sign()

    def _repeat_last(self) -> None:
        rows = [row for row in self.last.rows() if row.status != "cancelled"]
        chosen = self.last.current() or (rows[0] if rows else None)
        if chosen is None:
            self.say(_("Nothing was prescribed here before."))
            return
        self.presenter.repeat(chosen)

    def _priority_chosen(self) -> None:
        self.presenter.priority = self.priority.value() or "routine"
        self.touch_draft()

    def _filling_chosen(self) -> None:
        self.presenter.outside = self.filling.chosen()
        self.presenter.until = self.filling.until.draft()
        self.touch_draft()

    def _plain_priority(self) -> None:
        self.filling.begin()
        self.presenter.outside = HERE
        self.presenter.until = ""
        with QSignalBlocker(self.priority):
            self.priority.set_value("routine")
        self.presenter.priority = "routine"

    def _print(self) -> None:
        chosen = self.presenter.last_signed
        row = self.last.current()
        if self.side.currentIndex() == 1 and row is not None:
            chosen = row.prescription_id
        if chosen is None:
            self.say(_("Sign it first, or choose an earlier one under Before."))
            return
        desk, patient = self.context.desk, self.presenter.patient_id

        def make() -> bytes:
            # ReportLab and its fonts cost 0.15 s: nobody waits for them before the first paper.
            papers = importlib.import_module("clinic_desktop.reports.papers")
            prescription = papers.medicine_papers.prescription
            return bytes(papers.opened(desk, "prescription", patient, lambda: prescription(desk, chosen)))

        self.context.window.preview(make, _("Prescription"))

    def _look(self, row: Written) -> Look:
        place = next((place for place, each in enumerate(self.presenter.lines) if each is row), -1)
        return {
            "stop": Look(_("Stop"), "critical"),
            "warn": Look(_("Warning"), "warning"),
            "not_checked": Look(_("Not checked"), "warning", "help"),
            "quiet": Look(_("See note"), "information"),
            "checking": Look(_("Checking …"), "neutral"),
        }.get(self.presenter.loudest(place), Look(_("Checked"), "good"))


def _quantity(row: Written) -> str:
    return "" if row.quantity is None else counted_whole(row.quantity, row.line.quantity_unit)


def _cost(row: Written) -> str:
    return "" if row.cost is None or row.currency is None else money_text(row.cost, row.currency)


def _names(row: Prescription) -> str:
    return ", ".join(line.title for line in row.lines)


def _day(row: Prescription) -> str:
    return show_date(from_text(row.signed_at).astimezone().date())
