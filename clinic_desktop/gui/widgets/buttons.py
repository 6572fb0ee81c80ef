"""Buttons: those with words (`push`, which the sign-in needs alone), and square ones with an icon and a spoken name."""

from collections.abc import Callable

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from clinic_desktop.gui import icons
from clinic_desktop.gui.widgets.push import Button, LinkButton, PrimaryButton, StopButton

__all__ = ["Button", "LinkButton", "PrimaryButton", "StopButton", "ToolButton"]


class ToolButton(QToolButton):
    """A square button with an icon; `words` are its tip and what a screen reader says."""

    _icon = ""

    def __init__(
        self,
        icon: str,
        words: str,
        name: str,
        act: Callable[[], object] | None = None,
        shortcut: str = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setToolTip(f"{words} ({shortcut})" if shortcut else words)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self._icon = icon
        self.set_icon(icon)
        if shortcut:
            self.setShortcut(QtGui.QKeySequence(shortcut))
        if act is not None:
            self.clicked.connect(lambda: act())  # noqa: PLW0108 - drops the `checked` that Qt sends

    def set_icon(self, name: str, size: int = 20) -> None:
        """Show another icon."""
        self._icon, self._size = name, size
        self.setIcon(icons.icon(name))
        self.setIconSize(QSize(size, size))

    def changeEvent(self, event: "QtCore.QEvent") -> None:  # noqa: N802 - Qt's name
        """Draw the icon again in the new theme's colour."""
        if self._icon and event.type() == QtCore.QEvent.Type.StyleChange:
            self.setIcon(icons.icon(self._icon))
        super().changeEvent(event)
