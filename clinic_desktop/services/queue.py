"""The queue of those who are here: check-in, priority, calling the next, and how it ended."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from clinic_desktop.clock import from_text, local_midnight, to_text
from clinic_desktop.domain import queue as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import consents, scheduling
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.bookings import is_telehealth
from clinic_desktop.services.merges import ids_of, kept_of
from clinic_desktop.services.patients import age_words, require_patient, shown_name, today
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.scheduling import queue_entries
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("entry_of",)

HERE = rules.HERE


@dataclass(frozen=True)
class QueueLine:
    """One person in the queue."""

    id: str
    revision: int
    ticket: int
    patient_id: str
    patient: str
    mrn: str
    age: str
    sex: str
    priority: str
    status: str
    complaint: str | None
    checked_in_at: datetime
    minutes: int
    called_at: datetime | None
    practitioner_id: str | None
    practitioner: str | None
    appointment_id: str | None
    encounter_id: str | None

    def __repr__(self) -> str:
        return f"QueueLine({self.id})"


@query
def waiting_list(read: Read, practitioner_id: str | None = None) -> tuple[QueueLine, ...]:
    """Everybody who is here: those waiting in the order they are seen, then the called, then those being seen.

    With a practitioner, only theirs and those who are nobody's yet. Minutes are those waited until called, or now.
    """
    lines = [
        line
        for line in _lines(read.conn, read.now, HERE)
        if practitioner_id is None or line.practitioner_id in {None, practitioner_id}
    ]
    return rules.in_line(lines)


@command
def check_in(
    act: Act,
    patient_id: str,
    priority: str = "routine",
    appointment_id: str | None = None,
    practitioner_id: str | None = None,
    complaint: str | None = None,
) -> QueueLine:
    """Put a patient into the queue, from an appointment or as a walk-in; gives the day's next ticket."""
    require_patient(act.conn, patient_id)
    if priority not in rules.PRIORITIES:
        raise Refusal(N_("Choose the priority."), field="priority")
    here = act.conn.execute(
        select(queue_entries.c.ticket).where(
            queue_entries.c.patient_id.in_(ids_of(act.conn, patient_id)), queue_entries.c.status.in_(HERE)
        )
    ).scalar()
    if here is not None:
        raise Refusal(N_("This patient is in the queue already, with ticket {ticket}."), field="patient", ticket=here)
    if appointment_id is not None:
        if is_telehealth(act.conn, appointment_id):
            consents.require(act, patient_id, "telehealth")
        booked_with = scheduling.arrived(act, appointment_id, patient_id)
        practitioner_id = practitioner_id or booked_with
    values = {
        "patient_id": patient_id,
        "appointment_id": appointment_id,
        "practitioner_id": practitioner_id,
        "priority": priority,
        "complaint": (complaint or "").strip() or None,
        "checked_in_at": act.at,
        "status": "waiting",
        "ticket": _next_ticket(act),
    }
    return _line(act, act.create(queue_entries, values, kind="queue.checked_in"))


@command
def call_next(act: Act) -> QueueLine | None:
    """Call whoever is next: the most urgent, then the longest waiting; None when nobody waits.

    A doctor gets their own and nobody's. The choice and the mark are one transaction: two desks that call at
    once never get the same patient.
    """
    staff_id = act.session.staff_id
    own = act.session.role == "doctor"
    waiting = rules.in_order(
        line for line in _lines(act.conn, act.now, ("waiting",)) if not own or line.practitioner_id in {None, staff_id}
    )
    return _call(act, waiting[0].id) if waiting else None


@command
def call(act: Act, entry_id: str) -> QueueLine:
    """Call one person out of turn."""
    return _call(act, entry_id)


@command
def start(act: Act, entry_id: str, encounter_id: str | None = None) -> QueueLine:
    """Begin the consultation of somebody in the queue."""
    entry = _step(act.conn, entry_id, "in_consultation")
    changes: dict[str, object] = {"status": "in_consultation", "practitioner_id": act.session.staff_id}
    if entry.called_at is None:
        changes |= {"called_at": act.at, "called_by": act.session.staff_id}
    if encounter_id is not None:
        owner = act.conn.execute(select(encounters.c.patient_id).where(encounters.c.id == encounter_id)).scalar()
        if owner != entry.patient_id:
            raise Refusal(N_("This consultation is another patient's."), field="encounter")
        changes["encounter_id"] = encounter_id
    act.change(queue_entries, entry_id, changes, kind="queue.started")
    return _line(act, entry_id)


@command
def finish(act: Act, entry_id: str) -> QueueLine:
    """Somebody has been seen."""
    _step(act.conn, entry_id, "done")
    act.change(queue_entries, entry_id, {"status": "done", "finished_at": act.at}, kind="queue.finished")
    return _line(act, entry_id)


@command
def left(act: Act, entry_id: str, reason: str) -> QueueLine:
    """Somebody has gone without being seen, with the reason."""
    _step(act.conn, entry_id, "left")
    if not reason.strip():
        raise Refusal(N_("Say why they left."), field="reason")
    changes = {"status": "left", "status_reason": reason.strip(), "finished_at": act.at}
    act.change(queue_entries, entry_id, changes, kind="queue.left", reason=reason.strip())
    return _line(act, entry_id)


@command
def change_priority(act: Act, entry_id: str, priority: str) -> QueueLine:
    """Triage again."""
    if priority not in rules.PRIORITIES:
        raise Refusal(N_("Choose the priority."), field="priority")
    entry = _entry(act.conn, entry_id)
    rules.require_step(entry.status, "left")
    act.change(queue_entries, entry_id, {"priority": priority}, kind="queue.triaged")
    return _line(act, entry_id)


def entry_of(act: Act, patient_id: str) -> str | None:
    """The patient's entry of those who are here, inside an act; None when not in the queue."""
    return act.conn.execute(
        select(queue_entries.c.id).where(
            queue_entries.c.patient_id.in_(ids_of(act.conn, patient_id)), queue_entries.c.status.in_(HERE)
        )
    ).scalar()


def _call(act: Act, entry_id: str) -> QueueLine:
    _step(act.conn, entry_id, "called")
    changes: dict[str, object] = {"status": "called", "called_at": act.at, "called_by": act.session.staff_id}
    if act.session.role == "doctor":
        changes["practitioner_id"] = act.session.staff_id
    act.change(queue_entries, entry_id, changes, kind="queue.called")
    return _line(act, entry_id)


def _step(connection: Connection, entry_id: str, to: str) -> Row[Any]:
    entry = _entry(connection, entry_id)
    rules.require_step(entry.status, to)
    return entry


def _entry(connection: Connection, entry_id: str) -> Row[Any]:
    entry = connection.execute(select(queue_entries).where(queue_entries.c.id == entry_id)).one_or_none()
    if entry is None:
        raise Refusal(N_("This entry is not in the queue any more."), field="entry")
    return entry


def _next_ticket(act: Act) -> int:
    midnight = to_text(local_midnight(today(act)))
    last = act.conn.execute(
        select(func.max(queue_entries.c.ticket)).where(queue_entries.c.checked_in_at >= midnight)
    ).scalar()
    return int(last or 0) + 1


def _line(act: Act, entry_id: str) -> QueueLine:
    return next(iter(_lines(act.conn, act.now, None, entry_id)))


def _lines(
    connection: Connection, now: datetime, statuses: tuple[str, ...] | None, entry_id: str | None = None
) -> list[QueueLine]:
    columns = queue_entries.c
    wanted = (
        select(
            columns.id, columns.revision, columns.ticket, patients.c.id.label("patient_id"), patients.c.family_name,
            patients.c.given_names, patients.c.mrn, patients.c.born_on, patients.c.sex, columns.priority,
            columns.status, columns.complaint, columns.checked_in_at, columns.called_at, columns.practitioner_id,
            staff.c.display_name, columns.appointment_id, columns.encounter_id,
        )
        .join_from(queue_entries, patients, patients.c.id == kept_of(columns.patient_id))
        .outerjoin(staff, staff.c.id == columns.practitioner_id)
    )  # fmt: skip
    if statuses is not None:
        wanted = wanted.where(columns.status.in_(statuses))
    if entry_id is not None:
        wanted = wanted.where(columns.id == entry_id)
    return [_queue_line(row, now) for row in connection.execute(wanted)]


def _queue_line(row: Any, now: datetime) -> QueueLine:
    checked_in_at = from_text(row.checked_in_at)
    called_at = None if row.called_at is None else from_text(row.called_at)
    born_on = None if row.born_on is None else date.fromisoformat(row.born_on)
    return QueueLine(
        row.id, row.revision, row.ticket, row.patient_id, shown_name(row.family_name, row.given_names), row.mrn,
        age_words(born_on, now.astimezone().date()), row.sex, row.priority, row.status, row.complaint, checked_in_at,
        rules.minutes_waiting(checked_in_at, called_at or now), called_at, row.practitioner_id, row.display_name,
        row.appointment_id, row.encounter_id,
    )  # fmt: skip
