"""Paints the cells of a table straight from its rows: no role is asked for, no style is resolved per cell."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from clinic_desktop.gui import icons, theme
from clinic_desktop.gui.theme.sheet import mix
from clinic_desktop.gui.theme.tokens import SECONDARY
from clinic_desktop.gui.widgets.labels import MOST_SIGNS, bounded, unbroken
from clinic_desktop.gui.widgets.model import Column, TableModel
from clinic_desktop.gui.widgets.pill import Look

PAD = 8
ROOM = 6  # above and below words that are broken into lines
WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


class CellPainter(QStyledItemDelegate):
    """Paints words, pills and units in the theme's colours."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._dressed = ""
        self.hovered = -1
        self._dress()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802, ARG002 - Qt's
        """As wide as the words; as high as they are once broken, where they may be."""
        model: TableModel[Any] = index.model()  # type: ignore[assignment]  # only our own tables use this painter
        column, row = model.columns[index.column()], model.row_at(index.row())
        if row is not None and (column.wrap or column.detail):
            width = self._table.columnWidth(index.column()) - 2 * PAD
            return QSize(width, max(self._height(column, row, width) + 2 * ROOM, 32))
        words = str(index.model().data(index))[:MOST_SIGNS]
        return QSize(self._metrics.horizontalAdvance(words) + 2 * PAD + 4, 32)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell."""
        colours = theme.tokens()
        if self._dressed != colours.name:
            self._dress()
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, self._selected)
        elif index.row() == self.hovered:
            painter.fillRect(box, self._hover)
        painter.setPen(self._line)
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        model: TableModel[Any] = index.model()  # type: ignore[assignment]  # only our own tables use this painter
        row = model.row_at(index.row())
        column = model.columns[index.column()]
        inside = box.adjusted(PAD, 0, -PAD, 0)
        if row is None:
            painter.setPen(self._subtle)
            painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, "…")
            return
        look = column.look(row) if column.look else None
        if look is not None:
            self._paint_pill(painter, inside, look)
        else:
            self._paint_words(painter, inside, column, row)

    def needed(self, column: Column[Any], row: object) -> int:
        """How wide a cell must be for nothing in it to be cut."""
        look = column.look(row) if column.look else None
        if look is not None:
            return self._small_metrics.horizontalAdvance(look.text) + 34 + 2 * PAD
        unit = column.unit(row) if column.unit else ""
        strong = column.strong or bool(column.meaning and column.meaning(row))
        width = (self._bold_metrics if strong else self._metrics).horizontalAdvance(column.text(row)[:MOST_SIGNS])
        return width + (self._small_metrics.horizontalAdvance(unit) + 4 if unit else 0) + 2 * PAD + 2

    def head(self, column: Column[Any]) -> int:
        """How wide a column must be for its title; the arrow is in one alone, once somebody has ordered by it."""
        return self._small_metrics.horizontalAdvance(column.title) + 2 * PAD + 2

    def _height(self, column: Column[Any], row: object, width: int) -> int:
        strong = column.strong or bool(column.meaning and column.meaning(row))
        metrics = self._bold_metrics if strong else self._metrics
        height = metrics.height()
        if column.wrap:
            height = metrics.boundingRect(0, 0, width, 10_000, WRAPPED, _words(column, row)).height()
        if column.detail and (detail := unbroken(bounded(column.detail(row)))):
            height += self._small_metrics.boundingRect(0, 0, width, 10_000, WRAPPED, detail).height()
        return height

    def _paint_wrapped(self, painter: QPainter, box: QRect, column: Column[Any], row: object) -> None:
        """The words broken into lines, and the lighter ones under them."""
        meaning = column.meaning(row) if column.meaning else ""
        painter.setFont(self._bold if column.strong or meaning else self._font)
        plain = self._subtle if column.subtle else self._text
        painter.setPen(QColor(theme.tokens().strong(meaning)) if meaning else plain)
        top = box.top() + max((box.height() - self._height(column, row, box.width())) // 2, 0)
        area = QRect(box.left(), top, box.width(), box.bottom() - top)
        words = _words(column, row)
        used = painter.boundingRect(area, WRAPPED, words)
        painter.drawText(area, WRAPPED, words)
        if column.detail and (detail := unbroken(bounded(column.detail(row)))):
            painter.setFont(self._small)
            painter.setPen(self._subtle)
            painter.drawText(area.adjusted(0, used.height(), 0, 0), WRAPPED, detail)

    def _paint_words(self, painter: QPainter, box: QRect, column: Column[Any], row: object) -> None:
        if column.wrap or column.detail:
            self._paint_wrapped(painter, box, column, row)
            return
        words = column.text(row)[:MOST_SIGNS]  # one line: what is not seen of it is cut below
        meaning = column.meaning(row) if column.meaning else ""
        unit = column.unit(row) if column.unit else ""
        side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
        if unit:
            painter.setFont(self._small)
            painter.setPen(self._subtle)
            width = self._small_metrics.horizontalAdvance(unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, unit)
            box = box.adjusted(0, 0, -width - 4, 0)
        strong = column.strong or bool(meaning)
        painter.setFont(self._bold if strong else self._font)
        metrics = self._bold_metrics if strong else self._metrics
        colour = QColor(theme.tokens().strong(meaning)) if meaning else self._subtle if column.subtle else self._text
        painter.setPen(colour)
        if metrics.horizontalAdvance(words) > box.width():
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, words)

    def _paint_pill(self, painter: QPainter, box: QRect, look: Look) -> None:
        colours = theme.tokens()
        width = min(self._small_metrics.horizontalAdvance(look.text) + 34, box.width())
        pill = QRect(box.left(), box.center().y() - 10, width, 21)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.soft(look.meaning)))
        painter.drawRoundedRect(pill, 10, 10)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.drawPixmap(QPoint(pill.left() + 7, pill.top() + 4), icons.pixmap(look.icon_name, look.meaning, 14))
        painter.setFont(self._small)
        painter.setPen(QColor(colours.strong(look.meaning)))
        words = self._small_metrics.elidedText(look.text, Qt.TextElideMode.ElideRight, width - 32)
        painter.drawText(pill.adjusted(25, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _dress(self) -> None:
        colours = theme.tokens()
        self._dressed = colours.name
        self._font: QFont = theme.numbers(self._table.font())
        self._bold = theme.scale_font(self._font, self._font.pointSizeF(), bold=True)
        self._small = theme.scale_font(self._font, SECONDARY)
        self._metrics = QFontMetrics(self._font)
        self._bold_metrics = QFontMetrics(self._bold)
        self._small_metrics = QFontMetrics(self._small)
        self._text, self._subtle = QColor(colours.text), QColor(colours.subtle)
        self._selected = QColor(colours.accent_soft)
        self._hover = QColor(mix(colours.surface, colours.text, 0.04))
        self._line = QColor(mix(colours.line, colours.surface, 0.5))


def _words(column: Column[Any], row: object) -> str:
    """The words as they are broken into lines."""
    return unbroken(bounded(column.text(row)))
