"""Shows the pharmacy: the queue at the left, the prescription on the desk at the right."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desktop.domain.doses import unit_word
from clinic_desktop.domain.pharmacy import WAITING
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.scanning import Scan
from clinic_desktop.gui.screens.pharmacy.order import PRIORITIES, STATES, OrderPanel, look_of
from clinic_desktop.gui.screens.pharmacy.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.stop import ConfirmStop, ReasonKept
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.words import minutes_words
from clinic_desktop.i18n import _
from clinic_desktop.labelling.paper import Paper, asked
from clinic_desktop.services.pharmacy import QueueRow
from clinic_desktop.services.work_orders import HandedOut, LabelOf, WorkOrder


class PharmacyView(ScreenView):
    """The pharmacy's screen."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("pharmacy")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.keeper = DraftKeeper(self.presenter.keep)
        self.queue: ListTable[QueueRow] = ListTable(
            "pharmacy.queue",
            [
                Column("name", _("Patient"), _name, width=170, stretch=True, strong=True),
                Column("waiting", _("Waits"), _waits, width=96, number=True, sort=lambda row: -row.waiting_minutes),
                Column("state", _("State"), lambda row: _look(row).text, width=140, look=_look),
            ],
            key=lambda row: row.prescription_id,
            empty=Empty(_("Nothing waits. Prescriptions come here as doctors sign them."), icon="done"),
            settings=context.settings,
        )
        self.order = OrderPanel(self.keeper)
        self._shown = ""
        self._scanned: set[str] = set()  # the lots of which a pack was scanned for what is on the desk
        self.dialog: ConfirmStop | None = None
        self._arrange()
        self.queue.opened.connect(lambda row: self.presenter.open(row.patient_id, row.prescription_id))
        self.order.label_asked.connect(self._label)
        self.order.back_asked.connect(self._back)

    def _arrange(self) -> None:
        self.set_title(_("Pharmacy"))
        self.start = self.add_button(_("&Start preparing"), "pharmacy.start", self.presenter.start)
        self.ready = self.add_button(_("Prepare&d"), "pharmacy.prepared", self._prepared)
        self.reject = self.add_button(_("Send &back"), "pharmacy.reject", self._reject)
        self.labels = self.add_button(_("&Label"), "pharmacy.print_label", self.order.ask_label)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.queue.setMinimumWidth(380)
        self.queue.setMaximumWidth(520)
        row.addWidget(self.queue, 2)
        row.addWidget(self.order, 3)
        self.set_body(body)
        self._offer(None)

    # Called by the shell ------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the queue, or the prescription asked for."""
        patient, prescription = arguments.get("patient_id"), arguments.get("prescription_id")
        if patient and prescription:
            self.presenter.open(patient, prescription)
        elif patient:
            self.presenter.open_newest(patient)
        self.presenter.reload()
        if patient:
            return
        if self.presenter.order is None:
            self.queue.setFocus()
        else:
            self.context.window.set_patient(self.presenter.order.prescription.patient_id)

    def refresh(self, kinds: frozenset[str]) -> None:
        """The journal moved."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        self.keeper.flush()

    def escape(self) -> bool:
        """Esc clears the desk, then goes back."""
        if self.presenter.order is None:
            return False
        self.keeper.flush()
        self.presenter.close()
        self.queue.setFocus()
        return True

    def takes_scan(self, scan: Scan) -> bool:
        """A pack is compared with the prescription on the desk."""
        if scan.pack is None or self.presenter.order is None:
            return False
        self.presenter.scanned(scan.pack, {row.lot.lot_id for panel in self.order.panels for row in panel.rows})
        return True

    # Called by the presenter ---------------------------------------------------------------------------

    def show_queue(self, rows: Sequence[QueueRow]) -> None:
        """The prescriptions that wait."""
        self.queue.set_rows(rows)
        if rows and self.queue.current() is None:
            self.queue.select_row(0)
        self.context.window.set_count("pharmacy", len(rows))

    def show_order(self, order: WorkOrder | None) -> None:
        """The prescription on the desk."""
        same = order is not None and order.prescription.prescription_id == self._shown
        typed = self.order.form.draft() if same else {}
        self._shown = order.prescription.prescription_id if order is not None else ""
        if not same:
            self._scanned.clear()
        self.order.show_order(order)
        self._offer(order)
        if typed:
            self.order.restore(typed)
        self.order.mark_scanned(self._scanned)
        if order is not None and not same:
            self.queue.select(order.prescription.prescription_id)
        if order is not None and (not same or order.since):
            # The new fields take the focus only once they are laid out.
            QTimer.singleShot(0, self, self.order.focus_first)

    def restore_form(self, fields: Mapping[str, object]) -> None:
        """Put back what was typed and not done."""
        self.order.restore(fields)

    def wrong_pack(self, problem: Refusal) -> None:
        """A pack must not go out: said where nobody can overlook it, until it is put away."""
        self.context.window.show_error(problem)

    def show_scanned(self, lot_id: str, words: str) -> None:
        """A pack is the right one: its lot is marked."""
        self._scanned.add(lot_id)
        self.order.mark_scanned(self._scanned)
        self.context.window.say(words)

    def set_patient(self, patient_id: str | None) -> None:
        """Whose prescription it is."""
        self.context.window.set_patient(patient_id)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as the shell says it
        """Show that an act was heard."""
        self.set_primary_busy(busy)

    def done(self) -> None:
        """The desk is clear: the next."""
        self.keeper.forget()
        self.queue.setFocus()

    def say(self, words: str) -> None:
        """Put words on the status line."""
        self.context.window.say(words)

    def refused(self, error: Exception) -> None:
        """Say a refusal where it belongs."""
        if isinstance(error, Refusal) and error.field == "reason" and self.order.ask_reason():
            self.context.window.show_error(error)
            return
        self.context.window.show_error(error, self.order.form)

    # -----------------------------------------------------------------------------------------------------

    def _offer(self, order: WorkOrder | None) -> None:
        status = order.prescription.status if order is not None else ""
        self.start.setEnabled(status in {"signed", "partly_dispensed"})
        self.ready.setEnabled(status in {"signed", "preparing", "partly_dispensed"})
        self.reject.setEnabled(status in WAITING)
        self.labels.setEnabled(status in WAITING)
        elsewhere = order is not None and order.prescription.pharmacy is not None
        if status in WAITING and elsewhere:
            self.set_primary(_("Fill it &here"), self.presenter.fill_here, name="pharmacy.fill_here")
        elif status in WAITING:
            self.set_primary(_("&Hand out"), self._dispense, name="pharmacy.dispense")
        else:
            self.no_primary()

    def _prepared(self) -> None:
        self.presenter.prepared(self.order.said(), self.order.forget_note)

    def _dispense(self) -> None:
        # A lot whose quantity cannot be read must not be left out of what is handed over.
        if self.order.ask_reason() or not self.order.form.check():
            return
        box = self.order.counselled
        if box is not None and not box.value():
            box.show_error(_("Tick this when the patient was told how to take it."))
            box.box.setFocus()
            return
        self.presenter.dispense(self.order.picks(), self.order.given_reasons(), counselled=True, said=self.order.said())

    def _reject(self) -> None:
        self._ask(
            "pharmacy.sending_back",
            _("Send back to the doctor?"),
            _("The prescription leaves the queue, and what was not handed out leaves the patient's medicines."),
            _("Send &back"),
            self.presenter.reject,
            self.presenter.kept_reason("reject"),
        )

    def _back(self, handed: HandedOut) -> None:
        self._ask(
            "pharmacy.taking_back",
            _("Take it back?"),
            _("{quantity} {unit} of lot {lot} return to the shelf.").format(
                quantity=handed.quantity, unit=unit_word(handed.quantity, handed.unit), lot=handed.lot
            ),
            _("&Take back"),
            lambda reason: self.presenter.take_back(handed.dispense_id, reason),
            self.presenter.kept_reason("take_back", handed.dispense_id),
        )

    def _ask(
        self, name: str, title: str, words: str, confirm: str, act: Callable[[str], None], kept: ReasonKept
    ) -> None:
        dialog = ConfirmStop(self, name, title, words, confirm=confirm, reason=_("Reason"), kept=kept)
        dialog.accepted.connect(lambda: act(dialog.reason()))
        self.dialog = dialog
        dialog.open()

    def _label(self, what: LabelOf) -> None:
        order, desk = self.presenter.order, self.context.desk
        if order is None:
            return
        patient, prescription = order.prescription.patient_id, order.prescription

        def sheets(_roll: int) -> Any:
            papers = importlib.import_module("clinic_desktop.reports.papers")
            label = papers.medicine_papers.label_sheets
            return papers.opened(
                desk, "medicine-label", patient, lambda: label(desk, prescription.prescription_id, what)
            )

        # The same line is filled again another day, and from another lot: that is another label.
        day = what.dispensed_on or self.context.today()
        record = f"{what.line_id} {what.lot} {day.isoformat()}"
        paper = Paper("medicine-label", record, f"{prescription.number} {what.title}", sheets)
        self.context.window.preview(asked(desk, paper), _("Label"))


def _name(row: QueueRow) -> str:
    return f"{row.family_name.upper()}, {row.given_names}"


def _waits(row: QueueRow) -> str:
    return minutes_words(row.waiting_minutes)


def _look(row: QueueRow) -> Look:
    if row.priority != "routine" and row.status == "signed":
        return look_of(PRIORITIES, row.priority)
    return look_of(STATES, row.status)
