"""Medicines of a prescription end with it, and what it went on from is taken again; inside an act."""

from sqlalchemy import Row, select

from clinic_desktop.services.acts import Act
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.prescription_lines import PRESCRIBED_AGAIN
from clinic_desktop.store.tables import prescribing as tables
from clinic_desktop.store.tables.chart import medicines_taken

IN_ACT = ("stop_medicines",)


def stop_medicines(act: Act, prescription_id: str, reason: str, line_ids: frozenset[str] | None = None) -> None:
    """End the medicines that a prescription (or some of its lines) put on the patient's list.

    What such a line went on from is taken again: the patient has it at home, and the next check must know of it.
    """
    lines = select(tables.prescription_lines.c.id).where(tables.prescription_lines.c.prescription_id == prescription_id)
    rows = act.conn.execute(
        select(medicines_taken).where(
            medicines_taken.c.prescription_line_id.in_(lines), medicines_taken.c.status == "active"
        )
    ).all()
    for row in rows:
        if line_ids is None or row.prescription_line_id in line_ids:
            changes = {"status": "stopped", "stopped_reason": reason.strip()}
            act.change(medicines_taken, row.id, changes, kind="medicine.stopped", reason=reason.strip())
            _take_up_again(act, row, reason)


def _take_up_again(act: Act, stopped: Row[tuple[object, ...]], reason: str) -> None:
    table, lines, whole = medicines_taken, tables.prescription_lines, tables.prescriptions
    before = act.conn.execute(
        select(table.c.id)
        .join(lines, lines.c.id == table.c.prescription_line_id)
        .join(whole, whole.c.id == lines.c.prescription_id)
        .where(
            table.c.patient_id.in_(ids_of(act.conn, stopped.patient_id)),
            table.c.medicine_code == stopped.medicine_code,
            table.c.status == "completed",
            table.c.stopped_reason == PRESCRIBED_AGAIN,
            table.c.rowid_ < stopped.rowid_,
            whole.c.status.not_in(("cancelled", "rejected")),
        )
        .order_by(table.c.rowid_.desc())
        .limit(1)
    ).scalar_one_or_none()
    if before is not None:
        changes = {"status": "active", "stopped_reason": None}
        act.change(table, before, changes, kind="medicine.resumed", reason=reason.strip())
