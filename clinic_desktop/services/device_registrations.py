"""Registrations that other systems tell of (HL7 ADT): looked at by reception, and taken in only by a person's act.

A message may be a new person here, news of somebody registered, or the word that two numbers are one person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import merging, patients
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.device_filing import named
from clinic_desktop.services.device_others import note_numbers
from clinic_desktop.services.device_people import owners
from clinic_desktop.services.device_records import carried
from clinic_desktop.services.merging import Merged
from clinic_desktop.services.patient_parts import Contact
from clinic_desktop.services.patients import NewPatient, PatientDetails, Registered
from clinic_desktop.store.tables.devices import device_messages

IN_ACT = ("ends",)

# What a message may change of somebody registered; numbers are noted beside them in any case.
FIELDS = (
    "family_name", "given_names", "sex", "born_on", "phone", "other_phone", "email", "address", "city", "district",
    "postal_code", "country", "national_id", "language", "marital_status",
)  # fmt: skip


@dataclass(frozen=True)
class ToldRegistration:
    """One message about a registration; `known` and `ending` are the record numbers that its numbers belong to here.

    `ending` is of the number that ends in the other one where the message tells of a merge.
    """

    id: str
    device: str
    message_type: str
    received_at: str
    said_of: Named
    told: NewPatient
    known: tuple[str, ...]
    ending: tuple[str, ...]
    is_merge: bool

    def __repr__(self) -> str:
        return f"ToldRegistration({self.id})"


@query
def told_registrations(read: Read, limit: int = 200) -> tuple[ToldRegistration, ...]:
    """What other systems told of registrations and nobody has decided yet, oldest first."""
    waiting = select(device_messages).where(
        device_messages.c.state == "review", device_messages.c.subject == "registration"
    )
    rows = read.conn.execute(waiting.order_by(device_messages.c.rowid_).limit(limit)).all()
    return tuple(_told(read.conn, row) for row in rows)


def _told(conn: Connection, row: Row[Any]) -> ToldRegistration:
    said, ending = named(row.said_of), ends(row)
    return ToldRegistration(
        row.id, row.device, row.message_type, row.received_at, said, _person(row),
        _mrns(conn, said.numbers), _mrns(conn, ending), bool(ending),
    )  # fmt: skip


def _mrns(conn: Connection, numbers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(merging.mrn(conn, one) for one in owners(conn, numbers))


def _person(row: Row[Any]) -> NewPatient:
    """The first person of a message as a registration would say it."""
    values: Mapping[str, Any] = next((one.values for one in carried(row.carried) if one.table == "patients"), {})
    if not values:
        return NewPatient("", "", "unknown")
    contacts = tuple(Contact(**one) for one in values["contacts"])
    born = date.fromisoformat(values["born_on"]) if values["born_on"] else None
    return NewPatient(**{**values, "born_on": born, "contacts": contacts})


def ends(row: Row[Any]) -> tuple[tuple[str, str], ...]:
    """The numbers that the first merge of a message ends; a message of several merges is decided one by one by hand."""
    merged = [one.values["numbers"] for one in carried(row.carried) if one.table == "merges"]
    return tuple((str(giver), str(value)) for giver, value in merged[0]) if len(merged) == 1 else ()  # type: ignore[attr-defined]


@command
def register_told(act: Act, message_id: str, changed: NewPatient | None = None) -> Registered:
    """Register the person a message tells of, as it says or as somebody changed it. Raises Refusal naming the field."""
    row = _waiting(act.conn, message_id)
    known = owners(act.conn, named(row.said_of).numbers)
    if known:
        raise Refusal(N_("Somebody here bears this number already: look at that registration first."), field="patient")
    made = patients.register_patient.inside(act, changed or _person(row))
    _decided(act, row, made.patient_id)
    return made


@command
def take_over_told(
    act: Act, message_id: str, patient_id: str, fields: Sequence[str], *, expect: int, reason: str = ""
) -> int:
    """Change somebody registered in the fields that were chosen to what a message says; returns the new revision.

    No field is changed that was not chosen. Raises Refusal naming the field, also where it would be another person.
    """
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise Refusal(N_("This is not a part of a registration that a message changes."), field=min(unknown))
    row = _waiting(act.conn, message_id)
    before: PatientDetails = patients.details_within(act, patient_id)
    told = _person(row)
    values = {name: getattr(told, name) for name in fields}
    if "born_on" in values:
        values["born_precision"] = told.born_precision
    after = patients.change_patient.inside(act, before.patient_id, replace(before.patient, **values), expect, reason)
    _decided(act, row, before.patient_id)
    return after


@command
def merge_told(
    act: Act,
    message_id: str,
    *,
    chosen: Mapping[str, str],
    reason: str,
    expect_kept: int | None = None,
    expect_other: int | None = None,
) -> Merged:
    """Merge the two registrations that a message says are one person's, as a merge by hand: it can be undone whole."""
    row = _waiting(act.conn, message_id)
    kept, other = owners(act.conn, named(row.said_of).numbers), owners(act.conn, ends(row))
    if len(kept) != 1 or len(other) != 1:
        raise Refusal(N_("Each of the two numbers must belong to exactly one patient here."), field="patient")
    done = merging.merge.inside(
        act, kept[0], other[0], chosen=chosen, reason=reason, expect_kept=expect_kept, expect_other=expect_other
    )
    _decided(act, row, kept[0])
    return done


def _waiting(conn: Connection, message_id: str) -> Row[Any]:
    row = conn.execute(select(device_messages).where(device_messages.c.id == message_id)).one_or_none()
    if row is None or row.subject != "registration":
        raise Refusal(N_("There is no registration told with the id “{id}”."), field="id", id=message_id)
    if row.state != "review":
        raise Refusal(N_("This was decided meanwhile."))
    return row


def _decided(act: Act, row: Row[Any], patient: str) -> None:
    note_numbers(act, named(row.said_of).numbers, patient)
    decided: dict[str, object] = {"state": "filed", "decided_at": act.at, "decided_by": act.session.staff_id}
    decided |= {"filed_kind": "patients", "filed_id": patient}
    act.change(device_messages, row.id, decided, kind="device_message.filed", expect=row.revision)
