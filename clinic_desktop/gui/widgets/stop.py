"""The one kind of dialog: for what must stop everything, with a reason where one is required."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clinic_desktop.gui import icons
from clinic_desktop.gui.widgets.buttons import Button, StopButton
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.text import NoteEdit
from clinic_desktop.i18n import _


class ConfirmStop(QDialog):
    """Says what is about to happen; emits `accepted` with `reason()` filled in, or `rejected`.

    Show it with `open()`, never `exec()`. Its objects are ``<name>.reason``, ``<name>.confirm``, ``<name>.keep``.
    """

    def __init__(
        self,
        parent: QWidget,
        name: str,
        title: str,
        words: str,
        *,
        confirm: str,
        keep: str = "",
        reason: str = "",
        least: int = 3,
        meaning: str = "critical",
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(480)
        self._least = least
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        sign = QLabel()
        sign.setPixmap(icons.pixmap("stop" if meaning == "critical" else "alert", meaning, 28))
        head.addWidget(sign)
        head.addWidget(label(title, "section", wrap=True), 1)
        column.addLayout(head)
        column.addWidget(label(words, name=f"{name}.words", wrap=True))
        self._reason = NoteEdit(reason, f"{name}.reason", rows=2, required=True) if reason else None
        if self._reason is not None:
            column.addWidget(self._reason)
        row = QHBoxLayout()
        row.addStretch(1)
        self._keep = Button(keep or _("&Go back"), f"{name}.keep", self.reject)
        self._confirm = StopButton(confirm, f"{name}.confirm", self._accept)
        row.addWidget(self._keep)
        row.addWidget(self._confirm)
        column.addLayout(row)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._accept)
        (self._reason or self._keep).setFocus()

    def reason(self) -> str:
        """The reason given."""
        return self._reason.value() if self._reason is not None else ""

    def _accept(self) -> None:
        if self._reason is not None and len(self.reason().strip()) < self._least:
            self._reason.show_error(_("Please write why."))
            self._reason.setFocus()
            return
        self.accept()
