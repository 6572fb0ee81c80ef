"""Shows a patient's refills: what may be asked for again, what was asked, and what was decided."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.screens.refills.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import show_moment
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, label
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.refills import Refill, Refillable

HOW = {
    "in_person": N_("In person"),
    "telephone": N_("By telephone"),
    "pharmacy": N_("Through a pharmacy"),
    "letter": N_("By letter"),
    "remote": N_("Through another system"),
}
STATES = {
    "asked": (N_("Waits for the prescriber"), "warning"),
    "approved": (N_("Approved"), "good"),
    "refused": (N_("Refused"), "critical"),
    "cancelled": (N_("Taken back"), "neutral"),
}


class RefillsView(ScreenView):
    """The refills page of a record."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("refills")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.dialog: ConfirmStop | None = None
        self.medicines: ListTable[Refillable] = ListTable(
            "refills.medicines", _medicine_columns(), key=lambda row: row.line_id, settings=context.settings,
            empty=Empty(_("Nothing was prescribed here yet: there is nothing to ask for again."), icon="pill"),
        )  # fmt: skip
        self.requests: ListTable[Refill] = ListTable(
            "refills.requests", _request_columns(), key=lambda row: row.id, settings=context.settings,
            empty=Empty(_("No refill was asked for yet. Choose a medicine above and ask."), icon="history"),
        )  # fmt: skip
        self.form = Form(DraftKeeper(lambda fields: self.presenter.draft().keep(fields)))
        self.asked_by = TextField(_("&Who asks"), "refills.asked_by", required=True, placeholder=_("the patient"))
        self.asked_how = ChoiceField(_("&How"), "refills.asked_how", [(key, _(words)) for key, words in HOW.items()])
        self.note = NoteEdit(_("&Note to the prescriber"), "refills.note", rows=3)
        self.set_title(_("Refills"))
        self._build()
        self._offer()

    def _build(self) -> None:
        self.approve = self.add_button(_("&Approve"), "refills.approve", self._approve)
        self.refuse = self.add_button(_("Re&fuse"), "refills.refuse", self._refuse)
        self.take_back = self.add_button(_("&Take back"), "refills.take_back", self._take_back)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for words, table in ((_("Prescribed here"), self.medicines), (_("Asked for"), self.requests)):
            column.addWidget(label(words, "section"))
            table.setMinimumHeight(140)
            column.addWidget(table, 1)
        self.set_body(body)
        side = QWidget()
        beside = QVBoxLayout(side)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(12)
        beside.addWidget(label(_("Ask for the medicine chosen"), "section"))
        for field in (self.asked_by, self.asked_how, self.note):
            self.form.add(field)
        beside.addWidget(self.form)
        beside.addStretch(1)
        self.set_context(side)
        self.medicines.selected.connect(lambda _row: self._offer())
        self.requests.selected.connect(lambda _row: self._offer())
        self.asked_how.set_value("in_person")
        self.set_primary(_("Ask for a &refill"), self._ask, name="refills.ask", enabled=False)

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the refills of ``patient_id``."""
        patient_id = arguments["patient_id"]
        self.context.window.set_patient(patient_id)
        if patient_id != self.presenter.patient_id:
            self.form.clear()
            self.asked_how.set_value("in_person")
            self.medicines.set_rows(())
            self.requests.set_rows(())
        self.presenter.open(patient_id)
        self.presenter.draft().recall(self.form.restore)
        self.medicines.setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """A refill was asked for or decided on."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        if self.form.keeper is not None:
            self.form.keeper.flush()

    # What the presenter asks --------------------------------------------------------------------------

    def show_medicines(self, medicines: Sequence[Refillable]) -> None:
        """Show what may be asked for again."""
        self.medicines.set_rows(tuple(medicines))
        self._offer()

    def show_requests(self, requests: Sequence[Refill]) -> None:
        """Show what was asked for."""
        self.requests.set_rows(tuple(requests))
        self._offer()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def did(self, words: str) -> None:
        """An act is done."""
        if self.form.keeper is not None:
            self.form.keeper.forget()
        self.form.clear()
        self.asked_how.set_value("in_person")
        self.requests.setFocus()  # the button that was pressed is none any more
        self.context.window.say(words)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, beside the field that it is about."""
        self.context.window.show_error(error, self)

    # Keys ---------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        line, request = self.medicines.current(), self.requests.current()
        waits = request is not None and request.status == "asked"
        self.approve.setVisible(self.presenter.may_decide)
        self.refuse.setVisible(self.presenter.may_decide)
        for button in (self.approve, self.refuse, self.take_back):
            button.setEnabled(waits)
        self.enable_primary(self.presenter.may_ask and line is not None and not line.waiting)

    def _ask(self) -> None:
        line = self.medicines.current()
        if line is not None and self.form.check():
            how = self.asked_how.value() or "in_person"
            self.presenter.ask(line, self.asked_by.value(), how, self.note.value())

    def _approve(self) -> None:
        request = self.requests.current()
        if request is not None:
            self.presenter.approve(request)

    def _refuse(self) -> None:
        request = self.requests.current()
        if request is not None:
            words = _("The patient is told why {medicine} is not prescribed again.").format(medicine=request.medicine)
            self._reasoned("refuse", request, _("Refuse the refill"), words, _("Re&fuse"))

    def _take_back(self) -> None:
        request = self.requests.current()
        if request is not None:
            words = _("{medicine} is not asked for any more.").format(medicine=request.medicine)
            self._reasoned("take_back", request, _("Take the request back"), words, _("&Take it back"))

    def _reasoned(self, act: str, request: Refill, title: str, words: str, confirm: str) -> None:
        self.dialog = ConfirmStop(
            self, f"refills.{act}_dialog", title, words, confirm=confirm, reason=_("&Reason"), meaning="warning",
            kept=self.presenter.reason_draft(request),
        )  # fmt: skip
        dialog = self.dialog
        do = self.presenter.refuse if act == "refuse" else self.presenter.cancel
        dialog.accepted.connect(lambda: do(request, dialog.reason()))
        dialog.open()


def _medicine_columns() -> list[Column[Refillable]]:
    return [
        Column("title", _("Medicine"), lambda row: row.title, stretch=True, strong=True, wrap=True),
        Column("sig", _("Instruction"), lambda row: row.sig, width=260, wrap=True),
        Column("quantity", _("Quantity"), lambda row: row.quantity, width=110),
        Column("number", _("Prescription"), lambda row: row.number, width=140, subtle=True),
        Column(
            "state",
            _("Refill"),
            lambda row: _("asked for") if row.waiting else "",
            width=90,
            meaning=lambda _r: "warning",
        ),
    ]


def _request_columns() -> list[Column[Refill]]:
    return [
        Column("state", _("State"), lambda row: _(STATES[row.status][0]), width=180, look=_state),
        Column("medicine", _("Medicine"), lambda row: row.medicine, stretch=True, wrap=True),
        Column("who", _("Asked by"), lambda row: f"{row.asked_by}, {_(HOW[row.asked_how]).lower()}", width=150,
               wrap=True),
        Column("at", _("Asked"), lambda row: show_moment(row.asked_at), width=146, sort=lambda row: row.asked_at),
        Column("why", _("Decision"), lambda row: ": ".join(filter(None, (row.decided_by, row.reason))), width=170,
               wrap=True),
    ]  # fmt: skip


def _state(row: Refill) -> Look:
    words, meaning = STATES[row.status]
    return Look(_(words), meaning)
