"""One invoice: its lines, what is still owed, and the payment form."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.coding import CARD_TYPES
from clinic_desktop.domain.insurance import Terms
from clinic_desktop.domain.money import money_text
from clinic_desktop.gui.screens.billing.charges import pays_words
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import show_date, show_instant
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import MoneyField
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.stop import ConfirmStop, ReasonKept
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.reports.wording import card_words, method_words
from clinic_desktop.services.cash import NO_CARD, Card
from clinic_desktop.services.invoices import Invoice, InvoiceLine, PaymentRow

METHODS = ("cash", "card", "mobile_money", "bank_transfer")


class InvoicePanel(QWidget):
    """The invoice that is open."""

    refund_asked = Signal(object, int, str)
    void_asked = Signal(object, str)
    print_asked = Signal()
    receipt_asked = Signal(object)

    def __init__(self, keeper: DraftKeeper, settings: Remembered, kept: Callable[[str, str], ReasonKept]) -> None:
        super().__init__()
        self.invoice: Invoice | None = None
        self._kept = kept
        self.state = Pill(name="billing.invoice_state")
        self.owed = label("", "figure", name="billing.outstanding")
        self.about = label("", "secondary", name="billing.invoice_about", wrap=True)
        self.lines: ListTable[InvoiceLine] = ListTable(
            "billing.lines",
            [
                Column("what", _("What"), lambda row: row.description, width=260, stretch=True, wrap=True),
                Column("code", _("Code"), _code, width=90, subtle=True),
                Column("quantity", _("Quantity"), lambda row: str(row.quantity), width=80, number=True),
                Column("price", _("Price"), lambda row: self._money(row.unit_amount), width=110, number=True),
                Column("amount", _("Amount"), lambda row: self._money(row.amount), width=120, number=True),
            ],
            settings=settings,
            counted=False,
        )
        self.payments: ListTable[PaymentRow] = ListTable(
            "billing.payments",
            [
                Column("number", _("Number"), lambda row: row.number, width=150),
                Column("at", _("When"), lambda row: show_instant(row.paid_at), width=150),
                Column("method", _("How"), lambda row: method_words(row.method), width=110),
                Column(
                    "amount",
                    _("Amount"),
                    lambda row: self._money(row.amount if row.kind == "payment" else -row.amount),
                    width=120,
                    number=True,
                ),
                Column("note", _("Note"), _note, width=140, stretch=True, subtle=True),
            ],
            key=lambda row: row.id,
            empty=Empty(_("Nothing was paid yet."), icon="cash"),
            settings=settings,
            counted=False,
        )
        self.form = Form(keeper)
        self.amount = MoneyField(_("&Amount"), "billing.amount", currency="", required=True)
        self.method = SegmentField(_("&How"), "billing.method", [(key, method_words(key)) for key in METHODS])
        self.reference = TextField(_("Re&ference"), "billing.reference", placeholder=_("Card slip, transfer"))
        self.form.add_row(self.method, self.amount, self.reference, stretch=(4, 2, 3))
        self.card_type = ChoiceField(_("Card"), "billing.card_type", [(key, card_words(key)) for key in CARD_TYPES])
        self.last_four = TextField(_("Its last four digits"), "billing.card_last_four")
        self._card = QWidget()
        beside = QHBoxLayout(self._card)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.form.adopt(self.card_type))
        beside.addWidget(self.form.adopt(self.last_four))
        self.form.add_widget(self._card)
        self.form.edited.connect(lambda _key: self._offer_card())
        self._offer_card()
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.panel = Panel(_("Invoice"), name="billing.invoice_panel")
        self.panel.add_beside_title(self.state)
        self.panel.add_button(_("Pri&nt"), "billing.print_invoice", self.print_asked.emit)
        self.panel.add_button(_("&Void ..."), "billing.void", self._void)
        self.panel.add(self.about)
        self.panel.add(self.lines, 1)
        column.addWidget(self.panel, 3)
        self.paying = Panel(_("Payment"))
        self.owed.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.paying.add_beside_title(self.owed)
        self.paying.add(self.form)
        column.addWidget(self.paying)
        self.taken = taken = Panel(_("Taken so far"))
        taken.add_button(_("&Receipt"), "billing.print_receipt", self._receipt)
        taken.add_button(_("&Give back ..."), "billing.refund", self._refund)
        self.payments.setMinimumHeight(72)
        self.lines.setMinimumHeight(104)
        taken.add(self.payments, 1)
        column.addWidget(taken, 2)

    def show_invoice(self, invoice: Invoice) -> None:
        """Show an invoice; what is still owed stands in the payment form, ready for one key."""
        fresh = self.invoice is None or self.invoice.id != invoice.id or self.invoice.outstanding != invoice.outstanding
        self.invoice = invoice
        self.panel.set_title(_("Invoice {number}").format(number=invoice.number))
        self.state.show_look(_look(invoice))
        words = [_("issued {when}").format(when=show_instant(invoice.issued_at))]
        words.append(_("total {amount}").format(amount=self._money(invoice.total)))
        if invoice.due_on:
            words.append(_("due {day}").format(day=show_date(date.fromisoformat(invoice.due_on))))
        if invoice.discount:
            words.append(_("discount {amount}").format(amount=self._money(invoice.discount)))
        for part in invoice.shares:
            pays = pays_words(part.insurer, Terms(part.share, part.copay), invoice.currency)
            words.append(f"{pays} = {self._money(part.amount)}")
        if invoice.insurer_owes and not invoice.shares:
            pays = pays_words(invoice.insurer or "", Terms(invoice.insurance_share), invoice.currency)
            words.append(f"{pays} = {self._money(invoice.insurer_owes)}")
        if invoice.void_reason:
            words.append(_("void: {reason}").format(reason=invoice.void_reason))
        self.about.setText("  ·  ".join(words))
        self.lines.set_rows(invoice.lines)
        self.payments.set_rows(invoice.payments)
        self.taken.setVisible(bool(invoice.payments))
        self.owed.setText(_("{amount} to pay").format(amount=self._money(invoice.outstanding)))
        self.paying.setVisible(invoice.outstanding > 0)
        self.amount.set_unit(invoice.currency)
        if fresh:
            self.form.clear()
            self.form.set_values({"amount": invoice.outstanding, "method": "cash"})
            self._offer_card()

    def card(self) -> Card:
        """Which card is paid with; none where it is not paid by card."""
        if self.method.value() != "card":
            return NO_CARD
        return Card(self.card_type.value() or "", self.last_four.value())

    def _offer_card(self) -> None:
        self._card.setVisible(self.method.value() == "card")

    def _money(self, amount: int) -> str:
        return money_text(amount, self.invoice.currency if self.invoice else "")

    def _receipt(self) -> None:
        row = self.payments.current() or (self.invoice.payments[-1] if self.invoice and self.invoice.payments else None)
        if row is not None:
            self.receipt_asked.emit(row)

    def _refund(self) -> None:
        row = self.payments.current()
        if row is None or row.kind != "payment" or row.amount == row.refunded or self.invoice is None:
            return
        left = row.amount - row.refunded
        ask = ConfirmStop(
            self,
            "billing.refund_ask",
            _("Give {amount} back?").format(amount=self._money(left)),
            _("{method}, receipt {number}").format(method=method_words(row.method), number=row.number),
            confirm=_("&Give back"),
            reason=_("&Why"),
            kept=self._kept("refund", row.id),
        )
        ask.accepted.connect(lambda: self.refund_asked.emit(row, left, ask.reason()))
        ask.open()

    def _void(self) -> None:
        invoice = self.invoice
        if invoice is None or invoice.status == "void":
            return
        ask = ConfirmStop(
            self,
            "billing.void_ask",
            _("Void invoice {number}?").format(number=invoice.number),
            _("Its charges can be invoiced again. The invoice stays on record as void."),
            confirm=_("&Void"),
            reason=_("&Why"),
            kept=self._kept("void", invoice.id),
        )
        ask.accepted.connect(lambda: self.void_asked.emit(invoice, ask.reason()))
        ask.open()


def _code(line: InvoiceLine) -> str:
    return " ".join(part for part in (line.procedure_code, line.modifiers) if part)


def _note(row: PaymentRow) -> str:
    card = " ".join(part for part in (card_words(row.card_type), row.card_last_four) if part)
    return " · ".join(part for part in (card, row.reference, row.reason or "") if part)


def _look(invoice: Invoice) -> Look:
    if invoice.status == "void":
        return Look(_("Void"), "neutral", "void")
    if invoice.outstanding == 0:
        return Look(_("Paid"), "good")
    if invoice.outstanding < invoice.patient_owes:
        return Look(_("Partly paid"), "warning")
    return Look(_("Unpaid"), "warning")
