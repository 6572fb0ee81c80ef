"""Who may be the same person as somebody: a handful out of a million to compare, through the indexes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations, islice
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from clinic_desktop.domain.identity import SMALLEST, Frequencies, Person, blocks, learn
from clinic_desktop.store.finding import BY_BIRTH, near
from clinic_desktop.store.search import matching, quoted

# A day on which more were born is the clinic's "1 January, day not known": it picks nobody out.
MOST = 400
# A key that so many share says nothing; a pair worth finding shares another.
BLOCK = 120

PEOPLE = (
    "SELECT p.rowid_, p.id, p.mrn, p.family_name, p.given_names, p.sex, p.born_on, p.born_precision, p.phone,"
    " p.other_phone, p.national_id, p.address, p.city, p.postal_code, p.merged_into"
    " FROM json_each(?) j JOIN patients p ON p.rowid_ = j.value"
)
OTHER_NAMES = (
    "SELECT n.patient_id, n.family_name, n.given_names FROM json_each(?) j"
    " JOIN patient_names n ON n.patient_id = j.value"
)
CONTACTS = (
    "SELECT c.patient_id, c.phone FROM json_each(?) j JOIN patient_contacts c ON c.patient_id = j.value"
    " WHERE c.position >= 0 AND c.phone IS NOT NULL"
)
BY_WORDS = "SELECT rowid FROM patient_fts WHERE patient_fts MATCH ? LIMIT 300"
BY_NUMBER = "SELECT rowid FROM patient_trigram WHERE patient_trigram MATCH ? LIMIT 60"


def candidates(connection: Connection, person: Person) -> list[int]:
    """The patients worth comparing with somebody: by identity, telephone, birth, and name as heard or misspelt."""
    found: dict[int, None] = {}
    for number in (person.identifier, *(number[-8:] for number in person.numbers)):
        if len(number) >= 4:
            found |= dict.fromkeys(connection.exec_driver_sql(BY_NUMBER, (quoted(number),)).scalars())
    for born_on in _births(person.born_on):
        found |= dict.fromkeys(connection.exec_driver_sql(BY_BIRTH, (born_on.isoformat(), MOST)).scalars())
    for expression in _expressions(connection, person):
        found |= dict.fromkeys(connection.exec_driver_sql(BY_WORDS, (expression,)).scalars())
    return list(found)


def _births(born_on: date | None) -> Iterator[date]:
    if born_on is None:
        return
    yield born_on
    if born_on.day <= 12 and born_on.day != born_on.month:
        yield born_on.replace(month=born_on.day, day=born_on.month)


def _expressions(connection: Connection, person: Person) -> Iterator[str]:
    family = "".join(person.family) if len(person.family) == 1 else " ".join(person.family)
    first = person.given[0] if person.given else ""
    years = "" if person.born_on is None else str(person.born_on.year)
    if family and first:
        both = f"({_alike(connection, family)}) AND ({_alike(connection, first)})"
        if years:
            yield f"{both} AND {quoted(years)}"
        yield both
    elif family and years:
        yield f"({_alike(connection, family)}) AND {quoted(years)}"
    elif family:
        yield matching(family.split())


def _alike(connection: Connection, name: str) -> str:
    """A name, or one it may be misspelt from."""
    words = name.split()
    if len(words) > 1:
        return " AND ".join(quoted(word) for word in words)
    return " OR ".join([f"{quoted(name)} *", *(quoted(word) for word in near(connection, name))])


def people(connection: Connection, rowids: list[int]) -> list[tuple[Any, Person]]:
    """Some patients as they are compared, each beside its row (rowid, id, mrn, names, sex, birth, precision, phone)."""
    rows = connection.exec_driver_sql(PEOPLE, (json.dumps(rowids),)).all()
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    contacts: dict[str, list[str]] = defaultdict(list)
    wanted = json.dumps([row[1] for row in rows])
    for patient, family, given in connection.exec_driver_sql(OTHER_NAMES, (wanted,)).all():
        names[patient].append((family, given))
    for patient, phone in connection.exec_driver_sql(CONTACTS, (wanted,)).all():
        contacts[patient].append(phone)
    return [(row, _person(row, tuple(names[row[1]]), tuple(contacts[row[1]]))) for row in rows]


def _person(row: Any, other_names: tuple[tuple[str, str], ...], contacts: tuple[str, ...]) -> Person:
    return Person(
        family_name=row[3],
        given_names=row[4],
        sex=row[5],
        born_on=None if row[6] is None else date.fromisoformat(row[6]),
        born_precision=row[7],
        phones=tuple(phone for phone in row[8:10] if phone),
        national_id=row[10] or "",
        address=row[11] or "",
        city=row[12] or "",
        postal_code=row[13] or "",
        other_names=other_names,
        contacts=contacts,
    )


# How common a value is, and how many duplicates and families there are, is asked of so many of the newest.
SAMPLE = 5_000
# A name that more bear is common enough: counting on would only cost time.
COUNTED = 20_000

LATEST = "SELECT rowid_ FROM patients WHERE merged_into IS NULL ORDER BY rowid_ DESC LIMIT ?"
# Rows are never erased: the last number is how many there are.
PEOPLE_COUNTED = "SELECT coalesce(max(rowid_), 0) FROM patients"
NAMED = "SELECT count(*) FROM (SELECT rowid FROM patient_fts WHERE patient_fts MATCH ? LIMIT ?)"
BORN = "SELECT count(*) FROM (SELECT rowid_ FROM patients WHERE born_on = ? LIMIT ?)"


@dataclass(frozen=True)
class _Sample:
    """What the newest registrations say of all: kept while the clinic is much the same."""

    people: int
    size: int
    duplicates: float
    household: float
    places: Counter[str]


_samples: WeakKeyDictionary[Engine, _Sample] = WeakKeyDictionary()


def frequencies(connection: Connection) -> Frequencies:
    """How common values are in this clinic, each counted when it is asked for; good for one connection."""
    people_counted = int(connection.exec_driver_sql(PEOPLE_COUNTED).scalar_one())
    sample = _samples.get(connection.engine)
    if sample is None or people_counted > sample.people * 1.02:
        sample = _samples[connection.engine] = _sampled(connection, people_counted)
    places, size = sample.places, sample.size

    @cache
    def name(word: str) -> float:
        return _share(connection.exec_driver_sql(NAMED, (quoted(word), COUNTED)).scalar_one(), people_counted)

    @cache
    def birth(day: date) -> float:
        return _share(connection.exec_driver_sql(BORN, (day.isoformat(), COUNTED)).scalar_one(), people_counted)

    def place(key: str) -> float:
        return _share(places[key], size)

    return Frequencies(people_counted, sample.duplicates, sample.household, name, birth, place)


def _sampled(connection: Connection, people_counted: int) -> _Sample:
    rowids = list(connection.exec_driver_sql(LATEST, (SAMPLE,)).scalars())
    sample = [one for _, one in people(connection, rowids)]
    places = Counter(key for one in sample for key in one.places)
    return _Sample(people_counted, len(sample), *learn(sample, people_counted), places)


def _share(count: int, of: int) -> float:
    """A share of all, the two who are compared left out: what they have in common is no sign that it is common."""
    return max(count - 2, 0) / max(of, SMALLEST)


def everybody(connection: Connection, page: int = 2_000) -> Iterator[tuple[Any, Person]]:
    """Every patient who is known under their own registration, page by page."""
    last = 0
    while (
        rowids := connection.exec_driver_sql(
            "SELECT rowid_ FROM patients WHERE rowid_ > ? AND merged_into IS NULL ORDER BY rowid_ LIMIT ?", (last, page)
        )
        .scalars()
        .all()
    ):
        yield from people(connection, list(rowids))
        last = rowids[-1]


def pairs(connection: Connection) -> Iterator[tuple[int, int]]:
    """Pairs of patients that share a key, each once, smaller first; never all against all, and no merged ones."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, person in everybody(connection):
        for key in {hash(key) for key in blocks(person)}:
            groups[key].append(row[0])
    shared: dict[int, set[int]] = defaultdict(set)
    for members in groups.values():
        if 1 < len(members) <= BLOCK:
            for a, b in combinations(members, 2):
                shared[min(a, b)].add(max(a, b))
    for a in sorted(shared):
        for b in sorted(shared[a]):
            yield a, b


def in_batches(found: Iterator[tuple[int, int]], size: int = 5_000) -> Iterator[list[tuple[int, int]]]:
    """The pairs in lists of at most `size`."""
    while batch := list(islice(found, size)):
        yield batch
