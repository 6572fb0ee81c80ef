"""A dialog that stops everything gives the keys back to the window behind it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.widgets.stop import ConfirmStop


def test_after_it_is_answered_the_windows_shortcuts_work_again(qtbot: QtBot) -> None:
    window, heard = QMainWindow(), []
    line = QLineEdit(window)
    window.setCentralWidget(line)
    QShortcut(QKeySequence("Ctrl+Shift+L"), window, lambda: heard.append(1))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    dialog = ConfirmStop(window, "ask", "Refuse it", "It is refused.", confirm="Refuse", reason="Reason")
    dialog.open()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    dialog.reject()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    QTest.keyClick(
        QApplication.focusWidget() or window,
        Qt.Key.Key_L,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert heard == [1]
