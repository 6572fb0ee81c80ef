"""One patient's list that cannot be read stops nobody else's; a system that is away is not asked about one by one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sync.engine import aside, passing
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Kept, Quarantine, Sweep
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
    assert len(asked) <= passing.MOST_FAILED + passing.IN_A_ROW, "they are not rushed through"
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


def save_more(day: Day, number: int) -> None:
    for n in range(5, number):
        day.save("patient", f"P{n}", {**PATIENT, "name": f"Ana{n}", "phone": f"+1-55{n}"})
    day.work(3_600.0 * ((number + 11) // 12))


def torn(day: Day) -> list[str]:
    with day.disk.read() as unit:
        return queries.torn(Rows(unit), "alpha")


def test_a_kind_of_which_no_list_comes_is_said_to_be_torn_and_holds_nothing_up_at_a_new_address(day: Day) -> None:
    save_more(day, 12)
    people = day.engine.people["alpha"]
    people.stands_at("https://a.example")
    spoiled = parents(day)
    asked = spoil(day, spoiled, failing)
    people.stands_at("https://b.example")
    day.save("patient", "P1", {**PATIENT, "name": "Ana1", "phone": "+1-551", "allergies": ["nuts", "penicillin"]})
    day.work(1_800.0)
    assert (torn(day), set_aside(day)) == (["document"], [])
    assert [one.body["allergies"] for one in day.server.live("patient") if one.body["name"] == "Ana1"] == [
        ["nuts", "penicillin"]
    ]
    # The next look goes on after the last that was asked for, and costs little while none comes.
    assert (asked[-1], len(asked)) == (spoiled[passing.IN_A_ROW - 1], passing.MOST_FAILED + passing.IN_A_ROW - 1)
    day.work(3_600.0)
    assert asked[passing.MOST_FAILED + passing.IN_A_ROW - 1 :] == [spoiled[passing.IN_A_ROW]]
    # What a new address shows is read from the beginning, wherever a look has ended.
    put_there(day, "a letter")
    spoiled.clear()
    del asked[:]
    people.stands_at("https://c.example")
    day.work(1_800.0)
    assert (asked, set_aside(day), torn(day), len(texts(day))) == (parents(day), [], [], 12)


def test_a_kind_that_is_back_is_read_within_the_hour_and_to_its_end(day: Day) -> None:
    save_more(day, 12)
    spoiled = parents(day)
    spoil(day, spoiled, failing)
    put_there(day, "a letter")
    day.sync_now()
    day.work(2 * 3_600.0)
    assert (texts(day), torn(day)) == (set(), ["document"])
    spoiled.clear()
    day.work(passing.SOON + 900.0)
    assert (len(texts(day)), torn(day), set_aside(day)) == (12, [], [])


def test_several_bad_lists_that_follow_one_another_keep_nobody_elses_and_all_come_before_a_person(day: Day) -> None:
    save_more(day, 12)
    spoiled = parents(day)[2:9]
    spoil(day, spoiled, failing)
    put_there(day, "a letter")
    day.sync_now()
    day.work(DAY / 2)
    assert texts(day) == {f"a letter of {one}" for one in parents(day) if one not in spoiled}
    with day.disk.read() as unit:
        facts = [one for one in Rows(unit).find(Kept, system="alpha") if "document" in one.name]
        assert max(len(one.value) for one in facts) < 100, "nothing that is read for each list grows with those kept"
    for _ in range(2):
        looked(day)
    assert (set_aside(day), torn(day)) == ([f"?{one}:list" for one in spoiled], ["document"])


def test_a_kind_of_which_every_list_comes_in_another_form_is_not_a_card_for_every_patient(day: Day) -> None:
    save_more(day, 12)
    spoiled = parents(day)
    spoil(day, spoiled, unreadable)
    put_there(day, "a letter")
    assert (looked(day, 1_800.0), torn(day)) == ("torn", ["document"])
    day.work(DAY / 4)
    assert set_aside(day) == [f"?{one}:list" for one in spoiled[: passing.IN_A_ROW]]
    spoiled.clear()
    for _ in range(2):
        looked(day)
    assert (len(texts(day)), set_aside(day), torn(day)) == (12, [], [])
