"""The rows of a report in a table whose numbers are chosen one by one, with the totals pinned beneath."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem, QTableView, QVBoxLayout, QWidget

from clinic_desktop.domain import reporting as rules
from clinic_desktop.domain.reporting import Kind, Row
from clinic_desktop.gui import theme
from clinic_desktop.gui.widgets.cells import CellPainter
from clinic_desktop.gui.widgets.model import Column, RowsModel
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ROW_HEIGHT, ListTable
from clinic_desktop.i18n import _

NUMBERS = frozenset({Kind.COUNT, Kind.MONEY, Kind.TENTHS})
TOTALS = -1  # where the lines of the totals begin to be counted, downwards


@dataclass(frozen=True)
class Line:
    """One row as it is shown, and its place; the lines of the totals stand below zero."""

    place: int
    row: Row
    cells: tuple[str, ...]


class NumberPainter(CellPainter):
    """Rings the number that Enter would open."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell, and the ring where it is the one chosen."""
        super().paint(painter, option, index)
        here = self._table.currentIndex()
        if (here.row(), here.column()) == (index.row(), index.column()):
            painter.setPen(QPen(QColor(theme.tokens().accent), 2 if self._table.hasFocus() else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(option.rect.adjusted(2, 2, -2, -3), 4, 4)


class Grid(QWidget):
    """`opened` carries a line and the name of the column whose number is to be opened."""

    opened = Signal(object, str)
    moved = Signal()

    def __init__(self, name: str, columns: Sequence[rules.Column], settings: Remembered, empty: str) -> None:
        super().__init__()
        self._cells = rules.Cells(columns)
        self._shown = [column for column in columns if column.shown]
        self._places = [place for place, column in enumerate(columns) if column.shown]
        made = [self._column(place, column) for place, column in enumerate(self._shown)]
        self.table: ListTable[Line] = ListTable(
            name, made, key=lambda line: line.place, empty=Empty(empty, icon="report"), settings=settings,
            painter=NumberPainter,
        )  # fmt: skip
        self.sums = QTableView()
        self._sums: RowsModel[Line] = RowsModel(made, self)
        self._prepare(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.sums)
        self.table.opened.connect(lambda line: self._open(line, self.table.view))
        self.table.view.selectionModel().currentChanged.connect(lambda *_from_qt: self.moved.emit())
        self.sums.doubleClicked.connect(lambda index: self._open(self._sums.row_at(index.row()), self.sums))
        self.sums.activated.connect(lambda index: self._open(self._sums.row_at(index.row()), self.sums))

    def _column(self, place: int, column: rules.Column) -> Column[Line]:
        number = column.kind in NUMBERS
        title = _(column.title)
        wide = max(self.fontMetrics().horizontalAdvance(title) + 26, 76 if number else 46 * column.wide + 40)
        return Column[Line](
            column.name, title, lambda line: line.cells[place], wide, number=number, help=_help(column),
            sort=lambda line: line.row[self._places[place]], strong=place == 0,
        )  # fmt: skip

    def _prepare(self, name: str) -> None:
        view = self.sums
        view.setObjectName(f"{name}.totals")
        view.setAccessibleName(_("Totals"))
        view.setModel(self._sums)
        view.setItemDelegate(NumberPainter(view))
        view.setSelectionMode(QTableView.SelectionMode.NoSelection)
        view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.horizontalHeader().hide()
        view.horizontalHeader().setMinimumSectionSize(40)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setProperty("totals", "true")
        view.hide()
        above = self.table.view
        above.horizontalHeader().setStretchLastSection(False)
        above.horizontalHeader().sectionResized.connect(lambda place, _old, new: self._fit(place, new))
        above.horizontalHeader().sectionMoved.connect(
            lambda _place, old, new: view.horizontalHeader().moveSection(old, new)
        )
        above.horizontalScrollBar().valueChanged.connect(view.horizontalScrollBar().setValue)

    def _fit(self, place: int, width: int) -> None:
        self.sums.horizontalHeader().resizeSection(place, width)

    def show_lines(self, rows: Sequence[Row], totals: Sequence[Row]) -> None:
        """Show rows and totals."""
        self.table.set_rows(self.lines(rows))
        lines = [Line(TOTALS - place, row, self._cells.of(row)) for place, row in enumerate(totals)]
        self._sums.set_rows(lines)
        self.sums.setVisible(bool(lines) and bool(rows))
        self.sums.setFixedHeight(min(len(lines), 4) * ROW_HEIGHT + 2)
        QTimer.singleShot(0, self, self._align)

    def lines(self, rows: Sequence[Row]) -> list[Line]:
        """Rows with what stands in their cells."""
        return [Line(place, row, self._cells.of(row)) for place, row in enumerate(rows)]

    def _align(self) -> None:
        header = self.table.view.horizontalHeader()
        for place in range(header.count()):
            self._fit(place, header.sectionSize(place))

    def total_cells(self) -> list[list[str]]:
        """What stands in the lines of the totals."""
        return [list(line.cells) for line in self._sums.shown]

    def heads(self, line: Line) -> list[str]:
        """The words that stand before the first number of a line."""
        first = next((at for at, one in enumerate(self._shown) if one.kind in NUMBERS), len(self._shown))
        return [cell for cell in line.cells[:first] if cell]

    def chosen(self) -> tuple[Line, str] | None:
        """The line and the column that are chosen."""
        view = self.sums if self.sums.hasFocus() else self.table.view
        line = self._sums.row_at(self.sums.currentIndex().row()) if view is self.sums else self.table.current()
        place = view.currentIndex().column()
        return None if line is None or place < 0 else (line, self._shown[place].name)

    def choose(self, row: int, column: str) -> None:
        """Choose one number."""
        place = next(at for at, one in enumerate(self._shown) if one.name == column)
        view = self.table.view
        view.setCurrentIndex(view.model().index(row, place))
        view.scrollTo(view.currentIndex())

    def _open(self, line: Line | None, view: QTableView) -> None:
        place = view.currentIndex().column()
        if line is not None and place >= 0:
            self.opened.emit(line, self._shown[place].name)


def _help(column: rules.Column) -> str:
    """What a column means, for its title."""
    unit = {"min": _("in minutes"), "%": _("in per cent")}.get(column.unit, "")
    return " ".join(part for part in (_(column.formula) if column.formula else "", f"({unit})" if unit else "") if part)
