"""Tables that go on to another page: rows stay whole, and the names of the columns stand again."""

import io
from dataclasses import replace

from pypdf import PdfReader

from clinic_desktop.reports.flow import QUIET, Cell, Column
from clinic_desktop.reports.immunization_card import GivenLine, immunization_card
from clinic_desktop.reports.page import A5, Paper
from clinic_desktop.reports.text import one_line
from tests.unit.reports.paper_samples import CLINIC, IMMUNIZATION_CARD, PRINTED


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_names_of_the_columns_stand_on_every_page_of_a_table_and_no_row_is_cut_in_two() -> None:
    line = GivenLine("14-Jul-2022", "DTaP-HepB-IPV", "PX131", "Harbour Town health post", "Polio 2", told=True)
    doses = tuple(replace(line, lot=f"PX{number}") for number in range(60))
    told = pages(immunization_card(replace(IMMUNIZATION_CARD, given=doses)))
    table = [page for page in told if "DTaP-HepB-IPV" in page]
    assert len(table) > 1
    for page in table:
        assert "Lot, expiry" in page
        assert page.count("DTaP-HepB-IPV") == page.count("(from a record)"), "words of one dose on two pages"


def test_a_row_of_large_and_small_words_that_only_just_does_not_fit_goes_to_the_next_page_whole() -> None:
    columns = (Column(100), Column(200))
    for missing in range(30):
        paper = Paper(A5, CLINIC, PRINTED, "Sample")
        paper.y = paper.bottom - 40 + missing
        paper.row([Cell("Large"), Cell("first line\nsecond line", QUIET)], columns)
        told = [page for page in pages(paper.finish()) if "first" in page or "second" in page]
        assert len(told) == 1, missing
        assert "Large first line second line" in told[0]


LONG = "Maximiliana-Konstantinopolitanissima von und zu Hohenstauffenburg-Oberammergau-Niederbreitenbach " * 2


def test_who_signs_stands_whole_above_the_foot_however_long_the_name_is() -> None:
    for down in range(0, 400, 20):
        paper = Paper(A5, CLINIC, PRINTED, "Prescription")
        paper.space(down)
        paper.signature("Registration 4711\nSigned 29-Nov-2026", LONG)
        assert paper.y <= paper.bottom, down


def test_what_is_cut_to_one_line_ends_in_a_sign() -> None:
    paper = Paper(A5, CLINIC, replace(PRINTED, by=LONG), "Prescription")
    (page,) = PdfReader(io.BytesIO(paper.finish())).pages
    assert "…" in page.extract_text()
    assert len(one_line(LONG, 4000)) == 1
    assert one_line("short", 40_000)[0].width < 40_000
