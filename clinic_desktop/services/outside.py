"""What came in from elsewhere as the chart shows it: results with flags, procedures and reports, in bounded work."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, or_, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import ranges as rules
from clinic_desktop.domain import units, vitals
from clinic_desktop.domain.ranges import Judgement, Range
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import merges
from clinic_desktop.store.tables.laboratory import lab_ranges, lab_tests
from clinic_desktop.store.tables.outside import diagnostic_reports, outside_records, procedures
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("judged", "outside_results", "outside_acts", "ranges_by_loinc", "readable")

LOINC = "http://loinc.org"
NO_RESULT = ("entered-in-error", "cancelled", "registered")
PRELIMINARY = "preliminary"
CORRECTED = frozenset({"corrected", "amended"})
# How many of the newest observations are looked through for results: signs stand between them.
LOOKED_AT = 400
# So many of them are judged, for one that is critical among all those of one morning; the chart shows fewer.
JUDGED, FEW = 80, 40
ACTS_SHOWN = 30
KIND_WORDS = {
    "Coverage": N_("Insurance"), "Appointment": N_("Appointment"), "ServiceRequest": N_("Request"),
    "Communication": N_("Message"), "Task": N_("Task"),
}  # fmt: skip
FIGURES_READ, DECIMALS_READ = 4, 3
_READ = (
    "id", "code_system", "code", "title", "comparator", "value", "value_kind", "unit", "unit_code", "range_text",
    "range_low", "range_high", "effective_at", "effective_text", "interpretation", "status", "part_of", "performer",
    "note",
)  # fmt: skip
# Written out: it stands between a doctor and the chart, and building it took ten times as long as running it.
# A part of a finding was reported by whom the whole was, and what is said of the whole is said of it. What has no value
# may say what was made of it; the whole of several parts says that in its parts.
_NEWEST = (
    "SELECT o.id, o.code_system, o.code, o.title, o.comparator, o.value, o.value_kind, o.unit, o.unit_code,"
    " o.range_text, o.range_low, o.range_high, o.effective_at, o.effective_text, o.interpretation, o.status, o.part_of,"
    " coalesce(o.performer, whole.performer), coalesce(o.note, whole.note)"
    " FROM (SELECT * FROM observations WHERE patient_id = ?1 ORDER BY effective_at DESC LIMIT ?3) o"
    " LEFT JOIN observations whole ON whole.id = o.part_of"
    " WHERE o.status NOT IN ('entered-in-error', 'cancelled', 'registered')"
    " AND o.code NOT IN (SELECT value FROM json_each(?2))"
    " AND (o.value_kind <> 'none' OR o.interpretation IN ('LL', 'HH', 'AA')"
    " OR ((o.interpretation IS NOT NULL OR o.note IS NOT NULL)"
    " AND NOT EXISTS (SELECT 1 FROM observations part WHERE part.part_of = o.id)))"
    " ORDER BY o.effective_at DESC LIMIT ?4"
)
# Of whom a watch measures signs all day the newest are signs alone: then the newest few of every other code. The codes
# are found one seek each, however many observations there are.
_WINDOW = "(SELECT * FROM observations WHERE patient_id = ?1 ORDER BY effective_at DESC LIMIT ?3)"
_CODES = (
    "WITH RECURSIVE codes(code) AS (SELECT min(code) FROM observations WHERE patient_id = ?1 UNION ALL"
    " SELECT (SELECT min(code) FROM observations WHERE patient_id = ?1 AND code > codes.code)"
    " FROM codes WHERE codes.code IS NOT NULL) "
)
_OF_EVERY_CODE = (
    "(SELECT one.* FROM codes CROSS JOIN observations one ON one.rowid_ IN"
    " (SELECT last.rowid_ FROM observations last WHERE last.patient_id = ?1 AND last.code = codes.code"
    " ORDER BY last.effective_at DESC LIMIT ?3) WHERE codes.code NOT IN (SELECT value FROM json_each(?2)))"
)
_BEYOND = _CODES + _NEWEST.replace(_WINDOW, _OF_EVERY_CODE)
_OF_EACH = 3
_MANY = "SELECT count(*) FROM (SELECT 1 FROM observations WHERE patient_id = ?1 LIMIT ?2)"
_SIGNS = json.dumps([sign.code for sign in vitals.SIGNS])


@dataclass(frozen=True)
class JudgedObservation:
    """One observation from elsewhere with what it means by the reference ranges in force here."""

    id: str
    loinc: str | None
    title: str
    value: str | None
    unit: str | None
    flag: str
    range_text: str | None
    effective_at: str
    effective_text: str | None
    source: str = ""
    note: str = ""
    theirs: str = ""  # how whoever measured it flagged it
    status: str = ""
    part_of: str | None = None
    reported_unit: str | None = None
    reported_range: str | None = None

    @property
    def gravest(self) -> str:
        """The flag it is shown with: by the ranges here, or by whoever measured it."""
        return rules.gravest(self.flag, self.theirs)

    def __repr__(self) -> str:
        return f"JudgedObservation({self.id})"


@dataclass(frozen=True)
class OutsideAct:
    """A procedure, a report or another record from elsewhere; `on` is its date as it came."""

    id: str
    kind: str
    title: str
    on: str
    by: str
    detail: str
    status: str

    def __repr__(self) -> str:
        return f"OutsideAct({self.id})"


def ranges_by_loinc(connection: Connection, codes: Sequence[str]) -> Mapping[str, tuple[tuple[str | None, Range], ...]]:
    """The ranges in force for some LOINC codes, each with the unit it speaks of."""
    rows = connection.execute(
        select(lab_ranges, lab_tests.c.loinc, lab_tests.c.unit.label("test_unit"))
        .outerjoin(lab_tests, lab_tests.c.code == lab_ranges.c.test_code)
        .where(lab_ranges.c.active == 1, or_(lab_tests.c.loinc.in_(codes), lab_ranges.c.test_code.in_(codes)))
    )
    found: dict[str, tuple[tuple[str | None, Range], ...]] = {}
    for row in rows:
        kept = (row.low, row.high, row.critical_low, row.critical_high)
        low, high, critical_low, critical_high = (None if each is None else Decimal(each) for each in kept)
        one = Range(row.sex, row.age_from_days, row.age_to_days, low, high, critical_low, critical_high, row.source)
        code = row.loinc or row.test_code
        found[code] = (*found.get(code, ()), (row.unit or row.test_unit, one))
    return found


def judged(connection: Connection, patient_id: str, rows: Sequence[Mapping[str, Any]]) -> list[JudgedObservation]:
    """Flag observations by the ranges in force; a value in a unit that no range speaks of has no flag."""
    person = connection.execute(select(patients).where(patients.c.id == patient_id)).one()
    born = None if person.born_on is None else date.fromisoformat(person.born_on)
    codes = sorted({str(row["code"]) for row in rows if row["code_system"] == LOINC})
    known = ranges_by_loinc(connection, codes)
    shown = []
    for row in rows:
        loinc = str(row["code"]) if row["code_system"] == LOINC else None
        unit = row["unit_code"] or row["unit"]
        fitting = [one for its_unit, one in known.get(loinc or "", ()) if units.same(its_unit, unit)]
        on = from_text(row["effective_at"]).astimezone().date()
        age = rules.ages(born, person.born_precision, on) if row["effective_text"] else None
        said = _judge(row, fitting, person.sex, age)
        value = f"{row['comparator'] or ''}{row['value']}" if row["value"] is not None else None
        shown.append(
            JudgedObservation(
                row["id"], loinc, row["title"], value, unit, said.flag, said.range_text or _own_range(row),
                row["effective_at"], row["effective_text"], row["performer"] or "", row["note"] or "",
                row["interpretation"] or _by_their_range(row), row["status"], row["part_of"],
                row["unit"] or row["unit_code"], _own_range(row),
            )
        )  # fmt: skip
    return shown


def outside_results(connection: Connection, patient_id: str) -> list[JudgedObservation]:
    """The newest results from elsewhere that are no vital signs: those stand among the signs."""
    rows = [dict(zip(_READ, row, strict=True)) for one in merges.ids_of(connection, patient_id)
            for row in _newest(connection, one)]  # fmt: skip
    rows.sort(key=lambda row: str(row["effective_at"]), reverse=True)
    return judged(connection, patient_id, rows[:JUDGED]) if rows else []


def _newest(connection: Connection, patient_id: str) -> Sequence[Any]:
    found = connection.exec_driver_sql(_NEWEST, (patient_id, _SIGNS, LOOKED_AT, JUDGED)).all()
    if len(found) < FEW and connection.exec_driver_sql(_MANY, (patient_id, LOOKED_AT)).scalar() == LOOKED_AT:
        more = connection.exec_driver_sql(_BEYOND, (patient_id, _SIGNS, _OF_EACH, JUDGED)).all()
        return list({row[0]: row for row in (*found, *more)}.values())
    return found


def outside_acts(connection: Connection, patient_id: str) -> tuple[OutsideAct, ...]:
    """The last procedures, reports, requests, appointments, covers and messages from elsewhere, newest first."""
    ids = merges.ids_of(connection, patient_id)
    done = connection.execute(
        select(procedures)
        .where(procedures.c.patient_id.in_(ids), procedures.c.status != "entered-in-error")
        .order_by(procedures.c.performed_at.desc())
        .limit(ACTS_SHOWN)
    )
    told = connection.execute(
        select(diagnostic_reports)
        .where(diagnostic_reports.c.patient_id.in_(ids), diagnostic_reports.c.status != "entered-in-error")
        .order_by(diagnostic_reports.c.effective_at.desc())
        .limit(ACTS_SHOWN)
    )
    others = connection.execute(
        select(outside_records)
        .where(outside_records.c.patient_id.in_(ids), outside_records.c.status != "entered-in-error")
        .order_by(outside_records.c.starts_at.desc())
        .limit(ACTS_SHOWN)
    )
    acts = [
        (
            row.performed_at or "",
            OutsideAct(
                row.id, "procedure", row.title, row.performed_text or "", row.performer or row.place or "",
                row.reason or row.outcome or "", row.status,
            ),
        )
        for row in done
    ] + [
        (
            row.effective_at or "",
            OutsideAct(
                row.id, "report", row.title, row.effective_text or row.issued_text or "", row.performer or "",
                row.conclusion or "", row.status,
            ),
        )
        for row in told
    ] + [
        (
            row.starts_at or "",
            OutsideAct(row.id, row.kind, f"{_(KIND_WORDS[row.kind])}: {row.title}", row.starts_text or "",
                       row.party or "", row.detail or "", row.status or ""),
        )
        for row in others
    ]  # fmt: skip
    return tuple(act for _at, act in sorted(acts, key=lambda each: each[0], reverse=True)[:ACTS_SHOWN])


def readable(value: str | None) -> str:
    """A value as it is read at a glance: four figures of it, whole numbers whole; the record keeps every figure."""
    text = value or ""
    sign = text[: len(text) - len(text.lstrip("<=>"))]
    try:
        number = Decimal(text[len(sign) :])
    except InvalidOperation:
        return text
    if not number.is_finite() or -int(number.as_tuple().exponent) <= DECIMALS_READ:
        return text
    digits = max(0, FIGURES_READ - 1 - number.adjusted())
    if digits >= -int(number.as_tuple().exponent):
        return text
    return f"{sign}{round(number, min(digits, FIGURES_READ + 4)):f}"


def _judge(row: Mapping[str, Any], fitting: list[Range], sex: str, age: rules.Ages | None) -> Judgement:
    if row["value_kind"] not in {"quantity", "integer"} or row["value"] is None or not fitting:
        return Judgement("none", reason=rules.NO_RANGE)
    try:
        number = f"{Decimal(row['value']):f}"
    except InvalidOperation:
        return Judgement("none", reason=rules.NO_NUMBER)
    return rules.judge(f"{row['comparator'] or ''}{number}", fitting, sex, age)


def _by_their_range(row: Mapping[str, Any]) -> str:
    """H or L of a value outside the range that came with it, where whoever measured it gave the range and no flag."""
    if row["value_kind"] not in {"quantity", "integer"}:
        return ""
    number, low, high = (_decimal(row[name]) for name in ("value", "range_low", "range_high"))
    relation = row["comparator"] or ""
    if number is None:
        return ""
    if high is not None and not relation.startswith("<") and (number > high or (relation == ">" and number == high)):
        return "H"
    if low is not None and not relation.startswith(">") and (number < low or (relation == "<" and number == low)):
        return "L"
    return ""


def _decimal(text: str | None) -> Decimal | None:
    try:
        number = None if text is None else Decimal(text)
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _own_range(row: Mapping[str, Any]) -> str | None:
    """The range that came with a result, for where none is kept here."""
    if row["range_text"]:
        return str(row["range_text"])
    low, high = row["range_low"], row["range_high"]
    if low and high:
        return f"{low}–{high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else None
