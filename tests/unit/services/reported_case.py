"""Results that others reported, put into a chart as they stand there once they were taken in."""

from collections.abc import Iterator
from pathlib import Path

from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.heard_results import ORDER
from clinic_desktop.services.roles import ROLES
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.outside import identifiers, observations
from clinic_desktop.store.tables.staff import staff
from tests.conftest import KEY, NOW
from tests.unit.services.lab_case import Lab


def a_lab(folder: Path, empty_database: Path) -> Iterator[Lab]:
    """A clinic with a laboratory for all the tests of a file: each has a patient of its own, nothing else is shared."""
    path, clock = folder / "clinic.db", SetClock(NOW)
    path.write_bytes(empty_database.read_bytes())
    store = Store(path, KEY, clock=clock, workstation="A7", anchor=Anchor(folder / "anchor", KEY, "window"))
    with store.write(act=new_id(), session=None) as unit:
        people = {
            role: unit.create(
                staff, {"username": role, "display_name": f"{role.title()} One", "role": role}, kind="staff.added"
            )
            for role in ROLES
        }
    sessions = {role: Session(new_id(), people[role], role, role, role, "A7", clock.now()) for role in ROLES}
    yield Lab(store, lambda role: Desk(store, sessions[role]), clock)
    store.close()


def somebody_new(lab: Lab) -> Lab:
    """The same laboratory, with a patient of whom nothing is known."""
    lab.patient = lab.person("Otieno", "Grace", "female", "1986-01-05")
    return lab


def reported(
    store: Store, patient: str, title: str, value: str | None = None, *, order: str | None = None, **more: object
) -> str:
    """One result of another system, perhaps of an order placed here; a part of a whole has no identifier of its own."""
    at = to_text(store.clock.now())
    said: dict[str, object] = {
        "patient_id": patient, "status": "final", "category": "laboratory", "code": title, "title": title,
        "value_kind": "none" if value is None else "quantity", "value": value, "unit": "mmol/L",
        "effective_at": at, "effective_text": at, "performer": "County laboratory",
    }  # fmt: skip
    with store.write(act=new_id(), session=None) as unit:
        made = unit.create(observations, said | more, kind="observation.received")
        about = {
            "record_kind": "observations", "record_id": made, "patient_id": patient, "kind": "Observation",
            "received_at": at,
        }  # fmt: skip
        known = [{"use": "resource", "system": "http://elsewhere.example", "value": made, "record_revision": 1}]
        known += [{"use": "business", "system": ORDER, "value": order}] if order is not None else []
        for one in known if said.get("part_of") is None else ():
            unit.create(identifiers, about | one, kind="identifier.noted")
    return made
