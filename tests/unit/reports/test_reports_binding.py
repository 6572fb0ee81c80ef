"""Several papers as one file."""

import io

from pypdf import PdfReader

from clinic_desktop.reports.binding import bind
from clinic_desktop.reports.medicine_label import medicine_label
from clinic_desktop.reports.prescription import prescription
from tests.unit.reports.paper_samples import LABEL, PRESCRIPTION


def test_every_page_is_there_in_its_own_size_and_with_its_words() -> None:
    papers = (medicine_label(LABEL), prescription(PRESCRIPTION), medicine_label(LABEL))
    bound = PdfReader(io.BytesIO(bind(papers))).pages
    apart = [page for paper in papers for page in PdfReader(io.BytesIO(paper)).pages]
    assert [page.mediabox for page in bound] == [page.mediabox for page in apart]
    assert [page.extract_text() for page in bound] == [page.extract_text() for page in apart]


def test_a_single_paper_is_left_as_it_is() -> None:
    paper = medicine_label(LABEL)
    assert bind((paper,)) is paper
