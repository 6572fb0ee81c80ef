"""Facts under one another: a quiet word, and beside it what it says; what says nothing is left out."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import clear_layout


class Facts(QWidget):
    """A list of facts that can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._rows = 0

    def clear(self) -> None:
        """Take every fact away."""
        clear_layout(self._grid)
        self._rows = 0  # counted here: a grid never has fewer rows than it once had, and would grow with each filling

    def add(self, words: str, value: str) -> None:
        """Add a fact, unless it says nothing."""
        if not value:
            return
        shown = label(value, wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(label(words, "secondary"), self._rows, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(shown, self._rows, 1)
        self._rows += 1
