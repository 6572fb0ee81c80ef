"""How the page Sync is divided: a list at the left, and one of some pages at its right."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget


class Turning(QScrollArea):
    """One of some pages. No stacked widget: it asks for the room of its highest page, whichever is shown."""

    def __init__(self, pages: Sequence[QWidget]) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pages, self._place = pages, 0
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        for page in pages:
            column.addWidget(page)
        self.setWidget(holder)
        self.turn(0)

    @property
    def place(self) -> int:
        """Which page is shown."""
        return self._place

    def turn(self, place: int) -> None:
        """Show a page from its beginning."""
        self._place = place
        for number, page in enumerate(self._pages):
            page.setVisible(number == place)
        self.verticalScrollBar().setValue(0)


def beside(left: QWidget, right: QWidget) -> QWidget:
    """A list, and what is chosen of it at its right."""
    page = QWidget()
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(16)
    row.addWidget(left, 5)
    row.addWidget(right, 7)
    return page


def apart(left: QWidget, right: QWidget) -> QHBoxLayout:
    """A row with one thing at either end."""
    row = QHBoxLayout()
    row.addWidget(left)
    row.addStretch(1)
    row.addWidget(right)
    return row
