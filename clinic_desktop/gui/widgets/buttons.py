"""Buttons: one primary on a screen, plain ones, links, and square ones with an icon and a spoken name."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

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
            self.setToolTip(QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText))
            self.setShortcut(QKeySequence(shortcut))
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

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the icon again in the new theme's colour."""
        if event.type() == QEvent.Type.StyleChange:
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
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._icon = icon
        self.set_icon(icon)
        if shortcut:
            self.setShortcut(QKeySequence(shortcut))
        if act is not None:
            self.clicked.connect(lambda: act())  # noqa: PLW0108 - drops the `checked` that Qt sends

    def set_icon(self, name: str, size: int = 20) -> None:
        """Show another icon."""
        self._icon, self._size = name, size
        self.setIcon(icons.icon(name))
        self.setIconSize(QSize(size, size))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the icon again in the new theme's colour."""
        if event.type() == QEvent.Type.StyleChange and self._icon:
            self.setIcon(icons.icon(self._icon))
        super().changeEvent(event)
