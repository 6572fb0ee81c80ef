"""Two lines of a prescription that differ, each decided by itself; and what is not shown when it is decided."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sync.engine.chart import Because
from sync.engine.store.rows import Unit
from sync.port import Echo, Kind, Seen, Sending
from sync.records.elements import Resource
from sync.transport.outcomes import Call, Refused, Said, Unanswered, Unsent
from tests.simulation.chart import ModelChart, fields_of
from tests.simulation.flows import Day
from tests.simulation.network import Network
from tests.simulation.remote import ModelRemote
from tests.simulation.server import Thing
from tests.simulation.test_simulation_directed import open_cards, work_of
from tests.simulation.test_simulation_parts import DAY, _day, known_without_a_number, prescribed

__all__ = ["_day"]


def both_changed(day: Day, *lines: str) -> list[Thing]:
    """A prescription of which every line was changed on both sides while the system was not asked."""
    there = prescribed(day, *lines, code="20 mg")
    day.sync_now()
    day.work(600)
    people = day.engine.people["alpha"]
    people.pause("u1")
    for one in there:
        day.server.write(one, {"code": "5 mg"}, "other", day.clock.true())
    change(day, *lines, code="10 mg")
    people.resume("u1")
    day.sync_now()
    day.work(3600)
    return there


def change(day: Day, *lines: str, code: str) -> None:
    day.save("prescription", "R1", {"lines": list(lines), "code": code}, "P1")
    day.sends_allowed |= {"ref R1": 9} | {f"ref R1/{part}": 9 for part, _ in enumerate(lines)}


@pytest.fixture(name="leaves_out_what_is_empty")
def _leaves_out(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    shown = ModelRemote._show

    def omit(self: ModelRemote, thing: Thing, *, whole: bool = True) -> Seen:
        seen = shown(self, thing, whole=whole)
        return replace(seen, body={name: value for name, value in seen.body.items() if value is not None})

    return lambda: monkeypatch.setattr(ModelRemote, "_show", omit)


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_decided_of_one_line_is_told_while_another_is_still_asked_about(day: Day, which: int) -> None:
    there = both_changed(day, "a", "b")
    asked = {one.remote_id: one for one in open_cards(day)}
    assert set(asked) == {one.id for one in there}
    day.engine.people["alpha"].resolve(asked[there[which].id].id, "here", "u1")
    day.work(3600)
    assert [one.body["code"] for one in there] == (["10 mg", "5 mg"] if which == 0 else ["5 mg", "10 mg"])
    assert [one.remote_id for one in open_cards(day)] == [there[1 - which].id]
    assert work_of(day, "prescription", "R1").state == "differs"


@pytest.mark.parametrize("lines", [["a"], ["a", "b"]], ids=["in one part", "in two parts"])
def test_what_was_left_as_it_is_there_and_is_not_shown_is_told_once_it_changes_here(
    day: Day, leaves_out_what_is_empty: Callable[[], None], lines: list[str]
) -> None:
    there = both_changed(day, *lines)
    leaves_out_what_is_empty()
    for one in there:
        day.server.write(one, {"code": None}, "other", day.clock.true())
    for asked in open_cards(day):
        day.engine.people["alpha"].resolve(asked.id, "there", "u1")
    before = day.network.requests
    day.work(3600)
    assert day.network.requests - before < 40, "nothing is read again and again"
    day.work(DAY)
    assert {one.body["code"] for one in there} == {None}
    change(day, *lines, code="STOP")
    day.work(DAY)
    assert {one.body["code"] for one in there} == {"STOP"}
    assert open_cards(day) == []


FAULTS = ["no connection", "429 with a time", "request lost"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("which", [0, 1])
def test_what_is_decided_of_one_line_is_told_after_a_fault_too(day: Day, which: int, fault: str) -> None:
    there = both_changed(day, "a", "b")
    asked = {one.remote_id: one for one in open_cards(day)}
    day.failing(fault)
    day.engine.people["alpha"].resolve(asked[there[which].id].id, "here", "u1")
    day.work(DAY)
    assert there[which].body["code"] == "10 mg"
    assert [one.remote_id for one in open_cards(day)] == [there[1 - which].id]


@pytest.mark.parametrize("faults", [[], *([one] for one in FAULTS), ["no connection", "no connection"]])
def test_of_two_lines_that_went_back_there_both_are_told_as_was_decided(day: Day, faults: list[str]) -> None:
    there = prescribed(day, "0 old", "1 old")
    day.sync_now()
    day.work(600)
    change(day, "0 new", "1 new", code="c")
    day.work(DAY)
    assert [one.body["text"] for one in there] == ["0 new", "1 new"]
    for n, one in enumerate(there):
        day.server.write(one, {"text": f"{n} old"}, "other", day.clock.true())
    day.sync_now()
    day.work(3600)
    day.failing(*faults)
    asked = open_cards(day)
    assert len(asked) == 2
    for each in asked:
        day.engine.people["alpha"].resolve(each.id, "here", "u1")
    for _ in range(3):
        day.work(DAY)
        day.sync_now()
    assert [one.body["text"] for one in there] == ["0 new", "1 new"]
    assert work_of(day, "prescription", "R1").state == "confirmed"


def test_each_change_of_one_line_is_told_while_another_is_asked_about(day: Day) -> None:
    first, second = asked_of_one_line(day, 0)
    for text in ("b 10 mg", "STOP", "b 5 mg"):
        change(day, "mine", text, code="c")
        day.work(DAY)
        assert second.body["text"] == text
    assert [one.remote_id for one in open_cards(day)] == [first.id]


def asked_of_one_line(day: Day, which: int) -> list[Thing]:
    """Of one of two lines it is asked which text is to stand; the other is told."""
    there = prescribed(day, "a", "b")
    day.sync_now()
    day.work(600)
    people = day.engine.people["alpha"]
    people.pause("u1")
    day.server.write(there[which], {"text": "theirs"}, "other", day.clock.true())
    change(day, *("mine" if n == which else one for n, one in enumerate("ab")), code="c")
    people.resume("u1")
    day.sync_now()
    day.work(3600)
    return there


@pytest.fixture(name="locked")
def _locked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The numbers of which every update is refused."""
    numbers: set[str] = set()
    carry_out = ModelRemote._carry_out

    def refuse(self: ModelRemote, call: Call, sending: Sending, sent_at: float) -> Echo:
        if sending.op == "update" and sending.remote_id in numbers:
            raise Refused(call, 422, Said("INVALID", "this line is locked", ()))
        return carry_out(self, call, sending, sent_at)

    monkeypatch.setattr(ModelRemote, "_carry_out", refuse)
    return numbers


@pytest.mark.parametrize("which", [0, 1])
def test_a_line_that_they_refuse_holds_no_other_back(day: Day, which: int, locked: set[str]) -> None:
    there = asked_of_one_line(day, which)
    locked.add(there[which].id)
    people = day.engine.people["alpha"]
    (asked,) = open_cards(day)
    people.resolve(asked.id, "here", "u1")
    day.work(3600)
    for text in ("STOP", "STOP now"):
        change(day, *("mine" if n == which else text for n in (0, 1)), code="c")
        day.work(DAY)
        people.edit_and_resend("prescription", "R1", "u1")
        day.work(DAY)
        assert there[1 - which].body["text"] == text
    work = work_of(day, "prescription", "R1")
    assert (work.state, work.why) == ("refused", "this line is locked")


@pytest.mark.parametrize("fault", ["", *FAULTS, "answer lost"])
@pytest.mark.parametrize("which", [0, 1])
def test_what_changes_of_a_line_that_was_set_aside_is_told_whichever_is_read_first(
    day: Day, which: int, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = prescribed(day, "a", "b")
    day.sync_now()
    day.work(600)
    adopt = ModelChart.adopt

    def not_that(
        self: ModelChart, unit: Unit, kind: Kind, local_id: str | None, records: list[Resource], because: Because
    ) -> str | None:
        if fields_of(records[0]).get("code") == "BAD":
            raise ValueError
        return adopt(self, unit, kind, local_id, records, because)

    monkeypatch.setattr(ModelChart, "adopt", not_that)
    day.server.write(there[which], {"code": "BAD"}, "other", day.clock.true())
    day.sync_now()
    day.work(3600)
    if fault:
        day.failing(fault)
    change(day, "a STOP", "b STOP", code="c")
    day.work(DAY)
    assert [one.body["text"] for one in there] == ["a STOP", "b STOP"]


def test_a_changed_line_without_a_number_is_a_task_once_nothing_is_asked_of_another(day: Day) -> None:
    first, second = prescribed(day, "a", "b")
    known_without_a_number(day, second)
    people = day.engine.people["alpha"]
    people.pause("u1")
    day.server.write(first, {"text": "a there"}, "other", day.clock.true())
    change(day, "a here", "b here", code="c")
    people.resume("u1")
    day.sync_now()
    before = day.network.requests
    day.work(3600)
    assert day.network.requests - before < 40, "nothing is read again and again"
    assert work_of(day, "prescription", "R1").state == "differs"
    (asked,) = open_cards(day)
    people.resolve(asked.id, "here", "u1")
    day.work(3600)
    assert first.body["text"] == "a here"
    work = work_of(day, "prescription", "R1")
    assert (work.state, work.why) == ("cannot", "they gave it no number by which it could be changed")


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_decided_of_one_line_is_told_though_another_cannot_be_read(
    day: Day, which: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = both_changed(day, "a", "b")
    read = ModelRemote.read

    def not_that(self: ModelRemote, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        if remote_id == there[1 - which].id:
            raise Unanswered(Call("read", "GET", "/"), 500)
        return read(self, kind, remote_id, parent=parent)

    monkeypatch.setattr(ModelRemote, "read", not_that)
    change(day, *(one if n == which else "STOP" for n, one in enumerate("ab")), code="10 mg")
    asked = next(one for one in open_cards(day) if one.remote_id == there[which].id)
    day.engine.people["alpha"].resolve(asked.id, "here", "u1")
    day.work(3600)
    assert there[which].body["code"] == "10 mg"


@pytest.mark.parametrize("hours", [3, 60])
def test_what_changed_of_one_line_is_told_at_once_after_an_outage_while_others_are_asked_about(
    day: Day, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = prescribed(day, "a", "b", "c", "d")
    day.sync_now()
    day.work(600)
    away, exchange = [True], Network.exchange

    def nothing(self: Network, call: Call, run: Callable[[], Any], *, changes: bool = False) -> Any:
        if away:
            raise Unsent(call)
        return exchange(self, call, run, changes=changes)

    monkeypatch.setattr(Network, "exchange", nothing)
    for one in there[:3]:
        day.server.write(one, {"text": "theirs"}, "other", day.clock.true())
    change(day, "a mine", "b mine", "c mine", "d STOP", code="c")
    day.work(hours * 3600)
    away.clear()
    day.sync_now()
    asked_at = 0.0
    for _ in range(60):
        day.work(30)
        asked_at = asked_at or (day.clock.true() if open_cards(day) else 0.0)
        if there[3].body["text"] == "d STOP":
            break
    assert asked_at
    assert day.clock.true() - asked_at <= 60


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_decided_of_one_line_is_told_before_they_refuse_another(day: Day, which: int, locked: set[str]) -> None:
    there = asked_of_one_line(day, which)
    locked.add(there[1 - which].id)
    people = day.engine.people["alpha"]
    people.pause("u1")
    change(day, *("mine" if n == which else "STOP" for n in (0, 1)), code="c")
    (asked,) = open_cards(day)
    people.resolve(asked.id, "here", "u1")
    people.resume("u1")
    day.work(3600)
    assert there[which].body["text"] == "mine"
    assert work_of(day, "prescription", "R1").why == "this line is locked"


def test_what_was_given_up_and_is_decided_since_is_told(day: Day, locked: set[str]) -> None:
    (there,) = prescribed(day, "a")
    day.sync_now()
    day.work(600)
    locked.add(there.id)
    change(day, "mine", code="c")
    day.work(600)
    people = day.engine.people["alpha"]
    people.give_up("prescription", "R1", "u1", "they have locked it")
    locked.clear()
    day.server.write(there, {"text": "theirs"}, "other", day.clock.true())
    day.sync_now()
    day.work(3600)
    (asked,) = open_cards(day)
    people.resolve(asked.id, "here", "u1")
    day.work(3600)
    assert there.body["text"] == "mine"
    assert work_of(day, "prescription", "R1").state == "confirmed"
