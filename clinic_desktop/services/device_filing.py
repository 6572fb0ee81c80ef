"""Where one result of a device goes: to the order it answers, to the chart as measured elsewhere, or for review.

Everything is decided before a row is written, so that one doubtful result never takes the others of its message back.
"""

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import devices as rules
from clinic_desktop.domain import laboratory, units
from clinic_desktop.domain.devices import LOINC, Named
from clinic_desktop.domain.laboratory import Assay, Assessed
from clinic_desktop.domain.ranges import CRITICAL
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import arrivals, results
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import UUID, Key
from clinic_desktop.services.arrivals import Arrival
from clinic_desktop.services.device_alarms import tell_doctors
from clinic_desktop.services.device_keys import Standing, standing
from clinic_desktop.services.device_people import order_of, others_number, owners, registered, who
from clinic_desktop.services.laboratory import assays
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.services.results import Entry
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, lab_tests, specimens
from clinic_desktop.store.tables.outside import identifiers, observations
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("place", "named", "written", "test_of")

# A device in another time zone, or whose clock is kept badly, is not yet wrong.
AHEAD = timedelta(days=1)
SYSTEM = "urn:x-clinic-desktop:device:"
# HL7 table 0085 -> the status of an observation; what is not here does not stand as a result.
STATUS = {"F": "final", "C": "corrected", "P": "preliminary", "R": "preliminary", "S": "preliminary", "U": "final",
          "": "unknown"}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """Where a result went, or why it waits for somebody."""

    state: str
    why: str | None = None
    filed_kind: str | None = None
    filed_id: str | None = None
    count: int = 1


def named(text: str | None) -> Named:
    """Whom a message speaks of, as its row keeps it."""
    said = json.loads(text or "{}")
    pairs = {name: tuple((str(a), str(b)) for a, b in said.get(name, ())) for name in ("numbers", "names")}
    return Named(pairs["numbers"], pairs["names"], str(said.get("born", "")), str(said.get("sex", "")))


def place(act: Act, message: Row[Any], row: Row[Any], chosen: str | None = None) -> Placed:
    """File one result, or say why not; `chosen` is the patient whom a person who looked at it named."""
    doubt = _unreadable(row, looked_at=chosen is not None)
    if doubt is not None:
        return Placed("review", doubt)
    order, doubt = order_of(act.conn, row.numbers.splitlines())
    patient = chosen
    if chosen is None and doubt is None:
        patient, doubt = _whose(act.conn, named(message.said_of), order)
    elif chosen is not None and order is not None and _owner(act.conn, order) not in ids_of(act.conn, chosen):
        doubt = rules.OTHER_ORDER
    if doubt is not None or patient is None:
        return Placed("review", doubt or rules.NOBODY)
    doubt = _when_doubt(act.conn, message, row, patient)
    if doubt is not None and chosen is None:
        return Placed("review", doubt)
    code = test_of(act.conn, row.code_system, row.code, row.test_code)
    waiting = _open_tests(act.conn, patient, order, code)
    if waiting and order is None and (chosen is None or len(waiting) > 1):
        return Placed("review", rules.OPEN_ORDER if len(waiting) == 1 else rules.OPEN_ORDERS)
    if order is not None and not waiting:
        return Placed("review", rules.NOT_ORDERED)
    if waiting:
        return _to_order(act, row, waiting[0], looked_at=chosen is not None)
    return _to_chart(act, message, row, patient, code, looked_at=chosen is not None)


def _unreadable(row: Row[Any], *, looked_at: bool) -> str | None:
    """Why a result cannot be filed whoever it belongs to; what was only doubtful to read a person may take as read."""
    if row.why and not looked_at:
        return str(row.why)
    if row.status not in STATUS:
        return rules.BAD_STATUS
    return rules.NO_VALUE if row.value_kind == "none" or not row.value else None


def _when_doubt(conn: Connection, message: Row[Any], row: Row[Any], patient: str) -> str | None:
    """Why the time of a measurement cannot be right: after it was sent, or before the person was born."""
    if not row.measured_at:
        return None
    at = from_text(_instant(row.measured_at))
    if at - from_text(message.received_at) > AHEAD:
        return rules.IN_FUTURE
    born = registered(conn, patient).born_on
    return rules.BEFORE_BIRTH if born is not None and at.date() < born - AHEAD else None


def written(row: Row[Any]) -> str:
    """The value as somebody would type it, with its unit."""
    if row.value_kind != "quantity":
        return str(row.value)
    return f"{row.comparator or ''}{row.value} {row.unit or ''}".strip()


def _whose(conn: Connection, said: Named, order: str | None) -> tuple[str | None, str | None]:
    if order is None:
        return who(conn, said)
    owner = kept_id(conn, _owner(conn, order))
    if said.nobody:
        return None, rules.NO_PERSON
    # The number of the order is the first thing that agrees; anything of the person has to be the second. A number that
    # is another person's here outweighs both: twins share a birth date, and labels are swapped.
    doubt = rules.disagreement(said, registered(conn, owner))
    bearers = owners(conn, said.numbers)
    if doubt in {None, rules.NOT_TWICE} and bearers and owner not in bearers:
        doubt = rules.OTHER_ORDER
    elif doubt in {None, rules.NOT_TWICE} and others_number(conn, said, owner):
        doubt = rules.TWO_NUMBERS
    elif doubt == rules.NOT_TWICE:
        doubt = None if bearers == [owner] else doubt
    return (None, doubt) if doubt else (owner, None)


def _owner(conn: Connection, order: str) -> str:
    return str(conn.execute(select(lab_orders.c.patient_id).where(lab_orders.c.id == order)).scalar_one())


def test_of(conn: Connection, system: str, code: str, test_code: str | None) -> str | None:
    """The test of the catalogue a result is of; None where there is none, or where several share the code."""
    if test_code:
        known = select(lab_tests.c.code).where(lab_tests.c.code == test_code, lab_tests.c.active == 1)
    elif system == LOINC:
        known = select(lab_tests.c.code).where(lab_tests.c.loinc == code, lab_tests.c.active == 1)
    else:
        return None
    found = list(conn.execute(known).scalars())
    return str(found[0]) if len(found) == 1 else None


def _open_tests(conn: Connection, patient: str, order: str | None, code: str | None) -> list[Row[Any]]:
    """The tests that wait for this result: in the order that was named, else in any of this patient's."""
    if code is None:
        return []
    waiting = lab_order_tests.c.status.in_(("collected", "resulted"))
    asked = (
        select(lab_order_tests, specimens.c.collected_at, patients.c.sex, patients.c.born_on, patients.c.born_precision)
        .join(specimens, specimens.c.id == lab_order_tests.c.specimen_id)
        .join(patients, patients.c.id == kept_id(conn, patient))
        .where(lab_order_tests.c.test_code == code, waiting, lab_order_tests.c.patient_id.in_(ids_of(conn, patient)))
    )
    return list(conn.execute(asked.where(lab_order_tests.c.order_id == order) if order else asked).all())


def _to_order(act: Act, row: Row[Any], test: Row[Any], *, looked_at: bool) -> Placed:
    """Enter the value for the test it was ordered as; somebody releases it, as every value that is entered."""
    there = results.current(act.conn, test.id)
    if there is not None:
        return Placed("review", rules.RELEASED)
    assay = assays(act.conn, {str(test.test_code)})[str(test.test_code)]
    typed = written(row)
    age = results.age_at(test.born_on, test.born_precision, test.collected_at)
    last = results.before(act.conn, test.patient_id, test.test_code, test.id)
    try:
        assessed = laboratory.assess(typed, assay, test.sex, age, last)
    except Refusal as refused:
        return Placed("review", refused.message.format(**refused.facts))
    doubt = _doubt(row, assay, assessed)
    if doubt is not None and not looked_at:
        return Placed("review", doubt)
    entry = Entry(str(test.id), typed, results.version_of(test, there), confirmed=True)
    (entered,) = results.enter_results.inside(act, str(test.order_id), (entry,))
    return Placed("filed", None, "lab_results", entered.result_id)


def _doubt(row: Row[Any], assay: Assay, assessed: Assessed) -> str | None:
    """Why a value that is possible should still be looked at."""
    if assay.kind == "numeric" and assay.unit and not row.unit:
        return rules.CANNOT_CONVERT
    if rules.contradicts(row.flag or "", assessed.judgement.flag, str(row.value), row.range_text or ""):
        return rules.FLAG_DIFFERS
    # A critical value is what the clinic most wants to see; one ten times off is more often another's specimen.
    return assessed.confirm if assessed.confirm and assessed.judgement.flag not in CRITICAL else None


def _to_chart(act: Act, message: Row[Any], row: Row[Any], patient: str, code: str | None, *, looked_at: bool) -> Placed:
    """Keep a result that nobody here ordered as what was measured elsewhere."""
    if not looked_at and (doubt := _outside_doubt(act.conn, row, patient, code)) is not None:
        return Placed("review", doubt)
    # The person is a part of the key: a sender who counts anew never changes another patient's result.
    system = f"{SYSTEM}{message.device}"
    told = standing(act.conn, "Observation", system, str(row.identity), patient)
    values = _observation(message, row)
    digest = hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
    doubt = rules.MOVED if told.moved else _stands(act.conn, told.here, values, digest)
    touched = "kept_here" in arrivals.would_become(act.conn, [(told.key, digest)])
    own = row.why == rules.SAME_AGAIN or told.moved or touched or (doubt is not None and not row.measured_at)
    if looked_at and own:
        # Nothing told two measurements apart, or a person had changed or moved the first: this is one of its own.
        told = standing(act.conn, "Observation", system, f"{row.identity}#{row.id}", patient)
    elif doubt is not None:
        return Placed("review", doubt)
    # Where it stands already it stays: under which of two merged registrations, nobody decides but who merged them.
    home = patient if told.here is None else told.here.patient
    arrival = Arrival(
        told.key, "observations", values, digest, links={"patient_id": Key("Patient", UUID, home)}, names={}
    )
    (outcome,) = arrivals.receive.inside(act, (arrival,)).outcomes
    now = _known(act.conn, told.key)
    if outcome not in {"new", "same", "changed"} or now is None:
        return Placed("review", rules.STANDS)
    if outcome != "same":
        flag = _flag(act.conn, row, patient, code)
        tell_doctors(act, row, written(row), patient, now.record_id, flag)
    return Placed("filed", None, "observations", now.record_id)


# What makes two results one and the same where the device tells no time of either.
_MEASURED = (
    "status", "code_system", "code", "value_kind", "value", "comparator", "unit", "value_system", "value_code",
)  # fmt: skip


def _stands(conn: Connection, here: Standing | None, values: dict[str, object], digest: str) -> str | None:
    """Why what came does not simply become what stands: no correction, and nothing preliminary that it completes."""
    if here is None or here.digest == digest:
        return None
    now = conn.execute(select(observations).where(observations.c.id == here.record)).one()._mapping
    if values["effective_text"] is None and all(now[name] == values[name] for name in _MEASURED):
        return rules.SAME_AGAIN
    return None if values["status"] == "corrected" or now["status"] == "preliminary" else rules.STANDS


def _flag(conn: Connection, row: Row[Any], patient: str, code: str | None) -> str:
    """What a value means by our ranges; where those say nothing, what the device says of it."""
    ours = "none"
    if code is not None and row.value_kind == "quantity":
        with contextlib.suppress(Refusal):
            ours = _assessed(conn, row, patient, code).judgement.flag
    return str(row.flag or "none") if ours == "none" else ours


def _assessed(conn: Connection, row: Row[Any], patient: str, code: str) -> Assessed:
    """What the laboratory's rules say of a value. Raises Refusal."""
    person = registered(conn, patient)
    at = row.measured_at if row.measured_at and len(row.measured_at) > 10 else None
    born = None if person.born_on is None else person.born_on.isoformat()
    age = results.age_at(born, person.born_precision, _instant(at)) if at else None
    return laboratory.assess(written(row), assays(conn, {code})[code], person.sex, age, None)


def _outside_doubt(conn: Connection, row: Row[Any], patient: str, code: str | None) -> str | None:
    if code is None:
        named_system = row.code_system and not row.code_system.startswith(SYSTEM)
        if not named_system or (row.code_system == LOINC and not rules.is_loinc(row.code)):
            return rules.UNKNOWN_TEST
        ours = "none"
    else:
        assay = assays(conn, {code})[code]
        if (assay.kind == "numeric") != (row.value_kind == "quantity"):
            return rules.UNKNOWN_TEST if assay.kind == "numeric" else None
        if assay.kind != "numeric":
            return None
        if assay.unit and not row.unit:
            return rules.CANNOT_CONVERT
        try:
            ours = _assessed(conn, row, patient, code).judgement.flag
        except Refusal as refused:
            return refused.message.format(**refused.facts)
    if row.value_kind == "quantity" and rules.contradicts(row.flag or "", ours, str(row.value), row.range_text or ""):
        return rules.FLAG_DIFFERS
    return None


def _known(conn: Connection, key: Key) -> Any:
    return conn.execute(
        select(identifiers.c.record_id).where(
            identifiers.c.use == "resource", identifiers.c.kind == key.kind, identifiers.c.system == key.system,
            identifiers.c.value == key.value,
        )
    ).one_or_none()  # fmt: skip


def _observation(message: Row[Any], row: Row[Any]) -> dict[str, object]:
    ucum = units.ucum(row.unit) if row.unit else None
    return {
        "status": STATUS.get(row.status, "unknown"),
        "category": "laboratory",
        "code_system": row.code_system or f"{SYSTEM}{message.device}",
        "code": row.code,
        "title": row.title or row.code,
        "value_kind": row.value_kind,
        "value": row.value,
        "comparator": row.comparator or None,
        "unit": row.unit,
        "unit_code": ucum,
        "value_system": row.value_system,
        "value_code": row.value_code,
        "interpretation": row.flag or None,
        "range_text": row.range_text or None,
        "effective_at": _instant(row.measured_at) if row.measured_at else message.received_at,
        "effective_text": row.measured_at,
        "performer": message.device,
        "note": row.note,
    }


def _instant(text: str) -> str:
    """The instant a time begins at, however exact it is; a civil day begins in the clinic's own time zone."""
    whole = text if len(text) > 10 else (text + "-01-01"[len(text) - 4 :])[:10]
    read = datetime.fromisoformat(whole)
    return to_text((read if read.tzinfo else read.astimezone()).astimezone(UTC))
