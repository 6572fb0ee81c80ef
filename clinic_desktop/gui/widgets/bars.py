"""A few counts beside one another, such as visits by day; each bar opens the rows behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from clinic_desktop.domain.scale import nice_steps
from clinic_desktop.gui import theme
from clinic_desktop.gui.theme.tokens import SECONDARY
from clinic_desktop.gui.widgets.labels import tip
from clinic_desktop.i18n import _

_LEFT, _TOP, _BOTTOM = 40, 8, 22


@dataclass(frozen=True)
class Bar:
    """One bar: its key, the words under it, its height, what is said of it, and what it is compared with."""

    key: str
    title: str
    value: float
    words: str = ""
    before: float | None = None


class BarChart(QWidget):
    """Bars; a click or Enter on one emits `opened` with its key. What one is compared with is a line across it."""

    opened = Signal(str)

    def __init__(self, name: str, *, title: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = title
        self._bars: tuple[Bar, ...] = ()
        self._found = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(120)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide and low."""
        return QSize(360, 160)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show these bars."""
        self._bars, self._found = tuple(bars), -1
        words = ", ".join(f"{bar.title} {bar.value:g}" for bar in bars)
        self.setAccessibleName(f"{self._title}: {words}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's
        """Paint axis and bars."""
        colours = theme.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.numbers(theme.scale_font(self.font(), SECONDARY)))
        if not self._bars:
            painter.setPen(QColor(colours.subtle))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("Nothing to show yet"))
            return
        steps = nice_steps(0, max(max(bar.value, bar.before or 0) for bar in self._bars) or 1, 3)
        foot = self.height() - _BOTTOM
        tall = foot - _TOP
        for step in steps:
            y = foot - step / steps[-1] * tall
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(_LEFT, round(y), self.width(), round(y))
            painter.setPen(QColor(colours.subtle))
            box = QRectF(0, y - 8, _LEFT - 8, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{step:g}")
        apart = self._apart(painter.fontMetrics())
        for place, bar in enumerate(self._bars):
            left, width = self._span(place)
            height = max(bar.value, 0) / steps[-1] * tall
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.setOpacity(1.0 if place == self._found or self._found < 0 else 0.55)
            wide = min(width * 0.6, 36.0)
            painter.drawRoundedRect(QRectF(left + (width - wide) / 2, foot - height, wide, height), 2, 2)
            painter.setOpacity(1.0)
            if bar.before is not None:
                y = foot - max(bar.before, 0) / steps[-1] * tall
                painter.setPen(QPen(QColor(colours.text), 2))
                painter.drawLine(round(left + width * 0.1), round(y), round(left + width * 0.9), round(y))
            painter.setPen(QColor(colours.subtle))
            if place % apart == 0:
                under = QRectF(left - width * (apart - 1) / 2, foot + 4, width * apart, _BOTTOM - 4)
                painter.drawText(under, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, bar.title)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show the bar under the mouse."""
        self._find(self._place_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open the rows behind a bar."""
        place = self._place_at(event.position().x())
        if place >= 0:
            self.opened.emit(self._bars[place].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Left and Right go from bar to bar, Enter opens one."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if step and self._bars:
            self._find(min(max(self._found + step, 0), len(self._bars) - 1))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._found >= 0:
            self.opened.emit(self._bars[self._found].key)
        else:
            super().keyPressEvent(event)

    def _apart(self, measured: QFontMetrics) -> int:
        """Under each how many-th bar its words stand: where bars are narrow, words would run into one another."""
        widest = max(measured.horizontalAdvance(bar.title) for bar in self._bars) + 8
        return max(-(-widest // max(int(self._span(0)[1]), 1)), 1)

    def _span(self, place: int) -> tuple[float, float]:
        width = (self.width() - _LEFT) / len(self._bars)
        return _LEFT + place * width, width

    def _place_at(self, x: float) -> int:
        if not self._bars or x < _LEFT:
            return -1
        return min(int((x - _LEFT) / self._span(0)[1]), len(self._bars) - 1)

    def _find(self, place: int) -> None:
        if place != self._found:
            self._found = place
            self.update()
        if place >= 0:
            bar = self._bars[place]
            self.setAccessibleDescription(bar.words or f"{bar.title}: {bar.value:g}")
            left, width = self._span(place)
            at = self.mapToGlobal(self.rect().topLeft())
            at.setX(at.x() + round(left + width / 2))
            QToolTip.showText(at, tip(bar.words or f"{bar.title}: {bar.value:g}"), self)
