"""What every test may stand on: a fresh encrypted clinic with one person of each role."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.roles import ROLES
from clinic_desktop.services.sessions import Session
from clinic_desktop.store import schema
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff

KEY = bytes(range(32))
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

DeskFor = Callable[[str], Desk]


# What takes a minute and more, or waits for one: begun last, it would keep one process busy when the others are done.
LONG = ("test_simulation_schedules.py", "test_durability_sync.py", "test_agent_courier.py", "test_store_migrations.py")
PROCESSES = 4  # of `dev.py test`: each is handed a quarter of the tests, and takes of another's when it has none left


@pytest.hookimpl(trylast=True)  # after those that are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the walk through the window, which takes minutes in a process of its own, and with what takes long.

    The walk stands before the first quarter of the tests, what takes long before the others.
    """
    walk = [item for item in items if item.path.name == "test_journey_tour.py"]
    long = [item for item in items if item.path.name in LONG]
    rest = [item for item in items if item.path.name not in {"test_journey_tour.py", *LONG}]
    size = len(items) // PROCESSES
    items[:] = walk + rest[: size - len(walk)]
    rest = rest[size - len(walk) :]
    for place in range(PROCESSES - 1):
        first = long[place :: PROCESSES - 1]
        items += first + rest[: max(0, size - len(first))]
        rest = rest[max(0, size - len(first)) :]
    items += rest


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at nine in the morning of 10-Mar-2026 until it is moved."""
    return SetClock(NOW)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, migrated once and copied for each test."""
    path = tmp_path_factory.mktemp("empty") / "clinic.db"
    schema.create(path, KEY)
    return path


@pytest.fixture
def store(tmp_path: Path, clock: SetClock, empty_database: Path) -> Iterator[Store]:
    """An open, encrypted, empty clinic."""
    path = tmp_path / "clinic.db"
    path.write_bytes(empty_database.read_bytes())
    store = Store(path, KEY, clock=clock, workstation="A7", anchor=Anchor(tmp_path / "anchor", KEY, "window"))
    yield store
    store.close()


@pytest.fixture
def desk_for(store: Store, clock: SetClock) -> DeskFor:
    """Give the desk of somebody of a role; the same person each time."""
    people: dict[str, str] = {}
    with store.write(act=new_id(), session=None) as unit:
        for role in ROLES:
            values = {"username": role, "display_name": f"{role.title()} One", "role": role}
            people[role] = unit.create(staff, values, kind="staff.added")

    def desk(role: str) -> Desk:
        session = Session(new_id(), people[role], role, f"{role.title()} One", role, "A7", clock.now())
        return Desk(store, session)

    return desk
