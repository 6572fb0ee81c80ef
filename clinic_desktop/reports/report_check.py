"""Whether a report's file is whole: its rows are counted and its checksum is made again from what stands in it."""

import csv
import hashlib
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.reporting import decimal
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.report_checksum import line_bytes
from clinic_desktop.reports.report_csv import END, bare

_PDF_END = re.compile(rb"%clinic-report rows=(\d+) sha256=([0-9a-f]{64})\n\Z")


@dataclass(frozen=True)
class Checked:
    """What was found: `whole` when the file is as it was written."""

    path: Path
    whole: bool
    rows: int
    sha256: str
    why: str = ""


def check_report(path: Path) -> Checked:
    """Check a file that `write_report` made, by its ending. Raises Refusal for another kind, Trouble if unreadable."""
    check = {".csv": _check_csv, ".xlsx": _check_xlsx, ".pdf": _check_pdf}.get(path.suffix.lower())
    if check is None:
        raise Refusal(N_("Name a report that ends in .pdf, .csv or .xlsx."), field="file")
    try:
        return check(path)
    except OSError as error:
        raise Trouble(
            N_("The file {path} could not be read."), remedy=N_("Check the name and its permissions."), path=str(path)
        ) from error


def _cut(path: Path, why: str) -> Checked:
    return Checked(path, whole=False, rows=0, sha256="", why=why)


def _check_csv(path: Path) -> Checked:
    made, count, waiting = hashlib.sha256(), 0, None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line in csv.reader(file, strict=True):
                if waiting is not None:
                    made.update(line_bytes([bare(cell) for cell in waiting]))
                    count += 1
                waiting = line
    except (UnicodeDecodeError, csv.Error):
        return _cut(path, _("The file is damaged."))
    if not waiting or waiting[0] != END or len(waiting) < 3 or not _ends_its_line(path):
        return _cut(path, _("The last line is missing: the file was cut."))
    facts = dict(cell.partition("=")[::2] for cell in waiting[1:])
    return _against(path, made.hexdigest(), count - 1, facts.get("rows", ""), facts.get("sha256", ""))


def _ends_its_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-2, 2)
        return file.read() == b"\r\n"


def _check_xlsx(path: Path) -> Checked:
    from openpyxl import load_workbook

    try:
        book: Any = load_workbook(path, read_only=True)
        *sheets, last = book.worksheets
        facts = {str(row[0].value): str(row[1].value) for row in last.iter_rows(max_col=2) if row[0].value is not None}
        made, count = hashlib.sha256(), 0
        for at, sheet in enumerate(sheets):
            for line in _lines(sheet, skip=bool(at)):
                made.update(line_bytes(line))
                count += 1
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError):
        return _cut(path, _("The file is damaged or was cut."))
    return _against(path, made.hexdigest(), count - 1, facts.get("rows", ""), facts.get("sha256", ""))


def _lines(sheet: Any, *, skip: bool) -> Iterator[Sequence[str]]:
    rows = sheet.iter_rows()
    wide = 0
    for at, row in enumerate(rows):
        line = [_cell(one) for one in row]
        wide = wide or len(line)
        if at or not skip:
            yield line + [""] * (wide - len(line))


def _cell(one: Any) -> str:
    if one.value is None:
        return ""
    if isinstance(one.value, str):
        return one.value.replace("_x005F_", "_")  # ECMA-376, ST_Xstring
    digits = len(str(one.number_format).partition(".")[2])
    return decimal(round(one.value * 10**digits), digits)


def _check_pdf(path: Path) -> Checked:
    content = path.read_bytes()
    found = _PDF_END.search(content[-200:])
    if found is None:
        return _cut(path, _("The last line is missing: the file was cut."))
    body = content[: len(content) - (found.end() - found.start())]
    made, noted = hashlib.sha256(body).hexdigest(), found[2].decode()
    why = "" if made == noted else _("The contents are not those that were written.")
    return Checked(path, whole=made == noted, rows=int(found[1]), sha256=noted, why=why)


def _against(path: Path, made: str, lines: int, rows: str, noted: str) -> Checked:
    """Totals follow the rows, so there are at least as many lines as rows."""
    if not rows.isdecimal() or lines < int(rows):
        return _cut(path, _("There are fewer rows than the file says."))
    why = "" if made == noted else _("The contents are not those that were written.")
    return Checked(path, whole=made == noted, rows=int(rows), sha256=noted, why=why)
