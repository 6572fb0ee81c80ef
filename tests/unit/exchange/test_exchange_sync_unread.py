"""What the chart has no form for stays as it is in the system it came from: nothing there is ever emptied by us."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.store.engine import Store
from sync.engine import unread
from sync.sandbox.faults import Rule
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


def test_what_a_system_brought_follows_what_they_make_of_it(store: Store, desk_for: DeskFor, clock: SetClock) -> None:
    """A dose that was corrected there once stayed here as it had first come, and nobody heard of it."""
    Clinic(store, desk_for, clock)
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.people(SYSTEM).add("patients", PERSON, "pat_ada")
        there.people(SYSTEM).add("prescriptions", PRESCRIBED, "prx_ada")
        there.connect(SYSTEM)
        there.run(SYSTEM)
        assert taken(store) == [("Glipizide", "500mg twice daily")]
        for member, value in (("dosage", "850mg once daily"), ("status", "recalled")):
            clock.advance(timedelta(hours=2))
            there.people(SYSTEM).edit("prescriptions", "prx_ada", **{member: value})
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
        waiting = sync_shown.waiting_items(there.desk)
    assert taken(store) == [("Glipizide", "850mg once daily")]
    assert [(one.sort, one.kind) for one in waiting] == [("unread", "prescription")]


def test_a_prescription_of_ours_that_is_ended_there_stands_here_until_a_person_has_seen_it(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.connect(SYSTEM)
        there.run(SYSTEM)
        staff = sync_connecting.who_is_who(there.desk, SYSTEM, ask=False).staff
        doctor = next(one.staff_id for one in staff if one.role == "doctor")
        sync_connecting.name_practitioner(there.desk, SYSTEM, doctor, "doc_456def")
        there.run(SYSTEM)
        told = [row for row in there.rows(SYSTEM, "prescriptions") if "ref CW" in str(row)]
        assert len(told) == 1

        def ended(status: str) -> list[Item]:
            clock.advance(timedelta(hours=2))
            moved = {"status": status, "updated_at": clock.now().isoformat()}
            there.people(SYSTEM).edit("prescriptions", told[0]["id"], **moved)
            sync_connecting.sync_now(there.desk)
            there.run(SYSTEM)
            return [one for one in sync_shown.waiting_items(there.desk) if one.kind == "prescription"]

        assert ended("expired") == []
        (card,) = ended("cancelled")
        assert (card.member, card.why, card.local_id) == ("status", unread.OUT, small.prescription)
        assert sync_deciding.decide(there.desk, card, unread.NOTED) == 1
        assert ended("cancelled") == []


def test_a_list_that_cannot_be_looked_through_to_its_end_is_said_until_it_can(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.connect(SYSTEM)
        there.sandbox.faults.add(
            Rule("error_before", system=SYSTEM, method="GET", path="/api/v1/prescriptions", times=0)
        )

        def torn_after(days: int) -> tuple[str, ...]:
            for _ in range(days * 4):
                clock.advance(timedelta(hours=6))
                there.run(SYSTEM)
            (shown,) = sync_shown.systems_shown(desk_for("administrator"))
            return shown.torn

        assert torn_after(2) == ("prescription",)
        there.sandbox.faults.clear()
        assert torn_after(2) == ()


def taken(store: Store) -> list[tuple[str, str]]:
    with store.read() as connection:
        rows = connection.execute(text("SELECT name, dose FROM medicines_taken WHERE name = 'Glipizide'"))
        return [(row.name, row.dose) for row in rows]


PERSON = {"first_name": "Ada", "last_name": "King", "date_of_birth": "1985-12-10", "gender": "female",
          "phone": "+15550100000", "email": "ada@example.com", "created_at": "2026-01-10T14:30:00Z",
          "updated_at": "2026-01-10T14:30:00Z"}  # fmt: skip
PRESCRIBED = {
    "patient_id": "pat_ada", "medication": {"name": "Glipizide"}, "dosage": "500mg twice daily", "quantity": 60,
    "refills": 3, "prescriber": {"id": "doc_456def", "name": "Dr. Sarah Smith"}, "status": "active",
    "prescribed_date": "2026-01-10T14:30:00Z", "created_at": "2026-01-10T14:30:00Z",
    "updated_at": "2026-01-10T14:30:00Z",
}  # fmt: skip
