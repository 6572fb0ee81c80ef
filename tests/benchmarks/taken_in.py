"""A clinic that takes records in while somebody holds the watch, and the same rows put in by hand."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from clinic_desktop.clock import SystemClock, new_id
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.store import schema
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.unit import Transaction

KEY = bytes(range(32))
BATCH = 100
WRITTEN = (
    "patients", "patient_names", "patient_contacts", "outside_parties", "encounters", "problems", "allergies",
    "medicines_taken", "observations", "vital_signs", "immunizations", "procedures", "diagnostic_reports",
    "identifiers", "patient_search", "name_near", "journal", "acts",
)  # fmt: skip


def desk_in(path: Path) -> Desk:
    """The administrator of an empty clinic."""
    store = Store(
        path, KEY, clock=SystemClock(), workstation="A7", anchor=Anchor(path.parent / "anchor", KEY, "command")
    )
    with store.write(act=new_id(), session=None) as unit:
        values = {"username": "admin", "display_name": "Ada Min", "role": "administrator"}
        somebody = unit.create(staff, values, kind="staff.added")
    return Desk(store, Session(new_id(), somebody, "admin", "Ada Min", "administrator", "A7", store.clock.now()))


def timing(store: Store, longest: list[float]) -> Callable[..., AbstractContextManager[Transaction]]:
    """The store's own write, with its length noted: for so long a person's save beside it waits."""
    real = store.write

    @contextmanager
    def write(*, act: str, session: str | None) -> Iterator[Transaction]:
        started = time.perf_counter()
        with real(act=act, session=session) as unit:
            yield unit
        longest.append((time.perf_counter() - started) * 1000)

    return write


def by_hand(source: Path, target: Path) -> tuple[float, int]:
    """The seconds that the same rows take in transactions of a hundred, and how many there are."""
    schema.create(target, KEY)
    reader = connect(source, KEY, WRITER_PRAGMAS)
    writer = connect(target, KEY, WRITER_PRAGMAS, guard=False)
    writer.execute("PRAGMA foreign_keys = 0")
    seconds, count = 0.0, 0
    for table in WRITTEN:
        found = reader.execute(f"SELECT * FROM {table}").fetchall()
        places = ", ".join("?" * len(found[0])) if found else ""
        statement = f"INSERT OR IGNORE INTO {table} VALUES ({places})"
        for batch in (found[start : start + BATCH] for start in range(0, len(found), BATCH)):
            started = time.perf_counter()
            writer.execute("BEGIN IMMEDIATE")
            writer.executemany(statement, batch)
            writer.execute("COMMIT")
            seconds += time.perf_counter() - started
            count += len(batch)
    reader.close()
    writer.close()
    return seconds, count
