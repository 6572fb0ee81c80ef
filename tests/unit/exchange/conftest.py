"""A clinic that takes records in, and another, empty one to take them on to."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff
from tests.conftest import KEY
from tests.fhir import Take, taker
from tests.journeys.small_clinic import Clinic
from tests.starter import load_pack

DeskFor = Callable[[str], Desk]


@pytest.fixture
def desk(store: Store, desk_for: DeskFor) -> Desk:
    with store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
    return desk_for("administrator")


@pytest.fixture
def take(desk: Desk, tmp_path: Path) -> Take:
    return taker(desk, tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path, clock: SetClock, empty_database: Path) -> Iterator[Desk]:
    """The administrator of another clinic."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "clinic.db").write_bytes(empty_database.read_bytes())
    other = Store(
        folder / "clinic.db", KEY, clock=clock, workstation="B8", anchor=Anchor(folder / "anchor", KEY, "window")
    )
    with other.write(act=new_id(), session=None) as unit:
        values = {"username": "administrator", "display_name": "Ada Other", "role": "administrator"}
        somebody = unit.create(staff, values, kind="staff.added")
    yield Desk(other, Session(new_id(), somebody, "ada", "Ada Other", "administrator", "B8", clock.now()))
    other.close()


@pytest.fixture
def small(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    return Clinic(store, desk_for, clock)
