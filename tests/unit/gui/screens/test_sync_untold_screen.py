"""Many tasks that are alike are one line: opened, closed together, or left by one decision, by keys alone."""

from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.gui.screens.sync.view import SyncView
from clinic_desktop.gui.tour.keys import clashing_keys
from clinic_desktop.store.engine import Store
from tests import flooded
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.unit.gui.screens.stage import Stage

ALT = Qt.KeyboardModifier.AltModifier
WHY = "They read them in their portal"


@pytest.fixture
def small(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    made = Clinic(store, desk_for, clock)
    flooded.connected(made)
    flooded.visits(made, 148)
    return made


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def press(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key, ALT)
    QTest.qWait(130)  # Qt shows a button pressed by its key for a tenth of a second before it acts


def deciding(stage: Stage) -> SyncView:
    """The group is open."""
    view = cast("SyncView", stage.show("sync", "administrator", show="decide"))
    view.items.setFocus()
    QTest.keyClick(view.items.view, Qt.Key.Key_Down)
    assert [(one.kind, one.count) for one in view.items.rows()] == [("appointment", 0), ("encounter", 148)]
    assert clashing_keys(view) == []
    return view


def sure(view: SyncView) -> QDialog:
    dialog = view.dialog
    assert dialog is not None
    return dialog


def asked(view: SyncView, count: str) -> None:
    """The question names so many: on a busy machine a button acts later than it is shown pressed."""
    for _ in range(100):
        if view.dialog is not None and count in view.dialog.windowTitle():
            return
        QTest.qWait(50)
    assert count in sure(view).windowTitle()


def reason(view: SyncView) -> None:
    press(view.items.view, Qt.Key.Key_E)
    QTest.keyClicks(view.decide.reason.line, WHY)


def test_one_record_of_many_is_opened_with_enter_and_left_with_escape(stage: Stage, small: Clinic) -> None:
    view = deciding(stage)
    assert stage.window.counts["sync"] == 2
    assert "Practice Studio has no call for these" in view.decide.said.text()
    assert len(view.decide.records.rows()) == 148
    view.decide.records.setFocus()
    QTest.keyClick(view.decide.records.view, Qt.Key.Key_Return)
    assert not view.decide.records.isVisible()
    assert view.presenter.detail is not None
    assert view.presenter.detail.item.local_id == "e00000"
    assert "Esc" in view.decide.said.text()
    view.presenter.reload()
    assert view.presenter.detail.item.local_id == "e00000", "what is looked at stays while it is asked again"
    assert clashing_keys(view) == []
    assert view.escape()
    assert view.decide.records.isVisible()
    assert not view.escape()
    view.decide.records.opened.emit(view.decide.records.rows()[0])
    reason(view)
    press(view.items.view, Qt.Key.Key_T)
    assert [(one.kind, one.count) for one in view.items.rows()] == [("appointment", 0), ("encounter", 147)]
    assert len(view.decide.records.rows()) == 147, "one is closed, and the others are shown again"


def test_all_are_closed_after_one_question_that_says_how_many(stage: Stage, small: Clinic) -> None:
    view = deciding(stage)
    press(view.items.view, Qt.Key.Key_T)
    assert view.dialog is None
    assert view.decide.reason.error(), "without a reason nothing is asked and nothing closed"
    reason(view)
    press(view.items.view, Qt.Key.Key_T)
    asked(view, "148")
    press(sure(view), Qt.Key.Key_G)
    assert len(view.items.rows()) == 2, "going back closes none"
    flooded.visits(small, 149)
    view.presenter.reload()
    assert view.decide.reason.value() == WHY, "what is typed stays when one more has come"
    press(view.items.view, Qt.Key.Key_T)
    asked(view, "149")
    press(sure(view), Qt.Key.Key_C)
    assert [one.kind for one in view.items.rows()] == ["appointment"]
    assert stage.window.said[-1] == "Settled: 149"


def test_a_decision_is_made_and_taken_back_by_keys_by_nobody_but_whoever_may(stage: Stage, small: Clinic) -> None:
    view = deciding(stage)
    reason(view)
    press(view.items.view, Qt.Key.Key_N)
    (words,) = [one.text() for one in sure(view).findChildren(QLabel, "sync.sure.words")]
    assert "148" in words
    assert WHY in words
    press(sure(view), Qt.Key.Key_N)
    assert [one.kind for one in view.items.rows()] == ["appointment"]
    view.open(show="systems")
    assert view.card.left.isVisible()
    (row,) = view.card.decisions.rows()
    assert (row.kind, row.count) == ("encounter", 148)
    assert row.words.startswith(f"{WHY} (Administrator One, ")
    assert clashing_keys(view) == []
    other = cast("SyncView", stage.show("sync", "nurse"))
    assert other.card.left.isVisible()
    button = other.findChild(QPushButton, "sync.take_back")
    assert button is None or not button.isVisible()
    view.activateWindow()
    QTest.qWait(50)
    press(view.systems.view, Qt.Key.Key_B)
    assert not view.card.left.isVisible()
    assert [one.count for one in view.presenter.items] == [0, 148]
