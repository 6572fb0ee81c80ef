"""Breaking the glass: a restricted record opened in an emergency, for a reason and a time, and looked at afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import break_glass as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import consent_gate
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.consent_gate import Asked
from clinic_desktop.services.merges import ids_of, kept_of
from clinic_desktop.services.patients import require_patient, shown_name
from clinic_desktop.store.tables.consents import break_glass as table
from clinic_desktop.store.tables.journal import access, sessions, settings
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.unit import LOGICAL_BITS


@dataclass(frozen=True)
class Glass:
    """An opening in an emergency that lasts."""

    id: str
    patient_id: str
    started_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class RecordState:
    """What the patient banner says of a record: restricted, closed to this person, open in an emergency until when."""

    restricted: bool
    shut_out: bool
    open_until: datetime | None
    seconds: int


@dataclass(frozen=True)
class Opened:
    """One thing that was opened under a broken glass."""

    at_ms: int
    what: str


@dataclass(frozen=True)
class Broken:
    """One time the glass was broken, for the person who looks at it afterwards."""

    id: str
    revision: int
    patient_id: str
    patient_name: str
    mrn: str
    who: str
    role: str
    reason: str
    words: str
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    ended_why: str
    opened: tuple[Opened, ...]
    outcome: str
    reviewed_by: str
    reviewed_at: datetime | None
    review_note: str

    def __repr__(self) -> str:
        return f"Broken({self.id})"


@command
def break_glass(act: Act, patient_id: str, reason: str, words: str) -> Glass:
    """Open a record in an emergency, for one patient, this session and a limited time.

    The password was given again just before (`Clinic.prove`): an unlocked window that was left alone opens nothing, and
    no password ever comes near what is journaled. Raises Refusal naming the field.
    """
    person = require_patient(act.conn, patient_id)
    rules.require_sound(reason, words)
    asked = Asked(act.session, act.now, act.steady)
    if consent_gate.open_glass(act.conn, asked, patient_id) is not None:
        raise Refusal(N_("This record is open to you in an emergency already."))
    if not act.session.take_proof(act.steady):
        raise Refusal(N_("Give your password again to open this record."), field="own_password")
    _forget_earlier(act, patient_id)
    minutes = _minutes(act)
    ends_at = act.now + timedelta(minutes=minutes)
    values = {
        "patient_id": person.id,
        "staff_id": act.session.staff_id,
        "session": act.session.id,
        "reason": reason,
        "words": words.strip(),
        "started_at": act.at,
        "ends_at": to_text(ends_at),
    }
    made = act.create(table, values, kind="break_glass.begun", reason=words.strip())
    # By the seconds of this process too: a clock that is set back prolongs nothing.
    act.session.glass_broken(made, act.steady + minutes * 60)
    return Glass(made, patient_id, act.now, ends_at)


def _forget_earlier(act: Act, patient_id: str) -> None:
    """What was opened before is over, also where a clock that is set back would make it last again."""
    earlier = select(table.c.id).where(
        table.c.session == act.session.id,
        table.c.ended_at.is_(None),
        table.c.patient_id.in_(ids_of(act.conn, patient_id)),
    )
    for glass_id in act.conn.execute(earlier).scalars():
        act.session.glass_broken(glass_id, act.steady)


@command
def end_glass(act: Act, glass_id: str) -> int:
    """Close the record again before its time. Returns the new revision."""
    row = act.conn.execute(select(table).where(table.c.id == glass_id)).one_or_none()
    if row is None or row.staff_id != act.session.staff_id:
        raise Refusal(N_("Only the person who opened it can close it."), record=glass_id)
    if row.ended_at is not None:
        return int(row.revision)
    act.session.glass_broken(glass_id, act.steady)
    return act.change(table, glass_id, {"ended_at": act.at, "ended_why": "by hand"}, kind="break_glass.ended")


@command
def review_glass(act: Act, glass_id: str, outcome: str, note: str, *, expect: int) -> int:
    """Say what came of looking at it: justified, unclear or not justified. Returns the new revision."""
    rules.require_outcome(outcome, note)
    row = act.conn.execute(select(table.c.staff_id).where(table.c.id == glass_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This record is not here any more."), record=glass_id)
    if row.staff_id == act.session.staff_id:
        raise Refusal(N_("Somebody else has to look at what you did yourself."), field="outcome")
    changes = {
        "outcome": outcome,
        "review_note": note.strip() or None,
        "reviewed_by": act.session.staff_id,
        "reviewed_at": act.at,
    }
    return act.change(table, glass_id, changes, kind="break_glass.reviewed", expect=expect)


@query
def my_glass(read: Read, patient_id: str) -> Glass | None:
    """The opening in an emergency under which this session sees a patient, if one lasts."""
    found = consent_gate.open_glass(read.conn, Asked(read.session, read.now, read.steady), patient_id)
    if found is None:
        return None
    row = read.conn.execute(select(table).where(table.c.id == found)).one()
    return Glass(row.id, row.patient_id, from_text(row.started_at), from_text(row.ends_at))


@query
def record_state(read: Read, patient_id: str) -> RecordState:
    """Whether a record is restricted, and whether this session sees it under a broken glass."""
    asked = Asked(read.session, read.now, read.steady)
    until = consent_gate.open_until(read.conn, asked, patient_id)
    restricted = consent_gate.restriction_of(read.conn, patient_id) is not None
    shut_out = restricted and not consent_gate.may_open(read.conn, asked, patient_id)
    return RecordState(restricted, shut_out, until, 0 if until is None else int((until - read.now).total_seconds()))


@query
def to_review(read: Read, *, everything: bool = False) -> tuple[Broken, ...]:
    """Every time the glass was broken that nobody has looked at yet, or all of them; the newest first."""
    reviewer = staff.alias("reviewer")
    rows = read.conn.execute(
        select(
            table, staff.c.display_name, staff.c.role, patients.c.family_name, patients.c.given_names,
            patients.c.mrn, reviewer.c.display_name.label("reviewer"),
        )
        .join(staff, staff.c.id == table.c.staff_id)
        .join_from(table, patients, patients.c.id == kept_of(table.c.patient_id))
        .outerjoin(reviewer, reviewer.c.id == table.c.reviewed_by)
        .where(*(() if everything else (table.c.outcome.is_(None),)))
        .order_by(table.c.rowid_.desc())
        .limit(500)
    ).all()  # fmt: skip
    return tuple(_broken(read, row) for row in rows)


def _broken(read: Read, row: Any) -> Broken:
    opened = read.conn.execute(
        select(access.c.hlc, access.c.subject)
        .where(access.c.patient == row.patient_id, access.c.session == row.session,
               access.c.detail == f"break_glass {row.id}")
        .order_by(access.c.seq)
    )  # fmt: skip
    ended = _ended(read, row)
    return Broken(
        row.id, row.revision, row.patient_id, shown_name(row.family_name, row.given_names), row.mrn,
        row.display_name, row.role, row.reason, row.words, from_text(row.started_at), from_text(row.ends_at),
        None if ended is None else from_text(ended), row.ended_why or "",
        tuple(Opened(one.hlc >> LOGICAL_BITS, one.subject or "") for one in opened),
        row.outcome or "", row.reviewer or "", None if row.reviewed_at is None else from_text(row.reviewed_at),
        row.review_note or "",
    )  # fmt: skip


def _ended(read: Read, row: Any) -> str | None:
    """When it was over: closed by hand, by signing out, or by its time; None while it lasts."""
    left = read.conn.execute(select(sessions.c.closed_at).where(sessions.c.id == row.session)).scalar()
    over = [at for at in (row.ended_at, left, row.ends_at) if at is not None and from_text(at) <= read.now]
    return min(over, default=None)


def _minutes(act: Act) -> int:
    kept = act.conn.execute(select(settings.c.value).where(settings.c.name == "break_glass_minutes")).scalar()
    return min(int(kept), rules.LONGEST_MINUTES) if kept else rules.USUAL_MINUTES
