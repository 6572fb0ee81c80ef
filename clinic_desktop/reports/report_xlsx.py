"""A report as Excel's own file, written row by row: numbers as numbers, text as text that is never a formula.

Office Open XML (ECMA-376): a zip of sheets whose cells hold their text themselves, so that nothing is kept in memory
until the end. The last sheet counts the rows and holds the checksum; a file that was cut is no zip any more.
"""

import contextlib
import re
import zipfile
from collections.abc import Sequence
from typing import BinaryIO, Final
from xml.sax.saxutils import escape

from clinic_desktop.domain.reporting import Cells, Kind, Row
from clinic_desktop.i18n import _
from clinic_desktop.reports.report_checksum import Checksum
from clinic_desktop.services.reporting import Run

LONGEST_SHEET: Final = 1_048_576
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Styles by number: plain, bold, and numbers with none to three decimals, plain and bold.
_FORMATS = ("0", "0.0", "0.00", "0.000")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_MARKED = re.compile(r"[&<>]|_x")
# One number, or all those of a column joined by a sign that no cell holds.
_NUMBERS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:\x1f-?[0-9]+(?:\.[0-9]+)?)*")
_STAMP = (1980, 1, 1, 0, 0, 0)


class XlsxTaker:
    """Writes rows as they come, on as many sheets as they need."""

    def __init__(self, run: Run, file: BinaryIO) -> None:
        self._run = run
        self._cells = Cells(run.columns)
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._checksum = Checksum(run.columns)
        self._shown = [column for column in run.columns if column.shown]
        self._number = [column.kind in {Kind.COUNT, Kind.MONEY, Kind.TENTHS} for column in self._shown]
        self._names: list[str] = []
        self._lines = 0
        self._open_sheet()

    def take(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        self._put(rows, bold=False)

    def totals(self, rows: int, lines: tuple[Row, ...]) -> None:
        """Write the totals, the sheet that counts, and the rest of the file."""
        if lines:
            self._put(lines, bold=True)
        self._close_sheet()
        self._check_sheet(rows)
        self._rest()
        self._zip.close()

    def give_up(self) -> None:
        """Leave the file as it is: it will be thrown away, and nothing more is to be written to it."""
        with contextlib.suppress(OSError, ValueError):
            self._sheet.close()
        self._zip.fp = None

    def _open_sheet(self) -> None:
        self._names.append(_("Rows") if not self._names else f"{_('Rows')} {len(self._names) + 1}")
        self._sheet = self._zip.open(_entry(f"xl/worksheets/sheet{len(self._names)}.xml"), "w", force_zip64=True)
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{8 + 6 * column.wide}" customWidth="1"/>'
            for at, column in enumerate(self._shown, 1)
        )
        start = f'{_HEAD}<worksheet xmlns="{_MAIN}"><cols>{widths}</cols><sheetData>'
        self._sheet.write(start.encode())
        self._lines = 0
        self._write_lines(["".join(_text(title, 1) for title in self._checksum.titles)])

    def _put(self, rows: Sequence[Row], *, bold: bool) -> None:
        columns = self._cells.columns(rows)
        self._checksum.add_lines(zip(*columns, strict=True))
        made = [
            _numbers(cells, bold=bold) if number else _texts(cells, int(bold))
            for cells, number in zip(columns, self._number, strict=True)
        ]
        lines = list(map("".join, zip(*made, strict=True)))
        while lines:
            if self._lines == LONGEST_SHEET:
                self._close_sheet()
                self._open_sheet()
            room = LONGEST_SHEET - self._lines
            self._write_lines(lines[:room])
            lines = lines[room:]

    def _write_lines(self, lines: Sequence[str]) -> None:
        self._sheet.write(f"<row>{'</row><row>'.join(lines)}</row>".encode("utf-8", "replace"))
        self._lines += len(lines)

    def _close_sheet(self) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()

    def _check_sheet(self, rows: int) -> None:
        run = self._run
        facts = (
            ("report", run.asked.name), ("title", _(run.report.title)), ("question", _(run.report.question)),
            ("from", run.asked.first.isoformat()), ("to", run.asked.last.isoformat()),
            ("group", run.asked.group.value), *run.narrowed, ("made", f"{run.made_at.astimezone():%Y-%m-%d %H:%M}"),
            ("by", run.made_by), ("rows", str(rows)), ("sha256", self._checksum.hexdigest()),
            *((f"{_(column.title)}", _(column.formula)) for column in self._shown if column.formula),
            *(("note", _(note)) for note in run.report.notes),
        )  # fmt: skip
        self._names.append(_("Check"))
        body = "".join(f"<row>{_text(word, 1)}{_text(value, 0)}</row>" for word, value in facts)
        wide = "".join(f'<col min="{at}" max="{at}" width="{w}" customWidth="1"/>' for at, w in ((1, 22), (2, 90)))
        self._add(
            f"xl/worksheets/sheet{len(self._names)}.xml",
            f'<worksheet xmlns="{_MAIN}"><cols>{wide}</cols><sheetData>{body}</sheetData></worksheet>',
        )

    def _rest(self) -> None:
        kinds = "".join(
            f'<Override PartName="/xl/worksheets/sheet{at}.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for at in range(1, len(self._names) + 1)
        )
        self._add(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/styles.xml" '
            f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>{kinds}</Types>',
        )
        self._add(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        sheets = "".join(
            f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(self._names, 1)
        )
        self._add(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'
        )
        links = "".join(
            f'<Relationship Id="rId{at}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
            for at in range(1, len(self._names) + 1)
        )
        self._add(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship '
            f'Id="rId{len(self._names) + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        )
        self._add("xl/styles.xml", _styles())

    def _add(self, name: str, xml: str) -> None:
        self._zip.writestr(_entry(name), (_HEAD + xml).encode("utf-8", "replace"))


def _entry(name: str) -> zipfile.ZipInfo:
    """A part of the file, with the same stamp always: the same report is the same bytes."""
    made = zipfile.ZipInfo(name, _STAMP)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _texts(cells: Sequence[str], style: int) -> list[str]:
    """The cells of a column of words; where none has a sign that XML takes for its own, none is looked at."""
    whole = "\x1f".join(cells)
    plain = all(cells) and not _MARKED.search(whole) and "\x1f " not in whole and " \x1f" not in whole
    if not plain or whole[0] == " " or whole[-1] == " ":
        return [_text(cell, style) for cell in cells]
    start = f'<c s="{style}" t="inlineStr"><is><t>'
    return [f"{start}{cell}</t></is></c>" for cell in cells]


def _text(cell: str, style: int) -> str:
    if not cell:
        return "<c/>"
    safe = escape(_ESCAPED.sub("_x005F_", cell)) if _MARKED.search(cell) else cell
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _numbers(cells: Sequence[str], *, bold: bool) -> list[str]:
    """The cells of a column of numbers; where all have as many decimals, what they look like is looked up once."""
    digits = {len(cell.partition(".")[2]) for cell in cells}
    if len(digits) > 1 or not _NUMBERS.fullmatch("\x1f".join(cells)):
        return [_number(cell, bold=bold) for cell in cells]
    start = f'<c s="{2 + 2 * digits.pop() + bold}"><v>'
    return [f"{start}{cell}</v></c>" for cell in cells]


def _number(cell: str, *, bold: bool) -> str:
    if not _NUMBERS.fullmatch(cell):
        return _text(cell, int(bold))
    digits = len(cell.partition(".")[2])
    return f'<c s="{2 + 2 * digits + bold}"><v>{cell}</v></c>'


def _styles() -> str:
    formats = "".join(f'<numFmt numFmtId="{164 + at}" formatCode="{code}"/>' for at, code in enumerate(_FORMATS))
    styles = "".join(
        f'<xf numFmtId="{number}" fontId="{bold}" fillId="0" borderId="0" xfId="0"'
        ' applyNumberFormat="1" applyFont="1"/>'
        for number in (49, *(164 + at for at in range(len(_FORMATS))))
        for bold in (0, 1)
    )
    fonts = "".join(f'<font>{bold}<sz val="11"/><name val="Calibri"/></font>' for bold in ("", "<b/>"))
    fills = "".join(f'<fill><patternFill patternType="{kind}"/></fill>' for kind in ("none", "gray125"))
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(_FORMATS)}">{formats}</numFmts>'
        f'<fonts count="2">{fonts}</fonts><fills count="2">{fills}</fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="10">{styles}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
