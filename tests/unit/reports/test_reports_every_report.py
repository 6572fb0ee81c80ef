"""Every report in its three files: the same cells in Latin, Greek, Cyrillic, Arabic and Chinese, counted and summed.

Rows come from the services over the awkward cases of the oracles, whose staff, patients and insurers bear names of all
these scripts, formulas and control characters.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook

from clinic_desktop.domain.report_query import NAME, Definition
from clinic_desktop.domain.reporting import Asked, Group
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.reports.report_check import check_report
from clinic_desktop.reports.report_csv import bare
from clinic_desktop.reports.report_file import write_report
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.report_queries import asked_query, open_any
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import FIRST, LAST, Case
from tests.unit.services.test_services_reporting_behind import CASES

NUMBER = re.compile(r"-?[0-9][0-9.]*|[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
ARABIC = re.compile("[\u0590-\u08ff]")
# What lays a text out, and stands in no cell: blanks, line ends, marks of direction, the mark of a divided word.
LAID = re.compile("[\\s\u200e\u200f\u2066-\u2069\ufeff\ufffe\x02\x00]")
FILLS: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    **CASES,
    "who": (CASES["work"][0], ("who-saw-patient", NAME)),
}


def test_every_report_is_among_them() -> None:
    assert {name for _fill, names in FILLS.values() for name in names} == {*REPORTS, NAME}


@pytest.fixture
def worked(request: pytest.FixtureRequest, store: Store) -> Iterator[Case]:
    with case.in_beirut():
        yield Case(store).fill(FILLS[request.param][0])


def asked_of(made: Case, desk: Desk, name: str) -> Asked:
    if name == NAME:
        columns = ("mrn", "patient", "sex", "city", "language")
        return asked_query(Definition("Everybody", "patients", columns).text(), LAST)
    if name == "who-saw-patient":
        return Asked(name, desk.now.date(), desk.now.date(), patient_id=made.people[2])
    return Asked(name, FIRST, LAST, Group.MONTH if REPORTS[name].grouped else Group.NONE)


def of_csv(path: Path) -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return [[bare(cell) for cell in line] for line in csv.reader(io.StringIO(text, newline=""))][:-1]


def of_xlsx(path: Path) -> list[list[str]]:
    book: Any = load_workbook(path)

    def shown(cell: Any) -> str:
        if isinstance(cell.value, int | float):
            digits = len(cell.number_format.partition(".")[2])
            return f"{cell.value:.{digits}f}"
        assert cell.data_type != "f"
        return (cell.value or "").replace("_x005F_", "_")

    return [[shown(cell) for cell in row] for row in book.worksheets[0].iter_rows()]


def of_pdf(path: Path) -> list[str]:
    document: Any = pypdfium2.PdfDocument(str(path))
    return [page.get_textpage().get_text_range() for page in document]


@pytest.mark.parametrize("worked", FILLS, indirect=True)
def test_what_stands_on_paper_and_in_excel_are_the_cells_of_the_csv(
    worked: Case, desk_for: DeskFor, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    desk = desk_for("administrator")
    for name in FILLS[request.node.callspec.params["worked"]][1]:
        run = open_any(desk, asked_of(worked, desk, name))
        paths = {form: tmp_path / f"{name}.{form}" for form in ("csv", "xlsx", "pdf")}
        rows = {form: write_report(desk, run, path, form).rows for form, path in paths.items()}
        found = {form: check_report(path) for form, path in paths.items()}
        assert all(one.whole and one.rows == rows["csv"] > 0 for one in found.values()), (name, found)
        table = of_csv(paths["csv"])
        assert of_xlsx(paths["xlsx"]) == table, name
        assert found["xlsx"].sha256 == found["csv"].sha256
        pages = of_pdf(paths["pdf"])
        last = LAID.sub("", pages[-1])
        assert f"Rows:{rows['csv']}Checksum(SHA-256):{found['csv'].sha256}" in last, name
        _every_cell(name, table, "\r\n".join(pages))


def _every_cell(name: str, table: list[list[str]], said: str) -> None:
    """Each row stands on the paper letter by letter, its cells beside one another.

    Of a row with Arabic words pdfium puts these into an order of its own, as on any line of both directions: there each
    word is whole, no digit is turned round, and no letter stands there that is not in the row.
    """
    whole = LAID.sub("", said)
    lines = said.splitlines()
    # A row whose cells are wrapped stands on as many lines.
    stretches = Counter(_parts(" ".join(lines[at : at + high])) for high in (1, 2, 3) for at in range(len(lines)))
    arabic = Counter(_parts(" ".join(row)) for row in table if ARABIC.search("".join(row)))
    assert not arabic - stretches, (name, arabic - stretches)
    broken = {cell for row in table for cell in row if NUMBER.fullmatch(cell)} - set(said.split())
    assert not broken, "a number or a day stands on one line, whole"
    for row in table:
        text = LAID.sub("", "".join(row))
        assert ARABIC.search(text) or text in whole, (name, row)


def _parts(line: str) -> tuple[str, ...]:
    """The words and numbers of a line, and what stands between them, in no order."""
    return (*sorted(re.findall(r"[\w.:-]*\w", line)), "".join(sorted(LAID.sub("", re.sub(r"[\w.:-]*\w", "", line)))))
