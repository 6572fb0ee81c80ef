"""One icon on a page, in the colour of its meaning."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from clinic_desktop.gui import icons


class Sign(QWidget):
    """An icon of this size; looked up whenever it is painted, so that it never keeps another theme's colour."""

    def __init__(self, size: int, icon: str = "", meaning: str = "neutral") -> None:
        super().__init__()
        self._size, self._icon, self._meaning = size, icon, meaning
        self.setFixedSize(size, size)

    def show_icon(self, icon: str, meaning: str = "neutral") -> None:
        """Show another icon."""
        self._icon, self._meaning = icon, meaning
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint it in the theme's colour of now."""
        if self._icon:
            QPainter(self).drawPixmap(0, 0, icons.pixmap(self._icon, self._meaning, self._size))
