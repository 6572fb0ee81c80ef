"""Appointments: the day board, and booking without two people in one chair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from clinic_desktop.clock import from_text, local_midnight, to_text
from clinic_desktop.domain import scheduling as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.scheduling import Hours, Slot
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.bookings import (
    AS_USUAL,
    CANCELLERS,
    Booking,
    Reminder,
    booking_columns,
    confirmation_code,
    reminders_of,
    standing,
)
from clinic_desktop.services.hours import stretches_of
from clinic_desktop.services.merges import ids_of, kept_id, kept_of
from clinic_desktop.services.patients import require_patient, shown_name
from clinic_desktop.store.tables.directory import places
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.scheduling import appointments
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("arrived",)

HOURS = Hours()
TAKING = ("booked", "arrived", "completed")
LONGEST = timedelta(hours=8)


@dataclass(frozen=True)
class Practitioner:
    """Somebody appointments are made with."""

    staff_id: str
    name: str
    role: str
    specialty: str | None


@dataclass(frozen=True)
class Appointment:
    """One appointment as the board shows it."""

    id: str
    revision: int
    patient_id: str
    patient: str
    mrn: str
    phone: str | None
    practitioner_id: str
    practitioner: str
    room: str | None
    starts_at: datetime
    minutes: int
    reason: str | None
    status: str
    status_reason: str | None
    more: Booking = AS_USUAL
    place: str = ""
    number: str = ""
    confirmation_code: str = ""
    confirmed_at: str | None = None
    booked_at: str | None = None
    cancelled_at: str | None = None
    cancelled_by: str = ""
    reminders: tuple[Reminder, ...] = ()
    tell_patient: bool = False

    def __repr__(self) -> str:
        return f"Appointment({self.id})"


@dataclass(frozen=True)
class DayBoard:
    """One day: who works, when the clinic is open, and every appointment in order of time."""

    day: date
    opens: time
    closes: time
    practitioners: tuple[Practitioner, ...]
    appointments: tuple[Appointment, ...]


@query
def practitioners(read: Read) -> tuple[Practitioner, ...]:
    """Those whom appointments are made with: doctors, then nurses."""
    return _practitioners(read.conn)


@query
def day_board(read: Read, day: date, practitioner_id: str | None = None) -> DayBoard:
    """The board of one day, of everybody or of one practitioner."""
    first, last = _bounds(day)
    wanted = _lines().where(appointments.c.starts_at >= first, appointments.c.starts_at < last)
    if practitioner_id is not None:
        wanted = wanted.where(appointments.c.practitioner_id == practitioner_id)
    rows = read.conn.execute(wanted.order_by(appointments.c.starts_at, appointments.c.rowid_))
    everyone = _practitioners(read.conn)
    people = tuple(one for one in everyone if practitioner_id in {None, one.staff_id})
    return DayBoard(day, HOURS.opens, HOURS.closes, people, _appointments(read.conn, rows.all()))


@query(access="banner", once=True)
def appointments_of(read: Read, patient_id: str, limit: int = 20) -> tuple[Appointment, ...]:
    """A patient's appointments, the latest first."""
    rows = read.conn.execute(
        _lines()
        .where(appointments.c.patient_id.in_(ids_of(read.conn, patient_id)))
        .order_by(appointments.c.starts_at.desc())
        .limit(limit)
    )
    return _appointments(read.conn, rows.all())


@query
def free_times(read: Read, practitioner_id: str, day: date, minutes: int = 15) -> tuple[datetime, ...]:
    """Every quarter of an hour at which a practitioner is free for so long, not in the past."""
    opens = datetime.combine(day, HOURS.opens).astimezone()
    closes = datetime.combine(day, HOURS.closes).astimezone()
    taken = [slot for slot in _taken(read.conn, opens, closes, "") if slot.practitioner == practitioner_id]
    free = rules.free_slots(opens, closes, minutes, taken)
    works = stretches_of(read.conn, practitioner_id)
    return tuple(
        start
        for start in free
        if start >= read.now - timedelta(minutes=15) and rules.works_then(works, start.astimezone(), minutes)
    )


@command
def book(
    act: Act,
    patient_id: str,
    practitioner_id: str,
    starts_at: datetime,
    minutes: int = 15,
    room: str | None = None,
    reason: str | None = None,
    more: Booking = AS_USUAL,
) -> Appointment:
    """Book an appointment; refused where the practitioner, the room or the patient is taken at that time."""
    require_patient(act.conn, patient_id)
    slot = Slot(starts_at, minutes, practitioner_id, (room or "").strip() or None, kept_id(act.conn, patient_id))
    _require_free(act, slot, "")
    number = act.number("APT")
    values = {
        **booking_columns(act.conn, more),
        "number": number,
        "confirmation_code": confirmation_code(number),
        "booked_at": act.at,
        "patient_id": patient_id,
        "practitioner_id": practitioner_id,
        "room": slot.room,
        "starts_at": to_text(starts_at),
        "minutes": minutes,
        "reason": (reason or "").strip() or None,
        "status": "booked",
        "booked_by": act.session.staff_id,
    }
    return _one(act.conn, act.create(appointments, values, kind="appointment.booked"))


@command
def reschedule(
    act: Act,
    appointment_id: str,
    starts_at: datetime,
    revision: int,
    minutes: int | None = None,
    practitioner_id: str | None = None,
    room: str | None = None,
    reason: str | None = None,
    more: Booking | None = None,
) -> Appointment:
    """Move an appointment that was looked at in a revision, or change how it is held; what is None stays as it is."""
    before = standing(act.conn, appointment_id)
    slot = Slot(
        starts_at,
        before.minutes if minutes is None else minutes,
        practitioner_id or before.practitioner_id,
        before.room if room is None else room.strip() or None,
        kept_id(act.conn, before.patient_id),
    )
    _require_free(act, slot, appointment_id)
    changes = {
        "starts_at": to_text(slot.starts_at),
        "minutes": slot.minutes,
        "practitioner_id": slot.practitioner,
        "room": slot.room,
    } | ({} if more is None else booking_columns(act.conn, more, kept=before.place_id))
    if reason is not None:
        changes["reason"] = reason.strip() or None
    act.change(appointments, appointment_id, changes, kind="appointment.moved", expect=revision)
    return _one(act.conn, appointment_id)


@command
def cancel(
    act: Act,
    appointment_id: str,
    reason: str,
    revision: int | None = None,
    *,
    cancelled_by: str = "clinic",
    tell_patient: bool = False,
) -> Appointment:
    """Cancel an appointment with its reason; its time is free again.

    `cancelled_by` is who wanted it (``patient``, ``clinic``, ``other``), `tell_patient` that they have to be told.
    """
    standing(act.conn, appointment_id)
    if not reason.strip():
        raise Refusal(N_("Say why the appointment is cancelled."), field="reason")
    if cancelled_by not in CANCELLERS:
        raise Refusal(N_("Say who cancels it."), field="cancelled_by")
    changes = {
        "status": "cancelled",
        "status_reason": reason.strip(),
        "cancelled_at": act.at,
        "cancelled_by": cancelled_by,
        "tell_patient": int(tell_patient),
    }
    act.change(
        appointments, appointment_id, changes, kind="appointment.cancelled", reason=reason.strip(), expect=revision
    )
    return _one(act.conn, appointment_id)


@command
def no_show(act: Act, appointment_id: str, revision: int | None = None) -> Appointment:
    """Note that the patient did not come; not before the time has come."""
    before = standing(act.conn, appointment_id)
    if from_text(before.starts_at) > act.now:
        raise Refusal(N_("This appointment has not begun yet."), field="starts_at")
    act.change(appointments, appointment_id, {"status": "no_show"}, kind="appointment.missed", expect=revision)
    return _one(act.conn, appointment_id)


def arrived(act: Act, appointment_id: str, patient_id: str) -> str:
    """Mark an appointment as arrived inside the act that checks the patient in; returns its practitioner."""
    before = standing(act.conn, appointment_id)
    if before.patient_id not in ids_of(act.conn, patient_id):
        raise Refusal(N_("This appointment is another patient's."), field="appointment")
    act.change(appointments, appointment_id, {"status": "arrived"}, kind="appointment.arrived")
    return str(before.practitioner_id)


def _require_free(act: Act, slot: Slot, itself: str) -> None:
    rules.require_length(slot.minutes)
    local = slot.starts_at.astimezone()
    rules.require_open(local, slot.minutes, HOURS)
    if local.date() < act.now.astimezone().date():
        raise Refusal(N_("This day is in the past."), field="starts_at")
    someone = act.conn.execute(
        select(staff.c.display_name).where(
            staff.c.id == slot.practitioner,
            staff.c.active == 1,
            staff.c.role.in_(("doctor", "nurse")),
            staff.c.username.not_like("~%"),
        )
    ).scalar_one_or_none()
    if someone is None:
        raise Refusal(N_("Choose the practitioner."), field="practitioner")
    found = rules.clash(slot, _taken(act.conn, slot.starts_at, slot.ends_at, itself))
    if found is None:
        return
    other, what = found
    words = {
        "practitioner": N_("{who} has another appointment from {start} to {end}."),
        "room": N_("Room {room} is taken from {start} to {end}."),
        "patient": N_("This patient has another appointment from {start} to {end}."),
    }
    raise Refusal(
        words[what],
        field="room" if what == "room" else "starts_at",
        who=someone,
        room=other.room,
        start=f"{other.starts_at.astimezone():%H:%M}",
        end=f"{other.ends_at.astimezone():%H:%M}",
    )


def _taken(connection: Connection, start: datetime, end: datetime, itself: str) -> list[Slot]:
    """Every slot that may reach into a stretch of time; none is longer than eight hours."""
    rows = connection.execute(
        select(appointments, kept_of(appointments.c.patient_id).label("person")).where(
            appointments.c.starts_at >= to_text(start - LONGEST),
            appointments.c.starts_at < to_text(end),
            appointments.c.status.in_(TAKING),
            appointments.c.id != itself,
        )
    )
    return [Slot(from_text(row.starts_at), row.minutes, row.practitioner_id, row.room, row.person) for row in rows]


def _lines() -> Select[Any]:
    columns = appointments.c
    return (
        select(
            columns.id, columns.revision, patients.c.id.label("patient_id"), patients.c.family_name,
            patients.c.given_names,
            patients.c.mrn, patients.c.phone, columns.practitioner_id, staff.c.display_name, columns.room,
            columns.starts_at, columns.minutes, columns.reason, columns.status, columns.status_reason, columns.number,
            columns.kind, columns.place_id, columns.telehealth, columns.priority, columns.note,
            columns.reminder_methods, columns.confirmation_code, columns.confirmed_at, columns.booked_at,
            columns.cancelled_at, columns.cancelled_by, columns.tell_patient, places.c.name.label("place"),
        )
        .join_from(appointments, patients, patients.c.id == kept_of(columns.patient_id))
        .join(staff, staff.c.id == columns.practitioner_id)
        .join(places, places.c.id == columns.place_id, isouter=True)
    )  # fmt: skip


def _one(connection: Connection, appointment_id: str) -> Appointment:
    row = connection.execute(_lines().where(appointments.c.id == appointment_id)).one()
    return _appointment(row, reminders_of(connection, [appointment_id]).get(appointment_id, ()))


def _appointment(row: Row[Any], reminders: Sequence[Reminder] = ()) -> Appointment:
    return Appointment(
        row.id, row.revision, row.patient_id, shown_name(row.family_name, row.given_names), row.mrn, row.phone,
        row.practitioner_id, row.display_name, row.room, from_text(row.starts_at), row.minutes, row.reason, row.status,
        row.status_reason,
        Booking(row.kind, row.place_id, bool(row.telehealth), row.priority, row.note,
                tuple((row.reminder_methods or "").split())),
        row.place or "", row.number or "", row.confirmation_code or "", row.confirmed_at, row.booked_at,
        row.cancelled_at, row.cancelled_by or "", tuple(reminders), bool(row.tell_patient),
    )  # fmt: skip


def _appointments(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Appointment, ...]:
    told = reminders_of(connection, [row.id for row in rows])
    return tuple(_appointment(row, told.get(row.id, ())) for row in rows)


def _practitioners(connection: Connection) -> tuple[Practitioner, ...]:
    rows = connection.execute(
        select(staff.c.id, staff.c.display_name, staff.c.role, staff.c.specialty)
        .where(staff.c.active == 1, staff.c.role.in_(("doctor", "nurse")), staff.c.username.not_like("~%"))
        .order_by(staff.c.role, staff.c.display_name)
    )
    return tuple(Practitioner(*row) for row in rows)


def _bounds(day: date) -> tuple[str, str]:
    """A day of the clinic's own time, as instants."""
    return to_text(local_midnight(day)), to_text(local_midnight(day + timedelta(days=1)))
