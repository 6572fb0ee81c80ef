"""What waits behind a lost answer is not promised for before that is looked for, be it an hour until there is room."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.post_office import PostOffice, instant
from clinic_desktop.exchange.sync_shown import record_marks, systems_shown
from clinic_desktop.exchange.sync_until import AWAY, NOT_LOOKED, Looked, later
from clinic_desktop.services.remotes import House
from sync.engine.putting_off import UNREADABLE
from sync.engine.status import Line
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Work
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic
from tests.simulation.flows import Day, create

MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def day() -> Iterator[Day]:
    made = Day(10**9)
    yield made
    made.disk.close()


def lost(day: Day, record: str, patient: str, at: float, failed: int = 0) -> None:
    with day.disk.write() as unit:
        one = Intent(f"i-{record}", "alpha", "prescription", record, "create", patient=patient, state="unknown")
        one.probe_at, one.failed = at, failed
        Rows(unit).put(one)


def work(day: Day, kind: str, record: str, patient: str, state: str) -> Work:
    made = Work("alpha", kind, record, patient, state=state)
    with day.disk.write() as unit:
        Rows(unit).put(made)
    return made


def test_where_a_limit_puts_off_the_look_for_one_answer_it_puts_off_what_waits_behind_every_other(day: Day) -> None:
    create(day)
    now = day.engine.offices["alpha"].desk.now()
    work(day, "prescription", "R1", "P1", "unknown")
    waits = work(day, "appointment", "A1", "P1", "waiting")
    free = work(day, "payment", "Y1", "P2", "waiting")
    lost(day, "R1", "P1", now + MINUTE)
    lost(day, "R9", "P9", now + HOUR)  # there is no room to look for it sooner
    with day.disk.read() as unit:
        looked = Looked(Rows(unit), "alpha")
        assert (looked.behind(waits), looked.behind(free)) == (now + HOUR, 0.0)
        behind = looked.by_kind()
    assert behind == {"prescription": now + HOUR, "appointment": now + HOUR}
    (line,) = [one for one in day.engine.status("alpha") if one.kind == "appointment"]
    assert line.eta is not None
    assert line.eta < now + HOUR
    assert later(line, behind).eta == now + HOUR
    (line,) = [one for one in day.engine.status("alpha") if one.kind == "payment"]
    assert later(line, behind) == line


def test_before_the_first_sync_no_time_is_foretold_for_it_is_not_known_what_is_told(
    small: Clinic, desk_for: DeskFor, clock: SetClock
) -> None:
    assert small.patient
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.connect("healify")
        office = PostOffice(House.of(there.desk))
        try:
            first = [one for one in office.status() if one["waiting"]]
            assert first
            assert {(one["eta"], one["why"]) for one in first} == {(None, NOT_LOOKED)}
            (shown,) = systems_shown(there.desk)
            assert {one.until for one in shown.kinds} == {None}
            office.run(1.0, until_idle=True)
            assert NOT_LOOKED not in {one["why"] for one in office.status()}
        finally:
            office.close()


def test_a_look_that_failed_by_itself_puts_off_its_own_patient_alone(day: Day) -> None:
    create(day)
    now = day.engine.offices["alpha"].desk.now()
    first, second = (work(day, "appointment", f"A{n}", f"P{n}", "waiting") for n in (1, 2))
    lost(day, "R1", "P1", now + HOUR, failed=3)
    lost(day, "R2", "P2", now + MINUTE)
    with day.disk.read() as unit:
        looked = Looked(Rows(unit), "alpha")
        assert (looked.behind(first), looked.behind(second)) == (now + HOUR, now + MINUTE)


def test_what_does_not_move_by_itself_gets_no_time_by_it() -> None:
    line = Line("alpha", "appointment", 1, 0, 0, 1, 0, 0, 0, 0, None, "it is paused")
    assert later(line, {"appointment": 9.0}) == line


def test_the_page_a_record_and_the_command_line_say_the_later_time_or_that_nothing_there_can_be_read(
    small: Clinic, desk_for: DeskFor, clock: SetClock
) -> None:
    desk, system, patient = desk_for("administrator"), "healify", small.patient
    with connected(desk, system, clock=lambda: clock.now().timestamp()) as there:
        there.connect(system)
        there.run(system)
        office = PostOffice(House.of(desk))
        until = clock.now().timestamp() + HOUR
        with office._database.write() as unit:
            rows = Rows(unit)
            one = Intent("i1", system, "document", "D1", "create", patient=patient, state="unknown", probe_at=until)
            rows.put(one)
            for state in rows.find(Work, system=system):
                rows.put(replace(state, state="waiting" if state.kind == "patient" else "idle"))
        (shown,) = systems_shown(desk)
        (mark,) = record_marks(desk, [("patient", patient)])["patient", patient]
        (line,) = [each for each in office.status() if each["kind"] == "patient"]
        assert [shown.until, mark.until, line["eta"]] == [instant(until)] * 3
        log = office.engine.offices[system].desk.log

        def came(kind: str, outcome: str) -> str:
            with office._database.write() as unit:
                log.add(Rows(unit), until, "listed", kind, came=outcome)
            return systems_shown(desk)[0].state

        kinds = ["patient", "document", "encounter", "appointment"] * 2
        assert [came(kind, "Garbled") for kind in kinds] == ["on"] * 7 + ["unreadable"]
        (shown,) = systems_shown(desk)
        (mark,) = record_marks(desk, [("patient", patient)])["patient", patient]
        (line,) = [each for each in office.status() if each["kind"] == "patient"]
        assert [shown.until, mark.until, line["eta"]] == [None] * 3
        assert (mark.why, line["why"]) == (UNREADABLE, UNREADABLE)
        assert [came("patient", each) for each in ("NoBudget", "Unanswered", "Unsent")] == [
            "unreadable", "unreadable", "away",
        ]  # fmt: skip
        (shown,) = systems_shown(desk)
        (mark,) = record_marks(desk, [("patient", patient)])["patient", patient]
        (line,) = [each for each in office.status() if each["kind"] == "patient"]
        assert [shown.until, mark.until, line["eta"]] == [None] * 3, "when they can be reached again nobody knows"
        assert (mark.why, line["why"]) == (AWAY, AWAY)
        assert came("patient", "Garbled") == "unreadable"
        assert came("patient", "Slowed") == "on", "that could be read"
        assert [came("patient", "Garbled") for _ in range(9)] == ["on"] * 9, "it is one list alone"
        office.close()
