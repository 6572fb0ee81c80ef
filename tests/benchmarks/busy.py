"""The busy clinic: 270,000 visits of 60,000 people in two years, with what each leads to; made once and kept.

Rows go in by raw batches, without the journal: reports read the records alone.
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
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

KEY = bytes(range(32))
START = datetime(2024, 11, 20, 6, tzinfo=UTC)
BATCH = 10_000
CODES = ("I10", "E11.9", "J06.9", "A09", "M54.5", "B54", "K29.7", "N39.0", "L30.9", "R51")
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
            for table, row in _visit(chance, n, visits):
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


def _visit(chance: random.Random, n: int, visits: int) -> Iterator[tuple[str, dict[str, object]]]:
    begun = START + timedelta(seconds=n * 730 * 86_400 / visits)
    patient, doctor = f"p{chance.randrange(max(visits * 2 // 9, 10))}", f"s{2 + chance.randrange(20)}"

    def at(minutes: float) -> str:
        return to_text(begun + timedelta(minutes=minutes))

    yield (
        "appointments",
        {
            "id": f"a{n}",
            "patient_id": patient,
            "practitioner_id": doctor,
            "starts_at": at(0),
            "minutes": 15,
            "booked_by": "x",
            "status": chance.choice(("completed", "completed", "cancelled", "no_show")),
        },
    )
    wait = chance.randrange(60)
    yield (
        "encounters",
        {
            "id": f"e{n}",
            "patient_id": patient,
            "practitioner_id": doctor,
            "preset": "new",
            "status": "signed",
            "started_at": at(wait),
            "signed_at": at(wait + 12),
        },
    )
    yield (
        "queue_entries",
        {
            "id": f"q{n}",
            "patient_id": patient,
            "priority": "routine",
            "checked_in_at": at(0),
            "called_at": at(wait),
            "finished_at": at(wait + 12),
            "status": "done",
            "ticket": n,
            "encounter_id": f"e{n}",
        },
    )
    for code, value in (("8480-6", 110 + n % 60), ("8462-4", 70 + n % 30)):
        yield (
            "vital_signs",
            {
                "id": f"v{n}{code}",
                "patient_id": patient,
                "encounter_id": f"e{n}",
                "code": code,
                "value": str(value),
                "unit": "mm[Hg]",
                "taken_at": at(wait),
            },
        )
    code = chance.choice(CODES)
    yield (
        "problems",
        {
            "id": f"d{n}",
            "patient_id": patient,
            "code": code,
            "title": f"Title of {code}",
            "status": "active",
            "certainty": "confirmed",
            "noted_at": at(wait),
        },
    )
    yield (
        "prescriptions",
        {
            "id": f"r{n}",
            "number": f"RX{n}",
            "patient_id": patient,
            "prescriber_id": doctor,
            "pack": "p",
            "signed_at": at(wait + 5),
            "status": "dispensed",
        },
    )
    yield (
        "prescription_lines",
        {
            "id": f"rl{n}",
            "prescription_id": f"r{n}",
            "patient_id": patient,
            "position": 0,
            "name": "x",
            "dose_amount": "1",
            "dose_unit": "t",
            "route": "oral",
            "frequency": "daily",
            "quantity": 1,
            "quantity_unit": "t",
            "sig": "x",
        },
    )
    lot = chance.randrange(400)
    yield (
        "dispenses",
        {
            "id": f"x{n}",
            "prescription_id": f"r{n}",
            "line_id": f"rl{n}",
            "patient_id": patient,
            "quantity": 10,
            "covers": 10,
            "product_id": f"g{lot % 80}",
            "lot_id": f"l{lot}",
            "dispensed_at": at(wait + 20),
            "dispensed_by": doctor,
            "status": "dispensed",
        },
    )
    yield (
        "stock_moves",
        {
            "id": f"m{n}",
            "product_id": f"g{lot % 80}",
            "lot_id": f"l{lot}",
            "kind": "dispense",
            "quantity": -10,
            "moved_at": at(wait + 20),
            "recorded_at": at(wait + 20),
            "dispense_id": f"x{n}",
        },
    )
    if n % 3 == 0:
        yield from _tested(chance, n, patient, doctor, at(wait), at(wait + 30), at(wait + 90))
    yield from _billed(chance, n, patient, doctor, at(wait + 25))


def _tested(
    chance: random.Random, n: int, patient: str, doctor: str, ordered: str, taken: str, released: str
) -> Iterator[tuple[str, dict[str, object]]]:
    code = chance.choice(TESTS)
    own = {"patient_id": patient}
    yield (
        "lab_orders",
        {
            "id": f"o{n}",
            "number": f"LAB{n}",
            **own,
            "ordered_by": doctor,
            "ordered_at": ordered,
            "priority": "routine",
            "status": "released",
        },
    )
    yield (
        "specimens",
        {
            "id": f"sp{n}",
            "number": f"S{n}",
            "order_id": f"o{n}",
            **own,
            "kind": "blood",
            "collected_at": taken,
            "collected_by": doctor,
            "status": "collected",
        },
    )
    yield (
        "lab_order_tests",
        {"id": f"ot{n}", "order_id": f"o{n}", **own, "test_code": code, "specimen_id": f"sp{n}", "status": "released"},
    )
    yield (
        "lab_results",
        {
            "id": f"lr{n}",
            "order_test_id": f"ot{n}",
            **own,
            "test_code": code,
            "value": "7.1",
            "unit": "%",
            "flag": chance.choice(("N", "HH")),
            "entered_at": taken,
            "entered_by": doctor,
            "released_at": released,
            "status": "released",
        },
    )


def _billed(
    chance: random.Random, n: int, patient: str, doctor: str, at: str
) -> Iterator[tuple[str, dict[str, object]]]:
    amount = chance.randrange(500, 9000)
    yield (
        "charges",
        {
            "id": f"c{n}",
            "patient_id": patient,
            "encounter_id": f"e{n}",
            "source_kind": "hand",
            "source_id": "x",
            "price_code": chance.choice(("consultation", "test", "medicine")),
            "description": "d",
            "quantity": 1,
            "unit_amount": amount,
            "currency": "USD",
            "charged_at": at,
            "status": "invoiced",
            "provider_id": doctor,
        },
    )
    yield (
        "invoices",
        {
            "id": f"i{n}",
            "number": f"INV{n}",
            "patient_id": patient,
            "issued_at": at,
            "issued_by": "s1",
            "currency": "USD",
            "total": amount,
            "discount": 0,
            "insurer_owes": 0,
            "patient_owes": amount,
            "status": "issued",
        },
    )
    yield (
        "invoice_lines",
        {
            "id": f"il{n}",
            "invoice_id": f"i{n}",
            "patient_id": patient,
            "charge_id": f"c{n}",
            "description": "d",
            "quantity": 1,
            "unit_amount": amount,
            "amount": amount,
            "position": 0,
        },
    )
    moves = [("invoice", "receivable.patient", amount), ("invoice", "revenue", -amount)]
    if n % 20:
        moves += [("payment", "till.cash", amount), ("payment", "receivable.patient", -amount)]
        yield (
            "payments",
            {
                "id": f"pay{n}",
                "number": f"RCP{n}",
                "invoice_id": f"i{n}",
                "patient_id": patient,
                "shift_id": f"h{n % 730}",
                "kind": "payment",
                "method": "cash",
                "amount": amount,
                "currency": "USD",
                "paid_at": at,
                "taken_by": "s1",
            },
        )
    for kind, account, value in moves:
        yield (
            "ledger",
            {
                "id": f"{kind}{account}{n}",
                "movement": f"{kind}{n}",
                "kind": kind,
                "account": account,
                "amount": value,
                "currency": "USD",
                "posted_at": at,
                "invoice_id": f"i{n}",
            },
        )
