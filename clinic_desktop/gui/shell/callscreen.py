"""The screen in the waiting room: a second window that shows who is called, and nothing of anybody else.

It follows the queue while somebody is signed in, locked or not. With no key in the process it shows the clinic's name.
"""

from typing import TYPE_CHECKING, Protocol

from PySide6 import QtGui, QtWidgets
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from clinic_desktop.clock import SystemClock
from clinic_desktop.gui.tasks_qt import QtTasks
from clinic_desktop.gui.theme.apply import numbers, tokens
from clinic_desktop.gui.widgets.labels import Elided, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.window import MainWindow
    from clinic_desktop.services.device_views import Board

SETTING = "callscreen"
EARLIER = 3  # calls shown under the last one
# A call is shown for half an hour, whether or not the queue moves.
LOOK_MS = 30_000
TOUCHED = ("queue.", "patient.", "settings.", "setting.", "merge.", "appointment.")


class Public(Protocol):
    """The part of the way into the clinic that a waiting room needs."""

    remembered: Remembered

    def clinic(self) -> str:
        """The clinic's name."""
        ...

    def board(self) -> "Board | None":
        """Who is called; None where the process has no key."""
        ...


class CallScreen(QWidget):
    """The window: the last ticket large, those before it, the tickets that are next, the clinic's name and the time."""

    def __init__(self, clinic: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("callscreen")
        self.setWindowTitle(_("Call screen"))
        # It ends with the work window, and never keeps the program alive by itself.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dressed = (0, "")
        self.clinic = Elided(clinic, name="callscreen.clinic")
        self.please = label("", name="callscreen.please")
        self.ticket = label("", name="callscreen.ticket")
        self.shown = Elided(name="callscreen.shown")
        self.where = Elided(name="callscreen.where")
        self.earlier = [Elided(name=f"callscreen.earlier{place}") for place in range(EARLIER)]
        self.following = Elided(name="callscreen.following")
        self.clock = label("", name="callscreen.clock")
        self.resize(960, 600)
        self._arrange()
        self._board: Board | None = None
        self._minute = QTimer(self)
        self._minute.setInterval(1000)
        self._minute.timeout.connect(self._tell_time)
        self._minute.start()
        self._tell_time()
        self.show_board(None)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 24)
        column.setSpacing(0)
        head = QtWidgets.QHBoxLayout()
        head.addWidget(self.clinic, 1)
        head.addWidget(self.clock)
        column.addLayout(head)
        column.addStretch(1)
        for part in (self.please, self.ticket, self.shown, self.where):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        column.addStretch(1)
        for part in self.earlier:
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        column.addStretch(1)
        self.following.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.following)

    def show_board(self, board: "Board | None") -> None:
        """Show who is called; with None nothing but the clinic's name."""
        self._board = board
        calls: list[tuple[str, str, str]] = []
        if board is not None:
            rooms = board.rooms or ("",) * len(board.calls)
            calls = [
                (str(call.ticket), call.shown, " · ".join(part for part in (room, call.to) if part))
                for call, room in zip(board.calls, rooms, strict=True)
            ]
        first = calls[0] if calls else ("", "", "")
        self.please.setText(_("Please come in") if calls else "" if board is None else _("Nobody is called"))
        self.ticket.setText(first[0])
        self.clinic.setVisible(board is not None)
        self.shown.setText(self.clinic.text() if board is None else first[1])
        self.where.setText(first[2])
        for place, part in enumerate(self.earlier, 1):
            part.setText("   ".join(word for word in calls[place] if word) if place < len(calls) else "")
        following = () if board is None else board.following
        self.following.setText(_("Next: {tickets}").format(tickets="  ".join(map(str, following))) if following else "")
        for each in (self.please, self.ticket, self.shown, self.where, self.following, *self.earlier):
            each.setVisible(bool(each.text()))
        # What is read from the far end of a room is also what a screen reader says.
        self.setAccessibleName(" ".join(word for word in (self.please.text(), *first) if word) or self.clinic.text())

    def turn(self) -> None:
        """Fill the display, or be a window beside the others."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """F11 fills the display or not, Esc closes."""
        acts = {Qt.Key.Key_F11: self.turn, Qt.Key.Key_Escape: self.close}
        if (act := acts.get(Qt.Key(event.key()))) is not None:
            act()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Letters as large as the display lets them be."""
        super().resizeEvent(event)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Take the colours of the other theme."""
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        high, look = min(self.height(), self.width() * 5 // 8), tokens()
        if self._dressed == (high, look.name):
            return  # a sheet that is set changes the palette, which asks for the sheet
        self._dressed = (high, look.name)
        self.setStyleSheet(f"QWidget#callscreen {{ background: {look.page}; }}")
        for part, share, colour, heavy in (
            (self.clinic, 0.035, look.subtle, False), (self.clock, 0.035, look.subtle, False),
            (self.please, 0.045, look.subtle, False), (self.ticket, 0.26, look.accent, True),
            (self.shown, 0.07, look.text, True), (self.where, 0.05, look.text, False),
            (self.following, 0.04, look.subtle, False), *((one, 0.04, look.text, False) for one in self.earlier),
        ):  # fmt: skip
            weight = 700 if heavy else 400
            # A sheet, since the theme's own outweighs a font that is set.
            part.setStyleSheet(f"color: {colour}; font-size: {max(12, int(high * share))}px; font-weight: {weight};")
            part.setFont(numbers(part.font()))

    def _tell_time(self) -> None:
        self.clock.setText(f"{SystemClock().now().astimezone():%H:%M}")


class Calling(QObject):
    """Opens the screen, keeps it right, and remembers that it was open, also when the program starts afresh."""

    def __init__(self, window: "MainWindow", door: Public) -> None:
        super().__init__(window)
        self._window, self._door = window, door
        self.screen: CallScreen | None = None
        self._working = window.has_frame
        self._tasks = QtTasks(window.pools, lambda _error: None)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.ask)
        window.opened.connect(self._opened)
        window.left.connect(self._left)
        window.destroyed.connect(self.end)
        if (app := QApplication.instance()) is not None:
            app.aboutToQuit.connect(self.end)
        if self._working:
            self._opened(None)
        if door.remembered.get(SETTING):
            self.open()

    def _opened(self, _place: object) -> None:
        self._working = True
        self._window.frame.place.program.call_screen = self.open
        self._window.frame.devices_asked.connect(self._asked)
        self.ask()

    def _asked(self, what: str) -> None:
        if what == SETTING:
            self.open()

    def _left(self) -> None:
        """The key is gone: so is everything but the clinic's name."""
        self._working = False
        self._tasks.drop("board")
        if self.screen is not None:
            self.screen.show_board(None)

    def open(self) -> None:
        """Show it on another display where there is one, else beside the work window."""
        if self.screen is None:
            self.screen = CallScreen(self._door.clinic())
            self.screen.installEventFilter(self)
        self._door.remembered.set(SETTING, "open")
        own = self._window.screen()
        others = [each for each in QtGui.QGuiApplication.screens() if each is not own]
        if others:
            self.screen.setGeometry(others[0].geometry())
            self.screen.showFullScreen()
        else:
            self.screen.show()
        self._look.start()
        self.ask()

    def moved(self, kinds: frozenset[str]) -> None:
        """The journal moved, whether or not the work window is locked."""
        if any(kind.startswith(TOUCHED) for kind in kinds):
            self.ask()

    def ask(self) -> None:
        """Ask who is called."""
        if self.screen is not None and self.screen.isVisible() and self._working:
            self._tasks.query("board", self._door.board, self._arrived)

    def end(self) -> None:
        """The program ends: what is remembered stays remembered."""
        self._look.stop()
        screen, self.screen = self.screen, None
        if screen is not None:
            screen.removeEventFilter(self)
            screen.close()
            screen.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Closed by hand it stays closed."""
        if watched is self.screen and event.type() == event.Type.Close:
            self._look.stop()
            self._door.remembered.set(SETTING, "")
        return super().eventFilter(watched, event)

    def _arrived(self, board: "Board | None") -> None:
        if self.screen is not None and self._working:
            self.screen.show_board(board)
