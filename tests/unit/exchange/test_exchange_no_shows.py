"""A patient who did not come there did not come here: that is no cancellation, and nothing is sent for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.exchange import sync_connecting, sync_shown
from clinic_desktop.services import scheduling
from clinic_desktop.services.inbox import inbox
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.scheduling import appointments
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic


def look(there: Connected, system: str, clock: SetClock) -> None:
    clock.advance(timedelta(minutes=10))
    sync_connecting.sync_now(there.desk)
    there.run(system)


def say(there: Connected, system: str, clock: SetClock, remote: str, status: str) -> None:
    """Somebody there changes the status; it is looked at."""
    there.people(system).edit("appointments", remote, status=status)
    look(there, system, clock)


def rows(store: Store, sql: str, **values: str) -> list[tuple[Any, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


@pytest.fixture
def state(store: Store, small: Clinic) -> Callable[[], tuple[str, list[tuple[Any, ...]], list[tuple[Any, ...]]]]:
    """How it stands here, what was ever sent of how it ended, and how far its telling is."""

    def now() -> tuple[str, list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        ((status,),) = rows(store, "SELECT status FROM appointments WHERE id = :a", a=small.appointment)
        acts = rows(store, "SELECT act FROM sync_intent WHERE kind = 'appointment' AND op = 'act'")
        work = rows(store, "SELECT state, why FROM sync_work WHERE local_id = :a", a=small.appointment)
        return str(status), acts, work

    return now


def items(there: Connected) -> list[tuple[str, str, str]]:
    """What waits for a person of appointments."""
    found = sync_shown.waiting_items(there.desk)
    return [(one.sort, one.kind, one.member) for one in found if one.kind == "appointment"]


def linked(store: Store, small: Clinic) -> str:
    sql = "SELECT remote_id FROM sync_link WHERE kind = 'appointment' AND local_id = :a"
    ((remote,),) = rows(store, sql, a=small.appointment)
    return str(remote)


SYSTEMS = ("healify", "arocord_hims", "hms_enterprise")


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_show_there_is_no_show_here_and_nothing_is_sent_for_it(
    system: str, small: Clinic, desk_for: DeskFor, clock: SetClock, store: Store, state: Callable[[], Any]
) -> None:
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        there.begin(system)
        remote = linked(store, small)
        say(there, system, clock, remote, "no_show")
        assert state() == ("no_show", [], [("confirmed", "")])
        look(there, system, clock)
        assert state() == ("no_show", [], [("confirmed", "")])
        told = [one for one in inbox(desk_for("front_desk"), "open") if one.title.startswith("An appointment")]
        assert len(told) == 1, "once"
        assert "no show" in told[0].body
        assert "cancelled" not in told[0].body
        assert items(there) == []
        assert sync_shown.systems_shown(there.desk)[0].set_aside == ()

        say(there, system, clock, remote, "scheduled")
        assert state()[:2] == ("no_show", []), "what is opened again there is opened by nobody here"
        assert items(there) == [("field", "appointment", "status")]


@pytest.mark.parametrize("system", ["healify"])
def test_a_cancellation_there_stays_one_and_is_not_sent_back(
    system: str, small: Clinic, desk_for: DeskFor, clock: SetClock, store: Store, state: Callable[[], Any]
) -> None:
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        there.begin(system)
        remote = linked(store, small)
        say(there, system, clock, remote, "cancelled")
        assert state() == ("cancelled", [], [("confirmed", "")])
        (told,) = [one for one in inbox(desk_for("front_desk"), "open") if one.title.startswith("An appointment")]
        assert told.body.endswith(": cancelled")


@pytest.mark.parametrize("system", ["hms_enterprise"])
def test_what_has_ended_in_two_ways_is_for_a_person_and_is_not_sent(
    system: str, small: Clinic, desk_for: DeskFor, clock: SetClock, store: Store, state: Callable[[], Any]
) -> None:
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        there.begin(system)
        remote = linked(store, small)
        say(there, system, clock, remote, "completed")
        assert state()[0] == "booked"
        scheduling.cancel(desk_for("front_desk"), small.appointment, "She called")
        look(there, system, clock)
        status, acts, work = state()
        assert (status, acts) == ("cancelled", [])
        assert work == [("cannot", "it has ended there in another way: completed")]


def test_no_show_on_both_sides_is_agreed_on(
    small: Clinic, desk_for: DeskFor, clock: SetClock, store: Store, state: Callable[[], Any]
) -> None:
    system = "healify"
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        there.begin(system)
        remote = linked(store, small)
        clock.advance(timedelta(days=1))
        scheduling.no_show(desk_for("front_desk"), small.appointment)
        there.desk = desk_for("administrator")
        look(there, system, clock)
        assert state()[2][0][0] == "cannot", "a person tells them"
        say(there, system, clock, remote, "no_show")
        assert state() == ("no_show", [], [("confirmed", "")])
        assert items(there) == []
        assert sync_shown.systems_shown(there.desk)[0].set_aside == ()


@pytest.mark.parametrize("system", [*SYSTEMS, "practice_studio"])
def test_who_has_come_here_and_is_booked_there_still_is_no_question(
    system: str, small: Clinic, desk_for: DeskFor, clock: SetClock, store: Store, state: Callable[[], Any]
) -> None:
    with store.write(act=new_id(), session=None) as unit:
        unit.change(appointments, small.appointment, {"status": "arrived"}, kind="appointment.arrived")
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        if system == "practice_studio":
            there.connect(system)
            there.run(system)
        else:
            there.begin(system)
        for _again in range(3):
            look(there, system, clock)
        assert state()[0] == "arrived"
        assert items(there) == []
        assert sync_shown.systems_shown(there.desk)[0].set_aside == ()
