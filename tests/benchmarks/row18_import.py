"""Row 18: the import of 300 bundles, against parsing them, validating them, and the same rows put in by hand.

The floor writes what the import wrote, row for row, with the same indexes, triggers and journal entries, a hundred rows
to a transaction, and decides nothing. The files are those of the shared material (`CLINIC_CORPUS`).
"""

import gzip
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from pathlib import Path

from clinic_desktop.clock import SystemClock, new_id
from clinic_desktop.exchange.incoming import import_fhir
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.store import schema
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.unit import Transaction
from sync.records.kinds import KINDS
from tests.benchmarks.figures import Row, percentile

KEY = bytes(range(32))
BATCH = 100
WRITTEN = (
    "patients", "patient_names", "patient_contacts", "outside_parties", "encounters", "problems", "allergies",
    "medicines_taken", "observations", "vital_signs", "immunizations", "procedures", "diagnostic_reports",
    "identifiers", "patient_search", "name_near", "journal", "acts",
)  # fmt: skip


def rows(*, full: bool) -> list[Row]:
    """Import, then the floor over the same files; with `full` all there are."""
    folder = Path(os.environ.get("CLINIC_CORPUS", "nowhere"), "fhir_synthea_r4")
    files = sorted(folder.glob("*.json.gz"))[: None if full else 300]
    if not files:
        return [Row(18, "import of 300 FHIR bundles", None, note="CLINIC_CORPUS names no folder with them")]
    with tempfile.TemporaryDirectory() as held:
        path = Path(held) / "clinic.db"
        schema.create(path, KEY)
        desk = _desk(path)
        longest: list[float] = []
        setattr(desk.store, "write", _timing(desk.store, longest))  # noqa: B010 - a method, for this once
        started = time.perf_counter()
        done = import_fhir(desk, files, lambda _words: None)
        ours = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        desk.store.close()
        started = time.perf_counter()
        megabytes = _parse(files) / 1e6
        parsed = time.perf_counter() - started
        by_hand, written = _by_hand(path, Path(held) / "floor.db")
    read = sum(each.read for each in done.kept.values())
    note = f"{len(files)} bundles, {megabytes:.0f} MB, {read:,} records kept, {written:,} rows"
    return [
        Row(18, "import of 300 FHIR bundles", ours, parsed + by_hand, most=2.0, unit="s", note=note),
        Row(18, "import of FHIR: memory at its highest", memory, limit=1024, unit="MB"),
        Row(18, "import of FHIR: one transaction holds the database, p50", percentile(longest, 50)),
        Row(18, "import of FHIR: one transaction holds the database, max", max(longest)),
    ]


def _desk(path: Path) -> Desk:
    store = Store(
        path, KEY, clock=SystemClock(), workstation="A7", anchor=Anchor(path.parent / "anchor", KEY, "command")
    )
    with store.write(act=new_id(), session=None) as unit:
        values = {"username": "admin", "display_name": "Ada Min", "role": "administrator"}
        somebody = unit.create(staff, values, kind="staff.added")
    return Desk(store, Session(new_id(), somebody, "admin", "Ada Min", "administrator", "A7", store.clock.now()))


def _timing(store: Store, longest: list[float]) -> Callable[..., AbstractContextManager[Transaction]]:
    """The store's own write, with its length noted: for so long a person's save beside it waits."""
    real = store.write

    @contextmanager
    def write(*, act: str, session: str | None) -> Iterator[Transaction]:
        started = time.perf_counter()
        with real(act=act, session=session) as unit:
            yield unit
        longest.append((time.perf_counter() - started) * 1000)

    return write


def _parse(files: list[Path]) -> int:
    """Read, parse and validate what is kept; returns how many bytes of JSON there were."""
    total = 0
    for path in files:
        text = gzip.decompress(path.read_bytes())
        total += len(text)
        # Numbers as decimals, which the records ask for.
        for entry in json.loads(text, parse_float=Decimal)["entry"]:
            kind = KINDS.get(entry["resource"]["resourceType"])
            if kind is not None:
                kind.model_validate(entry["resource"])
    return total


def _by_hand(source: Path, target: Path) -> tuple[float, int]:
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
