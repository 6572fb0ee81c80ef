"""Sign in, and the lock: the only pages that show while nobody may act. They know nothing of a patient."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.push import LinkButton, PrimaryButton
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.staffline import StaffLine

CARD = 400


class Card(QFrame):
    """A card in the middle of a page; put rows into `column`."""

    def __init__(self, page: QWidget, *, width: int = CARD) -> None:
        super().__init__()
        self.setProperty("panel", "raised")
        self.setFixedWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(32, 28, 32, 28)
        self.column.setSpacing(16)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self)
        middle.addStretch(1)
        outer = QVBoxLayout(page)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)


class SignInPage(QWidget):
    """Who, and their password; `given` carries username and password."""

    given = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("signin")
        card = Card(self)
        self._clinic = label(_("Clinic Desktop"), "title", name="signin.clinic", wrap=True)
        self._words = label(_("Sign in to start work."), "secondary", wrap=True)
        self.who = ChoiceField(_("&Who are you?"), "signin.username", (), none=None)
        self.password = TextField(_("&Password"), "signin.password", secret=True, longest=1024)
        self.button = PrimaryButton(_("&Sign in"), "signin.primary", self._give)
        self._demo = label("", "secondary", name="signin.demo", wrap=True)
        for part in (self._clinic, self._words, self.who, self.password, self.button, self._demo):
            card.column.addWidget(part)
        self._demo.hide()
        self.password.line.returnPressed.connect(self._give)
        self._busy = False

    def show_people(self, clinic: str, people: Sequence["StaffLine"], demo: str = "") -> None:
        """Show who may sign in; `demo` is shown as it is."""
        self._clinic.setText(clinic or _("Clinic Desktop"))
        self.who.set_choices([(each.username, _named(each)) for each in people])
        self._demo.setText(demo)
        self._demo.setVisible(bool(demo))

    def begin(self, username: str = "") -> None:
        """Make ready for the next person."""
        self.set_busy(False)
        self.password.clear()
        if username:
            self.who.set_value(username)
        (self.password if self.who.box.count() else self.who).setFocus()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the password is being looked at."""
        self._busy = busy
        self.button.set_busy(busy)
        self.password.line.setReadOnly(busy)

    def refuse(self, words: str) -> None:
        """Say why not."""
        self.set_busy(False)
        self.password.line.selectAll()
        self.password.show_error(words)
        self.password.setFocus()

    def _give(self) -> None:
        if self._busy:
            return
        if not self.password.value():
            self.password.show_error(_("Please type your password."))
            self.password.setFocus()
            return
        self.set_busy(True)
        self.given.emit(self.who.draft(), self.password.value())


class LockPage(QWidget):
    """Locked: the same person goes on with their password, or makes way for another."""

    given = Signal(str)
    switch_user = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lock")
        card = Card(self)
        self._who = label("", "title", name="lock.who", wrap=True)
        words = label(_("Locked. What you typed is kept."), "secondary", wrap=True)
        self.password = TextField(_("&Password"), "lock.password", secret=True, longest=1024)
        self.button = PrimaryButton(_("&Unlock"), "lock.primary", self._give)
        other = LinkButton(_("Somebody &else …"), "lock.switch", self.switch_user.emit)
        for part in (self._who, words, self.password, self.button):
            card.column.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(other)
        row.addStretch(1)
        card.column.addLayout(row)
        self.password.line.returnPressed.connect(self._give)
        self._busy = False

    def begin(self, name: str) -> None:
        """Show whose work is locked."""
        self._who.setText(name)
        self.set_busy(False)
        self.password.clear()
        self.password.setFocus()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the password is being looked at."""
        self._busy = busy
        self.button.set_busy(busy)

    def refuse(self, words: str) -> None:
        """Say why not."""
        self.set_busy(False)
        self.password.line.selectAll()
        self.password.show_error(words)
        self.password.setFocus()

    def _give(self) -> None:
        if self._busy:
            return
        self.set_busy(True)
        self.given.emit(self.password.value())


def _named(each: "StaffLine") -> str:
    name = each.display_name or each.username
    return f"{name} · {each.role}" if each.role else name
