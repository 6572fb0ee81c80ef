"""Every test of the window runs without a display, in the product's look."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.window import MainWindow
from tests.unit.gui.gallery import SCREENS, PretendGate


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> None:
    theme.apply(qapp, "light")


@pytest.fixture
def gate() -> PretendGate:
    return PretendGate()


@pytest.fixture
def window(qtbot: QtBot, gate: PretendGate) -> Iterator[MainWindow]:
    """A window at its sign-in."""
    shown = MainWindow(gate, SCREENS)
    qtbot.addWidget(shown)
    shown.begin()
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    shown.close()


@pytest.fixture
def work(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """A window with a doctor signed in, at home."""
    QTest.keyClicks(window.signin.password.line, "green-river-42")
    QTest.keyClick(window.signin.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.has_frame)
    return window
