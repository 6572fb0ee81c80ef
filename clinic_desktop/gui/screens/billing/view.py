"""Shows billing: lists at the left, the patient's charges or an invoice at the right, the shift beside the lists."""

import importlib
from collections.abc import Sequence
from functools import partial
from types import ModuleType
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desktop.domain.money import money_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.billing.charges import ChargesPanel
from clinic_desktop.gui.screens.billing.elsewhere import ElsewherePanel
from clinic_desktop.gui.screens.billing.invoice import InvoicePanel
from clinic_desktop.gui.screens.billing.presenter import BillingPresenter
from clinic_desktop.gui.screens.billing.shift import ShiftPanel
from clinic_desktop.gui.shell.papers import paper_of
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.civil import show_instant
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _
from clinic_desktop.labelling.paper import Paper, asked
from clinic_desktop.services import billing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.billing import Charge, ToBill
from clinic_desktop.services.cash import DayEnd, Shift, TakenPayment
from clinic_desktop.services.invoices import Insurance, Invoice, InvoiceRow, IssuedInvoice, PaymentRow
from clinic_desktop.services.outside_bills import MoneyElsewhere

NOTHING, CHARGES, INVOICE = range(3)


class BillingView(ScreenView):
    """The billing screen."""

    def __init__(self, presenter: BillingPresenter, context: ScreenContext) -> None:
        super().__init__("billing")
        self.presenter, self.context = presenter, context
        presenter.view = self
        self.set_title(_("Billing"))
        self.waiting: ListTable[ToBill] = ListTable(
            "billing.waiting",
            [
                Column("name", _("Patient"), _name, width=190, stretch=True),
                Column("since", _("Since"), _since, width=160, sort=lambda row: row.since),
                Column("amount", _("Amount"), lambda row: money_text(row.amount, row.currency), width=110, number=True),
            ],
            key=lambda row: row.patient_id,
            empty=Empty(_("Nobody waits to be billed. Charges come here as they are made."), icon="done"),
            settings=context.settings,
        )
        self.unpaid: ListTable[InvoiceRow] = ListTable(
            "billing.unpaid",
            [
                Column("name", _("Patient"), _name, width=150, stretch=True),
                Column("number", _("Invoice"), lambda row: row.number, width=150),
                Column("owed", _("Owed"), _owed, width=110, number=True),
            ],
            key=lambda row: row.id,
            empty=Empty(_("Every invoice is paid."), icon="done"),
            settings=context.settings,
        )
        self.charges = ChargesPanel(
            self._keeper("invoice"), self._keeper("charge"), context.settings, presenter.kept_reason, context.today
        )
        self.elsewhere = ElsewherePanel(context.settings)
        self.charges.add_below(self.elsewhere)
        self.invoice = InvoicePanel(self._keeper("payment"), context.settings, presenter.kept_reason)
        self.shift = ShiftPanel(self._keeper("shift"))
        self.statement = self.add_button(_("State&ment"), "billing.statement", self._print_statement)
        self._about: str | None = None
        self._arrange()
        self._listen()

    def _keeper(self, form: str) -> DraftKeeper:
        return DraftKeeper(lambda fields: self.presenter.keep(form, fields))

    def _arrange(self) -> None:
        self.lists = QTabWidget()
        self.lists.setObjectName("billing.lists")
        self.lists.addTab(self.waiting, _("To &bill"))
        self.lists.addTab(self.unpaid, _("&Unpaid"))
        self.lists.addTab(self.shift, _("&Shift"))
        self.lists.setMinimumWidth(380)
        self.lists.setMaximumWidth(520)
        self.detail = QStackedWidget()
        self.detail.addWidget(Empty(_("Choose a patient to bill, or an unpaid invoice."), icon="receipt"))
        self.detail.addWidget(self.charges)
        self.detail.addWidget(self.invoice)
        self.detail.currentChanged.connect(self._fit)
        self.lists.currentChanged.connect(self._turned)
        self._fit(NOTHING)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        left = QVBoxLayout()
        left.addWidget(self.lists)
        row.addLayout(left, 2)
        # Each side scrolls by itself: a tall invoice would push the end of the lists off the screen.
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.detail)
        row.addWidget(area, 3)
        self.set_body(body)

    def _listen(self) -> None:
        present = self.presenter
        self.waiting.opened.connect(lambda row: present.open_patient(row.patient_id))
        self.unpaid.opened.connect(lambda row: present.open_invoice(row.id))
        self.waiting.selected.connect(lambda row: present.open_patient(row.patient_id) if row else None)
        self.unpaid.selected.connect(lambda row: present.open_invoice(row.id) if row else None)
        self.charges.take_off_asked.connect(present.take_off)
        self.charges.add_asked.connect(self._add)
        self.charges.code_asked.connect(lambda charge, new: present.code(charge, new, self.charges.coding_done))
        self.invoice.refund_asked.connect(self._refund)
        self.invoice.void_asked.connect(present.void)
        self.invoice.print_asked.connect(self._print_invoice)
        self.invoice.receipt_asked.connect(self._print_receipt)
        self.shift.open_asked.connect(present.open_shift)
        self.shift.close_asked.connect(present.close_shift)

    # Called by the shell -------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the lists, or the patient or invoice asked for."""
        self.context.tasks.query("prices", lambda: billing.price_list(self.presenter.desk), self._show_prices)
        if invoice_id := arguments.get("invoice_id"):
            self.presenter.open_invoice(invoice_id)
        elif patient_id := arguments.get("patient_id"):
            self.presenter.open_patient(patient_id)
        if arguments.get("show") == "unpaid":
            self.lists.setCurrentWidget(self.unpaid)
        self.presenter.ask()
        self.presenter.recall("shift", self.shift.form.restore)
        if arguments.get("show") == "shift":
            self.lists.setCurrentWidget(self.shift)
            (self.shift.counted if self.presenter.shift else self.shift.opening_float).setFocus()
        else:
            (self.unpaid if self.lists.currentWidget() is self.unpaid else self.waiting).view.setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when money moved."""
        if self.presenter.touches(kinds):
            self.presenter.ask()

    def leave(self) -> None:
        """Hand over what is still being typed."""
        for form in (self.charges.form, self.charges.adding, self.charges.coding, self.invoice.form, self.shift.form):
            if form.keeper is not None:
                form.keeper.flush()

    def primary(self) -> None:
        """Ctrl+Enter opens or closes the shift where that is what is on the screen."""
        if self.lists.currentWidget() is self.shift:
            self.leave()
            self.shift.act()
        else:
            super().primary()

    def escape(self) -> bool:
        """Esc closes the patient or invoice that is open, then goes back."""
        if self.detail.currentIndex() == NOTHING:
            return False
        self._close()
        current = self.lists.currentWidget()
        (current.view if isinstance(current, ListTable) else self.shift.counted).setFocus()
        return True

    # Called by the presenter -----------------------------------------------------------------------------

    def show_waiting(self, rows: Sequence[ToBill]) -> None:
        """The patients with charges on no invoice."""
        self.waiting.set_rows(rows)
        self.lists.setTabText(0, _("To &bill ({count})").format(count=len(rows)))

    def show_unpaid(self, rows: Sequence[InvoiceRow]) -> None:
        """The invoices on which something is owed."""
        self.unpaid.set_rows(rows)
        self.lists.setTabText(1, _("&Unpaid ({count})").format(count=len(rows)))

    def _show_prices(self, prices: Sequence[tuple[str, str, int, str]]) -> None:
        self.charges.show_prices(prices)
        self.shift.show_currency(next((currency for *_words, currency in prices), ""))

    def show_shift(self, shift: Shift | None, day: DayEnd | None) -> None:
        """The cashier's shift."""
        self.shift.show_shift(shift, day)
        self._offer()

    def show_charges(self, patient_id: str, charges: Sequence[Charge], cover: Insurance) -> None:
        """The pending charges of the patient chosen."""
        self.context.window.set_patient(patient_id)
        if self._about != patient_id:
            self._about = patient_id
            self.charges.fresh()
            self.elsewhere.show_money(MoneyElsewhere())
            self.presenter.recall("invoice", self.charges.form.restore)
            self.presenter.recall("charge", self.charges.adding.restore)
        self.charges.show_charges(charges, cover)
        self.detail.setCurrentIndex(CHARGES)
        self._offer()

    def show_elsewhere(self, patient_id: str, found: MoneyElsewhere) -> None:
        """What care elsewhere cost the patient chosen."""
        if patient_id == self._about:
            self.elsewhere.show_money(found)

    def show_invoice(self, invoice: Invoice) -> None:
        """The invoice chosen."""
        self.context.window.set_patient(invoice.patient_id)
        new = self._about != invoice.id
        self._about = invoice.id
        self.invoice.show_invoice(invoice)
        if new:
            self.presenter.recall("payment", self.invoice.form.restore)
        self.detail.setCurrentIndex(INVOICE)
        self._offer()

    def issued(self, invoice: IssuedInvoice) -> None:
        """An invoice was made: the next thing is its payment."""
        self.charges.form.clear()
        self.context.window.say(_("Invoice {number} made").format(number=invoice.number))
        QTimer.singleShot(0, self.invoice.amount.setFocus)

    def paid(self, payment: TakenPayment) -> None:
        """Money was taken or given back."""
        self.invoice.form.clear()
        words = _("{number}: {amount}, still owed {owed}")
        amount, owed = money_text(payment.amount, payment.currency), money_text(payment.outstanding, payment.currency)
        self.context.window.say(words.format(number=payment.number, amount=amount, owed=owed))

    def closed(self, shift_id: str) -> None:
        """The shift was closed: show its day-end."""
        self.shift.form.clear()
        desk = self.presenter.desk
        self.context.window.preview(lambda: _printed().day_end(desk, shift_id), _("Day-end"))

    def refused(self, error: Exception) -> None:
        """Show a refusal beside the field it is about."""
        self.set_primary_busy(False)
        if isinstance(error, Refusal):
            forms = [form for form in (self._form(), self.charges.coding, self.shift.form) if form is not None]
            named = [form for form in forms if any(field.key == error.field for field in form.fields())]
            (named or forms)[0].show_refusal(error)
            return
        self.context.window.show_error(error)

    # ------------------------------------------------------------------------------------------------------

    def _fit(self, at: int) -> None:
        """Let only the page that is open ask for room: the tallest would else make every other one scroll."""
        for place in range(self.detail.count()):
            wants = QSizePolicy.Policy.Preferred if place == at else QSizePolicy.Policy.Ignored
            page = self.detail.widget(place)
            if page is not None:
                page.setSizePolicy(wants, wants)

    def _close(self) -> None:
        self.leave()
        self.presenter.close()
        self._about = None
        self.context.window.set_patient(None)
        self.detail.setCurrentIndex(NOTHING)
        self._offer()

    def _turned(self, _place: int) -> None:
        """The till is about nobody: beside it no payment may be one key away."""
        if self.lists.currentWidget() is self.shift and self.detail.currentIndex() != NOTHING:
            self._close()
        self._offer()

    def _form(self) -> Form | None:
        return {CHARGES: self.charges.form, INVOICE: self.invoice.form}.get(self.detail.currentIndex())

    def _offer(self) -> None:
        self.set_primary_busy(False)
        at = self.detail.currentIndex()
        self.statement.setEnabled(at != NOTHING)
        if at == CHARGES:
            self.set_primary(_("Make &invoice"), self._issue, enabled=bool(self.charges.chosen()))
        elif at == INVOICE and self.invoice.invoice is not None and self.invoice.invoice.outstanding > 0:
            self.set_primary(_("Take &payment"), self._pay, enabled=self.presenter.shift is not None)
        else:
            self.no_primary()

    def _issue(self) -> None:
        if self.charges.form.check():
            self.set_primary_busy(True)
            self.presenter.issue(
                self.charges.chosen(),
                discount=self.charges.discount_amount(),
                reason=self.charges.discount_reason.value(),
                use_insurance=self.charges.use_insurance.value(),
                due_on=self.charges.due_on.value(),
            )

    def _pay(self) -> None:
        amount = self.invoice.amount.minor()
        if self.invoice.form.check() and amount is not None:
            self.set_primary_busy(True)
            by, card = self.invoice.method.value() or "", self.invoice.card()
            self.presenter.pay(amount, by, self.invoice.reference.value(), card)

    def _add(self, price_code: str, quantity: int) -> None:
        self.presenter.charge_by_hand(price_code, quantity, self.charges.fresh_adding)

    def _refund(self, row: PaymentRow, amount: int, reason: str) -> None:
        self.presenter.refund(row.id, amount, reason)

    def _print_invoice(self) -> None:
        desk, invoice = self.presenter.desk, self.invoice.invoice
        if invoice is not None:
            self.context.window.preview(
                lambda: _opened(desk, "invoice", invoice.patient_id, invoice.id), invoice.number
            )

    def _print_statement(self) -> None:
        desk, patient = self.presenter.desk, self.presenter.patient_id
        if patient is not None:
            self.context.window.preview(lambda: paper_of(desk, "statement", patient), _("Statement of account"))

    def _print_receipt(self, row: PaymentRow) -> None:
        desk, invoice = self.presenter.desk, self.invoice.invoice
        if invoice is not None:
            patient, cash = invoice.patient_id, row.method == "cash"
            make = partial(_receipt, desk, patient, row.id)
            self.context.window.preview(asked(desk, Paper("receipt", row.id, row.number, make, cash)), row.number)


def _printed() -> ModuleType:
    # ReportLab and its fonts cost 0.15 s: nobody waits for them before the first paper.
    return importlib.import_module("clinic_desktop.reports.printed")


def _name(row: ToBill | InvoiceRow) -> str:
    return f"{row.family_name.upper()}, {row.given_names}"


def _owed(row: InvoiceRow) -> str:
    return money_text(row.outstanding, row.currency)


def _since(row: ToBill) -> str:
    return show_instant(row.since)


def _opened(desk: Desk, name: str, patient_id: str, record: str) -> bytes:
    """A paper about a patient, after who opens it is on record."""
    papers = importlib.import_module("clinic_desktop.reports.papers")
    return bytes(papers.opened(desk, name, patient_id, lambda: getattr(papers.printed, name)(desk, record)))


def _receipt(desk: Desk, patient_id: str, record: str, roll_mm: int) -> Any:
    """A receipt for a roll so wide, after who opens it is on record."""
    papers = importlib.import_module("clinic_desktop.reports.papers")
    return papers.opened(desk, "receipt", patient_id, lambda: papers.printed.receipt_sheets(desk, record, roll_mm))
