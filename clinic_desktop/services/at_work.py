"""What is being worked at now: who is here, orders that are open, prescriptions that are to be handed out.

What other systems say of these is asked for within minutes, of all the rest within days.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    or_,
    select,
    union_all,
)

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import pharmacy
from clinic_desktop.domain.queue import HERE
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.prepared import Prepared
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders
from clinic_desktop.store.tables.prescribing import prescriptions
from clinic_desktop.store.tables.scheduling import queue_entries

IN_ACT = ("at_work",)


def _one_of(column: Column[str], words: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(column == word for word in words))


def _here() -> CompoundSelect[Any]:
    waits, visit = queue_entries.c, encounters.c
    since: BindParameter[str] = bindparam("since")
    in_queue = select(waits.patient_id, waits.checked_in_at).where(
        _one_of(waits.status, HERE), waits.checked_in_at >= since
    )
    open_ = ("open", "awaiting_results")
    in_visit = select(visit.patient_id, visit.started_at).where(_one_of(visit.status, open_), visit.started_at >= since)
    return union_all(in_queue, in_visit)


def _ordered() -> Select[Any]:
    open_ = ("ordered", "collected", "resulted")
    of = select(lab_orders.c.id, lab_orders.c.ordered_at).join(
        lab_order_tests, lab_order_tests.c.order_id == lab_orders.c.id
    )
    wanted = of.where(_one_of(lab_order_tests.c.status, open_), lab_orders.c.ordered_at >= bindparam("since"))
    return wanted.distinct()


def _to_hand_out() -> Select[Any]:
    of = select(prescriptions.c.id, prescriptions.c.signed_at)
    return of.where(_one_of(prescriptions.c.status, pharmacy.WAITING), prescriptions.c.signed_at >= bindparam("since"))


# What is being worked at, by kind, and for how long something may have been begun and still be that.
_AT_WORK: Mapping[str, tuple[Prepared, timedelta]] = {
    "patient": (Prepared(_here), timedelta(days=1)),
    "lab_order": (Prepared(_ordered), timedelta(days=30)),
    "prescription": (Prepared(_to_hand_out), timedelta(days=3)),
}


def at_work(connection: Connection, kind: str, now: datetime) -> list[tuple[str, float]]:
    """What of a kind is being worked at, and for how many seconds it has been."""
    if kind not in _AT_WORK:
        return []
    statement, longest = _AT_WORK[kind]
    found: dict[str, float] = {}
    for record, at in statement.tuples(connection, since=to_text(now - longest)):
        age = max(0.0, (now - from_text(at)).total_seconds())
        for each in ids_of(connection, record) if kind == "patient" else (record,):
            found[each] = min(age, found.get(each, age))
    return list(found.items())
