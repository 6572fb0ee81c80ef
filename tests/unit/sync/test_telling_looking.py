"""Looking for what a lost create has become: in pages, by our marker, by what it says, by a telephone number."""

from typing import Any

import pytest

from sync.port import Kind, Page, Seen
from sync.telling.folding import fold_phone
from sync.telling.looking import MOST_PAGES, TooMany, agrees, as_far, each_once, found_in, through
from sync.telling.notes import marked, with_marker, without_marker
from sync.transport.outcomes import Forbidden, NotThere

MARKER = "ref CW-7F3K9Q2M"


def pages(count: int) -> Any:
    """A list of so many pages of one record each, the last with our marker."""

    def page(cursor: str | None) -> Page:
        number = int(cursor or 1)
        notes = MARKER if number == count else "of somebody else"
        one = Seen(Kind.APPOINTMENT, f"a{number}", {"notes": notes})
        return Page((one,), None, str(number + 1) if number < count else None)

    return page


def test_what_stands_behind_the_last_page_that_is_looked_through_is_not_taken_for_gone_or_never_arrived() -> None:
    assert [one.remote_id for one in through(pages(MOST_PAGES)) if marked(one.body["notes"], MARKER)] == ["a20"]
    with pytest.raises(Forbidden) as came:
        list(through(pages(MOST_PAGES + 1)))
    assert "look there" in came.value.said.message
    with pytest.raises(TooMany):
        found_in(pages(MOST_PAGES + 1), Kind.APPOINTMENT, "a21")
    with pytest.raises(NotThere):
        found_in(pages(MOST_PAGES), Kind.APPOINTMENT, "a21")
    assert found_in(pages(MOST_PAGES + 1), Kind.APPOINTMENT, "a20").remote_id == "a20"


def test_who_is_sought_to_choose_among_is_shown_as_far_as_is_looked() -> None:
    assert len(list(as_far(through(pages(MOST_PAGES + 1))))) == MOST_PAGES


def test_what_was_come_upon_is_it_however_much_more_there_is() -> None:
    there = pages(MOST_PAGES + 1)
    assert [one.remote_id for one in each_once(one for one in through(there) if one.remote_id == "a3")] == ["a3"]
    with pytest.raises(TooMany):
        each_once(one for one in through(there) if one.remote_id == "a21")
    assert each_once(one for one in through(pages(2)) if one.remote_id == "a21") == ()


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (f"Please come fasting\n{MARKER}", True),
        (f"Please come fasting\n{MARKER}\nLabel printed", True),
        (f"{MARKER} \r\nLabel printed\r\n", True),
        (f"As agreed in {MARKER}", False),
        ("ref CW-OTHER", False),
        (None, False),
    ],
)
def test_a_marker_of_ours_is_a_line_wherever_it_stands(text: str | None, *, ours: bool) -> None:
    assert marked(text, MARKER) is ours


def test_a_text_is_without_our_marker_wherever_it_stands_and_bears_it_once() -> None:
    assert without_marker(f"Fasting\n{MARKER}\nLabel printed") == "Fasting\nLabel printed"
    assert with_marker(f"Fasting\n{MARKER}\nLabel printed", MARKER) == f"Fasting\nLabel printed\n{MARKER}"
    assert without_marker("Fasting\n\n as ever ") == "Fasting\n\n as ever "


SENT = {"last_name": "Lima", "gender": "female", "email": "ana@example.org", "date_of_birth": "1980-01-01"}


@pytest.mark.parametrize(
    ("there", "same"),
    [
        ({"last_name": "LIMA"}, True),
        ({"gender": "Female"}, True),
        ({"email": "Ana@Example.org"}, True),
        ({"date_of_birth": "1980-01-01T00:00:00Z"}, True),
        ({"date_of_birth": "1980-01-01T12:00:00Z"}, False),
        ({"date_of_birth": "1980-01-02T00:00:00Z"}, False),
        ({"gender": "male"}, False),
        ({"last_name": "Lima Sá"}, False),
    ],
)
def test_somebody_is_known_again_in_a_form_of_theirs(there: dict[str, str], *, same: bool) -> None:
    assert agrees(Seen(Kind.PATIENT, "p1", {**SENT, **there}), {**SENT}, *SENT) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+1-555-010-7788", "(555) 010-7788", True),
        ("1 555 010 7788", "5550107788", True),
        ("15550107788", "555.010.7788", True),
        ("06 12 34 56 78", "0612345678", True),
        ("11 91234-5678", "(19) 1234-5678", False),
        ("14 91234-5678", "(49) 1234-5678", False),
        ("11 91234-5678", "(11) 91234-5678", True),
    ],
)
def test_a_one_before_a_number_is_its_own_where_no_american_number_follows(one: str, other: str, *, same: bool) -> None:
    assert (fold_phone(one) == fold_phone(other)) is same
