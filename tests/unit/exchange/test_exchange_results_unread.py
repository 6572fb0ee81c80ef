"""Results that cannot be read, or whose patient is in doubt, are before a person, and in the chart after it."""

from datetime import timedelta
from typing import Any

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.sync_items import Item
from tests.conftest import DeskFor
from tests.connected import Connected, connected, signed_in_for_weeks
from tests.journeys.small_clinic import Clinic

SYSTEM = "hms_enterprise"


def panel(value: object) -> list[dict[str, Any]]:
    part = {"component": "Lactate", "result": value, "unit": "mmol/L", "flag": "critical high", "status": "final"}
    return [{"test_code": "L", "test_name": "Lactate", "status": "completed", "components": [part]}]


def looked(there: Connected, clock: SetClock, desk_for: DeskFor) -> list[Item]:
    clock.advance(timedelta(hours=26))
    there.desk = desk_for("administrator")
    sync_connecting.sync_now(there.desk)
    there.run(SYSTEM)
    return [one for one in sync_shown.waiting_items(there.desk) if one.sort != "cannot"]


def measured(there: Connected) -> list[str]:
    with there.desk.store.read() as connection:
        return [*connection.exec_driver_sql("SELECT value FROM observations WHERE title = 'Lactate'").scalars()]


def test_a_result_that_cannot_be_read_when_it_comes_is_before_a_person_and_in_the_chart_once_it_can(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.order
    signed_in_for_weeks(monkeypatch)
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]
        there.people(SYSTEM).edit("orders", order, results=panel({"value": 9.1}), status="completed")
        (card,) = looked(there, clock, desk_for)
        assert (card.sort, card.kind) == ("aside", "lab_result")
        assert measured(there) == []
        there.people(SYSTEM).edit("orders", order, results=panel("9.1"), status="completed")
        assert looked(there, clock, desk_for) == []
        assert measured(there) == ["9.1"]


def test_results_in_a_form_that_cannot_be_read_are_told_of_with_the_first_look_at_their_order(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.order
    signed_in_for_weeks(monkeypatch)
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]
        people = there.people(SYSTEM)
        people.edit("orders", order, results={"potassium": "7.9 critical"}, completed_at=1700000000, status="completed")
        for _ in range(30):  # two hours, which no look through all lists falls into
            there.run(SYSTEM)
            clock.advance(timedelta(minutes=4))
        (card,) = (one for one in sync_shown.waiting_items(there.desk) if one.sort != "cannot")
        assert (card.sort, card.kind) == ("aside", "lab_result"), "though its number is that of an order that is known"
        since = card.at
        for _ in range(10):
            there.run(SYSTEM)
            clock.advance(timedelta(minutes=4))
        (card,) = (one for one in sync_shown.waiting_items(there.desk) if one.sort != "cannot")
        assert card.at == since


def test_results_that_came_while_their_patient_was_in_doubt_are_in_the_chart_once_it_is_the_same(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.order
    signed_in_for_weeks(monkeypatch)
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]
        other = {"last_name": "Smith", "first_name": "Gracia", "date_of_birth": "1979-07-15"}
        there.people(SYSTEM).edit("patients", order["patient_id"], **other, contact_number="+15550007777")
        (asked,) = looked(there, clock, desk_for)
        assert asked.sort == "identity"
        there.people(SYSTEM).edit("orders", order["id"], results=panel("9.1"), status="completed")
        assert {one.sort for one in looked(there, clock, desk_for)} == {"identity", "aside"}
        assert measured(there) == []
        sync_deciding.decide(there.desk, asked, "link")
        assert "aside" not in {one.sort for one in looked(there, clock, desk_for)}
        assert measured(there) == ["9.1"]


def test_an_order_of_which_no_result_can_be_read_is_before_a_person_with_its_patient(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once every order after it waited for it, at each look."""
    signed_in_for_weeks(monkeypatch)
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        order = there.rows(SYSTEM, "orders")[-1]["id"]
        there.people(SYSTEM).edit("orders", order, results=["Lactate 9.1 CRITICAL"], status="completed")
        (card,) = looked(there, clock, desk_for)
        assert (card.sort, card.kind, card.patient_id) == ("aside", "lab_result", small.patient)
        there.people(SYSTEM).edit("orders", order, results=panel("9.1"), status="completed")
        assert looked(there, clock, desk_for) == []
        assert measured(there) == ["9.1"]
