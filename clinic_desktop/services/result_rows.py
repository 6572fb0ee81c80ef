"""Released results as they are shown: by the chart, the history of a test, and the report."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain.ranges import CRITICAL
from clinic_desktop.i18n import _
from clinic_desktop.store.tables.laboratory import (
    callbacks,
    lab_order_tests,
    lab_orders,
    lab_results,
    lab_tests,
    specimens,
)
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("released",)


@dataclass(frozen=True)
class PatientResult:
    """One released result as the chart shows it; a superseded one stays, struck, with the reason."""

    id: str
    order_id: str
    order_number: str
    test_code: str
    name: str
    loinc: str | None
    section: str
    value: str
    unit: str | None
    flag: str
    range_text: str | None
    range_source: str | None
    collected_at: datetime
    released_at: datetime
    entered_by: str
    released_by: str
    struck: bool
    being_corrected: bool
    correction_reason: str | None
    corrects: str | None
    called_back: bool
    call: str | None  # who was told, when and by whom
    note: str | None


def released(connection: Connection, where: ColumnElement[bool], limit: int) -> tuple[PatientResult, ...]:
    """The released results that a condition picks, newest first; corrected ones too, struck."""
    entered_by, released_by = staff.alias("entered_by"), staff.alias("released_by")
    old, new = lab_results.alias("old"), lab_results.alias("new")
    correcting = select(new.c.id).where(new.c.supersedes == lab_results.c.id, new.c.status == "entered").exists()
    rows = connection.execute(
        select(
            lab_results,
            lab_orders.c.id.label("order_id"),
            lab_orders.c.number,
            lab_tests.c.name,
            lab_tests.c.loinc,
            lab_tests.c.section,
            specimens.c.collected_at,
            entered_by.c.display_name.label("who_entered"),
            released_by.c.display_name.label("who_released"),
            old.c.value.label("corrects"),
            correcting.label("correcting"),
        )
        .join(lab_order_tests, lab_order_tests.c.id == lab_results.c.order_test_id)
        .join(lab_orders, lab_orders.c.id == lab_order_tests.c.order_id)
        .join(lab_tests, lab_tests.c.code == lab_results.c.test_code)
        .join(specimens, specimens.c.id == lab_order_tests.c.specimen_id)
        .join(entered_by, entered_by.c.id == lab_results.c.entered_by)
        .join(released_by, released_by.c.id == lab_results.c.released_by)
        .outerjoin(old, old.c.id == lab_results.c.supersedes)
        .where(where, lab_results.c.released_at.is_not(None))
        .order_by(specimens.c.collected_at.desc(), lab_order_tests.c.position, lab_results.c.released_at.desc())
        .limit(limit)
    ).all()
    calls = _calls(connection, [row.id for row in rows if row.flag in CRITICAL])
    return tuple(_shown(row, calls.get(row.id)) for row in rows)


def _calls(connection: Connection, results: list[str]) -> dict[str, str]:
    """Who was told of each critical result, in the words of a report."""
    rows = connection.execute(
        select(callbacks, staff.c.display_name)
        .join(staff, staff.c.id == callbacks.c.told_by)
        .where(callbacks.c.result_id.in_(results))
        .order_by(callbacks.c.told_at.desc())
    )
    return {
        row.result_id: _("Told {whom} {at:%H:%M} by {who}, read back").format(
            whom=row.told_whom, at=from_text(row.told_at).astimezone(), who=row.display_name
        )
        for row in rows
    }


def _shown(row: Row[tuple[object, ...]], call: str | None) -> PatientResult:
    return PatientResult(
        row.id, row.order_id, row.number, row.test_code, row.name, row.loinc, row.section, row.value, row.unit,
        row.flag, row.range_text, row.range_source, from_text(row.collected_at), from_text(row.released_at),
        row.who_entered, row.who_released, row.status == "superseded", bool(row.correcting), row.correction_reason,
        row.corrects, call is not None, call, row.note,
    )  # fmt: skip
