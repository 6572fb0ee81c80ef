"""Words: one line, or a note of many."""

from PySide6 import QtGui, QtWidgets

from clinic_desktop.gui.widgets.fields import Field, LineField

NOTE_WIDTH = 90  # characters: longer lines are hard to read


class TextField(LineField):
    """One line of words; `value()` is trimmed."""

    def __init__(
        self,
        label: str,
        name: str,
        *,
        hint: str = "",
        required: bool = False,
        placeholder: str = "",
        secret: bool = False,
        longest: int = 500,
    ) -> None:
        super().__init__(label, name, hint=hint, required=required, placeholder=placeholder)
        self.line.setMaxLength(longest)
        self.is_secret = secret
        if secret:
            self.line.setEchoMode(QtWidgets.QLineEdit.EchoMode.Password)

    def value(self) -> str:
        """The words, trimmed; a password as it is."""
        return self.line.text() if self.is_secret else self.line.text().strip()

    def set_value(self, value: object) -> None:
        """Show words."""
        self.line.setText("" if value is None else str(value))

    def draft(self) -> str:
        """What was typed; a password is never kept."""
        return "" if self.is_secret else self.line.text()

    def problem(self) -> str:
        """A missing required text; a password counts though it is never kept as a draft."""
        return "" if self.is_secret and self.line.text() else super().problem()


class NoteEdit(Field):
    """A note of many lines, at most 90 characters wide; grows from `rows` lines as it is written."""

    def __init__(self, label: str, name: str, *, rows: int = 3, hint: str = "", required: bool = False) -> None:
        super().__init__(label, name, hint=hint, required=required)
        self.note = QtWidgets.QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self._rows = rows
        self.put(self.note)
        self.note.textChanged.connect(self._was_edited)
        self.note.textChanged.connect(self._grow)
        self._grow()

    def value(self) -> str:
        """The note, without space at its end."""
        return self.note.toPlainText().rstrip()

    def set_value(self, value: object) -> None:
        """Show a note."""
        self.note.setPlainText("" if value is None else str(value))

    def draft(self) -> str:
        """What was typed."""
        return self.note.toPlainText()

    def restore(self, draft: str) -> None:
        """Put back what was typed."""
        self.note.setPlainText(draft)

    def insert(self, text: str) -> None:
        """Insert words where the cursor is, as a template or a macro does; undo takes them out."""
        self.note.insertPlainText(text)

    def _grow(self) -> None:
        metrics = QtGui.QFontMetricsF(self.note.font())
        lines = min(max(self._rows, self.note.document().blockCount() + 1), 16)
        self.note.setFixedHeight(round(lines * metrics.lineSpacing()) + 20)
        self.note.setMaximumWidth(round(NOTE_WIDTH * metrics.averageCharWidth()) + 32)
