"""Programmes: what a catalogue entry needs, who may be enrolled, how far somebody has come."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import programmes as rules
from clinic_desktop.domain.programmes import Offer, Step
from clinic_desktop.domain.refusals import Refusal

TODAY = date(2026, 3, 10)
OPEN = Offer("active", None, None, None, 0, 8)


@pytest.mark.parametrize(
    ("changes", "starts_on", "already", "words"),
    [
        ({"status": "archived"}, TODAY, False, "not offered"),
        ({"ends_on": date(2026, 3, 9)}, TODAY, False, "has ended"),
        ({"ends_on": date(2026, 3, 20)}, date(2026, 3, 21), False, "ended by then"),
        ({"starts_on": date(2026, 4, 1)}, TODAY, False, "begins later"),
        ({"capacity": 3, "enrolled": 3}, TODAY, False, "full"),
        ({}, TODAY, True, "already"),
    ],
)
def test_who_is_not_enrolled(changes: dict[str, object], starts_on: date, already: bool, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        rules.require_open(replace(OPEN, **changes), starts_on, TODAY, already=already)  # type: ignore[arg-type]


def test_the_last_place_and_the_last_day_are_given() -> None:
    last = replace(OPEN, capacity=3, enrolled=2, ends_on=TODAY)
    rules.require_open(last, TODAY, TODAY, already=False)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 12)), min_size=1, max_size=12))
def test_progress_is_a_hundred_only_when_every_session_is_done(sessions: list[tuple[int, int]]) -> None:
    steps = [(str(place), wanted, place) for place, (wanted, _done) in enumerate(sessions)]
    done = {str(place): done for place, (_wanted, done) in enumerate(sessions)}
    come = rules.progress(steps, done)
    assert 0 <= come.percent <= 100
    assert (come.percent == 100) == all(done >= wanted for wanted, done in sessions)
    assert (come.week is None) == (come.percent == 100)


def test_steps_are_read_as_they_are_written() -> None:
    steps = (Step("Breathing", 1, "", 7, None, "minutes"), Step("Walking"), Step("Rest", None, "", 2))
    assert rules.read_steps(rules.write_steps(steps)) == steps
    assert rules.read_steps("\n  \n") == ()
    with pytest.raises(Refusal, match="not a number"):
        rules.read_steps("Walking | seven")
    with pytest.raises(Refusal, match="not a number"):
        rules.read_steps("Walking | ٧")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"), ({"name": "x" * 201}, "name"), ({"description": ""}, "description"),
        ({"category": "magic"}, "category"), ({"steps": ()}, "steps"), ({"steps": (Step(" "),)}, "steps"),
        ({"steps": (Step("a", sessions=0),)}, "steps"), ({"steps": (Step("a"),) * 201}, "steps"),
        ({"weeks": 0}, "weeks"), ({"capacity": 0}, "capacity"),
        ({"starts_on": TODAY, "ends_on": date(2026, 3, 9)}, "ends_on"),
    ],
)  # fmt: skip
def test_what_no_catalogue_entry_may_say(changes: dict[str, object], field: str) -> None:
    sound: dict[str, object] = {"name": "Walk", "description": "x", "category": "fitness", "steps": (Step("a"),)}
    sound |= {"weeks": 8, "capacity": 5, "starts_on": None, "ends_on": None}
    rules.require_programme(**sound)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refused:
        rules.require_programme(**sound | changes)  # type: ignore[arg-type]
    assert refused.value.field == field
