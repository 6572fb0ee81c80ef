"""No key is claimed twice on any screen; the tour asks the same of every page it takes a picture of."""

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QLineEdit, QTabBar, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.tour.keys import clashing_keys
from clinic_desktop.gui.widgets.buttons import Button


def test_two_things_with_one_key_are_found_and_hidden_ones_are_not(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    first, second = Button("&Print", "a.print"), Button("Take &payment", "a.pay")
    words, line = QLabel("&Amount"), QLineEdit()
    words.setBuddy(line)
    tabs = QTabBar()
    tabs.addTab("&All")
    for widget in (first, second, words, line, tabs):
        column.addWidget(widget)
    QShortcut(QKeySequence("Ctrl+N"), page)
    QShortcut(QKeySequence("Ctrl+N"), first)
    page.show()
    qtbot.waitExposed(page)
    assert [found.partition(":")[0] for found in clashing_keys(page)] == ["Alt+A", "Alt+P", "Ctrl+N"]
    second.hide()
    tabs.hide()
    assert [found.partition(":")[0] for found in clashing_keys(page)] == ["Ctrl+N"]


def test_no_key_of_the_frame_is_claimed_twice(qtbot: QtBot, work: MainWindow) -> None:
    assert clashing_keys(work) == []
