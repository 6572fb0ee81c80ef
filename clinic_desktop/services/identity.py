"""Record linkage: likely duplicates beside the form while somebody is registered, and over the whole clinic."""

from dataclasses import dataclass
from datetime import date

from clinic_desktop.domain import identity
from clinic_desktop.domain.identity import LIKELY, Likeness, Person
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.patients import age_words, shown_name, today
from clinic_desktop.store import likeness

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
    b_id: str
    b_mrn: str
    score: float
    evidence: tuple[Finding, ...]


@query(access="banner", once=True, of=lambda found: [each.patient_id for each in found])
def likely_duplicates(read: Read, draft: Draft) -> tuple[LikelyDuplicate, ...]:
    """Patients who may be the one being registered, the likeliest first; nothing without a name or a number."""
    person = _person(draft)
    if not (person.family or person.given or person.numbers or person.identifier):
        return ()
    found = likeness.people(read.conn, likeness.candidates(read.conn, person))
    scored = sorted(
        ((identity.compare(person, other), row) for row, other in found if row[1] != draft.patient_id),
        key=lambda pair: -pair[0].score,
    )
    on = today(read)
    return tuple(
        LikelyDuplicate(
            row[1],
            row[2],
            shown_name(row[3], row[4]),
            None if row[6] is None else date.fromisoformat(row[6]),
            row[7],
            age_words(None if row[6] is None else date.fromisoformat(row[6]), on),
            row[5],
            row[8],
            like.score,
            _findings(like),
        )
        for like, row in scored[:SHOWN]
        if like.score >= WORTH_SHOWING
    )


@query
def duplicates(read: Read, min_score: float = LIKELY) -> tuple[Duplicate, ...]:
    """Pairs of registrations over the whole clinic that are likely one person, the likeliest first."""
    found: list[Duplicate] = []
    for batch in likeness.in_batches(likeness.pairs(read.conn)):
        rowids = sorted({rowid for pair in batch for rowid in pair})
        known = {row[0]: (row, person) for row, person in likeness.people(read.conn, rowids)}
        for a, b in batch:
            (row_a, person_a), (row_b, person_b) = known[a], known[b]
            like = identity.compare(person_a, person_b)
            if like.score >= min_score:
                found.append(Duplicate(row_a[1], row_a[2], row_b[1], row_b[2], like.score, _findings(like)))
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.a_mrn, pair.b_mrn)))


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
