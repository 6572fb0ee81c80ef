"""A report as CSV: UTF-8 with the mark that Excel asks for, and no cell that a spreadsheet would run.

The last line is ``#end,rows=N,sha256=...``; a file without it was cut.
"""

import contextlib
import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from clinic_desktop.domain.reporting import Cells, Kind, Row
from clinic_desktop.reports.report_checksum import Checksum
from clinic_desktop.services.reporting import Run

END = "#end"
# What makes a spreadsheet take a cell for a formula, the wide forms of East Asian keyboards too; and the mark itself.
_RUN = frozenset("=+-@'＝＋－＠")


class CsvTaker:
    """Writes rows as they come."""

    def __init__(self, run: Run, file: BinaryIO) -> None:
        self._run = run
        self._cells = Cells(run.columns)
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._words = [
            column.kind not in {Kind.COUNT, Kind.MONEY, Kind.TENTHS} for column in run.columns if column.shown
        ]
        self._checksum = Checksum(run.columns)
        self._writer.writerow(self._checksum.titles)

    def take(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        columns = self._cells.columns(rows)
        lines = list(zip(*columns, strict=True))
        self._checksum.add_lines(lines)
        risky = [word and _risky(cells) for cells, word in zip(columns, self._words, strict=True)]
        if any(risky):
            safe = ([*map(guarded, cells)] if risk else cells for cells, risk in zip(columns, risky, strict=True))
            lines = list(zip(*safe, strict=True))
        self._writer.writerows(lines)

    def totals(self, rows: int, lines: tuple[Row, ...]) -> None:
        """Write the totals and the last line."""
        if lines:
            self.take(lines)
        asked = self._run.asked
        self._writer.writerow([
            END, f"rows={rows}", f"sha256={self._checksum.hexdigest()}", f"report={asked.name}",
            f"from={asked.first.isoformat()}", f"to={asked.last.isoformat()}", f"group={asked.group.value}",
            *(f"{name}={words}" for name, words in self._run.narrowed),
        ])  # fmt: skip
        self._text.flush()
        self._text.detach()

    def give_up(self) -> None:
        """Leave the file as it is: it will be thrown away."""
        with contextlib.suppress(OSError, ValueError):
            self._text.detach()


def _risky(cells: Sequence[str]) -> bool:
    """Whether any cell of a column may be taken for a formula: in most columns none is."""
    firsts = {cell[:1] for cell in cells}
    return not _RUN.isdisjoint(firsts) or any(map(str.isspace, firsts))


def guarded(cell: str) -> str:
    """A cell that stays text: an apostrophe stands before what a spreadsheet would take for a formula."""
    first = cell[:1]
    if first.isspace():
        first = cell.lstrip()[:1]
    return "'" + cell if first and first in _RUN else cell


def bare(cell: str) -> str:
    """The cell before it was guarded."""
    return cell.removeprefix("'")
