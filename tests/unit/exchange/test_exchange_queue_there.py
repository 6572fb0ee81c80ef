"""The queue of a pharmacy there is looked through within minutes, and what has left it is not taken to be gone."""

from copy import deepcopy
from datetime import timedelta

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_shown
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "arocord_hims"
MANY = 9


def test_prescriptions_that_were_handed_out_there_are_not_said_to_be_gone(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    assert small.order
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        people = there.people(SYSTEM)
        (ours,) = there.rows(SYSTEM, "prescriptions")
        for n in range(MANY):
            other = {name: value for name, value in deepcopy(dict(ours)).items() if name != "id"}
            other["medications"][0]["name"] = f"medicine {n}"
            people.add("prescriptions", other)

        def linked() -> int:
            clock.advance(timedelta(minutes=10))
            there.run(SYSTEM)
            with there.desk.store.read() as connection:
                said = "SELECT count(*) FROM sync_link WHERE kind = 'prescription' AND status = 'confirmed'"
                return int(connection.exec_driver_sql(said).scalar() or 0)

        assert linked() == MANY + 1, "what others prescribe there is here in minutes"
        for one in there.rows(SYSTEM, "prescriptions"):
            people.edit("prescriptions", one["id"], status="dispensed")
        for _ in range(2):
            sync_connecting.sync_now(there.desk)
            assert linked() == MANY + 1
            assert not sync_shown.waiting_items(there.desk)
