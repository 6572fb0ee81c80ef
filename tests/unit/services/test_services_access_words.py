"""Who saw a patient is said in words for people, not in the names of acts."""

import pytest

from clinic_desktop.services.access import sight_words


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("chart chart.open_chart", "Opened the chart"),
        ("search.closed", "Chosen in a search"),
        ("chart growth.growth", "Opened: growth"),
        ("report visit-summary", "Printed: visit summary"),
        ("patient.registered", "Patient registered"),
        ("lab_order.placed", "Lab order placed"),
    ],
)
def test_what_was_done_is_said_in_words(what: str, words: str) -> None:
    assert sight_words(what) == words
