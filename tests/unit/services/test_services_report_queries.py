"""Queries of an administrator's own: they answer what was asked, read alone, bind every value, and are noted."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlcipher3 import dbapi2

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.report_query import Condition, Definition, Tally, read_definition
from clinic_desktop.domain.reporting import Asked, cells
from clinic_desktop.reports.report_check import check_report
from clinic_desktop.reports.report_elsewhere import write_elsewhere
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.query_subjects import SUBJECTS
from clinic_desktop.services.report_queries import asked_query, drop_query, kept_queries, open_query, save_query
from clinic_desktop.services.reporting import Held, driver_of
from clinic_desktop.store.connection import only_reading
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import medicines_taken
from clinic_desktop.store.tables.consents import record_restrictions
from clinic_desktop.store.tables.reference import reference_medicines
from clinic_desktop.store.unit import Transaction
from tests.conftest import KEY, DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import Case, local, rows_of
from tests.unit.services.test_services_reporting import work
from tests.unit.services.test_services_reporting_care import care
from tests.unit.services.test_services_reporting_money import money

TODAY = date(2028, 4, 1)


@pytest.fixture
def worked(store: Store, request: pytest.FixtureRequest) -> Iterator[Store]:
    with case.in_beirut():
        Case(store).fill(getattr(request, "param", work))
        yield store


def asked(definition: Definition) -> Asked:
    return asked_query(definition.text(), TODAY)


def told(desk: Desk, definition: Definition) -> tuple[list[list[str]], list[list[str]]]:
    run, held = open_query(desk, asked(definition)), Held()
    run.into(held)
    return [[*cells(run.columns, row)] for row in held.rows], [[*cells(run.columns, row)] for row in held.lines]


def test_every_subject_and_every_column_can_be_asked_for(worked: Store, desk_for: DeskFor) -> None:
    assert worked.path.exists()
    for subject in SUBJECTS.values():
        names = tuple(fact.name for fact in subject.facts if not fact.of_many)
        rows, _totals = told(desk_for("administrator"), Definition("q", subject.name, names, limit=7))
        assert len(rows) <= 7
        assert len({*names, "currency"} if "amount" in names else names) == len(names)
        if subject.clinical:
            assert not {"mrn", "patient"} & set(names)


def test_conditions_and_groups_are_what_plain_counting_finds(worked: Store, desk_for: DeskFor) -> None:
    definition = Definition(
        "Kept in March", "appointments", where=(
            Condition("status", "is", "completed"), Condition("starts", "between", "2028-03-01", "2028-03-31"),
            Condition("minutes", "after", "10"), Condition("practitioner", "contains", "ьга"),
        ),
        group_by=("practitioner",), tallies=(Tally("count"), Tally("people"), Tally("sum", "minutes"),
                                             Tally("mean", "minutes")),
    )  # fmt: skip
    names = {row["id"]: row["display_name"] for row in rows_of(worked, "staff")}
    people = case.kept(worked)
    found: dict[str, list[dict[str, object]]] = {}
    for row in rows_of(worked, "appointments"):
        inside = date(2028, 3, 1) <= local(row["starts_at"]).date() <= date(2028, 3, 31)
        if inside and row["status"] == "completed" and row["minutes"] > 10 and "ьга" in names[row["practitioner_id"]]:
            found.setdefault(names[row["practitioner_id"]], []).append(row)
    minutes = {name: sum(int(str(row["minutes"])) for row in rows) for name, rows in found.items()}
    expected = [
        [name, str(len(rows)), str(len({people[str(row["patient_id"])] for row in rows})), str(minutes[name]),
         case.tenths(10 * minutes[name], 10 * len(rows))]
        for name, rows in sorted(found.items())
    ]  # fmt: skip
    rows, totals = told(desk_for("administrator"), definition)
    assert rows == expected != []
    assert totals[0][1] == str(sum(len(each) for each in found.values()))


@pytest.mark.parametrize("worked", [money], indirect=True)
def test_amounts_of_two_currencies_are_never_added_up(worked: Store, desk_for: DeskFor) -> None:
    rows, totals = told(
        desk_for("administrator"),
        Definition(
            "Taken", "payments", group_by=("method",), tallies=(Tally("sum", "amount"), Tally("mean", "amount"))
        ),
    )
    paid = [row for row in rows_of(worked, "payments") if row["currency"] == "KWD"]
    whole = sum(-row["amount"] if row["kind"] == "refund" else row["amount"] for row in paid)
    assert {row[1] for row in rows} == {"KWD", "USD"}
    assert [line[2] for line in totals if line[1] == "KWD"] == [case.amount(whole, "KWD")]


@pytest.mark.parametrize("worked", [money], indirect=True)
@pytest.mark.parametrize(
    ("how", "value", "other", "holds"),
    [
        ("after", "12.5", "", lambda paid: paid > Decimal("12.5")),
        ("before", "100", "", lambda paid: paid < 100),
        ("between", "-40.005", "250,75", lambda paid: Decimal("-40.005") <= paid <= Decimal("250.75")),
        ("is_not", "0", "", lambda paid: paid != 0),
    ],
)
def test_amounts_are_compared_in_the_currency_of_each_and_those_that_match_are_added_up(
    worked: Store, desk_for: DeskFor, how: str, value: str, other: str, holds: Callable[[Decimal], bool]
) -> None:
    found: dict[str, list[int]] = {}
    for row in rows_of(worked, "payments"):
        signed = -row["amount"] if row["kind"] == "refund" else row["amount"]
        if holds(Decimal(signed).scaleb({"USD": -2, "KWD": -3}[row["currency"]])):
            found.setdefault(row["currency"], []).append(signed)
    rows, _totals = told(
        desk_for("administrator"),
        Definition(
            "Large", "payments", where=(Condition("amount", how, value, other),), group_by=("currency",),
            tallies=(Tally("count"), Tally("sum", "amount")),
        ),
    )  # fmt: skip
    assert rows == [
        [currency, str(len(some)), case.amount(sum(some), currency)] for currency, some in sorted(found.items())
    ]
    assert {row[0] for row in rows} == {"KWD", "USD"}


def treated(made: Case, unit: Transaction) -> None:
    """Problems, and medicines taken under a brand, under a code of the reference pack, and no more."""
    care(made, unit)
    empty = dict.fromkeys(("display", "brands", "ingredients", "classes", "allergy_classes", "form", "strength", "per",
                           "unit", "route", "source"), "x")  # fmt: skip
    unit.conn.execute(insert(reference_medicines), [{"code": "war", "name": "warfarin", "controlled": 0, **empty}])
    for patient in made.people:
        name, code = made.draw.choice([("Warfarin 5 mg", None), ("Coumadin", "war"), ("metformin", None)])
        made.some(medicines_taken, unit, patient_id=patient, name=name, medicine_code=code, source="outside",
                  status=made.draw.choice(["active", "active", "stopped"]),
                  ends_on=made.draw.choice([None, "2026-03-09", "2026-03-10"]))  # fmt: skip


def taking(store: Store, word: str) -> set[str]:
    """Who takes it on the tenth of March 2026, by the registration that is kept."""
    people, known = case.kept(store), {"war": "warfarin"}
    return {
        people[row["patient_id"]]
        for row in rows_of(store, "medicines_taken")
        if row["status"] == "active" and (row["ends_on"] or "9") >= "2026-03-10"
        and word in f"{row['name']} {known.get(row['medicine_code'], '')}".lower()
    }  # fmt: skip


def having(store: Store, prefix: str) -> set[str]:
    people = case.kept(store)
    return {
        people[row["patient_id"]]
        for row in rows_of(store, "problems")
        if row["status"] == "active" and row["certainty"] != "refuted" and "snomed" not in (row["code_system"] or "")
        and (row["code"] or "").strip().upper().startswith(prefix)
    }  # fmt: skip


TAKES = Condition("takes", "contains", "Warfarin")


@pytest.mark.parametrize("worked", [treated], indirect=True)
def test_who_takes_something_and_has_something_is_found_over_all_their_registrations(
    worked: Store, desk_for: DeskFor
) -> None:
    numbers = {row["id"]: row["mrn"] for row in rows_of(worked, "patients") if not row["merged_into"]}
    warfarin, tense, sweet = taking(worked, "warfarin"), having(worked, "I10"), having(worked, "E11")
    everybody = set(numbers)
    for where, expected in (
        ((TAKES,), warfarin),
        ((TAKES, Condition("has", "begins", "i10")), warfarin & tense),
        ((TAKES, Condition("has", "begins", "E11"), Condition("has", "begins", "I10")), warfarin & sweet & tense),
        ((Condition("has", "is", "e11.9"), Condition("takes", "is_not", "COUMADIN")),
         sweet - taking(worked, "coumadin")),
        ((Condition("has", "empty"),), everybody - having(worked, "")),
        ((Condition("takes", "not_empty"), Condition("has", "not_empty")), taking(worked, "") & having(worked, "")),
    ):  # fmt: skip
        rows, _totals = told(desk_for("administrator"), Definition("Both", "patients", ("mrn",), where))
        assert rows == [[mrn] for mrn in sorted(numbers[one] for one in expected)], where
        counted, _totals = told(
            desk_for("administrator"), Definition("Both", "patients", where=where, tallies=(Tally("people"),))
        )
        assert counted == [[str(len(expected))]]
    assert warfarin & tense


@pytest.mark.parametrize("worked", [treated], indirect=True)
def test_who_is_ill_is_told_to_nobody_by_name_and_a_shut_record_is_left_out(worked: Store, desk_for: DeskFor) -> None:
    desk = desk_for("administrator")
    for definition in (
        Definition("q", "patients", ("patient",), (TAKES,)),
        Definition("q", "patients", ("mrn", "born_on"), (TAKES,)),
        Definition("q", "patients", ("mrn",), (TAKES, Condition("patient", "contains", "Okafor"))),
        Definition("q", "patients", ("takes",)),
        Definition("q", "patients", group_by=("has",), tallies=(Tally("count"),)),
    ):
        with pytest.raises(Refusal) as refused:
            told(desk, definition)
        assert refused.value.field == "columns"
    wanted = Definition("q", "patients", ("mrn",), (TAKES,))
    before, _totals = told(desk, wanted)
    with worked.write(act=new_id(), session=None) as unit:
        shut = {"patient_id": min(taking(worked, "warfarin")), "allowed": '["role:doctor"]', "reason": "x",
                "status": "active", "set_at": "x", "set_by": desk.session.staff_id}  # fmt: skip
        unit.create(record_restrictions, shut, kind="record.restricted")
    after, _totals = told(desk, wanted)
    assert len(after) == len(before) - 1
    assert {row["detail"] for row in rows_of(worked, "access") if row["kind"] == "report"} == {wanted.text()}
    for hostile in ("' OR 1=1 --", "%", "_", "@", "#", "\x00", "I10') OR ('1'='1"):
        rows, _totals = told(desk, Definition("q", "patients", ("mrn",), (Condition("has", "begins", hostile),)))
        assert rows == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(max_size=30) | st.sampled_from(["' OR 1=1 --", "\x00", "%", "_", '"; DROP TABLE patients; --']))
def test_no_value_is_more_than_a_value(worked: Store, desk_for_once: Desk, value: str) -> None:
    known = [row["city"] for row in rows_of(worked, "patients") if not row["merged_into"]]
    definition = Definition("q", "patients", ("mrn",), (Condition("city", "is", value),))
    rows, _totals = told(desk_for_once, definition)
    assert len(rows) == known.count(value)


@pytest.fixture
def desk_for_once(desk_for: DeskFor) -> Desk:
    return desk_for("administrator")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"subject": "staff"}, "subject"),
        ({"columns": ["mrn", "p.mrn; DELETE"]}, "columns"),
        ({"columns": []}, "columns"),
        ({"columns": ["mrn", "mrn"]}, "columns"),
        ({"where": [{"column": "city", "how": "like", "value": "x"}]}, "how"),
        ({"where": [{"column": "born_on", "how": "before", "value": "soon"}]}, "value"),
        ({"where": [{"column": "born_year", "how": "is", "value": "1e3"}]}, "value"),
        ({"where": [{"column": "city", "how": "is", "value": "x" * 201}]}, "value"),
        ({"where": [{"column": "has", "how": "before", "value": "I10"}]}, "how"),
        ({"subject": "payments", "where": [{"column": "amount", "how": "is", "value": "12.3456"}]}, "value"),
        ({"subject": "payments", "where": [{"column": "amount", "how": "after", "value": "1e3"}]}, "value"),
        ({"columns": [], "tallies": [{"how": "median", "column": "born_year"}]}, "tallies"),
        ({"columns": [], "tallies": [{"how": "sum", "column": "city"}]}, "tallies"),
        ({"group_by": ["sex"]}, "columns"),
        ({"limit": 0}, "limit"),
        ({"title": " "}, "title"),
        ({"sql": "SELECT 1"}, "definition"),
        ({"where": [{"column": "city"}]}, "definition"),
    ],
)
def test_what_is_not_in_the_dictionary_is_refused_and_said(
    desk_for: DeskFor, changed: dict[str, object], field: str
) -> None:
    said = {"title": "q", "subject": "patients", "columns": ["mrn"], **changed}
    with pytest.raises(Refusal) as refused:
        open_query(desk_for("administrator"), asked_query(json.dumps(said), TODAY))
    assert refused.value.field == field


def test_what_is_no_query_at_all_is_refused() -> None:
    for hostile in ("", "[]", "null", "{", '{"title": "x"}', '{"title": 1, "subject": "patients", "where": 5}'):
        with pytest.raises(Refusal):
            read_definition(hostile)


def test_only_an_administrator_asks_and_each_question_is_noted_in_full(worked: Store, desk_for: DeskFor) -> None:
    definition = Definition("Who lives here", "patients", ("mrn",), (Condition("city", "is", "Zahlé"),))
    for role in ("doctor", "cashier", "pharmacist", "laboratory", "front_desk", "nurse"):
        with pytest.raises(Refusal):
            open_query(desk_for(role), asked(definition))
    desk = desk_for("administrator")
    open_query(desk, asked(definition))
    with worked.read() as connection:
        noted = connection.execute(text("SELECT session, subject, detail FROM access WHERE kind = 'report'")).all()
    assert [tuple(row)[:2] for row in noted] == [(desk.session.id, "query")]
    assert read_definition(noted[0][2]) == definition


def test_what_reads_can_do_nothing_else(worked: Store) -> None:
    with worked.read() as connection:
        driver = driver_of(connection)
        with only_reading(driver):
            assert driver.execute("SELECT count(*) FROM patients").fetchone()[0] > 0
            for statement in ("DELETE FROM patients", "UPDATE patients SET city = 'x'", "PRAGMA query_only = 0",
                              "CREATE TEMP TABLE t (x)", "ATTACH ':memory:' AS other"):  # fmt: skip
                with pytest.raises(dbapi2.DatabaseError):
                    driver.execute(statement)
        assert driver.execute("PRAGMA cipher_version").fetchone()


def test_rows_of_a_record_from_which_one_is_shut_out_are_left_out(worked: Store, desk_for: DeskFor) -> None:
    desk = desk_for("administrator")
    counting = Definition("Visits", "visits", tallies=(Tally("count"), Tally("people")))
    before, _totals = told(desk, counting)
    people = case.kept(worked)
    whom = next(row["patient_id"] for row in rows_of(worked, "encounters"))
    with worked.write(act=new_id(), session=None) as unit:
        shut = {"patient_id": whom, "allowed": '["role:doctor"]', "reason": "x", "status": "active", "set_at": "x",
                "set_by": desk.session.staff_id}  # fmt: skip
        unit.create(record_restrictions, shut, kind="record.restricted")
    mine = sum(people[row["patient_id"]] == people[whom] for row in rows_of(worked, "encounters"))
    after, _totals = told(desk, counting)
    assert int(before[0][0]) - int(after[0][0]) == mine > 0
    assert int(before[0][1]) - int(after[0][1]) == 1


def test_a_query_is_kept_changed_and_taken_off_and_another_window_is_not_overwritten(desk_for: DeskFor) -> None:
    desk = desk_for("administrator")
    first = Definition("By city", "patients", group_by=("city",))
    made = save_query(desk.once(), first.text())
    again = Definition("By city", "patients", group_by=("city", "sex"))
    assert save_query(desk.once(), again.text()) == made
    (kept,) = kept_queries(desk)
    assert (kept.definition, kept.revision) == (again, 2)
    with pytest.raises(Refusal):
        drop_query(desk.once(), made, expect=1)
    drop_query(desk.once(), made, expect=2)
    assert kept_queries(desk) == ()
    with pytest.raises(Refusal):
        save_query(desk.once(), Definition("x", "patients").text())


def test_a_query_is_written_by_another_process_like_a_report(worked: Store, desk_for: DeskFor, tmp_path: Path) -> None:
    assert worked.path.exists()
    definition = Definition("Sexes", "patients", group_by=("sex",), tallies=(Tally("count"),))
    made = write_elsewhere(desk_for("administrator"), KEY, asked(definition), tmp_path / "q.csv", "csv")
    assert check_report(made.path).whole
    assert made.rows == 4
