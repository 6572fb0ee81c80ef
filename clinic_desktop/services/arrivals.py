"""Records that come in from elsewhere: one batch is one act, idempotent by source, kind and id.

The same again changes nothing; what changed elsewhere is changed here with its journal entry, unless somebody here has
changed the record too: then it is left as it is and told, never overwritten.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Table, func, select

from clinic_desktop.services import arrival_documents, arrival_people, arrival_signs
from clinic_desktop.services.about import require_recovery
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.arrival_keys import Key, Known, look_up, revisions
from clinic_desktop.services.examining import Examined
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.chart import medicines_taken
from clinic_desktop.store.tables.documents import attachments, documents
from clinic_desktop.store.tables.insurance import insurers
from clinic_desktop.store.tables.outside import identifiers, observations, outside_parties
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("would_become",)

# Whose records are the person's own, with the journal kind of what came in.
KINDS = {
    "outside_parties": "outside_party",
    "patients": "patient",
    "encounters": "encounter",
    "problems": "problem",
    "allergies": "allergy",
    "medicines_taken": "medicine",
    "observations": "observation",
    "immunizations": "immunization",
    "procedures": "procedure",
    "diagnostic_reports": "report",
    "attachments": "attachment",
    "documents": "document",
    "consents": "consent",
    "outside_records": "outside_record",
    "insurers": "insurer",
    "plans": "plan",
    "covers": "cover",
    "outside_bills": "bill",
    "outside_bill_lines": "bill_line",
    "outside_costs": "cost",
}


@dataclass(frozen=True)
class Arrival:
    """One record as it came: the columns of its row, what it points to, and what has no column."""

    key: Key
    table: str
    values: Mapping[str, object]
    digest: str
    rest: str | None = None
    links: Mapping[str, Key] = ()  # type: ignore[assignment]
    names: Mapping[str, Key] = ()  # type: ignore[assignment]
    parts: tuple[Mapping[str, object], ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    # Of a link that leads nowhere yet: the member of the resource it stands in, as JSON, so that it is given back.
    unresolved: Mapping[str, str] = ()  # type: ignore[assignment]
    # What the record itself calls its patient.
    patient_words: str = ""
    # Another file of the same import has said something else of it: the first stands.
    again: bool = False
    # What it carries: the first is shown.
    contents: tuple[Examined, ...] = ()

    def __repr__(self) -> str:
        return f"Arrival({self.key.kind})"


@dataclass(frozen=True)
class Received:
    """What became of each record of a batch: "new", "same", "changed", "unplaced", "conflict" or "kept_here".

    Of a "conflict" another file of the same import says something else; "kept_here" was changed by somebody here.
    """

    outcomes: tuple[str, ...]


@command
def receive(act: Act, arrivals: Sequence[Arrival]) -> Received:
    """Take in a batch of records, all of them or none; what others point to stands before those that do."""
    require_recovery(act)
    batch = _Batch(act, arrivals)
    outcomes = tuple(batch.take(each) for each in arrivals)
    batch.finish()
    return Received(outcomes)


@query
def which_are_here(read: Read, keys: Sequence[Key]) -> tuple[Key, ...]:
    """Those of some keys under which a record stands here; one that was only spoken of so far does not."""
    found = look_up(read.conn, keys)
    known = ((key, found.of(key)) for key in keys)
    return tuple(key for key, one in known if one is not None and (one.own or one.digest is not None or key.business))


@query
def foreseen(read: Read, records: Sequence[tuple[Key, str]]) -> tuple[str, ...]:
    """What would become of records, by their keys and digests: "new", "same", "changed" or "kept_here"."""
    return would_become(read.conn, records)


def would_become(connection: Connection, records: Sequence[tuple[Key, str]]) -> tuple[str, ...]:
    """The same, asked within an act."""
    found = look_up(connection, [key for key, _digest in records])
    now = revisions(connection, found)

    def one(key: Key, digest: str) -> str:
        known = found.of(key)
        if known is None or (known.digest is None and not known.own):
            return "new"
        if known.own or known.digest == digest:
            return "same"
        touched = known.revision is not None and now[known.record] != known.revision
        return "kept_here" if touched else "changed"

    return tuple(one(key, digest) for key, digest in records)


class _Batch:
    """One batch: everything that is known of its keys is read at once, then row after row is written."""

    def __init__(self, act: Act, arrivals: Sequence[Arrival]) -> None:
        self.act = act
        keys = {each.key for each in arrivals}
        for each in arrivals:
            keys.update(dict(each.links).values(), dict(each.names).values())
        self.known = look_up(act.conn, sorted(keys))
        self.revisions = revisions(act.conn, self.known)
        self.signs = arrival_signs.Signs(act)
        self.listed: set[str] = set()

    def take(self, one: Arrival) -> str:
        """Write one record, or say that it is here already, or that whom it belongs to is not."""
        known = self.known.of(one.key)
        if known is not None and (known.digest == one.digest or known.own):
            return "same" if known.own or one.table != medicines_taken.name else self._in_full(one, known)
        if one.table == documents.name and arrival_documents.is_note_of_a_visit(self.act, one.identifiers):
            return "same"
        values, patient = self._resolved(one)
        if values is None:
            return "unplaced"
        loose = [text for column, text in dict(one.unresolved).items() if values.get(column) is None]
        if loose:
            one = replace(one, rest="{" + ",".join((*loose, *([one.rest[1:-1]] if one.rest else ()))) + "}")
        if known is not None:
            if one.table == outside_parties.name and self._adds_nothing(one, known):
                return "same"
            if one.again:
                return "conflict"
            return self._change(one, known, values, patient)
        record = self._create(one, values, patient)
        self._note(one, record, patient or (record if one.table == "patients" else None))
        return "new"

    def _in_full(self, one: Arrival, known: Known) -> str:
        """A medicine of which an older program kept fewer words (no strength, no timing) says what the record says.

        The record is the same; what somebody here has changed meanwhile stays theirs.
        """
        links = dict(one.links)
        here = self._leads_to(links.get("patient_id"), "patients")
        if known.revision is None or self.revisions.get(known.record) != known.revision or here is None:
            return "same"
        values, _patient = self._resolved(one)
        words = [medicines_taken.c[name] for name in _WORDS]
        row = self.act.conn.execute(select(*words).where(medicines_taken.c.id == known.record)).mappings().one()
        changes = {name: said for name in _WORDS if (said := (values or {}).get(name)) and said != row[name]}
        if not changes:
            return "same"
        revision = self.act.change(medicines_taken, known.record, changes, kind="medicine.received")
        came = {"rest": one.rest, "record_revision": revision, "received_at": self.act.at}
        self.act.change(identifiers, known.id, came, kind="identifier.changed")
        self.revisions[known.record] = revision
        self.known.add(one.key, known.changed(one.digest, revision, known.name))
        return "changed"

    def finish(self) -> None:
        """An allergy that came in is listed on the banner; of results said otherwise a doctor hears."""
        for patient in sorted(self.listed):
            arrival_people.allergies_listed(self.act, patient)
        self.signs.tell()

    def _resolved(self, one: Arrival) -> tuple[dict[str, object] | None, str | None]:
        """The values with every reference that leads somewhere; None where the patient is not here."""
        values = dict(one.values)
        links = dict(one.links)
        person = self._leads_to(links.get("patient_id"), "patients")
        visit = self._leads_to(links.get("encounter_id"), "encounters")
        if "patient_id" in links:
            values["patient_id"] = None if person is None else person.record
        if "encounter_id" in links:
            # A visit of somebody else is no visit of this patient, whatever the file says.
            same = visit is not None and (visit.own or visit.patient == values.get("patient_id"))
            values["encounter_id"] = visit.record if visit is not None and same else None
        if not self._pointed(one.table, links, values):
            return None, None
        for column, key in dict(one.names).items():
            found = self.known.of(key)
            if found is not None and found.name:
                values[column] = found.name
        patient = values.get("patient_id")
        belongs = _TABLES[one.table].c.get("patient_id") is not None
        if belongs and patient is None:
            patient = values["patient_id"] = self._expected(dict(one.links).get("patient_id"), one.patient_words)
            if patient is None:
                return None, None
        for column in _DATED.get(one.table, ()):
            if values.get(column) is None:
                values[column] = self.act.at
        for column in _DAYS.get(one.table, ()):
            if values.get(column) is None:
                values[column] = self.act.now.astimezone().date().isoformat()
        return values, None if patient is None else str(patient)

    def _pointed(self, table: str, links: Mapping[str, Key], values: dict[str, object]) -> bool:
        """Fill in what a record belongs to besides a patient and a visit; False where it cannot be without it."""
        for column, whole in _POINTS.items():
            if column in links:
                found = self._leads_to(links[column], whole)
                values[column] = None if found is None else found.record
                if found is None and not _TABLES[table].c[column].nullable:
                    return False
        return True

    def _leads_to(self, key: Key | None, table: str) -> Known | None:
        found = None if key is None else self.known.of(key)
        return found if found is not None and found.table == table else None

    def _expected(self, key: Key | None, words: str) -> str | None:
        """A registration for a patient whose records came before they did, so that nothing is lost meanwhile."""
        if key is None or key.business or key.kind not in {"", "Patient"}:
            return None
        patient = arrival_people.expect(self.act, key.value, words)
        about = {"record_kind": "patients", "record_id": patient, "patient_id": patient, "received_at": self.act.at}
        values = {**about, "use": "resource", "kind": "Patient", "system": key.system, "value": key.value}
        made = self.act.create(identifiers, values | {"record_revision": 1}, kind="identifier.noted", patient=patient)
        known = Known(made, "patients", patient, None, 1)
        self.known.add(Key("Patient", key.system, key.value), known)
        self.revisions[patient] = 1
        return patient

    def _create(self, one: Arrival, values: dict[str, object], patient: str | None) -> str:
        table, kind = _TABLES[one.table], KINDS[one.table]
        if table is patients:
            return arrival_people.register(self.act, values, one.parts, one.identifiers)
        if table is attachments:
            return str(arrival_documents.keep_contents(self.act, one.contents))
        if table is documents:
            values = self._with_content(one, values)
        if table is insurers and (known := self._insurer(str(values["name"]))) is not None:
            return known
        record = self.act.create(table, values, kind=f"{kind}.received", patient=patient)
        if table is documents:
            arrival_documents.index(self.act, record, values, one.contents)
        if table is observations:
            parts = self._add_parts(record, patient, values, dict(enumerate(one.parts)))
            for part_id, part in ((record, values), *parts):
                self.signs.derive(part_id, part)
        if one.table == "allergies" and values["status"] == "active":
            self.listed.add(str(patient))
        return record

    def _with_content(self, one: Arrival, values: dict[str, object]) -> dict[str, object]:
        content = arrival_documents.keep_contents(self.act, one.contents)
        return values if content is None else values | {"attachment_id": content}

    def _insurer(self, name: str) -> str | None:
        """An insurer of this name who is here already: members from elsewhere are members of theirs."""
        found = select(insurers.c.id).where(func.lower(insurers.c.name) == name.strip().lower())
        return self.act.conn.execute(found.order_by(insurers.c.rowid_).limit(1)).scalar()

    def _add_parts(
        self, record: str, patient: str | None, values: Mapping[str, object], parts: Mapping[int, Mapping[str, object]]
    ) -> list[tuple[str, Mapping[str, object]]]:
        added: list[tuple[str, Mapping[str, object]]] = []
        for position, part in parts.items():
            row = {
                **part, "patient_id": patient, "encounter_id": values.get("encounter_id"), "part_of": record,
                "position": position, "effective_at": values["effective_at"],
            }  # fmt: skip
            added.append((self.act.create(observations, row, kind="observation.received", patient=patient), row))
        return added

    def _adds_nothing(self, one: Arrival, known: Known) -> bool:
        """Whether another file only says less of the same practitioner or place than what is kept says."""
        row = (
            self.act.conn.execute(select(outside_parties).where(outside_parties.c.id == known.record)).mappings().one()
        )
        rest = self.act.conn.execute(select(identifiers.c.rest).where(identifiers.c.id == known.id)).scalar_one()
        kept, came = json.loads(rest or "{}"), json.loads(one.rest or "{}")
        return all(row[name] == value for name, value in one.values.items() if value is not None) and all(
            kept.get(name) == value for name, value in came.items() if value is not None
        )

    def _change(self, one: Arrival, known: Known, values: dict[str, object], patient: str | None) -> str:
        """Bring a record to what came now, unless somebody here has changed it meanwhile."""
        table = _TABLES[one.table]
        if known.revision is not None and self.revisions[known.record] != known.revision:
            return "kept_here"
        if table is attachments:
            return "conflict"  # bytes never change: documents here were read and signed with those
        kind = f"{KINDS[one.table]}.received"
        if table is patients:
            if known.digest is not None:
                arrival_people.require_same_person(self.act, known.record, values, f"Patient/{one.key.value}")
            revision = arrival_people.change(self.act, known.record, values, one.parts, one.identifiers)
        else:
            # An instant that nobody gave stays that of the first arrival.
            kept = (*_DATED.get(one.table, ()), *_DAYS.get(one.table, ()))
            undated = {name for name in kept if one.values.get(name) is None}
            changes = {name: value for name, value in values.items() if name not in undated}
            if table is observations:
                changes = {name: None for name in arrival_signs.VALUE if name not in changes} | changes
                self.signs.compare(self.signs.stood(known.record), changes)
            if table is documents:
                changes = self._with_content(one, changes)
            revision = self.act.change(table, known.record, changes, kind=kind)
            if table is documents:
                arrival_documents.index(self.act, known.record, changes, one.contents)
        if table is observations:
            self.signs.bring_up_to_date(known.record, patient, values, one.parts, self._add_parts)
        if one.table == "allergies":
            self.listed.add(str(patient))
        came = {"digest": one.digest, "rest": one.rest, "record_revision": revision, "received_at": self.act.at}
        self.act.change(identifiers, known.id, came, kind="identifier.changed")
        self.known.add(one.key, known.changed(one.digest, revision, _name(one, values)))
        if known.digest is None:
            self._note_business(one, known.record, known.record)
            return "new"
        return "changed"

    def _note(self, one: Arrival, record: str, patient: str | None) -> None:
        """Keep under which id the record is known elsewhere, and what else it is called."""
        about = {"record_kind": one.table, "record_id": record, "patient_id": patient, "received_at": self.act.at}
        key = one.key
        made = self.act.create(
            identifiers,
            {
                **about, "use": "resource", "kind": key.kind, "system": key.system, "value": key.value,
                "digest": one.digest, "rest": one.rest, "record_revision": 1,
            },
            kind="identifier.noted",
            patient=patient,
        )  # fmt: skip
        known = Known(made, one.table, record, one.digest, 1, _name(one, one.values), patient=patient)
        self.known.add(key, known)
        self.revisions.setdefault(record, 1)
        self._note_business(one, record, patient)

    def _note_business(self, one: Arrival, record: str, patient: str | None) -> None:
        """Keep the identifiers that people use, by which others may refer to the record."""
        about = {"record_kind": one.table, "record_id": record, "patient_id": patient, "received_at": self.act.at}
        for system, value in one.identifiers:
            values = {**about, "use": "business", "kind": one.key.kind, "system": system, "value": value}
            made = self.act.create(identifiers, values, kind="identifier.noted", patient=patient)
            known = Known(made, one.table, record, one.digest, None, _name(one, one.values))
            self.known.add(Key(one.key.kind, system, value, business=True), known)


# How a medicine is called and taken, as the safety check and whoever prescribes read it.
_WORDS = ("name", "dose", "dosage_text")
_TABLES: Mapping[str, Table] = {name: metadata.tables[name] for name in KINDS}
# Columns that must hold an instant: where nobody gave one, it is that of the arrival.
_DATED = {
    "encounters": ("started_at",),
    "problems": ("noted_at",),
    "allergies": ("noted_at",),
    "observations": ("effective_at",),
    "immunizations": ("recorded_at",),
    "documents": ("received_at",),
    "consents": ("recorded_at",),
    "covers": ("recorded_at",),
}
_DAYS = {"consents": ("valid_from",)}
# Links to other records that are no patient and no visit.
_POINTS = {
    "attachment_id": "attachments", "supersedes": "documents", "insurer_id": "insurers", "plan_id": "plans",
    "bill_id": "outside_bills",
}  # fmt: skip


def _name(one: Arrival, values: Mapping[str, object]) -> str | None:
    return str(values["name"]) if one.table == outside_parties.name else None
