"""The chart of a report: the bars that stand on its paper, above the rows."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.reporting import Kind
from clinic_desktop.gui.screens.reports.grid import Line
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.levels import ROW, Level, LevelBars
from clinic_desktop.i18n import _
from clinic_desktop.services.reporting import Run

MOST_BARS = 31  # as on paper
SEEN_BARS = 7


class ChartBox(QWidget):
    """Shows itself where there is something to draw; `bars` tells which bar was opened."""

    def __init__(self) -> None:
        super().__init__()
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

    def show_lines(self, run: Run, lines: Sequence[Line]) -> None:
        """Draw the report's column, where it has one and there are neither too few rows nor too many."""
        place = next((at for at, one in enumerate(run.columns) if one.name == run.report.chart), -1)
        if place < 0 or not 1 < len(lines) <= MOST_BARS:
            self.hide()
            return
        shown = [column for column in run.columns if column.shown]
        column = run.columns[place]
        at = shown.index(column)
        heads = [n for n, one in enumerate(shown[:at]) if one.kind in {Kind.TEXT, Kind.DAY} and one.name != "currency"]
        levels = []
        for line in lines:
            value = line.row[place]
            words = " · ".join(line.cells[n] for n in heads if line.cells[n])
            levels.append(Level(line.place, words, value if isinstance(value, int) else 0, line.cells[at]))
        if not any(level.value > 0 for level in levels):
            self.hide()
            return
        self._words.setText(_(column.title))
        self.bars.set_levels(_(column.title), levels)
        self._scroll.setFixedHeight(min(len(levels), SEEN_BARS) * ROW + 4)
        self.show()
