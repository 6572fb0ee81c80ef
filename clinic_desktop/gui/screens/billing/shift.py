"""The cashier's shift: its opening, what it has come to, its end."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.money import money_text
from clinic_desktop.gui.widgets.buttons import PrimaryButton
from clinic_desktop.gui.widgets.civil import show_instant
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import MoneyField
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.reports.wording import method_words
from clinic_desktop.services.cash import DayEnd, Shift


class ShiftPanel(QWidget):
    """Stands beside the lists: open the shift, see the till, count it at the day's end."""

    open_asked = Signal(int)
    close_asked = Signal(int, str)

    def __init__(self, keeper: DraftKeeper) -> None:
        super().__init__()
        self._open = False
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(_("Your shift"), "section"))
        self.state = Pill(name="billing.shift_state")
        column.addWidget(self.state, 0, Qt.AlignmentFlag.AlignLeft)
        self.about = label("", "secondary", name="billing.shift_about", wrap=True)
        column.addWidget(self.about)
        self.till = label("", "figure", name="billing.till")
        column.addWidget(self.till)
        self.form = Form(keeper)
        self.opening_float = MoneyField(_("Opening &float"), "billing.opening_float", currency="", required=True)
        self.counted = MoneyField(_("&Counted cash"), "billing.counted", currency="")
        self.difference_reason = TextField(_("&Why it differs"), "billing.difference_reason")
        self.form.add(self.opening_float)
        self.form.add(self.counted)
        self.form.add(self.difference_reason)
        column.addWidget(self.form)
        self.button = PrimaryButton(_("&Open shift"), "billing.shift_act", self.act)
        column.addWidget(self.button)
        column.addStretch(1)

    def show_shift(self, shift: Shift | None, day: DayEnd | None) -> None:
        """Show the shift as it stands."""
        self._open = shift is not None
        self.opening_float.setVisible(shift is None)
        self.counted.setVisible(shift is not None)
        self.difference_reason.setVisible(shift is not None)
        self.till.setVisible(shift is not None)
        if shift is None or day is None:
            self.state.show_look(Look(_("Not open"), "warning"))
            self.about.setText(_("Say what lies in the till before you take money."))
            self.button.set_text(_("&Open shift"))
            return
        self.state.show_look(Look(_("Open"), "good"))
        words = [_("Open since {when}.").format(when=show_instant(shift.opened_at))]
        words.append(_("Float {amount}.").format(amount=money_text(shift.opening_float, shift.currency)))
        # What must lie in the till is not said before it was counted: a count is worth nothing that is copied.
        for method, taken, back in (row for row in day.by_method if row[0] != "cash"):
            amount = money_text(taken - back, shift.currency)
            words.append(_("{method} {amount}.").format(method=method_words(method), amount=amount))
        self.about.setText(" ".join(words))
        self.till.setText(_("Count the cash; what must lie in the till is on the day-end."))
        for field in (self.opening_float, self.counted):
            field.set_unit(shift.currency)
        self.button.set_text(_("Close shift and print day-&end"))

    def show_currency(self, currency: str) -> None:
        """Count in the clinic's currency while no shift says its own."""
        if not self._open:
            for field in (self.opening_float, self.counted):
                field.set_unit(currency)

    def act(self) -> None:
        """Open or close, whichever is next."""
        field = self.counted if self._open else self.opening_float
        self.form.clear_errors()
        amount = field.minor()
        if amount is None:
            field.show_error(field.problem() or _("Give an amount."))
            field.setFocus()
        elif self._open:
            self.close_asked.emit(amount, self.difference_reason.value())
        else:
            self.open_asked.emit(amount)
