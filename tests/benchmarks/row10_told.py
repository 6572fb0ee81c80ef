"""Rows 10 and 11: telling one change, a sync with nothing new, and a conflict against a change that meets none."""

import statistics
import time
from datetime import date
from typing import Any

from sqlalchemy import select

from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import NewPatient, change_patient
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.tables.patients import patients
from tests.benchmarks.figures import Row, timed
from tests.benchmarks.post import KEY, LISTS, Town, fetch, town


def rows(*, full: bool) -> list[Row]:
    """The requests themselves are taken off: what is left is what the engine adds to them."""
    count = 400 if full else 40
    with town(count) as here:
        here.look_through()
        here.settle()
        floor = _two_commits(here, count)
        told = _told(here, "1")
        idle, requests, one = _idle(here)
        clean = _met(here, conflict=False)
        conflict = _met(here, conflict=True)
        parked = here.post.conflicts()
    least = statistics.median(floor)
    return [
        Row(10, "telling one change, without its requests", told, least, most=5.0, note="floor: two durable commits"),
        Row(10, "a sync with nothing new", statistics.median(idle), one, most=3.0,
            note="floor: one request on an open connection"),
        Row(10, "a sync with nothing new: requests", requests, limit=2.0, unit=""),
        Row(11, "a record changed on both sides, against one changed there", conflict, clean, most=3.0,
            note=f"{len(parked)} conflicts parked"),
    ]  # fmt: skip


def _everybody(here: Town) -> list[Any]:
    with here.store.read() as connection:
        return list(connection.execute(select(patients)))


def _changed_here(desk: Desk, people: list[Any], mark: str) -> None:
    for n, one in enumerate(people):
        new = NewPatient(
            one.family_name, one.given_names, one.sex, date.fromisoformat(one.born_on), "day",
            phone=f"+15550{mark}{n:05d}", email=one.email, address=one.address, city=one.city,
            postal_code=one.postal_code,
        )  # fmt: skip
        change_patient(desk, one.id, new, one.revision)


def _drained(here: Town) -> float:
    """Milliseconds until nothing is left to do, without those of the requests."""
    network = here.network.seconds
    started = time.perf_counter()
    here.settle()
    return (time.perf_counter() - started - (here.network.seconds - network)) * 1000


def _told(here: Town, mark: str) -> float:
    people = _everybody(here)
    _changed_here(here.desk, people, mark)
    return _drained(here) / len(people)


def _met(here: Town, *, conflict: bool) -> float:
    """Milliseconds a record, where all were changed there, and with a conflict here too."""
    people = _everybody(here)
    here.changed_there()
    here.look_through()
    if conflict:
        _changed_here(here.desk, people, "7")
    return _drained(here) / len(people)


def _idle(here: Town) -> tuple[list[float], float, float]:
    """Milliseconds of a run with nothing to do, its requests, and the milliseconds of one request with nothing else."""
    before = here.network.requests
    taken = [timed(lambda: here.post.run(60.0, until_idle=True)) for _ in range(50)]
    bare = here.bare()
    one = statistics.median(timed(lambda: fetch(bare, f"{LISTS}?limit=1&offset=0")) for _ in range(100))
    return taken, (here.network.requests - before) / 50, one


def _two_commits(here: Town, count: int) -> list[float]:
    """What telling one change costs at the least: what will be sent, and what came of it, each durable."""
    connection = connect(here.path.with_name("floor.db"), KEY, WRITER_PRAGMAS, create=True, guard=False)
    connection.execute("CREATE TABLE told (id TEXT PRIMARY KEY, body TEXT)")

    def two(n: int) -> None:
        for step in range(2):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO told VALUES (?, ?)", (f"{n}:{step}", "x" * 400))
            connection.execute("COMMIT")

    found = [timed(lambda n=n: two(n)) for n in range(max(100, count))]  # type: ignore[misc]
    connection.close()
    return found
