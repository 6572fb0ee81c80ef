"""The palette (Ctrl+K): patients, acts and screens in one box, results as they are typed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.panel import Line, label
from clinic_desktop.gui.widgets.search import ROW_HEIGHT, ResultList, Suggestion
from clinic_desktop.i18n import _, ngettext

LEAST_LETTERS = 2
MOST_ROWS = 9
WIDTH = 640

PATIENT, GO = "patient:", "go:"

Find = Callable[[str], Sequence[Suggestion]]


class Palette(QFrame):
    """Floats over the frame. `picked` carries the `Suggestion` chosen: its key starts with PATIENT or GO.

    `closed` carries the words last searched for and the patient chosen ("" if none): once per use that asked.
    """

    picked = Signal(object)
    closed = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setProperty("panel", "raised")
        self._find: Find | None = None
        self._tasks: Tasks | None = None
        self._own: tuple[Suggestion, ...] = ()
        self._patients: tuple[Suggestion, ...] = ()
        self._asked = ""
        self._answered = self._hurried = ""  # the words last answered; those for which Enter was pressed too soon
        self._before: QWidget | None = None
        self._over = parent
        self.box = QLineEdit()
        self.box.setObjectName("palette.box")
        self.box.setAccessibleName(_("Find patients, acts, screens"))
        self.box.setPlaceholderText(_("Name, phone, MRN, or what you want to do"))
        self.box.setFixedHeight(40)
        self.results = ResultList(self)
        self.results.setObjectName("palette.results")
        self.results.setProperty("panel", "inner")
        self.results.picked.connect(self._pick)
        foot = QHBoxLayout()
        self._said = label("", "secondary", name="palette.said")
        foot.addWidget(self._said, 1)
        foot.addWidget(label(_("↑ ↓ to move    Enter to open    Esc to close"), "secondary"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.box)
        column.addWidget(self.results, 1)
        column.addWidget(Line())
        column.addLayout(foot)
        self.box.textChanged.connect(self._typed)
        self.box.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    def use(self, tasks: Tasks, find: Find, own: Sequence[Suggestion]) -> None:
        """Say where patients are asked for, and which acts and screens there are."""
        self._tasks, self._find, self._own = tasks, find, tuple(own)

    def open_up(self) -> None:
        """Show the palette, empty."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self._asked, self._patients, self._answered, self._hurried = "", (), "", ""
        self.box.clear()
        self._arrange("")
        self.show()
        self.raise_()
        self._place()
        self.box.setFocus()

    def close_down(self, chosen: str = "") -> None:
        """Hide it, and say what was searched for and chosen."""
        if self.isHidden():
            return
        before, self._before = self._before, None
        had = self.box.hasFocus()
        self.hide()
        if before is not None and had:
            before.setFocus()
        if self._asked:
            self.closed.emit(self._asked, chosen)
        self.box.clear()
        self.results.show_results(())

    def _typed(self, text: str) -> None:
        text = text.strip()
        if not self.isVisible():
            return
        if len(text) < LEAST_LETTERS:
            self._patients = ()
        elif self._tasks is not None and self._find is not None:
            find = self._find
            self._asked = text
            self._tasks.query("palette", lambda: tuple(find(text)), lambda found: self._arrived(text, found))
        self._arrange(text)

    def _arrived(self, text: str, found: tuple[Suggestion, ...]) -> None:
        if self.isVisible() and text == self.box.text().strip():
            self._patients, self._answered = found, text
            self._arrange(text)
            if self._hurried == text:
                self._take()

    def _arrange(self, text: str) -> None:
        words = text.casefold().split()
        own = [each for each in self._own if all(word in f"{each.text} {each.heading}".casefold() for word in words)]
        # An act whose words begin as typed stands before patients; the others after them.
        first = [each for each in own if words and each.text.casefold().startswith(text.casefold())][:3]
        rest = [each for each in own if each not in first][: 20 if not words else 6]
        patients = [replace(each, key=PATIENT + each.key, icon=each.icon or "person") for each in self._patients]
        self.results.show_results([*first, *patients, *rest])
        self._said.setText(self._counted(text))
        self._place()

    def _counted(self, text: str) -> str:
        if len(text) < LEAST_LETTERS:
            return ""
        if self._answered != text:
            return _("Looking …")
        return ngettext("{n} patient", "{n} patients", len(self._patients))

    def _pick(self, found: Suggestion) -> None:
        patient = found.key.removeprefix(PATIENT) if found.key.startswith(PATIENT) else ""
        self.close_down(patient)
        self.picked.emit(found)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrow keys move in the results while the box is typed in."""
        if watched is self._over:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut and self.isVisible():
            if event.reason() == Qt.FocusReason.OtherFocusReason:
                # A screen whose rows have just arrived put its cursor somewhere: the person is typing here.
                QTimer.singleShot(0, self, self._take_back)
            else:
                self.close_down()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        key = Qt.Key(event.key())
        if key in steps:
            self.results.move(steps[key])
        elif key == Qt.Key.Key_Escape:
            self.close_down()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take()
        else:
            return False
        return True

    def _take(self) -> None:
        """Open what is chosen; before the answer is there, as soon as it has come."""
        found = self.results.current()
        if found is not None:
            self._pick(found)
        else:
            self._hurried = self.box.text().strip()

    def _take_back(self) -> None:
        if self.isVisible():
            self.box.setFocus()

    def _place(self) -> None:
        rows = min(max(len(self.results.results()), 1), MOST_ROWS)
        height = rows * ROW_HEIGHT + 100
        width = min(WIDTH, self._over.width() - 48)
        self.setGeometry((self._over.width() - width) // 2, 60, width, min(height, self._over.height() - 72))
