"""Which record here stands under an id that another system gave."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, table, column

from clinic_desktop.store.tables import metadata

IN_ACT = ("look_up", "known_records")

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
}
UUID = "urn:uuid"


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
        self._by_key: dict[tuple[str, str, str, bool], Known] = {}
        self._by_value: dict[tuple[str, str, bool], Known] = {}

    def add(self, kind: str, system: str, value: str, business: object, known: Known | None = None) -> None:
        """Note a record; the business flag may be left out."""
        if isinstance(business, Known):
            business, known = False, business
        if known is not None:
            self._by_key[kind, system, value, bool(business)] = known
            self._by_value[system, value, bool(business)] = known

    def of(self, kind: str, system: str, value: str, business: bool = False) -> Known | None:
        """The record under a key; an empty kind is any."""
        if kind:
            return self._by_key.get((kind, system, value, business))
        return self._by_value.get((system, value, business))

    def all(self) -> Iterable[Known]:
        """Every record found."""
        return self._by_key.values()


def look_up(connection: Connection, keys: Sequence[tuple[Any, ...]]) -> KnownRecords:
    """Read all that is known of these keys: what came from elsewhere, and the clinic's own records."""
    found = KnownRecords()
    values = json.dumps(sorted({key[2] for key in keys}))
    rows = connection.exec_driver_sql(_FOUND, (values,)).all()
    parties = [row[6] for row in rows if row[5] == "outside_parties"]
    names = {row[0]: row[1] for row in connection.exec_driver_sql(_NAMES, (json.dumps(parties),))}
    for kind, system, value, use, record_id, record_kind, record, digest, revision, patient in rows:
        known = Known(record_id, record_kind, record, digest, revision, names.get(record), patient=patient)
        found.add(kind, system, value, use == "business", known)
    _own(connection, keys, found)
    return found


def known_records(connection: Connection, known: KnownRecords) -> dict[str, Mapping[str, Any]]:
    """The rows of the records found, by their ids: only their revisions."""
    wanted: dict[str, set[str]] = {}
    for each in known.all():
        if not each.own:
            wanted.setdefault(each.table, set()).add(each.record)
    rows: dict[str, Mapping[str, Any]] = {}
    for name, ids in wanted.items():
        statement = f"SELECT id, revision FROM {metadata.tables[name].name} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - a table's own name
        for record, revision in connection.exec_driver_sql(statement, (json.dumps(sorted(ids)),)):
            rows[record] = {"revision": revision}
    return rows


def _own(connection: Connection, keys: Sequence[tuple[Any, ...]], found: KnownRecords) -> None:
    """The clinic's own records among the keys: those are never taken for somebody else's."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    for key in keys:
        kind, system, value = key[:3]
        if system == UUID and not (len(key) > 3 and key[3]) and found.of(kind, system, value) is None:
            for name in OWN.get(kind, ()) if kind else ("patients", "encounters"):
                wanted.setdefault(name, []).append((kind, value))
    for name, pairs in wanted.items():
        rows = table(name, column("id"))
        values = select(column("value")).select_from(_json_each(json.dumps([value for _kind, value in pairs])))
        here = set(connection.execute(select(rows.c.id).where(rows.c.id.in_(values))).scalars())
        for kind, value in pairs:
            if value in here:
                found.add(kind, UUID, value, Known("", name, value, None, None, own=True))


def _json_each(text: str) -> Any:
    from sqlalchemy import func

    return func.json_each(text).table_valued("value")
