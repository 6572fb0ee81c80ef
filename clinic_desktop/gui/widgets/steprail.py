"""The steps of a guided path as states in a side rail; any of them is one key away."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.labels import tip
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.sign import Sign
from clinic_desktop.i18n import N_, _

WIDTH, LOWEST = 216, 34  # pixels: the rail, and a step of one line in it

# state -> (icon, meaning, words)
STATES = {
    "not_started": ("ring", "neutral", N_("not started")),
    "in_progress": ("progress", "accent", N_("in progress")),
    "completed": ("done", "good", N_("completed")),
    "skipped_by_rule": ("skip", "neutral", N_("skipped by a rule")),
    "skipped_by_doctor": ("skip", "information", N_("skipped")),
    "blocked": ("stop", "critical", N_("blocked")),
    "reopened": ("undo", "warning", N_("reopened")),
    "not_applicable": ("minus", "neutral", N_("not applicable")),
}


@dataclass(frozen=True)
class Step:
    """One step as shown: its key, its title, its state (a key of `STATES`) and why, such as a rule's reason."""

    key: str
    title: str
    state: str = "not_started"
    reason: str = ""
    shortcut: str = ""


class StepRail(QWidget):
    """Shows the steps; `gone_to` carries the key of the step pressed. Up and Down move, digits jump."""

    gone_to = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._name = name
        self._rows: dict[str, _StepRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self.setFixedWidth(WIDTH)

    def set_steps(self, steps: Sequence[Step], current: str = "") -> None:
        """Show the steps; rows are kept, so that the focus stays where it is."""
        if list(self._rows) != [step.key for step in steps]:
            for row in self._rows.values():
                row.deleteLater()
            self._rows = {}
            for number, step in enumerate(steps, start=1):
                row = _StepRow(f"{self._name}.{step.key}", number, step, self)
                row.clicked.connect(lambda _checked=False, key=step.key: self.gone_to.emit(key))
                self._rows[step.key] = row
                self._column.insertWidget(number - 1, row)
        for step in steps:
            self._rows[step.key].show_step(step, current=step.key == current)

    def set_current(self, key: str) -> None:
        """Mark the step that is open."""
        for each, row in self._rows.items():
            row.setChecked(each == key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move between steps with the arrow keys."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        rows = list(self._rows.values())
        for place, row in enumerate(rows):
            if step and row.hasFocus():
                rows[(place + step) % len(rows)].setFocus()
                return
        super().keyPressEvent(event)


class _StepRow(QPushButton):
    """One step: icon of its state, title, and why in smaller words."""

    def __init__(self, name: str, number: int, step: Step, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "row")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAutoDefault(False)
        self._number = number
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 7, 8, 5)
        row.setSpacing(8)
        self._icon = Sign(18)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = label("")
        self._state = label("", "secondary", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._state)
        words.addStretch(1)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(label(step.shortcut, "secondary"), 0, Qt.AlignmentFlag.AlignTop)
        for part in (self._icon, self._title, self._state):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if step.shortcut:
            QShortcut(QKeySequence(step.shortcut), parent, self.click)

    def show_step(self, step: Step, *, current: bool) -> None:
        """Show the state of the step."""
        self._title.setText(f"{self._number}  {step.title}")
        state = _(STATES[step.state][2])
        # Its icon says of most steps how they stand; eleven lines more would push the last steps out of sight.
        self._state.setText(step.reason or (state if step.state not in {"not_started", "completed"} else ""))
        self._state.setVisible(bool(self._state.text()))
        self.setAccessibleName(f"{self._number} {step.title}: {state} {step.reason}".strip())
        self.setToolTip(tip(f"{state}. {step.reason}" if step.reason else state))
        self.setChecked(current)
        self.updateGeometry()
        icon, meaning, _words = STATES[step.state]
        self._icon.show_icon(icon, meaning)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as its words: a stylesheet takes a fixed height away."""
        return QSize(WIDTH, max(LOWEST, self._row.totalHeightForWidth(WIDTH)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """No smaller than its words."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Leave Up and Down to the rail: of itself a button of a group would be pressed by them."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            event.ignore()
        else:
            super().keyPressEvent(event)
