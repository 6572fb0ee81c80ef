"""Search as you type: a field with its results under it, for diagnoses, drugs, patients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desktop.gui import icons, theme
from clinic_desktop.gui.theme.tokens import SECONDARY
from clinic_desktop.gui.widgets.fields import LineField
from clinic_desktop.i18n import _

SUGGESTION = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 40


@dataclass(frozen=True)
class Suggestion:
    """One result: what is chosen, its words, a second line, a word at the right with a meaning, an icon."""

    key: str
    text: str
    detail: str = ""
    badge: str = ""
    meaning: str = "neutral"
    icon: str = ""
    heading: str = ""  # in the palette: the group it stands in
    data: object = None  # whatever the caller wants back


Show = Callable[[Sequence[Suggestion]], None]
Ask = Callable[[str, Show], None]  # asks off the window's thread and shows what comes back


class SuggestionPainter(QStyledItemDelegate):
    """Paints one result: icon, words over a lighter second line, badge at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802, ARG002 - Qt's name
        """Every row is as high as any other."""
        return QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a result."""
        found = index.data(SUGGESTION)
        if not isinstance(found, Suggestion):
            return
        colours = theme.tokens()
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        font: QFont = option.font
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent_soft))
            painter.drawRoundedRect(box.adjusted(2, 1, -2, -1), 4, 4)
        left = box.left() + 12
        if found.icon:
            painter.drawPixmap(QPoint(left, box.center().y() - 9), icons.pixmap(found.icon, "neutral", 18))
            left += 30
        right = box.right() - 12
        right = self._badge(painter, found, font, QRect(left, box.top(), right - left, box.height()))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        words = QRect(left, box.top(), right - left, box.height())
        if found.detail:
            words = QRect(left, box.top() + 3, right - left, box.height() // 2 - 1)
            small = QRect(left, box.center().y() + 1, right - left, box.height() // 2 - 3)
            painter.setFont(theme.scale_font(font, SECONDARY))
            painter.setPen(QColor(colours.subtle))
            painter.drawText(small, middle, _elided(painter, found.detail, small.width()))
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(words, middle, _elided(painter, found.text, words.width()))
        painter.restore()

    def _badge(self, painter: QPainter, found: Suggestion, font: QFont, box: QRect) -> int:
        if not found.badge:
            return box.right()
        painter.setFont(theme.scale_font(font, SECONDARY))
        painter.setPen(QColor(theme.tokens().strong(found.meaning)))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, found.badge)
        return box.right() - painter.fontMetrics().horizontalAdvance(found.badge) - 12


class ResultList(QListView):
    """The list of results under a search box; it never takes the focus, its box drives it."""

    picked = Signal(object)  # Suggestion

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(SuggestionPainter(self))
        self.setMouseTracking(True)
        self._rows = QStandardItemModel(self)
        self.setModel(self._rows)
        self.clicked.connect(lambda index: self.picked.emit(index.data(SUGGESTION)))

    def show_results(self, results: Sequence[Suggestion]) -> None:
        """Show results with the first one chosen."""
        self._rows.clear()
        for result in results:
            item = QStandardItem(result.text)
            item.setData(result, SUGGESTION)
            item.setAccessibleDescription(f"{result.detail} {result.badge}".strip())
            self._rows.appendRow(item)
        if results:
            self.setCurrentIndex(self._rows.index(0, 0))

    def results(self) -> list[Suggestion]:
        """The results shown."""
        return [self._rows.index(row, 0).data(SUGGESTION) for row in range(self._rows.rowCount())]

    def move(self, by: int) -> None:  # type: ignore[override]  # rows, not pixels: nobody moves this widget
        """Choose another row."""
        count = self._rows.rowCount()
        if count:
            row = min(max(self.currentIndex().row() + by, 0), count - 1)
            self.setCurrentIndex(self._rows.index(row, 0))

    def current(self) -> Suggestion | None:
        """The result chosen now."""
        found = self.currentIndex().data(SUGGESTION)
        return found if isinstance(found, Suggestion) else None


class SearchField(LineField):
    """A field whose results show under it while it is typed in; Enter or a click chooses one.

    `ask(text, show)` asks off the window's thread (``tasks.query``) and calls `show` with the results; the
    newest question wins there. With `keep`, the choice's words stay and `value()` is its key; without, the
    field empties after each choice (for adding one after another). With `free`, words that are not in the
    list are taken as they stand.
    """

    chosen = Signal(object)  # Suggestion

    def __init__(
        self,
        label: str,
        name: str,
        ask: Ask,
        *,
        hint: str = "",
        required: bool = False,
        placeholder: str = "",
        keep: bool = True,
        free: bool = False,
        at_least: int = 2,
        rows: int = 8,
    ) -> None:
        super().__init__(label, name, hint=hint, required=required, placeholder=placeholder)
        self._ask, self._keep, self._at_least, self._most = ask, keep, at_least, rows
        self._free = free
        self._choice: Suggestion | None = None
        self._popup: ResultList | None = None
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)

    def value(self) -> str | None:
        """The key of the choice, None where nothing is chosen."""
        return self._choice.key if self._choice else None

    def choice(self) -> Suggestion | None:
        """The choice itself."""
        return self._choice

    def set_value(self, value: object) -> None:
        """Show a `Suggestion` as chosen, or None."""
        self._choice = value if isinstance(value, Suggestion) else None
        self.line.setText(self._choice.text if self._choice else "")

    def draft(self) -> str:
        """The key and words of the choice, or what was typed."""
        if self._choice:
            return f"{self._choice.key}\t{self._choice.text}"
        return self.line.text()

    def restore(self, draft: str) -> None:
        """Put back what `draft` gave."""
        key, tab, text = draft.partition("\t")
        self._choice = Suggestion(key, text) if tab else None
        self.line.setText(text if tab else draft)

    def problem(self) -> str:
        """Words that were typed but not chosen from the list."""
        if self.line.text().strip() and self._choice is None and self._keep and not self._free:
            return _("Choose one from the list.")
        return super().problem()

    def choose(self, found: Suggestion) -> None:
        """Take a result as the choice."""
        self.close_results()
        self._choice = found if self._keep else None
        self.line.setText(found.text if self._keep else "")
        self.chosen.emit(found)

    def close_results(self) -> None:
        """Close the list."""
        if self._popup is not None:
            self._popup.hide()

    @property
    def popup(self) -> ResultList:
        """The list of results: a child of the window, so that it takes no focus and shows in pictures."""
        if self._popup is None or self._popup.parent() is not self.window():
            self._popup = ResultList(self.window())
            self._popup.setObjectName(f"{self.name}.results")
            self._popup.picked.connect(self.choose)
            self._popup.hide()
        return self._popup

    def _typed(self, text: str) -> None:
        self._choice = None
        if len(text.strip()) >= self._at_least:
            self._ask(text.strip(), lambda results: self._show(text, results))
        else:
            self.close_results()

    def _show(self, text: str, results: Sequence[Suggestion]) -> None:
        if text != self.line.text() or not self.line.hasFocus():
            return
        shown = list(results) or [Suggestion("", _("Nothing found"), icon="search")]
        self.popup.show_results(shown)
        corner = self.line.mapTo(self.window(), QPoint(0, self.line.height() + 2))
        height = min(len(shown), self._most) * ROW_HEIGHT + 10
        if corner.y() + height > self.window().height():
            corner.setY(max(corner.y() - height - self.line.height() - 4, 0))
        width = min(max(self.line.width(), 360), self.window().width() - 16)
        left = min(corner.x(), self.window().width() - width - 8)
        self.popup.setGeometry(left, corner.y(), width, height)
        self.popup.show()
        self.popup.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Drive the list from the field."""
        shown = self._popup is not None and self._popup.isVisible()
        if event.type() == QEvent.Type.FocusOut:
            self.close_results()
        if not shown or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        key = Qt.Key(event.key())
        if key in steps:
            self.popup.move(steps[key])
        elif key == Qt.Key.Key_Escape:
            self.close_results()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}:
            found = self.popup.current()
            if found is None or not found.key:
                return super().eventFilter(watched, event)
            self.choose(found)
            return key != Qt.Key.Key_Tab
        else:
            return super().eventFilter(watched, event)
        return True


def _elided(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
