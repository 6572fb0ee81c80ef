"""Who may be the same person as somebody: a handful out of a million to compare, through the indexes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, islice
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from clinic_desktop.domain.identity import SMALLEST, Frequencies, Person, blocks, learn
from clinic_desktop.store.finding import BY_BIRTH, near
from clinic_desktop.store.prepared import run
from clinic_desktop.store.search import matching, quoted

# A day on which more were born is the clinic's "1 January, day not known": it picks nobody out.
MOST = 400
# A key that so many share says nothing; a pair worth finding shares another.
BLOCK = 120

PEOPLE = (
    "SELECT p.rowid_, p.id, p.mrn, p.family_name, p.given_names, p.sex, p.born_on, p.born_precision, p.phone,"
    " p.other_phone, p.national_id, p.address, p.city, p.postal_code, p.merged_into, p.email"
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
            found |= _rowids(connection, BY_NUMBER, quoted(number))
    for born_on in _births(person.born_on):
        found |= _rowids(connection, BY_BIRTH, born_on.isoformat(), MOST)
    for expression in _expressions(connection, person):
        found |= _rowids(connection, BY_WORDS, expression)
    return list(found)


def _rowids(connection: Connection, statement: str, *values: object) -> dict[int, None]:
    return dict.fromkeys(row[0] for row in run(connection, statement, values))


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


class Registered(NamedTuple):
    """The row of a patient who is compared."""

    rowid_: int
    id: str
    mrn: str
    family_name: str
    given_names: str
    sex: str
    born_on: str | None
    born_precision: str
    phone: str | None
    other_phone: str | None
    national_id: str | None
    address: str | None
    city: str | None
    postal_code: str | None
    merged_into: str | None
    email: str | None

    def __repr__(self) -> str:
        return f"Registered({self.id})"


def people(connection: Connection, rowids: list[int]) -> list[tuple[Registered, Person]]:
    """Some patients as they are compared, each beside its row."""
    rows = [Registered._make(row) for row in run(connection, PEOPLE, (json.dumps(rowids),))]
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    contacts: dict[str, list[str]] = defaultdict(list)
    wanted = json.dumps([row[1] for row in rows])
    for patient, family, given in run(connection, OTHER_NAMES, (wanted,)):
        names[patient].append((family, given))
    for patient, phone in run(connection, CONTACTS, (wanted,)):
        contacts[patient].append(phone)
    return [(row, _person(row, tuple(names[row[1]]), tuple(contacts[row[1]]))) for row in rows]


def _person(row: Registered, other_names: tuple[tuple[str, str], ...], contacts: tuple[str, ...]) -> Person:
    return Person(
        family_name=row.family_name,
        given_names=row.given_names,
        sex=row.sex,
        born_on=None if row.born_on is None else date.fromisoformat(row.born_on),
        born_precision=row.born_precision,
        phones=tuple(phone for phone in (row.phone, row.other_phone) if phone),
        national_id=row.national_id or "",
        address=row.address or "",
        city=row.city or "",
        postal_code=row.postal_code or "",
        other_names=other_names,
        contacts=contacts,
    )


# How common a value is, and how many duplicates and families there are, is asked of so many of the newest.
SAMPLE = 5_000
# A name that more bear is common enough: counting on would only cost time.
COUNTED = 20_000
# What was learnt holds until there are so many more: a clinic that is being filled must not be sampled at every step.
MUCH_THE_SAME, FEW = 1.1, 20

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
    # How many bear a word as a name, or were born on a day, as far as it was asked.
    counted: dict[str | date, int] = field(default_factory=dict)


_samples: WeakKeyDictionary[Engine, _Sample] = WeakKeyDictionary()


def frequencies(connection: Connection) -> Frequencies:
    """How common values are in this clinic, each counted when it is first asked for; good for one connection."""
    people_counted = int(run(connection, PEOPLE_COUNTED).fetchone()[0])
    sample = _samples.get(connection.engine)
    if sample is None or people_counted > sample.people * MUCH_THE_SAME + FEW:
        sample = _samples[connection.engine] = _sampled(connection, people_counted)
    places, size, counted = sample.places, sample.size, sample.counted

    def name(word: str) -> float:
        if word not in counted:
            counted[word] = run(connection, NAMED, (quoted(word), COUNTED)).fetchone()[0]
        return _share(counted[word], people_counted)

    def birth(day: date) -> float:
        if day not in counted:
            counted[day] = run(connection, BORN, (day.isoformat(), COUNTED)).fetchone()[0]
        return _share(counted[day], people_counted)

    def place(key: str) -> float:
        return _share(places[key], size)

    return Frequencies(people_counted, sample.duplicates, sample.household, name, birth, place)


def _sampled(connection: Connection, people_counted: int) -> _Sample:
    rowids = list(_rowids(connection, LATEST, SAMPLE))
    sample = [one for _, one in people(connection, rowids)]
    places = Counter(key for one in sample for key in one.places)
    return _Sample(people_counted, len(sample), *learn(sample, people_counted), places)


def _share(count: int, of: int) -> float:
    """A share of all, the two who are compared left out: what they have in common is no sign that it is common."""
    return max(count - 2, 0) / max(of, SMALLEST)


def everybody(connection: Connection, page: int = 2_000) -> Iterator[tuple[Registered, Person]]:
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
