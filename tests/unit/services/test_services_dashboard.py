"""The dashboard's numbers against plain Python over the exported rows, and against the reports they come from."""

import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.domain.dashboard import CARDS_OF, MEASURES, MEASURES_OF
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Asked, Group
from clinic_desktop.services import dashboard, dashboard_now, dashboard_office, dashboard_quality, jobs
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.reporting import Held, open_report
from clinic_desktop.services.roles import ROLES
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.unit import Transaction
from tests.conftest import KEY, DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import ZONE, Case, RowOf, rows_of
from tests.unit.services.test_services_reporting import work
from tests.unit.services.test_services_reporting_care import care
from tests.unit.services.test_services_reporting_laboratory import bench
from tests.unit.services.test_services_reporting_money import money
from tests.unit.services.test_services_reporting_stores import stores

# A day without its first hour, a leap day, the first instant of a day and the last one, and an ordinary noon.
MOMENTS = [
    datetime(2028, 3, 26, 1, 30, tzinfo=ZONE),
    datetime(2028, 2, 29, 23, 59, 59, tzinfo=ZONE),
    datetime(2028, 3, 1, 0, 0, tzinfo=ZONE),
    datetime(2028, 3, 31, 12, 0, tzinfo=ZONE),
]
AT: dict[str, tuple[str, str, str]] = {
    "arrived": ("queue_entries", "checked_in_at", ""),
    "visits": ("encounters", "started_at", "practitioner_id"),
    "appointments": ("appointments", "starts_at", "practitioner_id"),
    "missed": ("appointments", "starts_at", "practitioner_id"),
    "registered": ("patients", "registered_at", ""),
    "prescribed": ("prescriptions", "signed_at", "prescriber_id"),
    "ordered": ("lab_orders", "ordered_at", "ordered_by"),
    "released": ("lab_results", "released_at", ""),
    "handed_out": ("dispenses", "dispensed_at", ""),
    "taken": ("payments", "paid_at", ""),
}


class Whole(Case):
    """A case in which the work of all subjects stands beside one another: no number is given out twice."""

    def some(self, table: Table, unit: Transaction, /, **values: object) -> str:
        self.made = getattr(self, "made", 0) + 1
        if "number" in values:
            values["number"] = f"{values['number']}-{self.made}"
        known = unit.conn.execute(select(table.c.id).where(table.c.code == values["code"])).scalar() if (
            table.name in {"lab_tests", "prices"}) else None  # fmt: skip
        return str(known) if known else super().some(table, unit, **values)


class Worked:
    """A clinic filled once, whose clock is put where a test wants it."""

    def __init__(self, folder: Path, empty: Path) -> None:
        path = folder / "clinic.db"
        path.write_bytes(empty.read_bytes())
        self.clock = SetClock(MOMENTS[0])
        self.store = Store(
            path, KEY, clock=self.clock, workstation="A7", anchor=Anchor(folder / "anchor", KEY, "window")
        )
        made = Whole(self.store).fill(work, money, bench, care, stores)
        self.doctor = made.staff["doctor"][0]
        with self.store.write(act=new_id(), session=None) as unit:
            self.people = {
                role: unit.create(staff, {"username": f"my{role}", "display_name": role, "role": role}, kind="x.x")
                for role in ROLES
            }
        self.people["doctor"] = self.doctor
        self.rows = {table: rows_of(self.store, table) for table, _at, _own in AT.values()}

    def desk(self, role: str, at: datetime) -> Desk:
        self.clock.set(at)
        session = Session(new_id(), self.people[role], role, role, role, "A7", at.astimezone(UTC))
        return Desk(self.store, session)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Worked]:
    with case.in_beirut():
        made = Worked(tmp_path_factory.mktemp("dashboard"), empty_database)
        yield made
        made.store.close()


def counts_of(made: Worked, key: str, last: date, whose: str | None) -> list[tuple[datetime, str, int]]:
    """When, in which currency, how much: every row of a measure, with nothing of the product but its rows."""
    table, at, owner = AT[key]
    rows = made.rows[table]
    keep: dict[str, Callable[[RowOf], bool]] = {
        "visits": lambda row: row["status"] not in {"void", "outside"} and row["practitioner_id"] is not None,
        "appointments": lambda row: row["status"] in {"booked", "arrived", "completed"},
        "missed": lambda row: row["status"] == "no_show",
        "registered": lambda row: (
            row["merged_into"] is None and (row["deceased_on"] is None or row["deceased_on"] > last.isoformat())
        ),
        "prescribed": lambda row: row["status"] != "cancelled",
        "ordered": lambda row: row["status"] != "cancelled",
        "handed_out": lambda row: row["status"] == "dispensed",
    }
    if key == "released":
        firsts: dict[str, RowOf] = {}
        for row in rows:
            known = firsts.get(row["order_test_id"])
            if row["released_at"] and (known is None or row["released_at"] < known["released_at"]):
                firsts[row["order_test_id"]] = row
        rows = list(firsts.values())
    found = []
    for row in rows:
        wanted = keep.get(key)
        if row[at] is None or (wanted is not None and not wanted(row)) or (whose and owner and row[owner] != whose):
            continue
        amount = 1 if key != "taken" else row["amount"] * (-1 if row["kind"] == "refund" else 1)
        found.append((case.local(row[at]), row["currency"] if key == "taken" else "", amount))
    return found


def between(rows: list[tuple[datetime, str, int]], first: date, last: date, currency: str) -> int:
    return sum(amount for at, money, amount in rows if first <= at.date() <= last and money == currency)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("role", ["administrator", "doctor", "cashier"])
def test_today_and_what_is_usual_are_what_plain_counting_finds(worked: Worked, role: str, moment: datetime) -> None:
    found = dashboard.today_numbers(worked.desk(role, moment))
    assert {one.key for one in found} == set(MEASURES_OF[role])
    day = moment.date()
    begun = min(case.local(row["registered_at"]).date() for row in worked.rows["patients"])
    days = [before for week in range(1, 9) if (before := day - timedelta(weeks=week)) >= begun]
    for one in found:
        whose = worked.doctor if role == "doctor" else None
        rows = counts_of(worked, one.key, day, whose)
        assert one.value == between(rows, day, day, one.currency), one
        whole, so_far = [], []
        for other in days:
            rows = counts_of(worked, one.key, other, whose)
            whole.append(between(rows, other, other, one.currency))
            wall = datetime.combine(other, moment.time())
            early = [row for row in rows if row[0].replace(tzinfo=None) < wall]
            so_far.append(between(early, other, other, one.currency))
        assert one.days == len(days)
        assert one.usual == (statistics.median(whole) if days else None), one
        if not MEASURES[one.key].is_planned:
            assert one.by_now == (statistics.median(so_far) if days else None), one


@pytest.mark.parametrize("by", ["day", "week"])
@pytest.mark.parametrize("key", sorted(MEASURES))
def test_a_trend_is_what_plain_counting_finds(worked: Worked, key: str, by: str) -> None:
    found = dashboard.trend(worked.desk("administrator", MOMENTS[3]), key, by)
    assert len(found.bars) == (28 if by == "day" else 12)
    last = date(2028, 3, 30) if by == "day" else date(2028, 3, 26)
    assert found.bars[-1].last == last
    assert {bar.first.weekday() for bar in found.bars} == (set(range(7)) if by == "day" else {0})
    for bar in found.bars:
        assert bar.first.weekday() == bar.before_first.weekday()
        rows = counts_of(worked, key, bar.last, None)
        assert bar.value == between(rows, bar.first, bar.last, found.currency), bar
        rows = counts_of(worked, key, bar.before_last, None)
        assert bar.before == between(rows, bar.before_first, bar.before_last, found.currency), bar
    assert found.total == sum(bar.value for bar in found.bars)
    if key == "taken":
        assert {found.currency, *found.others} == {row["currency"] for row in worked.rows["payments"]}


def test_a_trend_in_another_currency_is_shown_when_asked_for(worked: Worked) -> None:
    desk = worked.desk("administrator", MOMENTS[3])
    first = dashboard.trend(desk, "taken")
    other = dashboard.trend(desk, "taken", "day", first.others[0])
    assert (other.currency, first.currency in other.others) == (first.others[0], True)


def report_total(desk: Desk, name: str, first: date, last: date) -> dict[str, int]:
    """The totals of a report, by column; of a report without totals the sum of its rows by their first cells."""
    run = open_report(desk, Asked(name, first, last, Group.NONE))
    held = Held()
    run.into(held)
    if name == "revenue-analysis":
        found: dict[str, int] = {}
        for row in held.rows:
            if row[0] == "Method":
                found[str(row[2])] = found.get(str(row[2]), 0) + int(row[6] or 0)
        return found
    if name == "patient-demographics":
        return {"new": sum(int(row[4] or 0) for row in held.rows if row[0] == "Sex")}
    if not held.lines:
        return {}
    return {column.name: int(value) for column, value in zip(run.columns, held.lines[0], strict=True)
            if isinstance(value, int)}  # fmt: skip


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_each_number_of_today_is_the_one_its_report_says(worked: Worked, moment: datetime) -> None:
    desk, day = worked.desk("administrator", moment), moment.date()
    column = {"arrived": "arrived", "visits": "visits", "missed": "missed", "registered": "new",
              "prescribed": "prescriptions", "ordered": "lab_orders", "released": "released",
              "handed_out": "hand_outs"}  # fmt: skip
    for one in dashboard.today_numbers(desk):
        said = report_total(desk, MEASURES[one.key].reports[0], day, day)
        if one.key == "taken":
            assert one.value == said.get(one.currency, 0)
        elif one.key == "appointments":
            assert one.value == said.get("booked", 0) - said.get("cancelled", 0) - said.get("missed", 0)
        else:
            assert one.value == said.get(column[one.key], 0), one


def test_the_cards_say_what_their_reports_say(worked: Worked) -> None:
    moment = MOMENTS[3]
    desk, day = worked.desk("administrator", moment), moment.date()
    queue = dashboard_now.queue_now(desk)
    said = report_total(desk, "queue-analytics", day, day)
    assert (queue.called_today, queue.wait) == (said["called"], said["wait_mean"])
    waiting = [row for row in worked.rows["queue_entries"] if row["status"] == "waiting"]
    assert queue.waiting == len(waiting)
    assert queue.longest_since == min(datetime.fromisoformat(row["checked_in_at"]) for row in waiting)
    bench_ = dashboard_now.laboratory_now(desk)
    for first, last, number, mean in (
        (day, day, bench_.released, bench_.turnaround),
        (day - timedelta(days=28), day - timedelta(days=1), bench_.usual_released, bench_.usual),
    ):
        said = report_total(desk, "laboratory-turnaround", first, last)
        assert (number, mean) == (said.get("released", 0), said.get("whole_mean"))
    called = {row["result_id"] for row in rows_of(worked.store, "callbacks")}
    critical = [row for row in worked.rows["lab_results"] if row["flag"] in {"LL", "HH"}
                and row["status"] != "superseded" and row["id"] not in called]  # fmt: skip
    assert bench_.critical == len(critical)
    money_ = dashboard_now.money_now(desk)
    said = report_total(desk, "revenue-analysis", day, day)
    assert {currency: sum(a for _m, c, a in money_.taken if c == currency) for _m, currency, _a in money_.taken} == said
    run, held = open_report(desk, Asked("receivables-ageing", day, day)), Held()
    run.into(held)
    at = {column.name: place for place, column in enumerate(run.columns)}
    ages = ("to_30", "to_60", "to_90", "over_90", "owed")
    totals = {str(line[at["currency"]]): tuple(line[at[name]] for name in ages) for line in held.lines}
    assert {one.currency: tuple(getattr(one, name) for name in ages) for one in money_.owed} == totals


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_quality_is_what_its_report_says(worked: Worked, moment: datetime) -> None:
    desk = worked.desk("administrator", moment)
    last = moment.date()
    run, held = open_report(desk, Asked("clinical-quality", last - timedelta(days=364), last)), Held()
    run.into(held)
    keys = ("blood_pressure", "hba1c", "screening", "reconciliation")
    mine = [dashboard_quality.quality_now(desk, key) for key in keys]
    assert [(one.title, one.eligible, one.met, one.rate, one.target, one.how) for one in mine] == [
        row[:6] for row in held.rows
    ]
    assert mine[2].is_reached is None
    with pytest.raises(Refusal):
        dashboard_quality.quality_now(desk, "'; --")


def test_in_an_empty_clinic_everything_is_nothing_and_nothing_is_usual(desk_for: DeskFor) -> None:
    desk = desk_for("administrator")
    found = dashboard.today_numbers(desk)
    assert [one.key for one in found] == list(MEASURES)
    assert {(one.value, one.by_now, one.usual, one.days) for one in found} == {(0, None, None, 0)}
    assert dashboard.trend(desk, "taken", "week").total == 0
    assert dashboard_now.queue_now(desk) == dashboard_now.QueueNow(0, 0, None, 0, 0, None, 0)
    assert dashboard_now.laboratory_now(desk) == dashboard_now.LaboratoryNow(0, 0, 0, None, 0, None, 0, None, 0)
    assert dashboard_now.pharmacy_now(desk) == dashboard_now.PharmacyNow(0, None, 0, 0, 0)
    assert dashboard_now.money_now(desk) == dashboard_now.MoneyNow((), ())
    assert dashboard_quality.quality_now(desk, "hba1c").rate is None
    assert dashboard_office.jobs_health(desk) == ()
    assert dashboard_office.newest_backup(desk) is None
    assert dashboard_office.screen_speeds(desk) == ()


def test_days_before_the_clinic_began_are_not_compared_with(store: Store, desk_for: DeskFor, clock: SetClock) -> None:
    begun = clock.now() - timedelta(days=15)
    with store.write(act=new_id(), session=None) as unit:
        unit.create(patients, {
            "mrn": "M1", "family_name": "A", "given_names": "B", "sex": "female", "family_key": "a", "given_key": "b",
            "registered_at": to_text(begun),
        }, kind="patient.registered")  # fmt: skip
    assert {one.days for one in dashboard.today_numbers(desk_for("nurse"))} == {2}


def test_a_role_sees_its_own_numbers_alone(desk_for: DeskFor) -> None:
    for role in ROLES:
        assert [one.key for one in dashboard.today_numbers(desk_for(role))] == list(MEASURES_OF[role])
        assert ("money" in CARDS_OF[role]) == (role in {"cashier", "administrator"})
    for role, key in (("doctor", "taken"), ("nurse", "taken"), ("cashier", "visits"), ("administrator", "nothing")):
        with pytest.raises(Refusal):
            dashboard.trend(desk_for(role), key)
    with pytest.raises(Refusal):
        dashboard.trend(desk_for("nurse"), "visits", "month")
    for role in ("doctor", "front_desk", "pharmacist"):
        with pytest.raises(Refusal):
            dashboard_now.money_now(desk_for(role))


def test_openings_of_screens_are_added_up_by_day_and_kept_for_a_while(desk_for: DeskFor, clock: SetClock) -> None:
    desk = desk_for("administrator")
    dashboard_office.note_speeds(desk, {("queue", 40): 18, ("queue", 1000): 1, ("home", 25): 3})
    dashboard_office.note_speeds(desk, {("queue", 40): 1, ("queue", 2500): 1})
    dashboard_office.note_speeds(desk, {})
    queue, home = dashboard_office.screen_speeds(desk)
    assert (queue.screen, queue.openings, queue.half, queue.most) == ("queue", 21, 40, 1000)
    assert (home.screen, home.openings, home.half, home.most) == ("home", 3, 25, 25)
    clock.advance(timedelta(days=20))
    desk = desk_for_later(desk, clock)
    assert dashboard_office.screen_speeds(desk) == ()
    assert len(dashboard_office.screen_speeds(desk, 30)) == 2
    clock.advance(timedelta(days=100))
    desk = desk_for_later(desk, clock)
    dashboard_office.note_speeds(desk, {("home", 25): 1})
    assert [one.screen for one in dashboard_office.screen_speeds(desk, 1000)] == ["home"]


def desk_for_later(desk: Desk, clock: SetClock) -> Desk:
    """The same person, signed in again."""
    known = desk.session
    return Desk(desk.store, Session(new_id(), known.staff_id, known.username, known.display_name, known.role, "A7",
                                    clock.now()))  # fmt: skip


def test_a_job_is_well_once_it_was_done_after_it_failed(store: Store, desk_for: DeskFor, clock: SetClock) -> None:
    desk = desk_for("administrator")
    jobs.end_run(store, jobs.begin_run(store, "backup"), "done", {})
    clock.advance(timedelta(hours=1))
    jobs.end_run(store, jobs.begin_run(store, "backup"), "failed", {"message": "The disk is full."})
    (backup,) = dashboard_office.jobs_health(desk)
    assert not backup.is_well
    assert backup.failed is not None
    assert backup.failed.said["message"] == "The disk is full."
    clock.advance(timedelta(hours=1))
    jobs.end_run(store, jobs.begin_run(store, "backup"), "done", {})
    jobs.begin_run(store, "downtime-pack")
    backup, pack = dashboard_office.jobs_health(desk)
    assert backup.is_well
    assert backup.done_at == clock.now()
    assert (pack.is_running, pack.done_at, pack.is_well) == (True, None, True)
