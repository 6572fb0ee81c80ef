"""What happens when nobody is there: locks by time, also through sleep, and nothing left on the clipboard."""

import pytest
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.shell.clipboard import forget_copied
from clinic_desktop.gui.shell.idle import Countdown, Idle


def test_nobody_there_locks_and_sleep_counts(qtbot: QtBot) -> None:
    now = [1000.0]
    idle = Idle(clock=lambda: now[0])
    said: list[bool] = []
    idle.idle.connect(lambda: said.append(True))
    idle.start(10)
    now[0] += 599
    idle.look()
    assert said == []
    idle.touch()
    now[0] += 8 * 3600  # the machine slept: the clock since boot runs on
    idle.look()
    assert said == [True]


def test_the_hard_lock_comes_by_time_alone_and_sleep_counts(qtbot: QtBot) -> None:
    now = [1000.0]
    count = Countdown(clock=lambda: now[0])
    said: list[bool] = []
    count.over.connect(lambda: said.append(True))
    count.start(15)
    now[0] += 899
    count.look()
    assert said == []
    now[0] += 8 * 3600  # the bag was closed
    count.look()
    assert said == [True]


@pytest.mark.parametrize("ours", [True, False])
def test_only_what_was_copied_here_is_taken_off_the_clipboard(ours: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    clipboard = QApplication.clipboard()
    clipboard.setText("OKAFOR, Adaeze")
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _self: ours)
    forget_copied(clipboard)
    assert clipboard.text() == ("" if ours else "OKAFOR, Adaeze")
