"""Results of the laboratory: entered, released by a second person, corrected in the open, called back when critical."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import laboratory as rules
from clinic_desktop.domain.counting import says_something
from clinic_desktop.domain.laboratory import Assessed, Before
from clinic_desktop.domain.ranges import CRITICAL, Ages, ages
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.laboratory import assays, settle
from clinic_desktop.services.result_rows import PatientResult, released
from clinic_desktop.store.tables.laboratory import (
    callbacks,
    lab_order_tests,
    lab_orders,
    lab_results,
    lab_tests,
    specimens,
)
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("version_of", "age_at", "before", "current")


@dataclass(frozen=True)
class Entry:
    """One typed value: `version` is what the grid showed, `confirmed` that the person looked at an odd value twice."""

    order_test_id: str
    value: str
    version: str
    confirmed: bool = False


@dataclass(frozen=True)
class Entered:
    """One value as it was stored and what it means."""

    result_id: str
    test_code: str
    value: str
    unit: str | None
    flag: str
    range_text: str | None


@dataclass(frozen=True)
class Released:
    """What was released, and which of it is critical and has not been called back."""

    order_id: str
    results: tuple[str, ...]
    to_call_back: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """One value of a test over time."""

    value: str
    unit: str | None
    flag: str
    collected_at: datetime


@command
def enter_results(act: Act, order_id: str, entries: tuple[Entry, ...]) -> tuple[Entered, ...]:
    """Enter values of one order, all or none; a value not yet released may be entered again by who saw it."""
    if not entries:
        raise Refusal(N_("Type at least one value."))
    order = act.conn.execute(select(lab_orders).where(lab_orders.c.id == order_id)).one()
    done = tuple(_enter(act, order, entry) for entry in entries)
    settle(act, order_id)
    return done


@command
def release_results(act: Act, order_id: str, seen: tuple[tuple[str, int], ...]) -> Released:
    """Release results by their id and the revision that was looked at; never by whoever entered one of them."""
    if not seen:
        raise Refusal(N_("There is nothing to release."))
    critical: list[str] = []
    for result_id, revision in seen:
        row = act.conn.execute(select(lab_results).where(lab_results.c.id == result_id)).one_or_none()
        if row is None or row.status != "entered":
            raise Refusal(N_("This result was released or set aside meanwhile. Look at the order again."))
        if _order_test(act.conn, row.order_test_id).order_id != order_id:
            raise Refusal(N_("A result of another order is among these. Look at the order again."))
        rules.require_second_person({row.entered_by}, act.session.staff_id)
        changes = {"status": "released", "released_at": act.at, "released_by": act.session.staff_id}
        act.change(lab_results, result_id, changes, kind="result.released", expect=revision)
        if row.supersedes is not None:
            act.change(lab_results, row.supersedes, {"status": "superseded"}, kind="result.superseded",
                       reason=row.correction_reason)  # fmt: skip
        act.change(lab_order_tests, row.order_test_id, {"status": "released"}, kind="lab_order.test_released")
        if row.flag in CRITICAL and not _called_back(act.conn, result_id):
            critical.append(result_id)
            _tell_critical(act, order_id, row)
    settle(act, order_id)
    return Released(order_id, tuple(result_id for result_id, _revision in seen), tuple(critical))


def _tell_critical(act: Act, order_id: str, result: Row[Any]) -> None:
    """Put a critical result into the inbox of whoever ordered it; unanswered it goes up the ladder."""
    order = act.conn.execute(select(lab_orders).where(lab_orders.c.id == order_id)).one()
    name = act.conn.execute(select(lab_tests.c.name).where(lab_tests.c.code == result.test_code)).scalar()
    value = " ".join(part for part in (name or result.test_code, result.value, result.unit, result.flag) if part)
    arguments = (("patient_id", str(result.patient_id)), ("order_id", order_id))
    inbox.notify(
        act,
        inbox.Notice(
            "critical_result", "critical", value, str(order.ordered_by), f"{order.number}", result.patient_id,
            "result", result.id, "laboratory", arguments, must_answer=True,
        ),
    )  # fmt: skip


@command
def correct_result(
    act: Act, result_id: str, value: str, reason: str, *, expect: int, confirmed: bool = False
) -> Entered:
    """Correct a released result: a new row that a second person releases; the old one stays and is struck then."""
    if not reason.strip():
        raise Refusal(N_("Say why the result is corrected."), field="reason")
    old = act.conn.execute(select(lab_results).where(lab_results.c.id == result_id)).one_or_none()
    if old is None or old.status != "released":
        raise Refusal(N_("Only a released result is corrected. Look at the order again."))
    if old.revision != expect:
        raise Refusal(N_("Somebody changed this meanwhile. Look at it again; what you typed is kept."))
    waiting = lab_results.c.supersedes == result_id
    if act.conn.execute(select(lab_results.c.id).where(waiting, lab_results.c.status == "entered")).first():
        raise Refusal(N_("A correction of this result waits to be released already."))
    test = _order_test(act.conn, old.order_test_id)
    assessed, unit = _assess(act.conn, test, value, confirmed=confirmed)
    if assessed.value == old.value:
        raise Refusal(N_("This is the value that stands there already."), field="value")
    why = {"supersedes": old.id, "correction_reason": reason.strip()}
    entered = _store(act, test, assessed, unit, why, kind="result.corrected", reason=reason.strip())
    act.change(lab_order_tests, test.id, {"status": "resulted"}, kind="lab_order.test_resulted")
    settle(act, test.order_id)
    return entered


@command
def record_callback(act: Act, result_id: str, told_whom: str, *, read_back: bool, note: str | None = None) -> str:
    """Record that a critical result was told to somebody who can act, and that they read it back."""
    row = act.conn.execute(select(lab_results).where(lab_results.c.id == result_id)).one_or_none()
    if row is None or row.status == "superseded":
        raise Refusal(N_("This result was set aside or corrected. Call back the one that stands."))
    if row.flag not in CRITICAL:
        raise Refusal(N_("This result is not critical."))
    if not says_something(told_whom):
        raise Refusal(N_("Say who was told."), field="told_whom")
    if note and note.strip() and not says_something(note):
        raise Refusal(N_("Say it in words, or leave it empty."), field="note")
    if not read_back:
        raise Refusal(N_("Have the value read back to you, and say so."), field="read_back")
    values = {
        "result_id": result_id,
        "patient_id": row.patient_id,
        "told_whom": told_whom.strip(),
        "told_at": act.at,
        "told_by": act.session.staff_id,
        "read_back": 1,
        "note": (note or "").strip() or None,
    }
    made = act.create(callbacks, values, kind="callback.recorded")
    inbox.answer_about(act, "result", result_id, told_whom)
    return made


@query(access="chart")
def results(read: Read, patient_id: str, *, limit: int = 400) -> tuple[PatientResult, ...]:
    """Every released result of a patient, newest first; corrected ones too, struck."""
    return released(read.conn, lab_results.c.patient_id == patient_id, limit)


@query(access="report")
def order_results(read: Read, patient_id: str, order_id: str) -> tuple[PatientResult, ...]:
    """The released results of one order, in the order they were asked for: what the report prints."""
    of_order = lab_order_tests.c.order_id == order_id
    found = released(read.conn, (lab_results.c.patient_id == patient_id) & of_order, 1000)
    asked = select(lab_order_tests.c.test_code).where(of_order).order_by(lab_order_tests.c.position)
    place = {code: at for at, code in enumerate(read.conn.execute(asked).scalars())}
    return tuple(sorted(found, key=lambda one: (place[one.test_code], one.released_at)))


@query(access="chart")
def history(read: Read, patient_id: str, test_code: str) -> tuple[Point, ...]:
    """The values of one test over time, oldest first; what was corrected is left out."""
    found = released(read.conn, (lab_results.c.patient_id == patient_id) & (lab_results.c.test_code == test_code), 1000)
    return tuple(Point(one.value, one.unit, one.flag, one.collected_at) for one in reversed(found) if not one.struck)


def current(connection: Connection, order_test_id: str) -> Row[tuple[object, ...]] | None:
    """The result that stands for a test: one waiting for release before one that is released."""
    standing = lab_results.c.status.in_(("entered", "released"))
    return connection.execute(
        select(lab_results)
        .where(lab_results.c.order_test_id == order_test_id, standing)
        .order_by(lab_results.c.status, lab_results.c.entered_at.desc())
        .limit(1)
    ).one_or_none()


def version_of(test: Row[tuple[object, ...]], result: Row[tuple[object, ...]] | None) -> str:
    """What a person saw of a test in the grid; it changes with everything that anybody does to it."""
    seen = "" if result is None else f"{result.id}.{result.revision}"
    return f"{test.revision}:{seen}"


def age_at(born_on: str | None, precision: str, collected_at: str) -> Ages | None:
    """The age at collection, by the clinic's civil day."""
    day = from_text(collected_at).astimezone().date()
    return ages(None if born_on is None else date.fromisoformat(born_on), precision, day)


def before(connection: Connection, patient_id: str, test_code: str, order_test_id: str) -> Before | None:
    """The last released result of this test from another order."""
    row = connection.execute(
        select(lab_results.c.value, lab_results.c.entered_at)
        .where(
            lab_results.c.patient_id == patient_id,
            lab_results.c.test_code == test_code,
            lab_results.c.status == "released",
            lab_results.c.order_test_id != order_test_id,
        )
        .order_by(lab_results.c.entered_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Before(row.value, from_text(row.entered_at))


def _enter(act: Act, order: Row[tuple[object, ...]], entry: Entry) -> Entered:
    test = _order_test(act.conn, entry.order_test_id)
    if test.order_id != order.id:
        raise ValueError("a test of another order")
    there = current(act.conn, test.id)
    if version_of(test, there) != entry.version:
        raise _meanwhile(act, test, there)
    if test.status not in {"collected", "resulted"}:
        raise Refusal(
            N_("{test} has no specimen to be measured, or is released."), field=test.test_code, test=test.name
        )
    try:
        assessed, unit = _assess(act.conn, test, entry.value, confirmed=entry.confirmed)
    except Refusal as refusal:
        raise Refusal(refusal.message, field=test.test_code, **refusal.facts) from None
    if there is None:
        entered = _store(act, test, assessed, unit, {}, kind="result.entered")
        act.change(lab_order_tests, test.id, {"status": "resulted"}, kind="lab_order.test_resulted")
        return entered
    if assessed.value != there.value and _called_back(act.conn, there.id):
        # Somebody was told the value that stood here: it keeps its call, and the new value needs one of its own.
        act.change(lab_results, there.id, {"status": "superseded"}, kind="result.set_aside", expect=there.revision)
        why = {"supersedes": there.supersedes, "correction_reason": there.correction_reason}
        return _store(act, test, assessed, unit, why, kind="result.entered")
    meaning = _meaning(assessed) | {"entered_by": act.session.staff_id, "entered_at": act.at}
    act.change(lab_results, there.id, meaning, kind="result.entered", expect=there.revision)
    return Entered(
        there.id, test.test_code, assessed.value, unit, assessed.judgement.flag, assessed.judgement.range_text
    )


def _meanwhile(act: Act, test: Row[tuple[object, ...]], there: Row[tuple[object, ...]] | None) -> Refusal:
    if there is None:
        return Refusal(
            N_("{test} was changed meanwhile. Look at it again; what you typed is kept."),
            field=test.test_code, test=test.name,
        )  # fmt: skip
    who = act.conn.execute(select(staff.c.display_name).where(staff.c.id == there.entered_by)).scalar()
    return Refusal(
        N_("{who} entered {value} for {test} meanwhile. Look at it before you change it; what you typed is kept."),
        field=test.test_code, who=who, value=there.value, test=test.name,
    )  # fmt: skip


def _order_test(connection: Connection, order_test_id: str) -> Row[tuple[object, ...]]:
    """A test of an order with all that decides what its value means."""
    return connection.execute(
        select(
            lab_order_tests,
            lab_tests.c.name,
            specimens.c.collected_at,
            patients.c.sex,
            patients.c.born_on,
            patients.c.born_precision,
        )
        .join(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
        .join(patients, patients.c.id == lab_order_tests.c.patient_id)
        .outerjoin(specimens, specimens.c.id == lab_order_tests.c.specimen_id)
        .where(lab_order_tests.c.id == order_test_id)
    ).one()


def _assess(
    connection: Connection, test: Row[tuple[object, ...]], typed: str, *, confirmed: bool
) -> tuple[Assessed, str | None]:
    assay = assays(connection, {str(test.test_code)})[str(test.test_code)]
    age = age_at(test.born_on, test.born_precision, test.collected_at)
    last = before(connection, test.patient_id, test.test_code, test.id)
    assessed = rules.assess(typed, assay, test.sex, age, last)
    if assessed.confirm is not None and not confirmed:
        raise Refusal(assessed.confirm, field="confirm", value=assessed.value)
    return assessed, assay.unit


def _meaning(assessed: Assessed) -> dict[str, object]:
    judgement = assessed.judgement
    return {
        "value": assessed.value,
        "flag": judgement.flag,
        "range_text": judgement.range_text,
        "range_source": judgement.source,
        "note": judgement.reason,
    }


def _store(
    act: Act,
    test: Row[tuple[object, ...]],
    assessed: Assessed,
    unit: str | None,
    more: dict[str, object],
    *,
    kind: str,
    reason: str | None = None,
) -> Entered:
    values = {
        "order_test_id": test.id,
        "patient_id": test.patient_id,
        "test_code": test.test_code,
        "unit": unit,
        "entered_at": act.at,
        "entered_by": act.session.staff_id,
        "status": "entered",
    }
    result_id = act.create(lab_results, values | _meaning(assessed) | more, kind=kind, reason=reason)
    judgement = assessed.judgement
    return Entered(result_id, str(test.test_code), assessed.value, unit, judgement.flag, judgement.range_text)


def _called_back(connection: Connection, result_id: str) -> bool:
    return connection.execute(select(callbacks.c.id).where(callbacks.c.result_id == result_id)).first() is not None
