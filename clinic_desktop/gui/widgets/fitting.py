"""How wide the columns of a table are, so that nothing is cut beside a column that stands half empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QTableView

from clinic_desktop.gui.widgets.cells import CellPainter
from clinic_desktop.gui.widgets.model import TableModel

FITTED_ROWS = 300  # more would be felt when rows are shown anew


@dataclass(frozen=True)
class Wish:
    """One column: how wide it was designed, and how wide it must be for nothing in it to be cut."""

    width: int
    need: int
    whole: bool = False  # never cut
    stretches: bool = False  # has what the others leave
    fixed: bool = False  # its words are broken into lines, or somebody dragged it


def widths(wishes: Sequence[Wish], room: int) -> list[int]:
    """How wide each column is in so much room; of one that stretches, what it needs.

    Where there is room for them all they are as designed. Otherwise those wider than what stands in them give, for
    those that would be cut: first for the ones that stretch.
    """
    given = [_begun(each) for each in wishes]
    fitted = [place for place, each in enumerate(wishes) if not (each.stretches or each.fixed)]
    spare = room - sum(given)
    lacking = sum(max(wishes[place].need - given[place], 0) for place in fitted)
    for place in fitted:
        give = min(given[place] - wishes[place].need, lacking - spare)
        if give > 0:
            given[place] -= give
            spare += give
    for place in sorted(fitted, key=lambda place: wishes[place].need - given[place]):
        take = min(wishes[place].need - given[place], spare)
        if take > 0:
            given[place] += take
            spare -= take
    return given


def _begun(wish: Wish) -> int:
    if wish.fixed:
        return wish.width
    return wish.need if wish.stretches else max(wish.width, wish.need) if wish.whole else wish.width


class Fitting:
    """Gives the columns of one table their widths; one that somebody dragged keeps its own."""

    def __init__(self, view: QTableView, painter: CellPainter, model: TableModel[Any]) -> None:
        self._view, self._painter, self._model = view, painter, model
        self._needs: list[int] = []  # how wide each column must be for the rows shown
        self._given: dict[str, int] = {}
        self.dragged: set[str] = set()

    def measure(self, rows: Sequence[object]) -> None:
        """Fit the columns to these rows."""
        some = rows[:FITTED_ROWS]
        self._needs = [self._need(place, some) for place in range(len(self._model.columns))] if some else []
        self.fit()

    def fit(self) -> None:
        """Fit the columns to the room there is."""
        header = self._view.horizontalHeader()
        wishes = [self._wish(place) for place in range(len(self._needs))]
        for place, wide in enumerate(widths(wishes, self._view.viewport().width())):
            width = max(wide, header.minimumSectionSize())
            if not (wishes[place].fixed or wishes[place].stretches) and width != header.sectionSize(place):
                self._given[self._model.columns[place].name] = width
                header.resizeSection(place, width)

    def resized(self, place: int, _before: int, width: int) -> None:
        """A column has another width: if not from here, somebody dragged it."""
        column = self._model.columns[place]
        if not (self.stretches(place) or self._view.isColumnHidden(place) or self.is_ours(place, width)):
            self.dragged.add(column.name)

    def is_ours(self, place: int, width: int) -> bool:
        """The column was designed or made so wide, and not dragged."""
        column = self._model.columns[place]
        return width in {column.width, self._given.get(column.name, column.width)}

    def stretches(self, place: int) -> bool:
        """The column has what the others leave."""
        header = self._view.horizontalHeader()
        last = header.stretchLastSection() and header.visualIndex(place) == header.count() - 1
        return last or self._model.columns[place].stretch

    def _need(self, place: int, rows: Sequence[object]) -> int:
        column = self._model.columns[place]
        if self._is_broken(place):
            return 0
        return max(self._painter.head(column), *(self._painter.needed(column, row) for row in rows))

    def _is_broken(self, place: int) -> bool:
        column = self._model.columns[place]
        return (column.wrap or column.detail is not None) and not column.is_whole

    def _wish(self, place: int) -> Wish:
        column = self._model.columns[place]
        if self._view.isColumnHidden(place):
            return Wish(0, 0, fixed=True)
        if column.name in self.dragged:
            return Wish(self._view.columnWidth(place), 0, fixed=True)
        broken = self._is_broken(place)
        return Wish(column.width, self._needs[place], column.is_whole, self.stretches(place), broken)
