"""Synthea's set of tables comes in to the cent, once, and what is wrong with a row is told by its cell."""

import csv
import io
import os
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Table, func, select

from clinic_desktop.exchange.synthea.bringing import Taken, bring_set_in
from clinic_desktop.exchange.synthea.tables import TABLES
from clinic_desktop.services import cash, counts, covers, invoices, patients
from clinic_desktop.services import outside_bills as outside_bills_service
from clinic_desktop.services.acts import Desk
from clinic_desktop.store.tables.billing import ledger
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.outside import identifiers
from clinic_desktop.store.tables.outside_bills import outside_bill_lines, outside_bills, outside_costs

CORPUS = Path(os.environ.get("CLINIC_CORPUS", "nowhere")) / "synthea_csv"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="CLINIC_CORPUS names no folder with synthea_csv")

PERSON, VISIT, PAYER = (f"{n}0000000-0000-4000-8000-000000000001" for n in "123")
SET = {
    "patients": "Id,BIRTHDATE,DEATHDATE,SSN,FIRST,LAST,GENDER,ADDRESS,CITY,STATE,COUNTY,ZIP,HEALTHCARE_EXPENSES\n"
    f"{PERSON},1970-02-03,,999-17-5017,Ada,Okafor,F,1 Road,Orleans,Massachusetts,Barnstable County,02653,100.10\n",
    "payers": f"Id,NAME,AMOUNT_COVERED\n{PAYER},Kind Mutual,5.00\n",
    "encounters": "Id,START,STOP,PATIENT,PAYER,ENCOUNTERCLASS,CODE,DESCRIPTION,BASE_ENCOUNTER_COST,TOTAL_CLAIM_COST,"
    f"PAYER_COVERAGE\n{VISIT},2020-01-02T03:04:05Z,2020-01-02T03:19:05Z,{PERSON},{PAYER},wellness,410620009,"
    "Well visit,77.49,3798.09,0.10\n",
    "observations": "DATE,PATIENT,ENCOUNTER,CATEGORY,CODE,DESCRIPTION,VALUE,UNITS,TYPE\n"
    f"2020-01-02T03:04:05Z,{PERSON},{VISIT},vital-signs,8867-4,Heart rate,72.50,/min,numeric\n"
    f"2020-01-02T03:04:05Z,{PERSON},{VISIT},survey,72166-2,Smoking,Never smoker,,text\n",
    "claims": "Id,PATIENTID,PRIMARYPATIENTINSURANCEID,APPOINTMENTID,SERVICEDATE,STATUS1,STATUSP,OUTSTANDING1,"
    f"OUTSTANDINGP\nC1,{PERSON},{PAYER},{VISIT},2020-01-02T03:04:05Z,CLOSED,BILLED,0,12.34\n",
    "claims_transactions": "ID,CLAIMID,CHARGEID,PATIENTID,TYPE,AMOUNT,METHOD,PAYMENTS,OUTSTANDING,APPOINTMENTID\n"
    f"T1,C1,1,{PERSON},CHARGE,77.49,,,,{VISIT}\nT2,C1,1,{PERSON},PAYMENT,,CASH,65.15,12.34,{VISIT}\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "set"
    made.mkdir()
    for name, text in SET.items():
        (made / f"{name}.csv").write_text(text, encoding="utf-8")
    return made


def bring(desk: Desk, *paths: Path, dry: bool = False, mapping: dict[str, object] | None = None) -> Taken:
    return bring_set_in(desk, paths, mapping, lambda _name, _rows: None, dry_run=dry)


def number_of(desk: Desk, table: Table) -> int:
    with desk.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def rows_of(name: str) -> list[dict[str, str]]:
    with (CORPUS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cents(text: str) -> int:
    return int(Decimal(text or "0") * 100)


@pytest.fixture(scope="module")
def shared() -> dict[str, list[dict[str, str]]]:
    return {name: rows_of(name) for name in TABLES} if CORPUS.is_dir() else {}


@needs_corpus
def test_the_shared_set_arrives_to_the_cent_and_again_changes_nothing(
    desk: Desk, shared: dict[str, list[dict[str, str]]]
) -> None:
    tried = bring(desk, CORPUS, dry=True)
    assert number_of(desk, identifiers) == 0
    done = bring(desk, CORPUS)
    assert done.problems == []
    assert tried.kept() == done.kept()
    for name, found in shared.items():
        counted = done.kept()[name]
        missing = {"payers": 1, "payer_transitions": 91}.get(name, 0)
        assert (counted["read"], counted["new"]) == (len(found), len(found) - missing), name
    _same_money(desk, shared)
    for name, number in (("careplans", 18), ("devices", 2), ("supplies", 72), ("payer_transitions (not insured)", 91)):
        assert done.not_kept[name] == number
    before = number_of(desk, journal)
    again = bring(desk, CORPUS)
    assert {name: each["same"] for name, each in again.kept().items()} == {
        name: each["new"] for name, each in done.kept().items()
    }
    assert number_of(desk, journal) == before


def _same_money(desk: Desk, shared: dict[str, list[dict[str, str]]]) -> None:
    with desk.store.read() as connection:
        named = select(identifiers.c.record_id, identifiers.c.value)
        mine = named.where(identifiers.c.kind == "Patient", identifiers.c.use == "resource")
        whose = {row.record_id: row.value for row in connection.execute(mine)}
        lines = connection.execute(select(outside_bill_lines)).mappings().all()
        costs = connection.execute(select(outside_costs)).mappings().all()
        bills = connection.execute(select(outside_bills)).mappings().all()
    for column in ("AMOUNT", "PAYMENTS", "ADJUSTMENTS", "TRANSFERS", "OUTSTANDING", "UNITAMOUNT"):
        name = {"UNITAMOUNT": "unit_amount"}.get(column, column.lower())
        ours, theirs = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for row in shared["claims_transactions"]:
            theirs[row["PATIENTID"], row["TYPE"].lower().replace("transfer", "transfer_")] += cents(row[column])
        for line in lines:
            ours[whose[line["patient_id"]], line["kind"]] += line[name] or 0
        assert ours == theirs, column
    for file, kind, columns in (
        (
            "encounters", "visit",
            {"BASE_ENCOUNTER_COST": "base", "TOTAL_CLAIM_COST": "total", "PAYER_COVERAGE": "covered"},
        ),
        ("medications", "medicine", {"BASE_COST": "base", "TOTALCOST": "total", "PAYER_COVERAGE": "covered"}),
        ("procedures", "procedure", {"BASE_COST": "base"}), ("immunizations", "immunization", {"BASE_COST": "base"}),
    ):  # fmt: skip
        for column, name in columns.items():
            ours, theirs = Counter(), Counter()
            for row in shared[file]:
                theirs[row["PATIENT"], ""] += cents(row[column])
            for cost in costs:
                if cost["kind"] == kind:
                    ours[whose[cost["patient_id"]], ""] += cost[name] or 0
            assert ours == theirs, (file, column)
    assert sum(bill["status"] == "open" for bill in bills) == 1
    assert {line["bill_id"] for line in lines} == {bill["id"] for bill in bills}


@needs_corpus
def test_what_came_is_in_the_chart_and_nothing_of_it_in_this_clinics_money(desk: Desk) -> None:
    bring(desk, CORPUS)
    found = counts.counts(desk)
    assert (found.patients, found.encounters, found.conditions, found.allergies) == (13, 182, 122, 22)
    assert (found.medications, found.immunizations, found.procedures, found.observations) == (149, 14, 108, 359)
    assert number_of(desk, ledger) == 0
    assert invoices.unpaid_invoices(desk) == ()
    assert cash.my_shift(desk) is None
    for hit in patients.find_patients(desk, "Maynard46"):
        (total,) = outside_bills_service.money_elsewhere(desk, hit.patient_id).totals
        mine = [row for row in rows_of("claims_transactions") if row["PATIENTID"].startswith("3edac2e3")]
        assert total.charged == sum(cents(row["AMOUNT"]) for row in mine if row["TYPE"] == "CHARGE")
        assert total.paid == sum(cents(row["PAYMENTS"]) for row in mine if row["TYPE"] == "PAYMENT")
        assert (total.currency, total.outstanding) == ("USD", 0)
    (maynard,) = patients.find_patients(desk, "Maynard46 Mosciski958")
    held = covers.covers_of(desk, maynard.patient_id)
    assert {cover.state for cover in held} == {"over"}
    assert any(cover.holder == "Gail741 Mosciski958" and cover.relation == "child" for cover in held)


def test_a_set_of_few_tables_comes_in_whole(desk: Desk, folder: Path) -> None:
    done = bring(desk, folder)
    assert done.problems == []
    with desk.store.read() as connection:
        bill = connection.execute(select(outside_bills)).mappings().one()
        visit = connection.execute(select(outside_costs).where(outside_costs.c.kind == "visit")).mappings().one()
    assert (bill["status"], bill["patient_owes"], bill["payer"]) == ("open", 1234, "Kind Mutual")
    assert (visit["base"], visit["total"], visit["covered"], visit["currency"]) == (7749, 379809, 10, "USD")
    assert bill["encounter_id"] == visit["encounter_id"] is not None
    assert dict(done.not_kept) == {"payers.AMOUNT_COVERED": 1}


def test_a_row_that_changed_changes_what_it_says_and_doubles_nothing(desk: Desk, folder: Path) -> None:
    bring(desk, folder)
    path = folder / "claims_transactions.csv"
    path.write_text(path.read_text().replace("65.15,12.34", "77.49,0.00"))
    done = bring(desk, folder)
    assert done.kept()["claims_transactions"] == {"read": 2, "new": 0, "same": 1, "changed": 1}
    with desk.store.read() as connection:
        paid = connection.execute(select(func.sum(outside_bill_lines.c.payments))).scalar_one()
    assert paid == 7749


@pytest.mark.parametrize(
    ("file", "before", "after", "where", "what"),
    [
        ("claims_transactions", "CHARGE,77.49", "CHARGE,77.495", "row 2, AMOUNT", "USD has 2 decimals"),
        ("claims_transactions", "CHARGE,77.49", "CHARGE,=1+1", "row 2, AMOUNT", "formula"),
        ("claims_transactions", ",CHARGE,", ",GIFT,", "row 2, TYPE", "“GIFT”"),
        ("claims", "C1,", ",", "row 2, Id", "empty"),
        ("observations", "72.50", "high", "row 2, VALUE", "no number"),
        ("observations", f"2020-01-02T03:04:05Z,{PERSON},{VISIT},survey", f"2020-02-30,{PERSON},{VISIT},survey",
         "row 3, DATE", "“2020-02-30”"),
        ("observations", f"Z,{PERSON},{VISIT},survey", f"Z,nobody,{VISIT},survey", "row 3, PATIENT", "“nobody”"),
        ("patients", "1970-02-03", "1970-02-31", "row 2, BIRTHDATE", "“1970-02-31”"),
        ("patients", ",F,", ",X,", "row 2, GENDER", "“X”"),
        ("patients", "Ada", "@SUM(A1)", "row 2, FIRST", "formula"),
        ("encounters", "wellness", "party", "row 2, ENCOUNTERCLASS", "“party”"),
        ("claims", "2020-01-02T03:04:05Z", "2020-01-02X03:04:05", "row 2, SERVICEDATE", "not a date"),
        ("claims", "2020-01-02T03:04:05Z", "20200102T030405", "row 2, SERVICEDATE", "not a date"),
        ("claims", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05 or so", "row 2, SERVICEDATE", "not a date"),
        ("patients", "1970-02-03", "1970-02-03garbage", "row 2, BIRTHDATE", "“1970-02-03garbage”"),
        ("patients", "1970-02-03", "1970-W05-1", "row 2, BIRTHDATE", "“1970-W05-1”"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_told_by_its_cell(
    desk: Desk, folder: Path, file: str, before: str, after: str, where: str, what: str
) -> None:
    path = folder / f"{file}.csv"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))
    done = bring(desk, folder)
    found = [one for one in done.problems if one.file == str(path)]
    assert [one.where for one in found] == [where]
    assert what in found[0].what
    counted = done.kept()[file]
    assert counted["read"] - counted["new"] == 1


def test_two_rows_of_one_id_that_differ_are_told_and_the_first_stands_however_often_it_comes(
    desk: Desk, folder: Path
) -> None:
    claims, moves, payers = (folder / f"{name}.csv" for name in ("claims", "claims_transactions", "payers"))
    claims.write_text(claims.read_text() + f"C1,{PERSON},{PAYER},{VISIT},2020-01-02T03:04:05Z,CLOSED,BILLED,0,99.99\n")
    moves.write_text(moves.read_text() + f"T2,C1,1,{PERSON},PAYMENT,,CASH,1.00,0,{VISIT}\n")
    payers.write_text(payers.read_text() + f"{PAYER},Another Mutual,5.00\n")
    for done in (bring(desk, folder), again := bring(desk, folder)):
        assert {(Path(one.file).stem, one.where) for one in done.problems} == {
            ("payers", "row 3, Id"), ("claims", "row 3, Id"), ("claims_transactions", "row 4, ID"),
        }  # fmt: skip
        assert all("something else of the same" in one.what for one in done.problems)
    assert all(counts["changed"] == counts["new"] == 0 for counts in again.kept().values())
    with desk.store.read() as connection:
        assert connection.execute(select(outside_bills.c.patient_owes)).scalars().all() == [1234]


def test_a_cover_that_ends_before_it_begins_is_told_and_one_in_other_figures_is_no_year(
    desk: Desk, folder: Path
) -> None:
    (folder / "payer_transitions.csv").write_text(
        "PATIENT,MEMBERID,START_YEAR,END_YEAR,PAYER,OWNERSHIP\n"
        f"{PERSON},M1,2015,2012,{PAYER},Self\n{PERSON},M1,٢٠١٥,2016,{PAYER},Self\n{PERSON},M1,2015,2015,{PAYER},Self\n"
    )
    done = bring(desk, folder)
    assert [one.where for one in done.problems] == ["row 2, END_YEAR", "row 3, START_YEAR"]
    assert "ends before it begins" in done.problems[0].what
    assert "not a date" in done.problems[1].what
    assert done.kept()["payer_transitions"]["new"] == 1


def test_a_visit_that_is_not_there_is_told_and_the_row_is_kept(desk: Desk, folder: Path) -> None:
    (folder / "encounters.csv").unlink()
    done = bring(desk, folder)
    assert {one.where for one in done.problems} == {"row 2, ENCOUNTER", "row 3, ENCOUNTER", "row 2, APPOINTMENTID",
                                                    "row 3, APPOINTMENTID"}  # fmt: skip
    assert done.kept()["observations"]["new"] == 2


def test_a_payment_of_a_claim_that_is_not_there_is_told_and_kept(desk: Desk, folder: Path) -> None:
    (folder / "claims.csv").unlink()
    done = bring(desk, folder)
    assert [one.where for one in done.problems] == ["row 2, CLAIMID", "row 3, CLAIMID"]
    assert done.kept()["claims_transactions"]["new"] == 2


def test_two_rows_alike_are_two_and_stay_two(desk: Desk, folder: Path) -> None:
    path = folder / "observations.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    assert bring(desk, folder).kept()["observations"] == {"read": 3, "new": 3, "same": 0, "changed": 0}
    assert bring(desk, folder).kept()["observations"] == {"read": 3, "new": 0, "same": 3, "changed": 0}


def test_the_set_as_excel_is_the_same_set(desk: Desk, folder: Path, tmp_path: Path) -> None:
    books = tmp_path / "books"
    books.mkdir()
    for name, text in SET.items():
        book = Workbook(write_only=True)
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(text)):
            sheet.append(row)
        book.save(books / f"{name}.xlsx")
    assert bring(desk, books).problems == []
    assert {each["new"] for each in bring(desk, folder).kept().values()} == {0}


def test_a_mapping_says_the_currency_and_whose_ids_they_are(desk: Desk, folder: Path) -> None:
    done = bring(desk, folder, mapping={"currency": "JPY"})
    assert [one.what for one in done.problems if "encounters" in one.file] == ["“77.49”: JPY has 0 decimals."]
    bring(desk, folder, mapping={"source": "old clinic"})
    with desk.store.read() as connection:
        systems = set(connection.execute(select(identifiers.c.system).where(identifiers.c.value == "C1")).scalars())
    assert systems == {"old clinic"}  # in yen its cents could not be kept


def test_tables_are_known_by_the_table_in_their_name(desk: Desk, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        shutil.move(path, folder / f"export-{path.name}")
    assert bring(desk, folder).kept().keys() == SET.keys()


def test_a_file_that_is_broken_in_its_middle_writes_nothing_and_leaves_the_others(desk: Desk, folder: Path) -> None:
    path = folder / "observations.csv"
    path.write_text(path.read_text() + f'2020-01-02,{PERSON},{VISIT},survey,72166-2,"Smok')
    done = bring(desk, folder)
    assert [(one.where, "not closed" in one.what) for one in done.problems] == [("file", True)]
    assert "observations" not in done.kept()
    assert done.kept()["claims"]["new"] == 1
