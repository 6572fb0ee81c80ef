"""The import through the window: tried first, then taken in, with what is wrong beside it; stopped when asked to."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.icons import icon
from clinic_desktop.gui.screens.imports.kinds import kind_words
from clinic_desktop.gui.screens.imports.presenter import Chosen, paths_of
from clinic_desktop.gui.screens.imports.screen import SCREEN
from clinic_desktop.gui.screens.imports.view import ImportsView
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.fhir import bundle, everything, head
from tests.unit.exchange.test_exchange_synthea import SET
from tests.unit.gui.screens.stage import Stage


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def shown(stage: Stage, *paths: Path, **arguments: str) -> ImportsView:
    view = stage.show("imports", "administrator", **arguments)
    assert isinstance(view, ImportsView)
    view.paths.set_value("\n".join(str(path) for path in paths))
    view._offer()
    return view


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.json"
    path.write_text(bundle(everything()))
    return path


def test_a_try_writes_nothing_and_says_what_would_be_done(stage: Stage, store: Store, good: Path) -> None:
    bad = good.with_name("bad.json")
    bad.write_text('{"resourceType": "Patient"')
    view = shown(stage, good, bad)
    before = head(store)
    assert view.primary_text == "Tr&y"
    view.primary()
    # The draft of the form is the only thing kept.
    assert head(store) == before
    counts = {row.kind: (row.read, row.new) for row in view.counted.rows()}
    assert counts["Observation"] == (2, 2)
    assert [(row.file, row.what) for row in view.wrong.rows()] == [("bad.json", "it stops halfway")]
    assert "Something is wrong with 1 file" in view.said.text(), "what could not be read is counted by no kind"


def test_a_kind_is_called_as_people_call_it() -> None:
    words = {kind: kind_words(kind) for kind in ("DocumentReference", "CareTeam", "Patient", "sex", "patients")}
    assert list(words.values()) == ["Document", "Care team", "Patient", "sex", "patients"]


def test_the_page_has_an_icon_that_means_bringing_in() -> None:
    assert SCREEN.icon == "import"
    assert not icon(SCREEN.icon).isNull()


def test_only_what_was_tried_is_taken_in_and_once(stage: Stage, store: Store, good: Path) -> None:
    view = shown(stage, good)
    view.primary()
    assert view.primary_text == "&Import"
    view.primary()
    assert {row.kind: row.new for row in view.counted.rows()}["Patient"] == 1
    after = head(store)
    assert view.primary_text == "Tr&y"
    view.primary()
    assert {row.kind: (row.new, row.same) for row in view.counted.rows()}["Patient"] == (0, 1)
    view.primary()
    assert head(store) == after
    view.paths.set_value(str(good.parent))
    view._offer()
    assert view.primary_text == "Tr&y"


def test_a_table_is_tried_and_taken_in_with_its_cells_named(stage: Stage, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("code,name,kind,amount,currency\nv1,Visit,consultation,15.00,USD\nv2,,consultation,1,USD\n")
    view = shown(stage, path, kind="prices")
    view.primary()
    assert [(row.new, row.read) for row in view.counted.rows()] == [(1, 2)]
    (wrong,) = view.wrong.rows()
    assert (wrong.file, wrong.where) == ("prices.csv", "row 3, name")
    view.primary()
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM prices WHERE code = 'v1'").scalar_one() == 1


def test_a_set_from_synthea_is_tried_and_taken_in(stage: Stage, store: Store, tmp_path: Path) -> None:
    for name in ("patients", "payers"):
        (tmp_path / f"{name}.csv").write_text(SET[name], encoding="utf-8")
    view = shown(stage, tmp_path, kind="synthea")
    before = head(store)
    view.primary()
    assert head(store) == before
    new = {row.kind: row.new for row in view.counted.rows()}
    assert new["patients"] == 1
    assert view.primary_text == "&Import"
    view.primary()
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM patients").scalar_one() == 1


def test_where_nothing_can_be_taken_in_no_import_is_offered(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("code,name\nv1,Visit\n")
    view = shown(stage, path)
    view.primary()
    assert "There is nothing to import" in view.said.text()
    assert view.primary_text == "Tr&y"


def test_what_is_not_there_is_said_beside_the_field(stage: Stage, tmp_path: Path) -> None:
    view = shown(stage, tmp_path / "nowhere.json")
    view.primary()
    assert "nowhere.json" in stage.window.errors[0]
    assert "nowhere.json" in view.paths.error()
    with pytest.raises(Refusal, match="Choose files"):
        paths_of(" \n ")


def test_a_stopped_import_says_so_and_the_same_again_goes_on(stage: Stage, good: Path) -> None:
    view = shown(stage, good)
    chosen = view.chosen()
    view.primary()
    real = view.presenter._say
    view.presenter._stopped = lambda: True  # type: ignore[method-assign]
    view.presenter.bring_in(chosen)
    assert "Stopped" in view.said.text() or view.wrong.rows()[0].what.startswith("stopped")
    assert view.presenter._say == real
    del view.presenter._stopped
    view.presenter.try_first(chosen)
    view.presenter.bring_in(chosen)
    assert {row.kind: row.new for row in view.counted.rows()}["Patient"] == 1


def test_another_role_has_no_import(stage: Stage) -> None:
    view = stage.show("imports", "doctor")
    assert isinstance(view, ImportsView)
    view.paths.set_value("/tmp")
    view._offer()
    assert not view.primary_enabled
    assert SCREEN.roles == {"administrator"}


def test_a_password_is_in_no_draft_and_no_repr(stage: Stage, good: Path) -> None:
    view = shown(stage, good)
    view.password.set_value("7K3P-0QZN")
    assert "7K3P-0QZN" not in str(view.form.draft())
    assert "7K3P" not in repr(Chosen("fhir", "x", password="7K3P-0QZN"))
    assert view.findChild(QPushButton, "imports.stop").isHidden()  # type: ignore[union-attr]
