"""What hangs on a registration: a patient's other names, and whom to call."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from clinic_desktop.services.acts import Act
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.prepared import Prepared, among, as_list
from clinic_desktop.store.tables.patients import patient_contacts, patient_names, patients

IN_ACT = ("add_names", "add_contacts", "change_contacts", "contacts_of", "other_names_of")


@dataclass(frozen=True)
class OtherName:
    """A name a patient also bears or bore: former, maiden, alias, or in its native script."""

    kind: str
    family_name: str
    given_names: str

    def __repr__(self) -> str:
        return f"OtherName({self.kind})"


@dataclass(frozen=True)
class Contact:
    """Somebody to call about a patient."""

    name: str
    relation: str
    phone: str | None = None

    def __repr__(self) -> str:
        return "Contact()"


def add_names(act: Act, patient_id: str, names: Sequence[OtherName]) -> None:
    """Note further names of a patient."""
    for name in names:
        act.create(patient_names, {"patient_id": patient_id, **asdict(name)}, kind="patient.name_added")


def add_contacts(act: Act, patient_id: str, contacts: Sequence[Contact]) -> None:
    """Note whom to call about a patient."""
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


def other_names_of(connection: Connection, patient_id: str) -> list[OtherName]:
    """The other names of a patient, and the present ones of registrations that were merged into theirs."""
    everyone = ids_of(connection, patient_id)
    rows = [tuple(row.values()) for row in _OTHER_NAMES.rows(connection, ids=as_list(everyone))]
    if len(everyone) > 1:
        borne = _BORNE.rows(connection, ids=as_list(everyone))
        names = {row["id"]: (row["family_name"], row["given_names"]) for row in borne}
        kept, *merged = everyone
        rows += [("alias", *names[one]) for one in merged if names[one] != names[kept]]
    return [OtherName(*row) for row in dict.fromkeys(rows)]


# Composed once: they are asked at every change of a registration, here or elsewhere.
_OTHER_NAMES = Prepared(
    lambda: (
        select(patient_names.c.kind, patient_names.c.family_name, patient_names.c.given_names)
        .where(patient_names.c.patient_id.in_(among("ids")))
        .order_by(patient_names.c.rowid_)
    )
)
_BORNE = Prepared(
    lambda: select(patients.c.id, patients.c.family_name, patients.c.given_names).where(patients.c.id.in_(among("ids")))
)
