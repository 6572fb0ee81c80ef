"""Digital health programmes: the catalogue, who takes part, and how far they have come."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from clinic_desktop.domain import programmes as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.consent_rows import day_of, day_text, said_why
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.patients import require_patient, today
from clinic_desktop.store.tables.programmes import (
    programme_enrolments,
    programme_progress,
    programme_steps,
    programmes,
)


@dataclass(frozen=True)
class NewProgramme:
    """A programme as the administrator fills it in."""

    name: str
    description: str
    category: str
    steps: tuple[rules.Step, ...] = ()
    weeks: int | None = None
    difficulty: str = ""
    provider: str = ""
    features: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    instructors: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    capacity: int | None = None
    eligibility: str = ""
    needs_consent: bool = True


@dataclass(frozen=True)
class StepShown:
    """One step of a programme."""

    id: str
    title: str
    week: int | None
    sessions: int
    measure: str
    topics: str = ""
    minutes: int | None = None


@dataclass(frozen=True)
class Programme:
    """One programme of the catalogue."""

    id: str
    revision: int
    status: str
    enrolled: int
    about: NewProgramme
    steps: tuple[StepShown, ...]
    added_at: str = ""


@dataclass(frozen=True)
class Noted:
    """One session that was done."""

    id: str
    step_id: str
    step: str
    done_on: date
    value: str
    note: str


@dataclass(frozen=True)
class Enrolment:
    """One programme that a patient takes or took part in."""

    id: str
    revision: int
    programme_id: str
    programme: str
    category: str
    status: str
    starts_on: date
    expected_on: date | None
    ended_on: date | None
    end_reason: str
    goals: tuple[str, ...]
    steps: tuple[StepShown, ...]
    noted: tuple[Noted, ...]
    progress: rules.Progress
    preferences: Mapping[str, str] = field(default_factory=dict)
    enrolled_at: str = ""

    def __repr__(self) -> str:
        return f"Enrolment({self.id})"


@dataclass(frozen=True)
class NewEnrolment:
    """What somebody wants of a programme."""

    starts_on: date | None = None
    goals: tuple[str, ...] = ()
    preferences: Mapping[str, str] = field(default_factory=dict)


@command
def add_programme(act: Act, new: NewProgramme) -> str:
    """Add a programme with its steps to the catalogue; returns its id."""
    made = act.create(programmes, {**_columns(new), "status": "active", "added_at": act.at}, kind="programme.added")
    for position, step in enumerate(new.steps):
        values = {
            "programme_id": made,
            "position": position,
            "week": step.week,
            "title": step.title.strip(),
            "topics": step.topics.strip() or None,
            "sessions": step.sessions,
            "minutes": step.minutes,
            "measure": step.measure.strip() or None,
        }
        act.create(programme_steps, values, kind="programme.step_added")
    return made


@command
def change_programme(act: Act, programme_id: str, new: NewProgramme, *, expect: int) -> int:
    """Change what the catalogue says of a programme; its steps stay, for those who have begun. The new revision."""
    return act.change(programmes, programme_id, _columns(new), kind="programme.changed", expect=expect)


@command
def archive_programme(act: Act, programme_id: str, reason: str, *, expect: int) -> int:
    """Offer a programme no more; those who take part go on. Returns the new revision."""
    return act.change(
        programmes, programme_id, {"status": "archived"}, kind="programme.archived", reason=said_why(reason),
        expect=expect,
    )  # fmt: skip


@command
def enrol(act: Act, patient_id: str, programme_id: str, new: NewEnrolment) -> str:
    """Enrol a patient; refused where the programme has ended, is full, or has the patient already."""
    require_patient(act.conn, patient_id)
    row = _programme_row(act.conn, programme_id)
    starts_on = new.starts_on or today(act)
    taking = programme_enrolments.c.programme_id == programme_id, programme_enrolments.c.status == "enrolled"
    already = act.conn.execute(
        select(programme_enrolments.c.id).where(
            *taking, programme_enrolments.c.patient_id.in_(ids_of(act.conn, patient_id))
        )
    ).first()
    offer = rules.Offer(
        row.status,
        day_of(row.starts_on),
        day_of(row.ends_on),
        row.capacity,
        _enrolled(act.conn, programme_id),
        row.weeks,
    )
    rules.require_open(offer, starts_on, today(act), already=already is not None)
    values = {
        "programme_id": programme_id,
        "patient_id": patient_id,
        "consent_id": None if act.passage is None else act.passage.consent_id,
        "starts_on": starts_on.isoformat(),
        "expected_on": day_text(rules.expected_end(starts_on, row.weeks)),
        "goals": json.dumps([goal.strip() for goal in new.goals if goal.strip()], ensure_ascii=False),
        "preferences": json.dumps(dict(new.preferences), ensure_ascii=False),
        "status": "enrolled",
        "enrolled_by": act.session.staff_id,
        "enrolled_at": act.at,
    }
    return act.create(programme_enrolments, values, kind="programme.enrolled")


@command
def note_progress(
    act: Act, enrolment_id: str, step_id: str, done_on: date | None = None, value: str = "", note: str = ""
) -> str:
    """Note that one session of a step was done; returns the note's id."""
    row = _taking_part(act.conn, enrolment_id)
    steps = {step.id: step for step in _steps(act.conn, row.programme_id)}
    if step_id not in steps:
        raise Refusal(N_("This step is not one of the programme."), field="step")
    done = sum(one.step_id == step_id for one in _noted(act.conn, enrolment_id))
    if done >= steps[step_id].sessions:
        raise Refusal(N_("Every session of this step is done already."), field="step")
    on = done_on or today(act)
    if on > today(act):
        raise Refusal(N_("This day is still to come."), field="done_on")
    if on < date.fromisoformat(row.starts_on):
        raise Refusal(N_("This is before the patient began."), field="done_on")
    for name, words in (("value", value), ("note", note)):
        if len(words) > rules.LONGEST_TEXT:
            raise Refusal(N_("This is too long."), field=name)
    values = {
        "enrolment_id": enrolment_id,
        "patient_id": row.patient_id,
        "step_id": step_id,
        "done_on": on.isoformat(),
        "value": value.strip() or None,
        "note": note.strip() or None,
        "noted_by": act.session.staff_id,
        "noted_at": act.at,
    }
    return act.create(programme_progress, values, kind="programme.progress_noted")


@command
def progress_entered_in_error(act: Act, progress_id: str, reason: str) -> int:
    """Take a note of progress back because it was not so; the row stays."""
    changes = {"status": "entered_in_error"}
    return act.change(
        programme_progress, progress_id, changes, kind="programme.progress_withdrawn", reason=said_why(reason)
    )


@command
def complete_enrolment(act: Act, enrolment_id: str, *, expect: int) -> int:
    """Say that a patient is through; refused while sessions are still to be done. Returns the new revision."""
    row = _taking_part(act.conn, enrolment_id)
    steps = _steps(act.conn, row.programme_id)
    so_far = _progress(steps, _noted(act.conn, enrolment_id))
    if so_far.done < so_far.total:
        raise Refusal(N_("{n} of {m} sessions are done."), n=so_far.done, m=so_far.total)
    changes = {"status": "completed", "ended_on": today(act).isoformat()}
    return act.change(programme_enrolments, enrolment_id, changes, kind="programme.completed", expect=expect)


@command
def leave_programme(act: Act, enrolment_id: str, reason: str, *, expect: int) -> int:
    """Take a patient out of a programme. Returns the new revision."""
    _taking_part(act.conn, enrolment_id)
    changes = {"status": "withdrawn", "ended_on": today(act).isoformat(), "end_reason": said_why(reason)}
    return act.change(
        programme_enrolments, enrolment_id, changes, kind="programme.left", reason=said_why(reason), expect=expect
    )


@query
def catalogue(read: Read, *, everything: bool = False) -> tuple[Programme, ...]:
    """The programmes on offer, by name; with `everything` also those that are archived or over."""
    rows = read.conn.execute(select(programmes).order_by(programmes.c.name, programmes.c.rowid_))
    on = today(read).isoformat()
    return tuple(
        _programme(read.conn, row)
        for row in rows
        if everything or (row.status == "active" and (row.ends_on is None or row.ends_on >= on))
    )


@query(access="chart")
def enrolments_of(read: Read, patient_id: str) -> tuple[Enrolment, ...]:
    """The programmes of a person, those that go on first, then the newest."""
    rows = read.conn.execute(
        select(programme_enrolments, programmes.c.name, programmes.c.category)
        .join(programmes, programmes.c.id == programme_enrolments.c.programme_id)
        .where(programme_enrolments.c.patient_id.in_(ids_of(read.conn, patient_id)))
        .order_by(programme_enrolments.c.rowid_.desc())
    ).all()
    found = [_enrolment(read.conn, row) for row in rows]
    return tuple(sorted(found, key=lambda one: one.status != "enrolled"))


def _columns(new: NewProgramme) -> dict[str, object]:
    rules.require_programme(
        new.name, new.description, new.category, new.steps, weeks=new.weeks, capacity=new.capacity,
        starts_on=new.starts_on, ends_on=new.ends_on,
    )  # fmt: skip
    lists = {name: getattr(new, name) for name in ("features", "requirements", "outcomes", "instructors")}
    return {
        "name": new.name.strip(),
        "description": new.description.strip(),
        "category": new.category,
        "weeks": new.weeks,
        "difficulty": new.difficulty.strip() or None,
        "provider": new.provider.strip() or None,
        "starts_on": day_text(new.starts_on),
        "ends_on": day_text(new.ends_on),
        "capacity": new.capacity,
        "eligibility": new.eligibility.strip() or None,
        "needs_consent": int(new.needs_consent),
        **{name: json.dumps([one for one in rows if one.strip()], ensure_ascii=False) for name, rows in lists.items()},
    }


def _programme_row(connection: Connection, programme_id: str) -> Any:
    row = connection.execute(select(programmes).where(programmes.c.id == programme_id)).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such programme."), field="programme")
    return row


def _taking_part(connection: Connection, enrolment_id: str) -> Any:
    row = connection.execute(
        select(programme_enrolments).where(programme_enrolments.c.id == enrolment_id)
    ).one_or_none()
    if row is None or row.status != "enrolled":
        raise Refusal(N_("The patient does not take part in this programme any more."), record=enrolment_id)
    return row


def _enrolled(connection: Connection, programme_id: str) -> int:
    counted = select(func.count()).where(
        programme_enrolments.c.programme_id == programme_id, programme_enrolments.c.status == "enrolled"
    )
    return int(connection.execute(counted).scalar_one())


def _steps(connection: Connection, programme_id: str) -> tuple[StepShown, ...]:
    rows = connection.execute(
        select(programme_steps)
        .where(programme_steps.c.programme_id == programme_id)
        .order_by(programme_steps.c.position)
    )
    return tuple(
        StepShown(row.id, row.title, row.week, row.sessions, row.measure or "", row.topics or "", row.minutes)
        for row in rows
    )


def _noted(connection: Connection, enrolment_id: str) -> tuple[Noted, ...]:
    rows = connection.execute(
        select(programme_progress, programme_steps.c.title)
        .join(programme_steps, programme_steps.c.id == programme_progress.c.step_id)
        .where(programme_progress.c.enrolment_id == enrolment_id, programme_progress.c.status == "final")
        .order_by(programme_progress.c.done_on, programme_progress.c.rowid_)
    )
    return tuple(
        Noted(row.id, row.step_id, row.title, date.fromisoformat(row.done_on), row.value or "", row.note or "")
        for row in rows
    )


def _progress(steps: tuple[StepShown, ...], noted: tuple[Noted, ...]) -> rules.Progress:
    done: dict[str, int] = {}
    for one in noted:
        done[one.step_id] = done.get(one.step_id, 0) + 1
    return rules.progress([(step.id, step.sessions, step.week) for step in steps], done)


def _programme(connection: Connection, row: Any) -> Programme:
    steps = _steps(connection, row.id)
    about = NewProgramme(
        row.name, row.description, row.category,
        tuple(rules.Step(one.title, one.week, one.topics, one.sessions, one.minutes, one.measure) for one in steps),
        row.weeks, row.difficulty or "", row.provider or "", tuple(json.loads(row.features)),
        tuple(json.loads(row.requirements)), tuple(json.loads(row.outcomes)), tuple(json.loads(row.instructors)),
        day_of(row.starts_on), day_of(row.ends_on), row.capacity, row.eligibility or "", bool(row.needs_consent),
    )  # fmt: skip
    return Programme(row.id, row.revision, row.status, _enrolled(connection, row.id), about, steps, row.added_at)


def _enrolment(connection: Connection, row: Any) -> Enrolment:
    steps, noted = _steps(connection, row.programme_id), _noted(connection, row.id)
    return Enrolment(
        row.id, row.revision, row.programme_id, row.name, row.category, row.status,
        date.fromisoformat(row.starts_on), day_of(row.expected_on), day_of(row.ended_on), row.end_reason or "",
        tuple(json.loads(row.goals)), steps, noted, _progress(steps, noted),
        json.loads(row.preferences), row.enrolled_at,
    )  # fmt: skip
