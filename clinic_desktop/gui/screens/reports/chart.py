"""The chart of a report: the bars that stand on its paper, above the rows."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.reporting_bars import Bars
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.levels import ROW, Level, LevelBars
from clinic_desktop.i18n import _

SEEN_BARS = 7


class ChartBox(QWidget):
    """Shows itself where there is something to draw; `bars` tells which bar was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.by_period = False  # each bar is of many rows
        self._words = label("", "label", name="reports.drawn")
        self.bars = LevelBars("reports.chart")
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.bars)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addWidget(self._scroll)
        self.hide()

    def show_bars(self, drawn: Bars) -> None:
        """Draw the report's column, where it has one and there is anything to be told apart."""
        column, levels = drawn.column, [Level(one.place, one.words, one.value, one.said) for one in drawn.bars()]
        if column is None or not levels:
            self.hide()
            return
        self.by_period = drawn.by_period
        title = _("{column}, by period").format(column=_(column.title)) if drawn.by_period else _(column.title)
        self._words.setText(title)
        self.bars.set_levels(title, levels)
        self._scroll.setFixedHeight(min(len(levels), SEEN_BARS) * ROW + 4)
        self.show()
