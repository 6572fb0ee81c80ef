"""Buttons with words: one primary on a screen, plain ones, ones that void, and links."""

from collections.abc import Callable

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QWidget

from clinic_desktop.gui import icons


class Button(QPushButton):
    """A plain button: a verb, with its mnemonic as in "&Check in"; `icon` is a name of `icons`."""

    kind = ""
    _icon = ""

    def __init__(
        self,
        text: str,
        name: str,
        act: Callable[[], object] | None = None,
        shortcut: str = "",
        *,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setProperty("kind", self.kind)
        self.setAutoDefault(False)
        self.setAccessibleName(text.replace("&", ""))
        self._icon = icon
        self._words = text
        self._icon_again()
        if shortcut:
            self.setToolTip(QtGui.QKeySequence(shortcut).toString(QtGui.QKeySequence.SequenceFormat.NativeText))
            # A shortcut of the button itself would take the place of its underlined letter.
            QtGui.QShortcut(QtGui.QKeySequence(shortcut), self, self.click)
        if act is not None:
            self.clicked.connect(lambda: act())  # noqa: PLW0108 - drops the `checked` that Qt sends

    def set_text(self, text: str) -> None:
        """Change the words, what a screen reader says included."""
        self._words = text
        self.setText(text)
        self.setAccessibleName(text.replace("&", ""))
        self.ensurePolished()
        self.updateGeometry()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the press was heard, and take no second one while it runs."""
        self.setEnabled(not busy)
        self.setText(self._words + " …" if busy else self._words)

    def changeEvent(self, event: "QtCore.QEvent") -> None:  # noqa: N802 - Qt's name
        """Draw the icon again in the new theme's colour."""
        if self._icon and event.type() == QtCore.QEvent.Type.StyleChange:
            self._icon_again()
        super().changeEvent(event)

    def _icon_again(self) -> None:
        if self._icon:
            self.setIcon(icons.icon(self._icon, self._icon_meaning()))
            self.setIconSize(QSize(16, 16))

    def _icon_meaning(self) -> str:
        return {"primary": "on_accent", "link": "accent", "stop": "critical"}.get(self.kind, "neutral")


class PrimaryButton(Button):
    """The one primary act of a page or a dialog."""

    kind = "primary"


class StopButton(Button):
    """An act that voids, cancels or overrides."""

    kind = "stop"


class LinkButton(Button):
    """An act that reads as a link, or a number that opens the rows behind it."""

    kind = "link"
