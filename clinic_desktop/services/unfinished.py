"""What this person began and did not finish: each draft with the patient it is about and where it is continued."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from clinic_desktop.clock import from_text
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_id
from clinic_desktop.services.patients import shown_name
from clinic_desktop.store import drafts
from clinic_desktop.store.tables.billing import invoices
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.insurance import claims, covers
from clinic_desktop.store.tables.laboratory import lab_orders
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.prescribing import prescriptions

# What the subject of a screen's drafts is, where it is not a patient: its table, and the argument that opens it.
SUBJECTS = {
    "consultation": (encounters, "encounter_id"),
    "laboratory": (lab_orders, "order_id"),
    "pharmacy": (prescriptions, "prescription_id"),
    "billing": (invoices, "invoice_id"),
    "documents": (documents, "document_id"),
    "insurance": (covers, "cover_id"),
    "claims": (claims, "claim_id"),
}
SHOWN = 8


@dataclass(frozen=True)
class Unfinished:
    """One piece of unfinished work; `screen` and `arguments` continue it; `about` is the patient, if there is one."""

    screen: str
    about: str
    updated_at: datetime
    arguments: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"Unfinished({self.screen})"


@query
def unfinished_work(read: Read) -> tuple[Unfinished, ...]:
    """This person's unfinished work, the newest first; several drafts of one thing are one piece of work."""
    found: dict[tuple[str, str], Unfinished] = {}
    for key, updated_at in drafts.all_kept(read.conn, read.session.staff_id):
        screen = key.form.split(".")[0]
        if (screen, key.subject) not in found:
            about, arguments = _about(read.conn, screen, key.subject)
            if arguments or not key.subject:
                found[screen, key.subject] = Unfinished(screen, about, from_text(updated_at), arguments)
    return tuple(found.values())[:SHOWN]


def _about(connection: Connection, screen: str, subject: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if not subject:
        return "", ()
    arguments: tuple[tuple[str, str], ...] = (("patient_id", subject),)
    if screen in SUBJECTS:
        table, name = SUBJECTS[screen]
        patient = connection.execute(select(table.c.patient_id).where(table.c.id == subject)).scalar_one_or_none()
        if patient is not None:
            arguments = (("patient_id", patient), (name, subject))
    # Continued under the registration that is kept now; a draft of the merged one is found from there.
    (name, patient), *rest = arguments
    kept = kept_id(connection, patient)
    row = connection.execute(
        select(patients.c.family_name, patients.c.given_names).where(patients.c.id == kept)
    ).one_or_none()
    return ("", ()) if row is None else (shown_name(row.family_name, row.given_names), ((name, kept), *rest))
