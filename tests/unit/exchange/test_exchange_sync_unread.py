"""What the chart has no form for stays as it is in the system it came from: nothing there is ever emptied by us."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

# Each as somebody else's system may write a day of birth, and as the chart has it.
BORN = {
    "Midnight": ("1985-06-15T00:00:00", "1985-06-15"),
    "Greenwich": ("1971-02-03T00:00:00.000Z", "1971-02-03"),
    "Evening": ("1985-06-15T22:00:00Z", None),
    "Slashes": ("15/06/1985", None),
    "Word": ("about 1950", None),
}
SYSTEM = "healify"


def test_a_day_of_birth_that_is_written_otherwise_there_is_read_or_left_and_never_taken_out_there(
    store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    Clinic(store, desk_for, clock)
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        pattern: dict[str, Any] = dict(there.rows(SYSTEM, "patients")[0])
        del pattern["id"]
        for number, (name, (written, _born)) in enumerate(BORN.items()):
            person = {"first_name": "Ada", "last_name": name, "date_of_birth": written, "phone": f"+1555010000{number}",
                      "email": f"{name}@example.com"}  # fmt: skip
            there.people(SYSTEM).add("patients", {**pattern, **person}, f"pat_{name}")
        there.connect(SYSTEM)
        for time in range(3):  # taken in, changed there and looked at again, told
            there.run(SYSTEM)
            clock.advance(timedelta(hours=2))
            for name in BORN:
                there.people(SYSTEM).edit("patients", f"pat_{name}", email=f"{name}{time}@example.com")
            sync_connecting.sync_now(there.desk)
        asked = there.sandbox.gates[SYSTEM].system.log.asked
        assert [one.status for one in asked if one.method == "PUT" and "/pat_" in one.path] == []
        known = {row["last_name"]: row["date_of_birth"] for row in there.rows(SYSTEM, "patients")}
        assert {name: known[name] for name in BORN} == {name: written for name, (written, _born) in BORN.items()}
    with store.read() as connection:
        rows = connection.execute(text("SELECT family_name, born_on FROM patients"))
        here = {row.family_name: row.born_on for row in rows}
    assert {name: here[name] for name in BORN} == {name: born for name, (_written, born) in BORN.items()}
