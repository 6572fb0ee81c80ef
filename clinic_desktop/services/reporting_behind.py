"""The rows behind a number of a report: asked anew with the keys of its row, noted like the report, read one by one."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Asked, Column, Kind, Report, Row
from clinic_desktop.domain.reporting_behind import BEHIND, Opening, keys_of, opening
from clinic_desktop.domain.reporting_catalogue import report
from clinic_desktop.i18n import N_
from clinic_desktop.services import behind_care, behind_money, behind_stores, behind_work, consent_gate
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.services.consent_gate import Asked as Asking
from clinic_desktop.services.reporting import Stopped, driver_of, facts_of, said_of, stopping
from clinic_desktop.services.reporting_words import written
from clinic_desktop.store.connection import only_reading

STATEMENTS = {
    **behind_work.STATEMENTS,
    **behind_money.STATEMENTS,
    **behind_stores.STATEMENTS,
    **behind_care.STATEMENTS,
}
# In the order of a file's columns; `amount` is what a row adds to the number.
COLUMNS = (
    Column("at", "When", Kind.MOMENT, wide=2),
    Column("what", "What", wide=2),
    Column("detail", "More", wide=4),
    Column("mrn", "Record", wide=2),
    Column("patient", "Patient", wide=3),
)


@dataclass(frozen=True)
class Thing:
    """One thing that is counted; `patient_id` is empty where there is none, or where this person is not told who.

    `person` numbers the people in the order they come up, from 1, so that they can be counted unnamed; 0 is nobody.
    """

    at: str
    what: str
    detail: str
    mrn: str
    patient: str
    patient_id: str
    amount: int
    person: int = 0
    closed: bool = False  # a record from which this person is shut out


@dataclass(frozen=True)
class BehindRun:
    """The rows behind one number, noted and ready to be read."""

    report: Report
    asked: Asked
    column: Column
    how: Opening
    keys: tuple[tuple[str, str], ...]
    total: bool
    _desk: Desk

    def __repr__(self) -> str:
        return f"BehindRun({self.report.name}, {self.column.name})"

    def things(self, stop: Callable[[], bool] = lambda: False) -> Iterator[Thing]:
        """Every row as it is read, in order of time. Raises Stopped."""
        named = self._desk.session.role in BEHIND[self.report.name].named or self._desk.may("chart.open_chart")
        with self._desk.store.read() as connection:
            names = _Names(connection, self._desk, named=named)
            with closing(self._rows(connection, stop)) as rows:
                for at, what, detail, patient, amount in rows:
                    yield names.thing(str(at or ""), str(what), str(detail or ""), patient, int(amount or 0))

    def _rows(self, connection: Connection, stop: Callable[[], bool]) -> Generator[tuple[Any, ...], None, None]:
        facts = facts_of(connection, self.asked, self._desk.now)
        inside = written(STATEMENTS[self.report.name], self.asked.group, dict(self.asked.only))
        wanted = [f"coalesce({self.how.where}, 0) <> 0"]
        for place, (name, value) in enumerate(self.keys):
            wanted.append(f"coalesce(CAST(\"{name}\" AS TEXT), '') = :key_{place}")
            facts[f"key_{place}"] = value
        whole = BEHIND[self.report.name].whole
        if self.total and whole:
            wanted.append(f"{whole} <> 0")
        # Every name in it is one of our own definitions; what a person chose is bound.
        parts = ("SELECT at, what, detail, patient,", f"coalesce({self.how.adds}, 0)", "FROM (", inside, ") WHERE",
                 " AND ".join(wanted), "ORDER BY at")  # fmt: skip
        driver = driver_of(connection)
        with stopping(driver, stop), only_reading(driver):
            for row in driver.execute("\n".join(parts), facts):
                if stop():
                    raise Stopped
                yield tuple(row)


class _Names:
    """Tells whom each thing is about, as far as this person may be told."""

    def __init__(self, connection: Connection, desk: Desk, *, named: bool) -> None:
        self._connection, self._named = connection, named
        self._asking = Asking(desk.session, desk.now, desk.store.clock.steady())
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT coalesce(m.merged_into, m.id) FROM record_restrictions r"
            " JOIN patients m ON m.id = r.patient_id WHERE r.status = 'active'"
        )
        self._restricted = frozenset(rows.scalars())  # nearly everybody's record is open: only these are asked about
        self._known: dict[str, tuple[int, str, str, str, bool]] = {}

    def thing(self, at: str, what: str, detail: str, patient: object, amount: int) -> Thing:
        """One row with its patient."""
        if not isinstance(patient, str):
            return Thing(at, what, detail, "", "", "", amount)
        if patient not in self._known:
            self._known[patient] = (len(self._known) + 1, *self._ask(patient))
        person, mrn, name, told, closed = self._known[patient]
        return Thing(at, what, "" if closed else detail, mrn, name, told, amount, person, closed)

    def _ask(self, patient: str) -> tuple[str, str, str, bool]:
        # A name in a list of work says nothing of a record; beside a problem or a result it does.
        restricted = not self._named and patient in self._restricted
        if restricted and not consent_gate.may_open(self._connection, self._asking, patient):
            return "", "", "", True
        found = self._connection.exec_driver_sql(
            "SELECT mrn, family_name || ', ' || given_names FROM patients WHERE id = ?", (patient,)
        ).one()
        return (str(found[0]), str(found[1]), patient, False) if self._named else (str(found[0]), "", "", False)


def open_behind(desk: Desk, asked: Asked, column: str, row: Row, *, total: bool = False) -> BehindRun:
    """Let the rows behind a number of a row (or of a total) be read; who looks is in the access log from now on.

    Raises Refusal where this role may not run the report, or where the column counts nothing.
    """
    allow(desk, "reporting_behind.open_behind")
    one = report(asked.name)
    if desk.session.role not in one.roles:
        raise Refusal(N_("Your role ({role}) may not do this."), role=desk.session.role, act=asked.name)
    how = opening(one, column)
    if how is None:
        raise Refusal(N_("There are no rows behind this."), field=column)
    keys = keys_of(one, asked.group, row, total=total)
    shown = next(each for each in one.columns if each.name == column)
    said = " ".join([said_of(asked), "behind", column, *(value for _name, value in keys)])
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        unit.accessed("report", patient=asked.patient_id, subject=one.name, detail=said[:500])
    return BehindRun(one, asked, shown, how, keys, total, desk)
