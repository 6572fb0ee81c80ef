"""Where words stand on a paper: none on another, sums beneath one another, and every number says what it is."""

from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pypdfium2
import pytest

from clinic_desktop.reports.day_end import day_end
from clinic_desktop.reports.growth_chart import GrowthCurve, GrowthMark, GrowthPaper, growth_chart
from clinic_desktop.reports.immunization_papers import card
from clinic_desktop.reports.letter import letter
from clinic_desktop.reports.visit_summary import visit_summary
from tests.conftest import DeskFor
from tests.unit.reports import paper_samples as made
from tests.unit.services.consent_case import register

GROWTH = GrowthPaper(
    made.CLINIC, made.PATIENT, made.PRINTED, "Weight", "WHO", "", (GrowthCurve("0", ((0, 3), (24, 12)), "middle"),),
    (GrowthMark(13, 9.4, striking=True),), tuple(float(step) for step in range(2, 20, 2)),
    tuple((float(at), f"{at} m") for at in range(0, 27, 3)), "Age", "Weight (kg)",
    (("01-Dec-2026", "13 m", "9.4 kg", "+0.17", "57", ""),),
)  # fmt: skip

PATH = 2  # FPDF_PAGEOBJ_PATH of PDFium

Stretch = tuple[str, float, float, float, float]


def stretches(pdf: bytes) -> list[Stretch]:
    """Every stretch of words of the first page with its left, bottom, right and top, as the ink lies."""
    document: Any = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage()
    places = [text.get_rect(at) for at in range(text.count_rects())]
    return [(text.get_text_bounded(*place), *place) for place in places]


def test_no_word_of_a_growth_chart_lies_on_another() -> None:
    found = stretches(growth_chart(GROWTH))
    assert len(found) > 20
    for (one, left, bottom, right, top), (other, *place) in combinations(found, 2):
        apart = left >= place[2] or place[0] >= right or bottom >= place[3] or place[1] >= top
        assert apart, (one, other)


def test_a_measurement_is_marked_so_that_it_is_seen_and_a_striking_one_by_its_shape_too() -> None:
    drawn = {}
    for striking in (False, True):
        marks = (GrowthMark(13, 9.4, striking=striking),)
        document: Any = pypdfium2.PdfDocument(growth_chart(replace(GROWTH, marks=marks)))
        drawn_here = document[0].get_objects()
        boxes = [each.get_bounds() for each in drawn_here if each.type == PATH]
        drawn[striking] = [box for box in boxes if 5 <= box[2] - box[0] <= 12 and 5 <= box[3] - box[1] <= 12]
    assert len(drawn[False]) == 1
    assert len(drawn[True]) == 2


def test_what_is_in_the_till_stands_beneath_what_was_kept() -> None:
    ends = {words.strip(): right for words, _left, _bottom, right, _top in stretches(day_end(made.DAY_END))}
    kept = ends["Kept"]
    till = [ends[words] for words in ("KES 5,000.00", "KES 12,750.00", "KES 12,745.00")]
    assert till == pytest.approx([kept] * len(till), abs=1)


def test_a_number_beneath_a_title_says_what_it_is_the_number_of() -> None:
    for pdf, said in (
        (visit_summary(made.VISIT_SUMMARY), f"Visit {made.VISIT_SUMMARY.number}"),
        (letter(made.SICK_NOTE), f"Document {made.SICK_NOTE.number}"),
    ):
        assert said in [words.strip() for words, *_place in stretches(pdf)]


def test_a_patient_whose_number_is_not_known_has_no_word_for_it() -> None:
    stranger = replace(made.SICK_NOTE, patient=replace(made.PATIENT, mrn=""))
    assert not any("MRN" in words for words, *_place in stretches(letter(stranger)))


def test_an_overdue_dose_is_to_be_given_now_on_paper_as_on_the_screen(desk_for: DeskFor) -> None:
    nurse = desk_for("nurse")
    patient = register(nurse, born_on=date(1998, 8, 16))
    said = " ".join(words.strip() for words, *_place in stretches(card(nurse, patient)))
    assert "now, overdue since 16-Aug-2011" in said
    assert "16-Aug-2009" not in said, "the day on which it was recommended has passed"
