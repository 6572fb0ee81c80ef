"""Vital signs: taken by the nurse or the doctor, in an encounter or out of one; corrected by saying it was an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import Connection, or_, select

from clinic_desktop import paths
from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import vitals
from clinic_desktop.domain.consultation import OPEN_TO_RULES, State
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.vital_ranges import OLDEST, Limits, flag, limits_for, read_limits
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.weights import weight_question
from clinic_desktop.store.tables.chart import consultation_steps, encounters, vital_signs
from clinic_desktop.store.tables.reference import reference_vitals

IN_ACT = ("normal_limits", "codes_taken", "age_of")

FRESH = timedelta(hours=24)
GROWN_DAYS = 6575


@dataclass(frozen=True)
class Taken:
    """One sign as it was kept."""

    id: str
    code: str
    value: str
    unit: str
    flag: str
    question: str = ""  # what to ask of a weight that is far from the last ones


@dataclass(frozen=True)
class TrendPoint:
    """One measurement of a sign."""

    id: str
    taken_at: datetime
    value: Decimal
    flag: str


@dataclass(frozen=True)
class Trend:
    """A sign over time, oldest first, with the limits of the patient's age now."""

    code: str
    unit: str
    points: tuple[TrendPoint, ...]
    low: Decimal | None
    high: Decimal | None
    source: str | None


def normal_limits(connection: Connection) -> tuple[Limits, ...]:
    """The normal limits of the pack that is loaded, or those beside the program where none is."""
    pack = connection.exec_driver_sql(
        "SELECT id FROM reference_packs WHERE kind = 'vitals' AND \"current\" = 1"
    ).scalar()
    if pack is None:
        return _limits_beside_the_program()
    # A pack never changes: another version of it is another pack. So its rows are read once.
    if pack not in _limits_of_pack:
        _limits_of_pack.clear()
        _limits_of_pack[pack] = _read_limits(connection) or _limits_beside_the_program()
    return _limits_of_pack[pack]


_limits_of_pack: dict[str, tuple[Limits, ...]] = {}


def _read_limits(connection: Connection) -> tuple[Limits, ...]:
    table = reference_vitals
    rows = connection.execute(select(table).where(or_(table.c.low.is_not(None), table.c.high.is_not(None)))).all()
    return tuple(
        Limits(
            row.loinc,
            row.age_from_days or 0,
            OLDEST if row.age_to_days is None else row.age_to_days,
            None if row.low is None else Decimal(row.low),
            None if row.high is None else Decimal(row.high),
            row.source,
        )
        for row in rows
    )


@lru_cache(maxsize=1)
def _limits_beside_the_program() -> tuple[Limits, ...]:
    text = (paths.resources() / "reference" / "vitals.csv").read_text(encoding="utf-8")
    return read_limits(text.splitlines())


def age_of(connection: Connection, patient_id: str, now: datetime) -> int | None:
    """The patient's age in days on a day, or None."""
    born = chart_rows.patient_row(connection, patient_id)._mapping["born_on"]
    return chart_rows.age_in_days(None if born is None else date.fromisoformat(born), now.astimezone().date())


def codes_taken(connection: Connection, patient_id: str, now: datetime) -> dict[str, tuple[datetime, str]]:
    """The last instant and flag of every sign taken within a day."""
    rows = connection.execute(
        select(vital_signs.c.code, vital_signs.c.taken_at, vital_signs.c.flag)
        .where(
            vital_signs.c.patient_id.in_(ids_of(connection, patient_id)),
            vital_signs.c.code.in_([sign.code for sign in vitals.SIGNS]),
            vital_signs.c.taken_at >= to_text(now - FRESH),
            vital_signs.c.status == "final",
        )
        .order_by(vital_signs.c.taken_at)
    )
    return {row.code: (from_text(row.taken_at), row.flag) for row in rows}


@command
def record_vitals(
    act: Act,
    patient_id: str,
    entries: Mapping[str, str],
    encounter_id: str | None = None,
    taken_at: datetime | None = None,
    note: str | None = None,
) -> tuple[Taken, ...]:
    """Keep what was typed for each sign, by key; ``pressure`` takes ``120/80``, ``posture`` how a height was measured.

    With no encounter named, the patient's open one is taken, so that the doctor sees it there at once; what was
    measured longer ago than a day belongs to no visit of now.
    """
    posture = vitals.read_posture(entries.get("posture", ""))
    readings = [
        reading for key, text in entries.items() if key != "posture" for reading in vitals.read_entry(key, text)
    ]
    if not readings:
        raise Refusal(N_("Nothing was measured yet."))
    at = act.now if taken_at is None else taken_at
    if at > act.now:
        raise Refusal(N_("This time is still to come."), field="taken_at")
    encounter = encounter_id or (_open_encounter(act.conn, patient_id) if act.now - at <= FRESH else None)
    age = age_of(act.conn, patient_id, at)
    known = normal_limits(act.conn)
    weighed = any(reading.code == vitals.WEIGHT for reading in readings)
    height = _known_height(act, patient_id, age) if weighed else None
    kept = tuple(
        _keep(act, patient_id, encounter, reading, at, age, note, known, posture)
        for reading in vitals.with_derived(readings, height)
    )
    if encounter is not None:
        _move_step(act, encounter, patient_id, age)
    return kept


def _keep(
    act: Act,
    patient_id: str,
    encounter: str | None,
    reading: vitals.Reading,
    at: datetime,
    age: int | None,
    note: str | None,
    limits: tuple[Limits, ...],
    posture: str | None,
) -> Taken:
    said = flag(reading.code, reading.value, age, limits)
    unit = vitals.BY_CODE[reading.code].unit
    odd = weight_question(act.conn, patient_id, at, reading.value) if reading.code == vitals.WEIGHT else ""
    made = act.create(
        vital_signs,
        {
            "patient_id": patient_id,
            "encounter_id": encounter,
            "code": reading.code,
            "value": reading.text,
            "unit": unit,
            "flag": said,
            "taken_at": to_text(at),
            "taken_by": act.session.staff_id,
            "status": "final",
            "note": note,
            "posture": posture if reading.code == vitals.HEIGHT else None,
        },
        kind="vitals.recorded",
    )
    return Taken(made, reading.code, reading.text, unit, said, odd)


@command
def vitals_entered_in_error(act: Act, vital_ids: Sequence[str], reason: str) -> int:
    """Say that measurements were an error; they stay in the record and are shown nowhere as true. Returns how many."""
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    for vital_id in vital_ids:
        row = act.conn.execute(select(vital_signs).where(vital_signs.c.id == vital_id)).one_or_none()
        if row is None or row.status != "final":
            raise Refusal(N_("This measurement was withdrawn already."), record=vital_id)
        changes = {"status": "entered_in_error"}
        act.change(vital_signs, vital_id, changes, kind="vitals.withdrawn", reason=reason.strip())
    return len(vital_ids)


@query
def vitals_trend(read: Read, patient_id: str, code: str, limit: int = 50) -> Trend:
    """The last measurements of one sign, oldest first."""
    chart_rows.require_opened(read, patient_id)
    rows = read.conn.execute(
        select(vital_signs.c.id, vital_signs.c.taken_at, vital_signs.c.value, vital_signs.c.flag)
        .where(
            vital_signs.c.patient_id.in_(ids_of(read.conn, patient_id)),
            vital_signs.c.code == code,
            vital_signs.c.status == "final",
        )
        .order_by(vital_signs.c.taken_at.desc())
        .limit(limit)
    ).all()
    age = age_of(read.conn, patient_id, read.now)
    limits = None if age is None else limits_for(code, age, normal_limits(read.conn))
    return Trend(
        code,
        vitals.BY_CODE[code].unit,
        tuple(TrendPoint(row.id, from_text(row.taken_at), Decimal(row.value), row.flag) for row in reversed(rows)),
        None if limits is None else limits.low,
        None if limits is None else limits.high,
        None if limits is None else limits.source,
    )


def _open_encounter(connection: Connection, patient_id: str) -> str | None:
    # Not ordered in SQL, so that the few open ones are found by their status.
    rows = connection.execute(
        select(encounters.c.id, encounters.c.started_at).where(
            encounters.c.patient_id.in_(ids_of(connection, patient_id)),
            encounters.c.status.in_(("open", "awaiting_results")),
        )
    ).all()
    return max(rows, key=lambda row: row.started_at).id if rows else None


def _known_height(act: Act, patient_id: str, age: int | None) -> Decimal | None:
    """The last height, for grown people only: a child's is true for the day it was measured."""
    if age is None or age < GROWN_DAYS:
        return None
    last = act.conn.execute(
        select(vital_signs.c.value)
        .where(
            vital_signs.c.patient_id.in_(ids_of(act.conn, patient_id)),
            vital_signs.c.code == vitals.HEIGHT,
            vital_signs.c.status == "final",
        )
        .order_by(vital_signs.c.taken_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if last is None else Decimal(last)


def _move_step(act: Act, encounter_id: str, patient_id: str, age: int | None) -> None:
    """Move the step of an open encounter on: complete with what the visit wants, else in progress."""
    visit = act.conn.execute(select(encounters).where(encounters.c.id == encounter_id)).one()
    if visit.patient_id not in ids_of(act.conn, patient_id):
        raise Refusal(N_("This encounter is about somebody else."))
    if visit.status not in {"open", "awaiting_results"}:
        raise Refusal(N_("This encounter is signed. Record the vital signs without it."))
    step = act.conn.execute(
        select(consultation_steps.c.id, consultation_steps.c.state).where(
            consultation_steps.c.encounter_id == encounter_id, consultation_steps.c.step == "vitals"
        )
    ).one_or_none()
    if step is None:
        return
    pregnant = bool(chart_rows.patient_row(act.conn, patient_id)._mapping["pregnant"])
    months = None if age is None else int(age / 30.4375)
    wanted = vitals.wanted_signs(age_months=months, pregnant=pregnant, preset=visit.preset)
    done = set(wanted) <= codes_taken(act.conn, patient_id, act.now).keys()
    state = State(step.state)
    if done and state != State.COMPLETED:
        changes = {"state": State.COMPLETED.value, "reason": None, "rule": None, "rule_version": None}
        act.change(consultation_steps, step.id, _by(act) | changes, kind="step.saved")
    elif not done and state in OPEN_TO_RULES:
        act.change(consultation_steps, step.id, _by(act) | {"state": State.IN_PROGRESS.value}, kind="step.saved")


def _by(act: Act) -> dict[str, object]:
    return {"updated_by": act.session.display_name, "updated_at": act.at}
