"""Numbers by keyboard only: no wheel and no arrows, so that none changes unseen."""

import re
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel

from clinic_desktop.domain.money import minor_digits
from clinic_desktop.gui import theme
from clinic_desktop.gui.widgets.fields import LineField
from clinic_desktop.i18n import _

_PLAIN = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")
# 1,000 is a thousand to one reader and one to another: a dose must not turn on who reads it.
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+")


class NumberField(LineField):
    """A number with its unit behind it, lighter; a comma or a point divides decimals.

    Outside `least` to `most` is a problem; `decimals` is how many are taken.
    """

    def __init__(
        self,
        label: str,
        name: str,
        *,
        unit: str = "",
        decimals: int = 0,
        least: Decimal | int | None = None,
        most: Decimal | int | None = None,
        hint: str = "",
        required: bool = False,
        placeholder: str = "",
    ) -> None:
        super().__init__(label, name, hint=hint, required=required, placeholder=placeholder)
        self._decimals, self._least, self._most = decimals, least, most
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.setFont(theme.numbers(self.line.font()))
        self._unit = QLabel(self.line)
        self._unit.setProperty("type", "secondary")
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_unit(unit)

    def set_unit(self, unit: str) -> None:
        """Change the unit behind the number."""
        self._unit.setText(unit)
        self._unit.setVisible(bool(unit))
        self._unit.adjustSize()
        self.line.setTextMargins(0, 0, self._unit.width() + 4 if unit else 0, 0)
        self.line.setAccessibleName(f"{self._words} {unit}".strip())
        self._place_unit()

    def value(self) -> Decimal | None:
        """The number."""
        text = self.line.text().strip().replace(" ", "").replace("−", "-")
        if not _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text):
            return None
        return Decimal(text.replace(",", "."))

    def set_value(self, value: object) -> None:
        """Show a number, or None."""
        number = None if value is None else Decimal(str(value))
        if number is not None and not self._decimals and number == number.to_integral_value():
            number = number.to_integral_value()
        self.line.setText("" if number is None else f"{number:f}")

    def problem(self) -> str:
        """Missing, not a number, too many decimals, or out of bounds."""
        number = self.value()
        if not self.line.text().strip():
            return super().problem()
        if number is None and _GROUPED.fullmatch(self.line.text().strip()):
            return _("Write it with no comma between thousands, and decimals after a point.")
        if number is None:
            return _("This is not a number.")
        # 1,0 may be a slip for 10: where only whole numbers are taken, no decimal point is.
        exponent = (number.normalize() if self._decimals else number).as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self._decimals:
            return _("At most {n} decimals.").format(n=self._decimals) if self._decimals else _("Whole numbers only.")
        if self._least is not None and number < self._least:
            return _("Not less than {n}.").format(n=self._least)
        if self._most is not None and number > self._most:
            return _("Not more than {n}.").format(n=self._most)
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the unit at the right."""
        super().resizeEvent(event)
        self._place_unit()

    def _place_unit(self) -> None:
        self._unit.adjustSize()
        height = self.line.height()
        self._unit.move(self.line.width() - self._unit.width() - 9, (height - self._unit.height()) // 2)


class MoneyField(NumberField):
    """An amount of money; `minor()` is a whole number of minor units, as many after the point as the currency has."""

    def __init__(
        self,
        label: str,
        name: str,
        *,
        currency: str,
        least: int | None = 0,
        hint: str = "",
        required: bool = False,
    ) -> None:
        self._digits, self._least_minor = 2, least
        super().__init__(label, name, unit=currency, hint=hint, required=required)
        self.set_unit(currency)

    def set_unit(self, unit: str) -> None:
        """Change the currency, and with it how many decimals an amount has (ISO 4217)."""
        self._digits = self._decimals = minor_digits(unit)
        least = self._least_minor
        self._least = None if least is None else Decimal(least).scaleb(-self._digits)
        super().set_unit(unit)

    def minor(self) -> int | None:
        """The amount in minor units; None where nothing valid stands here."""
        number = super().value()
        return None if number is None or self.problem() else int(number.scaleb(self._digits))

    def set_minor(self, amount: int | None) -> None:
        """Show an amount of minor units."""
        self.line.setText("" if amount is None else f"{Decimal(amount).scaleb(-self._digits):.{self._digits}f}")

    def set_value(self, value: object) -> None:
        """Show an amount of minor units."""
        self.set_minor(int(str(value)) if value is not None else None)
