"""Tables cut off, in the wrong letters, without end, or on a full disk: said by name, nothing half-written."""

import contextlib
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.exchange.anonymous import Request, anonymise
from clinic_desktop.exchange.csv.importing import Asked, Brought, bring_in
from clinic_desktop.exchange.csv.template import write_template
from clinic_desktop.exchange.incoming import import_fhir
from clinic_desktop.exchange.outgoing import export_all, export_one
from clinic_desktop.exchange.synthea.bringing import bring_set_in
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.research import exports_made
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.outside import identifiers
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff
from tests import failing
from tests.conftest import KEY
from tests.fhir import bundle, everything
from tests.unit.services.consent_case import register, sign


def bring(desk: Desk, path: Path, mapping: dict[str, object] | None = None) -> Brought:
    brought = Brought()
    bring_in(desk, path, Asked("patients", mapping, currency="KES"), brought)
    return brought


def people(desk: Desk) -> list[str]:
    with desk.store.read() as connection:
        return list(connection.execute(select(patients.c.family_name).order_by(patients.c.rowid_)).scalars())


def rows(number: int) -> str:
    return "id,surname,first name\n" + "".join(f"{n},Family{n},Given\n" for n in range(number))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (rows(3000).encode() + b'x,"Fam', "quotation mark is not closed"),
        (rows(3000).encode() + "x,Müller,y\n".encode("cp1252"), "not utf-8"),
        (rows(3000).encode() + b"y," + b"z," * 25_000_000, "longer than"),
        (b"z" * 50_000_000, "longer than"),
    ],
    ids=["ends within a cell", "other letters at its end", "fifty megabytes in one line", "nothing but one line"],
)
def test_a_file_that_is_broken_at_its_end_has_nothing_of_its_beginning_taken(
    desk: Desk, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    brought = bring(desk, path)
    (problem,) = brought.problems
    assert (problem.file, problem.where, words in problem.what) == (str(path), "file", True)
    assert people(desk) == []


@pytest.mark.parametrize("encoding", ["nonsense", "rot13", "hex", "undefined", "a\0b", "x" * 5000])
@pytest.mark.parametrize("kind", ["patients", "synthea"])
def test_an_encoding_that_nobody_knows_is_refused_by_its_name(
    desk: Desk, tmp_path: Path, encoding: str, kind: str
) -> None:
    (tmp_path / "patients.csv").write_text("id,surname,first name\n1,Okafor,Ada\n")
    if kind == "patients":
        said: dict[str, object] = {"columns": {"family_name": "surname"}, "encoding": encoding}
        (problem,) = bring(desk, tmp_path / "patients.csv", said).problems
        assert (problem.where, "no encoding" in problem.what) == ("encoding", True)
    else:
        with pytest.raises(Refusal) as refused:
            bring_set_in(desk, [tmp_path], {"encoding": encoding}, lambda _name, _rows: None)
        assert refused.value.field == "encoding"
    assert people(desk) == []


def test_utf_16_without_its_mark_is_told_and_no_fault_of_the_program(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes("id,surname,first name\n1,Okafor,Ada\n".encode("utf-16-le"))
    said: dict[str, object] = {
        "columns": {"family_name": "surname", "given_names": "first name"}, "encoding": "utf-16",
    }  # fmt: skip
    (problem,) = bring(desk, tmp_path / "people.csv", said).problems
    assert (problem.where, "not utf-16" in problem.what) == ("file", True)


def test_an_excel_file_whose_sheet_breaks_off_has_nothing_of_its_beginning_taken(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "surname", "first name"])
    for number in range(1500):
        sheet.append([number, f"Family{number}", "Ada"])
    book.save(tmp_path / "whole.xlsx")
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as cut:
        for name in whole.namelist():
            content = whole.read(name)
            cut.writestr(name, content[: len(content) * 3 // 4] if "sheet1" in name else content)
    (problem,) = bring(desk, path).problems
    assert (problem.where, "broken in its middle" in problem.what) == ("file", True)
    assert people(desk) == []


def test_a_file_that_ends_within_a_row_tells_which_and_takes_no_half_of_it(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(rows(3)[:-8])
    brought = bring(desk, path)
    assert [(one.where, one.what) for one in brought.problems] == [("row 4", "The row ends too soon.")]
    assert people(desk) == ["Family0", "Family1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_letters_of_a_file_are_read_as_they_were_written(desk: Desk, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("id,surname,first name\n1,Müller,Zoë\n".encode(encoding))
    said: dict[str, object] | None = None
    if encoding in {"cp1252", "utf-16-le"}:
        said = {"columns": {"family_name": "surname", "given_names": "first name"}, "encoding": encoding}
    assert bring(desk, path, said).problems == []
    assert people(desk) == ["Müller"]


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd", '=HYPERLINK("http://x")'])
def test_a_formula_is_refused_by_its_cell_and_never_run(desk: Desk, tmp_path: Path, cell: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text('id,surname,first name\n1,"' + cell.replace('"', '""') + '",Ada\n2,Okafor,Ada\n')
    brought = bring(desk, path)
    assert [(one.where, "formula" in one.what) for one in brought.problems] == [("row 2, surname", True)]
    assert people(desk) == ["Okafor"]


# A disk that fills up --------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    with failing.small_disk(tmp_path / "disk", 4) as folder:
        yield folder


@contextlib.contextmanager
def clinic_on(folder: Path, clock: SetClock) -> Iterator[Desk]:
    store = Store(folder / "clinic.db", KEY, clock=clock, workstation="A7", anchor=Anchor(folder / "a", KEY, "window"))
    with store.write(act=new_id(), session=None) as unit:
        values = {"username": new_id(), "display_name": "Ada Admin", "role": "administrator"}
        somebody = unit.create(staff, values, kind="staff.added")
    yield Desk(store, Session(new_id(), somebody, "ada", "Ada Admin", "administrator", "A7", clock.now()))
    store.close()


def sets(folder: Path, number: int) -> Path:
    """A set of so many people, each with a visit and what it cost."""
    folder.mkdir()
    person = "Id,BIRTHDATE,FIRST,LAST,GENDER,ADDRESS\n"
    visit = "Id,START,PATIENT,ENCOUNTERCLASS,CODE,DESCRIPTION,BASE_ENCOUNTER_COST\n"
    ids = [f"{n:08}-0000-4000-8000-000000000001" for n in range(number)]
    person += "".join(f"{one},1970-02-03,Ada,Family{one[:8]},F,{'Long Road ' * 20}\n" for one in ids)
    visit += "".join(f"{one[:-1]}2,2020-01-02T03:04:05Z,{one},wellness,410620009,Visit,77.49\n" for one in ids)
    (folder / "patients.csv").write_text(person)
    (folder / "encounters.csv").write_text(visit)
    return folder


def test_a_disk_that_fills_up_in_an_import_is_said_by_file_and_row_and_the_next_run_completes_it(
    small_disk: Path, tmp_path: Path, clock: SetClock, empty_database: Path
) -> None:
    files = {
        "a table": sets(tmp_path / "set", 3000) / "patients.csv", "a set": tmp_path / "set",
        "bundles": tmp_path / "bundles",
    }  # fmt: skip
    files["bundles"].mkdir()
    for number in range(300):
        text = bundle(everything())
        for digit in "123456":
            text = text.replace(digit * 8, f"{digit * 5}{number:03}")
            text = text.replace(f"a{digit * 7}", f"a{digit * 4}{number:03}")
        (files["bundles"] / f"{number:03}.json").write_text(text)
    columns = {"external_id": "Id", "family_name": "LAST", "given_names": "FIRST", "address": "ADDRESS"}

    def run(desk: Desk, what: str) -> None:
        if what == "a table":
            bring(desk, files[what], {"columns": columns})
        elif what == "a set":
            bring_set_in(desk, [files[what]], None, lambda _name, _rows: None)
        else:
            import_fhir(desk, [files[what]], lambda _words: None)

    for what, named, everybody in (
        ("a table", "patients.csv", 3000),
        ("a set", ".csv", 3000),
        ("bundles", ".json", 300),
    ):
        for old in small_disk.iterdir():
            old.unlink()
        subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
        (small_disk / "clinic.db").write_bytes(empty_database.read_bytes())
        with clinic_on(small_disk, clock) as desk:
            with pytest.raises(Trouble, match="disk is full") as stopped:
                run(desk, what)
            assert named in str(stopped.value)
            assert re.search(r" at (row \d+|[A-Z][a-z]+/[-0-9a-f]+): ", str(stopped.value))
            assert 0 < _whole_people(desk, what) < everybody
            subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
            run(desk, what)
            assert _whole_people(desk, what) == everybody


def _whole_people(desk: Desk, what: str) -> int:
    """How many people are there; each has an identifier, and the chain of the journal stands."""
    with desk.store.read() as connection:
        count = connection.execute(select(func.count()).select_from(patients)).scalar_one()
        own = select(func.count(func.distinct(identifiers.c.record_id))).where(identifiers.c.record_kind == "patients")
        assert connection.execute(own).scalar_one() == count
        if what == "a set":
            visits = connection.exec_driver_sql("SELECT count(*) FROM encounters").scalar_one()
            costs = connection.exec_driver_sql("SELECT count(*) FROM outside_costs").scalar_one()
            assert visits == costs
    return int(count)


def test_what_is_written_on_to_a_full_disk_is_said_by_its_file_and_nothing_of_it_stays(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "one.json").write_text(bundle(everything()))
    assert import_fhir(desk, [tmp_path / "one.json"], lambda _words: None).problems == []
    with desk.store.read() as connection:
        patient = str(connection.execute(select(patients.c.id)).scalar_one())
    others = [register(desk) for _number in range(2)]
    for one in (patient, *others):
        sign(desk, one, "research", granted_on=date(2026, 3, 1))
    with failing.small_disk(tmp_path / "full", 1) as disk:
        with contextlib.suppress(OSError), (disk / "ballast").open("wb") as file:
            file.write(b"x" * 2_000_000)
            file.flush()
        request = Request(disk / "study.zip", "IRB-7", "full", k=2)
        lines = Request(disk / "study.ndjson", "IRB-7", "full", k=2)
        writings: dict[str, Callable[[], object]] = {
            "people-and-places.json": lambda: export_all(desk, disk, lambda _words: None),
            "one.json": lambda: export_one(desk, patient, disk / "one.json"),
            "study.zip": lambda: anonymise(desk, request, lambda _words: None),
            "study.ndjson": lambda: anonymise(desk, lines, lambda _words: None),
            "people.csv": lambda: write_template("patients", disk / "people.csv"),
            "people.xlsx": lambda: write_template("patients", disk / "people.xlsx"),
        }
        for name, write in writings.items():
            with pytest.raises(Trouble) as stopped:
                write()
            assert name in failing.said(stopped.value)
            assert [path.name for path in disk.iterdir()] == ["ballast"], name
    assert exports_made(desk) == ()
