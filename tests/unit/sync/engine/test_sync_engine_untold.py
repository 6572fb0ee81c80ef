"""What a system has no call for at all: many tasks that are alike, closed together or by one decision, none lost."""

from dataclasses import replace

import pytest

from sync.engine import untold
from sync.engine.audit import broken
from sync.engine.desk import Desk
from sync.engine.status import Line
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Audited, Work
from sync.port import Create, Kind, KindProfile, Rule
from tests.simulation.flows import Day, create

NEVER = 10**9
WHY = "alpha only shows these"
NOTE = {"text": "seen", "code": "c"}
WORDS = "They read them in their portal (Ada, 10-Mar-2026 09:00)"


@pytest.fixture(name="day")
def _day() -> Day:
    """Visits are listed there and never taken, invoices are not known there at all; a patient is confirmed."""
    day = Day(NEVER)
    desk = day.engine.offices["alpha"].desk
    visits = KindProfile(Kind.ENCOUNTER, listed_for=Kind.PATIENT, rules={"text": Rule(), "code": Rule()})
    no_calls = {(kind, "create"): WHY for kind in (Kind.ENCOUNTER, Kind.INVOICE)}
    desk.remote.profile = replace(
        day.profile, kinds={**day.profile.kinds, Kind.ENCOUNTER: visits}, untold={**day.profile.untold, **no_calls}
    )
    create(day)
    return day


def desk_of(day: Day) -> Desk:
    return day.engine.offices["alpha"].desk


def visits(day: Day, first: int, last: int, kind: str = "encounter") -> None:
    for n in range(first, last):
        day.save(kind, f"{kind[0].upper()}{n:03}", NOTE, "P1")
    day.work(100)


def work_of(day: Day, local_id: str, kind: str = "encounter") -> Work:
    with day.disk.read() as unit:
        work = Rows(unit).get(Work, "alpha", kind, local_id)
    assert work is not None
    return work


def line(day: Day, kind: str) -> Line:
    return next(one for one in day.engine.status() if one.kind == kind)


def groups(day: Day) -> list[tuple[str, str, int]]:
    with day.disk.read() as unit:
        return [(one.kind, one.why, one.count) for one in untold.groups(desk_of(day), Rows(unit))]


def own(day: Day) -> list[tuple[str, str]]:
    with day.disk.read() as unit:
        return [(one.kind, one.local_id) for one in untold.tasks_of_their_own(desk_of(day), Rows(unit), 500)]


def leave(day: Day, kind: str = "encounter") -> int:
    with day.disk.write() as unit:
        return untold.leave(desk_of(day), Rows(unit), kind, "u1", WORDS)


def take_back(day: Day, kind: str = "encounter") -> int:
    with day.disk.write() as unit:
        return untold.take_back(desk_of(day), Rows(unit), kind, "u1")


def close_all(day: Day, upto: float = 9e18) -> int:
    return day.engine.people["alpha"].close_tasks("encounter", upto, "u1", WORDS)


def prescription_cancelled(day: Day) -> None:
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.work()
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1", act="cancel")
    day.work()


def test_what_is_alike_is_one_group_and_a_cancellation_stays_a_task_of_its_own(day: Day) -> None:
    visits(day, 0, 30)
    visits(day, 0, 3, "invoice")
    prescription_cancelled(day)
    assert groups(day) == [("encounter", WHY, 30), ("invoice", WHY, 3)]
    assert own(day) == [("prescription", "R1")]
    assert line(day, "encounter").cannot_tell == 30


def test_a_flood_does_not_hide_what_is_a_task_of_its_own(day: Day) -> None:
    visits(day, 0, 12)
    prescription_cancelled(day)
    with day.disk.read() as unit:
        assert [one.local_id for one in untold.tasks_of_their_own(desk_of(day), Rows(unit), 1)] == ["R1"]


def test_a_decision_makes_no_tasks_of_a_kind_and_counts_what_it_left(day: Day) -> None:
    visits(day, 0, 4)
    visits(day, 0, 1, "invoice")
    assert leave(day) == 4
    visits(day, 4, 7)
    found = line(day, "encounter")
    assert (found.cannot_tell, found.not_told, found.not_told_by, found.waiting) == (0, 7, WORDS, 0)
    assert groups(day) == [("invoice", WHY, 1)], "of another kind nothing was decided"
    state = day.engine.state_of("encounter", "E005")["alpha"]
    assert (state.word, state.why) == ("saved here", untold.LEFT)


def test_a_decision_that_is_taken_back_makes_tasks_of_all_that_it_left_with_the_time_they_have(day: Day) -> None:
    visits(day, 0, 2)
    before = work_of(day, "E000")
    leave(day)
    visits(day, 2, 5)
    assert take_back(day) == 5
    assert groups(day) == [("encounter", WHY, 5)]
    assert work_of(day, "E000") == replace(before, due_at=work_of(day, "E000").due_at)
    assert (line(day, "encounter").not_told, line(day, "encounter").not_told_by) == (0, "")
    visits(day, 5, 6)
    assert groups(day) == [("encounter", WHY, 6)]
    with pytest.raises(untold.TakesItError):
        take_back(day)


def test_whatever_is_decided_a_cancellation_and_what_they_have_stay_tasks(day: Day) -> None:
    prescription_cancelled(day)
    with pytest.raises(untold.TakesItError):
        leave(day, "prescription")
    assert own(day) == [("prescription", "R1")]
    for kind in ("patient", "practitioner", "share", "../x'"):
        with pytest.raises(untold.TakesItError):
            leave(day, kind)


@pytest.mark.parametrize("how", [{}, {"void": True}])
@pytest.mark.parametrize("kind", ["encounter", "invoice"])
def test_what_a_person_told_them_is_a_task_again_when_it_is_changed_or_voided_here(
    day: Day, kind: str, how: dict[str, bool]
) -> None:
    visits(day, 0, 2, kind)
    told = f"{kind[0].upper()}000"
    day.engine.people["alpha"].close_task(kind, told, "u1", WORDS)
    leave(day, kind)
    day.save(kind, told, {**NOTE, "text": "corrected"}, "P1", **how)
    day.work(100)
    assert own(day) == [(kind, told)]
    assert work_of(day, told, kind).why.startswith("it has changed here since they were told of it")
    assert line(day, kind).not_told == 1


def test_what_was_told_to_nobody_and_is_voided_makes_no_task_and_is_not_counted_as_left(day: Day) -> None:
    leave(day)
    leave(day, "invoice")
    for kind in ("encounter", "invoice"):
        visits(day, 0, 2, kind)
        day.save(kind, f"{kind[0].upper()}000", NOTE, "P1", void=True)
        day.work(100)
        assert (line(day, kind).not_told, line(day, kind).cannot_tell) == (1, 0)
    assert own(day) == []


def test_all_of_a_group_are_closed_at_once_each_with_a_name_and_a_time(day: Day) -> None:
    visits(day, 0, 5)
    prescription_cancelled(day)
    assert close_all(day) == 5
    found = [work_of(day, f"E{n:03}") for n in range(5)]
    assert {(one.state, one.why, one.who) for one in found} == {("closed", WORDS, "u1")}
    with day.disk.read() as unit:
        rows = Rows(unit)
        noted = [one.record for one in rows.find(Audited, ("n",), system="alpha", what="told by a person")]
        assert broken(rows, "alpha") is None
    assert sorted(noted) == [f"E{n:03}" for n in range(5)]
    assert own(day) == [("prescription", "R1")], "what changes something there is never closed with others"
    day.work(90_000)
    assert groups(day) == []


def test_a_group_is_closed_in_short_transactions_and_whole(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.engine.people.CLOSED_TOGETHER", 3)
    visits(day, 0, 7)
    assert close_all(day) == 7
    assert groups(day) == []


def test_what_came_after_the_group_was_shown_is_not_closed_with_it(day: Day) -> None:
    visits(day, 0, 3)
    with day.disk.read() as unit:
        (shown,) = untold.groups(desk_of(day), Rows(unit))
    visits(day, 3, 4)
    assert close_all(day, shown.newest) == 3
    assert groups(day) == [("encounter", WHY, 1)]


def test_a_system_that_was_given_a_call_since_is_told_by_it(day: Day) -> None:
    visits(day, 0, 2)
    leave(day)
    desk = desk_of(day)
    visit = replace(desk.remote.profile.kinds[Kind.ENCOUNTER], create=Create.MARKER)
    desk.remote.profile = replace(desk.remote.profile, kinds={**desk.remote.profile.kinds, Kind.ENCOUNTER: visit})
    visit_here = work_of(day, "E000")
    with day.disk.read() as unit:
        assert not untold.is_left(desk, Rows(unit), visit_here), "what it could be told is a task"
    assert take_back(day) == 2
    assert work_of(day, "E000").state == "waiting"


def test_what_is_decided_stands_in_the_log_with_who_it_was(day: Day) -> None:
    visits(day, 0, 2)
    leave(day)
    take_back(day)
    with day.disk.read() as unit:
        rows = Rows(unit)
        noted = [one for what in ("not told by decision", "decision taken back")
                 for one in rows.find(Audited, system="alpha", what=what)]  # fmt: skip
        assert broken(rows, "alpha") is None
    assert [(one.kind, one.detail) for one in noted] == [("encounter", {"count": 2, "who": "u1"})] * 2
