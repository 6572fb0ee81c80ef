"""What one prescriber has signed over some days: the rows behind the number on a doctor's dashboard."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from clinic_desktop.clock import from_text, local_midnight, to_text
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_of
from clinic_desktop.services.patients import shown_name
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.prescribing import prescription_lines, prescriptions

MOST = 1000


@dataclass(frozen=True)
class Prescribed:
    """One prescription: whose, when, how many medicines, and how far the pharmacy is with it."""

    prescription_id: str
    patient_id: str
    patient: str
    mrn: str
    number: str
    signed_at: datetime
    lines: int
    status: str

    def __repr__(self) -> str:
        return f"Prescribed({self.prescription_id})"


@query
def prescribed_by_me(read: Read, first: date, last: date) -> tuple[Prescribed, ...]:
    """Signed by this person on these days of the clinic's own and not cancelled, the latest first."""
    begins, ends = to_text(local_midnight(first)), to_text(local_midnight(last + timedelta(days=1)))
    counted = (
        select(func.count())
        .where(prescription_lines.c.prescription_id == prescriptions.c.id)
        .correlate(prescriptions)
        .scalar_subquery()
    )
    rows = read.conn.execute(
        select(prescriptions, patients, counted.label("lines"))
        .join_from(prescriptions, patients, patients.c.id == kept_of(prescriptions.c.patient_id))
        .where(
            prescriptions.c.prescriber_id == read.session.staff_id,
            prescriptions.c.status != "cancelled",
            prescriptions.c.signed_at >= begins,
            prescriptions.c.signed_at < ends,
        )
        .order_by(prescriptions.c.signed_at.desc(), prescriptions.c.rowid_.desc())
        .limit(MOST)
    )
    return tuple(
        Prescribed(
            row._mapping[prescriptions.c.id], row._mapping[patients.c.id],
            shown_name(row.family_name, row.given_names), row.mrn, row.number, from_text(row.signed_at), row.lines,
            row.status,
        )
        for row in rows
    )  # fmt: skip
