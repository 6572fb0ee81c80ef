"""Sheets that remember what was drawn on them, so that one drawing is a PDF and dots for a label printer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clinic_desktop.domain.plates import DOTS_PER_MM, Align, Bits, Box, Part, Plate, Symbol, SymbolKind, Words, dots
from clinic_desktop.reports import symbols
from clinic_desktop.reports.bits import raster
from clinic_desktop.reports.sheet import INK, MM, RULE, Colour, Sheets
from clinic_desktop.reports.text import Line

# Space, letters, digits and the signs that a printer's own face has for certain.
_NATIVE: Final = frozenset(map(chr, range(0x20, 0x7F)))
# What a module may be larger by than it was drawn, in dots: a quarter of a millimetre is three dots of 300 to the inch.
_SURPLUS: Final = 0.1


@dataclass(frozen=True, repr=False)
class _Words:
    line: Line
    x: float
    baseline: float
    size: float


@dataclass(frozen=True, repr=False)
class _Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, repr=False)
class _Symbol:
    kind: SymbolKind
    data: str
    x: float
    y: float
    module_mm: float
    height: float
    pattern: Bits


class LabelSheets(Sheets):
    """Labels or a roll being drawn; measures are points from the top left corner, as on every sheet."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self._drawn: list[list[_Words | _Box | _Symbol]] = []
        self._now: list[_Words | _Box | _Symbol] = []
        self.cut: float | None = None  # how long a roll became, in points
        self.lengthwise = False  # a band that leaves the printer along its length
        super().__init__(width, height, title)

    def new_page(self) -> None:
        """Begin another label."""
        super().new_page()
        self._now = []
        self._drawn.append(self._now)

    def on_every_page(self, draw: Callable[[int], None]) -> None:
        """Draw something on every label, given its number from 1."""

        def remembered(number: int) -> None:
            self._now = self._drawn[number - 1]
            draw(number)

        super().on_every_page(remembered)

    def words(self, line: Line, x: float, baseline: float, size: float, colour: Colour = INK) -> None:
        """Draw one set line from x to the right, its letters standing on the baseline."""
        super().words(line, x, baseline, size, colour)
        self._now.append(_Words(line, x, baseline, size))

    def rule(self, x: float, y: float, length: float, *, weight: float = 0.5, colour: Colour = RULE) -> None:
        """Draw a level line: on paper in its colour, on a label in ink."""
        super().rule(x, y, length, weight=weight, colour=colour)
        self._now.append(_Box(x, y - weight / 2, length, weight))

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: Colour | None = None, edge: Colour | None = None
    ) -> None:
        """Draw a box; one with an edge alone is four lines."""
        super().box(x, y, width, height, fill=fill, edge=edge)
        if fill:
            self._now.append(_Box(x, y, width, height))
        elif edge:
            self._now += [
                _Box(x, y, width, 0.6), _Box(x, y + height - 0.6, width, 0.6),
                _Box(x, y, 0.6, height), _Box(x + width - 0.6, y, 0.6, height),
            ]  # fmt: skip

    def symbol(
        self, kind: SymbolKind, data: str, x: float, y: float, *, module_mm: float, height_mm: float = 0
    ) -> tuple[float, float]:
        """Draw a bar code from its top left corner, without its quiet zone; gives width and height in points."""
        pattern = symbols.pattern(kind, data)
        module = module_mm * MM
        tall = height_mm * MM if kind == "code128" else module
        for row in range(pattern.height):
            bits = int.from_bytes(pattern.rows[row * pattern.stride : (row + 1) * pattern.stride], "big")
            dark = f"{bits:0{pattern.stride * 8}b}"[: pattern.width]
            at = dark.find("1")
            while at >= 0:
                end = next((n for n in range(at, len(dark)) if dark[n] == "0"), len(dark))
                super().box(x + at * module, y + row * tall, (end - at) * module, tall, fill=INK)
                at = dark.find("1", end)
        self._now.append(_Symbol(kind, data, x, y, module_mm, tall, pattern))
        return pattern.width * module, pattern.height * tall

    def pdf(self) -> bytes:
        """The labels as PDF, a roll cut to its length."""
        return self.finish(self.cut)

    def plates(self, dpi: int) -> tuple[Plate, ...]:
        """Every label as dots; points become the nearest dot, and a module of a symbol whole dots."""
        height = self.height if self.cut is None else self.cut
        wide, high = dots(self.width / MM, dpi), dots(height / MM, dpi)
        return tuple(Plate(wide, high, dpi, tuple(self._part(one, dpi) for one in page)) for page in self._drawn)

    def _part(self, one: _Words | _Box | _Symbol, dpi: int) -> Part:
        def at(points: float) -> int:
            return dots(points / MM, dpi)

        if isinstance(one, _Box):
            return Box(at(one.x), at(one.y), max(at(one.width), 1), max(at(one.height), 1))
        if isinstance(one, _Symbol):
            # Rounded up it outgrows the place it was drawn into: 25 modules of 6.7 dots become 7 dots too wide.
            module = max(int(one.module_mm * DOTS_PER_MM[dpi] + _SURPLUS), 1)
            return Symbol(at(one.x), at(one.y), one.kind, one.data, module, max(at(one.height), 1), one.pattern)
        size = one.size / 72 * 25.4
        bits, right, up = raster(one.line, size * (dots(100, dpi) / 100))
        x, baseline = at(one.x), at(one.baseline)
        wide = one.line.width * one.size / 1000
        text = one.line.text if set(one.line.text) <= _NATIVE else ""
        return Words(
            x + right, baseline - up, bits, text, dots(size, dpi), baseline, x, at(wide), self._align(one.x, wide)
        )

    def _align(self, x: float, wide: float) -> Align:
        """To which side a line keeps, for a printer whose own letters are of another width."""
        if self.width - x - wide < x - 1:
            return "right" if self.width - x - wide < self.width * 0.08 else "centre"
        return "left" if x < self.width * 0.12 or self.width - x - wide > x + 2 else "centre"
