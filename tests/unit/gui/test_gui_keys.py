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


def test_what_was_said_leaves_with_its_page(qtbot: QtBot, work: MainWindow) -> None:
    work.frame.go("queue")
    work.frame.say("Settings saved.")
    work.frame.go("chart", patient_id="p1")
    assert work.frame.foot.status() == "Settings saved.", "said in going there, it is read there"
    qtbot.wait(600)
    work.frame.back()
    assert work.frame.foot.status() == ""
    work.frame.say("Registered.")
    work.frame.go("chart", patient_id="p1")
    work.frame.go("queue")
    assert work.frame.foot.status() == "", "and no further"


def test_a_way_back_dies_with_the_page_and_with_the_act(qtbot: QtBot, work: MainWindow) -> None:
    undone: list[str] = []

    def turn() -> None:
        work.frame.go("chart", patient_id="p1")

    for leave in (turn, work.frame.do_primary):
        work.frame.go("queue")
        work.frame.offer_undo("Taken off.", lambda: undone.append("x"))
        assert work.frame.toast.isVisible()
        leave()
        assert not work.frame.toast.isVisible()
        work.frame.toast._undo_it()
    assert undone == []
