"""Measurements among reference curves: each curve with its name at the right end, each measurement pointed at."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from clinic_desktop.domain.scale import nice_steps
from clinic_desktop.gui import theme
from clinic_desktop.gui.theme.tokens import SECONDARY
from clinic_desktop.i18n import _

_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 52, 12, 42
_REACH = 16  # pixels from a point at which the mouse finds it


@dataclass(frozen=True)
class Curve:
    """One reference curve and its name at the right; the middle one is drawn stronger, outer ones as warnings."""

    name: str
    points: tuple[tuple[float, float], ...]
    weight: str = "plain"  # middle, plain, outer


@dataclass(frozen=True)
class Mark:
    """One measurement: `words` are said when it is pointed at; `meaning` colours and shapes it."""

    x: float
    y: float
    words: str
    meaning: str = ""  # "", warning or critical


class CurveChart(QWidget):
    """The mouse or Left and Right show what is said of each measurement."""

    def __init__(self, name: str, *, title: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = title
        self._curves: tuple[Curve, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._found: int | None = None
        self._note = ""
        self._ticks: tuple[tuple[float, str], ...] = ()
        self._x_words = self._y_words = ""
        self._from, self._to = 0.0, 1.0
        self._steps: list[float] = [0.0, 1.0]
        self._empty = _("No values yet")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(280)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as there is room for."""
        return QSize(760, 460)

    def show_nothing(self, words: str) -> None:
        """Say why there is nothing to draw."""
        self._curves, self._marks, self._found, self._empty = (), (), None, words
        self.setAccessibleName(words)
        self.update()

    def show_curves(
        self,
        curves: Sequence[Curve],
        marks: Sequence[Mark],
        ticks: Sequence[tuple[float, str]],
        *,
        x_words: str,
        y_words: str,
        note: str = "",
    ) -> None:
        """Draw the curves over the span of the ticks, and the measurements on them; `note` stands in the plot."""
        self._note = note
        self._curves, self._marks, self._found = tuple(curves), tuple(marks), None
        self._ticks, self._x_words, self._y_words = tuple(ticks), x_words, y_words
        self._from, self._to = ticks[0][0], ticks[-1][0]
        values = [y for curve in curves for x, y in curve.points if self._from <= x <= self._to]
        values += [mark.y for mark in marks]
        if values:
            self._steps = nice_steps(min(values), max(values), 8)
        last = marks[-1].words.replace("\n", ", ") if marks else note or "–"
        self.setAccessibleName(_("{title}, last: {last}").format(title=self._title or y_words, last=last))
        self.update()

    # Painting -----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's
        """Paint the grid, the curves, the measurements and the one pointed at."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.numbers(theme.scale_font(self.font(), SECONDARY)))
        if not self._curves:
            painter.setPen(QColor(theme.tokens().subtle))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 0, -24, 0), flags, self._empty)
            return
        self._paint_grid(painter)
        painter.setClipRect(self._plot().adjusted(0, -1, 0, 1))
        for curve in self._curves:
            self._paint_curve(painter, curve)
        painter.setClipping(False)
        self._paint_names(painter)
        self._paint_marks(painter)
        self._paint_note(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.tokens().accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _plot(self) -> QRectF:
        return QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM)

    def _at(self, x: float, y: float) -> QPointF:
        plot, low, high = self._plot(), self._steps[0], self._steps[-1]
        across = (x - self._from) / (self._to - self._from or 1)
        return QPointF(plot.left() + across * plot.width(), plot.bottom() - (y - low) / (high - low) * plot.height())

    def _paint_grid(self, painter: QPainter) -> None:
        colours, plot = theme.tokens(), self._plot()
        for step in self._steps:
            y = self._at(self._from, step).y()
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(colours.subtle))
            # Above the foot line, so that the first value and the first age do not touch.
            box = QRectF(0, min(y, plot.bottom() - 8) - 8, _LEFT - 8, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{step:g}")
        for at, words in self._ticks:
            x = self._at(at, self._steps[0]).x()
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.setPen(QColor(colours.subtle))
            painter.drawText(QRectF(x - 30, plot.bottom() + 5, 60, 17), Qt.AlignmentFlag.AlignCenter, words)
        foot = QRectF(plot.left(), plot.bottom() + 22, plot.width(), 16)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, f"{self._x_words}   ·   {self._y_words}")

    def _paint_curve(self, painter: QPainter, curve: Curve) -> None:
        colours = theme.tokens()
        colour, wide = {
            "middle": (colours.good, 2.0),
            "outer": (colours.critical, 1.2),
        }.get(curve.weight, (colours.subtle, 1.0))
        pen = QPen(QColor(colour), wide)
        if curve.weight == "plain":
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([self._at(x, y) for x, y in curve.points]))

    def _paint_names(self, painter: QPainter) -> None:
        plot, lowest = self._plot(), float("inf")
        for curve in sorted(self._curves, key=lambda one: one.points[-1][1] if one.points else 0):
            inside = [point for point in curve.points if point[0] <= self._to]
            if not inside:
                continue
            # From the foot up; a name that would stand on the last one moves above it.
            y = min(self._at(*inside[-1]).y(), lowest - 13)
            lowest = y
            painter.setPen(QColor(theme.tokens().text))
            box = QRectF(plot.right() + 5, y - 8, _RIGHT - 5, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, curve.name)

    def _paint_note(self, painter: QPainter) -> None:
        if not self._note:
            return
        colours = theme.tokens()
        wide = min(painter.fontMetrics().horizontalAdvance(self._note) + 32, int(self._plot().width()) - 16)
        box = QRectF(0, 0, wide, 40)
        box.moveCenter(self._plot().center())
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor(colours.text))
        painter.drawText(box.adjusted(8, 0, -8, 0), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)

    def _paint_marks(self, painter: QPainter) -> None:
        colours = theme.tokens()
        places = [self._at(mark.x, mark.y) for mark in self._marks]
        painter.setPen(QPen(QColor(colours.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(places))
        for number, (mark, place) in enumerate(zip(self._marks, places, strict=True)):
            colour = QColor(colours.strong(mark.meaning) if mark.meaning else colours.accent)
            painter.setPen(QPen(colour, 2))
            painter.setBrush(colour if mark.meaning == "critical" else QColor(colours.surface))
            if mark.meaning:
                corners = ((0, -6), (6, 0), (0, 6), (-6, 0))
                painter.drawPolygon(QPolygonF([place + QPointF(x, y) for x, y in corners]))
            else:
                painter.drawEllipse(place, 4, 4)
            if number == self._found:
                painter.setPen(QPen(QColor(colours.text), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(place, 9, 9)

    # Pointing ----------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show what is said of the measurement under the mouse."""
        gaps = [(self._at(mark.x, mark.y) - event.position()).manhattanLength() for mark in self._marks]
        nearest = min(range(len(gaps)), key=gaps.__getitem__, default=None)
        self._show(nearest if nearest is not None and gaps[nearest] <= _REACH else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Left and Right go from measurement to measurement."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if not step or not self._marks:
            super().keyPressEvent(event)
            return
        now = self._found if self._found is not None else (-1 if step > 0 else len(self._marks))
        self._show(min(max(now + step, 0), len(self._marks) - 1))

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Point at nothing any more."""
        self._show(None)
        super().focusOutEvent(event)

    def _show(self, found: int | None) -> None:
        self._found = found
        if found is None:
            QToolTip.hideText()
        else:
            mark = self._marks[found]
            QToolTip.showText(self.mapToGlobal(self._at(mark.x, mark.y).toPoint()), mark.words, self)
        self.update()
