"""Fingers and eyes: presses keys and clicks in the real window, waits as a person would, takes pictures."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QPlainTextEdit,
    QTabBar,
    QTabWidget,
    QWidget,
)

from clinic_desktop.gui import theme
from clinic_desktop.gui.tasks_qt import Pools
from clinic_desktop.gui.tour.keys import clashing_keys
from clinic_desktop.gui.widgets.search import SearchField

T = TypeVar("T")

PATIENCE = 20.0  # seconds before the tour gives up waiting
QUIET = 5.0  # seconds before a picture is taken although the window is still asking


class TourError(Exception):
    """The window did not do what a person would expect."""


def _rest(milliseconds: int) -> None:
    """Let the window work for so long, and the other threads with it: `QTest.qWait` would keep them from running."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


@dataclass
class Counted:
    """Keys of one act: those that choose and do, and those that are free text."""

    keys: int = 0
    typed: int = 0


@dataclass
class Driver:
    """One pair of hands at one window."""

    app: QApplication
    window: QWidget
    counted: Counted = field(default_factory=Counted)

    # Waiting ---------------------------------------------------------------------------------------------

    def until(self, what: str, ask: Callable[[], T | None]) -> T:
        """Let the window work until there is an answer."""
        end = time.monotonic() + PATIENCE
        while True:
            self.app.processEvents()
            answer = ask()
            if answer is not None and answer is not False:
                return answer
            if time.monotonic() > end:
                raise TourError(f"waited in vain for {what}")
            _rest(15)

    def soon(self, ask: Callable[[], object]) -> bool:
        """Whether there is an answer within a few seconds."""
        end = time.monotonic() + PATIENCE / 4
        while time.monotonic() < end:
            self.app.processEvents()
            if ask():
                return True
            _rest(15)
        return False

    def settle(self, seconds: float = 0.2) -> None:
        """Let the window finish what it has begun."""
        _rest(int(seconds * 1000))

    def quiet(self) -> None:
        """Wait until what the window has asked for is answered and shown: a page half filled is no picture of it.

        A window that goes on asking is waited for only so long; the picture then shows what a person would see.
        """
        end = time.monotonic() + QUIET
        while not all(pools.idle for pools in self.window.findChildren(Pools)) and time.monotonic() < end:
            _rest(15)

    def seen(self, name: str) -> QWidget | None:
        """A widget of this name that can be seen now."""
        for top in (self.window, *self.app.topLevelWidgets()):
            if top.objectName() == name and top.isVisible():
                return top
            for widget in top.findChildren(QWidget, name):
                if widget.isVisible():
                    return widget
        return None

    def find(self, name: str) -> QWidget:
        """Wait for a widget of this name."""
        return self.until(name, lambda: self.seen(name))

    def text_of(self, name: str) -> str:
        """The words that a widget shows."""
        widget = self.find(name)
        for read in ("text", "toPlainText", "currentText"):
            if hasattr(widget, read):
                return str(getattr(widget, read)())
        return ""

    def text_of_pill(self, name: str) -> str:
        """The words of a state shown as a pill."""
        return self.find(name).accessibleName()

    # Hands -----------------------------------------------------------------------------------------------

    def key(self, keys: str, times: int = 1) -> None:
        """Press a key or a chord: ``Return``, ``Ctrl+K``, ``Alt+S``."""
        sequence: Any = QKeySequence(keys)  # the stubs do not know that it can be indexed
        combination = sequence[0]
        for _time in range(times):
            self.counted.keys += 1
            target = self.app.focusWidget() or self.window
            QTest.keyClick(target, combination.key(), combination.keyboardModifiers())
            self.app.processEvents()

    def write(self, words: str) -> None:
        """Type words where the focus is."""
        self.counted.typed += len(words)
        target = self.app.focusWidget()
        if target is None:
            raise TourError(f"nowhere to type {len(words)} letters")
        for letter in words:
            if letter.isascii():
                QTest.keyClicks(target, letter)
            else:
                # A keyboard layout composes these; offscreen there is none, so the finished letter is committed.
                _compose(target, letter)
        self.app.processEvents()

    def click(self, name: str) -> None:
        """Click a widget."""
        widget = self.until(
            f"{name} enabled", lambda: w if (w := self.seen(name)) is not None and w.isEnabled() else None
        )
        self.counted.keys += 1
        QTest.mouseClick(
            widget, Qt.MouseButton.LeftButton, pos=QPoint(min(widget.width() // 2, 24), widget.height() // 2)
        )
        self.app.processEvents()

    def press(self, words: str) -> None:
        """Click the button that says these words."""

        def button() -> QAbstractButton | None:
            for top in (self.window, *self.app.topLevelWidgets()):
                for each in top.findChildren(QAbstractButton):
                    if each.isVisible() and each.isEnabled() and words in each.text().replace("&", ""):
                        return each
            return None

        found = self.until(f"a button {words!r}", button)
        self.counted.keys += 1
        QTest.mouseClick(found, Qt.MouseButton.LeftButton, pos=QPoint(min(found.width() // 2, 24), found.height() // 2))
        self.app.processEvents()

    def fill(self, name: str, words: str) -> None:
        """Click into a field, take out what stands there, and type."""
        widget = self.find(name)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        if isinstance(widget, QComboBox):
            self.choose(name, words)
            return
        if isinstance(widget, QPlainTextEdit):
            widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.write(words)

    def choose(self, name: str, words: str) -> None:
        """Choose in a list that drops down, by its words, with the arrow keys."""
        box = self.find(name)
        if not isinstance(box, QComboBox):
            raise TourError(f"{name} is not a list")
        box.setFocus()

        def offered() -> int | None:
            texts = [box.itemText(row).casefold() for row in range(box.count())]
            return next((row for row, text in enumerate(texts) if words.casefold() in text), None)

        # What a list offers may have to be asked for first.
        place = self.until(f"{words!r} offered by {name}", offered)
        box.hidePopup()
        while box.currentIndex() != place:
            self.key("Down" if box.currentIndex() < place else "Up")

    def suggest(self, name: str, words: str, offers: str = "") -> None:
        """Type into a field that searches, wait until it `offers` this first, and take it with Enter."""
        self.fill(name, words)
        field = self.find(f"{name}.field")
        if not isinstance(field, SearchField):
            raise TourError(f"{name} does not search")

        wanted = (offers or words.split(maxsplit=1)[0]).casefold()

        def ready() -> bool | None:
            found = field.popup.results() if field.popup.isVisible() else []
            return any(wanted in f"{each.text} {each.detail}".casefold() for each in found[:1]) or None

        self.until(f"{words!r} offered by {name}", ready)
        self.key("Return")
        self.settle(0.3)

    def offered(self, name: str, words: str = "") -> None:
        """Wait until a list of suggestions offers something that begins with some words."""
        view = self.find(name)
        if not isinstance(view, QAbstractItemView):
            raise TourError(f"{name} is not a list")

        def found() -> bool | None:
            first = str(view.model().index(0, 0).data() or "") if view.model().rowCount() else ""
            return (bool(first) and words.casefold() in first.casefold()) or None

        self.until(f"{words!r} first in {name}", found)

    def tab(self, name: str, place: int) -> None:
        """Click a tab."""
        found = self.find(name)
        bar = found.tabBar() if isinstance(found, QTabWidget) else found
        if not isinstance(bar, QTabBar):
            raise TourError(f"{name} has no tabs")
        self.counted.keys += 1
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
        self.app.processEvents()

    def pick_row(self, table: str, has: str, *, open_it: bool = False) -> None:
        """Click the row of a table in which some words stand; with `open_it`, press Enter on it."""
        view = self.find(table)
        if not isinstance(view, QAbstractItemView):
            raise TourError(f"{table} is not a table")

        def row() -> int | None:
            model = view.model()
            for place in range(model.rowCount()):
                words = (str(model.index(place, column).data() or "") for column in range(model.columnCount()))
                if any(has.casefold() in word.casefold() for word in words):
                    return place + 1
            return None

        place = self.until(f"{has!r} in {table}", row) - 1
        index = view.model().index(place, 0)
        view.scrollTo(index)
        self.counted.keys += 1
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
        self.app.processEvents()
        if open_it:
            self.key("Return")

    # Eyes ------------------------------------------------------------------------------------------------

    def pictures(self, folder: Path, name: str) -> list[str]:
        """Take a picture in light and in dark; returns the files' names.

        The look that is on comes first, and the other one stays on: each is worked in by turns, and putting one on,
        which costs a quarter of a second, is done once.
        """
        clashes = clashing_keys(self.window)
        if clashes:
            raise TourError(f"keys that would do nothing at {name}: {'; '.join(clashes)}")
        now = theme.mode()
        other = "light" if now == "dark" else "dark"
        made = []
        for mode in (now, other):
            theme.apply(self.app, mode)
            self.quiet()
            self.settle(0.08)
            file = folder / f"{name}-{mode}.png"
            self.window.grab().save(str(file))
            made.append(file.name)
        return sorted(made, reverse=True)


def _compose(target: QWidget, letter: str) -> None:
    from PySide6.QtGui import QInputMethodEvent

    event = QInputMethodEvent("", [])
    event.setCommitString(letter)
    QApplication.sendEvent(target, event)
