"""One patient's list that cannot be read stops nobody else's; a system that is away is not asked about one by one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sync.engine import aside, passing
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Quarantine, Sweep
from sync.port import Kind, Page
from sync.transport.outcomes import Call, Failed, Outcome, misshapen
from tests.simulation.flows import PATIENT, Day

DAY = 86_400.0
CALL = Call("GET /document", "GET", "/document")


def unreadable() -> Outcome:
    return misshapen(CALL, 200, ["Potassium 7.1 CRITICAL"])


def failing() -> Outcome:
    return Failed(CALL, 500)


@pytest.fixture
def day() -> Iterator[Day]:
    found = Day(10**9)
    for n in range(5):
        found.save("patient", f"P{n}", {**PATIENT, "name": f"Ana{n}", "phone": f"+1-55{n}"})
    found.work(600)
    yield found
    found.disk.close()


def parents(day: Day) -> list[str]:
    return sorted(one.id for one in day.server.live("patient"))


def spoil(day: Day, spoiled: list[str], how: Callable[[], Outcome]) -> list[str]:
    """Have some patients' lists of documents answer so; the list of whose is asked for is returned."""
    remote: Any = day.engine.offices["alpha"].desk.remote
    page, asked = type(remote).page, []

    def answer(kind: Kind, *, parent: str | None, **how_far: Any) -> Page:
        if kind is Kind.DOCUMENT:
            asked.append(str(parent))
        if kind is Kind.DOCUMENT and parent in spoiled:
            raise how()
        found: Page = page(remote, kind, parent=parent, **how_far)
        return found

    remote.page = answer
    return asked


def put_there(day: Day, text: str) -> None:
    for parent in parents(day):
        day.server.create("document", {"text": f"{text} of {parent}", "code": "c"}, parent, "", "other")


def texts(day: Day) -> set[str]:
    return {body["text"] for _, body in day._records("document")}


def set_aside(day: Day) -> list[str]:
    with day.disk.read() as unit:
        return sorted(one.remote_id for one in Rows(unit).find(Quarantine, system="alpha", kind="document"))


def looked(day: Day, seconds: float = DAY) -> str:
    """How the last look through the documents ended."""
    day.sync_now()
    day.work(seconds)
    with day.disk.read() as unit:
        ended = [one for one in Rows(unit).find(Sweep, ("id",), kind="document") if one.state != "running"]
    return ended[-1].state


@pytest.mark.parametrize("how", [unreadable, failing])
def test_the_lists_after_one_that_cannot_be_read_are_read_and_a_person_hears_of_that_one(
    day: Day, how: Callable[[], Outcome]
) -> None:
    first, *others = parents(day)
    spoiled = [first]
    spoil(day, spoiled, how)
    put_there(day, "a letter")
    assert looked(day) == "torn"
    assert texts(day) == {f"a letter of {one}" for one in others}
    assert set_aside(day) == [f"?{first}:list"]
    with day.disk.read() as unit:
        rows, desk = Rows(unit), day.engine.offices["alpha"].desk
        (card,) = aside.to_decide(desk, rows)
        assert aside.whose(desk, rows, card) == (desk.known(rows).here(Kind.PATIENT, first), first)
        assert queries.torn(rows, "alpha") == ["document"]
    day.engine.people["alpha"].seen_aside(card.kind, card.remote_id, "u1", "told them", shown=card.at)
    # Nothing of theirs is taken to be missing meanwhile, and what was seen is not asked about again.
    for one in list(day.server.live("document")):
        one.deleted = True
    put_there(day, "a second letter")
    assert looked(day) == "torn"
    assert {f"a letter of {one}" for one in others} | {f"a second letter of {one}" for one in others} == texts(day)
    with day.disk.read() as unit:
        assert aside.to_decide(day.engine.offices["alpha"].desk, Rows(unit)) == []
    # It is over once it can be read, and asked about anew when it is so again.
    spoiled.clear()
    assert looked(day) == "complete"
    assert (f"a second letter of {first}" in texts(day), set_aside(day)) == (True, [])
    spoiled.append(first)
    assert looked(day) == "torn"
    with day.disk.read() as unit:
        assert len(aside.to_decide(day.engine.offices["alpha"].desk, Rows(unit))) == 1


def test_while_their_system_is_away_nobody_is_asked_about_each_list_and_all_are_read_when_it_is_back(day: Day) -> None:
    spoiled = parents(day)
    asked = spoil(day, spoiled, failing)
    put_there(day, "a letter")
    day.sync_now()
    day.work(600.0)
    assert set(asked) != set(spoiled), "they are not rushed through"
    day.work(5 * 3600.0)
    assert (set_aside(day), texts(day)) == ([], set())
    assert len(asked) < 60
    spoiled.clear()
    assert looked(day) == "complete"
    assert (set_aside(day), len(texts(day))) == ([], 5)


def test_a_list_that_comes_at_the_second_time_of_asking_is_not_before_a_person(day: Day) -> None:
    first, *_others = parents(day)
    left = [passing.MOST_FAILED]

    def how() -> Outcome:
        left[0] -= 1
        if not left[0]:
            spoiled.clear()
        return failing()

    spoiled = [first]
    spoil(day, spoiled, how)
    put_there(day, "a letter")
    assert looked(day, 3_600.0) == "complete"
    assert (set_aside(day), len(texts(day))) == ([], 5)
