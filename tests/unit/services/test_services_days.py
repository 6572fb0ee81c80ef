"""The day that the clock begins without its midnight: every list of a day takes that day's own, and nothing beside."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.services import downtime, home, scheduling
from clinic_desktop.services.acts import Desk
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.scheduling import appointments
from tests.conftest import DeskFor
from tests.unit.services import report_case as case

# In Beirut 26-Mar-2028 begins at one o'clock (22:00 UTC of the 25th); each name says when by the clock on the wall.
BOOKED = {
    "evening before": datetime(2028, 3, 25, 21, 30, tzinfo=UTC),
    "first minute": datetime(2028, 3, 25, 22, 0, tzinfo=UTC),
    "late": datetime(2028, 3, 26, 20, 59, tzinfo=UTC),
    "next day": datetime(2028, 3, 26, 21, 0, tzinfo=UTC),
}


def of_home(desk: Desk) -> set[str]:
    (group,) = [one for one in home.waits_for_me(desk) if one.key == "appointments"]
    return {one.detail for one in group.rows}


def of_the_pack(desk: Desk) -> set[str]:
    return {one.what_for for one in downtime.todays_patients(desk)}


def of_the_board(desk: Desk) -> set[str]:
    return {str(one.reason) for one in scheduling.day_board(desk, date(2028, 3, 26)).appointments}


@pytest.mark.parametrize("listed", [of_home, of_the_pack, of_the_board])
def test_the_day_without_a_midnight_holds_its_own_appointments_alone(
    store: Store, clock: SetClock, desk_for: DeskFor, listed: Callable[[Desk], set[str]]
) -> None:
    with case.in_beirut():
        clock.set(datetime(2028, 3, 26, 6, tzinfo=UTC))
        desk = desk_for("doctor")
        with store.write(act=new_id(), session=None) as unit:
            for reason, at in BOOKED.items():
                person = unit.create(patients, {
                    "mrn": reason, "family_name": reason, "given_names": "A", "sex": "female", "family_key": "a",
                    "given_key": "a", "registered_at": to_text(at),
                }, kind="patient.registered")  # fmt: skip
                unit.create(appointments, {
                    "patient_id": person, "practitioner_id": desk.session.staff_id, "starts_at": to_text(at),
                    "minutes": 15, "booked_by": "x", "status": "booked", "reason": reason,
                }, kind="appointment.booked")  # fmt: skip
        assert listed(desk) == {"first minute", "late"}
