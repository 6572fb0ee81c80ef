"""Row 15: a million rows as CSV and as XLSX: rows a second against a bare writer over the same rows, and memory."""

import csv
import io
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from clinic_desktop.domain.reporting import Asked, Column, Kind, Report, Totals
from clinic_desktop.domain.reporting import Row as ReportRow
from clinic_desktop.reports.report_csv import CsvTaker
from clinic_desktop.reports.report_xlsx import XlsxTaker
from clinic_desktop.services.reporting import Run
from tests.benchmarks.figures import Row

MANY, FEW = 1_000_000, 100_000
COLUMNS = (
    Column("day", "Day", Kind.DAY), Column("who", "Who"), Column("what", "What"), Column("currency", "Currency"),
    Column("number", "Number", Kind.COUNT, "n", total=True), Column("amount", "Amount", Kind.MONEY, "a", total=True),
)  # fmt: skip


def sample(count: int) -> Iterator[ReportRow]:
    """Rows as a cursor gives them."""
    for n in range(count):
        yield "2026-11-20", f"Family {n}, Given", "Consultation", "USD", n, 100 * n + 5


def write(form: str, count: int, file: BinaryIO) -> None:
    """Ours: totals, cells, checksum and file."""
    report = Report("bench", "Bench", "How fast?", COLUMNS, frozenset(), grouped=False)
    asked = Asked("bench", date(2026, 1, 1), date(2026, 12, 31))
    run = Run(report, asked, COLUMNS, datetime(2026, 11, 20, tzinfo=UTC), "Ada", None)  # type: ignore[arg-type]
    taker: Any = CsvTaker(run, file) if form == "csv" else XlsxTaker(run, file)
    totals = Totals(COLUMNS)
    for row in sample(count):
        totals.add(row)
        taker.row(row)
    taker.totals(totals.rows, totals.lines({}, "Total"))


def by_hand(form: str, count: int, file: BinaryIO) -> None:
    """The least there is: csv.writer; for XLSX the sheet's text written into a zip, as bare as a sheet can be."""
    if form == "csv":
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        csv.writer(text).writerows(sample(count))
        text.flush()
        text.detach()
        return
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
    ):
        for row in sample(count):
            cells = "".join(
                f"<c><v>{value}</v></c>" if isinstance(value, int) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'
                for value in row
            )
            sheet.write(f"<row>{cells}</row>".encode())


def timed(work: Any, form: str, count: int) -> float:
    """Rows a second."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "out").open("wb") as file:
        started = time.perf_counter()
        work(form, count, file)
        return count / (time.perf_counter() - started)


def peak(form: str, count: int) -> float:
    """The most memory a process of its own took, in MB."""
    words = [sys.executable, "-m", "tests.benchmarks.row15_export", form, str(count)]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def rows(*, full: bool) -> list[Row]:
    """Both files, ours and by hand in turn."""
    found = []
    for form in ("csv", "xlsx"):
        count = MANY if full else FEW
        hand = [timed(by_hand, form, count), timed(by_hand, form, count)]
        ours = [timed(write, form, count), timed(write, form, count)]
        found.append(Row(15, f"{count:,} rows of {form}", max(ours), max(hand), most=0.5, unit="rows/s", least=True))
        grown = peak(form, MANY) - peak(form, FEW)
        found.append(Row(15, f"{form}: memory of a million rows beyond that of 100,000", grown, limit=20, unit="MB"))
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, (Path(place) / "out").open("wb") as out:
        write(sys.argv[1], int(sys.argv[2]), out)
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
