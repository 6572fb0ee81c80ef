"""What may leave for research: whose consent covers it, their records, and the search for what would name somebody."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.traces import Traits, Written
from clinic_desktop.services import consents, departures
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.departures import PatientRecord
from clinic_desktop.services.merges import kept_id
from clinic_desktop.store.tables.consents import consents as consent_rows
from clinic_desktop.store.tables.insurance import covers
from clinic_desktop.store.tables.laboratory import lab_tests
from clinic_desktop.store.tables.outside import identifiers
from clinic_desktop.store.tables.patients import patient_contacts, patient_names, patients
from clinic_desktop.store.tables.reference import reference_vaccines
from clinic_desktop.store.tables.research import research_exports
from clinic_desktop.store.tables.staff import staff

SCOPE = "research"
MOST_FOUND = 20


@dataclass(frozen=True)
class Willing:
    """Whose consent to research is in force, and how many are not among them: no consent, or a restricted record."""

    ids: tuple[str, ...]
    not_agreed: int
    restricted: int


@dataclass(frozen=True)
class Trace:
    """A patient of whom something stands in what was to leave, and what it is; never the thing itself."""

    mrn: str
    what: str

    def __repr__(self) -> str:
        return f"Trace({self.what})"


@dataclass(frozen=True)
class ResearchExport:
    """One export that left: under which approval, for what, and how alike its people were made."""

    approval: str
    purpose: str
    level: str
    preserved: str
    k_asked: int
    k: int
    patients: int
    records: int
    left_out: int
    sha256: str


@dataclass(frozen=True)
class ExportMade:
    """An export on the list, with who made it and when."""

    id: str
    export: ResearchExport
    made_at: str
    made_by: str


@query
def willing(read: Read) -> Willing:
    """Every patient whose consent to research is in force and whose record is open to whoever asks."""
    everybody = read.conn.execute(select(patients.c.id).where(patients.c.merged_into.is_(None))).scalars().all()
    asked = select(consent_rows.c.patient_id).where(
        consent_rows.c.scope == SCOPE, consent_rows.c.status == "active", consent_rows.c.source == "here"
    )
    maybe = {kept_id(read.conn, one) for one in read.conn.execute(asked).scalars()}
    found, restricted = [], 0
    for patient in (one for one in everybody if one in maybe):
        try:
            consents.require(read, patient, SCOPE)
        except ConsentRefusal:
            continue
        try:
            consents.require(read, patient, "treatment")
        except ConsentRefusal:
            restricted += 1
            continue
        found.append(patient)
    return Willing(tuple(found), len(everybody) - len(found) - restricted, restricted)


@query(access="report")
def research_record(read: Read, patient_id: str) -> PatientRecord:
    """All that is kept of one patient who has agreed to research, to be stripped of what names them."""
    return departures.patient_record.inside(read, patient_id)


@query
def known_words(read: Read) -> frozenset[str]:
    """The names of tests and vaccines in the catalogues: words that are nobody's."""
    tests = read.conn.execute(select(lab_tests.c.name)).scalars()
    vaccines = read.conn.execute(select(reference_vaccines.c.name)).scalars()
    return frozenset((*tests, *vaccines))


@query
def traces(read: Read, written: Written) -> tuple[Trace, ...]:
    """Look in what is about to leave for every patient of the clinic, and tell of the first who are found."""
    found: list[Trace] = []
    for mrn, traits in _everybody(read.conn):
        if what := written.found(traits):
            found.append(Trace(mrn, what))
            if len(found) == MOST_FOUND:
                break
    return tuple(found)


@command
def note_export(act: Act, export: ResearchExport) -> str:
    """Keep what leaves on the list, before it does; returns its id."""
    values = {
        "approval": export.approval.strip(), "purpose": export.purpose.strip() or None, "level": export.level,
        "preserved": export.preserved, "k_asked": export.k_asked, "k": export.k, "patients": export.patients,
        "records": export.records, "left_out": export.left_out, "sha256": export.sha256, "made_at": act.at,
        "made_by": act.session.staff_id,
    }  # fmt: skip
    return act.create(research_exports, values, kind="research.exported")


@query
def exports_made(read: Read) -> tuple[ExportMade, ...]:
    """The exports that left, newest first."""
    rows = read.conn.execute(
        select(research_exports, staff.c.display_name)
        .join(staff, staff.c.id == research_exports.c.made_by)
        .order_by(research_exports.c.rowid_.desc())
    )
    return tuple(
        ExportMade(
            row.id,
            ResearchExport(
                row.approval, row.purpose or "", row.level, row.preserved, row.k_asked, row.k, row.patients,
                row.records, row.left_out, row.sha256,
            ),
            row.made_at,
            row.display_name,
        )
        for row in rows
    )  # fmt: skip


def _everybody(connection: Connection) -> Iterator[tuple[str, Traits]]:
    """Every registration with all that tells who it is, those that were merged too."""
    names = _grouped(connection, patient_names, "family_name", "given_names")
    contacts = _grouped(connection, patient_contacts, "name", "phone")
    # What other systems number a person by; the ids of single records would be millions, and none is ever written.
    own_numbers = or_(identifiers.c.use == "business", identifiers.c.record_kind == patients.name)
    elsewhere = _grouped(connection, identifiers, "value", "use", where=own_numbers)
    policies = _grouped(connection, covers, "policy_number", "holder")
    for row in connection.execute(select(patients).order_by(patients.c.rowid_)):
        others = names.get(row.id, ())
        people = contacts.get(row.id, ())
        cards = policies.get(row.id, ())
        own = [(row.family_name, row.given_names), *others]
        yield row.mrn, Traits(
            names=_said(part for pair in own for part in pair),
            whole_names=_said(
                (*(f"{given} {family}" for family, given in own), *(name for name, _phone in people),
                 *(holder for _number, holder in cards))
            ),
            numbers=_said(
                (row.mrn, row.phone, row.other_phone, row.national_id, row.insurance_number,
                 *(phone for _name, phone in people), *(value for value, _use in elsewhere.get(row.id, ())),
                 *(number for number, _holder in cards))
            ),
            texts=_said((row.email, row.address)),
            born_on=row.born_on if row.born_precision == "day" else None,
        )  # fmt: skip


def _grouped(
    connection: Connection, table: Table, *columns: str, where: ColumnElement[bool] | None = None
) -> Mapping[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    rows = select(table.c.patient_id, *(table.c[name] for name in columns)).where(table.c.patient_id.is_not(None))
    for owner, *values in connection.execute(rows if where is None else rows.where(where)):
        found.setdefault(owner, []).append(tuple(values))
    return found


def _said(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
