"""Makes an encrypted clinic of a million made-up patients, and measures the search over it.

    .venv/bin/python tests/benchmarks/million.py make /tmp/million 1000000
    .venv/bin/python tests/benchmarks/million.py measure /tmp/million

Rows go in by raw batches into the same tables with the same folded keys; only the journal is left out. The rate of
misspelling and the floor are those of speed.md, row 3: the floor is the capped full-text query as one would write it by
hand, on the same database in the same run, A B A B.
"""

import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from clinic_desktop.clock import SystemClock, new_id
from clinic_desktop.domain import numbers
from clinic_desktop.domain.patients import name_key
from clinic_desktop.store import finding, schema
from clinic_desktop.store.engine import Store
from clinic_desktop.store.search import Indexed, near_keys

KEY = bytes(range(32))
TODAY = date(2026, 11, 20)
BATCH = 20_000
CONSONANTS = (
    "b",
    "ch",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "nd",
    "ng",
    "p",
    "r",
    "rt",
    "s",
    "sh",
    "st",
    "t",
    "v",
    "w",
    "z",
)
VOWELS = ("a", "e", "i", "o", "u", "ai", "ou", "ee")
ENDINGS = ("", "", "n", "r", "s", "son", "ski", "dez", "for", "mann", "wa", "ic", "sen", "ez", "ova", "ton")


def invented(chance: random.Random, count: int, syllables: tuple[int, int]) -> list[str]:
    """Names nobody bears, as long and as varied as real ones."""
    made: set[str] = set()
    while len(made) < count:
        parts = (chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(chance.randint(*syllables)))
        made.add(("".join(parts) + chance.choice(ENDINGS)).capitalize())
    return sorted(made)


def make(folder: Path, count: int) -> None:
    """Fill a new database; the commonest family names are borne by one in a hundred, most by a handful."""
    chance = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "clinic.db"
    schema.create(path, KEY)
    families = invented(chance, 60_000, (2, 3))
    givens = invented(chance, 8_000, (1, 3))
    chance.shuffle(families)
    chance.shuffle(givens)
    family_weights = list(accumulated(len(families)))
    given_weights = list(accumulated(len(givens)))
    store = Store(path, KEY, clock=SystemClock(), workstation="A7")
    started = time.monotonic()
    vocabulary: set[str] = set()
    for low in range(1, count + 1, BATCH):
        batch = range(low, min(low + BATCH, count + 1))
        family = chance.choices(families, cum_weights=family_weights, k=len(batch))
        given = chance.choices(givens, cum_weights=given_weights, k=len(batch))
        with store.write(act=new_id(), session=None) as unit:
            _insert(unit.conn, chance, list(zip(batch, family, given, strict=True)), vocabulary)
        sys.stderr.write(f"{batch[-1]:>9,} {time.monotonic() - started:6.1f} s\n")
    with store.write(act=new_id(), session=None) as unit:
        unit.conn.exec_driver_sql(
            "INSERT INTO workstations (id, revision, code, name, made_at) VALUES (?, 1, 'A7', 'A7', '')", (new_id(),)
        )
        rows = sorted({(key, word) for word in vocabulary for key in near_keys(word)})
        unit.conn.exec_driver_sql("INSERT INTO name_near (key, word) VALUES (?, ?)", rows)
    store.close()
    sys.stderr.write(f"made in {time.monotonic() - started:.0f} s, {path.stat().st_size / 1e6:.0f} MB\n")


def accumulated(count: int) -> list[float]:
    """Zipf's weights, added up."""
    total, sums = 0.0, []
    for place in range(count):
        total += 1.0 / (place + 10)
        sums.append(total)
    return sums


def _insert(
    connection: Connection, chance: random.Random, people: list[tuple[int, str, str]], vocabulary: set[str]
) -> None:
    patients, search = [], []
    at = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    for n, family, first in people:
        given = first if chance.random() < 0.7 else f"{first} {chance.choice('ABCDEFGHIJKLMNOPRSTW')}"
        born = TODAY - timedelta(days=int(chance.triangular(0, 36_000, 9_000)))
        phone = f"+23480{chance.randrange(10**8):08d}"
        national = f"{chance.randrange(10**11):011d}"
        facts = Indexed((family, given), born, (phone,), (national,))
        vocabulary.update(facts.words)
        patients.append(
            (
                n, new_id(), numbers.compose("MRN", "A7", n), family, given, chance.choice(("female", "male")),
                born.isoformat(), phone, f"{chance.randrange(400)} Market Road", national, at,
                name_key(family), name_key(given),
            )
        )  # fmt: skip
        search.append((n, *facts.row()))
    connection.exec_driver_sql(
        "INSERT INTO patients (rowid_, id, revision, mrn, family_name, given_names, sex, born_on, born_precision,"
        " phone, address, national_id, registered_at, family_key, given_key, allergy_state, pregnant)"
        " VALUES (?, ?, 1, ?, ?, ?, ?, ?, 'day', ?, ?, ?, ?, ?, ?, 'not_asked', 0)",
        patients,
    )
    connection.exec_driver_sql("INSERT INTO patient_search (patient_rowid, words, numbers) VALUES (?, ?, ?)", search)


# Measuring. -------------------------------------------------------------------------------------------

RAW = (
    "SELECT p.id, p.mrn, p.family_name, p.given_names, p.sex, p.born_on, p.phone FROM patient_fts f"
    " JOIN patients p ON p.rowid_ = f.rowid WHERE patient_fts MATCH ? LIMIT 500"
)


def raw(connection: Connection, text: str) -> int:
    """The floor: the first 500 matches of the full-text query, sorted by name, 50 kept."""
    expression = " AND ".join(f'"{word}"*' for word in text.split())
    rows = connection.exec_driver_sql(RAW, (expression,)).all()
    return len(sorted(rows, key=lambda row: (row[2], row[3]))[:50])


def measure(folder: Path) -> dict[str, object]:
    """Time 120 patients x every prefix of "surname gi" both ways, then misspelt, swapped and numbered queries."""
    store = Store(folder / "clinic.db", KEY, clock=SystemClock(), workstation="A7")
    chance = random.Random(11)
    figures: dict[str, object] = {}
    with store.read() as connection:
        count = connection.exec_driver_sql("SELECT max(rowid_) FROM patients").scalar_one()
        people = [
            connection.exec_driver_sql(
                "SELECT rowid_, family_key, given_key, phone, mrn, national_id, born_on FROM patients WHERE rowid_ = ?",
                (chance.randint(1, count),),
            ).one()
            for _ in range(120)
        ]
        typed = [text for person in people for text in _prefixes(f"{person[1]} {person[2][:2]}")]
        for text in typed[::7]:
            raw(connection, text)
            finding.find(connection, text, TODAY)
        ours, floor = [], []
        for text in typed:
            floor.append(_timed(partial(raw, connection, text)))
            ours.append(_timed(partial(finding.find, connection, text, TODAY)))
        figures["typed"], figures["floor"] = _spread(ours), _spread(floor)
        for name, ask in ASKS.items():
            times, hits = [], Counter[bool]()
            for person in people:
                text = ask(chance, person)
                start = time.perf_counter()
                found = finding.find(connection, text, TODAY)
                times.append((time.perf_counter() - start) * 1000)
                hits[any(one.rowid == person[0] for one in found)] += 1
            figures[name] = {**_spread(times), "found": f"{hits[True]}/{len(people)}"}
    store.close()
    return figures


def _misspell(chance: random.Random, word: str) -> str:
    place = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return word[:place] + letter + word[place + (kind == 2) :]


ASKS = {
    "misspelt": lambda chance, p: f"{_misspell(chance, p[1])} {p[2].split()[0]}",
    "misspelt family only": lambda chance, p: _misspell(chance, p[1]),
    "both misspelt, swapped": lambda chance, p: (
        f"{_misspell(chance, p[2].split()[0].ljust(3, 'a'))} {_misspell(chance, p[1])}"
    ),
    "swapped": lambda _, p: f"{p[2].split()[0]} {p[1]}",
    "given begun, family": lambda _, p: f"{p[2][:3]} {p[1]}",
    "family and year": lambda _, p: f"{p[1]} {p[6][:4]}",
    "phone": lambda _, p: p[3],
    "phone with 0": lambda _, p: "0" + p[3][4:],
    "phone, a run": lambda _, p: p[3][5:11],
    "mrn": lambda _, p: p[4],
    "mrn count": lambda _, p: str(int(p[4].split("-")[2])) if int(p[4].split("-")[2]) < 10**6 else p[4],
    "national id": lambda _, p: p[5],
    "birth date": lambda _, p: f"{p[6]} {p[1][:4]}",
}


def _prefixes(text: str) -> list[str]:
    return [text[:end] for end in range(2, len(text) + 1) if text[end - 1] != " "]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _spread(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100)
    return {
        "n": len(times),
        "p50": round(cuts[49], 2),
        "p95": round(cuts[94], 2),
        "p99": round(cuts[98], 2),
        "max": round(max(times), 2),
    }


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.stdout.write(json.dumps(measure(Path(sys.argv[2])), indent=1) + "\n")
