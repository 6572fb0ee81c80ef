"""What goes out: one patient's records with the ids they bear elsewhere and all that came with them.

Whoever asks is in the access log before the first value is read: to hand a record out is to disclose it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Select, Table, bindparam, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import merges
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.arrival_keys import Key, look_up
from clinic_desktop.services.departure_rows import WORK, OfPatient, Reader, plain, rows_of_work
from clinic_desktop.services.patients import require_patient
from clinic_desktop.store import attachments as contents
from clinic_desktop.store.prepared import Prepared, among, as_list, run
from clinic_desktop.store.tables.chart import (
    addenda,
    allergies,
    consultation_steps,
    encounters,
    medicines_taken,
    problems,
    vital_signs,
)
from clinic_desktop.store.tables.directory import pharmacies
from clinic_desktop.store.tables.documents import attachments
from clinic_desktop.store.tables.immunizations import immunizations
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, lab_results, lab_tests, specimens
from clinic_desktop.store.tables.outside import (
    diagnostic_reports,
    identifiers,
    observations,
    outside_parties,
    procedures,
)
from clinic_desktop.store.tables.patients import patient_contacts, patients
from clinic_desktop.store.tables.prescribing import prescription_lines, prescriptions
from clinic_desktop.store.tables.staff import staff


@dataclass(frozen=True)
class Leaving:
    """One row that goes out: its table, its columns, and how it is known elsewhere."""

    table: str
    row: Mapping[str, Any]
    key: Key | None
    rest: str | None
    # Whether it is only spoken of: whose own record has not come.
    expected: bool = False

    def __repr__(self) -> str:
        return f"Leaving({self.table}, {self.row['id']})"


@dataclass(frozen=True)
class PatientRecord:
    """All that is kept of one patient; `merged` are the ids of registrations that stand for the same person."""

    patient_id: str
    mrn: str
    merged: tuple[str, ...]
    rows: tuple[Leaving, ...]
    # Under what else the person is known: the record numbers and outside ids of the registrations merged into this one.
    other_numbers: tuple[str, ...] = ()
    other_keys: tuple[Key, ...] = ()

    def __repr__(self) -> str:
        return f"PatientRecord({self.patient_id})"


@query
def patients_to_export(read: Read) -> tuple[str, ...]:
    """Every patient's id, in the order of registration; a merged registration goes with the one that stands for it."""
    wanted = select(patients.c.id).where(patients.c.merged_into.is_(None)).order_by(patients.c.rowid_)
    return tuple(read.conn.execute(wanted).scalars())


@query(access="report")
def patient_record(read: Read, patient_id: str) -> PatientRecord:
    """All that is kept of one patient, to be handed out; asked by a merged registration, of whom it stands for."""
    return _whole_record(read.conn, patient_id)


class Parted:
    """One patient's rows, each table read when it is asked for: for what is told to the connected systems.

    What is told and when stands in sync's own account, so that no reading of it is noted in the access log.
    """

    def __init__(self, connection: Connection, patient_id: str) -> None:
        self._connection = connection
        self.ids = merges.ids_of(connection, patient_id)
        self.patient_id = self.ids[0]
        found = _PERSON.rows(connection, id=self.patient_id)
        self._person = found[0] if found else dict(require_patient(connection, patient_id)._mapping)
        self._known = _identifiers(connection, self.ids)
        self._read: dict[str, tuple[Leaving, ...]] = {}
        self._some = {row[0] for row in run(connection, _present(), (as_list(self.ids),)).fetchall()}

    def of(self, table: str) -> tuple[Leaving, ...]:
        """The rows of one table."""
        if table not in self._read:
            if table == "patients":
                rows = [_person(self._connection, self._person, self.ids)]
            elif _ROOTS.get(table, table) not in self._some:
                rows = []
            else:
                rows = (_READERS.get(table) or WORK[table])(self._connection, self.ids)
            self._read[table] = tuple(_leaving(table, row, self._known) for row in rows)
        return self._read[table]


# What is put together from several tables is nothing where these have nothing.
_ROOTS = {"notes": "encounters"}


@cache
def _present() -> str:
    """One question instead of one for each table: which of them have anything of a patient."""
    names = dict.fromkeys(_ROOTS.get(name, name) for name in (*_READERS, *WORK))
    return " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name} WHERE patient_id IN (SELECT value FROM json_each(?1)))"  # noqa: S608 - names of our tables
        for name in names
    )


def _whole_record(connection: Connection, patient_id: str) -> PatientRecord:
    person = require_patient(connection, patient_id)
    ids = merges.ids_of(connection, patient_id)
    known = _identifiers(connection, ids)
    rows: list[Leaving] = [_leaving("patients", _person(connection, dict(person._mapping), ids), known)]
    for name, found in (*_rows(connection, ids), *rows_of_work(connection, ids)):
        rows.append(_leaving(name, found, known))
    others = [one for one in ids if one != person.id]
    numbers = connection.execute(select(patients.c.mrn).where(patients.c.id.in_(others)).order_by(patients.c.mrn))
    keys = tuple(known[one][0] for one in others if one in known)
    return PatientRecord(str(person.id), person.mrn, ids, tuple(rows), tuple(numbers.scalars()), keys)


@query(access="report")
def record_to_share(read: Read, patient_id: str, sections: Sequence[str]) -> PatientRecord:
    """The parts of a patient's record that are given to somebody outside, without what was said to be an error."""
    person = require_patient(read.conn, patient_id)
    ids = merges.ids_of(read.conn, patient_id)
    known = _identifiers(read.conn, ids)
    rows = [_leaving("patients", _person(read.conn, dict(person._mapping), ids), known)]
    rows += [
        _leaving(name, found, known)
        for name, found in _rows(read.conn, ids)
        if _section(name, found) in sections and found.get("status") not in WRONG
    ]
    return PatientRecord(str(person.id), person.mrn, ids, tuple(rows))


# As on the paper that is shared: of a visit that it was, not what was written at it.
_SECTIONS = {
    "allergies": "allergies", "problems": "problems", "medicines_taken": "medicines",
    "prescription_lines": "medicines", "vital_signs": "vitals", "lab_results": "results", "observations": "results",
    "diagnostic_reports": "results", "encounters": "visits", "immunizations": "immunizations",
    "procedures": "procedures",
}  # fmt: skip
WRONG = frozenset({"entered_in_error", "entered-in-error", "void"})


def _section(table: str, row: Mapping[str, Any]) -> str | None:
    if table == observations.name and row["category"] == "vital-signs":
        return "vitals"
    return _SECTIONS.get(table)


@query
def content(read: Read, sha256: str) -> bytes:
    """The bytes that a document of a record that goes out carries."""
    kept = contents.kept(read.conn, sha256)
    if kept is None:
        raise Refusal(N_("The content of a document is not here any more."), sha256=sha256)
    return contents.content_of(read.conn, kept)


@query
def binaries(read: Read, keys: Sequence[Key]) -> tuple[Leaving, ...]:
    """The contents among some keys that came as records of their own."""
    found = look_up(read.conn, keys)
    wanted = {one.record for one in found.all() if one.table == attachments.name}
    rows = {
        row["id"]: dict(row)
        for row in read.conn.execute(select(attachments).where(attachments.c.id.in_(sorted(wanted)))).mappings()
    }
    told = select(identifiers).where(
        identifiers.c.record_id.in_(sorted(wanted)), identifiers.c.use == "resource", identifiers.c.kind == "Binary"
    )
    # One content may have come under several ids: each goes out under its own.
    known = {Key(row.kind, row.system, row.value): row for row in read.conn.execute(told)}
    return tuple(
        Leaving("attachments", rows[known[key].record_id], key, known[key].rest) for key in keys if key in known
    )


@query
def parties(read: Read, keys: Sequence[Key]) -> tuple[Leaving, ...]:
    """The practitioners, organisations, places and medicines among some keys."""
    found = look_up(read.conn, keys)
    wanted = {one.record for one in found.all() if one.table == outside_parties.name}
    known = _identifiers_of(read.conn, sorted(wanted))
    rows = read.conn.execute(select(outside_parties).where(outside_parties.c.id.in_(sorted(wanted)))).mappings()
    return tuple(_leaving("outside_parties", dict(row), known) for row in rows)


@query
def all_parties(read: Read) -> tuple[Leaving, ...]:
    """Every practitioner, organisation, place and medicine that outside records have named."""
    wanted = select(identifiers).where(
        identifiers.c.record_kind == outside_parties.name, identifiers.c.use == "resource"
    )
    known = _known(read.conn, wanted)
    rows = read.conn.execute(select(outside_parties).order_by(outside_parties.c.rowid_)).mappings()
    return tuple(_leaving("outside_parties", dict(row), known) for row in rows)


Known = Mapping[str, tuple[Key, str | None, bool]]


def _leaving(table: str, row: Mapping[str, Any], known: Known) -> Leaving:
    key, rest, came = known.get(row["id"], (None, None, True))
    return Leaving(table, row, key, rest, expected=not came and row["revision"] == 1)


def _identifiers(connection: Connection, ids: Sequence[str]) -> Known:
    return {
        row["record_id"]: (Key(row["kind"], row["system"], row["value"]), row["rest"], row["digest"] is not None)
        for row in _IDENTIFIERS.rows(connection, ids=as_list(ids))
    }


def _identifiers_of(connection: Connection, records: Sequence[str]) -> Known:
    wanted = select(identifiers).where(identifiers.c.record_id.in_(records), identifiers.c.use == "resource")
    return _known(connection, wanted)


def _known(connection: Connection, wanted: Select[Any]) -> Known:
    rows = connection.execute(wanted)
    return {row.record_id: (Key(row.kind, row.system, row.value), row.rest, row.digest is not None) for row in rows}


def _person(connection: Connection, row: dict[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    return row | {"contacts": _CONTACTS.rows(connection, ids=as_list(ids))}


def _rows(connection: Connection, ids: Sequence[str]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Every row that goes out, those first that others point to."""
    for name, read in _READERS.items():
        yield from ((name, row) for row in read(connection, ids))


def _visits() -> Select[Any]:
    seen = select(encounters, staff.c.display_name.label("seen_by"))
    return seen.outerjoin(staff, staff.c.id == encounters.c.practitioner_id)


def _taken() -> Select[Any]:
    # What was prescribed here goes out as the prescription it is.
    return select(medicines_taken).where(medicines_taken.c.source == "outside")


def _signs() -> Select[Any]:
    signs = select(vital_signs, staff.c.display_name.label("taken_by_name"))
    signs = signs.outerjoin(staff, staff.c.id == vital_signs.c.taken_by)
    return signs.where(vital_signs.c.observation_id.is_(None))


def _observations(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    parts: dict[str, list[dict[str, Any]]] = {}
    rows = _OBSERVATIONS(connection, ids)
    for row in rows:
        # A component that a later version of its panel no longer has stays here, withdrawn.
        if row["part_of"] is not None and row["status"] != "entered-in-error":
            parts.setdefault(row["part_of"], []).append(row)
    whole = [row for row in rows if row["part_of"] is None]
    return [row | {"parts": sorted(parts.get(row["id"], ()), key=lambda part: part["position"])} for row in whole]


def _prescribed() -> Select[Any]:
    return (
        select(
            prescription_lines,
            prescriptions.c.number,
            prescriptions.c.prescriber_id,
            prescriptions.c.encounter_id,
            prescriptions.c.signed_at,
            prescriptions.c.status,
            prescriptions.c.status_reason,
            prescriptions.c.priority,
            prescriptions.c.prescriber_npi,
            prescriptions.c.pharmacy_id,
            prescriptions.c.expires_on,
            pharmacies.c.name.label("pharmacy"),
            staff.c.display_name.label("prescriber"),
        )
        .join(prescriptions, prescriptions.c.id == prescription_lines.c.prescription_id)
        .join(staff, staff.c.id == prescriptions.c.prescriber_id)
        .join(pharmacies, pharmacies.c.id == prescriptions.c.pharmacy_id, isouter=True)
    )


def _released() -> Select[Any]:
    return (
        select(
            lab_results,
            lab_tests.c.name,
            lab_tests.c.loinc,
            lab_tests.c.kind,
            lab_orders.c.encounter_id,
            specimens.c.collected_at,
        )
        .join(lab_order_tests, lab_order_tests.c.id == lab_results.c.order_test_id)
        .join(lab_orders, lab_orders.c.id == lab_order_tests.c.order_id)
        .join(lab_tests, lab_tests.c.code == lab_results.c.test_code)
        .outerjoin(specimens, specimens.c.id == lab_order_tests.c.specimen_id)
        .where(lab_results.c.status == "released")
    )


def _notes(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """What was written and signed at each visit here, step by step, and what was added since."""
    notes = _SIGNED(connection, ids)
    steps: dict[str, list[tuple[str, Any]]] = {}
    for row in _STEPS(connection, ids):
        if row["content"]:
            steps.setdefault(row["encounter_id"], []).append((row["step"], json.loads(row["content"])))
    added: dict[str, list[dict[str, Any]]] = {}
    for row in _ADDENDA(connection, ids):
        added.setdefault(row["encounter_id"], []).append(row)
    return [
        {
            # An id of its own, the same each time: the visit's is the visit's.
            "id": str(uuid5(UUID(note["id"]), "note")), "patient_id": note["patient_id"], "encounter_id": note["id"],
            "author": note["author"], "signed_at": note["signed_at"], "steps": steps.get(note["id"], []),
            "addenda": added.get(note["id"], []),
        }
        for note in notes
        # A visit at which nothing was written has no note: FHIR has no empty texts.
        if note["id"] in steps or note["id"] in added
    ]  # fmt: skip


def _contacts() -> Select[Any]:
    wanted = patient_contacts.c.patient_id.in_(among("ids")), patient_contacts.c.position >= 0
    return select(patient_contacts).where(*wanted).order_by(patient_contacts.c.position)


def _came_with() -> Select[Any]:
    # The key of a row of a table is no record's id elsewhere: who came in a table goes out as this clinic's own.
    return select(identifiers).where(
        identifiers.c.patient_id.in_(among("ids")), identifiers.c.use == "resource",
        identifiers.c.kind.not_like("table:%"),
    )  # fmt: skip


_CONTACTS, _IDENTIFIERS = Prepared(_contacts), Prepared(_came_with)
_PERSON = Prepared(lambda: select(patients).where(patients.c.id == bindparam("id")))


def _authored(table: Table, by: str) -> Select[Any]:
    return select(table, staff.c.display_name.label("author")).join(staff, staff.c.id == table.c[by])


_OBSERVATIONS, _STEPS = plain(observations), plain(consultation_steps)
_SIGNED = OfPatient(encounters, lambda: _authored(encounters, "signed_by").where(encounters.c.status == "signed"))
_ADDENDA = OfPatient(addenda, lambda: _authored(addenda, "author_id"))
_READERS: Mapping[str, Reader] = {
    "encounters": OfPatient(encounters, _visits),
    "notes": _notes,
    "problems": plain(problems),
    "allergies": plain(allergies),
    "medicines_taken": OfPatient(medicines_taken, _taken),
    "prescription_lines": OfPatient(prescription_lines, _prescribed),
    "vital_signs": OfPatient(vital_signs, _signs),
    "lab_results": OfPatient(lab_results, _released),
    "observations": _observations,
    "immunizations": plain(immunizations),
    "procedures": plain(procedures),
    "diagnostic_reports": plain(diagnostic_reports),
}
