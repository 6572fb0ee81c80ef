"""Results that others found, beside those of this laboratory: for the chart, for a visit, and for their papers.

Nobody here released them, so they never stand among the results of this laboratory: each bears who reported it, its
unit and its range as they came, and whether it is not final yet, was corrected, or was withdrawn.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import vitals
from clinic_desktop.domain.ranges import GRAVE
from clinic_desktop.i18n import _
from clinic_desktop.services import chart_rows, outside
from clinic_desktop.services.chart_rows import ResultShown
from clinic_desktop.services.heard_results import GONE, ORDER
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.outside import JudgedObservation
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.outside import diagnostic_reports, identifiers, observations

IN_ACT = ("answered", "came_critical", "is_reported", "newest", "of_order", "of_visit", "results_of", "with_reports")

LOOKED_BACK = timedelta(days=30)  # how far before a visit something was measured that is talked of in it
ON_PAPER = 200
REPORTS = 20
_SIGNS = [sign.code for sign in vitals.SIGNS]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Elsewhere:
    """One result as others reported it: its value, unit, range and flag, and what was said of it since.

    `taken_at` is known where a time of day was said, `taken_text` is what was said of it, `came_at` when it came here.
    """

    id: str
    order_id: str
    loinc: str | None
    title: str
    value: str
    unit: str | None
    flag: str
    range_text: str | None
    withdrawn: bool
    note: str
    source: str
    status: str = ""
    taken_at: datetime | None = None
    taken_text: str = ""
    came_at: datetime | None = None
    flagged_here: bool = False  # by the ranges that are kept here, not by whoever reported it

    def __repr__(self) -> str:
        return f"Elsewhere({self.id})"


@dataclass(frozen=True)
class _Came:
    """When a result came here, and in which order of this clinic it stands."""

    at: datetime | None = None
    order_id: str = ""


_NOTHING = _Came()
_LONG_AGO = from_text("0001-01-01T00:00:00.000000Z")


def results_of(connection: Connection, patient_id: str) -> tuple[ResultShown, ...]:
    """The results of this laboratory and of others, the newest first; of older ones those that are critical."""
    here = chart_rows.recent_results(connection, patient_id)
    found = outside.outside_results(connection, patient_id)
    # What may be shown: the newest of either, and of older ones those that are critical.
    most = chart_rows.RESULTS_SHOWN
    may = [one for place, one in enumerate(found) if place < most or one.gravest in GRAVE]
    came = _came(connection, {one.id: one.part_of or one.id for one in may})
    there = (_shown(one, came.get(one.id, _NOTHING)) for one in may)
    both = sorted((*here, *there), key=lambda one: one.released_at or _LONG_AGO, reverse=True)
    return tuple(one for place, one in enumerate(both) if place < most or one.flag in GRAVE)


def with_reports(connection: Connection, patient_id: str) -> tuple[ResultShown, ...]:
    """The same, with what reports from elsewhere conclude: of a biopsy or a picture that is the result."""
    found = results_of(connection, patient_id)
    of_person = diagnostic_reports.c.patient_id.in_(ids_of(connection, patient_id))
    told = (
        ResultShown(
            row.id, "", row.code or "", row.title, row.conclusion, None, "none", None, chart_rows.instant(row.at),
            corrected=row.status in outside.CORRECTED, source=row.performer or _("another system"),
            preliminary=row.status == outside.PRELIMINARY, taken_text=row.effective_text or row.issued_text or "",
            came_at=chart_rows.instant(row.received_at),
        )
        for row in _reports(connection, of_person)
    )  # fmt: skip
    return tuple(sorted((*found, *told), key=lambda one: one.released_at or _LONG_AGO, reverse=True))


def newest(connection: Connection, patient_id: str) -> tuple[Elsewhere, ...]:
    """The newest results of others as they were reported, of older ones the critical; and what reports conclude."""
    found = outside.outside_results(connection, patient_id)
    came = _came(connection, {one.id: one.part_of or one.id for one in found})
    results = (
        _elsewhere(one, came.get(one.id, _NOTHING))
        for place, one in enumerate(found)
        if place < chart_rows.RESULTS_SHOWN or one.gravest in GRAVE
    )
    of_person = diagnostic_reports.c.patient_id.in_(ids_of(connection, patient_id))
    return (*results, *map(_concluded, _reports(connection, of_person)))


def came_critical(results: Iterable[ResultShown], since: datetime | None, now: datetime) -> int:
    """How many critical results came from elsewhere after an instant, measured in the last month."""
    return sum(
        one.flag in GRAVE
        and one.released_at is not None
        and one.released_at >= now - LOOKED_BACK
        and (since is None or (one.came_at or one.released_at) > since)
        for one in results
        if one.source
    )


def answered(order_id: str, loinc: str | None, name: str, found: Iterable[ResultShown]) -> bool:
    """Whether one of these is the final result, from elsewhere, of a test that was ordered here."""
    return any(
        one.order_id == order_id
        and one.source
        and not one.preliminary
        and _same_test(one.test_code, one.name, loinc, name)
        for one in found
    )


def is_reported(loinc: str | None, name: str, found: Iterable[Elsewhere]) -> bool:
    """Whether a test of this name or LOINC is among what others reported, and not withdrawn."""
    return any(not one.withdrawn and _same_test(one.loinc, one.title, loinc, name) for one in found)


def of_order(
    connection: Connection, patient_id: str, order_id: str, asked: Collection[str], ordered_at: datetime
) -> tuple[Elsewhere, ...]:
    """What others reported of an order placed here, withdrawn or not; and of the tests it asks for, since that day.

    `asked` are the LOINC codes of those tests: a laboratory that was not told of the order names it in nothing.
    """
    stands = select(identifiers.c.record_id).where(
        identifiers.c.use == "business", identifiers.c.system == ORDER, identifiers.c.value == order_id
    )
    known = set(connection.execute(stands).scalars())
    day = ordered_at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    same = (
        observations.c.patient_id.in_(ids_of(connection, patient_id)),
        observations.c.code_system == outside.LOINC,
        observations.c.code.in_(asked),
        observations.c.effective_at >= to_text(day),
        observations.c.status.not_in(outside.NO_RESULT),
    )
    rows = _rows(connection, or_(observations.c.id.in_(known), observations.c.part_of.in_(known)))
    more = _rows(connection, *same) if asked else []
    found = _reported(connection, patient_id, _with(rows, more))
    return tuple(one for one in found if one.order_id in {"", order_id})


def of_visit(
    connection: Connection,
    patient_id: str,
    visit: tuple[str, datetime, datetime | None],
    orders: Collection[str],
) -> tuple[Elsewhere, ...]:
    """What others reported of the orders of a visit, and what came or was measured since the last signed visit.

    `visit` is its id, when it began and when it was signed. What was measured after the signature is not of the visit.
    """
    visit_id, started_at, signed_at = visit
    people = ids_of(connection, patient_id)
    stands = select(identifiers.c.record_id).where(
        identifiers.c.use == "business", identifiers.c.system == ORDER, identifiers.c.value.in_(orders)
    )
    known = set(connection.execute(stands).scalars())
    rows = _rows(connection, or_(observations.c.id.in_(known), observations.c.part_of.in_(known)))
    last = select(func.max(encounters.c.signed_at)).where(
        encounters.c.patient_id.in_(people),
        encounters.c.status == "signed",
        encounters.c.started_at < to_text(started_at),
    )
    since = chart_rows.instant(connection.execute(last).scalar())
    span = [
        observations.c.patient_id.in_(people),
        observations.c.effective_at >= to_text(started_at - LOOKED_BACK),
        observations.c.code.not_in(_SIGNS),
        observations.c.status.not_in(outside.NO_RESULT),
    ]
    if signed_at is not None:
        span.append(observations.c.effective_at <= to_text(signed_at))
    more = _rows(connection, *span, newest=True)
    reported = _reported(connection, patient_id, _with(rows, more))
    of_it = {row["id"] for row in rows} | {row["id"] for row in more if row["encounter_id"] == visit_id}
    at = {row["id"]: from_text(row["effective_at"]) for row in more}
    reports = [
        row
        for row in _reports(connection, diagnostic_reports.c.patient_id.in_(people))
        if row.at and from_text(row.at) >= started_at - LOOKED_BACK
        and (signed_at is None or from_text(row.at) <= signed_at)
    ]  # fmt: skip
    at |= {row.id: from_text(row.at) for row in reports}
    of_it |= {row.id for row in reports if row.encounter_id == visit_id}
    return tuple(
        one
        for one in (*reported, *map(_concluded, reports))
        if one.id in of_it or since is None or at[one.id] > since or (one.came_at is not None and one.came_at > since)
    )


def _reports(connection: Connection, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Reports that conclude something, the newest first; `at` is when that was, else when they came here."""
    table = diagnostic_reports
    wanted = (
        select(table, func.coalesce(table.c.effective_at, identifiers.c.received_at).label("at"),
               identifiers.c.received_at)
        .outerjoin(identifiers, (identifiers.c.record_id == table.c.id) & (identifiers.c.use == "resource"))
        .where(table.c.conclusion.is_not(None), table.c.status.not_in(outside.NO_RESULT), *where)
    )  # fmt: skip
    return connection.execute(wanted.order_by(table.c.effective_at.desc()).limit(REPORTS)).all()


def _concluded(row: Any) -> Elsewhere:
    at = chart_rows.instant(row.at)
    text = row.effective_text or row.issued_text or ""
    return Elsewhere(
        row.id, "", None, row.title, row.conclusion, None, "none", None, withdrawn=False, note="",
        source=row.performer or "", status=row.status, taken_at=at if "T" in text else None, taken_text=text,
        came_at=chart_rows.instant(row.received_at),
    )  # fmt: skip


def _same_test(code: str | None, title: str, loinc: str | None, name: str) -> bool:
    return bool(loinc and code == loinc) or title.casefold() == name.casefold()


def _shown(one: JudgedObservation, came: _Came) -> ResultShown:
    return ResultShown(
        one.id, came.order_id, one.loinc or "", one.title, outside.readable(one.value), one.unit, one.gravest,
        one.range_text, from_text(one.effective_at), corrected=one.status in outside.CORRECTED,
        source=one.source or _("another system"), note=one.note, preliminary=one.status == outside.PRELIMINARY,
        taken_text=one.effective_text or "", came_at=came.at,
    )  # fmt: skip


def _came(connection: Connection, wholes: Mapping[str, str]) -> dict[str, _Came]:
    """When results came here and in which orders they stand; a part is known by the whole it is a part of."""
    if not wholes:
        return {}
    asked = select(
        identifiers.c.record_id, identifiers.c.use, identifiers.c.system, identifiers.c.value, identifiers.c.received_at
    ).where(identifiers.c.record_id.in_(set(wholes.values())))
    at: dict[str, datetime] = {}
    orders: dict[str, str] = {}
    for row in connection.execute(asked):
        if row.use == "resource":
            at[row.record_id] = max(from_text(row.received_at), at.get(row.record_id, from_text(row.received_at)))
        elif row.system == ORDER:
            orders[row.record_id] = row.value
    return {one: _Came(at.get(whole), orders.get(whole, "")) for one, whole in wholes.items()}


def _rows(connection: Connection, *where: ColumnElement[bool], newest: bool = False) -> list[Row]:
    """Observations that say something, as they came; a part bears who reported the whole, and its note."""
    whole = observations.alias("whole")
    wanted = (
        select(observations, whole.c.performer.label("whole_performer"), whole.c.note.label("whole_note"))
        .outerjoin(whole, whole.c.id == observations.c.part_of)
        .where(*where)
    )
    order = (observations.c.effective_at.desc(), observations.c.rowid_) if newest else (observations.c.rowid_,)
    rows = [dict(row) for row in connection.execute(wanted.order_by(*order).limit(ON_PAPER)).mappings()]
    for row in rows:
        row["performer"] = row["performer"] or row["whole_performer"]
        row["note"] = row["note"] or row["whole_note"]
    wholes = {row["part_of"] for row in rows}
    return [row for row in rows if _says(row, has_parts=row["id"] in wholes)]


def _says(row: Row, *, has_parts: bool) -> bool:
    """Whether there is anything to read in it: the whole of several parts says it in its parts."""
    if row["value_kind"] != "none" or row["interpretation"] in GRAVE:
        return True
    return not has_parts and bool(row["status"] in GONE or row["interpretation"] or row["note"])


def _with(rows: Sequence[Row], more: Iterable[Row]) -> list[Row]:
    """Both, each once."""
    return list({row["id"]: row for row in (*rows, *more)}.values())


def _reported(connection: Connection, patient_id: str, rows: Sequence[Row]) -> list[Elsewhere]:
    if not rows:
        return []
    came = _came(connection, {row["id"]: row["part_of"] or row["id"] for row in rows})
    judged = outside.judged(connection, patient_id, rows)
    return [_elsewhere(one, came.get(one.id, _NOTHING)) for one in judged]


def _elsewhere(one: JudgedObservation, came: _Came) -> Elsewhere:
    text = one.effective_text or ""
    return Elsewhere(
        one.id, came.order_id, one.loinc, one.title, one.value or "", one.reported_unit, one.gravest,
        one.reported_range, one.status in GONE, one.note, one.source, one.status,
        from_text(one.effective_at) if "T" in text else None, text, came.at,
        flagged_here=one.gravest not in {"none", "N", one.theirs},
    )  # fmt: skip
