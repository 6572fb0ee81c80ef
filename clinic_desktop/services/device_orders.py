"""What waits to be measured, for an analyser that asks: the tests of the specimens that were taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from clinic_desktop.clock import from_text
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_of
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, specimens
from clinic_desktop.store.tables.patients import patients

MOST = 100


@dataclass(frozen=True)
class WorkItem:
    """One specimen with the tests that wait for it, by the codes of the catalogue."""

    specimen: str
    patient_id: str
    mrn: str
    family_name: str
    given_names: str
    born_on: date | None
    sex: str
    priority: str
    collected_at: datetime
    tests: tuple[str, ...]

    def __repr__(self) -> str:
        return f"WorkItem({self.specimen})"


def _about(items: Sequence[WorkItem]) -> list[str]:
    return [item.patient_id for item in items]


@query(access="report", of=_about)
def work_for(read: Read, numbers: Sequence[str]) -> tuple[WorkItem, ...]:
    """The specimens that were asked for by their numbers, with the tests that have no value yet; none named is all."""
    asked = (
        select(
            specimens.c.number, specimens.c.collected_at, lab_orders.c.priority, lab_order_tests.c.test_code,
            patients.c.id.label("person"), patients.c.mrn, patients.c.family_name, patients.c.given_names,
            patients.c.born_on, patients.c.sex,
        )
        .join(lab_order_tests, lab_order_tests.c.specimen_id == specimens.c.id)
        .join(lab_orders, lab_orders.c.id == specimens.c.order_id)
        .join_from(specimens, patients, patients.c.id == kept_of(specimens.c.patient_id))
        .where(specimens.c.status == "collected", lab_order_tests.c.status == "collected")
        .order_by(specimens.c.collected_at, lab_order_tests.c.position)
    )  # fmt: skip
    if numbers:
        asked = asked.where(specimens.c.number.in_([number.strip().upper() for number in numbers]))
    found: dict[str, WorkItem] = {}
    for row in read.conn.execute(asked):
        before = found.get(row.number)
        if before is None and len(found) >= MOST:
            break
        tests = (*(before.tests if before else ()), row.test_code)
        born = None if row.born_on is None else date.fromisoformat(row.born_on)
        found[row.number] = WorkItem(
            row.number, row.person, row.mrn, row.family_name, row.given_names, born, row.sex, row.priority,
            from_text(row.collected_at).astimezone(), tests,
        )  # fmt: skip
    return tuple(found.values())
