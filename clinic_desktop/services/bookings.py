"""What is agreed about an appointment besides its time: where and how, how the patient is reminded, that they come."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import scheduling as rules
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import consents
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.directory import require_place
from clinic_desktop.store.tables.scheduling import appointment_reminders, appointments
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("booking_columns", "confirmation_code", "is_telehealth", "reminders_of", "standing", "where_of")

CANCELLERS = ("patient", "clinic", "other")


@dataclass(frozen=True)
class Booking:
    """How an appointment is held; `reminders` are the ways in which the patient wants to be reminded."""

    kind: str | None = None
    place_id: str | None = None
    telehealth: bool = False
    priority: str = "routine"
    note: str | None = None
    reminders: tuple[str, ...] = ()


AS_USUAL = Booking()


@dataclass(frozen=True)
class Reminder:
    """One time that a patient was reminded."""

    method: str
    sent_at: str
    sent_by: str
    note: str


@command
def confirm(act: Act, appointment_id: str, code: str = "", *, expect: int) -> int:
    """Note that the patient said they come; a code that they read out must be this appointment's. Raises Refusal."""
    row = standing(act.conn, appointment_id)
    told = code.strip().upper().replace("-", "").replace(" ", "")
    if told and told != row.confirmation_code:
        raise Refusal(N_("This is not the code of this appointment."), field="code")
    if row.confirmed_at is not None:
        raise Refusal(N_("This appointment is confirmed already."), field="code")
    changes = {"confirmed_at": act.at}
    return act.change(appointments, appointment_id, changes, kind="appointment.confirmed", expect=expect)


@command
def note_reminder(act: Act, appointment_id: str, method: str, note: str = "") -> str:
    """Note that the patient was reminded, only in a way of which they agreed to be written to. Raises Refusal."""
    row = standing(act.conn, appointment_id)
    if method not in rules.REMINDERS:
        raise Refusal(N_("Choose how the patient was reminded."), field="method")
    if from_text(row.starts_at) <= act.now:
        raise Refusal(N_("This appointment has begun: nobody is reminded of it any more."), field="method")
    consents.require(act, row.patient_id, "communication", channel=method)
    values = {
        "appointment_id": appointment_id,
        "patient_id": row.patient_id,
        "method": method,
        "sent_at": act.at,
        "sent_by": act.session.staff_id,
        "note": clean(note, "note") or None,
    }
    return act.create(appointment_reminders, values, kind="appointment.reminded")


def booking_columns(connection: Connection, new: Booking, *, kept: str | None = None) -> dict[str, object]:
    """The columns of what is agreed, checked; `kept` is the place that stands already. Raises Refusal by field."""
    rules.require_booking(new.kind, new.priority, new.reminders)
    return {
        "kind": new.kind or None,
        "place_id": require_place(connection, new.place_id, kept=kept),
        "telehealth": int(new.telehealth),
        "priority": new.priority,
        "note": clean(new.note or "", "note", most=2000) or None,
        "reminder_methods": " ".join(dict.fromkeys(new.reminders)) or None,
    }


def confirmation_code(number: str) -> str:
    """What the patient is given and reads out: the appointment's number without its kind and hyphens."""
    return "".join(number.split("-")[1:])


def is_telehealth(connection: Connection, appointment_id: str) -> bool:
    """Whether an appointment is held by telephone or video."""
    found = select(appointments.c.telehealth).where(appointments.c.id == appointment_id)
    return bool(connection.execute(found).scalar())


def where_of(connection: Connection, appointment_id: str | None) -> dict[str, object]:
    """The place and room of the visit that an appointment leads to; neither for a walk-in."""
    found = select(appointments.c.place_id, appointments.c.room).where(appointments.c.id == appointment_id)
    row = connection.execute(found).one_or_none()
    return {} if row is None else {"place_id": row.place_id, "room": row.room}


def reminders_of(connection: Connection, appointment_ids: Sequence[str]) -> dict[str, tuple[Reminder, ...]]:
    """Every time the patients of some appointments were reminded, the first first."""
    if not appointment_ids:
        return {}
    table = appointment_reminders
    rows = connection.execute(
        select(table, staff.c.display_name)
        .join(staff, staff.c.id == table.c.sent_by, isouter=True)
        .where(table.c.appointment_id.in_(appointment_ids))
        .order_by(table.c.sent_at, table.c.rowid_)
    )
    found: dict[str, tuple[Reminder, ...]] = {}
    for row in rows:
        one = Reminder(row.method, row.sent_at, row.display_name or "", row.note or "")
        found[row.appointment_id] = (*found.get(row.appointment_id, ()), one)
    return found


def standing(connection: Connection, appointment_id: str) -> Row[tuple[object, ...]]:
    """The row of an appointment that is still to come about. Raises Refusal."""
    row = connection.execute(select(appointments).where(appointments.c.id == appointment_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This appointment is not here any more."), field="appointment")
    if row.status != "booked":
        raise Refusal(
            N_("This appointment is {status} already."), field="appointment", status=row.status.replace("_", " ")
        )
    return row
