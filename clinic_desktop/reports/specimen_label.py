"""A label for a specimen tube at true size: its number as a bar code and in figures, and whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from reportlab.graphics.barcode.code128 import Code128

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import Cell, Column, Flow, Style
from clinic_desktop.reports.sheet import INK, MM, Sheets
from clinic_desktop.reports.wording import day, moment

# 0.25 mm is two dots of the common 203 dpi label printer: narrower bars blur together.
_MODULE: Final = 0.25 * MM
_WIDTH, _HEIGHT = 60 * MM, 30 * MM


@dataclass(frozen=True, repr=False)
class SpecimenLabelPaper:
    """Everything that stands on a specimen's label."""

    number: str
    patient_name: str  # FAMILY, Given
    mrn: str
    kind: str
    collected_at: datetime
    order_number: str
    born_on: date | None = None


def specimen_labels(labels: Sequence[SpecimenLabelPaper]) -> bytes:
    """One page for each label, its page the label's own size."""
    sheets = Sheets(_WIDTH, _HEIGHT, _("Specimen labels"))
    for place, label in enumerate(labels):
        if place:
            sheets.new_page()
        _draw(sheets, label)
    return sheets.finish()


def bars(text: str) -> list[tuple[int, int]]:
    """The bars of a Code 128 symbol (ISO/IEC 15417) as (start, width) in modules."""
    code = Code128(text, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    found, at = [], 0
    for letter in code.decomposed:
        width = ord(letter.lower()) - ord("a") + 1
        if letter.isupper():
            found.append((at, width))
        at += width
    return found


def _draw(sheets: Sheets, label: SpecimenLabelPaper) -> None:
    edge = 2 * MM
    flow = Flow(sheets, left=edge, top=edge, width=_WIDTH - 2 * edge, bottom=_HEIGHT)
    columns = (Column(flow.width * 0.68, "left"), Column(flow.width * 0.32, "right"))
    flow.row([Cell(label.patient_name, Style(8.5, bold=True)), Cell(label.kind, Style(8.5, bold=True))], columns,
             gap=0, padding=1)  # fmt: skip
    born = _("born {date}").format(date=day(label.born_on)) if label.born_on else ""
    flow.say(" · ".join(part for part in (label.mrn, born) if part), Style(6.5), gap=1)
    symbol = bars(label.number)
    start, width = symbol[-1]
    left = (_WIDTH - (start + width) * _MODULE) / 2
    for at, wide in symbol:
        sheets.box(left + at * _MODULE, flow.y, wide * _MODULE, 10 * MM, fill=INK)
    flow.y += 10 * MM + 2
    flow.say(label.number, Style(8.5, bold=True), gap=0)
    flow.say(f"{moment(label.collected_at)} · {label.order_number}", Style(6), gap=0)
