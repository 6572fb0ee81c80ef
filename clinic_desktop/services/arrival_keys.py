"""Which record here stands under an id that another system gave."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, Select, Text, column, func, select

from clinic_desktop.store.prepared import run
from clinic_desktop.store.tables import metadata

IN_ACT = ("look_up", "revisions")

_FOUND = (
    "SELECT kind, system, value, use, id, record_kind, record_id, digest, record_revision, patient_id FROM identifiers"
    " WHERE value IN (SELECT value FROM json_each(?))"
)
_NAMES = "SELECT id, name FROM outside_parties WHERE id IN (SELECT value FROM json_each(?))"
# A record of this clinic that comes back in a file is known by its own id: under which tables it may stand.
OWN: Mapping[str, tuple[str, ...]] = {
    "Patient": ("patients",),
    "Encounter": ("encounters",),
    "Condition": ("problems",),
    "AllergyIntolerance": ("allergies",),
    "MedicationRequest": ("prescription_lines", "medicines_taken"),
    "MedicationStatement": ("medicines_taken",),
    "Observation": ("vital_signs", "lab_results", "observations"),
    "Immunization": ("immunizations",),
    "Procedure": ("procedures",),
    "DiagnosticReport": ("lab_orders", "diagnostic_reports"),
    "Practitioner": ("staff",),
    "Organization": ("outside_parties",),
    "Location": ("outside_parties",),
    "Medication": ("outside_parties",),
    "Binary": ("attachments",),
    "DocumentReference": ("documents",),
    "Consent": ("consents",),
    "Coverage": ("covers", "outside_records"),
    "Appointment": ("appointments", "outside_records"),
    "ServiceRequest": ("lab_order_tests", "outside_records"),
    "Communication": ("notifications", "outside_records"),
    "Task": ("refill_requests", "outside_records"),
}
UUID = "urn:uuid"


class Key(NamedTuple):
    """Where a record is found elsewhere: its kind, the system that gave the id, and the id.

    A business key is an identifier that people use (a licence, an insurance number); an empty kind is any kind.
    """

    kind: str
    system: str
    value: str
    business: bool = False


@dataclass(frozen=True)
class Known:
    """A record that is here: its identifier's row, its table and id, and what came of it last."""

    id: str
    table: str
    record: str
    digest: str | None
    revision: int | None
    name: str | None = None
    own: bool = False
    patient: str | None = None

    def changed(self, digest: str, revision: int, name: str | None) -> "Known":
        """The same after a change."""
        return dataclasses.replace(self, digest=digest, revision=revision, name=name)


class KnownRecords:
    """What is known of some keys."""

    def __init__(self) -> None:
        self._by_key: dict[Key, Known] = {}
        self._by_value: dict[tuple[str, str, bool], Known] = {}

    def add(self, key: Key, known: Known) -> None:
        """Note the record under a key."""
        self._by_key[key] = known
        self._by_value[key.system, key.value, key.business] = known

    def of(self, key: Key) -> Known | None:
        """The record under a key; an empty kind is any."""
        if key.kind:
            return self._by_key.get(key)
        return self._by_value.get((key.system, key.value, key.business))

    def all(self) -> Iterable[Known]:
        """Every record found."""
        return self._by_key.values()


def look_up(connection: Connection, keys: Iterable[Key]) -> KnownRecords:
    """Read all that is known of these keys: what came from elsewhere, and the clinic's own records."""
    found = KnownRecords()
    wanted = list(keys)
    values = json.dumps(sorted({key.value for key in wanted}))
    rows = run(connection, _FOUND, (values,)).fetchall()
    parties = [row[6] for row in rows if row[5] == "outside_parties"]
    names = dict(run(connection, _NAMES, (json.dumps(parties),))) if parties else {}
    for kind, system, value, use, record_id, record_kind, record, digest, revision, patient in rows:
        known = Known(record_id, record_kind, record, digest, revision, names.get(record), patient=patient)
        found.add(Key(kind, system, value, business=use == "business"), known)
    _own(connection, wanted, found)
    return found


def revisions(connection: Connection, known: KnownRecords) -> dict[str, int]:
    """The revisions of the records found, by their ids."""
    wanted: dict[str, set[str]] = {}
    for each in known.all():
        if not each.own:
            wanted.setdefault(each.table, set()).add(each.record)
    found: dict[str, int] = {}
    for name, ids in wanted.items():
        asked = f"SELECT id, revision FROM {metadata.tables[name].name} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - a name of our tables
        found.update(run(connection, asked, (json.dumps(sorted(ids)),)))
    return found


def _own(connection: Connection, keys: Iterable[Key], found: KnownRecords) -> None:
    """The clinic's own records among the keys: those are never taken for somebody else's."""
    wanted: dict[str, list[Key]] = {}
    for key in keys:
        if key.system == UUID and not key.business and found.of(key) is None:
            for name in OWN.get(key.kind, ()) if key.kind else ("patients", "encounters"):
                wanted.setdefault(name, []).append(key)
    for name, asked in wanted.items():
        rows = metadata.tables[name]
        here = connection.execute(select(rows.c.id).where(rows.c.id.in_(_values(key.value for key in asked))))
        own = set(here.scalars())
        for key in asked:
            if key.value in own:
                found.add(key, Known("", name, key.value, None, None, own=True))


def _values(ids: Iterable[str]) -> Select[tuple[str]]:
    """Ids as a selection, however many there are."""
    return select(func.json_each(json.dumps(sorted(ids))).table_valued(column("value", Text)).c.value)
