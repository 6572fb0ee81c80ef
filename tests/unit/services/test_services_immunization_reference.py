"""Schedules and vaccines as reference data: sound, replaced whole or not at all, chosen by the clinic."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic_desktop.clock import new_id
from clinic_desktop.domain.immunizations import SPANS, span
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import administration, immunization_reference, reference
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.immunization_reference import chosen_schedule, file_of
from clinic_desktop.services.reference_rows import read_rows
from tests.conftest import DeskFor
from tests.starter import load_pack

Edit = Callable[[list[dict[str, str]]], None]


@pytest.fixture
def admin(desk_for: DeskFor) -> Desk:
    desk = desk_for("administrator")
    with desk.store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
    return desk


def written(tmp_path: Path, edit: Edit, kind: str = "schedule") -> Path:
    """The starter file with something changed."""
    with file_of(kind).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    edit(rows)
    path = tmp_path / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_every_rule_names_its_source_and_every_age_can_be_read() -> None:
    for row in read_rows("schedule", file_of("schedule")).rows:
        source = str(row["source"])
        assert source.startswith(("CDC", "WHO", "FDA")), source
        assert any(mark.isdigit() for mark in source), "a source has its year"
        for name in SPANS:
            if row[name]:
                span(str(row[name]))


def test_both_schedules_are_there_and_the_first_is_followed(admin: Desk) -> None:
    found = immunization_reference.schedules(admin)
    assert [(one.id, one.chosen) for one in found] == [("cdc-2025", True), ("who-epi-2022", False)]
    assert all(one.rules > 30 for one in found)


def test_a_clinic_chooses_its_schedule_and_no_other_word(admin: Desk) -> None:
    administration.change_setting(admin, "immunization_schedule", "who-epi-2022")
    assert [one.id for one in immunization_reference.schedules(admin) if one.chosen] == ["who-epi-2022"]
    with pytest.raises(Refusal, match="no schedule") as told:
        administration.change_setting(admin, "immunization_schedule", "mine")
    assert told.value.field == "immunization_schedule"


def test_a_schedule_is_replaced_whole(admin: Desk, tmp_path: Path) -> None:
    def only_measles(rows: list[dict[str, str]]) -> None:
        rows[:] = [row | {"schedule": "ours-2026"} for row in rows if row["antigen"] == "measles"]

    done = reference.import_reference(admin, read_rows("schedule", written(tmp_path, only_measles)), "ours", "2026")
    assert (done.rows, done.retired) == (2, 129)
    assert [(one.id, one.rules) for one in immunization_reference.schedules(admin)] == [("ours-2026", 2)]


def test_a_chosen_schedule_that_is_gone_is_not_replaced_in_silence(admin: Desk, tmp_path: Path) -> None:
    administration.change_setting(admin, "immunization_schedule", "who-epi-2022")

    def renamed(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["schedule"] = row["schedule"].replace("who-epi-2022", "who-epi-2027")

    reference.import_reference(admin, read_rows("schedule", written(tmp_path, renamed)), "new", "2027")
    with admin.store.read() as conn:
        assert chosen_schedule(conn) is None


def _set(place: int, **values: str) -> Edit:
    def edit(rows: list[dict[str, str]]) -> None:
        rows[place] |= values

    return edit


@pytest.mark.parametrize(
    ("edit", "field", "words"),
    [
        (_set(0, min_age="six weeks"), "min_age", "six weeks"),
        (_set(0, born_from="1957"), "born_from", "1957"),
        (_set(0, season_from="02-30"), "season_from", "02-30"),
        (_set(0, season_from="02-29"), "season_from", "02-29"),
        (_set(0, dose="9"), "dose", "1, 2, 3"),
        (_set(0, kind="maybe"), "kind", "maybe"),
        (_set(0, source=""), "source", "empty"),
        (_set(1, dose="1"), "schedule", "already"),
    ],
)
def test_a_bad_row_is_named_by_its_cell(tmp_path: Path, edit: Edit, field: str, words: str) -> None:
    problems = read_rows("schedule", written(tmp_path, edit)).problems
    assert any(one.field == field and words in one.text for one in problems), problems


@pytest.mark.parametrize("values", [{"vaccines": "9999"}, {"antigen": "fairy_dust"}, {"apart_from": "fairy_dust"}])
def test_a_rule_of_what_is_not_there_imports_nothing(admin: Desk, tmp_path: Path, values: dict[str, str]) -> None:
    before = immunization_reference.schedules(admin)

    def spoil(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["antigen"] == "rsv").update(values)

    rows = read_rows("schedule", written(tmp_path, spoil))
    assert rows.problems == ()
    with pytest.raises(Refusal, match="not known"):
        reference.import_reference(admin, rows, "bad", "1")
    assert immunization_reference.schedules(admin) == before


def test_vaccines_are_replaced_too(admin: Desk, tmp_path: Path) -> None:
    def a_new_one(rows: list[dict[str, str]]) -> None:
        rows.append(rows[0] | {"cvx": "899", "name": "a vaccine of next year", "display": "Next year's"})

    reference.import_reference(admin, read_rows("vaccines", written(tmp_path, a_new_one, "vaccines")), "cvx", "2027")
    with admin.store.read() as conn:
        assert immunization_reference.vaccine_table(conn)["899"].display == "Next year's"


def test_manufacturers_are_known_by_code(admin: Desk, desk_for: DeskFor) -> None:
    assert immunization_reference.find_manufacturers(desk_for("nurse"), "msd")[0] == ("MSD", "Merck and Co., Inc.")
    with admin.store.read() as conn:
        assert immunization_reference.manufacturers(conn)["PFR"].startswith("Pfizer")
