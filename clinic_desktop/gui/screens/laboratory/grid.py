"""The result grid: one line for each test, one key a value, Enter or Down to the next."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from clinic_desktop.domain.units import written
from clinic_desktop.gui import theme
from clinic_desktop.gui.screens.laboratory.sheet import GridRow
from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.flags import flag_look
from clinic_desktop.gui.widgets.panel import Line, clear_layout, label
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.i18n import _

VALUE_WIDTH, CHOICE_WIDTH = 104, 176


class GridLine:
    """The parts of one test's line that change while it is typed; the grid lays them out."""

    def __init__(self, row: GridRow) -> None:
        self.row = row
        self.edit = QLineEdit()
        self.edit.setObjectName(f"laboratory.value.{row.code}")
        self.edit.setAccessibleName(f"{row.name} {row.unit}".strip())
        self.edit.setFont(theme.numbers(self.edit.font()))
        self.edit.setFixedWidth(CHOICE_WIDTH if row.choices or row.wordy else VALUE_WIDTH)
        if not row.choices and not row.wordy:
            self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.value = label("", "strong", name=f"laboratory.stands.{row.code}")
        self.value.setFont(theme.numbers(self.value.font()))
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.flag = Pill("", "neutral", "ring", f"laboratory.flag.{row.code}")
        self.words = label("", "secondary", name=f"laboratory.words.{row.code}", wrap=True)

    def show_row(self, row: GridRow) -> None:
        """Show the line anew; what is being typed is left alone."""
        self.row = row
        self.edit.setVisible(row.editable)
        if row.editable and self.edit.text() != row.typed:
            self.edit.setText(row.typed)
        self.value.setVisible(not row.editable)
        self.value.setText(row.value or "–")
        look = flag_look(row.flag)
        self.flag.setVisible(look is not None)
        if look is not None:
            self.flag.show_look(look)
        self.words.setText(row.words)
        self.words.setVisible(bool(row.words))
        kind = {"critical": "error", "warning": "warning"}.get(row.meaning, "secondary")
        if self.words.property("type") != kind:
            self.words.setProperty("type", kind)
            self.words.style().unpolish(self.words)
            self.words.style().polish(self.words)
        wrong = row.meaning == "critical"
        if bool(self.edit.property("wrong")) != wrong:
            self.edit.setProperty("wrong", wrong)
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)


class ResultGrid(QWidget):
    """All tests of an order; `typed(code, text)` on each key, `left(code)` on Enter or Down."""

    typed = Signal(str, str)
    change = Signal(str)
    correct = Signal(str)

    def __init__(self, leave: Callable[[str], bool]) -> None:
        super().__init__()
        self.setObjectName("laboratory.grid")
        self._leave = leave
        self._lines: dict[str, GridLine] = {}
        self._table = QGridLayout(self)
        self._table.setContentsMargins(0, 0, 0, 0)
        self._table.setHorizontalSpacing(12)
        self._table.setVerticalSpacing(2)
        self._table.setColumnStretch(0, 1)

    def show_rows(self, rows: Sequence[GridRow]) -> None:
        """Show the tests of an order; lines that are there already keep their cursor."""
        if [row.code for row in rows] == list(self._lines) and all(
            _same_shape(self._lines[row.code].row, row) for row in rows
        ):
            for row in rows:
                self.show_row(row)
            return
        focused = next((code for code, line in self._lines.items() if line.edit.hasFocus()), "")
        clear_layout(self._table)
        self._lines = {}
        for column, title in enumerate((_("Test"), _("Value"), _("Unit"), _("Flag"), _("Normal"), _("Before"))):
            head = label(title, "secondary")
            if column == 1:
                head.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._table.addWidget(head, 0, column)
        for row in rows:
            self._add(row)
        if focused in self._lines:
            self._lines[focused].edit.setFocus()

    def show_row(self, row: GridRow) -> None:
        """Show one line anew."""
        self._lines[row.code].show_row(row)

    def focus(self, code: str) -> None:
        """Put the cursor into a value."""
        line = self._lines[code]
        line.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        line.edit.selectAll()

    def _add(self, row: GridRow) -> None:
        line = GridLine(row)
        self._lines[row.code] = line
        line.edit.textEdited.connect(lambda text: self.typed.emit(row.code, text))
        line.edit.installEventFilter(self)
        at = self._table.rowCount()
        middle = Qt.AlignmentFlag.AlignVCenter
        name = label(row.name, name=f"laboratory.name.{row.code}", wrap=True)
        name.setBuddy(line.edit)
        value = QWidget()
        inside = QHBoxLayout(value)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(line.value, 1)
        inside.addWidget(line.edit)
        value.setMinimumHeight(32)
        wide = bool(row.choices) or row.wordy
        self._table.addWidget(Line(), at, 0, 1, 7)
        self._table.addWidget(name, at + 1, 0, middle)
        self._table.addWidget(value, at + 1, 1, 1, 2 if wide else 1)
        if not wide:
            self._table.addWidget(label(written(row.unit), "secondary"), at + 1, 2, middle)
        self._table.addWidget(_holder(line.flag), at + 1, 3, middle)
        self._table.addWidget(label(row.expected, "secondary", wrap=wide), at + 1, 4, middle)
        self._table.addWidget(label(row.before, "secondary"), at + 1, 5, middle)
        if row.may_change:
            change = LinkButton(_("Change"), f"laboratory.change.{row.code}", lambda: self.change.emit(row.code))
            self._table.addWidget(change, at + 1, 6, middle)
        if row.may_correct:
            correct = LinkButton(_("Correct"), f"laboratory.correct.{row.code}", lambda: self.correct.emit(row.code))
            self._table.addWidget(correct, at + 1, 6, middle)
        self._table.addWidget(self._below(row, line), at + 2, 0, 1, 7)
        line.show_row(row)  # only now: a part shown before it has a place would be a window of its own

    def _below(self, row: GridRow, line: GridLine) -> QWidget:
        """What is said under a line: values that stood before, and words."""
        below = QWidget()
        column = QHBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(8)
        for place, old in enumerate(row.old):
            struck = label(old.value, name=f"laboratory.old.{row.code}.{place}")
            font = QFont(struck.font())
            font.setStrikeOut(True)
            struck.setFont(font)
            column.addWidget(struck)
            column.addWidget(label(old.words, "secondary", wrap=True))
        column.addWidget(line.words, 1)
        return below

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter and Down go to the next value, Up to the one before."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):  # fmt: skip
            code = next((code for code, line in self._lines.items() if line.edit is watched), "")
            key = event.key()
            if code and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down}:
                if self._leave(code):
                    self._move(code, 1)
                return True
            if code and key == Qt.Key.Key_Up:
                self._move(code, -1)
                return True
        return super().eventFilter(watched, event)

    def _move(self, code: str, by: int) -> None:
        editable = [one for one, line in self._lines.items() if line.row.editable]
        place = editable.index(code) + by
        if 0 <= place < len(editable):
            self.focus(editable[place])


def _same_shape(one: GridRow, other: GridRow) -> bool:
    """Whether a line can show another state of itself without being laid out anew."""
    fixed = ("code", "wordy", "name", "unit", "expected", "before", "old", "choices", "may_change", "may_correct")
    return all(getattr(one, name) == getattr(other, name) for name in fixed)


def _holder(pill: Pill) -> QWidget:
    """Keep the pill's column as wide as its widest word, so that lines do not jump while they are typed."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(pill)
    row.addStretch(1)
    holder.setFixedWidth(106)
    return holder
