"""The reports about work against plain Python over the exported rows; who may run which, and that it is noted."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest

from clinic_desktop.clock import local_midnight
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Asked, Group
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.services.reporting import QUESTIONS, Held, Stopped, open_report, reports_for
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import addenda, encounters
from clinic_desktop.store.tables.insurance import covers, insurers, plans
from clinic_desktop.store.tables.laboratory import lab_orders
from clinic_desktop.store.tables.prescribing import prescriptions
from clinic_desktop.store.tables.scheduling import appointments, queue_entries
from clinic_desktop.store.unit import Transaction
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import (
    FIRST,
    GROUPS,
    LAST,
    Case,
    Line,
    bucket,
    rows_of,
    tenths,
    told,
    within,
    without,
)


def work(made: Case, unit: Transaction) -> None:
    """Appointments, queue entries, visits, prescriptions, orders and addenda in every state."""
    doctors, draw = made.staff["doctor"], made.draw
    plans_ = []
    for name in ("Mutual", "Fund"):
        insurer = made.some(insurers, unit, name=name)
        plans_.append(made.some(plans, unit, insurer_id=insurer, name="p", share=50, currency="USD"))
    for patient in made.people[:14]:
        for position in (1, 2):
            made.some(
                covers, unit, patient_id=patient, plan_id=draw.choice(plans_), position=position, policy_number="x",
                relation="self", valid_from=draw.choice(["2028-01-01", "2028-03-31", "2028-04-01"]), recorded_at="x",
                valid_until=draw.choice([None, "2028-03-30", "2028-03-31"]),
                ended_on=draw.choice([None, None, "2028-03-31", "2028-04-01"]),
            )  # fmt: skip
    for number in range(260):
        patient = draw.choice(made.people)
        made.some(appointments, unit, patient_id=patient, practitioner_id=draw.choice(doctors), starts_at=made.moment(),
                  minutes=draw.choice([10, 15, 30]), booked_by="x",
                  status=draw.choice(["booked", "arrived", "completed", "cancelled", "no_show"]))  # fmt: skip
        started = made.moment()
        status = draw.choice(["open", "awaiting_results", "signed", "signed", "void", "outside"])
        visit = made.some(encounters, unit, patient_id=patient, preset="new", status=status, started_at=started,
                          practitioner_id=None if status == "outside" else draw.choice(doctors),
                          signed_at=made.after(started, 60, 100_000) if status == "signed" else None)  # fmt: skip
        here = made.moment()
        called = made.after(here, 0, 5000) if draw.random() < 0.6 else None
        ended = draw.choice(["waiting", "done", "left"])
        made.some(queue_entries, unit, patient_id=patient, priority=draw.choice(["emergency", "urgent", "routine"]),
                  checked_in_at=here, called_at=called, encounter_id=draw.choice([visit, None]), ticket=number,
                  finished_at=made.after(called or here, 60, 4000) if ended != "waiting" else None,
                  status=ended)  # fmt: skip
        made.some(prescriptions, unit, patient_id=patient, number=f"RX-{number}", prescriber_id=draw.choice(doctors),
                  signed_at=made.moment(), status=draw.choice(["signed", "dispensed", "cancelled"]),
                  pack="p")  # fmt: skip
        made.some(lab_orders, unit, patient_id=patient, number=f"LAB-{number}", ordered_by=draw.choice(doctors),
                  ordered_at=made.moment(), priority="routine",
                  status=draw.choice(["ordered", "cancelled"]))  # fmt: skip
        made.some(addenda, unit, encounter_id=visit, patient_id=patient, author_id=draw.choice(doctors),
                  written_at=made.moment(), text="x", reason="y")  # fmt: skip


@pytest.fixture
def worked(store: Store) -> Iterator[Store]:
    with case.in_beirut():
        Case(store).fill(work)
        yield store


@pytest.mark.parametrize("group", GROUPS)
def test_appointments_are_those_that_plain_counting_finds(worked: Store, desk_for: DeskFor, group: str) -> None:
    names = case.named(worked)
    people = case.kept(worked)
    found: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    offered: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows_of(worked, "appointments"):
        if within(row["starts_at"]):
            found[bucket(row["starts_at"], group), row["practitioner_id"]].append(row)
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        for row in rows_of(worked, "staff_hours"):
            if day.weekday() == row["weekday"]:
                (a, b), (c, d) = row["starts"].split(":"), row["ends"].split(":")
                minutes = int(c) * 60 + int(d) - int(a) * 60 - int(b)
                offered[case.civil(day, group), row["staff_id"]] += minutes

    def line(head: Line, rows: list[dict[str, object]], minutes: int) -> Line:
        def many(*states: str) -> int:
            return sum(row["status"] in states for row in rows)

        kept = many("arrived", "completed")
        kept_minutes = sum(int(str(row["minutes"])) for row in rows if row["status"] in {"arrived", "completed"})
        cancelled, missed = many("cancelled"), many("no_show")
        who = {people[str(row["patient_id"])] for row in rows if row["status"] != "cancelled"}
        return [*head, *map(str, (len(rows), kept, cancelled, missed, many("booked"), len(who), kept_minutes, minutes)),
                tenths(100 * missed, len(rows) - cancelled), tenths(100 * kept_minutes, minutes)]  # fmt: skip

    keys = sorted(set(found) | set(offered), key=lambda key: (key[0], names[key[1]], key[1]))
    expected = [line([key[0], names[key[1]]], found[key], offered[key]) for key in keys]
    rows, totals = told(desk_for, "appointment-utilization", group)
    assert rows == without(expected, group)
    head = ["Total"] if group == "none" else ["Total", ""]
    assert totals == [line(head, [row for some in found.values() for row in some], sum(offered.values()))]


@pytest.mark.parametrize("group", GROUPS)
def test_waiting_and_service_are_those_that_plain_counting_finds(worked: Store, desk_for: DeskFor, group: str) -> None:
    began = {row["id"]: row["started_at"] for row in rows_of(worked, "encounters")}
    found: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(worked, "queue_entries"):
        if within(row["checked_in_at"]):
            found[bucket(row["checked_in_at"], group), row["priority"]].append(row)

    def line(head: Line, rows: list[dict[str, str]]) -> Line:
        waits, services = [], []
        for row in rows:
            begun = row["called_at"] or began.get(row["encounter_id"])
            if begun:
                waits.append(case.seconds(row["checked_in_at"], begun))
                if row["status"] == "done":
                    services.append(case.seconds(begun, row["finished_at"]))
        many = [sum(row["status"] == status for row in rows) for status in ("done", "left")]
        longest = tenths(max(waits), 60) if waits else ""
        return [*head, str(len(rows)), str(len(waits)), *map(str, many), tenths(sum(waits), 60 * len(waits)),
                case.nearest_rank(waits, 5), case.nearest_rank(waits, 9), longest,
                tenths(sum(services), 60 * len(services))]  # fmt: skip

    order = ["emergency", "urgent", "routine"]
    keys = sorted(found, key=lambda key: (key[0], order.index(key[1])))
    rows, totals = told(desk_for, "queue-analytics", group)
    assert rows == without([line([*key], found[key]) for key in keys], group)
    everybody = [row for some in found.values() for row in some]
    assert totals == [line(["Total"] if group == "none" else ["Total", ""], everybody)]


@pytest.mark.parametrize("group", GROUPS)
def test_what_practitioners_did_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor, group: str) -> None:
    names = case.named(worked)
    people = case.kept(worked)
    done: dict[tuple[str, str], dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for table, at, who, out in (
        ("encounters", "started_at", "practitioner_id", {"void", "outside"}),
        ("prescriptions", "signed_at", "prescriber_id", {"cancelled"}),
        ("lab_orders", "ordered_at", "ordered_by", {"cancelled"}),
        ("addenda", "written_at", "author_id", set()),
    ):
        for row in rows_of(worked, table):
            if within(row[at]) and row.get("status") not in out:
                done[bucket(row[at], group), row[who]][table].append(row)

    def line(head: Line, facts: dict[str, list[dict[str, str]]]) -> Line:
        visits = facts["encounters"]
        signed = [case.seconds(row["started_at"], row["signed_at"]) for row in visits if row["status"] == "signed"]
        counts = [
            len(visits),
            len({people[row["patient_id"]] for row in visits}),
            len(signed),
            len(visits) - len(signed),
        ]
        late = sum(one > 86_400 for one in signed)
        others = [len(facts[table]) for table in ("prescriptions", "lab_orders", "addenda")]
        return [*head, *map(str, counts), tenths(100 * len(signed), len(visits)),
                tenths(sum(signed), 60 * len(signed)), str(late), *map(str, others)]  # fmt: skip

    keys = sorted(done, key=lambda key: (key[0], names[key[1]], key[1]))
    rows, totals = told(desk_for, "doctor-performance", group)
    assert rows == without([line([key[0], names[key[1]]], done[key]) for key in keys], group)
    whole: dict[str, list[dict[str, str]]] = defaultdict(list)
    for facts in done.values():
        for table, some in facts.items():
            whole[table] += some
    assert totals == [line(["Total"] if group == "none" else ["Total", ""], whole)]


def test_who_the_patients_are_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor) -> None:
    people = case.kept(worked)
    seen = {
        people[row["patient_id"]]
        for row in rows_of(worked, "encounters")
        if within(row["started_at"]) and row["status"] not in {"void", "outside"}
    }
    alive = [
        row for row in rows_of(worked, "patients")
        if row["merged_into"] is None and case.local(row["registered_at"]).date() <= LAST
        and (row["deceased_on"] is None or row["deceased_on"] > LAST.isoformat())
    ]  # fmt: skip

    payer = {row["id"]: row["insurer_id"] for row in rows_of(worked, "plans")}
    called = {row["id"]: row["name"] for row in rows_of(worked, "insurers")}
    last = LAST.isoformat()
    insured: dict[str, str] = {}
    for row in sorted(rows_of(worked, "covers"), key=lambda row: (row["position"], row["rowid_"])):
        holds = row["valid_from"] <= last <= (row["valid_until"] or "9") and (row["ended_on"] or "9") > last
        if holds:
            insured.setdefault(people[row["patient_id"]], called[payer[row["plan_id"]]])
    assert set(insured.values()) == {"Mutual", "Fund"}

    def age(row: case.RowOf) -> str:
        if row["born_on"] is None:
            return "not known"
        born = date.fromisoformat(row["born_on"])
        years = LAST.year - born.year - ((LAST.month, LAST.day) < (born.month, born.day))
        bands = ((18, "0-18"), (35, "19-35"), (50, "36-50"), (65, "51-65"))
        return next((band for most, band in bands if years <= most), "66 and over")

    expected = []
    for dimension, part_of in (
        ("Age", age), ("Sex", lambda row: row["sex"]), ("Insurance", lambda row: insured.get(row["id"], "none")),
        ("City", lambda row: (row["city"] or "").strip() or "not known"),
        ("Language", lambda row: (row["language"] or "").strip() or "not known"),
    ):  # fmt: skip
        parts = defaultdict(list)
        for row in alive:
            parts[part_of(row)].append(row)
        for part in sorted(parts):
            some = parts[part]
            new = sum(within(row["registered_at"]) for row in some)
            here = sum(row["id"] in seen for row in some)
            share = tenths(100 * len(some), len(alive))
            expected.append([dimension, part, str(len(some)), share, str(new), str(here)])
    assert told(desk_for, "patient-demographics") == (expected, [])
    assert {line[0] for line in expected} == {"Age", "Sex", "Insurance", "City", "Language"}


def test_the_first_hour_that_a_day_does_not_have_belongs_to_that_day(worked: Store, desk_for: DeskFor) -> None:
    """26-Mar-2028 begins at 22:00 UTC of the day before, as one o'clock; a second earlier it is the 25th."""
    rows, _totals = told(desk_for, "doctor-performance", "day")
    days = {line[0] for line in rows}
    assert {"2028-02-29", "2028-03-25", "2028-03-26", LAST.isoformat()} <= days
    assert min(days) == FIRST.isoformat()
    assert max(days) == LAST.isoformat()


def test_every_report_has_a_statement_and_every_statement_a_report() -> None:
    assert set(REPORTS) == set(QUESTIONS)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_who_runs_a_report_is_noted_before_its_first_value_and_others_may_not(
    store: Store, desk_for: DeskFor, name: str
) -> None:
    one = REPORTS[name]
    patient = None
    if one.about_patient:
        with case.in_beirut():
            patient = Case(store).fill().people[0]
    asked = Asked(name, FIRST, LAST, patient_id=patient)
    for role in ("doctor", "nurse", "pharmacist", "laboratory", "front_desk", "cashier", "administrator"):
        noted = len(rows_of(store, "access"))
        if role in one.roles:
            open_report(desk_for(role), asked)
            last = rows_of(store, "access")[-1]
            assert (last["kind"], last["subject"], last["patient"]) == ("report", name, patient)
            assert last["detail"] == "2028-02-26 2028-03-31 none"
            assert one in reports_for(desk_for(role))
        else:
            with pytest.raises(Refusal):
                open_report(desk_for(role), asked)
            assert len(rows_of(store, "access")) == noted
            assert one not in reports_for(desk_for(role))


def test_what_cannot_be_asked_is_refused_in_words_that_name_the_field(store: Store, desk_for: DeskFor) -> None:
    desk = desk_for("administrator")
    for asked, field in (
        (Asked("nothing", FIRST, LAST), "name"),
        (Asked("queue-analytics", LAST, FIRST), "to"),
        (Asked("queue-analytics", date(1, 1, 2), LAST), "to"),
        (Asked("patient-demographics", FIRST, LAST, Group.DAY), "group_by"),
        (Asked("who-saw-patient", FIRST, LAST), "patient"),
        (Asked("queue-analytics", FIRST, LAST, patient_id="x"), "patient"),
    ):
        with pytest.raises(Refusal) as refused:
            open_report(desk, asked)
        assert refused.value.field == field
    assert rows_of(store, "access") == []


def test_a_report_is_stopped_between_some_rows_and_the_next(
    worked: Store, desk_for: DeskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinic_desktop.services.reporting._TOGETHER", 2)
    run = open_report(desk_for("administrator"), Asked("queue-analytics", FIRST, LAST, Group.DAY))
    held = Held()
    with pytest.raises(Stopped):
        run.into(held, stop=lambda: len(held.rows) == 2)
    assert len(held.rows) == 2
    assert run.into(Held()) > 2, "the connection is as good as before"


def test_who_saw_a_patient_is_told_over_all_their_registrations(worked: Store, desk_for: DeskFor) -> None:
    desk = desk_for("administrator")
    with worked.read() as connection:
        kept, other = connection.exec_driver_sql(
            "SELECT merged_into, id FROM patients WHERE merged_into IS NOT NULL ORDER BY rowid_ LIMIT 1"
        ).one()
    run = open_report(desk, Asked("who-saw-patient", desk.now.date(), desk.now.date(), patient_id=other))
    held = Held()
    run.into(held)
    journal = [row for row in rows_of(worked, "journal") if row["patient"] in {kept, other}]
    looks = [row for row in rows_of(worked, "access") if row["patient"] in {kept, other}]
    assert len(held.rows) == len(journal) + len(looks)
    assert "Printed: who saw patient" in [row[5] for row in held.rows]


def test_the_day_that_skips_its_midnight_begins_at_one_o_clock_and_takes_nothing_of_the_day_before() -> None:
    with case.in_beirut():
        begins = [local_midnight(date(2028, 3, day)) for day in (25, 26, 27)]
    assert [f"{at:%d %H:%M}" for at in begins] == ["25 00:00", "26 01:00", "27 00:00"]
    assert [later - sooner for sooner, later in pairwise(begins)] == [timedelta(hours=24), timedelta(hours=23)]
