"""Buttons: the underlined letter and the shortcut both press, and only where the button can be pressed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.widgets.buttons import Button


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier), (Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)],
)
def test_the_underlined_letter_and_the_shortcut_both_press(
    qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    pressed: list[str] = []
    window = QWidget()
    qtbot.addWidget(window)
    button = Button("Has &left", "queue.left", lambda: pressed.append("left"), "Ctrl+E")
    QVBoxLayout(window).addWidget(button)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    QTest.keyClick(window, key, modifier)
    qtbot.waitUntil(lambda: pressed == ["left"])  # a letter presses the button for a moment, to be seen
    button.set_busy(busy=True)
    QTest.keyClick(window, key, modifier)
    qtbot.wait(150)
    assert pressed == ["left"]
