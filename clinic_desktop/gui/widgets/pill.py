"""A state as a small pill: an icon, a word and a colour, never the colour alone."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from clinic_desktop.gui.widgets.labels import Elided
from clinic_desktop.gui.widgets.sign import Sign

ICONS = {
    "neutral": "ring",
    "accent": "dot",
    "critical": "stop",
    "warning": "alert",
    "good": "done",
    "information": "info",
}


@dataclass(frozen=True)
class Look:
    """How a state is shown: its word, its meaning (``neutral accent critical warning good information``)."""

    text: str
    meaning: str = "neutral"
    icon: str = ""

    @property
    def icon_name(self) -> str:
        """The icon given, or the one that goes with the meaning."""
        return self.icon or ICONS[self.meaning]


class Pill(QFrame):
    """Shows a state; `meaning` is one of ``neutral accent critical warning good information``.

    One that gives way where there is no room keeps `least` pixels of its words; its icon stays in any case.
    """

    def __init__(
        self,
        text: str = "",
        meaning: str = "neutral",
        icon: str = "",
        name: str = "",
        *,
        gives_way: bool = False,
        least: int = Elided.least,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 9, 1)
        row.setSpacing(4)
        self._icon = Sign(14)
        self._text = Elided() if gives_way else QLabel()
        if isinstance(self._text, Elided):
            self._text.least = least
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(self._icon)
        row.addWidget(self._text)
        self.setFixedHeight(22)
        self._look = Look("")
        self.show_look(Look(text, meaning, icon))

    def show_look(self, look: Look) -> None:
        """Show another state."""
        self._look = look
        self.setProperty("pill", look.meaning)
        self._text.setText(look.text)
        self.setAccessibleName(look.text)
        self._icon.show_icon(look.icon_name, look.meaning)
        for part in (self, self._text):
            part.style().unpolish(part)
            part.style().polish(part)

    def keep(self, least: int) -> None:
        """Keep so many pixels of the words where it gives way."""
        if isinstance(self._text, Elided):
            self._text.least = least
            self._text.updateGeometry()

    def text(self) -> str:
        """The word shown."""
        return self._look.text
