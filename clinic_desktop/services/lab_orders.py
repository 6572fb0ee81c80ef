"""A patient's laboratory orders, by their numbers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clinic_desktop.clock import from_text
from clinic_desktop.services.acts import Read, query
from clinic_desktop.store.tables.laboratory import lab_orders


@dataclass(frozen=True)
class PlacedOrderRow:
    """One order in a list."""

    id: str
    patient_id: str
    number: str
    ordered_at: datetime
    status: str


@query(access="chart")
def orders_of(read: Read, patient_id: str) -> tuple[PlacedOrderRow, ...]:
    """The patient's laboratory orders, newest first."""
    rows = read.conn.execute(
        select(lab_orders)
        .where(lab_orders.c.patient_id == patient_id)
        .order_by(lab_orders.c.ordered_at.desc(), lab_orders.c.rowid_.desc())
    )
    return tuple(
        PlacedOrderRow(row.id, row.patient_id, row.number, from_text(row.ordered_at), row.status) for row in rows
    )
