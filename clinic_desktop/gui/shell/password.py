"""Changing one's own password: the present one, and the new one twice."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import Button, PrimaryButton
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _


class PasswordDialog(QDialog):
    """Emits `given` with the present password and the new one; stays until `accept` or `refuse` is called.

    Its objects are ``password.old``, ``password.new``, ``password.again``, ``password.confirm``, ``password.keep``.
    Nothing typed here is ever kept as a draft.
    """

    given = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("password")
        self.setWindowTitle(_("Change my password"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(_("Change my password"), "section"))
        self.old = TextField(_("&Present password"), "password.old", secret=True, longest=1024)
        self.new = TextField(_("&New password"), "password.new", secret=True, longest=1024)
        self.again = TextField(_("New password &again"), "password.again", secret=True, longest=1024)
        for field in (self.old, self.new, self.again):
            column.addWidget(field)
            field.line.returnPressed.connect(self._give)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Button(_("&Go back"), "password.keep", self.reject))
        self._confirm = PrimaryButton(_("&Change it"), "password.confirm", self._give)
        row.addWidget(self._confirm)
        column.addLayout(row)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._give)
        self._busy = False
        self.old.setFocus()

    def refuse(self, words: str, *, about_old: bool) -> None:
        """Say why not, beside the password that it is about."""
        self._set_busy(busy=False)
        field = self.old if about_old else self.new
        field.show_error(words)
        field.setFocus()

    def _give(self) -> None:
        if self._busy:
            return
        if not self.old.value():
            self.old.show_error(_("Please type your password."))
            self.old.setFocus()
        elif self.new.value() != self.again.value():
            self.again.show_error(_("These are not the same."))
            self.again.setFocus()
        else:
            self._set_busy(busy=True)
            self.given.emit(self.old.value(), self.new.value())

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._confirm.set_busy(busy)
