"""Record linkage: likely duplicates beside the form while somebody is registered, and over the whole clinic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from clinic_desktop.domain import identity
from clinic_desktop.domain.identity import LIKELY, Likeness, Person
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.patients import hits_of, shown_name
from clinic_desktop.services.relations import apart
from clinic_desktop.store import likeness
from clinic_desktop.store.tables.outside import identifiers

# Below this a person would only be distracted: more than even chances against.
WORTH_SHOWING = 0.5
SHOWN = 5


@dataclass(frozen=True)
class Draft:
    """What has been typed so far of a registration; `patient_id` when it is one that is being changed."""

    family_name: str = ""
    given_names: str = ""
    sex: str = "unknown"
    born_on: date | None = None
    born_precision: str = "unknown"
    phone: str = ""
    other_phone: str = ""
    national_id: str = ""
    address: str = ""
    city: str = ""
    postal_code: str = ""
    patient_id: str = ""

    def __repr__(self) -> str:
        return "Draft()"


@dataclass(frozen=True)
class Finding:
    """What one field says: its finding in words and its weight in bits, for (+) or against (-)."""

    field: str
    finding: str
    weight: float


@dataclass(frozen=True)
class LikelyDuplicate:
    """A patient who may be the one being registered, with the score, 0 to 1, and the evidence."""

    patient_id: str
    mrn: str
    name: str
    born_on: date | None
    born_precision: str
    age: str
    sex: str
    phone: str | None
    score: float
    evidence: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"LikelyDuplicate({self.patient_id}, {self.score})"


@dataclass(frozen=True)
class Duplicate:
    """Two registrations that are likely one person."""

    a_id: str
    a_mrn: str
    a_name: str
    a_born_on: date | None
    a_outside: str | None  # the id it came with from elsewhere
    b_id: str
    b_mrn: str
    b_name: str
    b_born_on: date | None
    b_outside: str | None
    score: float
    evidence: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"Duplicate({self.a_id}, {self.b_id}, {self.score})"


@query(access="banner", once=True, of=lambda found: [each.patient_id for each in found])
def likely_duplicates(read: Read, draft: Draft) -> tuple[LikelyDuplicate, ...]:
    """Patients who may be the one being registered, the likeliest first; nothing without a name or a number."""
    person = _person(draft)
    if not (person.family or person.given or person.numbers or person.identifier):
        return ()
    among = likeness.frequencies(read.conn)
    best: dict[str, tuple[Likeness, Any]] = {}
    kept_apart = {one for pair in apart(read.conn) if draft.patient_id in pair for one in pair}
    for row, other in likeness.people(read.conn, likeness.candidates(read.conn, person)):
        # A registration that was merged stands for the one it was merged into: that is offered in its place.
        known_as = row.merged_into or row.id
        like = identity.compare(person, other, among)
        if known_as == draft.patient_id or known_as in kept_apart or like.score < WORTH_SHOWING:
            continue
        if known_as not in best or like.score > best[known_as][0].score:
            best[known_as] = like, row
    scored = sorted(best.items(), key=lambda pair: -pair[1][0].score)[:SHOWN]
    lines = {one.patient_id: one for one in hits_of(read, [known_as for known_as, _ in scored])}
    return tuple(
        LikelyDuplicate(
            one.patient_id, one.mrn, one.name, one.born_on, one.born_precision, one.age, one.sex, one.phone,
            like.score, _findings(like),
        )
        for known_as, (like, _) in scored
        if (one := lines.get(known_as)) is not None
    )  # fmt: skip


@query
def duplicates(read: Read, min_score: float = LIKELY) -> tuple[Duplicate, ...]:
    """Pairs of registrations over the whole clinic that are likely one person, the likeliest first."""
    found: list[Duplicate] = []
    among = likeness.frequencies(read.conn)
    kept_apart = apart(read.conn)
    outside = _outside_ids(read.conn)
    for batch in likeness.in_batches(likeness.pairs(read.conn)):
        rowids = sorted({rowid for pair in batch for rowid in pair})
        known = {row[0]: (row, person) for row, person in likeness.people(read.conn, rowids)}
        for a, b in batch:
            (row_a, person_a), (row_b, person_b) = known[a], known[b]
            if frozenset((row_a.id, row_b.id)) in kept_apart:
                continue
            like = identity.compare(person_a, person_b, among)
            if like.score >= min_score:
                found.append(
                    Duplicate(
                        *_who(row_a, person_a, outside), *_who(row_b, person_b, outside), like.score, _findings(like)
                    )
                )
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.a_mrn, pair.b_mrn)))


def _who(row: Any, person: Person, outside: Mapping[str, str]) -> tuple[str, str, str, date | None, str | None]:
    return row.id, row.mrn, shown_name(row.family_name, row.given_names), person.born_on, outside.get(row.id)


def _outside_ids(connection: Connection) -> dict[str, str]:
    """The id under which a patient came from elsewhere, by registration; the first where there are several."""
    rows = connection.execute(
        select(identifiers.c.record_id, identifiers.c.value)
        .where(identifiers.c.record_kind == "patients", identifiers.c.use == "resource")
        .order_by(identifiers.c.rowid_.desc())
    )
    return {row.record_id: row.value for row in rows}


def _findings(like: Likeness) -> tuple[Finding, ...]:
    return tuple(Finding(one.field, one.finding, round(one.weight, 1)) for one in like.evidence)


def _person(draft: Draft) -> Person:
    return Person(
        family_name=draft.family_name,
        given_names=draft.given_names,
        sex=draft.sex or "unknown",
        born_on=draft.born_on,
        born_precision=draft.born_precision,
        phones=tuple(phone for phone in (draft.phone, draft.other_phone) if phone),
        national_id=draft.national_id,
        address=draft.address,
        city=draft.city,
        postal_code=draft.postal_code,
    )
