"""The rows behind a table: all of them in a list, or a million of them a page at a time."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from clinic_desktop.gui.widgets.labels import bounded, tip
from clinic_desktop.gui.widgets.pill import Look

R = TypeVar("R")

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_KEPT_PAGES = 20


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: how a row's words are read, and how they look.

    `text` gives the words shown (and copied and filtered by); `sort` what to sort by, if that differs;
    `look` a pill shown in place of the words; `meaning` a colour for the words; `unit` lighter words behind.
    `wrap` breaks the words into as many lines as they need; `detail` gives lighter words under them, broken likewise;
    `hint` is said when the cell is hovered, and by a screen reader after its words; `help` when the title is.
    A number and a pill are never cut: their column grows to the widest.
    """

    name: str  # stable, for remembered columns
    title: str
    text: Callable[[R], str]
    width: int = 120
    number: bool = False  # right-aligned, tabular figures
    stretch: bool = False
    sort: Callable[[R], Any] | None = None
    look: Callable[[R], Look | None] | None = None
    meaning: Callable[[R], str] | None = None
    unit: Callable[[R], str] | None = None
    strong: bool = False
    subtle: bool = False
    wrap: bool = False
    detail: Callable[[R], str] | None = None
    hint: Callable[[R], str] | None = None
    help: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether its words must never be cut: a value that is read wrong does harm."""
        return (self.number or self.look is not None) and not self.stretch

    def words(self, row: R) -> str:
        """Everything that stands in the cell."""
        detail = self.detail(row) if self.detail else ""
        return f"{self.text(row)}\n{detail}" if detail else self.text(row)

    def sort_key(self, row: R) -> tuple[bool, Any]:
        """What a row is sorted by in this column; rows without a value come last."""
        value = self.sort(row) if self.sort else self.text(row).casefold()
        return (value is None, 0 if value is None else value)


class TableModel(QAbstractTableModel, Generic[R]):
    """What both kinds of rows share."""

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)

    def row_at(self, row: int) -> R | None:
        """The row shown at a place; None where it has not arrived yet."""
        raise NotImplementedError

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words and alignment, for screen readers and copying; the table paints from `row_at`."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole} and column.hint is not None:
            row = self.row_at(index.row())
            words = "" if row is None else "\n".join(part for part in (column.words(row), column.hint(row)) if part)
            return tip(bounded(words)) if role == Qt.ItemDataRole.ToolTipRole else words
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            # Hovering tells in full what a narrow column cuts off.
            row = self.row_at(index.row())
            words = (
                "…" if row is None else column.words(row) if role == Qt.ItemDataRole.ToolTipRole else column.text(row)
            )
            return tip(bounded(words)) if role == Qt.ItemDataRole.ToolTipRole else words
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole}:
            words = self.columns[section].help
            return tip(words) if words and role == Qt.ItemDataRole.ToolTipRole else words or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            number = self.columns[section].number
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class RowsModel(TableModel[R]):
    """Rows in a list, sorted and filtered here: for the hundreds or thousands a screen shows."""

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._all: list[R] = []
        self._shown: list[R] = []
        self._filter = ""
        self._order: tuple[int, bool] | None = None

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows; filter and order stay."""
        self.beginResetModel()
        self._all = list(rows)
        self._arrange()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Show only rows with every one of these words in some column."""
        self.beginResetModel()
        self._filter = text
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a negative one gives back the order the rows came in."""
        self.beginResetModel()
        descending = order == Qt.SortOrder.DescendingOrder
        self._order = (column, descending) if 0 <= column < len(self.columns) else None
        self._arrange()
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def row_at(self, row: int) -> R | None:
        """The row shown at a place."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    @property
    def shown(self) -> Sequence[R]:
        """The rows shown, in order."""
        return self._shown

    @property
    def total(self) -> int:
        """How many rows there are without the filter."""
        return len(self._all)

    def _arrange(self) -> None:
        words = self._filter.casefold().split()
        rows = self._all
        if words:
            rows = [row for row in rows if _has(words, " ".join(c.words(row) for c in self.columns))]
        if self._order is not None:
            column, descending = self.columns[self._order[0]], self._order[1]
            rows = sorted(rows, key=column.sort_key, reverse=descending)
        self._shown = list(rows)


@dataclass(frozen=True)
class Page(Generic[R]):
    """A question for rows: `count` of them from place `first`; `after` is the row at place `first - 1`, if known.

    A store answers by keyset from `after`, or by counting where a person jumped and it is None.
    """

    first: int
    count: int
    after: R | None


class PagedModel(TableModel[R]):
    """Rows asked for a page at a time: `ask(page, arrived)` asks off the window's thread."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        ask: Callable[[Page[R], Callable[[Sequence[R]], None]], None],
        *,
        page: int = 100,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, parent)
        self._ask, self._page = ask, page
        self._total = 0
        self._pages: OrderedDict[int, Sequence[R]] = OrderedDict()
        self._asked: set[int] = set()
        self._era = 0

    def set_total(self, total: int) -> None:
        """Say how many rows there are, and forget the pages kept: they may have changed."""
        self.beginResetModel()
        self._total = total
        self._pages.clear()
        self._asked.clear()
        self._era += 1
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """How many rows there are."""
        return 0 if parent.isValid() else self._total

    def row_at(self, row: int) -> R | None:
        """The row at a place; asks for its page where it is not kept."""
        number, place = divmod(row, self._page)
        rows = self._pages.get(number)
        if rows is None:
            self._want(number)
            return None
        return rows[place] if place < len(rows) else None

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self._total

    def _want(self, number: int) -> None:
        if number in self._asked or not 0 <= number * self._page < self._total:
            return
        self._asked.add(number)
        before = self._pages.get(number - 1)
        era = self._era
        page = Page(number * self._page, self._page, before[-1] if before else None)
        self._ask(page, lambda rows: self._arrived(number, era, rows))

    def _arrived(self, number: int, era: int, rows: Sequence[R]) -> None:
        if era != self._era:
            return
        self._asked.discard(number)
        self._pages[number] = rows
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        first = number * self._page
        last = min(first + self._page, self._total) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


def _has(words: list[str], text: str) -> bool:
    text = text.casefold()
    return all(word in text for word in words)
