"""What paired devices are shown: a patient by an exact number, the queue, and whom the call screen calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, CompoundSelect, Connection, Select, bindparam, func, or_, select, union_all

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain.queue import HERE, in_line, in_order, minutes_waiting
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_of
from clinic_desktop.services.patients import shown_name
from clinic_desktop.store.engine import Store
from clinic_desktop.store.prepared import Prepared, among, as_list
from clinic_desktop.store.tables.devices import device_messages
from clinic_desktop.store.tables.journal import settings
from clinic_desktop.store.tables.outside import identifiers
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.scheduling import appointments, queue_entries
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("has_unfiled",)

# What the public call screen shows of a person beside the ticket: nothing, unless the clinic chose otherwise.
SHOWS = ("ticket", "initials", "name")
SHOWN_FOR = timedelta(minutes=30)
CALLED = 12
NEXT_SHOWN = 6


@dataclass(frozen=True)
class PersonShown:
    """As much as a device has to show, so that the person in front of it can say that it is them."""

    patient_id: str
    mrn: str
    name: str
    born_on: str | None
    sex: str

    def __repr__(self) -> str:
        return f"PersonShown({self.patient_id})"


@dataclass(frozen=True)
class Called:
    """One person who is called: the ticket, what the clinic lets be shown of the name, and to whom."""

    ticket: int
    shown: str
    to: str
    called_at: str

    def __repr__(self) -> str:
        return f"Called({self.ticket})"


class Waits(NamedTuple):
    """One person who is here, as a board of the staff shows it; no dataclass, for fifty are made at every change."""

    ticket: int
    mrn: str
    patient: str
    priority: str
    status: str
    minutes: int
    practitioner: str | None
    checked_in_at: datetime
    called_at: datetime | None
    patient_id: str

    def __repr__(self) -> str:
        return f"Waits({self.ticket})"


@dataclass(frozen=True)
class Board:
    """What hangs in the waiting room: who is called, the last first, and the tickets that are next in their order."""

    calls: tuple[Called, ...] = ()
    rooms: tuple[str, ...] = ()  # of each call, where its appointment has one
    following: tuple[int, ...] = ()


@query(access="banner", once=True, of=lambda found: (found.patient_id,))
def person_by_number(read: Read, number: str) -> PersonShown:
    """The person who bears exactly this number. Raises Refusal where nobody or more than one does."""
    found = _NUMBERED.rows(read.conn, number=number.strip()) if number.strip() else []
    if len({row["id"] for row in found}) != 1:
        raise Refusal(N_("Nobody here has this number, or more than one person has."), field="number")
    row = found[0]
    name = shown_name(row["family_name"], row["given_names"])
    return PersonShown(row["id"], row["mrn"], name, row["born_on"], row["sex"])


@query
def waiting(read: Read, known: Mapping[str, tuple[str, str]] | None = None) -> tuple[Waits, ...]:
    """Everybody who is here, as a board shows it, in the order of `queue.waiting_list`.

    Whoever asks at every change may hand in the number and name of those it `known`: they lie all over a large clinic,
    and nothing else of the list does. It must have seen that no registration moved since.
    """
    rows = _HERE.tuples(read.conn)
    names = dict(known or {})
    if strangers := {row[0] for row in rows} - names.keys():
        found = _NAMES.tuples(read.conn, ids=as_list(strangers))
        names |= {one: (mrn, shown_name(family, given)) for one, mrn, family, given in found}
    return in_line(_waits(read.now, row[0], *names[row[0]], *row[1:]) for row in rows)


@query
def called(read: Read) -> tuple[Called, ...]:
    """Who is called now, the last called first; of the name what the clinic lets be shown, by default nothing."""
    return tuple(call for call, _room in _calls(read.conn, read.now))


def board(store: Store) -> Board:
    """What anybody in the waiting room may see by the clinic's choice, also while a person's own screen is locked.

    The order is that in which they are seen.
    """
    with store.read() as connection:
        found = _calls(connection, store.clock.now())
        columns = queue_entries.c
        waiting = connection.execute(
            select(columns.ticket, columns.priority, columns.checked_in_at).where(columns.status == "waiting")
        ).all()
    ordered = in_order(_Ticket(row.ticket, row.priority, from_text(row.checked_in_at)) for row in waiting)
    return Board(
        tuple(call for call, _room in found), tuple(room for _call, room in found),
        tuple(one.ticket for one in ordered[:NEXT_SHOWN]),
    )  # fmt: skip


@dataclass(frozen=True)
class _Ticket:
    ticket: int
    priority: str
    checked_in_at: datetime


def _numbered() -> CompoundSelect[Any]:
    """The registrations, as they are kept now, that bear a number of this clinic or of elsewhere."""
    number: BindParameter[str] = bindparam("number")
    came = patients.alias()
    kept = patients.c
    people = select(kept.id, kept.mrn, kept.family_name, kept.given_names, kept.born_on, kept.sex).join_from(
        came, patients, kept.id == func.coalesce(came.c.merged_into, came.c.id)
    )
    # One after the other and nothing in between: an OR, or a DISTINCT, takes a table of its own, and as long again.
    return union_all(
        people.where(came.c.mrn == number),
        people.where(came.c.national_id == number),
        people.join(identifiers, identifiers.c.record_id == came.c.id).where(
            identifiers.c.value == number, identifiers.c.record_kind == "patients"
        ),
    )


def _here() -> Select[Any]:
    columns = queue_entries.c
    return (
        select(
            columns.patient_id, columns.ticket, columns.priority, columns.status, columns.checked_in_at,
            columns.called_at, staff.c.display_name,
        )
        .outerjoin_from(queue_entries, staff, staff.c.id == columns.practitioner_id)
        .where(or_(*(columns.status == status for status in HERE)))
    )  # fmt: skip


def _names() -> Select[Any]:
    """Of some registrations, the number and name under which each of them is known now."""
    came = patients.alias()
    return (
        select(came.c.id, patients.c.mrn, patients.c.family_name, patients.c.given_names)
        .join_from(came, patients, patients.c.id == func.coalesce(came.c.merged_into, came.c.id))
        .where(came.c.id.in_(among("ids")))
    )


_NUMBERED, _HERE, _NAMES = Prepared(_numbered), Prepared(_here), Prepared(_names)


def _waits(
    now: datetime, patient_id: str, mrn: str, name: str, ticket: int, priority: str, status: str, came: str,
    called: str | None, practitioner: str | None,
) -> Waits:  # fmt: skip
    came_at, called_at = from_text(came), None if called is None else from_text(called)
    minutes = minutes_waiting(came_at, called_at or now)
    return Waits(ticket, mrn, name, priority, status, minutes, practitioner, came_at, called_at, patient_id)


def _calls(connection: Connection, now: datetime) -> list[tuple[Called, str]]:
    chosen = connection.execute(select(settings.c.value).where(settings.c.name == "call_screen_shows")).scalar()
    columns = queue_entries.c
    rows = connection.execute(
        select(
            columns.ticket, columns.called_at, patients.c.family_name, patients.c.given_names, staff.c.display_name,
            appointments.c.room,
        )
        .join_from(queue_entries, patients, patients.c.id == kept_of(columns.patient_id))
        .outerjoin(staff, staff.c.id == columns.practitioner_id)
        .outerjoin(appointments, appointments.c.id == columns.appointment_id)
        .where(columns.status == "called", columns.called_at >= to_text(now - SHOWN_FOR))
        .order_by(columns.called_at.desc())
        .limit(CALLED)
    )  # fmt: skip
    shows = str(chosen or "ticket")
    return [
        (
            Called(
                row.ticket, _of_name(shows, row.family_name, row.given_names), row.display_name or "",
                from_text(row.called_at).isoformat(),
            ),
            row.room or "",
        )
        for row in rows
    ]  # fmt: skip


def _of_name(shows: str, family: str, given: str) -> str:
    if shows == "name":
        return shown_name(family, given)
    if shows == "initials":
        return " ".join(f"{word[:1]}." for word in (given, family) if word.strip())
    return ""


def has_unfiled(connection: Connection) -> bool:
    """Whether a process that ended left something that is kept and not yet filed, whoever listens now."""
    waiting = select(device_messages.c.id).where(device_messages.c.state == "received").limit(1)
    return connection.execute(waiting).first() is not None
