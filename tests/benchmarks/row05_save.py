"""Row 5: one act saved (rows, both indexes, journal, durable), against the same rows in one commit made by hand.

Alone, and beside an import in another process that takes all it can get. The variant shows what SQLite's own waiting
would have made of the same saves: it sleeps longer and longer, and an import never leaves it a gap.
"""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path

from sqlalchemy import Connection, select
from sqlcipher3 import dbapi2

from clinic_desktop.clock import SystemClock, new_id, to_text
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.drafts import keep_draft
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.vitals import record_vitals
from clinic_desktop.store import engine
from clinic_desktop.store.connection import WRITER_PRAGMAS
from clinic_desktop.store.engine import Store
from clinic_desktop.store.search import Indexed, index_patient
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.unit import Transaction
from tests.benchmarks import clinics
from tests.benchmarks.figures import Row, in_turn, percentile, spread, timed

GAP_SECONDS = 0.02  # between two saves beside an import: a person is slower still


def rows(*, full: bool) -> list[Row]:
    """Save alone, by hand and by acts in turn; then beside an import, both ways of waiting in turn."""
    with tempfile.TemporaryDirectory() as held:
        profile = clinics.copied(100_000, Path(held))
        clinic, desk = clinics.opened(profile)
        by_hand = clinics.raw(clinic, WRITER_PRAGMAS)
        with clinic.store.read() as connection:
            known = connection.execute(select(patients.c.id).where(patients.c.mrn == clinics.ONE_VISIT)).scalar_one()
        made = newcomers()
        floor, saved, signs, draft = in_turn(
            1000 if full else 200,
            lambda: commit_by_hand(by_hand, next(made)),
            lambda: register_patient(desk, next(made)),
            lambda: record_vitals(desk, known, {"pressure": "128/82", "heart_rate": "72"}),
            lambda: keep_draft(desk, DraftKey("registration", ""), {"family_name": "Okafor", "given_names": "A" * 40}),
            warm=20,
        )
        by_hand.close()
        seconds = 30.0 if full else 8.0
        beside, rate = beside_import(profile, clinic.data_key, desk, made, seconds)
        clinic.close()
        worst, _rate = with_own_waiting(profile, seconds, made)
    bare = statistics.median(floor)
    return [
        Row(5, "registering a patient: p50, against one commit by hand", statistics.median(saved), bare, most=3.0),
        *spread("registering alone", 5, saved, {99: 5})[1:],
        Row(5, "recording three vital signs: p50, against the same commit", statistics.median(signs), bare, most=3.0),
        *spread("recording signs alone", 5, signs, {99: 5})[1:3],
        Row(5, "keeping a draft: p50", statistics.median(draft), bare),
        Row(5, "keeping a draft: max", max(draft), limit=250),
        Row(5, "beside an import: registering p50", percentile(beside, 50)),
        Row(5, "beside an import: registering p99", percentile(beside, 99), percentile(worst, 99), limit=25,
            note="floor: SQLite's own waiting"),
        Row(5, "beside an import: registering max", max(beside), max(worst), note="floor: SQLite's own waiting"),
        Row(5, "beside an import: patients imported", rate, unit="/s"),
    ]  # fmt: skip


def newcomers() -> Iterator[NewPatient]:
    """People as reception registers them."""
    n = 0
    while True:
        n += 1
        yield NewPatient(
            family_name=f"Okafor{'abcdefghij'[n % 10]}", given_names=f"Adaeze {'abcdefghij'[n // 10 % 10]}",
            sex="female", born_on=date(1945, 7, 14), born_precision="day", phone=f"+23480{n:08d}",
            address="12 Harbour Road", national_id=f"{n:011d}",
        )  # fmt: skip


def commit_by_hand(connection: dbapi2.Connection, new: NewPatient) -> None:
    """The floor: one durable commit of the row and both indexes, and nothing else."""
    name = f"{new.family_name} {new.given_names}".lower()
    connection.execute("BEGIN IMMEDIATE")
    identity = new_id()
    found = connection.execute(
        "INSERT INTO patients (id, mrn, family_name, given_names, sex, born_on, phone, address, national_id,"
        " registered_at, family_key, given_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            identity, identity, new.family_name, new.given_names, new.sex, "1945-07-14", new.phone, new.address,
            new.national_id, to_text(SystemClock().now()), new.family_name.lower(), new.given_names.lower(),
        ),
    )  # fmt: skip
    connection.execute(
        "INSERT INTO patient_search (patient_rowid, words, numbers) VALUES (?, ?, ?)",
        (found.lastrowid, f"{name} 1945", f"{new.phone} {new.national_id}"),
    )
    connection.execute("COMMIT")


# Beside an import. ------------------------------------------------------------------------------------


def beside_import(
    profile: Path, key: bytes, desk: Desk, made: Iterator[NewPatient], seconds: float
) -> tuple[list[float], float]:
    """Milliseconds of each registration while another process imports, and how many it imported a second."""
    with importing(profile, key) as count:
        began, before = time.monotonic(), count()
        times = []
        while time.monotonic() - began < seconds:
            times.append(timed(partial(register_patient, desk, next(made))))
            time.sleep(GAP_SECONDS)
        return times, (count() - before) / (time.monotonic() - began)


def with_own_waiting(profile: Path, seconds: float, made: Iterator[NewPatient]) -> tuple[list[float], float]:
    """The same with `busy_timeout` in place of asking every half millisecond."""
    kept, patient = engine._begin_immediate, WRITER_PRAGMAS["busy_timeout"]
    WRITER_PRAGMAS["busy_timeout"] = 20_000
    engine._begin_immediate = _begin_and_wait
    try:
        clinic, desk = clinics.opened(profile)
        found = beside_import(profile, clinic.data_key, desk, made, seconds)
        clinic.close()
    finally:
        engine._begin_immediate, WRITER_PRAGMAS["busy_timeout"] = kept, patient
    return found


def _begin_and_wait(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def importing(profile: Path, key: bytes) -> Iterator[partial[int]]:
    """A process that imports for as long as the block lasts."""
    spawn = multiprocessing.get_context("spawn")
    end, done = spawn.Event(), spawn.Value("q", 0)
    process = spawn.Process(target=imports, args=(profile / "clinic.db", key, end, done))
    process.start()
    try:
        while not done.value:
            time.sleep(0.01)
        yield partial(_value, done)
    finally:
        end.set()
        process.join()


def _value(done: "multiprocessing.sharedctypes.Synchronized[int]") -> int:
    return int(done.value)


def imports(path: Path, key: bytes, end: Event, done: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    """Import patients in slices, with journal and indexes, until told to end."""
    store = Store(path, key, clock=SystemClock(), workstation="B2")

    def endless() -> Iterator[int]:
        n = 0
        while not end.is_set():
            n += 1
            yield n

    store.in_slices(endless(), partial(_import_one, done), act=new_id(), session=None)
    store.close()


def _import_one(done: "multiprocessing.sharedctypes.Synchronized[int]", unit: Transaction, n: int) -> None:
    family, given = f"Import{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}", f"Given{chr(97 + n % 7)}"
    values = {
        "mrn": new_id(), "family_name": family, "given_names": given, "sex": "male", "born_on": "1970-01-02",
        "registered_at": to_text(unit.now), "family_key": family.lower(), "given_key": given.lower(),
    }  # fmt: skip
    record = unit.create(patients, values, kind="patient.registered")
    index_patient(unit.conn, _rowid(unit.conn, record), Indexed((family, given), date(1970, 1, 2)))
    done.value += 1


def _rowid(connection: Connection, record: str) -> int:
    found = connection.exec_driver_sql("SELECT rowid_ FROM patients WHERE id = ?", (record,))
    return int(found.scalar_one())
