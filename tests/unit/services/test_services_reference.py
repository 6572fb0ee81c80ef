"""The starter pack: its files hold together, it loads, and each kind can be replaced as a whole."""

import csv
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clinic_desktop.clock import new_id
from clinic_desktop.domain.doses import is_measure, read_strengths, unit_code
from clinic_desktop.domain.prescribing import ROUTES
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.paths import resources
from clinic_desktop.services import reference, roles
from clinic_desktop.services.immunization_reference import file_of
from clinic_desktop.services.reference import columns, import_reference, list_packs, load_starter_pack
from clinic_desktop.services.reference_fields import FIELDS, KINDS
from clinic_desktop.services.reference_rows import Row, loinc_is_valid, read_rows
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables import billing, laboratory, pharmacy
from clinic_desktop.store.tables import reference as tables
from tests.conftest import DeskFor

FOLDER = resources() / "reference"
FILE = {kind: file_of(kind) for kind in KINDS}


def rows(kind: str) -> tuple[Row, ...]:
    found = read_rows(kind, FILE[kind])
    assert [(each.line, each.field, each.text) for each in found.problems] == []
    return found.rows


@pytest.fixture
def loaded(store: Store) -> Store:
    with store.write(act=new_id(), session=None) as unit:
        load_starter_pack(unit)
    return store


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_of_the_pack_is_sound_and_names_its_source(kind: str) -> None:
    for row in rows(kind):
        assert len(str(row["source"])) > 3
        assert not re.search(r"\bTODO\b|\?\?", str(row.values()))


def test_every_word_of_the_pack_refers_to_something_in_it() -> None:
    ingredients = {row["ingredient"] for row in rows("ingredients")}
    classes = {row["class"] for row in rows("classes")}
    medicines = {row["code"] for row in rows("medicines")}
    prices = {row["code"] for row in rows("prices")}
    tests = {row["code"] for row in rows("lab_tests")}
    assert not ingredients & classes, "a code may not mean both"
    assert {row["ingredient"] for row in rows("classes")} <= ingredients
    assert {row["ingredient"] for row in rows("doses")} <= ingredients
    assert {code for row in rows("medicines") for code in str(row["ingredients"]).split(";")} <= ingredients
    for row in rows("interactions"):
        for side in ("a", "b"):
            assert row[side] in (classes if row[f"{side}_kind"] == "class" else ingredients), row
    allergy = {row["class"] for row in rows("classes") if row["use"] == "allergy"}
    assert {row["class"] for row in rows("allergy_classes")} == allergy
    assert {row["cross_reacts_with"] for row in rows("allergy_classes")} - {None} <= allergy
    assert {row["medicine"] for row in rows("formulary")} <= medicines
    assert {row["price_code"] for kind in ("formulary", "lab_tests", "lab_panels") for row in rows(kind)} <= prices
    assert {code for row in rows("lab_panels") for code in str(row["tests"]).split(";")} <= tests
    assert {row["test"] for row in rows("ranges")} <= tests


def test_a_medicine_lists_the_classes_its_ingredients_have() -> None:
    for column, use in (("classes", "therapeutic"), ("allergy_classes", "allergy")):
        places: dict[str, set[str]] = {}
        for row in rows("classes"):
            if row["use"] == use:
                places.setdefault(str(row["ingredient"]), set()).add(str(row["class"]))
        for medicine in rows("medicines"):
            wanted = set().union(*(places.get(code, set()) for code in str(medicine["ingredients"]).split(";")))
            assert set(filter(None, str(medicine[column]).split(";"))) == wanted, medicine["code"]


def test_every_dose_can_be_compared_with_the_medicine_it_is_for() -> None:
    strengths: dict[str, set[str]] = {}
    for medicine in rows("medicines"):
        assert medicine["route"] in ROUTES
        found = read_strengths(str(medicine["strength"]), str(medicine["per"]))
        for code, strength in zip(str(medicine["ingredients"]).split(";"), found, strict=True):
            assert is_measure(strength.unit)
            assert unit_code(str(medicine["unit"])) == strength.per_unit
            strengths.setdefault(code, set()).add(strength.unit)
    for dose in rows("doses"):
        assert dose["route"] in ROUTES
        assert unit_code(str(dose["unit"])) == dose["unit"]
        families = {"mcg": "mass", "mg": "mass", "g": "mass"}
        assert {families.get(unit, unit) for unit in strengths[str(dose["ingredient"])]} == {
            families.get(str(dose["unit"]), dose["unit"])
        }, dose


def test_ages_of_dose_ranges_do_not_overlap() -> None:
    last: dict[tuple[object, object], float] = {}
    for row in sorted(rows("doses"), key=lambda each: int(str(each["age_from_months"]))):
        key = (row["ingredient"], row["route"])
        assert int(str(row["age_from_months"])) >= last.get(key, 0), row
        upper = row["age_to_months"]
        last[key] = float("inf") if upper is None else int(upper)


def test_any_and_one_sex_never_both_hold_for_one_age() -> None:
    spans: dict[object, list[tuple[object, int, int]]] = {}
    for row in rows("ranges"):
        span = (row["sex"], int(str(row["age_from_days"])), int(str(row["age_to_days"])))
        for sex, start, end in spans.setdefault(row["test"], []):
            if sex != span[0] and "any" in {sex, span[0]}:
                assert span[2] <= start or end <= span[1], row
        spans[row["test"]].append(span)


def test_a_range_lies_within_what_is_plausible() -> None:
    tests = {row["code"]: row for row in rows("lab_tests")}
    for row in rows("ranges"):
        test = tests[row["test"]]
        assert test["kind"] == "numeric"
        for name in ("low", "high", "critical_low", "critical_high"):
            if row[name] is not None:
                assert float(str(test["plausible_low"])) <= float(str(row[name])) <= float(str(test["plausible_high"]))


@pytest.mark.parametrize(("code", "valid"), [("718-7", True), ("718-8", False), ("2951-2", True), ("x", False)])
def test_loinc_check_digits(code: str, valid: bool) -> None:
    assert loinc_is_valid(code) is valid


def test_the_pack_says_what_it_is_not() -> None:
    told = json.loads((FOLDER / "pack.json").read_text(encoding="utf-8"))
    assert "not a complete knowledge base" in told["notice"]


def test_the_readme_counts_every_file_right() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for kind in KINDS:
        assert re.search(rf"\| `{FILE[kind].name}` \| {len(rows(kind)):,} \|", text), kind


def test_the_starter_pack_loads_whole_and_is_journaled(loaded: Store, desk_for: DeskFor) -> None:
    packs = list_packs(desk_for("administrator"))
    assert {pack.kind: pack.rows for pack in packs} == {kind: len(rows(kind)) for kind in KINDS}
    assert all("not a complete" in str(pack.notice) for pack in packs)
    with loaded.read() as conn:
        assert conn.execute(select(func.count()).select_from(laboratory.lab_tests)).scalar_one() == len(
            rows("lab_tests")
        )
        assert conn.execute(select(func.count()).select_from(pharmacy.products)).scalar_one() == len(rows("formulary"))
        assert conn.execute(select(func.count()).select_from(billing.prices)).scalar_one() == len(rows("prices"))
        kinds = conn.exec_driver_sql("SELECT count(*) FROM journal WHERE kind = 'reference.loaded'").scalar_one()
        assert kinds == len(KINDS)


def write(path: Path, kind: str, *lines: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in FIELDS[kind]])
        writer.writeheader()
        writer.writerows(lines)
    return path


def test_importing_a_kind_replaces_all_of_it(loaded: Store, desk_for: DeskFor, tmp_path: Path) -> None:
    admin = desk_for("administrator")
    file = write(
        tmp_path / "i.csv",
        "interactions",
        {"a": "Acetaminophen", "b": "Newdrug HCl", "severity": "Major", "effect": "Bad.", "source": "Licensed"},
    )
    done = import_reference(admin, read_rows("interactions", file), "Licensed", "7")
    assert (done.rows, done.added, done.not_known) == (1, 1, ("Newdrug HCl",))
    assert len(done.gone) == done.retired
    assert any("warfarin" in each for each in done.gone)
    with loaded.read() as conn:
        found = conn.execute(select(tables.reference_interactions)).mappings().one()
        assert (found["a"], found["severity"], found["code"]) == ("paracetamol", "major", "paracetamol+newdrug_hcl")
    (pack,) = (each for each in list_packs(admin) if each.kind == "interactions")
    assert (pack.name, pack.version, pack.rows) == ("Licensed", "7", 1)


@pytest.mark.usefixtures("loaded")
def test_importing_prices_changes_adds_and_retires(desk_for: DeskFor, tmp_path: Path) -> None:
    admin = desk_for("administrator")
    line = {"kind": "consultation", "currency": "USD", "source": "Clinic"}
    file = write(
        tmp_path / "p.csv",
        "prices",
        {"code": "consult_new", "name": "Consultation, new", "amount_minor": "3500", **line},
        {"code": "consult_home", "name": "Home visit", "amount_minor": "9000", **line},
    )
    done = import_reference(admin, read_rows("prices", file), "Clinic", "2")
    assert (done.added, done.changed, done.retired) == (1, 1, len(rows("prices")) - 1)
    again = import_reference(admin, read_rows("prices", file), "Clinic", "2")
    assert (again.added, again.changed, again.retired) == (0, 0, 0)


def test_an_import_that_speaks_of_the_unknown_changes_nothing(loaded: Store, desk_for: DeskFor, tmp_path: Path) -> None:
    admin = desk_for("administrator")
    line = {"sex": "any", "low": "1", "source": "Book"}
    file = write(tmp_path / "r.csv", "ranges", {"test": "sodium", **line}, {"test": "nosuch", **line})
    before = list_packs(admin)
    with pytest.raises(Refusal, match="nosuch"):
        import_reference(admin, read_rows("ranges", file), "Book", "1")
    assert list_packs(admin) == before
    with loaded.read() as conn:
        active = select(func.count()).select_from(laboratory.lab_ranges).where(laboratory.lab_ranges.c.active == 1)
        assert conn.execute(active).scalar_one() == len(rows("ranges"))


@pytest.mark.parametrize("role", sorted(set(roles.ROLES) - {"administrator"}))
def test_only_an_administrator_imports(store: Store, desk_for: DeskFor, tmp_path: Path, role: str) -> None:
    file = write(tmp_path / "c.csv", "classes", {"ingredient": "x", "class": "y", "use": "allergy", "source": "z"})
    with pytest.raises(Refusal, match="may not do this"):
        import_reference(desk_for(role), read_rows("classes", file), "Book", "1")


@pytest.mark.parametrize(
    ("kind", "line", "field", "what"),
    [
        ("ranges", {"test": "sodium", "low": "5", "high": "2", "source": "x"}, "low", "above"),
        ("ranges", {"test": "sodium", "low": "five", "source": "x"}, "low", "not a number"),
        ("ranges", {"test": "sodium", "low": "1e3", "source": "x"}, "low", "not a number"),
        ("ranges", {"test": "sodium", "sex": "men", "source": "x"}, "sex", "none of the words"),
        ("ranges", {"test": "sodium", "low": "1"}, "source", "empty"),
        ("interactions", {"a": "x", "b": "y", "severity": "bad", "effect": "e", "source": "s"}, "severity", "none of"),
        ("prices", {"code": "x", "name": "X", "kind": "other", "amount_minor": "1.5", "currency": "USD", "source": "s"},
         "amount_minor", "whole number"),
        ("prices", {"code": "x", "name": "X", "kind": "other", "amount_minor": "1", "currency": "$", "source": "s"},
         "currency", "currency code"),
        ("lab_tests", {"code": "x", "name": "X", "loinc": "1-1", "specimen": "s", "section": "s", "kind": "text",
                       "source": "s"}, "loinc", "LOINC"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_line(
    tmp_path: Path, kind: str, line: dict[str, str], field: str, what: str
) -> None:
    found = read_rows(kind, write(tmp_path / "f.csv", kind, line)).problems
    assert [(each.line, each.field) for each in found] == [(2, field)]
    assert what in found[0].text


def test_overlapping_ages_and_rows_that_stand_twice_are_found(tmp_path: Path) -> None:
    line = {"test": "sodium", "low": "1", "source": "x"}
    overlap = write(tmp_path / "a.csv", "ranges", line | {"age_to_days": "100"}, line | {"age_from_days": "99"})
    assert [each.field for each in read_rows("ranges", overlap).problems] == ["age_from_days"]
    twice = write(tmp_path / "b.csv", "ranges", line, line)
    assert "line 2" in read_rows("ranges", twice).problems[0].text


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n", b'test,source\n"open', b"test,source\n"])
def test_a_file_that_is_none_is_told_in_words_and_never_raises(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    found = read_rows("ranges", path)
    assert found.problems
    assert all(each.text for each in found.problems)


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refusal, match="moods"):
        columns("moods")
    assert [field.name for field in reference.columns("prices")][:2] == ["code", "name"]
