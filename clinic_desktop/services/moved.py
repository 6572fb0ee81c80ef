"""Every row that stands under a registration, as a merge and an un-merge show them: all kinds, with their counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.acts import Act
from clinic_desktop.store.connection import APPEND_ONLY
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.outside import identifiers

# Whose ids the records of connected systems bear here.
OF_SYSTEMS = "urn:x-clinic-desktop:system:"
IN_ACT = ("rows_under", "rows_since", "tables_of_people", "take_with_it", "kind_words")

# What each kind of row is called; a table that is not here is called by its own name.
WORDS = {
    "addenda": N_("Addenda"),
    "allergies": N_("Allergies"),
    "appointment_reminders": N_("Reminders"),
    "appointments": N_("Appointments"),
    "callbacks": N_("Call-backs"),
    "charges": N_("Charges"),
    "consents": N_("Consents"),
    "consultation_steps": N_("Steps of consultations"),
    "diagnostic_reports": N_("Reports"),
    "dispenses": N_("Medicines handed out"),
    "documents": N_("Documents"),
    "encounters": N_("Visits"),
    "identifiers": N_("Numbers from elsewhere"),
    "immunization_reactions": N_("Reactions to immunizations"),
    "immunizations": N_("Immunizations"),
    "invoice_lines": N_("Lines of invoices"),
    "invoices": N_("Invoices"),
    "lab_order_tests": N_("Laboratory tests"),
    "lab_orders": N_("Laboratory orders"),
    "lab_results": N_("Laboratory results"),
    "ledger": N_("Ledger"),
    "medicines_taken": N_("Medicines taken"),
    "notifications": N_("Notices and tasks"),
    "observations": N_("Observations"),
    "outside_records": N_("Plans and messages from elsewhere"),
    "outside_bill_lines": N_("Lines of bills from elsewhere"),
    "outside_bills": N_("Bills from elsewhere"),
    "outside_costs": N_("Costs elsewhere"),
    "patient_contacts": N_("Contacts"),
    "patient_names": N_("Other names"),
    "payments": N_("Payments"),
    "prescription_lines": N_("Lines of prescriptions"),
    "prescriptions": N_("Prescriptions"),
    "problems": N_("Problems"),
    "procedures": N_("Procedures"),
    "queue_entries": N_("Queue"),
    "refill_requests": N_("Refills asked for"),
    "relations": N_("Family"),
    "safety_alerts": N_("Safety alerts"),
    "specimens": N_("Specimens"),
    "vital_signs": N_("Vital signs"),
}
# What a person recognises a row by, the first that it has; and when it was.
NAMING = (
    "number", "title", "substance", "name", "test_code", "description", "preset", "step", "code", "kind", "text",
)  # fmt: skip
SAYING = ("value", "unit", "amount", "status", "state")
DATING = (
    "started_at", "taken_at", "ordered_at", "starts_at", "signed_at", "entered_at", "issued_at", "paid_at",
    "charged_at", "noted_at", "checked_in_at", "written_at", "collected_at", "dispensed_at", "raised_at", "posted_at",
    "told_at", "given_on", "started_on", "decided_at",
)  # fmt: skip


@dataclass(frozen=True)
class MovedRow:
    """One row: which kind, when, and what it is recognised by."""

    table: str
    id: str
    at: str
    words: str

    def __repr__(self) -> str:
        return f"MovedRow({self.table}, {self.id})"


@dataclass(frozen=True)
class MovedKind:
    """All rows of one kind."""

    table: str
    title: str
    count: int
    rows: tuple[MovedRow, ...]


@cache
def tables_of_people() -> tuple[Table, ...]:
    """Every table whose rows are about one patient."""
    return tuple(
        table
        for table in metadata.sorted_tables
        if "patient_id" in table.c and "id" in table.c and table.name != "different_people"
    )


def kind_words(table: str) -> str:
    """What the rows of a table are called."""
    return WORDS.get(table, table.replace("_", " ").capitalize())


def rows_under(connection: Connection, people: Iterable[str], *, closed: bool = False) -> tuple[MovedKind, ...]:
    """Every row that stands under these registrations, by kind, the oldest first; kinds with none are left out.

    Of a record that is `closed` to who asks there is only how many of each kind.
    """
    wanted = list(people)
    found: list[MovedKind] = []
    for table in tables_of_people():
        rows = connection.execute(select(table).where(table.c.patient_id.in_(wanted)).order_by(table.c.rowid_)).all()
        if rows:
            shown = tuple(_shown(table, row, closed=closed) for row in rows)
            found.append(MovedKind(table.name, kind_words(table.name), len(shown), shown))
    return tuple(sorted(found, key=lambda kind: kind.title))


def rows_since(
    connection: Connection, people: Iterable[str], seq: int, *, closed: bool = False
) -> tuple[MovedRow, ...]:
    """The rows under these registrations that were noted after an entry of the journal, the oldest first."""
    found: list[tuple[int, MovedRow]] = []
    for patient in people:
        made = connection.exec_driver_sql(
            "SELECT record, min(seq) FROM journal WHERE patient = ? AND revision = 1 AND seq > ? GROUP BY record",
            (patient, seq),
        ).all()
        at: dict[str, int] = {str(record): int(seq_) for record, seq_ in made}
        for table in tables_of_people():
            rows = connection.execute(select(table).where(table.c.patient_id == patient, table.c.id.in_(list(at))))
            found += [(at[row.id], _shown(table, row, closed=closed)) for row in rows]
    return tuple(row for _, row in sorted(found, key=lambda pair: pair[0]))


def take_with_it(act: Act, moved: MovedRow, to: str) -> int:
    """Put a row, and all that is a part of it, under another registration; returns how many rows.

    Raises Refusal for a part of a larger record, which goes with the whole, and for what nothing may change.
    """
    table = metadata.tables[moved.table]
    rows = list(_with_parts(act.conn, table, moved.id))
    if any(one.name in APPEND_ONLY for one, _ in rows):
        raise Refusal(
            N_("{what} has money in the ledger and stays where it is. Void or refund it, then make it anew."),
            field="rows", what=moved.words,
        )  # fmt: skip
    going = {record for _, record in rows}
    for one, record in rows:
        for column, whole in _wholes(one):
            part_of = act.conn.execute(select(one.c[column]).where(one.c.id == record)).scalar()
            if part_of is not None and part_of not in going and _owner(act.conn, whole, part_of) != to:
                raise Refusal(
                    N_("{what} belongs to something larger that stays. Take that, or leave this."),
                    field="rows", what=moved.words,
                )  # fmt: skip
    for one, record in rows:
        before = act.conn.execute(select(one.c.revision).where(one.c.id == record)).scalar_one()
        after = act.change(one, record, {"patient_id": to}, kind="patient.row_taken_back")
        _take_numbers_with_it(act, record, (before, after), to)
    return len(rows)


def _take_numbers_with_it(act: Act, record: str, revisions: tuple[int, int], to: str) -> None:
    """By its number elsewhere a record is corrected from there, also under the other registration.

    That it was taken back is no change of what it says: the system that brought it may say it anew. What a device
    brought is looked at by a person who has moved it.
    """
    before, after = revisions
    ours = select(identifiers).where(identifiers.c.record_id == record, identifiers.c.system.startswith(OF_SYSTEMS))
    for one in act.conn.execute(ours).all():
        changes: dict[str, object] = {"patient_id": to}
        if one.record_revision == before:
            changes["record_revision"] = after
        act.change(identifiers, one.id, changes, kind="patient.row_taken_back")


def _with_parts(connection: Connection, table: Table, record_id: str) -> Iterator[tuple[Table, str]]:
    """A row and every row that is a part of it, each once."""
    seen: set[tuple[str, str]] = set()
    waiting = [(table, record_id)]
    while waiting:
        one, record = waiting.pop()
        if (one.name, record) in seen:
            continue
        seen.add((one.name, record))
        yield one, record
        for part in tables_of_people():
            for column, whole in _wholes(part):
                if whole is one:
                    ids = connection.execute(select(part.c.id).where(part.c[column] == record)).scalars()
                    waiting += [(part, each) for each in ids]


@cache
def _wholes(table: Table) -> tuple[tuple[str, Table], ...]:
    return tuple(
        (column.name, key.column.table)
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table in tables_of_people()
    )


def _owner(connection: Connection, whole: Table, record: str) -> str | None:
    return connection.execute(select(whole.c.patient_id).where(whole.c.id == record)).scalar()


def _shown(table: Table, row: Row[Any], *, closed: bool) -> MovedRow:
    values = row._mapping
    if closed:
        return MovedRow(table.name, values["id"], "", _("restricted"))
    at = next((str(values[name]) for name in DATING if values.get(name)), "")
    name = next((str(values[one]) for one in NAMING if values.get(one)), "")
    said = [str(values[one]) for one in SAYING if one in values and values[one] not in {None, "", name}]
    return MovedRow(table.name, values["id"], at, " ".join(part for part in (name, *said) if part))
