"""Growth through the window: measured, drawn, corrected, printed."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.screens.growth.view import GrowthView
from clinic_desktop.services import growth, patients
from tests.conftest import DeskFor
from tests.unit.gui.screens.stage import Stage


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


@pytest.fixture
def child(desk_for: DeskFor) -> str:
    new = patients.NewPatient("Okafor", "Ada", "female", date(2025, 3, 10), "day")
    return patients.register_patient(desk_for("nurse"), new).patient_id


def show(stage: Stage, child: str) -> GrowthView:
    view = stage.show("growth", "nurse", patient_id=child)
    assert isinstance(view, GrowthView)
    return view


def fill(view: QWidget, name: str, text: str) -> None:
    line = view.findChild(QLineEdit, name)
    assert line is not None, name
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def test_an_empty_chart_still_shows_the_curves_and_says_what_goes_there(stage: Stage, child: str) -> None:
    view = show(stage, child)
    assert stage.window.patient == child
    assert len(view.chart._curves) == 7
    assert list(view.table.rows()) == []
    assert "Nothing was measured yet" in view.chart.accessibleName()
    assert "Record a measurement" in view.chart.accessibleName()
    assert view.form.field("weight").editor().hasFocus()
    assert view.primary_enabled


def test_a_grown_up_is_told_that_growth_charts_end(stage: Stage, desk_for: DeskFor) -> None:
    new = patients.NewPatient("Okafor", "Ada", "female", date(1990, 3, 10), "day")
    view = show(stage, patients.register_patient(desk_for("nurse"), new).patient_id)
    assert view.chart._curves == ()
    assert "end at 20 years" in view.chart.accessibleName()


def test_an_empty_chart_opens_at_the_ages_of_the_child(stage: Stage, desk_for: DeskFor) -> None:
    new = patients.NewPatient("Okafor", "Ada", "female", date(2018, 3, 10), "day")
    view = show(stage, patients.register_patient(desk_for("nurse"), new).patient_id)
    assert view.presenter.standard == "cdc"
    assert view.chart._curves[0].points[-1][0] > 8 * 365


def test_what_is_measured_is_drawn_and_listed_at_once(stage: Stage, child: str, desk_for: DeskFor) -> None:
    view = show(stage, child)
    fill(view, "growth.weight", "8.9")
    fill(view, "growth.height", "74")
    view.primary()
    assert [row.value for row in view.table.rows()] == ["8.9 kg"]
    assert len(view.chart._marks) == 1
    assert len(growth.growth(desk_for("nurse"), child).points) == 4
    assert view.form.is_empty


def test_another_measure_and_reference_are_a_click_away(stage: Stage, child: str) -> None:
    view = show(stage, child)
    fill(view, "growth.head_circumference", "45")
    view.primary()
    view.measure.set_value("head")
    view.measure.edited.emit()
    assert [row.value for row in view.table.rows()] == ["45.0 cm"]
    view.standard.set_value("cdc")
    view.standard.edited.emit()
    assert view.presenter.standard == "cdc"
    view.measure.set_value("by_length")
    view.measure.edited.emit()
    assert not view.standard.isEnabled()


def test_nonsense_is_refused_beside_its_field_and_nothing_is_kept(stage: Stage, child: str, desk_for: DeskFor) -> None:
    view = show(stage, child)
    fill(view, "growth.weight", "4000")
    view.primary()
    assert stage.window.errors
    assert growth.growth(desk_for("nurse"), child).points == ()


def test_gestation_is_kept_and_shown_again(stage: Stage, child: str) -> None:
    view = show(stage, child)
    fill(view, "growth.weeks", "33")
    fill(view, "growth.days", "4")
    stage.click(view, "growth.keep_gestation")
    assert view.weeks.value() == 33
    again = show(stage, child)
    assert [again.weeks.value(), again.days.value()] == [Decimal(33), Decimal(4)]


def test_the_measurements_are_gone_through_by_keys(stage: Stage, child: str) -> None:
    view = show(stage, child)
    fill(view, "growth.weight", "8.9")
    view.primary()
    view.chart.setFocus()
    QTest.keyClick(view.chart, Qt.Key.Key_Right)
    assert view.chart._found == 0
    assert "8.9 kg" in view.chart._marks[0].words


def test_the_chart_shown_is_the_chart_printed(stage: Stage, child: str) -> None:
    view = show(stage, child)
    stage.click(view, "growth.print")
    assert stage.window.document().startswith(b"%PDF-")


def test_nothing_of_one_child_is_left_when_another_is_opened(stage: Stage, child: str, desk_for: DeskFor) -> None:
    view = show(stage, child)
    fill(view, "growth.weight", "8.9")
    view.primary()
    other = patients.NewPatient("Mensah", "Kofi", "male", date(2025, 1, 1), "day")
    second = patients.register_patient(desk_for("nurse"), other).patient_id
    view.open(patient_id=second)
    assert (list(view.table.rows()), list(view.chart._marks)) == ([], [])


def test_a_height_measured_standing_says_what_it_counts_as(stage: Stage, child: str) -> None:
    view = show(stage, child)
    fill(view, "growth.height", "74")
    stage.click(view, "growth.posture.standing")
    view.primary()
    view.measure.set_value("height")
    view.measure.edited.emit()
    assert [row.value for row in view.table.rows()] == ["74.0 cm standing, counts as 74.7"]
    assert [mark.y for mark in view.chart._marks] == [74.7]


def test_an_odd_weight_is_asked_about_and_taken_back_by_undo(stage: Stage, child: str, desk_for: DeskFor) -> None:
    view = show(stage, child)
    fill(view, "growth.weight", "8.9")
    view.primary()
    fill(view, "growth.weight", "28.9")
    view.primary()
    assert "Is 28.9 kg right?" in stage.window.said[-1]
    assert len(growth.growth(desk_for("nurse"), child).points) >= 1
    stage.window.undo()
    assert [point.value for point in growth.growth(desk_for("nurse"), child).of("weight")] == [8.9]
