"""The table of the product: typed to filter, sorted by its headings, copied, counted, remembered, driven by keys."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_desktop.gui.widgets.cells import CellPainter
from clinic_desktop.gui.widgets.fitting import Fitting
from clinic_desktop.gui.widgets.model import Column, PagedModel, RowsModel, TableModel
from clinic_desktop.gui.widgets.panel import Empty, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.i18n import _, ngettext

R = TypeVar("R")

ROW_HEIGHT = 32


class ListTable(QWidget, Generic[R]):
    """A table of rows of one kind.

    `key` tells a row from any other, so that the choice stays on its row when rows are shown anew. Enter or
    a double click emits `opened`; moving emits `selected` (None where nothing is chosen); a letter typed in
    the table filters it and Esc takes the filter away. The view inside has the object name given.
    """

    opened = Signal(object)
    selected = Signal(object)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column[R]],
        *,
        key: Callable[[R], object] | None = None,
        empty: Empty | None = None,
        settings: Remembered | None = None,
        model: PagedModel[R] | None = None,
        counted: bool = True,
        painter: Callable[[QTableView], CellPainter] = CellPainter,
    ) -> None:
        super().__init__()
        self.setObjectName(f"{name}.table")
        self._name, self._settings, self._key = name, settings, key
        self._rows: RowsModel[R] = RowsModel(columns, self)
        self._model: TableModel[R] = model or self._rows
        self._announced: object = None
        self.view = QTableView()
        self._painter = painter(self.view)
        self._fitting = Fitting(self.view, self._painter, self._model)
        self._heights = QTimer(self)  # of rows whose words are broken, once the width is settled
        self._heights.setSingleShot(True)
        self._heights.setInterval(0)
        self._empty = empty or Empty(_("Nothing here yet."))
        self._filter = QLineEdit()
        self._count = label("", "secondary", name=f"{name}.count")
        if not counted:
            self._count.hide()
        self._prepare_view()
        self._lay_out()
        self._recall()
        self._recount()

    # Rows ------------------------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show rows; the choice stays on the row with the same key, the scroll position where it was."""
        chosen = self._key_of(self.current())
        place = self.view.verticalScrollBar().value()
        self._announced = chosen
        self._rows.set_rows(rows)
        self._fitting.measure(self._rows.shown)
        self._recount()
        if chosen is None or not self.select(chosen, scroll=False):
            self._announce()
        self.view.verticalScrollBar().setValue(place)

    def rows(self) -> Sequence[R]:
        """The rows shown, filtered and sorted (of a list, not of pages)."""
        return self._rows.shown

    def current(self) -> R | None:
        """The row chosen."""
        index = self.view.currentIndex()
        chosen = index.isValid() and self.view.selectionModel().isRowSelected(index.row(), QModelIndex())
        return self._model.row_at(index.row()) if chosen else None

    def select(self, key: object, *, scroll: bool = True) -> bool:
        """Choose the row with this key; False if it is not shown."""
        for place, row in enumerate(self._rows.shown):
            if self._key_of(row) == key:
                self.select_row(place, scroll=scroll)
                return True
        return False

    def select_row(self, place: int, *, scroll: bool = True) -> None:
        """Choose the row at a place."""
        index = self._model.index(place, 0)
        self.view.setCurrentIndex(index)
        if scroll:
            self.view.scrollTo(index)
        self._announce()

    def total_changed(self) -> None:
        """Count again, after `set_total` of a paged model."""
        self._recount()

    def set_filter(self, text: str) -> None:
        """Filter as if it had been typed; empty shows all."""
        self._filter.setText(text)

    def dress(self, column: str, *, detail: Callable[[R], str], hint: Callable[[R], str]) -> None:
        """Put lighter words under those of a column, and say more when it is hovered."""
        columns = self._rows.columns
        place = next(number for number, one in enumerate(columns) if one.name == column)
        columns[place] = dataclasses.replace(columns[place], detail=detail, hint=hint)

    def detail_of(self, column: str) -> Callable[[R], str] | None:
        """The lighter words under those of a column."""
        return next(one.detail for one in self._rows.columns if one.name == column)

    def text_of(self, row: int, column: str) -> str:
        """The words in a cell, by the name of its column."""
        places = [place for place, each in enumerate(self._model.columns) if each.name == column]
        return str(self._model.data(self._model.index(row, places[0])))

    def set_empty_words(self, words: str) -> None:
        """Say something else where there are no rows."""
        self._empty.set_words(words)

    # -----------------------------------------------------------------------------------------------

    def _prepare_view(self) -> None:
        view = self.view
        view.setObjectName(self._name)
        view.setAccessibleName(self._name)
        view.setModel(self._model)
        view.setItemDelegate(self._painter)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setCornerButtonEnabled(False)
        view.setMouseTracking(True)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        broken = any(column.wrap or column.detail for column in self._model.columns)
        mode = QHeaderView.ResizeMode.ResizeToContents if broken else QHeaderView.ResizeMode.Fixed
        view.verticalHeader().setSectionResizeMode(mode)
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        if broken:
            self._heights.timeout.connect(view.resizeRowsToContents)
            view.horizontalHeader().sectionResized.connect(self._heights.start)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(40)
        header.setStretchLastSection(not any(column.stretch for column in self._model.columns))
        for place, column in enumerate(self._model.columns):
            view.setColumnWidth(place, column.width)
            if column.stretch:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        if isinstance(self._model, RowsModel):
            header.setSortIndicatorClearable(True)
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            view.setSortingEnabled(True)
        header.sectionResized.connect(self._fitting.resized)
        header.sectionResized.connect(self._remember)
        header.sectionMoved.connect(self._remember)
        header.sortIndicatorChanged.connect(self._remember)
        view.selectionModel().currentRowChanged.connect(self._announce)
        # A click makes a row the current one before it selects it, and only then is it chosen.
        view.selectionModel().selectionChanged.connect(self._announce)
        view.doubleClicked.connect(self._open)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    def _lay_out(self) -> None:
        self._filter.setObjectName(f"{self._name}.filter")
        self._filter.setPlaceholderText(_("Filter"))
        self._filter.setAccessibleName(_("Filter"))
        self._filter.setClearButtonEnabled(True)
        self._filter.hide()
        self._filter.textChanged.connect(self._filtered)
        self._filter.installEventFilter(self)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        foot = QHBoxLayout()
        foot.setContentsMargins(2, 0, 2, 0)
        foot.addWidget(self._count)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._filter)
        column.addWidget(holder, 1)
        column.addLayout(foot)
        self._empty.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view.horizontalHeader().sortIndicatorChanged.connect(self._recount)

    def _key_of(self, row: R | None) -> object:
        return None if row is None else self._key(row) if self._key else row

    def _announce(self, *_from_qt: object) -> None:
        row = self.current()
        key = self._key_of(row)
        if key != self._announced:
            self._announced = key
            self.selected.emit(row)

    def _open(self, *_from_qt: object) -> None:
        row = self.current()
        if row is not None:
            self.opened.emit(row)

    def _filtered(self, text: str) -> None:
        chosen = self._key_of(self.current())
        self._rows.set_filter(text)
        self._filter.setVisible(bool(text) or self._filter.hasFocus())
        self._recount()
        if chosen is None or not self.select(chosen):
            if self._rows.rowCount() and text:
                self.select_row(0)
            self._announce()

    def _recount(self, *_from_qt: object) -> None:
        shown = self._model.rowCount()
        total = self._rows.total if self._model is self._rows else shown
        words = ngettext("{n} row", "{n} rows", total)
        if shown != total:
            words = _("{shown} of {n} rows").format(shown=f"{shown:,}", n=f"{total:,}")
        # Where there is none, the empty words have said so.
        self._count.setText(words if total else "")
        self._show_rows(bool(total))

    def _show_rows(self, some: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show the rows or the empty words.

        The focus stays with the table either way: asked for while the rows are hidden, it would land on the next
        button, and one stray Space would press that.
        """
        here = self.view if some else self._empty
        focused = self.view.hasFocus() or self._empty.hasFocus()
        self._stack.setCurrentIndex(0 if some else 1)
        self.setFocusProxy(here)
        if focused:
            here.setFocus()

    # Keys -----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter opens, letters filter, Esc unfilters, Ctrl+C copies; the row under the mouse is lit."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            handled = self._key_in_filter(event) if watched is self._filter else self._key_in_view(event)
            if handled:
                return True
        elif watched is self.view.viewport():
            if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
                self._light(self.view.rowAt(event.position().toPoint().y()))
            elif event.type() == QEvent.Type.Leave:
                self._light(-1)
            elif event.type() == QEvent.Type.Resize:
                self._fitting.fit()
        return super().eventFilter(watched, event)

    def _key_in_view(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self._open()
            return True
        if event.key() == Qt.Key.Key_Escape and self._filter.text():
            self._filter.clear()
            return True
        if event.key() == Qt.Key.Key_Down and self.current() is None and self._model.rowCount():
            self.select_row(0)  # nothing is chosen yet: the first arrow chooses the first row
            return True
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if plain and event.text().strip() and event.text().isprintable() and self._model is self._rows:
            self._filter.show()
            self._filter.setFocus()
            self._filter.setText(self._filter.text() + event.text())
            return True
        return False

    def _key_in_filter(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self._filter.clear()
            self.view.setFocus()
            self._filter.hide()
            return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.view.setFocus()
            self._open()
            return True
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.view.setFocus()
            QGuiApplication.sendEvent(self.view, event)
            return True
        return False

    def copy(self) -> None:
        """Copy the chosen row's words, tab by tab, as a spreadsheet takes them."""
        row = self.current()
        if row is not None:
            header = self.view.horizontalHeader()
            order = [header.logicalIndex(place) for place in range(header.count())]
            words = "\t".join(self._model.columns[place].words(row).replace("\n", "\t") for place in order)
            QGuiApplication.clipboard().setText(words)

    def _light(self, row: int) -> None:
        if row != self._painter.hovered:
            self._painter.hovered = row
            self.view.viewport().update()

    # Remembered columns ---------------------------------------------------------------------------

    def _remember(self, *_from_qt: object) -> None:
        if self._settings is None or not self.isVisible():
            return
        header = self.view.horizontalHeader()
        columns = self._model.columns
        kept = {
            "order": [columns[header.logicalIndex(place)].name for place in range(header.count())],
            # Only what somebody dragged: a column that follows the window's width has no width of its own.
            "width": {
                column.name: header.sectionSize(place)
                for place, column in enumerate(columns)
                # One that is hidden for now has no width, and would come back as narrow as can be.
                if not (self._fitting.stretches(place) or header.isSectionHidden(place))
                and not self._fitting.is_ours(place, header.sectionSize(place))
            },
            "sort": [header.sortIndicatorSection(), header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder],
        }
        self._settings.set(f"columns.{self._name}", json.dumps(kept))

    def _recall(self) -> None:
        text = self._settings.get(f"columns.{self._name}") if self._settings else None
        if not text:
            return
        kept = json.loads(text)
        header = self.view.horizontalHeader()
        places = {column.name: place for place, column in enumerate(self._model.columns)}
        for name, width in kept["width"].items():
            if name in places and int(width) > header.minimumSectionSize():
                self._fitting.dragged.add(name)
                header.resizeSection(places[name], int(width))
        for place, name in enumerate(name for name in kept["order"] if name in places):
            header.moveSection(header.visualIndex(places[name]), place)
        section, descending = kept["sort"]
        if self._model is self._rows and section < len(places):
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            self.view.sortByColumn(section, order)
