"""What waits in the laboratory: orders by what they wait for, and critical results that nobody was called about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from sqlalchemy import ColumnElement, Connection, Row, case, func, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain.patients import show_name
from clinic_desktop.domain.ranges import CRITICAL
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_of
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


class Stage(Enum):
    """What a test waits for."""

    COLLECT = "collect"
    ENTER = "enter"
    RELEASE = "release"
    DONE = "done"


STATUSES = {
    Stage.COLLECT: ("ordered", "rejected"),
    Stage.ENTER: ("collected",),
    Stage.RELEASE: ("resulted",),
    Stage.DONE: ("released",),
}
DONE_SHOWN = 200


@dataclass(frozen=True)
class WaitingOrder:
    """One order on the worklist."""

    order_id: str
    number: str
    patient_id: str
    patient_name: str
    mrn: str
    sex: str
    born_on: date | None
    priority: str
    ordered_at: datetime
    waiting_minutes: int
    tests: tuple[str, ...]
    sections: tuple[str, ...]
    specimens: tuple[str, ...]
    entered_by_me: bool
    critical: bool
    rejected: bool


@dataclass(frozen=True)
class Counts:
    """How much waits at each stage."""

    collect: int
    enter: int
    release: int
    call_back: int

    def at(self, stage: str) -> int:
        """How much waits at a stage; nothing ever waits where all is done."""
        return int(getattr(self, stage, 0))


@dataclass(frozen=True)
class CriticalResult:
    """A critical result that nobody has been called about."""

    result_id: str
    order_id: str
    order_number: str
    patient_id: str
    patient_name: str
    mrn: str
    test: str
    value: str
    unit: str | None
    flag: str
    range_text: str | None
    released: bool
    ordered_by: str
    since: datetime
    waiting_minutes: int


@query
def worklist(
    read: Read, stage: Stage, *, section: str | None = None, priority: str | None = None
) -> tuple[WaitingOrder, ...]:
    """Orders with a test at this stage: the most urgent first, then the longest waiting; done ones newest first."""
    at_stage = lab_order_tests.c.status.in_(STATUSES[stage])
    wanted: list[ColumnElement[bool]] = [at_stage]
    if section is not None:
        wanted.append(lab_tests.c.section == section)
    if priority is not None:
        wanted.append(lab_orders.c.priority == priority)
    found = (
        select(lab_orders.c.id)
        .join(lab_order_tests, lab_order_tests.c.order_id == lab_orders.c.id)
        .join(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
        .where(*wanted)
        .distinct()
    )
    urgency = case((lab_orders.c.priority == "stat", 0), (lab_orders.c.priority == "urgent", 1), else_=2)
    first = [lab_orders.c.ordered_at.desc()] if stage is Stage.DONE else [urgency, lab_orders.c.ordered_at]
    orders = read.conn.execute(
        select(
            lab_orders, patients.c.id.label("person"), patients.c.family_name, patients.c.given_names, patients.c.mrn,
            patients.c.sex,
            patients.c.born_on,
        )
        .join_from(lab_orders, patients, patients.c.id == kept_of(lab_orders.c.patient_id))
        .where(lab_orders.c.id.in_(found))
        .order_by(*first)
        .limit(DONE_SHOWN if stage is Stage.DONE else 2000)
    ).all()  # fmt: skip
    tests = _by_order(_waiting_tests(read.conn, [row.id for row in orders], STATUSES[stage]))
    return tuple(_waiting(read, row, tests.get(row.id, [])) for row in orders)


@query
def counts(read: Read) -> Counts:
    """How many orders wait at each stage, and how many critical results to be called back."""
    number = func.count(lab_order_tests.c.order_id.distinct())
    at = {
        stage: int(read.conn.execute(select(number).where(lab_order_tests.c.status.in_(STATUSES[stage]))).scalar_one())
        for stage in (Stage.COLLECT, Stage.ENTER, Stage.RELEASE)
    }
    uncalled = read.conn.execute(select(func.count()).select_from(lab_results).where(*_to_call_back())).scalar_one()
    return Counts(at[Stage.COLLECT], at[Stage.ENTER], at[Stage.RELEASE], int(uncalled))


@query
def critical_results(read: Read) -> tuple[CriticalResult, ...]:
    """Critical results that nobody was called about, the longest waiting first."""
    rows = read.conn.execute(
        select(
            lab_results, lab_orders.c.id.label("order_id"), lab_orders.c.number, patients.c.id.label("person"),
            patients.c.family_name,
            patients.c.given_names, patients.c.mrn, lab_tests.c.name, staff.c.display_name,
        )
        .join(lab_order_tests, lab_order_tests.c.id == lab_results.c.order_test_id)
        .join(lab_orders, lab_orders.c.id == lab_order_tests.c.order_id)
        .join(lab_tests, lab_tests.c.code == lab_results.c.test_code)
        .join_from(lab_results, patients, patients.c.id == kept_of(lab_results.c.patient_id))
        .join(staff, staff.c.id == lab_orders.c.ordered_by)
        .where(*_to_call_back())
        .order_by(lab_results.c.entered_at)
    )  # fmt: skip
    return tuple(
        CriticalResult(
            row.id, row.order_id, row.number, row.person, show_name(row.family_name, row.given_names), row.mrn,
            row.name, row.value, row.unit, row.flag, row.range_text, row.status == "released", row.display_name,
            from_text(row.entered_at), _minutes(read.now, row.entered_at),
        )
        for row in rows
    )  # fmt: skip


@query
def sections(read: Read) -> tuple[str, ...]:
    """The sections of the laboratory, by name."""
    found = select(lab_tests.c.section).where(lab_tests.c.active == 1).distinct().order_by(lab_tests.c.section)
    return tuple(read.conn.execute(found).scalars())


def _to_call_back() -> tuple[ColumnElement[bool], ...]:
    called = select(callbacks.c.id).where(callbacks.c.result_id == lab_results.c.id).exists()
    new = lab_results.alias("new")
    # A value that is being corrected stays on the list until its correction is released: it may have been acted on.
    replaced = select(new.c.id).where(new.c.supersedes == lab_results.c.id, new.c.status == "released").exists()
    standing = lab_results.c.status.in_(("entered", "released"))
    return lab_results.c.flag.in_(sorted(CRITICAL)), standing, ~called, ~replaced


def _waiting_tests(
    connection: Connection, orders: list[str], statuses: tuple[str, ...]
) -> list[Row[tuple[object, ...]]]:
    found = connection.execute(
        select(
            lab_order_tests, lab_tests.c.name, lab_tests.c.section, specimens.c.number.label("specimen_number"),
            lab_results.c.entered_by, lab_results.c.flag,
        )
        .join(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
        .outerjoin(specimens, specimens.c.id == lab_order_tests.c.specimen_id)
        .outerjoin(
            lab_results,
            (lab_results.c.order_test_id == lab_order_tests.c.id)
            & (lab_results.c.status == case((lab_order_tests.c.status == "resulted", "entered"), else_="released")),
        )
        .where(lab_order_tests.c.order_id.in_(orders), lab_order_tests.c.status.in_(statuses))
        .order_by(lab_order_tests.c.position)
    )  # fmt: skip
    return list(found.all())


def _by_order(rows: Iterable[Row[tuple[object, ...]]]) -> dict[str, list[Row[tuple[object, ...]]]]:
    found: dict[str, list[Row[tuple[object, ...]]]] = {}
    for row in rows:
        found.setdefault(str(row.order_id), []).append(row)
    return found


def _waiting(read: Read, order: Row[tuple[object, ...]], tests: list[Row[tuple[object, ...]]]) -> WaitingOrder:
    return WaitingOrder(
        order.id,
        order.number,
        order.person,
        show_name(order.family_name, order.given_names),
        order.mrn,
        order.sex,
        _day(order.born_on),
        order.priority,
        from_text(order.ordered_at),
        _minutes(read.now, order.ordered_at),
        tuple(dict.fromkeys(test.name for test in tests)),
        tuple(dict.fromkeys(test.section for test in tests)),
        tuple(dict.fromkeys(test.specimen_number for test in tests if test.specimen_number)),
        any(test.entered_by == read.session.staff_id for test in tests),
        any(test.flag in CRITICAL for test in tests),
        any(test.status == "rejected" for test in tests),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _minutes(now: datetime, since: str) -> int:
    return max(int((now - from_text(since)).total_seconds() // 60), 0)
