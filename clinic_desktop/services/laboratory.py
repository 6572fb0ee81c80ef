"""Laboratory: the catalogue, orders and specimens. Results are in `results`, what waits is in `worklist`."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import laboratory as rules
from clinic_desktop.domain.laboratory import PRIORITIES, Assay
from clinic_desktop.domain.patients import show_name
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import billing
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.lab_orders import NOTHING_SAID, OrderDetails, order_columns
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.services.range_rows import ranges_of
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.laboratory import (
    lab_order_tests,
    lab_orders,
    lab_panels,
    lab_results,
    lab_tests,
    specimens,
)
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("settle", "assays", "members")

Priority = Literal["stat", "urgent", "routine"]


@dataclass(frozen=True)
class CatalogueTest:
    """One test that can be ordered."""

    code: str
    name: str
    unit: str | None
    specimen: str
    section: str


@dataclass(frozen=True)
class CataloguePanel:
    """Several tests that are ordered together under one name."""

    code: str
    name: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """All that can be ordered, in the order of its names."""

    tests: tuple[CatalogueTest, ...]
    panels: tuple[CataloguePanel, ...]


@dataclass(frozen=True)
class PlacedOrder:
    """An order that was placed."""

    id: str
    number: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class CollectedSpecimen:
    """A specimen with all that its label says."""

    id: str
    number: str
    kind: str
    order_number: str
    patient_name: str
    mrn: str
    born_on: date | None
    collected_at: datetime
    tests: tuple[str, ...]


@dataclass(frozen=True)
class OpenTest:
    """A test of a patient that was ordered and has no released result."""

    test_code: str
    name: str
    order_number: str
    ordered_at: datetime
    status: str
    order_id: str


@query
def catalogue(read: Read) -> Catalogue:
    """Every test and panel that can be ordered."""
    tests = read.conn.execute(select(lab_tests).where(lab_tests.c.active == 1).order_by(lab_tests.c.name)).all()
    known = {row.code for row in tests}
    panels = read.conn.execute(select(lab_panels).where(lab_panels.c.active == 1).order_by(lab_panels.c.name)).all()
    return Catalogue(
        tuple(CatalogueTest(row.code, row.name, row.unit, row.specimen, row.section) for row in tests),
        tuple(CataloguePanel(row.code, row.name, tuple(c for c in members(row.tests) if c in known)) for row in panels),
    )


@command
def place_order(
    act: Act,
    patient_id: str,
    *,
    tests: tuple[str, ...] = (),
    panels: tuple[str, ...] = (),
    encounter_id: str | None = None,
    priority: Priority = "routine",
    note: str | None = None,
    details: OrderDetails = NOTHING_SAID,
) -> PlacedOrder:
    """Order tests and panels; a test that several panels share, or that stands alone too, is done once."""
    if priority not in PRIORITIES:
        raise Refusal(N_("Choose how urgent the order is."), field="priority")
    _require_patient(act.conn, patient_id, encounter_id)
    wanted = _expand(act.conn, tests, panels)
    if not wanted:
        raise Refusal(N_("Choose at least one test."), field="search")
    told = order_columns(act, details)
    number = act.number("LAB")
    order_id = act.create(
        lab_orders,
        {
            "number": number,
            "patient_id": patient_id,
            "encounter_id": encounter_id,
            "ordered_by": act.session.staff_id,
            "ordered_at": act.at,
            "priority": priority,
            "note": (note or "").strip() or None,
            "status": "ordered",
            **told,
        },
        kind="lab_order.placed",
    )
    for position, (code, panel) in enumerate(wanted.items()):
        values = {
            "order_id": order_id,
            "patient_id": patient_id,
            "test_code": code,
            "panel_code": panel,
            "status": "ordered",
            "position": position,
        }
        act.create(lab_order_tests, values, kind="lab_order.test_added")
    return PlacedOrder(order_id, number, tuple(wanted))


@command
def cancel_order(act: Act, order_id: str, reason: str) -> int:
    """Cancel every test of an order that has no result yet; returns how many."""
    _require_reason(reason)
    rows = [row for row in _tests(act.conn, order_id) if row.status in {"ordered", "collected", "rejected"}]
    if not rows:
        raise Refusal(N_("Every test of this order has a result or was cancelled before."))
    for row in rows:
        _cancel(act, row, reason)
    settle(act, order_id)
    return len(rows)


@command
def cancel_test(act: Act, order_test_id: str, reason: str) -> None:
    """Cancel one test that has no result yet."""
    _require_reason(reason)
    row = act.conn.execute(select(lab_order_tests).where(lab_order_tests.c.id == order_test_id)).one_or_none()
    if row is None or row.status not in {"ordered", "collected", "rejected"}:
        raise Refusal(N_("This test has a result or was cancelled before."))
    _cancel(act, row, reason)
    settle(act, row.order_id)


@command
def collect_specimen(act: Act, order_id: str, kinds: tuple[str, ...]) -> tuple[CollectedSpecimen, ...]:
    """Take specimens of these kinds (``serum``, ``urine``) for the tests that wait for them, and charge for those.

    A test is charged when its specimen is first taken: never again after a rejection. A panel with a price of its own
    is charged once and its tests are not.
    """
    rows = _tests(act.conn, order_id)
    waiting = [row for row in rows if row.specimen in kinds and row.status in {"ordered", "rejected"}]
    if not waiting:
        raise Refusal(N_("These specimens were taken already, or their tests were cancelled. Look at the order again."))
    order = act.conn.execute(select(lab_orders).where(lab_orders.c.id == order_id)).one()
    collected = tuple(
        _collect(act, order, kind, [row for row in waiting if row.specimen == kind])
        for kind in dict.fromkeys(row.specimen for row in waiting)
    )
    _charge(act, order, [row for row in waiting if row.specimen_id is None], rows)
    settle(act, order_id)
    return collected


@command
def reject_specimen(act: Act, specimen_id: str, reason: str) -> int:
    """Reject a specimen: its tests wait for a new one, their entered results are set aside; returns how many tests."""
    _require_reason(reason)
    specimen = act.conn.execute(select(specimens).where(specimens.c.id == specimen_id)).one_or_none()
    if specimen is None or specimen.status == "rejected":
        raise Refusal(N_("This specimen was rejected already."))
    rows = [row for row in _tests(act.conn, specimen.order_id) if row.specimen_id == specimen_id]
    found = act.conn.execute(select(lab_results).where(lab_results.c.order_test_id.in_([row.id for row in rows]))).all()
    if any(result.released_at for result in found):
        raise Refusal(N_("Results of this specimen were released. Correct those results instead."))
    act.change(specimens, specimen_id, {"status": "rejected", "rejected_reason": reason.strip()},
               kind="specimen.rejected", reason=reason.strip(), expect=specimen.revision)  # fmt: skip
    for result in found:
        act.change(lab_results, result.id, {"status": "superseded"}, kind="result.set_aside", reason=reason.strip())
    waiting = [row for row in rows if row.status in {"collected", "resulted"}]
    for row in waiting:
        changes = {"status": "rejected", "status_reason": reason.strip()}
        act.change(lab_order_tests, row.id, changes, kind="lab_order.test_rejected", reason=reason.strip())
    settle(act, specimen.order_id)
    return len(waiting)


@query(access="chart", once=True)
def open_tests(read: Read, patient_id: str) -> tuple[OpenTest, ...]:
    """What is already ordered for a patient and not yet released, so that nothing is ordered twice unseen."""
    rows = read.conn.execute(
        select(lab_order_tests, lab_tests.c.name, lab_orders.c.number, lab_orders.c.ordered_at)
        .join(lab_orders, lab_orders.c.id == lab_order_tests.c.order_id)
        .join(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
        .where(
            lab_order_tests.c.patient_id.in_(ids_of(read.conn, patient_id)),
            lab_order_tests.c.status.in_(("ordered", "collected", "resulted", "rejected")),
        )
        .order_by(lab_orders.c.ordered_at, lab_order_tests.c.position)
    ).all()
    return tuple(
        OpenTest(row.test_code, row.name, row.number, from_text(row.ordered_at), row.status, row.order_id)
        for row in rows
    )


def settle(act: Act, order_id: str) -> None:
    """Write how an order stands from how its tests stand."""
    rows = act.conn.execute(select(lab_order_tests.c.status).where(lab_order_tests.c.order_id == order_id)).scalars()
    status = rules.order_status(list(rows))
    act.change(lab_orders, order_id, {"status": status}, kind=f"lab_order.{status}")


def assays(connection: Connection, codes: set[str]) -> dict[str, Assay]:
    """What the catalogue knows of these tests, for judging their values."""
    ranges = ranges_of(connection, codes)
    return {
        row.code: Assay(
            row.kind,
            row.unit,
            row.loinc,
            row.decimals,
            rules.choices(row.choices),
            None if row.plausible_low is None else Decimal(row.plausible_low),
            None if row.plausible_high is None else Decimal(row.plausible_high),
            tuple(ranges.get(row.code, ())),
        )
        for row in connection.execute(select(lab_tests).where(lab_tests.c.code.in_(codes)))
    }


def members(tests: str) -> tuple[str, ...]:
    """The tests of a panel, as its row keeps them: ``sodium;potassium``."""
    return tuple(code for code in (part.strip() for part in tests.split(";")) if code)


def _expand(connection: Connection, tests: tuple[str, ...], panels: tuple[str, ...]) -> dict[str, str | None]:
    """Every test once, with the panel it came by."""
    active = set(connection.execute(select(lab_tests.c.code).where(lab_tests.c.active == 1)).scalars())
    found: dict[str, str | None] = {}
    for code in panels:
        row = connection.execute(
            select(lab_panels.c.tests).where(lab_panels.c.code == code, lab_panels.c.active == 1)
        ).one_or_none()
        if row is None:
            raise Refusal(N_("This panel is not in the catalogue any more."), field="search")
        for test in members(row.tests):
            if test in active:
                found.setdefault(test, code)
    for test in tests:
        if test not in active:
            raise Refusal(N_("This test is not in the catalogue any more."), field="search")
        found.setdefault(test, None)
    return found


def _require_patient(connection: Connection, patient_id: str, encounter_id: str | None) -> None:
    if connection.execute(select(patients.c.id).where(patients.c.id == patient_id)).one_or_none() is None:
        raise Refusal(N_("This patient is not registered here."))
    if encounter_id is None:
        return
    owner = connection.execute(select(encounters.c.patient_id).where(encounters.c.id == encounter_id)).scalar()
    if owner not in ids_of(connection, patient_id):
        raise Refusal(N_("This visit is of another patient. Nothing was ordered."))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")


def _tests(connection: Connection, order_id: str) -> list[Row[tuple[object, ...]]]:
    """The tests of an order with what the catalogue says of them."""
    found = connection.execute(
        select(lab_order_tests, lab_tests.c.name, lab_tests.c.specimen, lab_tests.c.price_code)
        .join(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
        .where(lab_order_tests.c.order_id == order_id)
        .order_by(lab_order_tests.c.position)
    )
    return list(found.all())


def _cancel(act: Act, test: Row[tuple[object, ...]], reason: str) -> None:
    """Cancel a test and take off what was charged for it; a panel's own price only with the last of its tests."""
    changes = {"status": "cancelled", "status_reason": reason.strip()}
    act.change(lab_order_tests, test.id, changes, kind="lab_order.test_cancelled", reason=reason.strip(),
               expect=test.revision)  # fmt: skip
    billing.uncharge(act, "lab_test", test.id, reason)
    if test.panel_code and all(
        row.status == "cancelled" for row in _tests(act.conn, test.order_id) if row.panel_code == test.panel_code
    ):
        billing.uncharge(act, "lab_panel", f"{test.order_id}:{test.panel_code}", reason)


def _collect(
    act: Act, order: Row[tuple[object, ...]], kind: str, rows: list[Row[tuple[object, ...]]]
) -> CollectedSpecimen:
    person = act.conn.execute(select(patients).where(patients.c.id == kept_id(act.conn, order.patient_id))).one()
    number = act.number("SP")
    specimen_id = act.create(
        specimens,
        {
            "number": number,
            "order_id": order.id,
            "patient_id": order.patient_id,
            "kind": kind,
            "collected_at": act.at,
            "collected_by": act.session.staff_id,
            "status": "collected",
        },
        kind="specimen.collected",
    )
    for row in rows:
        changes = {"specimen_id": specimen_id, "status": "collected", "status_reason": None}
        act.change(lab_order_tests, row.id, changes, kind="lab_order.test_collected", expect=row.revision)
    return CollectedSpecimen(
        specimen_id,
        number,
        kind,
        order.number,
        show_name(person.family_name, person.given_names),
        person.mrn,
        None if person.born_on is None else date.fromisoformat(person.born_on),
        act.now,
        tuple(row.name for row in rows),
    )


def _charge(
    act: Act,
    order: Row[tuple[object, ...]],
    first: list[Row[tuple[object, ...]]],
    rows: list[Row[tuple[object, ...]]],
) -> None:
    """Charge for tests whose specimen was taken for the first time."""
    codes = {row.panel_code for row in first if row.panel_code}
    priced = {
        row.code: row
        for row in act.conn.execute(select(lab_panels).where(lab_panels.c.code.in_(codes)))
        if row.price_code
    }
    charged = {row.panel_code for row in rows if row.specimen_id is not None}
    for code, panel in priced.items():
        if code not in charged:
            billing.add_charge(act, patient_id=order.patient_id, encounter_id=order.encounter_id,
                               source_kind="lab_panel", source_id=f"{order.id}:{code}", price_code=panel.price_code,
                               description=panel.name)  # fmt: skip
    for row in first:
        if row.panel_code not in priced:
            billing.add_charge(act, patient_id=order.patient_id, encounter_id=order.encounter_id,
                               source_kind="lab_test", source_id=row.id, price_code=row.price_code,
                               description=row.name)  # fmt: skip
