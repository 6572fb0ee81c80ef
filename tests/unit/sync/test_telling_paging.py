"""Pages of a list whose count lies: all of it is seen, or it is said that it was not."""

from typing import Any

import pytest

from sync.port import Kind, Seen
from sync.telling.paging import MOST_NAMELESS, hole, next_cursor, offset_of, page

ALL = [{"id": f"p{n:03}"} for n in range(232)]
ASKED = 100


def seen(most: int, total: int | None, *, limit: object = ASKED, more: bool = True) -> set[str]:
    """The ids that are come upon; a server gives `most` at once and says `total`, `limit` and whether there is more."""
    found: set[str] = set()
    cursor: str | None = "0"
    for _page in range(60):
        if cursor is None:
            return found
        offset = offset_of(cursor)
        part: list[Any] = ALL[offset : offset + min(most, ASKED)]
        found |= {one["id"] for one in part}
        says = offset + len(part) < len(ALL) if more else None
        assert not hole(cursor, part, total, more=says)
        cursor = next_cursor(cursor, part, total, ASKED, limit, more=says)
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    ("most", "total", "limit"), [(100, 100, 100), (100, 0, 100), (100, 232, 100), (20, None, None), (20, 20, 20)]
)
def test_where_they_say_that_there_is_more_it_is_looked_for_whatever_they_count(
    most: int, total: int | None, limit: object
) -> None:
    assert seen(most, total, limit=limit) == {one["id"] for one in ALL}


def test_where_they_say_nothing_of_more_their_count_and_a_page_that_is_not_full_end_it() -> None:
    assert len(seen(100, 232, more=False)) == len(seen(100, None, more=False)) == len(ALL)


def test_a_server_that_takes_no_notice_of_where_a_page_begins_does_not_keep_it_going() -> None:
    first = next_cursor("0", ALL[:100], 100, ASKED, 100, more=True)
    assert first is not None
    assert next_cursor(first, ALL[:100], 100, ASKED, 100, more=True) is None


@pytest.mark.parametrize(
    ("cursor", "total", "more", "is_hole"),
    [
        ("90|p0", 132, None, True), ("90", 132, True, True), ("90", None, True, True), ("0", None, True, True),
        ("132", 132, None, False), ("0", 12, None, False), ("90", None, None, False), ("90", None, False, False),
    ],
)  # fmt: skip
def test_an_empty_page_before_the_end_is_no_end(cursor: str, total: int | None, more: object, is_hole: bool) -> None:
    assert hole(cursor, [], total, more=more) is is_hole
    assert not hole(cursor, ALL[:1], total, more=more)


def test_of_a_page_of_junk_so_much_is_kept_one_by_one_and_the_rest_is_counted() -> None:
    # Each is a row of its own, written in one go: a megabyte of them kept everybody from saving for half a minute.
    def read(item: Any) -> tuple[Seen, ...]:
        if "name" not in item:
            raise ValueError
        return (Seen(Kind.PATIENT, str(item["id"]), {"name": item["name"]}),)

    junk = [""] * (MOST_NAMELESS + 7)
    made = page([*junk, {"id": "p1", "name": "A"}, {"id": "p2"}, {"id": "p3"}], read, None, None)
    assert [one.remote_id for one in made.items] == ["p1"]
    assert [remote_id for remote_id, _item in made.lost if remote_id] == ["p2", "p3"], (
        "what has a number is never left out"
    )
    assert len(made.lost) == len(made.broken) == MOST_NAMELESS + 3
    assert made.broken[-1] == "7 more: cannot be read"
