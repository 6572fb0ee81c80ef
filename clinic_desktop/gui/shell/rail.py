"""The rail: what this role may open, each with its icon, its word and a live count."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QVBoxLayout

from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.gui.theme.tokens import RAIL
from clinic_desktop.gui.widgets.buttons import ToolButton
from clinic_desktop.i18n import _

HEIGHT, LOWEST = 54, 42  # pixels of a button


class Rail(QFrame):
    """Buttons for screens; `gone_to` carries the name of the one pressed."""

    gone_to = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setProperty("panel", "rail")
        self.setFixedWidth(RAIL)
        self.buttons: dict[str, RailButton] = {}
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 8, 1, 8)
        self._column.setSpacing(2)
        self._column.addStretch(1)

    def set_screens(self, screens: Sequence[Screen]) -> None:
        """Show these screens and no others."""
        for button in self.buttons.values():
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for place, screen in enumerate(screens):
            button = RailButton(screen)
            button.clicked.connect(lambda _checked=False, name=screen.name: self.gone_to.emit(name))
            self._group.addButton(button)
            self._column.insertWidget(place, button)
            self.buttons[screen.name] = button

    def set_current(self, name: str) -> None:
        """Mark the screen that is open; none if it is not in the rail."""
        self._group.setExclusive(False)
        for each, button in self.buttons.items():
            button.setChecked(each == name)
        self._group.setExclusive(True)

    def set_count(self, name: str, count: int) -> None:
        """Show a count; 0 hides it."""
        if name in self.buttons:
            self.buttons[name].set_count(count)


class RailButton(ToolButton):
    """One screen in the rail."""

    def __init__(self, screen: Screen) -> None:
        self.words = _(screen.title)
        self.count = 0
        super().__init__(screen.icon, self.words, f"rail.{screen.name}", shortcut=screen.shortcut)
        self.setProperty("kind", "rail")
        self.setText(self.words)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setFixedWidth(RAIL - 3)
        # Lower where many pages must stand in a low window, never so low that the word is cut.
        self.setMinimumHeight(LOWEST)
        self.setMaximumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setIconSize(QSize(22, 22))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As tall as it is where there is room."""
        return QSize(RAIL - 3, HEIGHT)

    def set_count(self, count: int) -> None:
        """Show a count at the corner of the icon."""
        self.count = count
        self.setAccessibleName(f"{self.words}, {count}" if count else self.words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the count over the button."""
        super().paintEvent(event)
        if not self.count:
            return
        words = str(self.count) if self.count < 1000 else "999+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.numbers(theme.scale_font(self.font(), 8, bold=True)))
        width = max(painter.fontMetrics().horizontalAdvance(words) + 8, 16)
        box = QRect(min(self.width() // 2 + 4, self.width() - width - 1), 2, width, 16)
        colours = theme.tokens()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(QColor(colours.on_accent))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
