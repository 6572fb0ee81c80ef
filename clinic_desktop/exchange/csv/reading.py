"""Reads the rows of a CSV or Excel file: exactly as written, row by row, in constant memory."""

import csv
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

DELIMITERS = ",;\t|"
MOST_COLUMNS = 500
LONGEST_CELL = 100_000
LONGEST_LINE = 1_000_000  # of one line of the file: ten of the longest cells
# An .xlsx is a zip of XML: one that unpacks to more than this is no table that a clinic made.
MOST_UNPACKED, MOST_RATIO = 512 * 1024 * 1024, 200


@dataclass(frozen=True)
class Line:
    """One row: its number as a spreadsheet counts it (the header is row 1), and its cells by column."""

    number: int
    cells: Mapping[str, str]
    broken: str = ""  # why the row as a whole cannot be taken, N_-marked

    def __repr__(self) -> str:
        return f"Line({self.number})"


@dataclass(frozen=True)
class Sheet:
    """The columns of a file, and its rows to walk through once."""

    columns: tuple[str, ...]
    lines: Iterator[Line]


def read(path: Path, *, delimiter: str = "", encoding: str = "") -> Sheet:
    """Open a table. Raises Refusal naming what cannot be read; a row that is broken is told as that row."""
    if not path.is_file():
        raise Refusal(N_("There is no file {name}."), field="file", name=path.name)
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise Refusal(N_("The file is empty."), field="file")
    if start.startswith(b"PK"):
        return _excel(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refusal(N_("This is an old Excel file (.xls). Save it as .xlsx or CSV."), field="file")
    return _text(path, delimiter, encoding or _encoding(start))


def require_whole(path: Path, *, delimiter: str = "", encoding: str = "") -> None:
    """Read a file to its end before a row of it is taken. Raises Refusal where it breaks off or is broken inside."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(b"PK"):
        _require_small(path)
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                raise Refusal(N_("This Excel file is broken in its middle. Nothing of it was taken."), field="file")
        for _line in _excel(path).lines:
            pass  # sheets that break off are sound parts of a sound zip
        return
    if not start or start.startswith(b"\xd0\xcf\x11\xe0"):
        return  # said when it is read
    for _row in _rows_of_text(path, delimiter, encoding or _encoding(start)):
        pass


def _encoding(start: bytes) -> str:
    return "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _text(path: Path, delimiter: str, encoding: str) -> Sheet:
    return _sheet(_rows_of_text(path, delimiter, encoding))


def _rows_of_text(path: Path, delimiter: str, encoding: str) -> Iterator[tuple[int, Sequence[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        reader = None
        try:
            head = file.readline(LONGEST_LINE)
            file.seek(0)
            lines = _lines_of_text(file)
            reader = csv.reader(lines, delimiter=delimiter or _delimiter(head), strict=True, skipinitialspace=True)
            yield from enumerate(reader, start=1)
        except UnicodeError:  # of some encodings (UTF-16 without its mark) it is no UnicodeDecodeError
            raise Refusal(
                N_("This file is not {encoding}. Name its encoding in the mapping, or save it as UTF-8."),
                field="file", encoding=encoding.removesuffix("-sig"),
            ) from None  # fmt: skip
        except csv.Error:
            line = reader.line_num if reader is not None else 1
            raise Refusal(
                N_("Line {line} is broken: a quotation mark is not closed, or a cell is too long."),
                field="file", line=line,
            ) from None  # fmt: skip


def _lines_of_text(file: TextIO) -> Iterator[str]:
    """The lines of a file, none of them so long that the machine could not hold its cells."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise Refusal(
                N_("Line {line} is longer than {most} characters: this is no table."), field="file", line=number,
                most=LONGEST_LINE,
            )  # fmt: skip
        yield line


def _delimiter(head: str) -> str:
    return max(DELIMITERS, key=head.count)


def _sheet(rows: Iterator[tuple[int, Sequence[str]]]) -> Sheet:
    _number, head = next(rows, (1, ()))
    columns = tuple(cell.strip() for cell in head)
    while columns and not columns[-1]:
        columns = columns[:-1]
    if not any(columns):
        raise Refusal(N_("The first row names no columns."), field="file")
    if len(columns) > MOST_COLUMNS:
        raise Refusal(N_("The first row names more than {most} columns."), field="file", most=MOST_COLUMNS)
    seen: set[str] = set()
    for column in columns:
        if column and column.casefold() in seen:
            raise Refusal(N_("The column “{column}” stands there twice."), field="file", column=column)
        seen.add(column.casefold())
    return Sheet(columns, _lines(columns, rows))


def _lines(columns: Sequence[str], rows: Iterator[tuple[int, Sequence[str]]]) -> Iterator[Line]:
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        kept = dict(zip(columns, cells, strict=False))
        if len(cells) < len(columns):
            yield Line(number, kept, N_("The row ends too soon."))
        elif any(cells[len(columns) :]):
            yield Line(number, kept, N_("The row has more cells than there are columns."))
        elif any("\0" in cell for cell in cells):
            yield Line(number, {}, N_("The row holds a character with no meaning (NUL)."))
        else:
            yield Line(number, kept)


def _excel(path: Path) -> Sheet:
    # Costs 0.1 s to import, and only who brings an Excel file in pays it.
    from openpyxl import load_workbook

    _require_small(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False)
        sheet = book.worksheets[0]
    except Exception as error:
        raise Refusal(N_("This Excel file cannot be read. Save it again, or as CSV."), field="file") from error
    return _sheet(_rows_of_excel(sheet))


def _rows_of_excel(sheet: object) -> Iterator[tuple[int, Sequence[str]]]:
    rows = sheet.iter_rows(values_only=True)  # type: ignore[attr-defined]
    width = 0
    try:
        for number, row in enumerate(rows, start=1):
            cells = [_cell(value) for value in row]
            width = width or len(cells)
            yield number, cells + [""] * (width - len(cells))  # a spreadsheet drops empty cells at a row's end
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(N_("This Excel file is broken in its middle. Nothing of it was taken."), field="file") from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute or value.second) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _require_small(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise Refusal(N_("This file is broken, or not the table it says it is."), field="file") from None
    unpacked = sum(part.file_size for part in parts)
    packed = max(sum(part.compress_size for part in parts), 1)
    if unpacked > MOST_UNPACKED or unpacked / packed > MOST_RATIO:
        raise Refusal(N_("This file would unpack to {size} MB: too large to be a table."), field="file",
                      size=unpacked // 1_000_000)  # fmt: skip


_NUMBER = re.compile(r"[+-]?[\d\s().,/-]*")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run this cell instead of showing it."""
    if text.startswith(("=", "@", "\t")):
        return True
    return text.startswith(("+", "-")) and not _NUMBER.fullmatch(text)
