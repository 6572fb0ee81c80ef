"""Row 21: likely duplicates over 5,000 registrations on one core; how many are found and how many are wrong.

Two clinics: one made up of families (twins, fathers and sons of one name, shared telephones) with a tenth of the people
registered twice with slips of the pen; and the FEBRL files, where the corpus is at hand.
"""

import csv
import os
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from clinic_desktop.clock import SystemClock, new_id
from clinic_desktop.services import identity, patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.sessions import Session
from clinic_desktop.store import schema
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff
from tests.benchmarks.figures import Row

KEY = bytes(range(32))
PEOPLE = 5_000
CORPUS = Path(os.environ.get("CLINIC_CORPUS", "/nowhere")) / "record_linkage"
LETTERS = "abcdefghiklmnoprstuvwz"
Labelled = tuple[NewPatient, str]


def rows(*, full: bool) -> list[Row]:
    """The made-up clinic, and each file of the corpus that is at hand."""
    del full
    found = _measured("families, twins and slips of the pen", list(clinic(random.Random(21))), 0.999, 0.9)
    for number, f1 in ((1, 0.99), (2, 0.98)):
        path = CORPUS / f"febrl_dataset{number}.csv"
        if path.exists():
            found += _measured(f"FEBRL {number}", list(febrl(path)), 0.999, f1)
    return found


def _measured(name: str, people: list[Labelled], precision: float, f1: float) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        store, desk = _opened(Path(folder))
        who = {patients.register_patient(desk, new).patient_id: person for new, person in people}
        started = time.process_time()
        pairs = {frozenset((pair.a_id, pair.b_id)) for pair in identity.duplicates(desk)}
        seconds = time.process_time() - started
        store.close()
    same: dict[str, list[str]] = defaultdict(list)
    for patient, person in who.items():
        same[person].append(patient)
    truth = {frozenset(pair) for each in same.values() for pair in combinations(each, 2)}
    right = len(pairs & truth)
    exact, whole = right / max(len(pairs), 1), right / max(len(truth), 1)
    both = 2 * exact * whole / max(exact + whole, 1e-9)
    note = f"{len(people)} registrations, {len(truth)} true pairs, {len(pairs)} found"
    return [
        Row(21, f"{name}: processor time", seconds, limit=60, unit="s", note=note),
        Row(21, f"{name}: precision", exact, limit=precision, unit="", least=True),
        Row(21, f"{name}: F1", both, limit=f1, unit="", least=True),
    ]


def _opened(folder: Path) -> tuple[Store, Desk]:
    schema.create(folder / "clinic.db", KEY)
    store = Store(
        folder / "clinic.db",
        KEY,
        clock=SystemClock(),
        workstation="A7",
        anchor=Anchor(folder / "anchor", KEY, "command"),
    )
    with store.write(act=new_id(), session=None) as unit:
        values = {"username": "desk", "display_name": "Desk", "role": "front_desk"}
        person = unit.create(staff, values, kind="staff.added")
    return store, Desk(store, Session(new_id(), person, "desk", "Desk", "front_desk", "A7", store.clock.now()))


# A clinic of families -------------------------------------------------------------------------------------


def clinic(draw: random.Random) -> Iterator[Labelled]:
    """Homes of one to six, one in fifty with twins; every tenth of its people stands there twice."""
    families = [_name(draw, 3) for _ in range(600)]
    given = [_name(draw, 2) for _ in range(250)]
    made = 0
    while made < PEOPLE:
        for person in _home(draw, families, given):
            label = str(made)
            yield person, label
            made += 1
            if draw.random() < 0.1:
                yield _again(draw, person, given), label
                made += 1


def _home(draw: random.Random, families: list[str], given: list[str]) -> Iterator[NewPatient]:
    family = families[min(int(draw.expovariate(1 / 120)), len(families) - 1)]
    father = draw.choice(given)
    phone = f"080{draw.randint(10_000_000, 99_999_999)}"
    address = f"{draw.randint(1, 200)} {draw.choice(families)} Road"
    born = date(1950, 1, 1) + timedelta(days=draw.randint(0, 15_000))
    children = draw.randint(0, 4)
    twins, last = draw.random() < 0.02, born
    for place in range(2 + children):
        grown = place < 2
        day = born + timedelta(days=draw.randint(0, 2_000) if grown else 8_000 + 900 * place + draw.randint(0, 300))
        if twins and place == 3:
            day = last
        last = day
        # One son in ten is called as his father.
        name = father if place == 0 or (place == 2 and draw.random() < 0.1) else draw.choice(given)
        yield NewPatient(
            family, name, "male" if place in {0, 2} else draw.choice(("male", "female")), day, "day",
            phone=phone if draw.random() < 0.7 else f"080{draw.randint(10_000_000, 99_999_999)}",
            address=address, city=draw.choice(("Harbour Town", "Harbour Town", "Porto Novo")),
            national_id=f"{draw.randint(10_000_000, 99_999_999)}" if draw.random() < 0.5 else None,
        )  # fmt: skip


def _again(draw: random.Random, person: NewPatient, given: list[str]) -> NewPatient:
    """The same person registered once more, with one or two of the things that go wrong."""
    wrong: tuple[Callable[[NewPatient], NewPatient], ...] = (
        lambda one: replace(one, family_name=_slip(draw, one.family_name)),
        lambda one: replace(one, given_names=_slip(draw, one.given_names)),
        lambda one: replace(one, family_name=one.given_names, given_names=one.family_name),
        lambda one: replace(one, given_names=f"{one.given_names} {draw.choice(given)}"),
        lambda one: replace(one, born_on=None, born_precision="unknown"),
        lambda one: replace(one, born_on=_another_day(draw, one.born_on)),
        lambda one: replace(one, phone=None),
        lambda one: replace(one, address=f"{draw.randint(1, 200)} Elsewhere Lane"),
        lambda one: replace(one, national_id=None),
    )
    for change in draw.sample(wrong, draw.randint(1, 2)):
        person = change(person)
    return person


def _another_day(draw: random.Random, born: date | None) -> date | None:
    return None if born is None else born.replace(day=draw.randint(1, 28))


def _slip(draw: random.Random, word: str) -> str:
    at = draw.randrange(len(word) - 1)
    return draw.choice(
        (word[:at] + word[at + 1 :], word[: at + 1] + draw.choice(LETTERS) + word[at + 1 :],
         word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    )  # fmt: skip


def _name(draw: random.Random, parts: int) -> str:
    return "".join(draw.choice("bdfgklmnprstvz") + draw.choice(("a", "e", "i", "o", "u")) for _ in range(parts)).title()


# FEBRL -----------------------------------------------------------------------------------------------------


def febrl(path: Path) -> Iterator[Labelled]:
    """The rows of a file as patients, each with the person it is."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            born = row["date_of_birth"]
            try:
                born_on = date(int(born[:4]), int(born[4:6]), int(born[6:]))
            except ValueError:
                born_on = None
            address = " ".join((row["street_number"], row["address_1"], row["address_2"]))
            yield (
                NewPatient(
                    row["surname"], row["given_name"] or ("" if row["surname"] else "?"), "unknown", born_on,
                    "day" if born_on else "unknown", national_id=row["soc_sec_id"], address=address,
                    city=row["suburb"], postal_code=row["postcode"],
                ),
                row["rec_id"].split("-")[1],
            )  # fmt: skip
