"""Facts under one another: a quiet word, and beside it what it says; what says nothing is left out."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
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
        self._rows = (
            0  # of a grid the count of its rows never gets less: a list that is filled anew would grow for ever
        )

    def add(self, words: str, value: str) -> None:
        """Add a fact, unless it says nothing."""
        if not value:
            return
        shown = label(value, wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(label(words, "secondary"), self._rows, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(shown, self._rows, 1)
        self._rows += 1

    def event(self, event: QEvent) -> bool:
        """Other facts need another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._keep_whole()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Other words wrap at another width."""
        super().resizeEvent(event)
        self._keep_whole()

    def _keep_whole(self) -> None:
        """Be as high as every line of it needs: in a column that is short of room the last lines would be cut away."""
        self.setMinimumHeight(max(0, self._grid.totalHeightForWidth(self.width())))
