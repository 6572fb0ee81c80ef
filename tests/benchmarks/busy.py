"""The busy clinic: 270,000 visits of 60,000 people in two years, with what each leads to; made once and kept.

Rows go in by raw batches, without the journal: reports read the records alone.
"""

import random
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlcipher3 import dbapi2

from clinic_desktop.clock import SystemClock, new_id, to_text
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.store import schema
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables import metadata
from tests.benchmarks import clinics
from tests.benchmarks.busy_visits import START, visit

KEY = bytes(range(32))
BATCH = 10_000
TESTS = ("hgb", "k", "hba1c", "crea")
Lines = dict[str, list[dict[str, object]]]
Rows = list[dict[str, object]]


def made(visits: int = 270_000) -> Path:
    """The database, made if it is not there."""
    place = clinics.folder().parent / f"busy-{clinics.folder().name}-{visits}.db"
    if not place.exists():
        started = time.monotonic()
        sys.stderr.write(f"     making the busy clinic of {visits:,} visits in {place} (once)\n")
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_suffix(".part")
        part.unlink(missing_ok=True)
        schema.create(part, KEY)
        connection = connect(part, KEY, WRITER_PRAGMAS, guard=False)
        connection.execute("PRAGMA synchronous = 0")
        connection.execute("PRAGMA foreign_keys = 0")
        _fill(connection, visits)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        part.replace(place)
        sys.stderr.write(f"     made in {time.monotonic() - started:.0f} s\n")
    return place


def opened(place: Path) -> tuple[Store, Desk]:
    """The store, and the desk of its administrator."""
    store = Store(place, KEY, clock=SystemClock(), workstation="A7")
    session = Session(new_id(), "s-admin", "admin", "Ada Min", "administrator", "A7", store.clock.now())
    return store, Desk(store, session)


def _fill(connection: dbapi2.Connection, visits: int) -> None:
    chance = random.Random(9)
    put(connection, _clinic(visits))
    number = 0
    while number < visits:
        lines: Lines = {}
        for n in range(number, min(number + BATCH, visits)):
            for table, row in visit(chance, n, visits):
                lines.setdefault(table, []).append(row)
        put(connection, lines)
        number += BATCH


def put(connection: dbapi2.Connection, lines: Lines) -> None:
    """Insert rows; what is not said stays as the table has it."""
    connection.execute("BEGIN")
    for table, rows in lines.items():
        known = [column.name for column in metadata.tables[table].columns if column.name in rows[0]]
        marks = ", ".join("?" for _name in known)
        statement = f"INSERT INTO {table} ({', '.join(known)}) VALUES ({marks})"
        connection.executemany(statement, [[row[name] for name in known] for row in rows])
    connection.execute("COMMIT")


def _clinic(visits: int) -> Lines:
    people: Rows = [
        {
            "id": f"p{n}",
            "mrn": f"MRN-{n}",
            "family_name": f"Family{n % 900}",
            "given_names": f"Given{n % 700}",
            "sex": ("female", "male")[n % 2],
            "born_on": f"{1940 + n % 85}-{1 + n % 12:02}-{1 + n % 28:02}",
            "registered_at": to_text(START),
            "family_key": "f",
            "given_key": "g",
            "city": f"City {n % 40}",
        }
        for n in range(max(visits * 2 // 9, 10))
    ]
    roles = ["administrator", "cashier", *["doctor"] * 20]
    crew: Rows = [
        {
            "id": "s-admin" if n == 0 else f"s{n}",
            "username": f"u{n}",
            "display_name": f"Person {n}",
            "role": role,
            "active": 1,
        }
        for n, role in enumerate(roles)
    ]
    tests: Rows = [
        {
            "id": f"t{code}",
            "code": code,
            "name": f"Test {code}",
            "specimen": "blood",
            "section": "chemistry",
            "kind": "numeric",
            "source": "s",
            "loinc": "4548-4" if code == "hba1c" else None,
        }
        for code in TESTS
    ]
    kinds = ("consultation", "test", "medicine")
    prices: Rows = [
        {"id": kind, "code": kind, "name": kind, "kind": kind, "amount": 1, "currency": "USD"} for kind in kinds
    ]
    goods: Rows = [
        {"id": f"g{n}", "name": f"Medicine {n}", "form": "tablet", "strength": "5 mg", "unit": "tablet"}
        for n in range(80)
    ]
    lots: Rows = [
        {"id": f"l{n}", "product_id": f"g{n % 80}", "lot": f"L{n}", "expires_on": "2027-01-01"} for n in range(400)
    ]
    till: Rows = [
        {
            "id": f"h{n}",
            "cashier_id": "s1",
            "opened_at": to_text(START + timedelta(days=n)),
            "opening_float": 100,
            "currency": "USD",
        }
        for n in range(730)
    ]
    return {
        "patients": people,
        "staff": crew,
        "lab_tests": tests,
        "prices": prices,
        "products": goods,
        "stock_lots": lots,
        "shifts": till,
    }
