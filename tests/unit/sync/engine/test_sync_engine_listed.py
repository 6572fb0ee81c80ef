"""What is kept of looks through lists stays small, and is found by the beginning of its key."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sync.engine import aside, nameless, passing
from sync.engine.desk import Desk
from sync.engine.store import listed, queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Kept, Link, Quarantine, Sighting, Sweep
from sync.transport.outcomes import Call, Failed
from tests.simulation.flows import PATIENT, Day

FAILED = Failed(Call("GET", "GET", "/documents"), 500)


@pytest.fixture
def day() -> Iterator[Day]:
    found = Day(10**9)
    yield found
    found.disk.close()


@contextmanager
def steps(rows: Rows) -> Iterator[list[int]]:
    """How much the database does, in tens of its own steps."""
    done = [0]

    def step() -> int:
        done[0] += 1
        return 0

    driver = rows.unit.conn.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(step, 10)
    yield done
    driver.set_progress_handler(None, 0)


def kept_aside(key: str) -> Quarantine:
    return Quarantine("alpha", "document", key, "it cannot be read", {"text": "x"})


def ends_a_list(desk: Desk, rows: Rows) -> int:
    """What it takes to pass over one list, and to come to the end of another."""
    with steps(rows) as done:
        one = Sweep(1, "alpha", "document", "all", parent="q1", failed=passing.MOST_FAILED)
        assert passing.is_passed_over(desk, rows, one, FAILED)
        one.parent = passing.next_parent(desk, rows, one)
        nameless.forget_the_rest(desk, rows, one)
        passing.came(desk, rows, one)
    return done[0]


def test_the_end_of_a_list_takes_no_longer_for_what_is_set_aside_of_others(day: Day) -> None:
    desk = day.engine.offices["alpha"].desk
    with day.disk.write() as unit:
        rows = Rows(unit)
        rows.put_all([Link("alpha", "patient", one) for one in ("q1", "q2", "q3")])
        few = ends_a_list(desk, rows)
        for n in range(1_000):
            rows.put(kept_aside(f"d{n}"))
            rows.put(kept_aside(f"?p{n}:list"))
            rows.put(Kept("alpha", f"silent:document:all:p{n}", "1.0"))
            rows.put(Kept("alpha", f"left:document:all:p{n}", "yes"))
        assert ends_a_list(desk, rows) <= 2 * few


def test_the_end_of_a_list_forgets_what_it_shows_no_more_and_nothing_of_another(day: Day) -> None:
    desk = day.engine.offices["alpha"].desk
    kept = ["?a:still", "?a:list", "?a:b:other", "?ab:other", "d1", "?\u00e9:other"]
    with day.disk.write() as unit:
        rows = Rows(unit)
        rows.put_all([kept_aside(key) for key in [*kept, "?a:gone", "?\u00e9:gone"]])
        rows.put_all([Sighting(1, nameless.PASS, "?a:still"), Sighting(2, nameless.PASS, "?\u00e9:other")])
        nameless.forget_the_rest(desk, rows, Sweep(1, "alpha", "document", "all", parent="a"))
        nameless.forget_the_rest(desk, rows, Sweep(2, "alpha", "document", "all", parent="\u00e9"))
        assert {one.remote_id for one in rows.find(Quarantine)} == set(kept)


def test_names_that_begin_so_are_found_whatever_follows(day: Day) -> None:
    with day.disk.write() as unit:
        rows = Rows(unit)
        rows.put_all([Kept("alpha", f"left:document:all:{one}") for one in ("\u00e9", "~1", "z:1")])
        rows.put(Kept("alpha", "left:document:allergy:1"))
        rows.put(Link("alpha", "patient", "z:1"))
        assert listed.first_named(rows, "alpha", "left:document:all:") == "z:1"
        assert [listed.are_named(rows, "alpha", "left:document:all:", most) for most in (1, 3)] == [2, 3]
        assert listed.nobodys(rows, "alpha", "left:document:all:", "patient") == ["~1", "\u00e9"]
        listed.forget_named(rows, "alpha", "left:document:all:")
        assert [one.name for one in rows.find(Kept, system="alpha") if one.name.startswith("left")] == [
            "left:document:allergy:1"
        ]


def test_of_the_looks_that_are_over_the_last_and_the_last_complete_one_are_kept(day: Day) -> None:
    with day.disk.write() as unit:
        rows = Rows(unit)
        states = ["complete", "complete", "torn", "suspect", "torn", "running"]
        rows.put_all([Sweep(n, "a", "document", "all", state, ended_at=n) for n, state in enumerate(states, start=1)])
        others = [Sweep(7, "a", "document", "hot", "torn"), Sweep(8, "b", "document", "all", "torn")]
        rows.put_all([*others, Sweep(9, "a", "patient", "all", "complete", ended_at=1.0)])
        listed.forget_looks_before(rows, Sweep(5, "a", "document", "all", "torn"))
        assert [one.id for one in rows.find(Sweep, ("id",))] == [2, 5, 6, 7, 8, 9]
        assert (queries.torn(rows, "a"), queries.looked_through_at(rows, "a")) == (["document"], 2.0)


def test_a_list_that_is_looked_through_often_leaves_few_rows(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    for _ in range(6):
        day.sync_now()
        day.work(600.0)
    with day.disk.read() as unit:
        ended = [(one.kind, one.scope) for one in Rows(unit).find(Sweep, system="alpha") if one.state != "running"]
    assert len(ended) == len(set(ended)) > 1, "all of them were complete"


def test_what_is_to_be_decided_takes_no_longer_for_each_where_more_was_seen(day: Day) -> None:
    desk = day.engine.offices["alpha"].desk
    took = []
    with day.disk.write() as unit:
        rows = Rows(unit)
        for n in range(320):
            rows.put(kept_aside(f"d{n:03}"))
            if n % 2:
                aside.noted(desk, rows, kept_aside(f"d{n:03}"), "u1", "told them")
            if n in {79, 319}:
                with steps(rows) as done:
                    found = aside.to_decide(desk, rows)
                took.append(done[0])
                assert [one.remote_id for one in found] == [f"d{each:03}" for each in range(0, n, 2)]
    assert took[1] <= 6 * took[0]
