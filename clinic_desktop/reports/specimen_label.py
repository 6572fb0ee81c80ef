"""A label for a specimen tube at true size: its number as a bar code and in figures, and whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from clinic_desktop.domain import cards
from clinic_desktop.i18n import _
from clinic_desktop.reports import symbols
from clinic_desktop.reports.flow import Flow
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.labels import say_fitted
from clinic_desktop.reports.sheet import MM
from clinic_desktop.reports.text import wrap
from clinic_desktop.reports.wording import day, moment

# 0.25 mm is two dots of the common 203 dpi label printer: narrower bars blur together.
_MODULE_MM: Final = 0.25
_BARS_MM: Final = 8
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


def specimen_sheets(labels: Sequence[SpecimenLabelPaper]) -> LabelSheets:
    """One page for each label, its page the label's own size."""
    sheets = LabelSheets(_WIDTH, _HEIGHT, _("Specimen labels"))
    for place, label in enumerate(labels):
        if place:
            sheets.new_page()
        _draw(sheets, label)
    return sheets


def specimen_labels(labels: Sequence[SpecimenLabelPaper]) -> bytes:
    """The labels as PDF."""
    return specimen_sheets(labels).pdf()


def _draw(sheets: LabelSheets, label: SpecimenLabelPaper) -> None:
    edge = 2 * MM
    flow = Flow(sheets, left=edge, top=edge - 1, width=(_WIDTH - 2 * edge) * 0.7, bottom=_HEIGHT)
    # A second line costs the height of the bars, so it comes only in small type.
    short = len(wrap(label.patient_name, Flow.limit(flow.width, 7), bold=True)) == 1
    say_fitted(flow, label.patient_name, (8.5, 7.5, 7) if short else (6.5, 6), 1 if short else 2)
    name_ends = flow.y
    kind = Flow(sheets, left=edge + flow.width + 4, top=edge - 1, width=(_WIDTH - 2 * edge) * 0.3 - 4, bottom=_HEIGHT)
    say_fitted(kind, label.kind, (8.5, 7.5, 6.5, 5.5), 1, align="right")
    flow.y, flow.width = max(name_ends, kind.y), _WIDTH - 2 * edge
    born = _("born {date}").format(date=day(label.born_on)) if label.born_on else ""
    say_fitted(flow, " · ".join(part for part in (label.mrn, born) if part), (6.5, 6, 5), 1, bold=False)
    _symbols(sheets, flow, label)


def _symbols(sheets: LabelSheets, flow: Flow, label: SpecimenLabelPaper) -> None:
    """The number as bars for the analyser, our own code for the hand scanner, and both in figures."""
    top = max(flow.y + 1, 9 * MM)
    bars = symbols.pattern("code128", label.number)
    left = max((_WIDTH - bars.width * _MODULE_MM * MM) / 2, 0)
    sheets.symbol("code128", label.number, left, top, module_mm=_MODULE_MM, height_mm=_BARS_MM)
    flow.y, flow.width = top + _BARS_MM * MM + 1, _WIDTH - 2 * flow.left - 10 * MM
    say_fitted(flow, label.number, (8.5, 7.5, 6.5, 5.5), 1)
    say_fitted(flow, moment(label.collected_at), (6,), 1, bold=False)
    say_fitted(flow, label.order_number, (6, 5), 1, bold=False)
    code = cards.write("specimen", label.number)
    side = symbols.pattern("datamatrix", code).width
    module = 0.375 if side * 0.375 <= 8.5 else 0.25
    sheets.symbol(
        "datamatrix", code, _WIDTH - (2.5 + side * module) * MM, _HEIGHT - (2 + side * module) * MM, module_mm=module
    )
