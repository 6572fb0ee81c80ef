"""A window small enough for a test, holding one screen over real services, driven by keys alone."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services.acts import Desk


class OneScreen(QWidget):
    """Shows one screen; has Ctrl+Enter and Esc, counts keys, and keeps what the screen asked of the window."""

    def __init__(self, desk: Desk, build: Callable[[ScreenContext], ScreenView]) -> None:
        super().__init__()
        self.resize(1208, 700)
        self.keys = 0
        self.errors: list[str] = []
        self.said: list[str] = []
        self.patients: list[str | None] = []
        self.counts: dict[str, int] = {}
        self.papers: list[bytes] = []
        self.undo: Callable[[], None] | None = None
        self.proves = True  # whether the password that is given again is right
        self.view = build(
            ScreenContext(desk, Immediately(), self, RememberedHere(), lambda: date(2026, 3, 10), prove=self.prove)
        )
        self.desk = desk
        QVBoxLayout(self).addWidget(self.view)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.view.primary)
        QShortcut(QKeySequence("Esc"), self, self.view.escape)

    @property
    def focused(self) -> str:
        widget = QApplication.focusWidget()
        return widget.objectName() if widget is not None else ""

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press one key where the focus is."""
        self.keys += 1
        QTest.keyClick(QApplication.focusWidget() or self, key, modifier)
        QTest.qWait(5)

    def primary(self) -> None:
        """Press Ctrl+Enter."""
        self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def text(self, words: str) -> None:
        """Type words where the focus is."""
        self.keys += len(words)
        QTest.keyClicks(QApplication.focusWidget() or self, words)

    def prove(self, password: str) -> None:
        """As the opened clinic does it, for a password that is right or wrong."""
        assert password
        if not self.proves:
            raise Refusal("The username or the password is wrong.", field="own_password")
        self.desk.session.prove(self.desk.store.clock.steady())

    # What a screen may ask of the window -------------------------------------------------------------

    def go(self, screen: str, **arguments: str) -> None: ...

    def back(self) -> None: ...

    def say(self, text: str) -> None:
        self.said.append(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:  # noqa: ARG002 - the shell's
        self.errors.append(str(error))

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:  # noqa: ARG002 - the shell's
        self.undo = undo

    def set_patient(self, patient_id: str | None) -> None:
        self.patients.append(patient_id)

    def refresh_banner(self) -> None: ...

    def set_count(self, screen: str, n: int) -> None:
        self.counts[screen] = n

    def preview(self, document: Callable[[], bytes], title: str) -> None:  # noqa: ARG002 - the shell's
        self.papers.append(document())
