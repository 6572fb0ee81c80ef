"""Values over time: points, shaded reference bands that say whose they are, abnormal points by shape and colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from clinic_desktop.domain.scale import nice_steps
from clinic_desktop.gui import theme
from clinic_desktop.gui.theme.tokens import SECONDARY
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.i18n import _

Flag = Literal["", "L", "H", "LL", "HH"]
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 28, 24  # above stand the unit, over its axis, and the names of several lines
_COLOURS = ("accent", "information", "warning", "good")
# Told apart without colour: each line has a stroke and a shape of point of its own.
_STROKES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
_DIAMOND = ((0.0, -4.8), (4.8, 0.0), (0.0, 4.8), (-4.8, 0.0))
_SQUARE = ((-3.4, -3.4), (3.4, -3.4), (3.4, 3.4), (-3.4, 3.4))
_PLUS = ((0.0, -5.0), (1.6, -1.6), (5.0, 0.0), (1.6, 1.6), (0.0, 5.0), (-1.6, 1.6), (-5.0, 0.0), (-1.6, -1.6))
_SHAPES = ((), _SQUARE, _DIAMOND, _PLUS)  # the first is round
_REACH = 14  # pixels from a point at which the mouse finds it


@dataclass(frozen=True)
class Point:
    """One value at an aware instant; `flag` is L, H, LL or HH where it is abnormal."""

    at: datetime
    value: float
    flag: Flag = ""
    note: str = ""


@dataclass(frozen=True)
class Band:
    """A reference band; a missing side is open."""

    low: float | None
    high: float | None

    def words(self, name: str) -> str:
        """What lies in the band, and of what."""
        if self.low is None:
            said = _("Normal up to {high}")
        elif self.high is None:
            said = _("Normal from {low}")
        else:
            said = _("Normal {low} to {high}")
        low, high = (f"{side:g}" if side is not None else "" for side in (self.low, self.high))
        words = said.format(low=low, high=high)
        return _("{name}: {words}").format(name=name, words=words[:1].lower() + words[1:]) if name else words


@dataclass(frozen=True)
class Series:
    """One line of points, such as systolic; several share a chart and its unit."""

    name: str
    points: tuple[Point, ...]
    band: Band | None = None


class TrendChart(QWidget):
    """A trend: the mouse or Left and Right show each point's value and date."""

    def __init__(self, name: str, *, unit: str = "", title: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self._unit, self._title = unit, title
        self._series: tuple[Series, ...] = ()
        self._found: tuple[Series, Point] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(140)
        self._steps: list[float] = [0.0, 1.0]
        self._from, self._to = 0.0, 1.0

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide and low."""
        return QSize(420, 180)

    def set_series(self, series: Sequence[Series], *, unit: str | None = None) -> None:
        """Show these lines."""
        self._series = tuple(series)
        self._unit = self._unit if unit is None else unit
        self._found = None
        points = [point for each in self._series for point in each.points]
        if points:
            values = [point.value for point in points]
            bands = [each.band for each in self._series if each.band]
            values += [side for band in bands for side in (band.low, band.high) if side is not None]
            self._steps = nice_steps(min(values), max(values), 4)
            times = [point.at.timestamp() for point in points]
            self._from, self._to = min(times), max(times)
            if self._from == self._to:
                self._from, self._to = self._from - 86_400, self._to + 86_400
        self.setAccessibleName(self._spoken())
        self.update()

    def _spoken(self) -> str:
        last = [f"{each.name} {each.points[-1].value:g} {self._unit}" for each in self._series if each.points]
        words = _("Trend of {title}, last: {last}").format(title=self._title, last=", ".join(last) or "–")
        return "; ".join((words, *(each.band.words(each.name) for each in self._series if each.band)))

    # Painting -----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's
        """Paint axes, bands, lines, points and the point that is pointed at."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.numbers(theme.scale_font(self.font(), SECONDARY)))
        if not any(each.points for each in self._series):
            painter.setPen(QColor(theme.tokens().subtle))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("No values yet"))
            return
        self._paint_axes(painter)
        for number, each in enumerate(self._series):
            self._paint_band(painter, each, number % len(_COLOURS))
        self._paint_words(painter)
        for number, each in enumerate(self._series):
            self._paint_line(painter, each, number % len(_COLOURS))
        if len(self._series) > 1:
            self._paint_legend(painter)
        if self._found:
            self._paint_found(painter, *self._found)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.tokens().accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _plot(self) -> QRectF:
        return QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM)

    def _y(self, value: float) -> float:
        plot, low, high = self._plot(), self._steps[0], self._steps[-1]
        return plot.bottom() - (value - low) / (high - low) * plot.height()

    def _at(self, point: Point) -> QPointF:
        plot = self._plot().adjusted(8, 0, -8, 0)
        share = (point.at.timestamp() - self._from) / (self._to - self._from)
        return QPointF(plot.left() + share * plot.width(), self._y(point.value))

    def _paint_axes(self, painter: QPainter) -> None:
        colours, plot = theme.tokens(), self._plot()
        for step in self._steps:
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(QPointF(plot.left(), self._y(step)), QPointF(plot.right(), self._y(step)))
            painter.setPen(QColor(colours.subtle))
            box = QRectF(0, self._y(step) - 8, _LEFT - 6, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{step:g}")
        foot = QRectF(plot.left(), plot.bottom() + 4, plot.width(), _BOTTOM - 4)
        first, last = (datetime.fromtimestamp(stamp, UTC).astimezone().date() for stamp in (self._from, self._to))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, show_date(first))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, show_date(last))
        painter.drawText(QPointF(4, 14), self._unit)

    def _area(self, band: Band) -> QRectF:
        plot = self._plot()
        top = plot.top() if band.high is None else self._y(band.high)
        foot = plot.bottom() if band.low is None else self._y(band.low)
        return QRectF(plot.left(), top, plot.width(), foot - top)

    def _band_colour(self, kind: int) -> QColor:
        # Where several lines share the chart each band has the colour of its line, and the stroke: what is normal for
        # one must not be read as normal for the other.
        return QColor(theme.tokens().strong(_COLOURS[kind] if len(self._series) > 1 else "good"))

    def _paint_band(self, painter: QPainter, series: Series, kind: int) -> None:
        if series.band is None:
            return
        plot, colour = self._plot(), self._band_colour(kind)
        shade = QColor(colour)
        shade.setAlpha(28)
        painter.fillRect(self._area(series.band), shade)
        painter.setPen(QPen(colour, 0.75, _STROKES[kind]))
        for side in (series.band.high, series.band.low):
            if side is not None:
                painter.drawLine(QPointF(plot.left(), self._y(side)), QPointF(plot.right(), self._y(side)))

    def _paint_words(self, painter: QPainter) -> None:
        """What each band says, at a place in it where no line comes, if there is one; no words ever hide a point."""
        lines = [
            QRectF(one, other).normalized().adjusted(-6, -6, 6, 6)
            for series in self._series
            for dots in ([self._at(point) for point in series.points],)
            for one, other in zip(dots, dots[1:] or dots, strict=False)
        ]
        for number, series in enumerate(self._series):
            if series.band is None:
                continue
            words, area = series.band.words(series.name), self._area(series.band)
            metrics = painter.fontMetrics()
            wide, high = metrics.horizontalAdvance(words) + 2, metrics.height()
            top = min(area.top() + 2, area.center().y() - high / 2)
            foot = max(area.bottom() - high - 2, top)
            places = [
                QRectF(left, at, wide, high)
                for at in (top, foot, (top + foot) / 2)
                for left in (area.left() + 6, area.right() - wide - 6)
            ]
            box = next((each for each in places if not any(each.intersects(line) for line in lines)), places[0])
            lines.append(box)
            painter.setPen(self._band_colour(number % len(_COLOURS)))
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, words)

    def _paint_line(self, painter: QPainter, series: Series, kind: int) -> None:
        colour = QColor(theme.tokens().strong(_COLOURS[kind]))
        places = [self._at(point) for point in series.points]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.5, _STROKES[kind]))
        painter.drawPolyline(QPolygonF(places))
        for point, place in zip(series.points, places, strict=True):
            _paint_point(painter, place, point.flag, colour, kind)

    def _paint_legend(self, painter: QPainter) -> None:
        left = max(float(_LEFT), 4.0 + painter.fontMetrics().horizontalAdvance(self._unit) + 14)
        for number, series in enumerate(self._series):
            kind = number % len(_COLOURS)
            colour = QColor(theme.tokens().strong(_COLOURS[kind]))
            painter.setPen(QPen(colour, 2, _STROKES[kind]))
            painter.drawLine(QPointF(left, 10), QPointF(left + 26, 10))
            _paint_point(painter, QPointF(left + 13, 10), "", colour, kind)
            painter.setPen(colour)
            width = painter.fontMetrics().horizontalAdvance(series.name)
            painter.drawText(QPointF(left + 32, 14), series.name)
            left += 32 + width + 16

    def _paint_found(self, painter: QPainter, series: Series, point: Point) -> None:
        del series
        colours, place, plot = theme.tokens(), self._at(point), self._plot()
        painter.setPen(QPen(QColor(colours.subtle), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(place.x(), plot.top()), QPointF(place.x(), plot.bottom()))
        painter.setPen(QPen(QColor(colours.text), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, 7, 7)

    # Pointing ----------------------------------------------------------------------------------------

    def words_of(self, series: Series, point: Point) -> str:
        """What is said of a point: value, unit, flag, date."""
        name = f"{series.name} " if series.name else ""
        flag = f" {point.flag}" if point.flag else ""
        on = show_date(point.at.astimezone().date())
        note = f"\n{point.note}" if point.note else ""
        return f"{name}{point.value:g} {self._unit}{flag}\n{on} {point.at.astimezone():%H:%M}{note}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show the point under the mouse."""
        best: tuple[float, Series, Point] | None = None
        for series in self._series:
            for point in series.points:
                gap = (self._at(point) - event.position()).manhattanLength()
                if gap <= _REACH and (best is None or gap < best[0]):
                    best = (gap, series, point)
        self._show(None if best is None else best[1:])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Left and Right go from point to point."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        every = sorted(((s, p) for s in self._series for p in s.points), key=lambda pair: pair[1].at)
        if not step or not every:
            super().keyPressEvent(event)
            return
        now = every.index(self._found) if self._found in every else (-1 if step > 0 else len(every))
        self._show(every[min(max(now + step, 0), len(every) - 1)])

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Point at nothing any more."""
        self._show(None)
        super().focusOutEvent(event)

    def _show(self, found: tuple[Series, Point] | None) -> None:
        self._found = found
        if found is None:
            QToolTip.hideText()
        else:
            place = self._at(found[1]).toPoint()
            QToolTip.showText(self.mapToGlobal(place), self.words_of(*found), self)
        self.update()


def _paint_point(painter: QPainter, at: QPointF, flag: str, colour: QColor, kind: int) -> None:
    """A normal point has its line's shape; high points up, low points down, critical ones are filled and larger."""
    if not flag:
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(QColor(theme.tokens().surface))
        if shape := _SHAPES[kind]:
            painter.drawPolygon(QPolygonF([QPointF(at.x() + across, at.y() + down) for across, down in shape]))
        else:
            painter.drawEllipse(at, 3.5, 3.5)
        return
    critical = len(flag) == 2
    sign = -1 if flag.startswith("H") else 1
    size = 7.0 if critical else 5.5
    tip = QPolygonF(
        [
            QPointF(at.x(), at.y() + sign * size),
            QPointF(at.x() - size, at.y() - sign * size * 0.7),
            QPointF(at.x() + size, at.y() - sign * size * 0.7),
        ]
    )
    strong = QColor(theme.tokens().strong("critical" if critical else "warning"))
    painter.setPen(QPen(strong, 1.5))
    painter.setBrush(strong if critical else QColor(theme.tokens().surface))
    painter.drawPolygon(tip)
