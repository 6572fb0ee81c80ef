"""Specimen labels: true size, a bar code that reads as the number beside it."""

import io
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from clinic_desktop.reports.specimen_label import SpecimenLabelPaper, specimen_labels
from clinic_desktop.reports.symbols import bars

LABEL = SpecimenLabelPaper(
    "SP-A7-000002-T", "OTIENO, Grace", "MRN-A7-000001-K", "serum", datetime(2026, 3, 10, 9, 30, tzinfo=UTC),
    "LAB-A7-000001-9", date(1986, 1, 5),
)  # fmt: skip

# ISO/IEC 15417, table 1: the widths of bars and spaces of start B, and of stop.
START_B, STOP = (2, 1, 1, 2, 1, 4), (2, 3, 3, 1, 1, 1, 2)


def widths(text: str) -> list[int]:
    """Bars and spaces in turn."""
    found: list[int] = []
    end = 0
    for start, width in bars(text):
        if found:
            found.append(start - end)
        found.append(width)
        end = start + width
    return found


@pytest.mark.parametrize("text", ["SP-A7-000002-T", "SP-ZZ-999999-0"])
def test_the_symbol_starts_stops_and_is_as_long_as_the_standard_says(text: str) -> None:
    found = widths(text)
    assert tuple(found[:6]) == START_B
    assert tuple(found[-7:]) == STOP
    assert (sum(found) - 13) % 11 == 0


def test_each_specimen_has_a_label_of_its_own_at_true_size() -> None:
    paper = specimen_labels([LABEL, LABEL])
    pages = PdfReader(io.BytesIO(paper)).pages
    sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in pages]
    assert [(round(wide / 72 * 25.4), round(high / 72 * 25.4)) for wide, high in sizes] == [(60, 30), (60, 30)]
    words = pages[0].extract_text()
    for part in ("OTIENO, Grace", "SP-A7-000002-T", "serum", "MRN-A7-000001-K", "05-Jan-1986"):
        assert part in words


def test_the_bars_leave_ten_modules_of_quiet_on_either_side() -> None:
    start, width = bars("SP-ZZ-999999-Z")[-1]
    assert (start + width + 20) * 0.25 <= 60
