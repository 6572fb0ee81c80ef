"""Whom to call about a patient: written with the registration, read over all of a person's registrations."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from clinic_desktop.services.acts import Act
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.patients import patient_contacts

IN_ACT = ("add_contacts", "change_contacts", "contacts_of")


@dataclass(frozen=True)
class Contact:
    """Somebody to call about a patient."""

    name: str
    relation: str
    phone: str | None = None

    def __repr__(self) -> str:
        return "Contact()"


def add_contacts(act: Act, patient_id: str, contacts: Sequence[Contact]) -> None:
    """Write whom to call, in the order given."""
    for position, contact in enumerate(contacts):
        values = {"patient_id": patient_id, "position": position, **asdict(contact)}
        act.create(patient_contacts, values, kind="patient.contact_added")


def change_contacts(act: Act, patient_id: str, contacts: Sequence[Contact]) -> None:
    """Nothing is erased: a contact that goes is kept at position -1, out of sight."""
    rows = act.conn.execute(
        select(patient_contacts.c.id)
        .where(patient_contacts.c.patient_id.in_(ids_of(act.conn, patient_id)), patient_contacts.c.position >= 0)
        .order_by(patient_contacts.c.position, patient_contacts.c.rowid_)
    )
    known = list(rows.scalars())
    for position, (record, contact) in enumerate(zip(known, contacts, strict=False)):
        act.change(patient_contacts, record, {**asdict(contact), "position": position}, kind="patient.contact_changed")
    for record in known[len(contacts) :]:
        act.change(patient_contacts, record, {"position": -1}, kind="patient.contact_removed")
    for position, contact in enumerate(contacts[len(known) :], start=len(known)):
        values = {"patient_id": patient_id, "position": position, **asdict(contact)}
        act.create(patient_contacts, values, kind="patient.contact_added")


def contacts_of(connection: Connection, patient_id: str) -> tuple[Contact, ...]:
    """Whom to call, in order."""
    rows = connection.execute(
        select(patient_contacts.c.name, patient_contacts.c.relation, patient_contacts.c.phone)
        .where(patient_contacts.c.patient_id.in_(ids_of(connection, patient_id)), patient_contacts.c.position >= 0)
        .order_by(patient_contacts.c.position, patient_contacts.c.rowid_)
    )
    return tuple(Contact(*row) for row in rows)
