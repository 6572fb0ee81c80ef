"""A report's three files hold the same cells, in every script; none is half written; a cut one is found out."""

import contextlib
import csv
import errno
import io
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.reporting import Asked, Column, Group, Kind, Report, Row, Totals, cells
from clinic_desktop.reports import report_pdf
from clinic_desktop.reports.page import ClinicHead
from clinic_desktop.reports.report_check import check_report
from clinic_desktop.reports.report_csv import CsvTaker, bare
from clinic_desktop.reports.report_file import FORMATS, write_report
from clinic_desktop.reports.report_pdf import PdfTaker
from clinic_desktop.reports.report_xlsx import XlsxTaker
from clinic_desktop.services.reporting import Run, Stopped, open_report
from clinic_desktop.store.engine import Store
from tests import failing
from tests.conftest import DeskFor

HOSTILE = (
    "Okafor, Ada", "Ελένη Παπαδοπούλου", "Ольга Иванова", "ليلى حداد", "王小明", "=1+1", "+cmd|' /C calc'!A0", "-2",
    "@SUM(A1)", "'quoted", "  =3", "＝1", "line\nbreak\ttab\x07", "_x0041_ <b>&amp;", "../../etc", 'say "x"',
    "नमस्ते दुनिया",
)  # fmt: skip
REPORT = Report(
    "sample", "Sample", "What stands where?",
    (
        Column("period", "Period", Kind.DAY),
        Column("name", "Name", formula="As it was written.", wide=3),
        Column("number", "Number", Kind.COUNT, total=True),
        Column("currency", "Currency"),
        Column("amount", "Amount", Kind.MONEY, total=True),
        Column("rate", "Rate", Kind.TENTHS),
    ),
    frozenset({"administrator"}), chart="number",
)  # fmt: skip
ASKED = Asked("sample", date(2026, 3, 1), date(2026, 3, 31), Group.DAY)


def sample_rows() -> list[Row]:
    return [
        ("2026-03-10", name, at - 3, ("USD", "JPY", "KWD")[at % 3], 1005 * (at - 5), 5 * at)
        for at, name in enumerate(HOSTILE)
    ]  # fmt: skip


def feed(taker: Any, rows: list[Row]) -> None:
    totals = Totals(REPORT.columns)
    for some in (rows[:1], rows[1:]):
        if some:
            totals.add(some)
            taker.take(some)
    taker.totals(totals.rows, totals.lines({}, "Total"))


def made(form: str, rows: list[Row], folder: Path) -> Path:
    run = Run(REPORT, ASKED, REPORT.columns, datetime(2026, 4, 1, tzinfo=UTC), "Ada Admin", None)  # type: ignore[arg-type]
    path = folder / f"sample.{form}"
    with path.open("wb") as file:
        if form == "csv":
            feed(CsvTaker(run, file), rows)
        elif form == "xlsx":
            feed(XlsxTaker(run, file), rows)
        else:
            feed(PdfTaker(run, file, ClinicHead("Harbour Clinic")), rows)
    return path


def table_of_csv(path: Path) -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return [[bare(cell) for cell in line] for line in csv.reader(io.StringIO(text, newline=""))][:-1]


def text_of_pdf(path: Path) -> str:
    """Without what lays it out: blanks, line ends and marks of direction."""
    document: Any = pypdfium2.PdfDocument(str(path))
    words = "".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"[\s\u200e\u200f\u2066-\u2069\ufeff\x02\x00]|\ufffe", "", words)


def test_the_three_files_hold_the_same_cells_in_every_script(tmp_path: Path) -> None:
    rows = sample_rows()
    table = table_of_csv(made("csv", rows, tmp_path))
    totals = Totals(REPORT.columns)
    totals.add(rows)
    lines = [*rows, *totals.lines({}, "Total")]
    assert table == [[column.title for column in REPORT.columns], *([*cells(REPORT.columns, row)] for row in lines)]
    book: Any = load_workbook(made("xlsx", rows, tmp_path))
    sheet = book.worksheets[0]
    for line, cells_of in zip(table[1:], sheet.iter_rows(min_row=2), strict=True):
        for cell, shown in zip(line, cells_of, strict=True):
            if isinstance(shown.value, int | float):
                digits = len(shown.number_format.partition(".")[2])
                assert cell == f"{shown.value:.{digits}f}"
            else:
                assert (shown.value or "").replace("_x005F_", "_") == cell, "as ECMA-376 reads it"
                assert shown.data_type != "f"
    said = text_of_pdf(made("pdf", rows, tmp_path))
    for line in table[1:]:
        for cell in line:
            assert re.sub(r"\s", "", cell) in said, cell
        if "ل" not in line[1]:  # readers put a line with right-to-left words in an order of their own
            assert "".join(line[2:]) in said, "the cells of a row stand beside one another"


def test_nothing_in_a_csv_begins_as_a_formula_and_a_negative_number_stays_one(tmp_path: Path) -> None:
    text = made("csv", sample_rows(), tmp_path).read_bytes().decode("utf-8-sig")
    for line in list(csv.reader(io.StringIO(text, newline="")))[1:-1]:
        assert not line[1].lstrip().startswith(tuple("=+-@＝")), line
        float(line[2])
    assert "\x07" not in text
    assert "[U+0007]" in text
    assert text.count("\r\n") == text.count("\n"), "no cell breaks a line"


@pytest.mark.parametrize("odd", ["٣", "1-2", "1.2.3", "<&>", " 7 ", "", "-"])
def test_a_word_among_numbers_stays_a_word_in_excel(tmp_path: Path, odd: str) -> None:
    rows: list[Row] = [("2026-03-10", "x", value, "USD", 5, 5) for value in (1, odd, -2)]
    path = made("xlsx", rows, tmp_path)
    book: Any = load_workbook(path)
    assert [cell.value for cell in book.worksheets[0]["C"]][1:4] == [1, odd or None, -2]
    assert check_report(path).whole


@pytest.mark.parametrize("form", FORMATS)
def test_a_whole_file_is_found_whole_and_a_cut_or_changed_one_is_not(tmp_path: Path, form: str) -> None:
    path = made(form, sample_rows(), tmp_path)
    found = check_report(path)
    assert (found.whole, found.rows) == (True, len(HOSTILE)), found.why
    content = path.read_bytes()
    for cut in (1, 40, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:-cut])
        assert not check_report(path).whole, cut
    if form == "csv":
        path.write_bytes(content.replace(b"Ada", b"Eva", 1))
        assert not check_report(path).whole
        lines = content.splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:3] + lines[4:]))
        assert not check_report(path).whole
        path.write_bytes(b"")
        assert not check_report(path).whole
    if form == "pdf":
        path.write_bytes(content.replace(b"/Title", b"/Titel", 1))
        assert not check_report(path).whole


def test_the_checksum_is_the_same_in_every_format_and_stands_on_the_last_page(tmp_path: Path) -> None:
    of_csv = check_report(made("csv", sample_rows(), tmp_path)).sha256
    assert check_report(made("xlsx", sample_rows(), tmp_path)).sha256 == of_csv
    path = made("pdf", sample_rows() * 8, tmp_path)
    document: Any = pypdfium2.PdfDocument(str(path))
    assert len(document) > 2
    again = check_report(made("csv", sample_rows() * 8, tmp_path)).sha256
    last = re.sub(r"\s", "", document[len(document) - 1].get_textpage().get_text_range())
    assert again in last
    assert f"Rows:{8 * len(HOSTILE)}" in last
    heads = [page.get_textpage().get_text_range().count("Currency") for page in document]
    assert heads[0] == heads[1] == 1, "the table's head stands on every page"


def test_more_rows_than_a_sheet_holds_go_on_on_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic_desktop.reports.report_xlsx.LONGEST_SHEET", 10)
    path = made("xlsx", sample_rows(), tmp_path)
    book: Any = load_workbook(path)
    assert book.sheetnames == ["Rows", "Rows 2", "Rows 3", "Check"]
    assert check_report(path).whole


def test_more_rows_than_anybody_prints_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_pdf, "MOST_ROWS", 5)
    with pytest.raises(Refusal) as refused:
        made("pdf", sample_rows(), tmp_path)
    assert refused.value.field == "format"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_ten_times_the_rows_take_no_more_memory(tmp_path: Path, form: str) -> None:
    def peak(times: int) -> int:
        run = Run(REPORT, ASKED, REPORT.columns, datetime(2026, 4, 1, tzinfo=UTC), "A", None)  # type: ignore[arg-type]
        with (tmp_path / "big").open("wb") as file:
            taker: Any = CsvTaker(run, file) if form == "csv" else XlsxTaker(run, file)
            rows = sample_rows()
            tracemalloc.start()
            for _each in range(times):
                taker.take(rows)
            taker.totals(times * len(rows), ())
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    few, many = peak(150), peak(1500)
    assert many < few + 1_000_000


# Through the services, onto a disk --------------------------------------------------------------------


@pytest.fixture
def run(desk_for: DeskFor) -> Run:
    return open_report(desk_for("administrator"), Asked("patient-demographics", date(2026, 3, 1), date(2026, 3, 31)))


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_report_is_a_whole_file_for_its_owner_alone(
    store: Store, desk_for: DeskFor, run: Run, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"out.{form}"
    assert write_report(desk_for("administrator"), run, path, form).rows == 0
    assert path.stat().st_mode & 0o077 == 0
    assert check_report(path).whole
    assert [file.name for file in tmp_path.glob("*out*")] == [path.name]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with failing.small_disk(tmp_path / "disk", 1) as folder:
        yield folder


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_leaves_the_old_file_and_no_half_of_a_new_one(
    desk_for: DeskFor, run: Run, small_disk: Path, form: str
) -> None:
    path = small_disk / f"out.{form}"
    path.write_bytes(b"old")
    with (small_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(b"x" * 4096):
            pass
    with pytest.raises(Trouble):
        write_report(desk_for("administrator"), run, path, form)
    assert path.read_bytes() == b"old"
    assert sorted(file.name for file in small_disk.iterdir() if file.name != "lost+found") == ["filler", path.name]


@pytest.mark.parametrize("error", [OSError(errno.EIO, "I/O"), KeyboardInterrupt(), Stopped()])
def test_whatever_ends_it_early_leaves_no_file(
    desk_for: DeskFor, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def broken(*_arguments: object) -> int:
        raise error

    monkeypatch.setattr(Run, "into", broken)
    before = sorted(tmp_path.iterdir())
    with pytest.raises((Trouble, KeyboardInterrupt, Stopped)):
        write_report(desk_for("administrator"), run, tmp_path / "out.csv", "csv")
    assert sorted(tmp_path.iterdir()) == before


def test_a_killed_export_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom clinic_desktop.reports import report_file as subject\n"
        "class Slow:\n    def into(self, taker, stop):\n        print('begun', flush=True)\n        time.sleep(60)\n"
        "subject._taker = lambda *_all: Slow()\n"
        "subject.write_report(None, Slow(), Path(sys.argv[1]), 'csv')\n"
    )
    out = tmp_path / "out.csv"
    process = subprocess.Popen([sys.executable, "-c", program, str(out)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.kill()
    process.wait()
    process.stdout.close()
    assert not out.exists()
