"""Words set one under another, page after page: paragraphs, rows of cells, rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from clinic_desktop.reports.sheet import INK, MM, SUBTLE, Colour, Sheets
from clinic_desktop.reports.text import Line, wrap

TITLE: Final = 18.0
SECTION: Final = 13.0
BODY: Final = 10.5
SMALL: Final = 9.0

Align = Literal["start", "left", "right", "centre"]


@dataclass(frozen=True)
class Style:
    """How words look: size in points, weight and colour."""

    size: float = BODY
    bold: bool = False
    colour: Colour = INK


@dataclass(frozen=True)
class Column:
    """A column of a table: its width in points, and which side its words keep to."""

    width: float
    align: Align = "start"


@dataclass(frozen=True)
class Cell:
    """One cell of a row."""

    text: str
    style: Style = Style()


NORMAL: Final = Style()
STRONG: Final = Style(bold=True)
QUIET: Final = Style(SMALL, colour=SUBTLE)


def height_of(set_line: Line, size: float) -> float:
    """How far the next baseline stands below; scripts with marks above and below get more air."""
    tall = any(piece.face.tall for piece in set_line.pieces)
    return size * (1.5 if tall else 1.36)


def _down(tallest: float, size: float) -> float:
    """How far down words begin so that they stand on one line with the tallest of their row."""
    return (tallest - size) * 1.069


class Flow:
    """A place on a page that moves down as words are set, and on to the next page where they reach the bottom."""

    repeats = True  # the names of a table's columns stand again on every page that it goes on to

    def __init__(self, sheets: Sheets, *, left: float, top: float, width: float, bottom: float) -> None:
        self.sheets = sheets
        self.left = left
        self.top = top
        self.width = width
        self.bottom = bottom
        self.y = top
        self.again = 0.0  # what the head of a following page takes up
        self._names: tuple[Sequence[str], tuple[Column, ...], float] | None = None

    def next_page(self) -> None:
        """Go on at the top of another page."""
        self.sheets.new_page()
        self.y = self.top

    def need(self, height: float) -> None:
        """Go to the next page unless this much room is left."""
        if self.y + height > self.bottom:
            self.next_page()

    def space(self, height: float) -> None:
        """Leave a gap."""
        self.y += height

    def rule(self, gap: float = 4) -> None:
        """Draw a line across, with a gap on both sides."""
        self.need(2 * gap)
        self.y += gap
        self.sheets.rule(self.left, self.y, self.width)
        self.y += gap

    def section(self, text: str) -> None:
        """A heading, kept with what follows it."""
        self.need(SECTION * 4)
        self.space(6)
        self.say(text, Style(SECTION, bold=True))
        self.space(3)

    def say(
        self, text: str, style: Style = NORMAL, *, indent: float = 0, align: Align = "start", gap: float = 2
    ) -> None:
        """A paragraph over the whole width, on as many pages as it needs."""
        wide = self.width - indent
        for one in wrap(text, self.limit(wide, style.size), bold=style.bold):
            self.need(height_of(one, style.size))
            self._draw(one, style, self.left + indent, wide, align)
        self.y += gap

    def labelled(self, label: str, text: str, style: Style = NORMAL, *, width: float = 30 * MM) -> None:
        """A quiet label with its words beside it."""
        self.row([Cell(label, QUIET), Cell(text, style)], (Column(width), Column(self.width - width)))

    def row(
        self, cells: Sequence[Cell | str], columns: Sequence[Column], *, gap: float = 3, padding: float = 6
    ) -> None:
        """A row of cells, kept on one page where it fits on one."""
        made = [cell if isinstance(cell, Cell) else Cell(cell) for cell in cells]
        # The last column ends at the margin itself.
        widths = [column.width - padding for column in columns[:-1]] + [columns[-1].width]
        rest = [
            wrap(cell.text, self.limit(width, cell.style.size), bold=cell.style.bold)
            for cell, width in zip(made, widths, strict=True)
        ]
        tallest = max(cell.style.size for cell in made)
        whole = max(
            sum(height_of(one, c.style.size) for one in lines) + _down(tallest, c.style.size)
            for lines, c in zip(rest, made, strict=True)
        )
        if whole <= self.bottom - self.top - self.again and self.y + whole > self.bottom:
            self._go_on(columns)
        while True:
            before = rest
            rest = self._part_of_row(made, columns, rest, widths)
            if not any(rest):
                break
            if rest == before and self.y <= self.top + self.again:
                raise ValueError("a line is taller than its page")
            if rest == before:
                self.next_page()  # with nothing above: names that stand again might leave no room for it
            else:
                self._go_on(columns)
        self.y += gap

    def _go_on(self, columns: Sequence[Column]) -> None:
        """Go to the next page in a table, and say there again what its columns are."""
        self.next_page()
        if self.repeats and self._names is not None and self._names[1] == tuple(columns):
            self.head_row(*self._names)

    def _part_of_row(
        self, cells: Sequence[Cell], columns: Sequence[Column], rest: list[list[Line]], widths: Sequence[float]
    ) -> list[list[Line]]:
        """Draw as many lines of each cell as this page takes; gives those that are left."""
        top, deepest, x = self.y, self.y, self.left
        tallest = max(cell.style.size for cell in cells)
        left: list[list[Line]] = []
        for cell, column, lines, width in zip(cells, columns, rest, widths, strict=True):
            # Words of different sizes stand on one line.
            self.y = top + _down(tallest, cell.style.size)
            shown = 0
            while shown < len(lines) and self.y + height_of(lines[shown], cell.style.size) <= self.bottom + 0.01:
                self._draw(lines[shown], cell.style, x, width, column.align)
                shown += 1
            left.append(lines[shown:])
            deepest = max(deepest, self.y)
            x += column.width
        self.y = deepest
        return left

    def head_row(self, words: Sequence[str], columns: Sequence[Column], size: float = SMALL) -> None:
        """The names of a table's columns."""
        self._names = None
        self.row(
            [Cell(word, replace(QUIET, size=size, bold=True)) for word in words], columns, gap=1, padding=size * 2 / 3
        )
        self._names = words, tuple(columns), size
        self.sheets.rule(self.left, self.y, self.width, colour=SUBTLE)
        self.y += 4

    def signature(self, label: str, name: str = "") -> None:
        """A line to sign on, with who signs under it."""
        wide = min(self.width * 0.55, 70 * MM)
        who = wrap(name, self.limit(wide, BODY), bold=True) if name else []
        what = wrap(label, self.limit(wide, SMALL))
        below = sum(height_of(one, BODY) for one in who) + sum(height_of(one, SMALL) for one in what)
        self.need(max(26 * MM, 16 * MM + 3 + below))
        self.y += 16 * MM
        x = self.left + self.width - wide
        self.sheets.rule(x, self.y, wide, weight=0.7, colour=INK)
        self.y += 3
        self.set_lines(who, STRONG, x, wide, "left")
        self.set_lines(what, QUIET, x, wide, "left")

    def set_lines(self, lines: Sequence[Line], style: Style, x: float, width: float, align: Align) -> None:
        """Draw lines under one another here, wherever the page ends."""
        for one in lines:
            self._draw(one, style, x, width, align)

    def _draw(self, one: Line, style: Style, x: float, width: float, align: Align) -> None:
        high = height_of(one, style.size)
        free = width - one.width * style.size / 1000
        to_right = align == "right" or (align == "start" and one.right_to_left)
        shift = free if to_right else free / 2 if align == "centre" else 0.0
        baseline = self.y + (high - style.size * 1.36) / 2 + style.size * 1.069
        self.sheets.words(one, x + shift, baseline, style.size, style.colour)
        self.y += high

    @staticmethod
    def limit(width: float, size: float) -> float:
        """A width in points as the thousandths of a type size that `text.wrap` asks for."""
        return width * 1000 / size
