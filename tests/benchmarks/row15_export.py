"""Row 15: a million rows as CSV and as XLSX, from the database to the file, against a bare writer over a raw cursor.

Both sides run the same statement over the same encrypted clinic. The floor of XLSX is less than any library does: the
sheet's text alone, written into a zip at the level that libraries use.
"""

import csv
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from clinic_desktop.domain.reporting import Asked, Column, Kind, Report
from clinic_desktop.reports.report_csv import CsvTaker
from clinic_desktop.reports.report_xlsx import XlsxTaker
from clinic_desktop.services.reporting import Run, driver_of
from clinic_desktop.services.reporting_words import Question
from clinic_desktop.store.engine import Store
from tests.benchmarks import clinics
from tests.benchmarks.figures import Row
from tests.benchmarks.processes import grown

MANY, FEW, PATIENTS = 1_000_000, 100_000, 100_000
COLUMNS = (
    Column("day", "Day", Kind.DAY), Column("who", "Who"), Column("where", "Where"), Column("currency", "Currency"),
    Column("number", "Number", Kind.COUNT, "n", total=True), Column("amount", "Amount", Kind.MONEY, "a", total=True),
)  # fmt: skip
# The clinic's patients, as often as it takes.
STATEMENT = """
    SELECT substr(p.registered_at, 1, 10), p.family_name || ', ' || p.given_names, p.address, 'USD', p.rowid_,
           100 * p.rowid_ + 5
    FROM json_each('[0,1,2,3,4,5,6,7,8,9,10]') t CROSS JOIN patients p LIMIT :count
"""
ROUNDS = 3


def write(store: Store, desk: Any, form: str, count: int, file: BinaryIO) -> None:
    """Ours: totals, cells, guards, checksum and file."""
    assert desk.store is store
    report = Report("bench", "Bench", "How fast?", COLUMNS, frozenset(), grouped=False)
    asked, at = Asked("bench", date(2026, 1, 1), date(2026, 12, 31)), datetime(2026, 11, 20, tzinfo=UTC)
    run = Run(report, asked, COLUMNS, at, "Ada", desk, question=Question(STATEMENT), more={"count": count})
    taker = CsvTaker(run, file) if form == "csv" else XlsxTaker(run, file)
    assert run.into(taker) == count


def by_hand(store: Store, _desk: Any, form: str, count: int, file: BinaryIO) -> None:
    """The least there is: what the cursor gives goes through csv.writer, or between the tags of a sheet."""
    with store.read() as connection:
        cursor = driver_of(connection).execute(STATEMENT, {"count": count})
        if form == "csv":
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            csv.writer(text).writerows(cursor)
            text.flush()
            text.detach()
            return
        with (
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed,
            packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
        ):
            for row in cursor:
                cells = "".join(
                    f"<c><v>{value}</v></c>"
                    if isinstance(value, int)
                    else f'<c t="inlineStr"><is><t>{value}</t></is></c>'
                    for value in row
                )
                sheet.write(f"<row>{cells}</row>".encode())


Work = Callable[[Store, Any, str, int, BinaryIO], None]


def timed(store: Store, desk: Any, work: Work, form: str, count: int) -> float:
    """Rows a second."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "out").open("wb") as file:
        started = time.perf_counter()
        work(store, desk, form, count, file)
        return count / (time.perf_counter() - started)


def peak(form: str, count: int) -> float:
    """The most memory a process of its own took, in MB."""
    words = [sys.executable, "-m", "tests.benchmarks.row15_export", form, str(count)]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def rows(*, full: bool) -> list[Row]:
    """Both files, ours and by hand in turn."""
    found = []
    clinic, desk = clinics.opened(clinics.profile(PATIENTS))
    for form in ("csv", "xlsx"):
        count = MANY if full else FEW
        hand, ours = [], []
        for _turn in range(ROUNDS):
            hand.append(timed(clinic.store, desk, by_hand, form, count))
            ours.append(timed(clinic.store, desk, write, form, count))
        found.append(Row(15, f"{count:,} rows of {form}", max(ours), max(hand), most=0.5, unit="rows/s", least=True))
        more = peak(form, MANY) - peak(form, FEW)
        found.append(Row(15, f"{form}: memory of a million rows beyond that of 100,000", more, limit=20, unit="MB"))
    clinic.close()
    return found


def main(form: str, count: int) -> None:
    """Write one file, and say how much memory that took."""
    clinic, desk = clinics.opened(clinics.profile(PATIENTS))
    with tempfile.TemporaryDirectory() as place, (Path(place) / "out").open("wb") as out:
        taken = grown(lambda: write(clinic.store, desk, form, count, out))
    clinic.close()
    sys.stdout.write(str(taken))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
