"""Labels that stand by themselves: card, wristband, shelf label, queue ticket, and a sheet of small ones on A4.

A name that is longer than its place gets smaller type, a second line, and at last an ellipsis: the number and the code
under it are whole on every label, since they say who it is.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from clinic_desktop.domain import cards
from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import Align, Flow, Style
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.sheet import INK, MM
from clinic_desktop.reports.text import Line, wrap
from clinic_desktop.reports.wording import day, moment, mrn_words

CARD: Final = (85.6, 54.0)  # ISO/IEC 7810, ID-1
BAND: Final = (200.0, 25.0)
SHELF: Final = (60.0, 30.0)
# 24 labels of 70 by 36 mm on A4, as the common sheets are cut, kept clear of the printer's own margin.
SHEET: Final = (210.0, 297.0)
_COLUMNS, _ROWS = 3, 8
_CUT: Final = (70.0, 36.0)
_CARD_MODULE: Final = 0.75  # whole dots of the commonest head, so that the code ends where the line above it does
_TRIAL_MODULE: Final = 0.5
_TRIAL_CODE: Final = 21 * _TRIAL_MODULE


@dataclass(frozen=True, repr=False)
class PatientLabel:
    """What stands on whatever names a patient."""

    clinic: str
    name: str  # FAMILY, Given
    mrn: str
    sex: str
    born_on: date | None = None
    born_estimated: bool = False

    def born(self) -> str:
        """Born 14-Jul-1945, or that it is not known."""
        if self.born_on is None:
            return _("date of birth not known")
        words = _("born about {date}") if self.born_estimated else _("born {date}")
        return words.format(date=day(self.born_on))

    def code(self) -> str:
        """The code of the card."""
        return cards.write("patient", self.mrn)


@dataclass(frozen=True, repr=False)
class ShelfLabel:
    """What stands on a shelf, or on a box that was received."""

    product: str  # name, strength and form
    lot: str
    expires_on: date
    lot_id: str
    received_on: date | None = None


@dataclass(frozen=True, repr=False)
class QueueTicket:
    """What somebody who waits holds in the hand: never a name, since it is left lying about."""

    clinic: str
    ticket: int
    checked_in_at: datetime


def fitted(
    text: str, width: float, sizes: tuple[float, ...], lines: int, *, bold: bool = True
) -> tuple[float, list[Line]]:
    """The largest of these type sizes at which a text takes so many lines, else its beginning and an ellipsis."""
    size, kept, found = sizes[-1], text, list[Line]()
    for each in sizes:
        found = wrap(text, Flow.limit(width, each), bold=bold)
        if len(found) <= lines:
            return each, found
    while len(found) > lines:
        kept = kept[: min(len(kept) * 9 // 10, len(kept) - 1)].rstrip()
        found = wrap(kept + "…", Flow.limit(width, size), bold=bold)
    return size, found


def say_fitted(
    flow: Flow, text: str, sizes: tuple[float, ...], lines: int, *, bold: bool = True, align: Align = "start"
) -> None:
    """Set a text in the largest type that fits, here."""
    size, found = fitted(text, flow.width, sizes, lines, bold=bold)
    flow.set_lines(found, Style(size, bold=bold), flow.left, flow.width, align)


def patient_card(data: PatientLabel) -> LabelSheets:
    """A card for the purse, of the size of a bank card."""
    sheets = _sheets(CARD, _("Patient card"))
    flow = _flow(sheets, 5, 4, CARD[0] - 10)
    say_fitted(flow, data.clinic, (10, 9, 8), 1)
    flow.y += 2
    sheets.rule(flow.left, flow.y, flow.width)
    flow.y += 8
    flow.width = (CARD[0] - 10 - 25) * MM
    say_fitted(flow, data.name, (13, 12, 11, 10, 9, 8), 3)
    flow.y += 3
    say_fitted(flow, " · ".join(part for part in (data.born(), data.sex) if part), (9, 8, 7), 2, bold=False)
    flow.y += 3
    say_fitted(flow, mrn_words(data.mrn), (10, 9, 8, 7), 2)
    sheets.symbol("qr", data.code(), (CARD[0] - 5 - 25 * _CARD_MODULE) * MM, 20 * MM, module_mm=_CARD_MODULE)
    return sheets


def wristband(data: PatientLabel) -> LabelSheets:
    """A band for the wrist: the name as large as it will stand, the code at its beginning and at its end."""
    sheets = _sheets(BAND, _("Wristband"))
    sheets.lengthwise = True
    side = 25 * 0.625  # whole dots of the commonest head
    for left in (10.0, BAND[0] - 10 - side):
        # Read round a wrist: one of the two is always on top.
        sheets.symbol("qr", data.code(), left * MM, (BAND[1] - side) / 2 * MM, module_mm=side / 25)
    flow = _flow(sheets, 30, 3, BAND[0] - 60)
    say_fitted(flow, data.name, (18, 16, 14, 12, 10), 1)
    flow.y += 1
    say_fitted(flow, "     ".join(part for part in (data.born(), data.sex) if part), (12, 11, 10), 1, bold=False)
    say_fitted(flow, f"{mrn_words(data.mrn)}     {data.clinic}", (11, 10, 9, 8), 1)
    return sheets


def shelf_label(data: ShelfLabel) -> LabelSheets:
    """A label for a shelf or a box: what it is, its lot and until when it may be used."""
    sheets = _sheets(SHELF, f"{_('Shelf label')} {data.lot}")
    flow = _flow(sheets, 2, 2, SHELF[0] - 4)
    say_fitted(flow, data.product, (10, 9, 8, 7), 2)
    flow.y = 13 * MM
    flow.width = (SHELF[0] - 4 - 13) * MM
    say_fitted(flow, _("use before {date}").format(date=day(data.expires_on)), (10, 9, 8), 1)
    say_fitted(flow, _("lot {lot}").format(lot=data.lot), (9, 8, 7, 6), 1)
    if data.received_on:
        say_fitted(flow, _("received {date}").format(date=day(data.received_on)), (7,), 1, bold=False)
    sheets.symbol("datamatrix", cards.write("lot", data.lot_id), (SHELF[0] - 3 - 10) * MM, 17.5 * MM, module_mm=0.375)
    return sheets


def queue_ticket(data: QueueTicket, roll_mm: int = 80) -> LabelSheets:
    """A ticket for the queue, as long as its words."""
    sheets, flow = roll(f"{_('Ticket')} {data.ticket}", roll_mm)
    say_fitted(flow, data.clinic, (11, 10, 9), 2, align="centre")
    flow.y += 6
    flow.say(_("Your number"), Style(10), align="centre", gap=0)
    flow.say(str(data.ticket), Style(44, bold=True), align="centre", gap=0)
    flow.say(moment(data.checked_in_at), Style(9), align="centre", gap=2)
    flow.say(_("Please wait until this number is called."), Style(9), align="centre")
    sheets.cut = flow.y + 4 * MM
    return sheets


def label_sheet(data: PatientLabel) -> LabelSheets:
    """Small labels of one patient, to be stuck on whatever is the patient's: a whole sheet of A4."""
    sheets = _sheets(SHEET, _("Sheet of labels"))
    top = (SHEET[1] - _ROWS * _CUT[1]) / 2
    for place in range(_COLUMNS * _ROWS):
        left = place % _COLUMNS * _CUT[0] + 6
        down = top + place // _COLUMNS * _CUT[1] + 6
        flow = _flow(sheets, left, down, _CUT[0] - 12 - 17)
        say_fitted(flow, data.name, (10, 9, 8, 7), 2)
        flow.y += 2
        say_fitted(flow, data.born(), (8, 7, 6), 1, bold=False)
        say_fitted(flow, data.sex, (8, 7), 1, bold=False)
        say_fitted(flow, mrn_words(data.mrn), (8, 7, 6), 2)
        sheets.symbol("qr", data.code(), (left + _CUT[0] - 12 - 15) * MM, (down + 3) * MM, module_mm=15 / 25)
    return sheets


def roll(title: str, roll_mm: int) -> tuple[LabelSheets, Flow]:
    """A roll 58 or 80 mm wide, and the flow over what its head can reach."""
    longest, reached = 2000 * MM, {80: 72, 58: 48}[roll_mm]
    sheets = LabelSheets(roll_mm * MM, longest, title)
    left = (roll_mm - reached) / 2 * MM
    return sheets, Flow(sheets, left=left, top=4 * MM, width=reached * MM, bottom=longest)


def _sheets(size: tuple[float, float], title: str) -> LabelSheets:
    return LabelSheets(size[0] * MM, size[1] * MM, title)


def _flow(sheets: LabelSheets, left: float, top: float, width: float) -> Flow:
    return Flow(sheets, left=left * MM, top=top * MM, width=width * MM, bottom=sheets.height)


def trial(printer: str, roll_mm: int | None = None) -> LabelSheets:
    """What a printer is tried with: its name, letters of several scripts, a code and a frame at its true size."""
    # Beside the words: under them its quiet zone, four modules on each side, would lie across the frame.
    left = SHELF[0] - 3.5 - _TRIAL_CODE
    if roll_mm is None:
        sheets = _sheets(SHELF, _("Test print"))
        sheets.box(1 * MM, 1 * MM, (SHELF[0] - 2) * MM, (SHELF[1] - 2) * MM, edge=INK)
        flow = _flow(sheets, 3, 3, left - 3 - 4 * _TRIAL_MODULE)
    else:
        sheets, flow = roll(_("Test print"), roll_mm)
    say_fitted(flow, printer, (11, 10, 9, 8), 1)
    say_fitted(flow, _("Test print"), (9,), 1, bold=False)
    say_fitted(flow, "Aa 123 · العيادة · चिकित्सालय · 診所", (9, 8, 7), 1)
    if roll_mm is None:
        sheets.symbol("qr", "CD1", left * MM, (SHELF[1] - _TRIAL_CODE) / 2 * MM, module_mm=_TRIAL_MODULE)
    else:
        flow.y += 4 * _TRIAL_MODULE * MM
        sheets.symbol("qr", "CD1", flow.left, flow.y, module_mm=_TRIAL_MODULE)
        sheets.cut = flow.y + 14 * MM
    return sheets
