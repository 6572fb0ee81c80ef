"""The statement of a patient's account, read from the ledger alone. Part of billing."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Row, case, func, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import billing
from clinic_desktop.domain import statements as rules
from clinic_desktop.domain.statements import Account, Movement
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.billing import invoices, ledger, payments


@dataclass(frozen=True)
class Statement:
    """The accounts of a patient, one for each currency; `insurers` is what insurers still owe, by currency."""

    first: date | None
    last: date
    accounts: tuple[Account, ...]
    insurers: tuple[tuple[str, int], ...] = ()


@query(access="bill")
def statement(read: Read, patient_id: str, first: date | None, last: date) -> Statement:
    """What a patient owed, was charged and paid, from one day to another; from the beginning where there is no first.

    Days are those of the workstation. What insurers owe is no part of the balance.
    """
    owners = ids_of(read.conn, patient_id)
    issued = {
        row.id: _day(row.issued_at)
        for row in read.conn.execute(
            select(invoices.c.id, invoices.c.issued_at).where(
                invoices.c.id.in_(select(ledger.c.invoice_id).where(ledger.c.patient_id.in_(owners)))
            )
        )
    }
    rows = _movements(read.conn, owners)
    # An invoice that insurers pay whole moves nothing of the patient's, and stands on the statement all the same.
    moved = [_movement(row) for row in rows if row.patient or row.kind in {"invoice", "void"}]
    owed: dict[str, int] = {}
    for row in rows:
        if row.insurer and _day(row.posted_at) <= last:
            owed[row.currency] = owed.get(row.currency, 0) + row.insurer
    insurers = tuple((currency, amount) for currency, amount in sorted(owed.items()) if amount)
    return Statement(first, last, rules.accounts(moved, issued, first, last), insurers)


def _movements(connection: Connection, owners: tuple[str, ...]) -> list[Row[tuple[object, ...]]]:
    """Each movement of these registrations' ledger, in order, with what it moved of the patient's and the insurers'."""

    def moved(account: str) -> ColumnElement[int]:
        return func.sum(case((ledger.c.account == account, ledger.c.amount), else_=0)).label(account.split(".")[1])

    return list(
        connection.execute(
            select(
                ledger.c.movement,
                func.min(ledger.c.kind).label("kind"),
                func.min(ledger.c.posted_at).label("posted_at"),
                func.min(ledger.c.currency).label("currency"),
                func.min(ledger.c.invoice_id).label("invoice_id"),
                func.min(invoices.c.number).label("invoice"),
                func.min(invoices.c.insurer).label("by"),
                func.min(payments.c.number).label("payment"),
                func.min(payments.c.method).label("method"),
                moved(billing.PATIENT),
                moved(billing.INSURER),
            )
            .select_from(ledger)
            .join(invoices, invoices.c.id == ledger.c.invoice_id)
            .outerjoin(payments, payments.c.id == ledger.c.payment_id)
            .where(ledger.c.patient_id.in_(owners))
            .group_by(ledger.c.movement)
            .order_by(func.min(ledger.c.posted_at), func.min(ledger.c.rowid_))
        )
    )


def _movement(row: Row[tuple[object, ...]]) -> Movement:
    if row.payment is not None:
        number, detail = row.payment, row.method
    else:
        number, detail = row.invoice, row.by or ""
    return Movement(
        _day(row.posted_at), row.kind, str(number), str(detail), int(row.patient), row.currency, str(row.invoice_id)
    )


def _day(stored: str) -> date:
    return from_text(stored).astimezone().date()
