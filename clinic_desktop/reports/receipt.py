"""A receipt on an 80 mm roll, as long as its words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clinic_desktop.domain import cards
from clinic_desktop.i18n import _
from clinic_desktop.reports import symbols
from clinic_desktop.reports.flow import BODY, Cell, Column, Flow, Style
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.labels import roll as new_roll
from clinic_desktop.reports.page import ClinicHead, Printed
from clinic_desktop.reports.sheet import INK, MM
from clinic_desktop.reports.wording import moment, money, mrn_words, priced

_PLAIN: Final = Style(9.0)
_STRONG: Final = Style(9.0, bold=True)


@dataclass(frozen=True, repr=False)
class ReceiptPaper:
    """Everything that stands on a receipt; amounts in minor units of one currency."""

    clinic: ClinicHead
    printed: Printed
    number: str
    paid_at: datetime
    patient_name: str  # FAMILY, Given
    mrn: str
    invoice_number: str
    method: str
    currency: str
    amount: int
    still_owed: int
    cashier: str
    lines: tuple[tuple[str, int], ...] = ()  # what was paid for, in minor units
    tendered: int | None = None
    reference: str = ""
    refund: bool = False
    roll_mm: int = 80


def receipt(data: ReceiptPaper) -> bytes:
    """The receipt as PDF, one page as wide as the roll."""
    return receipt_sheets(data).pdf()


def receipt_sheets(data: ReceiptPaper) -> LabelSheets:
    """The receipt, as long as its words."""
    title = _("Refund") if data.refund else _("Receipt")
    sheets, roll = new_roll(f"{title} {data.number}", data.roll_mm)
    roll.say(data.clinic.name, Style(BODY, bold=True), align="centre")
    for words in (*data.clinic.address, data.clinic.phone):
        if words:
            roll.say(words, _PLAIN, align="centre", gap=0)
    _line(roll)
    roll.say(f"{title} {data.number}", Style(BODY, bold=True))
    roll.say(moment(data.paid_at), _PLAIN, gap=0)
    roll.say(data.patient_name, _STRONG, gap=0)
    roll.say(mrn_words(data.mrn), _PLAIN, gap=0)
    roll.say(_("Invoice {number}").format(number=data.invoice_number), _PLAIN, gap=0)
    _line(roll)
    pair = (Column(roll.width * 0.66), Column(roll.width * 0.34, "right"))
    for words, minor in data.lines:
        roll.row([Cell(words, _PLAIN), Cell(money(minor, data.currency), _PLAIN)], pair, gap=1, padding=2)
    if data.lines:
        _line(roll)
    large = Style(12.0, bold=True)
    label = _("Given back") if data.refund else _("Paid")
    roll.row([Cell(label, large), Cell(priced(data.amount, data.currency), large)], _half(roll), padding=0)
    rows = [(data.method, data.reference)]
    if data.tendered is not None:
        rows.append((_("Handed over"), money(data.tendered, data.currency)))
        rows.append((_("Change"), money(data.tendered - data.amount, data.currency)))
    rows.append((_("Still to pay"), priced(data.still_owed, data.currency)))
    for name, words in rows:
        roll.row([Cell(name, _PLAIN), Cell(words, _PLAIN)], _half(roll), gap=0, padding=0)
    _line(roll)
    roll.say(_("Served by {name}").format(name=data.cashier), _PLAIN, gap=0)
    printed = _("Printed {moment} by {name}").format(moment=moment(data.printed.at), name=data.printed.by)
    roll.say(printed, _PLAIN)
    code = cards.write("receipt", data.number)
    side = symbols.pattern("qr", code).width * 0.5 * MM
    sheets.symbol("qr", code, roll.left + (roll.width - side) / 2, roll.y + 2 * MM, module_mm=0.5)
    sheets.cut = roll.y + side + 8 * MM
    return sheets


def _half(roll: Flow) -> tuple[Column, Column]:
    return (Column(roll.width * 0.42), Column(roll.width * 0.58, "right"))


def _line(roll: Flow) -> None:
    roll.y += 3
    roll.sheets.rule(roll.left, roll.y, roll.width, colour=INK)
    roll.y += 3
