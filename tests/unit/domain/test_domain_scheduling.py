"""Appointments that touch, overlap, or fall outside opening hours; the order of the queue."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.queue import in_order, minutes_waiting, require_step
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.scheduling import Hours, Slot, clash, free_slots, require_length, require_open

NINE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def at(minutes: int, length: int = 15, who: str = "a", room: str | None = None) -> Slot:
    return Slot(NINE + timedelta(minutes=minutes), length, who, room)


def test_one_that_ends_when_the_other_starts_does_not_overlap() -> None:
    assert clash(at(15), [at(0), at(30)]) is None


def test_the_same_practitioner_or_room_at_one_time_clashes_and_others_do_not() -> None:
    assert clash(at(10), [at(0)]) == (at(0), "practitioner")
    assert clash(at(10, who="b", room="1"), [at(0, room="1")]) == (at(0, room="1"), "room")
    assert clash(at(10, who="b", room="2"), [at(0, room="1")]) is None


@given(st.integers(0, 300), st.integers(5, 120), st.integers(0, 300), st.integers(5, 120))
def test_overlap_is_symmetrical_and_true_to_the_minutes(a: int, m: int, b: int, n: int) -> None:
    one, two = at(a, m), at(b, n)
    shared = set(range(a, a + m)) & set(range(b, b + n))
    assert one.overlaps(two) == two.overlaps(one) == bool(shared)


def test_outside_opening_hours_and_odd_lengths_are_refused() -> None:
    require_open(NINE, 15, Hours())
    for start, minutes in (
        (NINE.replace(hour=6), 15),
        (NINE.replace(hour=19, minute=50), 15),
        (NINE.replace(hour=23), 120),
    ):
        with pytest.raises(Refusal):
            require_open(start, minutes, Hours())
    with pytest.raises(Refusal):
        require_length(0)


def test_free_times_leave_out_whatever_overlaps() -> None:
    free = free_slots(NINE, NINE + timedelta(hours=1), 30, [at(15)])
    assert free == (NINE + timedelta(minutes=30),)


@dataclass
class Entry:
    priority: str
    checked_in_at: datetime


def test_the_most_urgent_is_seen_first_then_whoever_waits_longest() -> None:
    entries = [Entry("routine", NINE), Entry("urgent", NINE + timedelta(minutes=5)), Entry("urgent", NINE)]
    assert in_order(entries) == [entries[2], entries[1], entries[0]]


def test_waiting_time_is_whole_minutes_and_never_negative() -> None:
    assert minutes_waiting(NINE, NINE + timedelta(seconds=119)) == 1
    assert minutes_waiting(NINE, NINE - timedelta(minutes=5)) == 0


def test_nobody_who_left_is_called() -> None:
    with pytest.raises(Refusal):
        require_step("left", "called")
