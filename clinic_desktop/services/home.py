"""Home: what waits for the person who has signed in, by role, each line opening the thing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from clinic_desktop.clock import from_text, local_midnight, to_text
from clinic_desktop.domain import billing
from clinic_desktop.domain.doses import counted
from clinic_desktop.domain.queue import PRIORITIES
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_of
from clinic_desktop.services.patients import shown_name, today
from clinic_desktop.services.shelf import levels_of
from clinic_desktop.store.tables.billing import charges, invoices, ledger
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.consents import break_glass
from clinic_desktop.store.tables.laboratory import callbacks, lab_order_tests, lab_orders, lab_results, lab_tests
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.prescribing import prescriptions
from clinic_desktop.store.tables.scheduling import appointments, queue_entries

SHOWN = 5


@dataclass(frozen=True)
class Waiting:
    """One thing that waits; `screen` and `arguments` open it."""

    title: str
    detail: str
    since: datetime | None
    screen: str
    arguments: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"Waiting({self.screen})"


@dataclass(frozen=True)
class Group:
    """One kind of things that wait: how many, and the first few; `title` is marked for translation."""

    key: str
    title: str
    count: int
    urgent: bool
    screen: str
    rows: tuple[Waiting, ...]


@query
def waits_for_me(read: Read) -> tuple[Group, ...]:
    """What waits for this person, the most pressing kind first; kinds of which nothing waits have a count of 0."""
    return tuple(make(read) for make in _FOR[read.session.role])


def _group(
    read: Read,
    key: str,
    title: str,
    screen: str,
    wanted: Select[Any],
    line: Callable[[Any], Waiting],
    *,
    urgent: bool = False,
) -> Group:
    count = int(read.conn.execute(select(func.count()).select_from(wanted.order_by(None).subquery())).scalar_one())
    rows = read.conn.execute(wanted.limit(SHOWN)).all() if count else []
    return Group(key, title, count, urgent and count > 0, screen, tuple(line(row) for row in rows))


def _named(*columns: ColumnElement[Any]) -> Select[Any]:
    return select(patients.c.id.label("patient_id"), patients.c.family_name, patients.c.given_names, *columns)


def _name(row: Any) -> str:
    return shown_name(row.family_name, row.given_names)


def _both(row: Any, name: str) -> tuple[tuple[str, str], ...]:
    return (("patient_id", row.patient_id), (name, row.id))


def _queue(read: Read) -> Group:
    columns = queue_entries.c
    wanted = (
        _named(columns.id, columns.priority, columns.complaint, columns.checked_in_at)
        .join_from(patients, queue_entries, patients.c.id == kept_of(columns.patient_id))
        .where(columns.status == "waiting")
        .order_by(_urgency(columns.priority), columns.checked_in_at)
    )
    if read.session.role == "doctor":
        wanted = wanted.where((columns.practitioner_id == read.session.staff_id) | columns.practitioner_id.is_(None))
    group = _group(
        read, "queue", N_("Waiting to be seen"), "queue", wanted,
        lambda row: Waiting(
            _name(row), row.complaint or "", from_text(row.checked_in_at), "queue", (("entry_id", row.id),)
        ),
    )  # fmt: skip
    pressing = read.conn.execute(
        select(func.count()).select_from(wanted.where(columns.priority != "routine").order_by(None).subquery())
    ).scalar_one()
    return Group(group.key, group.title, group.count, bool(pressing), group.screen, group.rows)


def _urgency(column: ColumnElement[str]) -> ColumnElement[int]:
    return case({name: place for place, name in enumerate(PRIORITIES)}, value=column)


def _called(read: Read) -> Group:
    columns = queue_entries.c
    wanted = (
        _named(columns.id, columns.called_at)
        .join_from(patients, queue_entries, patients.c.id == kept_of(columns.patient_id))
        .where(columns.status == "called")
        .order_by(columns.called_at)
    )
    return _group(
        read, "called", N_("Called and not begun"), "queue", wanted,
        lambda row: Waiting(_name(row), "", from_text(row.called_at), "queue", (("entry_id", row.id),)),
    )  # fmt: skip


def _expected(read: Read) -> Group:
    day = today(read)
    first, last = to_text(local_midnight(day)), to_text(local_midnight(day + timedelta(days=1)))
    columns = appointments.c
    wanted = (
        _named(columns.id, columns.starts_at, columns.reason)
        .join_from(patients, appointments, patients.c.id == kept_of(columns.patient_id))
        .where(columns.status == "booked", columns.starts_at >= first, columns.starts_at < last)
        .order_by(columns.starts_at)
    )
    if read.session.role == "doctor":
        wanted = wanted.where(columns.practitioner_id == read.session.staff_id)
    return _group(
        read, "appointments", N_("Appointments still expected today"), "schedule", wanted,
        lambda row: Waiting(
            _name(row), row.reason or "", from_text(row.starts_at), "schedule", (("appointment_id", row.id),)
        ),
    )  # fmt: skip


def _unsigned(read: Read) -> Group:
    columns = encounters.c
    wanted = (
        _named(columns.id, columns.started_at, columns.preset)
        .join_from(patients, encounters, patients.c.id == kept_of(columns.patient_id))
        .where(columns.status.in_(("open", "awaiting_results")))
        .order_by(columns.started_at)
    )
    if read.session.role == "doctor":
        wanted = wanted.where(columns.practitioner_id == read.session.staff_id)
    return _group(
        read, "unsigned", N_("Consultations to sign"), "consultation", wanted,
        lambda row: Waiting(
            _name(row), row.preset, from_text(row.started_at), "consultation",
            _both(row, "encounter_id"),
        ),
    )  # fmt: skip


def _critical(read: Read) -> Group:
    columns = lab_results.c
    wanted = (
        _named(lab_orders.c.id, lab_tests.c.name, columns.value, columns.unit, columns.flag, columns.entered_at)
        .join_from(patients, lab_results, patients.c.id == kept_of(columns.patient_id))
        .join(lab_tests, lab_tests.c.code == columns.test_code)
        .join(lab_order_tests, lab_order_tests.c.id == columns.order_test_id)
        .join(lab_orders, lab_orders.c.id == lab_order_tests.c.order_id)
        .where(columns.flag.in_(("LL", "HH")), columns.status != "superseded")
        .where(~select(callbacks.c.id).where(callbacks.c.result_id == columns.id).exists())
        .order_by(columns.entered_at)
    )
    if read.session.role == "doctor":
        wanted = wanted.where(lab_orders.c.ordered_by == read.session.staff_id)
    screen = "chart" if read.session.role in {"doctor", "nurse"} else "laboratory"
    return _group(
        read, "critical", N_("Critical results without a call-back"), screen, wanted,
        lambda row: Waiting(
            _name(row), f"{row.name} {row.value} {row.unit or ''} {row.flag}".replace("  ", " "),
            from_text(row.entered_at), screen,
            (("patient_id", row.patient_id),) if screen == "chart" else _both(row, "order_id"),
        ),
        urgent=True,
    )  # fmt: skip


def _results_back(read: Read) -> Group:
    """Results released while the consultation they belong to is still open."""
    wanted = (
        _named(encounters.c.id, lab_orders.c.number, func.max(lab_results.c.released_at).label("released_at"))
        .join_from(patients, encounters, patients.c.id == kept_of(encounters.c.patient_id))
        .join(lab_orders, lab_orders.c.encounter_id == encounters.c.id)
        .join(lab_order_tests, lab_order_tests.c.order_id == lab_orders.c.id)
        .join(lab_results, lab_results.c.order_test_id == lab_order_tests.c.id)
        .where(encounters.c.status.in_(("open", "awaiting_results")), lab_results.c.status == "released")
        .where(lab_orders.c.ordered_by == read.session.staff_id)
        .group_by(lab_orders.c.id)
        .order_by(func.max(lab_results.c.released_at))
    )
    return _group(
        read, "results", N_("Results that came back"), "consultation", wanted,
        lambda row: Waiting(
            _name(row), row.number, from_text(row.released_at), "consultation", _both(row, "encounter_id")
        ),
    )  # fmt: skip


def _laboratory(status: str, key: str, title: str) -> Callable[[Read], Group]:
    def make(read: Read) -> Group:
        columns = lab_orders.c
        wanted = (
            _named(columns.id, columns.number, columns.priority, columns.ordered_at)
            .join_from(patients, lab_orders, patients.c.id == kept_of(columns.patient_id))
            .where(
                select(lab_order_tests.c.id)
                .where(lab_order_tests.c.order_id == columns.id, lab_order_tests.c.status == status)
                .exists()
            )
            .order_by(columns.ordered_at)
        )
        return _group(
            read, key, title, "laboratory", wanted,
            lambda row: Waiting(
                _name(row), f"{row.number} {row.priority}", from_text(row.ordered_at), "laboratory",
                _both(row, "order_id"),
            ),
        )  # fmt: skip

    return make


def _to_dispense(read: Read) -> Group:
    columns = prescriptions.c
    wanted = (
        _named(columns.id, columns.number, columns.status, columns.signed_at)
        .join_from(patients, prescriptions, patients.c.id == kept_of(columns.patient_id))
        .where(
            columns.status.in_(("signed", "preparing", "prepared", "partly_dispensed")), columns.pharmacy_id.is_(None)
        )
        .order_by(_urgency(columns.priority), columns.signed_at)
    )
    return _group(
        read, "prescriptions", N_("Prescriptions to dispense"), "pharmacy", wanted,
        lambda row: Waiting(
            _name(row), f"{row.number} {row.status.replace('_', ' ')}", from_text(row.signed_at), "pharmacy",
            _both(row, "prescription_id"),
        ),
    )  # fmt: skip


def _low_stock(read: Read) -> Group:
    low = [level for level in levels_of(read.conn, today(read)) if level.level != "good"]
    screen = "administration" if read.session.role == "administrator" else "stock"
    rows = tuple(
        Waiting(f"{level.name} {level.strength}".strip(), counted(Decimal(level.on_hand), level.unit), None, screen)
        for level in low[:SHOWN]
    )
    return Group("stock", N_("Stock to order"), len(low), urgent=False, screen=screen, rows=rows)


def _to_invoice(read: Read) -> Group:
    columns = charges.c
    wanted = (
        _named(func.count().label("n"), func.min(columns.charged_at).label("since"))
        .join_from(patients, charges, patients.c.id == kept_of(columns.patient_id))
        .where(columns.status == "pending")
        .group_by(patients.c.id)
        .order_by(func.min(columns.charged_at))
    )
    return _group(
        read, "charges", N_("Patients to bill"), "billing", wanted,
        lambda row: Waiting(_name(row), str(row.n), from_text(row.since), "billing", (("patient_id", row.patient_id),)),
    )  # fmt: skip


def _to_credit(read: Read) -> Group:
    """Invoices with something that was taken back or cancelled after they were issued: void, then issue anew."""
    columns = invoices.c
    wanted = (
        _named(columns.id, columns.number, columns.issued_at, func.max(charges.c.undone).label("undone"))
        .join_from(patients, invoices, patients.c.id == kept_of(columns.patient_id))
        .join(charges, charges.c.invoice_id == columns.id)
        .where(columns.status == "issued", charges.c.undone.is_not(None))
        .group_by(columns.id)
        .order_by(columns.issued_at)
    )
    return _group(
        read, "credit", N_("Invoices to credit: something was taken back or cancelled"), "billing", wanted,
        lambda row: Waiting(
            _name(row), f"{row.number} {row.undone}", from_text(row.issued_at), "billing",
            (("patient_id", row.patient_id),),
        ),
        urgent=True,
    )  # fmt: skip


def _unpaid(read: Read) -> Group:
    columns = invoices.c
    owed = (
        select(func.coalesce(func.sum(ledger.c.amount), 0))
        .where(ledger.c.invoice_id == columns.id, ledger.c.account == billing.PATIENT)
        .scalar_subquery()
    )
    wanted = (
        _named(columns.id, columns.number, columns.issued_at)
        .join_from(patients, invoices, patients.c.id == kept_of(columns.patient_id))
        .where(columns.status == "issued", owed > 0)
        .order_by(columns.issued_at)
    )
    return _group(
        read, "invoices", N_("Invoices not paid in full"), "billing", wanted,
        lambda row: Waiting(
            _name(row), row.number, from_text(row.issued_at), "billing", (("patient_id", row.patient_id),)
        ),
    )  # fmt: skip


_COLLECT = _laboratory("ordered", "collect", N_("Specimens to collect"))
_ENTER = _laboratory("collected", "enter", N_("Results to enter"))
_RELEASE = _laboratory("resulted", "release", N_("Results to release"))


def _broken_glass(read: Read) -> Group:
    wanted = (
        _named(break_glass.c.id, break_glass.c.words, break_glass.c.started_at)
        .join_from(patients, break_glass, patients.c.id == kept_of(break_glass.c.patient_id))
        .where(break_glass.c.outcome.is_(None))
        .order_by(break_glass.c.started_at)
    )
    return _group(
        read, "broken_glass", N_("Broken glass to be reviewed"), "oversight", wanted,
        lambda row: Waiting(_name(row), row.words, from_text(row.started_at), "oversight"),
    )  # fmt: skip


_FOR: dict[str, tuple[Callable[[Read], Group], ...]] = {
    "doctor": (_critical, _queue, _results_back, _unsigned, _expected),
    "nurse": (_critical, _queue, _called, _COLLECT),
    "pharmacist": (_to_dispense, _low_stock),
    "laboratory": (_critical, _COLLECT, _ENTER, _RELEASE),
    "front_desk": (_queue, _called, _expected),
    "cashier": (_to_credit, _to_invoice, _unpaid),
    "administrator": (_broken_glass, _queue, _to_invoice, _unpaid, _low_stock),
}
