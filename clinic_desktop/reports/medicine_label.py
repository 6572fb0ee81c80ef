"""A label for a medicine pack at true size; what does not fit goes on to a further label, never away."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from clinic_desktop.i18n import _
from clinic_desktop.reports import symbols
from clinic_desktop.reports.flow import Flow, Style, height_of
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.labels import say_fitted
from clinic_desktop.reports.sheet import MM
from clinic_desktop.reports.text import Line, wrap
from clinic_desktop.reports.wording import day

# The largest type that lets the directions fit; below the smallest they go on to another label.
_SIZES: Final = (11.0, 10.0, 9.0, 8.0, 7.5)
_SMALL: Final = 6.5


@dataclass(frozen=True, repr=False)
class MedicineLabelPaper:
    """Everything that stands on a medicine label; millimetres are the label's own size."""

    clinic: str
    patient_name: str  # FAMILY, Given
    mrn: str
    medicine: str  # "amoxicillin 500 mg capsule"
    quantity: str  # "21 capsules"
    directions: str  # in the patient's language
    dispensed_on: date
    prescription_number: str
    warnings: tuple[str, ...] = ()
    lot: str = ""
    expires_on: date | None = None
    code: str = ""  # of the line it was handed out for: domain.cards
    width_mm: float = 70
    height_mm: float = 35


class _Label(Flow):
    """One label, and the next where words go on: each says whose it is."""

    def __init__(self, data: MedicineLabelPaper) -> None:
        title = f"{_('Label')} {data.prescription_number}"
        self.label = sheets = LabelSheets(data.width_mm * MM, data.height_mm * MM, title)
        edge = 2 * MM
        super().__init__(sheets, left=edge, top=edge, width=sheets.width - 2 * edge, bottom=sheets.height - edge)
        side = symbols.pattern("datamatrix", data.code).width if data.code else 0
        self._module = 0.375 if side * 0.375 < 10 else 0.25
        self._side = side * self._module * MM
        self._whole = self.width
        self.again = 24.0
        self._data = data
        self.narrow()
        size, foot = self._foot("1/2")
        self.bottom -= len(foot) * size * 1.36
        self._head()

    def next_page(self) -> None:
        """Go on on another label."""
        super().next_page()
        self._head()

    def narrow(self) -> None:
        """Leave the place of the code beside everything below the head."""
        self.width = self._whole - (self._side + 1.5 * MM if self._side else 0)

    def _head(self) -> None:
        self.width = self._whole * 0.66 - 2
        say_fitted(self, self._data.patient_name, (8.5, 7.5, 6.5), 2, align="left")
        ends, self.y = self.y, self.top
        self.left, self.width = self.left + self._whole * 0.66, self._whole * 0.34
        self.y += 2.2
        say_fitted(self, self._data.mrn, (_SMALL, 6, 5), 2, bold=False, align="right")
        self.left -= self._whole * 0.66
        self.y = max(ends, self.y)
        self.sheets.rule(self.left, self.y, self._whole)
        self.y += 1.5
        self.narrow()

    def _foot(self, several: str) -> tuple[float, list[Line]]:
        """Where it comes from and what is in it, in the largest small type that keeps to two lines."""
        data = self._data
        parts = [several, data.clinic, day(data.dispensed_on), data.prescription_number]
        if data.lot:
            parts.append(_("lot {lot}").format(lot=data.lot))
        if data.expires_on:
            parts.append(_("use before {date}").format(date=day(data.expires_on)))
        words = "\u00a0· ".join(part.replace(" ", "\u00a0") for part in parts if part)
        sizes = (_SMALL, 6.0, 5.5, 5.0)
        size = next((one for one in sizes if len(wrap(words, self.limit(self.width, one))) <= 2), sizes[-1])
        return size, wrap(words, self.limit(self.width, size))

    def finish(self) -> LabelSheets:
        """Write the foot of every label, and its code."""

        def draw(number: int) -> None:
            count = self.sheets.page_count
            size, lines = self._foot(f"{number}/{count}" if count > 1 else "")
            self.y = self.bottom
            self.set_lines(lines, Style(size), self.left, self.width, "left")
            if self._data.code:
                left, top = self.left + self._whole - self._side, self.label.height - self.top - self._side
                self.label.symbol("datamatrix", self._data.code, left, top, module_mm=self._module)

        self.sheets.on_every_page(draw)
        return self.label


def medicine_label(data: MedicineLabelPaper) -> bytes:
    """The label as PDF, its page the label's own size."""
    return medicine_sheets(data).pdf()


def medicine_sheets(data: MedicineLabelPaper) -> LabelSheets:
    """The label, and as many more as its words need."""
    label = _Label(data)
    words = [data.directions, *data.warnings]
    label.say(f"{data.medicine} — {data.quantity}", Style(8.5, bold=True), gap=1)
    free = label.bottom - label.y
    size = next((size for size in _SIZES if _height(label, words, size) <= free), _SIZES[-1])
    label.say(data.directions, Style(size, bold=True), gap=1)
    for warning in data.warnings:
        label.say(warning, Style(max(size - 1.5, _SMALL)), gap=0.5)
    return label.finish()


def _height(label: Flow, words: list[str], size: float) -> float:
    """How tall directions and warnings stand at a type size."""
    first, *others = words
    high = sum(height_of(one, size) for one in wrap(first, label.limit(label.width, size), bold=True)) + 1
    less = max(size - 1.5, _SMALL)
    for other in others:
        high += sum(height_of(one, less) for one in wrap(other, label.limit(label.width, less))) + 0.5
    return high
