"""Of results that are there and not in the chart whoever ordered hears, once, and no longer than that is so."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting
from clinic_desktop.exchange.post_office import Database
from clinic_desktop.exchange.results_aside import Asides
from clinic_desktop.services import heard_aside, inbox
from clinic_desktop.services.inbox import Item
from clinic_desktop.services.remotes import House
from clinic_desktop.store.engine import Store
from sync.engine.desk import Desk
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine
from sync.port import Remote
from sync.remotes.hms_enterprise.profile import profile
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "hms_enterprise"


def told(desk_for: DeskFor, show: str = "open", role: str = "doctor") -> list[Item]:
    return [one for one in inbox.inbox(desk_for(role), show) if one.title == heard_aside.TITLE]


def test_whoever_ordered_hears_of_results_that_cannot_be_read_until_they_are_taken_in(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]

        def then(value: Any) -> list[Item]:
            part = {"component": "Lactate", "result": value, "status": "final", "flag": "critical high"}
            tests = [{"test_code": "L", "status": "completed", "components": [part]}]
            there.people(SYSTEM).edit("orders", order, results=tests, status="completed")
            clock.advance(timedelta(minutes=2))
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
            return told(desk_for)

        (one,) = then({"value": 9.1})
        assert (one.priority, one.must_answer) == ("critical", True)
        assert dict(one.arguments) == {"patient_id": small.patient, "order_id": small.order}
        assert "What stands in these fields cannot be read here: results." in one.body
        assert "LAB-" in one.body
        assert then("9.2") == []
        assert [each.id for each in told(desk_for, "done")] == [one.id]


@pytest.fixture
def desk(store: Store, desk_for: DeskFor) -> Any:
    """What is looked at of a system: its name, its kinds and the database."""
    del store
    made = object.__new__(Desk)
    made.system, made.disk = SYSTEM, Database(House.of(desk_for("administrator")))
    made.remote = cast(Remote, SimpleNamespace(profile=profile({})))
    return made


def put(desk: Desk, *records: object) -> None:
    with desk.disk.write() as unit:
        for one in records:
            Rows(unit).put(one)


def test_each_state_is_told_once_and_of_nobodys_order_the_doctors_are(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    put(desk, Link(SYSTEM, "lab_order", "O1", small.order or "", 0, "confirmed"))
    refused = "Refusal: These results name another patient than the order does."
    asides = Asides("A7", clock)
    put(desk, Quarantine(SYSTEM, "lab_result", "O1", refused, {"results": [{"result": "4"}]}))
    put(
        desk,
        Quarantine(SYSTEM, "lab_result", "X9", "NotExact", {}),
        Quarantine(SYSTEM, "appointment", "a", "TypeError"),
    )
    assert [asides.look([desk]), asides.look([desk])] == [2, 0]
    nobodys, ours = sorted(told(desk_for), key=lambda one: "order" in one.body)
    assert (nobodys.addressed_to, ours.addressed_to) == ("doctor", "")
    assert "their number X9" in nobodys.body
    assert "The chart does not take this: These results name another patient" in ours.body
    assert not ours.must_answer
    inbox.done(desk_for("doctor"), ours.id)
    assert asides.look([desk]) == 0, "whoever has closed it has seen it"
    put(desk, Quarantine(SYSTEM, "lab_result", "O1", refused, {"results": [{"result": "5", "flag": "Critical"}]}))
    assert asides.look([desk]) == 1, "it says something else"
    assert any(one.must_answer for one in told(desk_for))
    with desk.disk.write() as unit:
        Rows(unit).remove(Quarantine, system=SYSTEM)
    assert asides.look([desk]) == 2
    assert told(desk_for) == []
    put(desk, Quarantine(SYSTEM, "lab_result", "X9", "NotExact", {}))
    assert asides.look([desk]) == 1, "it was taken in meanwhile, and is set aside once more"


def test_what_a_person_has_noted_is_still_not_in_the_chart(
    small: Clinic, desk: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    assert small.order
    asides = Asides("A7", clock)
    one = Conflict("c", SYSTEM, "lab_result", "o", "unread", "", "O1", {"members": {"results": []}})
    put(desk, one)
    assert asides.look([desk]) == 1
    one.state, one.keep = "closed", "noted"
    put(desk, one)
    assert asides.look([desk]) == 0
    one.keep = "read"
    put(desk, one)
    assert (asides.look([desk]), told(desk_for)) == (1, [])
