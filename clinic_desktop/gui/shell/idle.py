"""Notices that nobody is there: by a clock that runs while the machine sleeps and that nobody can set."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow

CHECK_MS = 5000

_SIGNS = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}

_LOCK = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L)


def boot_seconds() -> float:
    """Seconds since the machine started, its sleep included where the system tells that."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Idle(QObject):
    """Emits `idle` once nobody has touched a key or the mouse for so many minutes."""

    idle = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = boot_seconds) -> None:
        super().__init__(parent)
        self._clock = clock
        self._minutes = 0.0
        self._last = clock()
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.look)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            # Only windows are listened to: a filter on the application would see every event there is.
            app.focusWindowChanged.connect(self._listen)

    def start(self, minutes: float) -> None:
        """Begin to watch; 0 minutes never locks."""
        self._minutes = minutes
        self.touch()
        self._timer.start()

    def stop(self) -> None:
        """Stop watching."""
        self._timer.stop()

    def touch(self) -> None:
        """Somebody is there."""
        self._last = self._clock()

    def look(self) -> None:
        """Say so if nobody has been there for long enough."""
        if self._minutes and self._clock() - self._last >= self._minutes * 60:
            self.stop()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A key or the mouse is a sign of somebody, unless they have been away for too long already."""
        if event.type() in _SIGNS and self._timer.isActive():
            self.look()
            self.touch()
            # A dialog stands before the window and its shortcuts; locking must work over it too.
            if isinstance(event, QKeyEvent) and event.keyCombination() == _LOCK:
                self.idle.emit()
        return super().eventFilter(watched, event)

    def _listen(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)


class Countdown(QObject):
    """Emits `over` so many minutes after its start, whoever moves the mouse, the machine's sleep included."""

    over = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = boot_seconds) -> None:
        super().__init__(parent)
        self._clock = clock
        self._end = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def start(self, minutes: float) -> None:
        """Begin to count; 0 minutes are over at once."""
        self._end = self._clock() + minutes * 60
        self._timer.start(CHECK_MS if minutes > 0 else 0)

    def stop(self) -> None:
        """It is not needed any more, and never will be again."""
        self._timer.stop()
        self.deleteLater()

    def look(self) -> None:
        """Say so if the time is over."""
        if self._clock() >= self._end:
            self.stop()
            self.over.emit()
