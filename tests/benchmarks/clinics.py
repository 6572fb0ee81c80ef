"""Clinics to measure in: encrypted, with as many made-up patients as asked for, made once and kept.

They are kept in the machine's folder for temporary files, under a name that changes with the tables, so that a clinic
of older tables is never measured. Rows go in by raw batches into the same tables with the same folded keys, and the
indexes are made afterwards; only the journal is left out.
"""

import hashlib
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy.schema import CreateIndex, CreateTable
from sqlcipher3 import dbapi2

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.domain import numbers
from clinic_desktop.domain.patients import name_key
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.clinic import Clinic, confirm_recovery, create_clinic, open_clinic
from clinic_desktop.store import search
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.staff import staff
from tests.benchmarks.account import PASSWORD, USER

TODAY = date(2026, 11, 20)
THOUSAND_VISITS, ONE_VISIT = "chart-1000", "chart-1"  # record numbers of the patients with full charts
BATCH = 20_000
RECIPE = b"3"  # another one, and the clinics are made anew
CONSONANTS = ("b", "ch", "d", "f", "g", "h", "k", "l", "m", "n", "nd", "ng", "p", "r", "rt", "s", "sh", "st", "t", "v",
              "w", "z")  # fmt: skip
VOWELS = ("a", "e", "i", "o", "u", "ai", "ou", "ee")
ENDINGS = ("", "", "n", "r", "s", "son", "ski", "dez", "for", "mann", "wa", "ic", "sen", "ez", "ova", "ton")


def folder() -> Path:
    """Where the clinics of these tables are kept."""
    read = hashlib.sha256(RECIPE)
    for table in metadata.sorted_tables:
        made = (str(CreateIndex(each)) for each in table.indexes)
        read.update("".join((str(CreateTable(table)), *sorted(made))).encode())
    read.update("".join(search.DDL).encode())
    return Path(tempfile.gettempdir()) / "clinic-desktop-bench" / read.hexdigest()[:12]


def profile(patients: int) -> Path:
    """The profile of a clinic with so many patients, made if it is not there."""
    place = folder() / str(patients)
    if not (place / "made").exists():
        for older in folder().parent.glob("*"):
            if older != folder():
                shutil.rmtree(older, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
        _make(place, patients)
        (place / "made").touch()
    return place


def copied(patients: int, to: Path) -> Path:
    """A copy of that profile to write in; the one that is kept stays as it is."""
    place = to / "profile"
    shutil.copytree(profile(patients), place)
    return place


def opened(place: Path) -> tuple[Clinic, Desk]:
    """Open a clinic as its doctor."""
    return open_clinic(place, USER, PASSWORD)


def raw(clinic: Clinic, pragmas: dict[str, str | int]) -> dbapi2.Connection:
    """A bare connection to the clinic's database with the pragmas of the program: what floors are measured on."""
    return connect(clinic.store.path, clinic.data_key, pragmas, guard=False)


def _make(place: Path, count: int) -> None:
    started = time.monotonic()
    sys.stderr.write(f"     making a clinic of {count:,} patients in {place} (once)\n")
    admin = "copper-meadow-window-17"
    made = create_clinic(
        place, clinic_name="Riverside Clinic", username="admin", display_name="Ada Min", password=admin,
        device_secret="file",
    )  # fmt: skip
    clinic, _desk = open_clinic(place, "admin", admin)
    confirm_recovery(clinic, made.recovery_key)
    with clinic.store.write(act=new_id(), session=None) as unit:
        values = {"username": USER, "display_name": "Dr Grace Wanjiru", "role": "doctor"}
        doctor = unit.create(staff, values, kind="staff.added")
        code = clinic.store.workstation
    clinic.vault.add_user(clinic.data_key, doctor, USER, PASSWORD, "Dr Grace Wanjiru")
    connection = raw(clinic, WRITER_PRAGMAS)
    # The file is thrown away if this is cut short: nothing has to be durable here.
    connection.execute("PRAGMA synchronous = 0")
    fill(connection, count, code)
    connection.execute("INSERT INTO numbers (kind, last) VALUES ('MRN', ?)", (count,))
    for mrn, visits in ((THOUSAND_VISITS, 1000), (ONE_VISIT, 1)):
        add_chart(connection, mrn, visits, doctor)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    clinic.close()
    size = (place / "clinic.db").stat().st_size / 1e6
    sys.stderr.write(f"     made in {time.monotonic() - started:.0f} s, {size:.0f} MB\n")


def fill(connection: dbapi2.Connection, count: int, code: str) -> None:
    """Add patients; the commonest family names are borne by one in a hundred, most by a handful."""
    chance = random.Random(7)
    families, givens = invented(chance, 60_000, (2, 3)), invented(chance, 8_000, (1, 3))
    chance.shuffle(families)
    chance.shuffle(givens)
    weights = list(accumulated(len(families))), list(accumulated(len(givens)))
    trigger = next(each for each in search.DDL if each.startswith("CREATE TRIGGER search_insert"))
    connection.execute("DROP TRIGGER search_insert")
    for low in range(1, count + 1, BATCH):
        batch = range(low, min(low + BATCH, count + 1))
        family = chance.choices(families, cum_weights=weights[0], k=len(batch))
        given = chance.choices(givens, cum_weights=weights[1], k=len(batch))
        connection.execute("BEGIN")
        insert(connection, list(people(chance, zip(batch, family, given, strict=True), code)))
        connection.execute("COMMIT")
    connection.execute("BEGIN")
    words = {word for name in (*families, *givens) for word in _words(name)}
    near = sorted({(key, word) for word in words for key in search.near_keys(word)})
    connection.executemany("INSERT OR IGNORE INTO name_near (key, word) VALUES (?, ?)", near)
    for name in ("patient_fts", "patient_trigram"):
        connection.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")  # names of the two lines above
    connection.execute(trigger)
    connection.execute("COMMIT")


Person = tuple[tuple[object, ...], tuple[int, str, str]]


def people(chance: random.Random, named: Iterator[tuple[int, str, str]], code: str) -> Iterator[Person]:
    """The row of each patient, and its row for the search."""
    at = to_text(datetime(2026, 1, 1, tzinfo=UTC))
    for n, family, first in named:
        initial = "" if chance.random() < 0.7 else f" {chance.choice('ABCDEFGHIJKLMNOPRSTW')}"
        given = first + initial
        born = TODAY - timedelta(days=int(chance.triangular(0, 36_000, 9_000)))
        phone, national = f"+23480{chance.randrange(10**8):08d}", f"{chance.randrange(10**11):011d}"
        row = (
            n, new_id(), numbers.compose("MRN", code, n), family, given, chance.choice(("female", "male")),
            born.isoformat(), phone, f"{chance.randrange(400)} Market Road", national, at, _key(family), _key(first)
            + initial.lower(),
        )  # fmt: skip
        words = dict.fromkeys((*_words(family), *_words(first), *initial.lower().split(), str(born.year)))
        yield row, (n, " ".join(words), f"{phone.removeprefix('+')} {national}")


def insert(connection: dbapi2.Connection, batch: list[Person]) -> None:
    """Add patients and their search rows."""
    connection.executemany(
        "INSERT INTO patients (rowid_, id, revision, mrn, family_name, given_names, sex, born_on, born_precision,"
        " phone, address, national_id, registered_at, family_key, given_key, allergy_state, pregnant)"
        " VALUES (?, ?, 1, ?, ?, ?, ?, ?, 'day', ?, ?, ?, ?, ?, ?, 'not_asked', NULL)",
        [row for row, _ in batch],
    )
    connection.executemany(
        "INSERT INTO patient_search (patient_rowid, words, numbers) VALUES (?, ?, ?)", [row for _, row in batch]
    )


def add_chart(connection: dbapi2.Connection, mrn: str, visits: int, doctor: str) -> None:
    """Add a patient with so many signed visits: steps, vital signs, a laboratory order and its result with each."""
    patient = new_id()
    day = datetime(2026, 11, 1, 8, tzinfo=UTC)
    connection.execute("BEGIN")
    connection.execute(
        "INSERT INTO patients (id, mrn, family_name, given_names, sex, born_on, registered_at, family_key, given_key,"
        " allergy_state) VALUES (?, ?, 'Chart', ?, 'female', '1950-02-03', ?, 'chart', ?, 'listed')",
        (patient, mrn, mrn, to_text(day), mrn),
    )
    for substance in ("Penicillin", "Latex"):
        connection.execute(
            "INSERT INTO allergies (id, patient_id, substance, severity, status, noted_at)"
            " VALUES (?, ?, ?, 'severe', 'active', ?)",
            (new_id(), patient, substance, to_text(day)),
        )
    for title in ("Hypertension", "Type 2 diabetes mellitus", "Osteoarthritis of knee"):
        connection.execute(
            "INSERT INTO problems (id, patient_id, title, certainty, status, noted_at)"
            " VALUES (?, ?, ?, 'confirmed', 'active', ?)",
            (new_id(), patient, title, to_text(day)),
        )
    for drug in TEN:
        connection.execute(
            "INSERT INTO medicines_taken (id, patient_id, name, dose, source, status)"
            " VALUES (?, ?, ?, '1 tablet once daily', 'outside', 'active')",
            (new_id(), patient, drug),
        )
    for number in range(visits):
        _add_visit(connection, patient, doctor, day - timedelta(days=7 * number), f"{mrn}-{number}")
    connection.execute("COMMIT")


TEN = ("warfarin", "ibuprofen", "simvastatin", "amlodipine", "metformin", "lisinopril", "omeprazole", "amiodarone",
       "digoxin", "furosemide")  # fmt: skip
SIGNS = (("8867-4", "72", "/min"), ("8480-6", "128", "mm[Hg]"), ("8462-4", "82", "mm[Hg]"), ("29463-7", "71.5", "kg"))


def _add_visit(connection: dbapi2.Connection, patient: str, doctor: str, day: datetime, number: str) -> None:
    at, visit, order, test = to_text(day), new_id(), new_id(), new_id()
    connection.execute(
        "INSERT INTO encounters (id, patient_id, practitioner_id, preset, status, started_at, signed_at, signed_by,"
        " summary) VALUES (?, ?, ?, 'new_visit', 'signed', ?, ?, ?, 'Blood pressure and sugar reviewed.')",
        (visit, patient, doctor, at, at, doctor),
    )
    connection.executemany(
        "INSERT INTO consultation_steps (id, encounter_id, patient_id, step, state, content)"
        " VALUES (?, ?, ?, ?, 'done', ?)",
        [
            (new_id(), visit, patient, step, json.dumps({"text": "Seen and asked. " * 8}))
            for step in ("complaint", "history", "examination", "diagnosis", "plan")
        ],
    )
    connection.executemany(
        "INSERT INTO vital_signs (id, patient_id, encounter_id, code, value, unit, taken_at, taken_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(new_id(), patient, visit, *sign, at, doctor) for sign in SIGNS],
    )
    connection.execute(
        "INSERT INTO lab_orders (id, number, patient_id, encounter_id, ordered_by, ordered_at, priority, status)"
        " VALUES (?, ?, ?, ?, ?, ?, 'routine', 'released')",
        (order, f"LAB-{number}", patient, visit, doctor, at),
    )
    connection.execute(
        "INSERT INTO lab_order_tests (id, order_id, patient_id, test_code, status) VALUES (?, ?, ?, 'GLU', 'released')",
        (test, order, patient),
    )
    connection.execute(
        "INSERT INTO lab_results (id, order_test_id, patient_id, test_code, value, unit, flag, entered_at, entered_by,"
        " released_at, released_by, status) VALUES (?, ?, ?, 'GLU', '6.1', 'mmol/L', 'N', ?, ?, ?, ?, 'released')",
        (new_id(), test, patient, at, doctor, at, doctor),
    )


def invented(chance: random.Random, count: int, syllables: tuple[int, int]) -> list[str]:
    """Names nobody bears, as long and as varied as real ones."""
    made: set[str] = set()
    while len(made) < count:
        parts = (chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.randint(*syllables)))
        made.add(("".join(parts) + chance.choice(ENDINGS)).capitalize())
    return sorted(made)


def accumulated(count: int) -> Iterator[float]:
    """Zipf's weights, added up."""
    total = 0.0
    for place in range(count):
        total += 1.0 / (place + 10)
        yield total


@lru_cache(maxsize=100_000)
def _words(name: str) -> tuple[str, ...]:
    return search.Indexed((name,)).words


@lru_cache(maxsize=100_000)
def _key(name: str) -> str:
    return name_key(name)
