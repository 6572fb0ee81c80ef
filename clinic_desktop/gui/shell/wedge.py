"""A scanner that types like a keyboard, heard wherever the focus is. Whatever is no scan reaches the focus untouched.

Only the window that has the focus is listened to, as in `idle`: a filter on the application would see every event.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QInputEvent, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit
from shiboken6 import isValid

from clinic_desktop.gui.shell.burst import Burst, Wedge

_KEYS = {QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride}
_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock,
              Qt.Key.Key_NumLock, Qt.Key.Key_Meta}  # fmt: skip
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_WEAK = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier
# What a scanner types for the characters that a keyboard has no key for: Ctrl and the key 64 above it.
_CONTROLS = {
    Qt.Key.Key_BracketRight: "\x1d", Qt.Key.Key_Backslash: "\x1c", Qt.Key.Key_AsciiCircum: "\x1e",
    Qt.Key.Key_6: "\x1e", Qt.Key.Key_D: "\x04", Qt.Key.Key_J: "\n", Qt.Key.Key_M: "\n",
}  # fmt: skip
_LARGEST_CODE = 255
_SETTLE_MS = 3


class WedgeFilter(QObject):
    """Holds keys that may be a scan; `scanned` is told of one, with what gives the keys back if nobody takes it."""

    def __init__(
        self,
        scanned: Callable[[str, Callable[[], None]], None],
        listens: Callable[[], bool],
        wedge: Wedge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._scanned, self._listens = scanned, listens
        self._burst: Burst[QKeyEvent] = Burst(wedge)
        self._window: QWindow | None = None
        self._replaying = False
        self._code: str | None = None  # the digits of a code typed with Alt held
        self._heard = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._listen)
            self._listen(app.focusWindow())

    @property
    def gap_ms(self) -> int:
        """The longest time between two keys of one scan."""
        return self._burst.wedge.gap_ms

    def set_wedge(self, wedge: Wedge) -> None:
        """Listen to a scanner that is set up another way."""
        self.flush()
        self._burst = Burst(wedge)

    def flush(self) -> None:
        """Give back what is held: something else happens now."""
        self._timer.stop()
        if self._burst.is_open:
            _scan, keys = self._burst.settle()
            self._give_back(keys, self._window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Hold a key that may be of a scan; let go of everything else."""
        kind = event.type()
        if kind in _KEYS and isinstance(event, QKeyEvent) and not self._replaying:
            return self._key(watched, event)
        if kind in {QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}:
            # It comes after the keys that were pressed before it.
            self.flush()
        return super().eventFilter(watched, event)

    # ---------------------------------------------------------------------------------------------------

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        if not self._may_listen() or event.isAutoRepeat():
            self.flush()
            return False
        at = _instant(event)
        if event.type() == QEvent.Type.ShortcutOverride:
            # Within a scan no key is a shortcut: Ctrl+] is a separator and Alt+2 a digit of a code.
            text = self._text(event)
            if self._burst.may_go_on(at) and event.modifiers() & ~_WEAK and text is not None:
                event.accept()
                return True
            # Any other shortcut comes after the keys that were pressed before it.
            if event.key() not in _MODIFIERS and (text is None or not self._burst.may_go_on(at)):
                self._settle()
            return False
        self._window = watched if isinstance(watched, QWindow) else None
        if event.type() == QEvent.Type.KeyRelease:
            return self._release(event, at)
        if not self._burst.may_go_on(at):
            self._settle()
        if event.key() in _MODIFIERS:
            if event.key() == Qt.Key.Key_Alt and self._burst.is_open:
                self._code = ""
            return self._burst.beside(event.clone()) == "held"
        text = self._text(event)
        if text is None or not self._listens():
            self.flush()
            return False
        if self._code is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._code += text
            text = ""
        if self._burst.press(event.clone(), text, at) == "held":
            self._wait()
            return True
        self.flush()
        return False

    def _release(self, event: QKeyEvent, at: float) -> bool:
        if event.key() == Qt.Key.Key_Alt and self._code is not None:
            digits, self._code = self._code, None
            if digits.isdigit() and int(digits) <= _LARGEST_CODE and self._burst.is_open:
                self._wait()
                return self._burst.press(event.clone(), chr(int(digits)), at) == "held"
        return self._burst.beside(event.clone()) == "held"

    def _text(self, event: QKeyEvent) -> str | None:
        """What a key stands for in a scan; None for a key that is in none."""
        modifiers, key = event.modifiers(), event.key()
        if modifiers & Qt.KeyboardModifier.AltModifier:
            # Codes are typed on the keypad: Alt+2 above the letters is a shortcut, however fast it comes.
            keypad = bool(modifiers & Qt.KeyboardModifier.KeypadModifier)
            return chr(key) if self._code is not None and keypad and 48 <= key <= 57 else None
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            return _CONTROLS.get(Qt.Key(key)) if self._burst.is_open else None
        if modifiers & ~_WEAK:
            return None
        if key in _ENTER:
            return "\n"
        if key == Qt.Key.Key_Tab:
            return "\t"
        text = event.text()
        if len(text) == 1 and (text.isprintable() or text in "\x1d\x1e\x1c\x04"):
            return text
        return None

    def _may_listen(self) -> bool:
        if not self._burst.wedge.on or QApplication.activeModalWidget() is not None:
            return False
        focus = QApplication.focusWidget()
        # A secret is never held, looked at or taken.
        return not (isinstance(focus, QLineEdit) and focus.echoMode() != QLineEdit.EchoMode.Normal)

    def _wait(self) -> None:
        self._heard = time.monotonic()
        self._timer.start(self._burst.wedge.gap_ms)

    def _look(self) -> None:
        """The gap is over. Where the window was busy meanwhile, keys that wait behind the timer are let in first."""
        now = time.monotonic()
        if (now - self._heard) * 1000 > 2 * self._burst.wedge.gap_ms:
            self._heard = now
            self._timer.start(_SETTLE_MS)
        else:
            self._quiet()

    def _settle(self) -> None:
        if self._burst.is_open:
            self._quiet()

    def _quiet(self) -> None:
        """No more keys: it is a scan, or it is given back."""
        self._timer.stop()
        scan, keys = self._burst.settle()
        self._code = None
        window = self._window
        if not scan:
            self._give_back(keys, window)
            return
        focus = QApplication.focusWidget()

        def give_back() -> None:
            if QApplication.focusWidget() is focus:
                self._give_back(keys, window)

        self._scanned(scan, give_back)

    def _give_back(self, keys: list[QKeyEvent], window: QWindow | None) -> None:
        self._replaying = True
        try:
            for key in keys:
                target = window if window is not None and isValid(window) else QGuiApplication.focusWindow()
                if target is not None:
                    QCoreApplication.sendEvent(target, key)
        finally:
            self._replaying = False

    def _listen(self, window: QWindow | None) -> None:
        self.flush()
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)


def _instant(event: QInputEvent) -> float:
    """When a key was pressed, by the window system where it says so: a window that was busy must not see a person's
    keys as one burst.
    """
    return float(event.timestamp()) or time.monotonic() * 1000
