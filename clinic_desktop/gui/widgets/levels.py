"""Level bars as the reports have them on paper: words at the left, the number at the right, read without colour."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from clinic_desktop.gui import theme
from clinic_desktop.gui.theme.tokens import SECONDARY
from clinic_desktop.gui.widgets.labels import tip

ROW = 22
_WORDS, _NUMBER, _GAP = 0.34, 96, 8  # the share of the words, and pixels


@dataclass(frozen=True)
class Level:
    """One bar: its key, the words before it, its length, and the number as it is written."""

    key: int
    words: str
    value: int
    number: str


class LevelBars(QWidget):
    """Bars beneath one another; a click or Enter on one emits `opened` with its key, hovering tells its number."""

    opened = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._levels: tuple[Level, ...] = ()
        self._title, self._found = "", -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_levels(self, title: str, levels: Sequence[Level]) -> None:
        """Show these bars."""
        self._title, self._levels, self._found = title, tuple(levels), -1
        said = ", ".join(f"{level.words} {level.number}" for level in levels)
        self.setAccessibleName(f"{title}: {said}")
        self.setMinimumHeight(ROW * len(levels) + 2)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the bars."""
        return QSize(480, ROW * len(self._levels) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's
        """Paint the words, the bars over their wash, and the numbers."""
        colours = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.numbers(theme.scale_font(self.font(), SECONDARY)))
        metrics = painter.fontMetrics()
        words = self.width() * _WORDS
        room = self.width() - words - _NUMBER
        most = max((level.value for level in self._levels), default=0)
        for place, level in enumerate(self._levels):
            top = place * ROW
            painter.setPen(QColor(colours.text))
            cut = metrics.elidedText(level.words, Qt.TextElideMode.ElideRight, int(words - _GAP))
            painter.drawText(QRectF(0, top, words - _GAP, ROW), Qt.AlignmentFlag.AlignVCenter, cut)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.line))
            painter.drawRoundedRect(QRectF(words, top + 5, room, ROW - 10), 2, 2)
            if level.value > 0 and most > 0:
                painter.setBrush(QColor(colours.accent))
                painter.drawRoundedRect(QRectF(words, top + 5, max(room * level.value / most, 2), ROW - 10), 2, 2)
            painter.setPen(QColor(colours.subtle))
            right = QRectF(words + room + _GAP, top, _NUMBER - _GAP, ROW)
            painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, level.number)
        if 0 <= self._found < len(self._levels):
            painter.setPen(QPen(QColor(colours.accent), 1 + self.hasFocus()))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(1, self._found * ROW + 1, self.width() - 2, ROW - 1), 4, 4)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show the bar under the mouse, and its number."""
        self._find(int(event.position().y()) // ROW)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """No bar is meant any more."""
        self._find(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open the rows behind a bar."""
        self._find(int(event.position().y()) // ROW)
        self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Up and Down go from bar to bar, Enter opens one."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step and self._levels:
            self._find(min(max(self._found + step, 0), len(self._levels) - 1))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._found >= 0:
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if 0 <= self._found < len(self._levels):
            self.opened.emit(self._levels[self._found].key)

    def _find(self, place: int) -> None:
        place = place if 0 <= place < len(self._levels) else -1
        if place != self._found:
            self._found = place
            self.update()
            if place >= 0:
                level = self._levels[place]
                at = self.mapToGlobal(self.rect().topLeft())
                at.setX(at.x() + round(self.width() * _WORDS))
                at.setY(at.y() + (place + 1) * ROW)
                QToolTip.showText(at, tip(f"{level.words}\n{self._title}: {level.number}"), self)
