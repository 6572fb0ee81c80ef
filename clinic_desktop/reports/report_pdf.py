"""A report on paper: the question, a chart, the table with its head on every page, how it is measured, the check."""

import hashlib
from collections.abc import Sequence
from typing import BinaryIO, Final

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Cells, Group, Kind, Row
from clinic_desktop.domain.reporting_bars import Bars
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports import text
from clinic_desktop.reports.flow import QUIET, SMALL, Cell, Column, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, Printed
from clinic_desktop.reports.report_checksum import Checksum
from clinic_desktop.reports.sheet import ACCENT, MM, SUBTLE, WASH
from clinic_desktop.reports.wording import day
from clinic_desktop.services.reporting import Run

# More rows are read by nobody on paper, and a paper is held in memory until its last page is known.
MOST_ROWS: Final = 20_000
_MEASURED = 300
_CELL = Style(SMALL)
_BOLD = Style(SMALL, bold=True)
_JOIN = "\x1f"
# In type sizes: what a column of words may ask for at the most, what it must have, and what lies between two columns.
_WIDEST, _NARROWEST, _BETWEEN = 19.0, 6.0, 0.9
_SIZES = (SMALL, 8.0, 7.0, 6.5)


class _TablePaper(Paper):
    """A paper whose table's head stands again on every page the table goes on to."""

    heading: tuple[Sequence[str], Sequence[Column], float] | None = None
    repeats = False  # it stands above the line of totals too

    def next_page(self) -> None:
        """Begin another page, with the table's head where the table is not at its end."""
        super().next_page()
        if self.heading is not None:
            self.head_row(*self.heading)


class PdfTaker:
    """Keeps the rows until the last is known, then sets the paper."""

    def __init__(self, run: Run, file: BinaryIO, clinic: ClinicHead) -> None:
        self._run, self._file, self._clinic = run, file, clinic
        self._cells = Cells(run.columns)
        self._checksum = Checksum(run.columns)
        self._shown = [column for column in run.columns if column.shown]
        self._rows: list[str] = []  # each with its cells joined: a tenth of what they take up apart
        self._bars = Bars(run.report, run.columns, run.asked.group)

    def take(self, rows: Sequence[Row]) -> None:
        """Keep some rows. Raises Refusal where there are more than anybody prints."""
        if len(self._rows) + len(rows) > MOST_ROWS:
            raise Refusal(
                N_("This report has more than {most} rows: choose CSV or Excel."), field="format", most=MOST_ROWS
            )
        self._bars.take(rows)
        made = list(map(_JOIN.join, zip(*self._cells.columns(rows), strict=True)))
        self._checksum.add_joined(made)
        self._rows += made

    def totals(self, rows: int, lines: tuple[Row, ...]) -> None:
        """Set the paper and write it, with a last line by which a file that was cut is found out."""
        last = [self._cells.of(line) for line in lines]
        for made in last:
            self._checksum.add(made)
        pdf = self._paper(rows, last)
        self._file.write(pdf)
        self._file.write(end_line(rows, pdf))

    def give_up(self) -> None:
        """Nothing was written yet."""

    def _paper(self, rows: int, last: list[tuple[str, ...]]) -> bytes:
        run = self._run
        wishes = self._wishes(last)
        wide = sum(wish for wish, _least in wishes) * SMALL > A4[0] - 28 * MM
        size = (A4[1], A4[0]) if wide else A4
        printed = Printed(run.made_at.astimezone(), run.made_by)
        paper = _TablePaper(size, self._clinic, printed, _(run.report.title))
        paper.say(_(run.report.question), Style(bold=True))
        paper.say(self._period(), QUIET)
        paper.space(4)
        self._chart(paper)
        self._table(paper, wishes, last)
        self._measured(paper)
        paper.space(4)
        paper.need(SMALL * 5)  # how many rows and their checksum stand together
        paper.say(_("Rows: {rows}").format(rows=rows), _BOLD)
        paper.say(_("Checksum (SHA-256): {sum}").format(sum=self._checksum.hexdigest()), QUIET)
        return paper.finish()

    def _period(self) -> str:
        asked = self._run.asked
        words = f"{day(asked.first)} – {day(asked.last)}"
        by = {Group.DAY: _("by day"), Group.WEEK: _("by week"), Group.MONTH: _("by month"), Group.NONE: ""}[asked.group]
        narrowed = [f"{_(title)}: {value}" for title, value in self._run.narrowed]
        return " · ".join(part for part in (words, by, *narrowed) if part)

    def _wishes(self, last: list[tuple[str, ...]]) -> list[tuple[float, float]]:
        """How wide each column would like to be and must be, in type sizes; numbers and dates never break."""
        found = []
        measured = [line.split(_JOIN) for line in self._rows[:_MEASURED]]
        for at, column in enumerate(self._shown):
            number = column.kind is not Kind.TEXT
            some = [line[at] for line in (*measured, *last)]
            longest = max((text.width(one, bold=True) for one in some), default=0) / 1000
            title = max(text.width(word, bold=True) for word in (self._checksum.titles[at] or " ").split(" ")) / 1000
            most = longest if number else min(longest, _WIDEST)
            least = most if number else min(most, _NARROWEST)
            found.append((max(most, title) + _BETWEEN, max(least, title) + _BETWEEN))
        return found

    def _table(self, paper: _TablePaper, wishes: list[tuple[float, float]], last: list[tuple[str, ...]]) -> None:
        titles = self._checksum.titles
        size, widths = _fitted(wishes, paper.width)
        columns = [
            Column(width, "right" if column.kind in {Kind.COUNT, Kind.MONEY, Kind.TENTHS} else "start")
            for width, column in zip(widths, self._shown, strict=True)
        ]
        plain, bold, padding = Style(size), Style(size, bold=True), size * 2 / 3
        paper.again = 28 * MM
        paper.need(30 * MM)
        paper.head_row(titles, columns, size)
        paper.heading = (titles, columns, size)
        if not self._rows:
            paper.say(_("Nothing was found for this period."), QUIET)
        for line in self._rows:
            paper.row([Cell(cell, plain) for cell in line.split(_JOIN)], columns, gap=1.5, padding=padding)
        if last:
            paper.rule(2)
            for total in last:
                paper.row([Cell(cell, bold) for cell in total], columns, gap=1.5, padding=padding)
        paper.heading = None
        paper.again = 12 * MM

    def _measured(self, paper: Paper) -> None:
        report = self._run.report
        told = [(column.title, column.formula) for column in self._shown if column.formula]
        if not told and not report.notes:
            return
        paper.section(_("How it is measured"))
        for title, formula in told:
            paper.row(
                [Cell(_(title), QUIET), Cell(_(formula), _CELL)],
                (Column(38 * MM), Column(paper.width - 38 * MM)),
                gap=1,
            )
        for note in (*report.notes, *((report.source,) if report.source else ())):
            paper.say(_(note), QUIET)

    def _chart(self, paper: Paper) -> None:
        """Level bars with their numbers beside them: read without colour, and in the order of the table."""
        column, bars = self._bars.column, self._bars.bars()
        if column is None or not bars:
            return
        title = _("{column}, by period").format(column=_(column.title)) if self._bars.by_period else _(column.title)
        paper.say(title, _BOLD)
        label, number = paper.width * 0.34, 22 * MM
        room = paper.width - label - number
        most = max(bar.value for bar in bars)
        for bar in bars:
            paper.need(SMALL * 1.6)
            top = paper.y
            words = text.one_line(bar.words, paper.limit(label - 6, SMALL))
            paper.set_lines(words, _CELL, paper.left, label - 6, "left")
            below = paper.y
            paper.sheets.box(paper.left + label, top + 2, room, SMALL * 0.8, fill=WASH)
            if bar.value > 0:
                paper.sheets.box(paper.left + label, top + 2, room * bar.value / most, SMALL * 0.8, fill=ACCENT)
            paper.y = top
            said = text.one_line(bar.said, paper.limit(number, SMALL))
            paper.set_lines(said, Style(SMALL, colour=SUBTLE), paper.left + label + room, number, "right")
            paper.y = max(below, paper.y)
        paper.space(8)


def _fitted(wishes: list[tuple[float, float]], width: float) -> tuple[float, list[float]]:
    """The size of type and the widths of the columns; words are wrapped, and all is set smaller, before a number is."""
    size = next((size for size in _SIZES if sum(least for _wish, least in wishes) * size <= width), _SIZES[-1])
    wanted, needed = (sum(one) * size for one in zip(*wishes, strict=True))
    if needed >= width:
        return size, [least * width * size / needed for _wish, least in wishes]
    if wanted <= width:
        return size, [wish * width * size / wanted for wish, _least in wishes]
    share = (width - needed) / (wanted - needed)
    return size, [(least + (wish - least) * share) * size for wish, least in wishes]


def end_line(rows: int, pdf: bytes) -> bytes:
    """A comment behind the document's end: how many rows, and the checksum of every byte before it."""
    return f"%clinic-report rows={rows} sha256={hashlib.sha256(pdf).hexdigest()}\n".encode()
