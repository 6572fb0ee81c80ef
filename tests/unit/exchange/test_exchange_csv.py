"""Tables come in from elsewhere: each row once, what is wrong told by its cell, and nothing half-written."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import pace
from clinic_desktop.exchange.csv import reading
from clinic_desktop.exchange.csv.fields import KINDS, Reading
from clinic_desktop.exchange.csv.importing import Asked, Brought, bring_in
from clinic_desktop.exchange.csv.mapping import understand
from clinic_desktop.exchange.csv.template import write_template
from clinic_desktop.exchange.outgoing import PARTIES, export_all
from clinic_desktop.exchange.patients import MRN
from clinic_desktop.services import administration, patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.patients import patients as rows
from clinic_desktop.store.tables.pharmacy import stock_moves
from tests.conftest import DeskFor


@pytest.fixture
def desk(desk_for: DeskFor) -> Desk:
    return desk_for("administrator")


def bring(
    desk: Desk, path: Path, kind: str, mapping: Mapping[str, object] | None = None, *, dry: bool = False
) -> Brought:
    brought = Brought()
    bring_in(desk, path, Asked(kind, mapping, dry, "KES"), brought)
    return brought


def table(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def journal_length(desk: Desk) -> int:
    with desk.store.read() as connection:
        return connection.execute(select(func.count()).select_from(journal)).scalar_one()


def people(desk: Desk) -> list[tuple[object, ...]]:
    with desk.store.read() as connection:
        return [
            tuple(row) for row in connection.execute(select(rows.c.family_name, rows.c.given_names, rows.c.born_on))
        ]


PEOPLE = "id,Surname,First name,Gender,DOB,Phone\n1,Okafor,Adaeze,F,1990-02-03,+234 803 1111\n2,李,小龍,m,19401127,\n"


def test_people_are_found_by_common_column_names(desk: Desk, tmp_path: Path) -> None:
    brought = bring(desk, table(tmp_path, PEOPLE), "patients")
    assert (brought.kept(), brought.problems) == ({"read": 2, "new": 2, "same": 0, "changed": 0}, [])
    assert people(desk) == [("Okafor", "Adaeze", "1990-02-03"), ("李", "小龍", "1940-11-27")]
    assert [hit.name for hit in patients.find_patients(desk, "okafor")] == ["OKAFOR, Adaeze"]


def test_who_came_in_a_table_goes_out_as_a_record_of_this_clinic(desk: Desk, tmp_path: Path) -> None:
    bring(desk, table(tmp_path, "external_id,family_name,given_names\nA-1,Ode,Ada\n"), "patients")
    export_all(desk, tmp_path / "out", lambda _words: None)
    (written,) = [path for path in (tmp_path / "out").iterdir() if path.name != PARTIES]
    (entry,) = json.loads(written.read_text())["entry"]
    assert entry["resource"]["name"][0]["family"] == "Ode"
    assert MRN in {each["system"] for each in entry["resource"]["identifier"]}


def test_the_same_table_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, PEOPLE)
    bring(desk, path, "patients")
    before = journal_length(desk)
    assert bring(desk, path, "patients").kept() == {"read": 2, "new": 0, "same": 2, "changed": 0}
    assert journal_length(desk) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, PEOPLE + "3,,,F,1990-01-01,\n")
    before = journal_length(desk)
    tried = bring(desk, path, "patients", dry=True)
    assert (journal_length(desk), people(desk)) == (before, [])
    done = bring(desk, path, "patients")
    assert tried.kept() == done.kept() == {"read": 3, "new": 2, "same": 0, "changed": 0}
    assert [one.where for one in tried.problems] == [one.where for one in done.problems] == ["row 4, Surname"]


def test_a_changed_row_changes_what_changed_and_nothing_that_was_corrected_here(desk: Desk, tmp_path: Path) -> None:
    bring(desk, table(tmp_path, PEOPLE), "patients")
    hit = patients.find_patients(desk, "okafor")[0]
    known = patients.patient_details(desk, hit.patient_id)
    corrected = type(known.patient)(**{**known.patient.__dict__, "phone": "0800 222 222"})
    patients.change_patient(desk, hit.patient_id, corrected, known.revision)
    again = PEOPLE.replace("+234 803 1111", "+234 803 9999").replace("Adaeze", "Ada")
    brought = bring(desk, table(tmp_path, again), "patients")
    after = patients.patient_details(desk, hit.patient_id).patient
    assert (after.given_names, after.phone) == ("Ada", "0800 222 222")
    assert brought.kept() == {"read": 2, "new": 0, "same": 1, "changed": 1}
    assert [(one.where, "changed here" in one.what) for one in brought.problems] == [("row 2, phone", True)]


def test_a_birth_date_that_cannot_be_is_kept_as_unknown_and_said(desk: Desk, tmp_path: Path) -> None:
    brought = bring(desk, table(tmp_path, "id,surname,dob\n1,Waller,19411332\n"), "patients")
    assert [one.where for one in brought.problems] == ["row 2, dob"]
    banner = patients.patient_banner(desk, patients.find_patients(desk, "waller")[0].patient_id)
    assert (banner.born_on, banner.alerts) == (
        None,
        ("Birth date to be asked: the table it came from says “19411332”.",),
    )


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("1,Okafor,=HYPERLINK(1),F,1990-01-01,", "row 2, First name"),
        ("1,Okafor,@SUM(A1),F,1990-01-01,", "row 2, First name"),
        ("1,Okafor,Ada,Q,1990-01-01,", "row 2, Gender"),
        ("1,Okafor,Ada,F,2099-01-01,", "row 2, DOB"),
        ("1,Okafor,Ada,F,1990-01-01,1", "row 2, Phone"),
        ("1,Okafor,Ada", "row 2"),
        ("1,Okafor,Ada,F,1990-01-01,,extra", "row 2"),
        ("1,Oka\0for,Ada,F,1990-01-01,", "row 2"),
        ("1,Oka\x07for,Ada,F,1990-01-01,", "row 2, Surname"),
    ],
)
def test_a_row_with_a_wrong_cell_is_left_out_by_name_and_the_others_come(
    desk: Desk, tmp_path: Path, row: str, where: str
) -> None:
    text = PEOPLE.splitlines()[0] + "\n" + row + "\n2,Mensah,Kofi,M,1980-05-05,\n"
    brought = bring(desk, table(tmp_path, text), "patients")
    assert [one.where for one in brought.problems] == [where]
    assert [name for name, _given, _born in people(desk)] == ["Mensah"]


def test_a_telephone_with_a_plus_is_no_formula() -> None:
    assert not reading.is_formula("+254 (0)712-345678")
    assert not reading.is_formula("-12.5")
    assert reading.is_formula("+cmd|' /C calc'!A0")
    assert reading.is_formula("-2+3+SUM(A1)")


def test_columns_that_are_no_field_are_told(desk: Desk, tmp_path: Path) -> None:
    brought = bring(desk, table(tmp_path, "surname,shoe size\nOkafor,39\nMensah,\n"), "patients")
    assert dict(brought.not_kept) == {"shoe size": 1}


@pytest.mark.parametrize(
    "said",
    [
        {"family_name": "nachname", "born_on": "geb", "sex": "g"},
        {"nachname": "family_name", "geb": "born_on", "g": "sex"},
        {"columns": {"family_name": ["nachname"], "born_on": {"column": "geb"},
                     "sex": {"column": "g", "values": {"w": "F"}}},
         "date_format": "DD.MM.YYYY", "encoding": "cp1252", "delimiter": ";", "source": "old"},
    ],
)  # fmt: skip
def test_a_mapping_may_be_written_in_three_ways(desk: Desk, tmp_path: Path, said: dict[str, object]) -> None:
    rich = "columns" in said
    text = f"nachname;geb;g\nMüller;03.04.1970;{'w' if rich else 'F'}\n"
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode("cp1252" if rich else "utf-8"))
    brought = bring(desk, path, "patients", said)
    assert brought.problems == []
    assert people(desk) == [("Müller", "", "1970-04-03")]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"family_name": "nobody"}, "no column “nobody”"),
        ({"family": "surname"}, "no field “family”"),
        ({"columns": {"family_name": "surname"}, "colour": "red"}, "“colour” means nothing"),
        ({"columns": {"family_name": "surname"}, "date_format": "YY"}, "date format"),
        ({"columns": {"family_name": 7}}, "Say a column for family_name"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused_by_name(
    desk: Desk, tmp_path: Path, said: dict[str, object], words: str
) -> None:
    brought = Brought()
    path = table(tmp_path, "surname\nOkafor\n")
    try:
        understand(said, KINDS["patients"])
        bring_in(desk, path, Asked("patients", said), brought)
        problem = brought.problems[0].what
    except Refusal as error:
        problem = str(error)
    assert words in problem
    assert people(desk) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "names no columns"),
        (b"a,a\n1,2\n", "stands there twice"),
        ("surname\nMüller\n".encode("cp1252"), "not utf-8"),
        (b'surname\n"Okafor\n', "quotation mark"),
        (b"PK\x03\x04 broken", "broken"),
        (b"\xd0\xcf\x11\xe0old", "old Excel"),
        (b"surname\n" + b"x" * 200_000 + b"\n", "too long"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(desk: Desk, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    brought = bring(desk, path, "patients")
    assert len(brought.problems) == 1
    assert words in brought.problems[0].what
    assert (brought.problems[0].file, people(desk)) == (str(path), [])


def test_an_excel_file_that_would_unpack_to_a_mountain_is_refused(desk: Desk, tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 30_000_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(held.getvalue())
    assert "unpack" in bring(desk, path, "patients").problems[0].what


def test_an_excel_file_comes_in_and_its_formulas_do_not(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["surname", "dob", "phone"])
    sheet.append(["Okafor", "1990-02-03", 254712345678])
    sheet.append(["=1+1", "1990-02-03", None])
    book.save(tmp_path / "t.xlsx")
    brought = bring(desk, tmp_path / "t.xlsx", "patients")
    assert [one.where for one in brought.problems] == ["row 3, surname"]
    assert people(desk) == [("Okafor", "", "1990-02-03")]


PRICES = "code,name,kind,amount\nx_ray,X-ray of the chest,procedure,1250.50\n"


def test_prices_are_exact_to_the_cent_and_changed_by_the_next_table(desk: Desk, tmp_path: Path) -> None:
    bring(desk, table(tmp_path, PRICES), "prices")
    bring(desk, table(tmp_path, PRICES.replace("1250.50", "1300.05")), "prices")
    (price,) = administration.price_list(desk)
    assert (price.code, price.amount, price.currency, price.kind) == ("x_ray", 130005, "KES", "procedure")


@pytest.mark.parametrize("amount", ["1,250.50", "12.505", "-3", "1e3", "abc", "١٢٥٠"])
def test_an_amount_that_could_be_two_things_is_refused(desk: Desk, tmp_path: Path, amount: str) -> None:
    text = f'code,name,kind,amount\nx_ray,X-ray,procedure,"{amount}"\n'
    brought = bring(desk, table(tmp_path, text), "prices")
    assert [one.where for one in brought.problems] == ["row 2, amount"]
    assert administration.price_list(desk) == ()


PRODUCT = "name,strength,form,unit,pack_size\namoxicillin,500 mg,capsule,capsule,100\n"
DELIVERY = "name,strength,lot,expires_on,quantity,delivery\namoxicillin,500 mg,LX1,2028-06-30,600,DN-1\n"


def test_a_delivery_is_put_on_the_shelf_once(desk: Desk, tmp_path: Path) -> None:
    bring(desk, table(tmp_path, PRODUCT), "formulary")
    for _turn in range(2):
        brought = bring(desk, table(tmp_path, DELIVERY), "stock")
        assert brought.problems == []
    with desk.store.read() as connection:
        assert connection.execute(select(func.sum(stock_moves.c.quantity))).scalar_one() == 600


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (DELIVERY.replace("2028-06-30", "2020-06-30"), "row 2, expires_on"),
        (DELIVERY.replace("amoxicillin", "unobtainium"), "row 2, name"),
        (DELIVERY.replace("600", "0"), "row 2, quantity"),
        (DELIVERY.replace("600", "6.5"), "row 2, quantity"),
        (DELIVERY.replace("LX1", ""), "row 2, lot"),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_by_its_cell(desk: Desk, tmp_path: Path, text: str, where: str) -> None:
    bring(desk, table(tmp_path, PRODUCT), "formulary")
    brought = bring(desk, table(tmp_path, text), "stock")
    assert [one.where for one in brought.problems] == [where]
    with desk.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(stock_moves)).scalar_one() == 0


def test_a_row_refused_by_a_rule_takes_no_other_row_of_its_batch_with_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "WORK_SECONDS", 10.0)
    lines = [f"{n},Person{n},,F,{'2099-01-01' if n % 7 == 0 else '1990-01-01'}," for n in range(50)]
    brought = bring(desk, table(tmp_path, PEOPLE.splitlines()[0] + "\n" + "\n".join(lines) + "\n"), "patients")
    assert len(people(desk)) == brought.counts["new"] == 42
    assert [one.where for one in brought.problems] == [f"row {n + 2}, DOB" for n in range(0, 50, 7)]


@pytest.mark.parametrize("role", ["doctor", "nurse", "pharmacist", "laboratory", "front_desk", "cashier"])
def test_nobody_but_an_administrator_brings_tables_in(desk_for: DeskFor, tmp_path: Path, role: str) -> None:
    desk = desk_for(role)
    before = journal_length(desk)
    assert "may not" in bring(desk, table(tmp_path, PEOPLE), "patients").problems[0].what
    assert journal_length(desk) == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_template_filled_with_its_example_comes_in(desk: Desk, tmp_path: Path, kind: str, ending: str) -> None:
    if kind == "stock":
        write_template("formulary", tmp_path / "products.csv")
        without_codes = {
            one.name: one.name for one in KINDS["formulary"] if one.name not in {"medicine_code", "price_code"}
        }
        assert bring(desk, tmp_path / "products.csv", "formulary", without_codes).problems == []
    if kind == "formulary":
        bring(desk, table(tmp_path, "code,name,kind,amount\namoxicillin_500_cap,Amoxicillin,medicine,10\n"), "prices")
    path = tmp_path / f"template{ending}"
    write_template(kind, path)
    brought = bring(desk, path, kind)
    assert (brought.problems, brought.counts["new"]) == ([], 1)
    with pytest.raises(Refusal, match="already"):
        write_template(kind, path)
    if ending == ".xlsx":
        assert len(load_workbook(path).worksheets) == 2


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_read_or_refused_and_never_crashes(text: str) -> None:
    for one in (field for fields in KINDS.values() for field in fields):
        said = ""
        try:
            one.read(text, Reading(date(2026, 3, 10), "KES"))
        except Refusal as error:
            said = str(error)
        assert "{" not in said


def test_a_mapping_is_kept_under_its_name(desk: Desk) -> None:
    from clinic_desktop.services.imports import save_mapping, saved_mappings

    save_mapping(desk, "old system", json.dumps({"family_name": "surname"}))
    save_mapping(desk, "old system", json.dumps({"family_name": "nachname"}))
    assert saved_mappings(desk) == {"old system": '{"family_name": "nachname"}'}
