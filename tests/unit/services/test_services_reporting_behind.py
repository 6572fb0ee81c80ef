"""Behind every number stand its rows: they sum up to it, count its people, and say who only to those who may know."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Asked, Group, Kind, Row
from clinic_desktop.domain.reporting_behind import BEHIND, Opening, opening
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.reporting import Held, Stopped, open_report
from clinic_desktop.services.reporting_behind import Thing, open_behind
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.consents import record_restrictions
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import FIRST, LAST, Case
from tests.unit.services.test_services_reporting import work
from tests.unit.services.test_services_reporting_care import care
from tests.unit.services.test_services_reporting_laboratory import bench
from tests.unit.services.test_services_reporting_money import money
from tests.unit.services.test_services_reporting_stores import stores

CASES: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "work": (work, ("appointment-utilization", "queue-analytics", "doctor-performance", "patient-demographics")),
    "money": (money, ("revenue-analysis", "receivables-ageing", "cashier-day-end")),
    "stores": (stores, ("drug-consumption", "prescribing", "stock-and-expiry")),
    "bench": (bench, ("laboratory-turnaround",)),
    "care": (care, ("disease-register", "immunization-coverage", "clinical-quality")),
}
# Numbers that count nothing: differences of days, and what was laid down beforehand.
NOTHING_BEHIND = {
    ("receivables-ageing", "days"), ("stock-and-expiry", "days"), ("stock-and-expiry", "whole"),
    ("stock-and-expiry", "reorder"), ("immunization-coverage", "doses"), ("clinical-quality", "target"),
}  # fmt: skip


@pytest.fixture
def worked(request: pytest.FixtureRequest, store: Store) -> Iterator[Store]:
    with case.in_beirut():
        Case(store).fill(CASES[request.param][0])
        yield store


def test_every_number_of_every_report_opens_its_rows_or_is_known_to_count_nothing() -> None:
    closed = {
        (one.name, column.name)
        for one in REPORTS.values()
        for column in one.columns
        if column.shown and column.kind in {Kind.COUNT, Kind.MONEY, Kind.TENTHS} and opening(one, column.name) is None
    }
    assert closed == NOTHING_BEHIND
    assert sum(len(names) for _fill, names in CASES.values()) == len(BEHIND) == len(REPORTS) - 1


def summed(how: Opening, things: list[Thing]) -> int:
    return len({thing.person for thing in things if thing.amount}) if how.people else sum(one.amount for one in things)


def look_behind(desk: Desk, asked: Asked, rows: list[Row], *, total: bool = False) -> int:
    """Hold every number of some rows against the rows behind it; how many were held."""
    report = REPORTS[asked.name]
    columns = report.made(asked.group)
    places = {column.name: place for place, column in enumerate(columns)}
    held = 0
    for row in rows:
        for column in columns:
            how = opening(report, column.name)
            if how is None or (total and not column.total and row[places[column.name]] is None):
                continue
            things = list(open_behind(desk, asked, column.name, row, total=total).things())
            where = (asked.name, asked.group.value, column.name, row, things)
            assert all(things[at].at <= things[at + 1].at for at in range(len(things) - 1)), where
            held += bool(things)
            if column.name in {"wait_median", "wait_ninth", "wait_longest", "whole_ninth"}:
                share = {"median": 5, "ninth": 9, "longest": 10}[column.name.partition("_")[2]]
                value = row[places[column.name]]
                known = "" if value is None else f"{int(value) // 10}.{int(value) % 10}"
                assert case.nearest_rank([one.amount for one in things], share) == known, where
                continue
            against = column.name
            if column.ratio is not None:
                against = {"share": "people", "used": "kept_minutes"}.get(column.name, column.ratio.over)
            assert summed(how, things) == (row[places[against]] or 0), where
    return held


@pytest.mark.parametrize("worked", CASES, indirect=True)
def test_the_rows_behind_a_number_come_to_it(worked: Store, desk_for: DeskFor, request: pytest.FixtureRequest) -> None:
    assert worked.path.exists()
    desk = desk_for("administrator")
    held: dict[tuple[str, str], int] = {}
    for name in CASES[request.node.callspec.params["worked"]][1]:
        for group in (Group.NONE, Group.WEEK) if REPORTS[name].grouped else (Group.NONE,):
            taken, asked = Held(), Asked(name, FIRST, LAST, group)
            open_report(desk, asked).into(taken)
            held[name, group.value] = look_behind(desk, asked, taken.rows[:: 2 if group is Group.NONE else 9])
            held[name, "total"] = look_behind(desk, asked, list(taken.lines), total=True) or int(not taken.lines)
    assert all(held.values()), held


@pytest.mark.parametrize("worked", ["work"], indirect=True)
def test_narrowed_numbers_open_narrowed_rows_and_leave_a_row_in_the_access_log(
    worked: Store, desk_for: DeskFor
) -> None:
    desk, taken = desk_for("administrator"), Held()
    asked = Asked("queue-analytics", FIRST, LAST, only=(("priority", "urgent"), ("sex", "female")))
    open_report(desk, asked).into(taken)
    assert look_behind(desk, asked, taken.rows) > 5
    with worked.read() as connection:
        noted = connection.execute(
            text("SELECT session, subject, detail FROM access WHERE kind = 'report' ORDER BY rowid DESC")
        ).first()
    assert noted is not None
    assert tuple(noted)[:2] == (desk.session.id, "queue-analytics")
    assert "priority=urgent" in noted[2]
    assert "behind" in noted[2]
    assert "urgent" in noted[2]


@pytest.mark.parametrize("worked", ["money"], indirect=True)
@pytest.mark.parametrize(
    ("name", "by", "chosen"),
    [
        ("revenue-analysis", "practitioner", "SELECT id FROM staff WHERE role = 'doctor' ORDER BY id LIMIT 1"),
        ("revenue-analysis", "service", "SELECT kind FROM prices ORDER BY kind LIMIT 1"),
        ("revenue-analysis", "insurer", "SELECT max(insurer) FROM invoices"),
        ("receivables-ageing", "insurer", "SELECT max(insurer) FROM invoices"),
        ("cashier-day-end", "cashier", "SELECT min(cashier_id) FROM shifts"),
    ],
)
def test_the_rows_behind_a_narrowed_sum_are_narrowed_alike(
    worked: Store, desk_for: DeskFor, name: str, by: str, chosen: str
) -> None:
    with worked.read() as connection:
        value = str(connection.execute(text(chosen)).scalar_one())
    desk, taken, asked = desk_for("administrator"), Held(), Asked(name, FIRST, LAST, only=((by, value),))
    open_report(desk, asked).into(taken)
    assert look_behind(desk, asked, taken.rows[::3]) > 0


@pytest.mark.parametrize("worked", ["care"], indirect=True)
def test_who_has_a_disease_is_not_told_to_a_role_that_opens_no_charts_nor_of_a_restricted_record(
    worked: Store, desk_for: DeskFor
) -> None:
    desk, taken = desk_for("administrator"), Held()
    asked = Asked("disease-register", FIRST, LAST)
    open_report(desk, asked).into(taken)
    row = taken.lines[0]
    things = list(open_behind(desk, asked, "people", row, total=True).things())
    assert {(one.patient, one.patient_id) for one in things} == {("", "")}
    assert {bool(one.mrn) for one in things} == {True}
    with worked.read() as connection:
        ill = connection.execute(text("SELECT id FROM patients WHERE mrn = :m"), {"m": things[0].mrn}).scalar_one()
    with worked.write(act=new_id(), session=None) as unit:
        shut = {"patient_id": ill, "allowed": '["role:doctor"]', "reason": "x", "status": "active", "set_at": "x",
                "set_by": desk.session.staff_id}  # fmt: skip
        unit.create(record_restrictions, shut, kind="record.restricted")
    again = list(open_behind(desk, asked, "people", row, total=True).things())
    assert len(again) == len(things)
    assert {(one.mrn, one.detail) for one in again if one.closed} == {("", "")}
    assert things[0].mrn not in {one.mrn for one in again}


@pytest.mark.parametrize("worked", ["money"], indirect=True)
def test_a_role_without_the_report_opens_nothing_behind_it_and_reading_can_be_stopped(
    worked: Store, desk_for: DeskFor
) -> None:
    assert worked.path.exists()
    desk, taken = desk_for("administrator"), Held()
    asked = Asked("revenue-analysis", FIRST, LAST)
    open_report(desk, asked).into(taken)
    with pytest.raises(Refusal, match="may not do this"):
        open_behind(desk_for("pharmacist"), asked, "net", taken.rows[0])
    with pytest.raises(Refusal, match="no rows behind"):
        open_behind(desk, asked, "part", taken.rows[0])
    with pytest.raises(Stopped):
        list(open_behind(desk, asked, "net", taken.rows[0]).things(lambda: True))
    hostile = Asked("revenue-analysis", FIRST, LAST)
    odd = (*taken.rows[0][:1], "x' OR 1=1 --", *taken.rows[0][2:])
    assert list(open_behind(desk, hostile, "net", odd).things()) == []
