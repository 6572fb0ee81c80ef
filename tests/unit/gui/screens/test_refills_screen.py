"""Refills through the window: asked for, approved, refused, taken back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.screens.refills.view import RefillsView
from clinic_desktop.services import prescribing, refills
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import World, add_patient, paracetamol, world
from tests.unit.gui.screens.stage import Stage


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    made = world(store, desk_for)
    prescribing.sign_prescription(made.doctor, made.patient, None, [paracetamol()])
    return made


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def show(stage: Stage, clinic: World, role: str) -> RefillsView:
    view = stage.show("refills", role, patient_id=clinic.patient)
    assert isinstance(view, RefillsView)
    return view


def asked(clinic: World) -> None:
    (line,) = refills.refillable(clinic.doctor, clinic.patient)
    refills.ask_refill(clinic.doctor, clinic.patient, line.line_id, asked_by="her son")


def test_a_medicine_is_asked_for_and_not_twice(stage: Stage, clinic: World) -> None:
    view = show(stage, clinic, "pharmacist")
    view.medicines.select_row(0)
    view.primary()
    assert view.asked_by.error()
    line = view.findChild(QLineEdit, "refills.asked_by")
    assert line is not None
    QTest.keyClicks(line, "the patient")
    view.primary()
    assert [row.status for row in view.requests.rows()] == ["asked"]
    assert not view.primary_enabled
    assert not view.approve.isVisible()


def test_a_doctor_approves_and_it_waits_in_the_pharmacy(stage: Stage, clinic: World) -> None:
    asked(clinic)
    view = show(stage, clinic, "doctor")
    view.requests.select_row(0)
    stage.click(view, "refills.approve")
    assert [row.status for row in view.requests.rows()] == ["approved"]
    assert len(prescribing.last_prescriptions(clinic.doctor, clinic.patient)) == 2


def test_every_column_says_what_it_holds(stage: Stage, clinic: World) -> None:
    view = show(stage, clinic, "doctor")
    for table in (view.medicines.view, view.requests.view):
        model = table.model()
        assert all(model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount()))


def test_a_refusal_asks_why(stage: Stage, clinic: World) -> None:
    asked(clinic)
    view = show(stage, clinic, "doctor")
    view.requests.select_row(0)
    stage.click(view, "refills.refuse")
    assert view.dialog is not None
    note = view.dialog.findChild(QPlainTextEdit)
    assert note is not None
    QTest.keyClicks(note, "come in first")
    confirm = view.dialog.findChild(QPushButton, "refills.refuse_dialog.confirm")
    assert confirm is not None
    confirm.click()
    (row,) = view.requests.rows()
    assert (row.status, row.reason) == ("refused", "come in first")


def test_nothing_of_one_patient_is_left_when_another_is_opened(stage: Stage, clinic: World) -> None:
    asked(clinic)
    view = show(stage, clinic, "doctor")
    view.open(patient_id=add_patient(clinic.store, "Other"))
    assert (len(view.medicines.rows()), len(view.requests.rows())) == (0, 0)
