"""What a patient is to be billed for, and the invoice made of it."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.insurance import Terms
from clinic_desktop.domain.money import money_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import MoneyField, NumberField
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.stop import ConfirmStop, ReasonKept
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.billing import Charge
from clinic_desktop.services.charge_codes import ChargeCode
from clinic_desktop.services.invoices import Insurance


class ChargesPanel(QWidget):
    """The pending charges of one patient, and the discount and cover of the invoice to be."""

    take_off_asked = Signal(object, str)
    add_asked = Signal(str, int)
    code_asked = Signal(object, object)

    def __init__(
        self,
        keeper: DraftKeeper,
        adding: DraftKeeper,
        settings: Remembered,
        kept: Callable[[str, str], ReasonKept],
        today: Callable[[], date],
    ) -> None:
        super().__init__()
        self._charges: tuple[Charge, ...] = ()
        self._kept = kept
        self.adding = Form(adding)
        self.coding = Form(DraftKeeper(self._keep_coding))
        self.coded: Charge | None = None
        self._cover = Insurance(None, 0)
        self._currency = ""
        self.table: ListTable[Charge] = ListTable(
            "billing.charges",
            [
                Column("what", _("What was done"), lambda row: row.description, width=260, stretch=True, wrap=True),
                Column("quantity", _("Quantity"), lambda row: str(row.quantity), width=70, number=True),
                Column(
                    "price", _("Price"), lambda row: money_text(row.unit_amount, row.currency), width=110, number=True
                ),
                Column("amount", _("Amount"), lambda row: _money(row, row.amount), width=120, number=True),
                Column("code", _("Code"), _code, width=72, subtle=True),
                Column(
                    "note",
                    _("Note"),
                    lambda row: row.note or "",
                    width=110,
                    meaning=lambda row: "warning" if row.note else "",
                ),
            ],
            key=lambda row: row.id,
            empty=Empty(_("Nothing of this patient waits to be billed."), icon="done"),
            settings=settings,
        )
        self.form = Form(keeper)
        self.use_insurance = CheckField(_("S&hare with the insurer"), "billing.use_insurance")
        self.discount = MoneyField(_("&Discount"), "billing.discount", currency="")
        self.discount_reason = TextField(_("&Reason of the discount"), "billing.discount_reason")
        self.due_on = DateField(_("Due &on"), "billing.due_on", today=today, hint=_("Empty: at once"))
        self.form.add_row(self.use_insurance, self.discount, self.discount_reason, self.due_on, stretch=(3, 2, 3, 2))
        self.sums = label("", "section", name="billing.sums")
        self.sums.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.shares = label("", "secondary", name="billing.shares")
        self.shares.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.form.edited.connect(lambda _key: self._work_out())
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        panel = Panel(_("To bill"), name="billing.charges_panel")
        panel.add_button(_("&Code ..."), "billing.code", self._begin_coding)
        panel.add_button(_("&Take off ..."), "billing.take_off", self._take_off)
        panel.add(self.table, 1)
        panel.add(self._adding())
        panel.add(self._coding())
        column.addWidget(panel, 1)
        self.table.setMinimumHeight(120)
        below = Panel(_("The invoice"))
        below.add_beside_title(self.sums)
        below.add(self.form)
        below.add(self.shares)
        column.addWidget(below)

    def add_below(self, panel: QWidget) -> None:
        """Put a panel beneath the invoice to be."""
        column = self.layout()
        if column is not None:
            column.addWidget(panel)

    def _adding(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self.adding.hide()
        line.addWidget(self.adding)
        self.price = ChoiceField(_("Add &from the price list"), "billing.price_code", (), none=_("Choose"))
        self.quantity = NumberField(_("&Quantity"), "billing.quantity", least=1, most=999)
        self.quantity.line.setText("1")
        self.adding.adopt(self.price)
        self.adding.adopt(self.quantity)
        add = Button(_("&Add"), "billing.add", self._add)
        line.addWidget(self.price, 3)
        line.addWidget(self.quantity, 1)
        line.addWidget(add, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _coding(self) -> QWidget:
        """How a charge is billed to an insurer, hidden until it is asked for."""
        self.procedure = TextField(_("Procedure"), "billing.procedure_code", placeholder="99213")
        self.modifiers = TextField(_("Modifiers"), "billing.modifiers", placeholder="25")
        self.diagnoses = TextField(_("Diagnosis codes"), "billing.diagnoses", placeholder="G44.1")
        self.note = TextField(_("Note"), "billing.note")
        keep = Button(_("&Keep"), "billing.keep_codes", self._code)
        fields = (self.procedure, self.modifiers, self.diagnoses, self.note)
        self.coding.add_row(*fields, keep, stretch=(2, 2, 3, 3, 0))
        self.coding.hide()
        return self.coding

    def _begin_coding(self) -> None:
        charge = self.table.current() or next(iter(self._charges), None)
        again = charge is not None and self.coded is not None and charge.id == self.coded.id
        self._stop_coding()
        if charge is None or again:
            return
        self.coded = charge
        code = charge.code
        self.coding.clear()
        self.coding.set_values(
            {"procedure_code": code.procedure_code, "modifiers": code.modifiers, "diagnoses": code.diagnoses,
             "note": code.note}
        )  # fmt: skip
        self._kept("code", charge.id).recall(self.coding.restore)
        self.procedure.show_hint(charge.description)
        self.coding.show()
        self.procedure.setFocus()

    def _code(self) -> None:
        if self.coded is not None and self.coding.check():
            new = ChargeCode(
                self.procedure.value(), self.modifiers.value(), self.diagnoses.value(), self.note.value(),
                self.coded.code.provider_id,
            )  # fmt: skip
            self.code_asked.emit(self.coded, new)

    def coding_done(self) -> None:
        """The codes are kept with the charge."""
        self.coding.settle()
        self._stop_coding()

    def _stop_coding(self) -> None:
        if self.coding.keeper is not None:
            self.coding.keeper.flush()
        self.coded = None
        self.coding.clear()
        self.coding.hide()

    def _keep_coding(self, fields: dict[str, str]) -> None:
        if self.coded is not None:
            self._kept("code", self.coded.id).keep(fields)

    def show_prices(self, prices: Sequence[tuple[str, str, int, str]]) -> None:
        """Offer the price list."""
        self.price.set_choices([(code, f"{name}  {money_text(amount, unit)}") for code, name, amount, unit in prices])

    def show_charges(self, charges: Sequence[Charge], cover: Insurance) -> None:
        """Show the charges of a patient and their cover."""
        self._charges, self._cover = tuple(charges), cover
        self._currency = charges[0].currency if charges else ""
        self.discount.set_unit(self._currency)
        self.table.set_rows(charges)
        covered = bool(cover.paying or (cover.insurer and cover.share))
        self.use_insurance.setVisible(covered)
        self.use_insurance.show_hint(
            " + ".join(pays_words(who, terms, self._currency) for who, terms in _payers(cover)) if covered else ""
        )
        self._work_out()

    def fresh(self) -> None:
        """Begin with an empty form: the cover is used unless somebody says otherwise."""
        self._stop_coding()
        self.form.clear()
        self.form.set_values({"use_insurance": True})
        self.fresh_adding()
        self._work_out()

    def fresh_adding(self) -> None:
        """Nothing of the price list is chosen."""
        self.adding.clear()
        self.adding.set_values({"quantity": 1})

    def chosen(self) -> tuple[str, ...]:
        """The charges that go on the invoice: all of them."""
        return tuple(charge.id for charge in self._charges)

    def discount_amount(self) -> int:
        """The discount in minor units."""
        return self.discount.minor() or 0

    def _work_out(self) -> None:
        total = sum(charge.amount for charge in self._charges)
        rest = max(total - self.discount_amount(), 0)
        insurer = 0
        self.use_insurance.show_error("")
        if self._charges and self.use_insurance.value():
            try:
                insurer = sum(self._cover.owed(rest, self._currency))
            except Refusal as error:
                self.form.show_refusal(error)
        self.sums.setText(_("Patient pays {amount}").format(amount=money_text(rest - insurer, self._currency)))
        words = [_("Total {amount}").format(amount=money_text(total, self._currency))]
        if total != rest:
            words.append(_("less discount {amount}").format(amount=money_text(total - rest, self._currency)))
        if insurer:
            words.append(_("insurer pays {amount}").format(amount=money_text(insurer, self._currency)))
        self.shares.setText(", ".join(words))
        for text in (self.sums, self.shares):
            text.setVisible(bool(self._charges))

    def _add(self) -> None:
        code, quantity = self.price.value(), self.quantity.value()
        if code and quantity is not None and not self.quantity.problem():
            if self.adding.keeper is not None:
                self.adding.keeper.flush()
            self.add_asked.emit(code, int(quantity))

    def _take_off(self) -> None:
        charge = self.table.current()
        if charge is None:
            return
        ask = ConfirmStop(
            self,
            "billing.take_off_ask",
            _("Take this charge off?"),
            f"{charge.description}, {money_text(charge.amount, charge.currency)}",
            confirm=_("&Take off"),
            reason=_("&Why"),
            kept=self._kept("take_off", charge.id),
        )
        ask.accepted.connect(lambda: self.take_off_asked.emit(charge, ask.reason()))
        ask.open()


def _code(charge: Charge) -> str:
    return " ".join(part for part in (charge.code.procedure_code, charge.code.modifiers) if part)


def _payers(cover: Insurance) -> list[tuple[str, Terms]]:
    if cover.paying:
        return [(one.insurer, one.terms) for one in cover.paying]
    return [(cover.insurer or "", Terms(cover.share))]


def pays_words(insurer: str, terms: Terms, currency: str) -> str:
    """What an insurer pays, with what the patient pays first and what it pays at most: else nobody finds the sum."""
    words = [_("{insurer} pays {share} %").format(insurer=insurer, share=terms.share)]
    if terms.copay:
        words.append(_("after {copay}").format(copay=money_text(terms.copay, currency)))
    if terms.ceiling_left is not None:
        words.append(_("at most {amount}").format(amount=money_text(max(terms.ceiling_left, 0), currency)))
    return " ".join(words)


def _money(charge: Charge, amount: int) -> str:
    return money_text(amount, charge.currency)
