"""Text as a machine sent it: monospaced, never wrapped, not to be changed, with some of its lines marked."""

from collections.abc import Sequence

from PySide6 import QtGui
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from clinic_desktop.gui.theme.apply import tokens


class RawText(QPlainTextEdit):
    """Lines to be read; Tab goes on, since nothing is typed here."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        face = QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.FixedFont)
        face.setPointSizeF(9.5)
        face.setStyleHint(QtGui.QFont.StyleHint.Monospace)
        self.setFont(face)
        # The sheet of the theme names a face for every widget, and a sheet outweighs a font.
        self.setStyleSheet(f'QPlainTextEdit {{ font-family: "{face.family()}", monospace; font-size: 9.5pt; }}')
        self._marked: tuple[int, ...] = ()

    def show_lines(self, lines: Sequence[str], marked: Sequence[int] = ()) -> None:
        """Show lines, and bring the first of the marked ones into view."""
        self.setPlainText("\n".join(lines))
        self._marked = tuple(marked)
        self._mark()
        if self._marked:
            block = self.document().findBlockByNumber(self._marked[0])
            self.setTextCursor(QtGui.QTextCursor(block))
            self.centerCursor()

    def marked_text(self) -> str:
        """The lines that are marked."""
        return "\n".join(self.document().findBlockByNumber(each).text() for each in self._marked)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Mark in the colours of the new theme."""
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange:
            self._mark()

    def _mark(self) -> None:
        extra = []
        for number in self._marked:
            one = QTextEdit.ExtraSelection()
            one.cursor = QtGui.QTextCursor(self.document().findBlockByNumber(number))
            one.format.setBackground(QtGui.QColor(tokens().soft("accent")))
            one.format.setProperty(QtGui.QTextFormat.Property.FullWidthSelection, 1)
            extra.append(one)
        self.setExtraSelections(extra)
