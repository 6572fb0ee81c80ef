"""The results of an order that is open are here within minutes, also where the system's live connection is down."""

from datetime import timedelta

from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.store.tables.laboratory import lab_order_tests
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "hms_enterprise"


def test_a_result_at_hms_is_in_the_chart_minutes_later_though_nobody_asks_and_nothing_says_so(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    assert small.order
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        store = there.desk.store
        with store.read() as connection:
            assert set(connection.execute(select(lab_order_tests.c.status)).scalars()) & {"ordered", "collected"}
        order = there.rows(SYSTEM, "orders")[-1]["id"]
        clock.advance(timedelta(minutes=20))
        there.run(SYSTEM)
        potassium = {"component": "Potassium", "result": "7.1", "unit": "mmol/L", "flag": "HH", "status": "final"}
        there.people(SYSTEM).edit(
            "orders", order, results=[{"test_code": "CMP", "components": [potassium]}], status="completed"
        )
        clock.advance(timedelta(minutes=5))
        there.run(SYSTEM)
        with store.read() as connection:
            said = connection.exec_driver_sql("SELECT count(*) FROM observations WHERE value = '7.1'").scalar()
        assert said == 1
