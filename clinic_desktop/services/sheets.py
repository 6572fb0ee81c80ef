"""One laboratory order for the bench: its specimens, its tests, and every version of every result."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain.laboratory import Assay, Before
from clinic_desktop.domain.patients import show_name
from clinic_desktop.domain.ranges import Ages
from clinic_desktop.services import consent_gate
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.consent_gate import Asked
from clinic_desktop.services.directory import place_name
from clinic_desktop.services.lab_orders import NOTHING_SAID, OrderDetails, details_of
from clinic_desktop.services.laboratory import assays
from clinic_desktop.services.merges import ids_of, kept_of
from clinic_desktop.services.outside_results import Elsewhere, of_order
from clinic_desktop.services.results import age_at, before, version_of
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


@dataclass(frozen=True)
class SheetResult:
    """One version of a result."""

    id: str
    revision: int
    value: str
    unit: str | None
    flag: str
    range_text: str | None
    range_source: str | None
    note: str | None
    status: str
    entered_by: str
    entered_by_me: bool
    entered_at: datetime
    released_by: str | None
    released_at: datetime | None
    correction_reason: str | None
    called_back: bool


@dataclass(frozen=True)
class SheetTest:
    """One test of an order with what decides its value: what stands, what stood before, and the last order's."""

    order_test_id: str
    test_code: str
    name: str
    section: str
    specimen: str
    specimen_number: str | None
    panel: str | None
    status: str
    status_reason: str | None
    version: str
    assay: Assay
    age: Ages | None
    result: SheetResult | None
    old: tuple[SheetResult, ...]
    before: Before | None


@dataclass(frozen=True)
class SheetSpecimen:
    """One specimen of an order."""

    id: str
    number: str
    kind: str
    collected_at: datetime
    collected_by: str
    status: str
    rejected_reason: str | None


@dataclass(frozen=True)
class OrderSheet:
    """All of one order, for the bench."""

    order_id: str
    number: str
    patient_id: str
    patient_name: str
    mrn: str
    sex: str
    born_on: date | None
    born_precision: str
    priority: str
    note: str | None
    status: str
    ordered_by: str
    ordered_at: datetime
    tests: tuple[SheetTest, ...]
    specimens: tuple[SheetSpecimen, ...]
    revision: int = 0
    details: OrderDetails = NOTHING_SAID
    place: str = ""
    conclusion: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()


@query(access="chart")
def order_sheet(read: Read, patient_id: str, order_id: str) -> OrderSheet:
    """One order with its specimens and every version of every result."""
    row = read.conn.execute(
        select(
            lab_orders, patients.c.id.label("person"), patients.c.family_name, patients.c.given_names, patients.c.mrn,
            patients.c.sex,
            patients.c.born_on, patients.c.born_precision, staff.c.display_name,
        )
        .join_from(lab_orders, patients, patients.c.id == kept_of(lab_orders.c.patient_id))
        .join(staff, staff.c.id == lab_orders.c.ordered_by)
        .where(lab_orders.c.id == order_id, lab_orders.c.patient_id.in_(ids_of(read.conn, patient_id)))
    ).one()  # fmt: skip
    tests = _sheet_tests(read, row)
    # What others found beside the order is no work of the laboratory: a restricted record keeps it.
    asked_by = Asked(read.session, read.now, read.steady)
    opens = consent_gate.may_open(read.conn, asked_by, patient_id)
    asked = {test.assay.loinc for test in tests if opens and test.assay.loinc and test.status != "cancelled"}
    return OrderSheet(
        row.id, row.number, row.person, show_name(row.family_name, row.given_names), row.mrn, row.sex,
        None if row.born_on is None else date.fromisoformat(row.born_on),
        row.born_precision, row.priority, row.note, row.status, row.display_name,
        from_text(row.ordered_at), tests, _sheet_specimens(read.conn, order_id), row.revision,
        details_of(row), place_name(read.conn, row.place_id), row.conclusion or "",
        of_order(read.conn, patient_id, order_id, asked, from_text(row.ordered_at)),
    )  # fmt: skip


def _sheet_tests(read: Read, order: Row[tuple[object, ...]]) -> tuple[SheetTest, ...]:
    rows = read.conn.execute(
        select(
            lab_order_tests, lab_tests.c.name, lab_tests.c.section, lab_tests.c.specimen,
            specimens.c.number.label("specimen_number"), specimens.c.collected_at,
        )
        .join(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
        .outerjoin(specimens, specimens.c.id == lab_order_tests.c.specimen_id)
        .where(lab_order_tests.c.order_id == order.id)
        .order_by(lab_order_tests.c.position)
    ).all()  # fmt: skip
    known = assays(read.conn, {row.test_code for row in rows})
    versions = _versions(read, [row.id for row in rows])
    return tuple(_sheet_test(read, order, row, known[row.test_code], versions.get(row.id, [])) for row in rows)


def _sheet_test(
    read: Read,
    order: Row[tuple[object, ...]],
    row: Row[tuple[object, ...]],
    assay: Assay,
    versions: list[Row[tuple[object, ...]]],
) -> SheetTest:
    standing = sorted(
        (one for one in versions if one.status in {"entered", "released"}), key=lambda one: one.status != "entered"
    )
    now = standing[0] if standing else None
    # What was released once stays visible; what was set aside before anybody acted on it does not need to.
    old = tuple(_sheet_result(read, one) for one in versions if one is not now and one.released_at is not None)
    return SheetTest(
        row.id, row.test_code, row.name, row.section, row.specimen, row.specimen_number, row.panel_code, row.status,
        row.status_reason, version_of(row, now), assay,
        age_at(order.born_on, order.born_precision, row.collected_at or to_text(read.now)),
        None if now is None else _sheet_result(read, now), old,
        before(read.conn, order.patient_id, row.test_code, row.id),
    )  # fmt: skip


def _versions(read: Read, order_tests: list[str]) -> dict[str, list[Row[tuple[object, ...]]]]:
    entered_by, released_by = staff.alias("entered_by"), staff.alias("released_by")
    called = select(callbacks.c.id).where(callbacks.c.result_id == lab_results.c.id).exists()
    rows = read.conn.execute(
        select(
            lab_results, entered_by.c.display_name.label("who_entered"),
            released_by.c.display_name.label("who_released"), called.label("called"),
        )
        .join(entered_by, entered_by.c.id == lab_results.c.entered_by)
        .outerjoin(released_by, released_by.c.id == lab_results.c.released_by)
        .where(lab_results.c.order_test_id.in_(order_tests))
        .order_by(lab_results.c.entered_at, lab_results.c.rowid_)
    )  # fmt: skip
    found: dict[str, list[Row[tuple[object, ...]]]] = {}
    for row in rows:
        found.setdefault(str(row.order_test_id), []).append(row)
    return found


def _sheet_result(read: Read, row: Row[tuple[object, ...]]) -> SheetResult:
    return SheetResult(
        row.id, row.revision, row.value, row.unit, row.flag, row.range_text, row.range_source, row.note, row.status,
        row.who_entered, row.entered_by == read.session.staff_id, from_text(row.entered_at), row.who_released,
        None if row.released_at is None else from_text(row.released_at), row.correction_reason, bool(row.called),
    )  # fmt: skip


def _sheet_specimens(connection: Connection, order_id: str) -> tuple[SheetSpecimen, ...]:
    rows = connection.execute(
        select(specimens, staff.c.display_name)
        .join(staff, staff.c.id == specimens.c.collected_by)
        .where(specimens.c.order_id == order_id)
        .order_by(specimens.c.collected_at)
    )
    return tuple(
        SheetSpecimen(row.id, row.number, row.kind, from_text(row.collected_at), row.display_name, row.status,
                      row.rejected_reason)
        for row in rows
    )  # fmt: skip
