"""A receipt on an 80 mm roll, as long as its words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, Cell, Column, Flow, Style
from clinic_desktop.reports.page import ClinicHead, Printed
from clinic_desktop.reports.sheet import INK, MM, Sheets
from clinic_desktop.reports.wording import moment, money, mrn_words, priced

ROLL: Final = 80 * MM
_PRINTED: Final = 72 * MM  # what an 80 mm head can reach
_LONGEST: Final = 2000 * MM
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


def receipt(data: ReceiptPaper) -> bytes:
    """The receipt as PDF, one page as wide as the roll."""
    title = _("Refund") if data.refund else _("Receipt")
    roll = Flow(
        Sheets(ROLL, _LONGEST, f"{title} {data.number}"),
        left=(ROLL - _PRINTED) / 2,
        top=4 * MM,
        width=_PRINTED,
        bottom=_LONGEST,
    )
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
    pair = (Column(_PRINTED * 0.66), Column(_PRINTED * 0.34, "right"))
    for words, minor in data.lines:
        roll.row([Cell(words, _PLAIN), Cell(money(minor, data.currency), _PLAIN)], pair, gap=1, padding=2)
    if data.lines:
        _line(roll)
    large = Style(12.0, bold=True)
    label = _("Given back") if data.refund else _("Paid")
    roll.row([Cell(label, large), Cell(priced(data.amount, data.currency), large)], _half(), padding=0)
    rows = [(data.method, data.reference)]
    if data.tendered is not None:
        rows.append((_("Handed over"), money(data.tendered, data.currency)))
        rows.append((_("Change"), money(data.tendered - data.amount, data.currency)))
    rows.append((_("Still to pay"), priced(data.still_owed, data.currency)))
    for name, words in rows:
        roll.row([Cell(name, _PLAIN), Cell(words, _PLAIN)], _half(), gap=0, padding=0)
    _line(roll)
    roll.say(_("Served by {name}").format(name=data.cashier), _PLAIN, gap=0)
    printed = _("Printed {moment} by {name}").format(moment=moment(data.printed.at), name=data.printed.by)
    roll.say(printed, _PLAIN)
    return roll.sheets.finish(height=roll.y + 6 * MM)


def _half() -> tuple[Column, Column]:
    return (Column(_PRINTED * 0.42), Column(_PRINTED * 0.58, "right"))


def _line(roll: Flow) -> None:
    roll.y += 3
    roll.sheets.rule(roll.left, roll.y, roll.width, colour=INK)
    roll.y += 3
