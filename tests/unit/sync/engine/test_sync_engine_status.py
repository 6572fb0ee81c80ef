"""Until when: foretold for what goes on by itself; for the rest it is said what it waits for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sync.engine.status import ASKS, PAUSED, Line
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work
from tests.simulation.flows import PATIENT, Day, create

NEVER = 10**9
FOR_A_PATIENT = "waits for its patient to be known there"
FOR_A_PRESCRIPTION = "waits for its prescription to be known there"


@pytest.fixture(name="day")
def _day() -> Iterator[Day]:
    day = Day(NEVER)
    yield day
    day.disk.close()


def line_of(day: Day, kind: str) -> Line:
    return next(one for one in day.engine.status("alpha") if one.kind == kind)


def settled(day: Day, state: str) -> None:
    """The patient is for a person: nothing of theirs is told before that."""
    with day.disk.write() as unit:
        work = Rows(unit).get(Work, "alpha", "patient", "P1")
        assert work is not None
        Rows(unit).put(replace(work, state=state))


def blocked(day: Day) -> None:
    """A patient whom a person must decide about, a prescription that waits for them, what is handed out for that."""
    day.network.script = ["no connection"] * 9
    day.save("patient", "P1", PATIENT)
    day._work(day.clock.elapsed + 20, most=3)
    settled(day, "person")
    day.network.script.clear()
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.save("dispense", "D1", {"of": "R1", "text": "given"}, "P1")
    day.work(900)
    assert (line_of(day, "prescription").waiting, line_of(day, "dispense").waiting) == (1, 1)


def test_what_waits_for_a_person_at_whatever_distance_has_no_time_and_says_what_it_waits_for(day: Day) -> None:
    blocked(day)
    found = {kind: line_of(day, kind) for kind in ("prescription", "dispense", "patient")}
    assert {kind: one.eta for kind, one in found.items()} == dict.fromkeys(found)
    assert [one.why for one in found.values()] == [FOR_A_PATIENT, FOR_A_PRESCRIPTION, ""]
    shown = [day.engine.state_of(*one)["alpha"] for one in (("prescription", "R1"), ("dispense", "D1"))]
    assert [(one.word, one.why, one.eta) for one in shown] == [
        ("waiting", FOR_A_PATIENT, None), ("waiting", FOR_A_PRESCRIPTION, None),
    ]  # fmt: skip


def test_others_of_the_same_kind_and_what_waits_for_somebody_on_their_way_have_a_time(day: Day) -> None:
    blocked(day)
    settled(day, "waiting")
    assert {line_of(day, kind).eta is None for kind in ("prescription", "dispense", "patient")} == {False}
    assert day.engine.state_of("dispense", "D1")["alpha"].eta is not None
    settled(day, "person")
    create_another(day)
    line = line_of(day, "prescription")
    assert (line.waiting, line.why) == (2, "")
    assert line.eta is not None


def create_another(day: Day) -> None:
    """One of another patient, who is known there, is on its way."""
    day.save("patient", "P2", {**PATIENT, "name": "Bo", "birth": "1931", "phone": "+1-9"})
    day.work(60)
    day.network.script = ["5xx before"] * 9
    day.save("prescription", "R2", {"text": "b", "code": "c"}, "P2")
    day._work(day.clock.elapsed + 20, most=3)


@pytest.mark.parametrize("by", ["sign in", "a person"])
def test_while_a_system_asks_for_a_sign_in_or_is_paused_nothing_has_a_time(day: Day, by: str) -> None:
    create(day)
    if by == "sign in":
        day.network.signed_in = False
    else:
        day.engine.people["alpha"].pause("u1")
    day.save("patient", "P2", {**PATIENT, "name": "Bo", "birth": "1931", "phone": "+1-9"})
    day.work(60)
    why = ASKS if by == "sign in" else PAUSED
    line = line_of(day, "patient")
    assert (line.waiting, line.eta, line.why) == (1, None, why)
    state = day.engine.state_of("patient", "P2")["alpha"]
    assert (state.word, state.eta, state.why) == ("waiting", None, why)
    day.network.signed_in = True
    day.engine.people["alpha"].resume("u1")
    line = line_of(day, "patient")
    assert (line.eta is None, line.why) == (False, "")
    day.work(60)
    assert day.engine.state_of("patient", "P2")["alpha"].word == "confirmed"
