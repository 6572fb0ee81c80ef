"""From what the clinic knows to the labels that name a patient, a lot or a place in the queue."""

from datetime import date, datetime

from clinic_desktop.reports import labels
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.labels import PatientLabel, QueueTicket, ShelfLabel
from clinic_desktop.reports.printed import head_of, identity_of, today
from clinic_desktop.services.acts import Desk


def patient_card(desk: Desk, patient_id: str) -> LabelSheets:
    """A card for the patient's purse."""
    return labels.patient_card(_patient(desk, patient_id))


def wristband(desk: Desk, patient_id: str) -> LabelSheets:
    """A band for the patient's wrist."""
    return labels.wristband(_patient(desk, patient_id))


def label_sheet(desk: Desk, patient_id: str) -> LabelSheets:
    """A sheet of A4 with small labels of the patient."""
    return labels.label_sheet(_patient(desk, patient_id))


def shelf_label(desk: Desk, product: str, lot: str, expires_on: date, lot_id: str) -> LabelSheets:
    """A label for what was received."""
    return labels.shelf_label(ShelfLabel(product, lot, expires_on, lot_id, today(desk)))


def queue_ticket(desk: Desk, ticket: int, checked_in_at: datetime, roll_mm: int) -> LabelSheets:
    """A ticket for somebody who waits."""
    return labels.queue_ticket(QueueTicket(head_of(desk).name, ticket, checked_in_at.astimezone()), roll_mm)


def _patient(desk: Desk, patient_id: str) -> PatientLabel:
    who = identity_of(desk, patient_id)
    return PatientLabel(head_of(desk).name, who.name(), who.mrn, who.sex, who.born_on, who.born_estimated)
