"""Where a scanned code or number leads: the patient, specimen, prescription, bill or lot that bears it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from clinic_desktop.domain.cards import CardCode
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_id
from clinic_desktop.services.roles import CASHIER, LABORATORY, PHARMACIST
from clinic_desktop.store.tables.billing import invoices, payments
from clinic_desktop.store.tables.laboratory import lab_orders, specimens
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.pharmacy import dispenses, stock_lots
from clinic_desktop.store.tables.prescribing import prescription_lines, prescriptions

PATIENT = "patient"  # the page on which this role works with a patient


@dataclass(frozen=True)
class Place:
    """A page to open, by its name and what it is opened with; `PATIENT` is the role's own page of a patient."""

    screen: str
    arguments: tuple[tuple[str, str], ...] = ()


@query
def place_of_code(read: Read, code: CardCode) -> Place | None:
    """Where a code of our own leads; None where nothing here bears it."""
    if code.kind in {"patient", "specimen", "receipt"}:
        return _of_number(read, code.value)
    if code.kind == "lot":
        return _of_lot(read.conn, code.value)
    return _of_dispensing(read, code.value)


@query
def place_of_number(read: Read, number: str) -> Place | None:
    """Where a plain number leads: a record number, a specimen, an order, a prescription, a bill, a national id."""
    return _of_number(read, number.strip())


def _of_number(read: Read, number: str) -> Place | None:
    wanted, connection, role = number.upper(), read.conn, read.session.role
    if patient := _by_mrn(connection, number):
        return _patient(connection, patient)
    if row := _row(connection, specimens, wanted):
        return _laboratory(connection, role, str(row.patient_id), str(row.order_id))
    if row := _row(connection, lab_orders, wanted):
        return _laboratory(connection, role, str(row.patient_id), str(row.id))
    if row := _row(connection, prescriptions, wanted):
        return _prescription(connection, role, str(row.patient_id), str(row.id))
    if row := _row(connection, invoices, wanted):
        return _bill(connection, role, str(row.patient_id), str(row.id))
    if row := _row(connection, payments, wanted):
        return _bill(connection, role, str(row.patient_id), str(row.invoice_id))
    same = connection.execute(select(patients.c.id).where(patients.c.national_id == number).limit(20)).scalars().all()
    # More than one person with a number is no answer.
    people = {kept_id(connection, one) for one in same}
    return _patient(connection, people.pop()) if len(people) == 1 else None


def _by_mrn(connection: Connection, number: str) -> str | None:
    """The patient with a record number. Codes are written in capitals; a number that was imported may not be."""
    spellings = (number, number.upper(), number.lower())
    found = connection.execute(select(patients.c.id).where(patients.c.mrn.in_(spellings))).scalars().all()
    if not found:
        asked = select(patients.c.id).where(func.upper(patients.c.mrn) == number.upper()).limit(2)
        found = connection.execute(asked).scalars().all()
    return found[0] if len(found) == 1 else None


def _of_lot(connection: Connection, lot_id: str) -> Place | None:
    row = connection.execute(select(stock_lots.c.product_id).where(stock_lots.c.id == lot_id)).one_or_none()
    return None if row is None else Place("stock", (("product_id", row.product_id), ("lot_id", lot_id)))


def _of_dispensing(read: Read, of: str) -> Place | None:
    """The prescription of a label: it names what was handed out, a line, or the prescription itself."""
    role, connection = read.session.role, read.conn
    for table, column in (
        (dispenses, "prescription_id"),
        (prescription_lines, "prescription_id"),
        (prescriptions, "id"),
    ):
        row = connection.execute(
            select(table.c[column].label("prescription"), table.c.patient_id).where(table.c.id == of)
        ).one_or_none()
        if row is not None:
            return _prescription(connection, role, str(row.patient_id), str(row.prescription))
    return None


def _row(connection: Connection, table: Table, number: str) -> Row[Any] | None:
    return connection.execute(select(table).where(table.c.number == number)).one_or_none()


def _patient(connection: Connection, patient_id: str) -> Place:
    return Place(PATIENT, (("patient_id", kept_id(connection, patient_id)),))


def _laboratory(connection: Connection, role: str, patient_id: str, order_id: str) -> Place:
    return Place("laboratory", (("order_id", order_id),)) if role == LABORATORY else _patient(connection, patient_id)


def _prescription(connection: Connection, role: str, patient_id: str, prescription_id: str) -> Place:
    if role != PHARMACIST:
        return _patient(connection, patient_id)
    return Place("pharmacy", (("patient_id", kept_id(connection, patient_id)), ("prescription_id", prescription_id)))


def _bill(connection: Connection, role: str, patient_id: str, invoice_id: str) -> Place:
    return Place("billing", (("invoice_id", invoice_id),)) if role == CASHIER else _patient(connection, patient_id)
