"""A pad to sign on with mouse, pen or finger: strokes are kept as they were drawn and shown again anywhere."""

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QTabletEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.signatures import PAD, Point, Signature, read, write
from clinic_desktop.gui import theme
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.fields import Field

PEN_WIDTH = 1.8
NEAR = 15  # hundredths of a millimetre: closer points say nothing new


class SignaturePad(QWidget):
    """A sheet of a true size (90 by 30 mm) on which strokes are drawn; read only, it shows them."""

    signed = Signal()

    def __init__(self, name: str, *, read_only: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self._read_only = read_only
        self._strokes: list[list[Point]] = []
        self._drawing = False
        self.setFixedSize(self._pixels(PAD[0]), self._pixels(PAD[1]))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if read_only else Qt.FocusPolicy.StrongFocus)
        if not read_only:
            self.setCursor(Qt.CursorShape.CrossCursor)

    def signature(self) -> Signature:
        """What was drawn."""
        return Signature(PAD, tuple(tuple(stroke) for stroke in self._strokes))

    def show_signature(self, signature: Signature | None) -> None:
        """Show strokes, or none."""
        self._strokes = [] if signature is None else [list(stroke) for stroke in signature.strokes]
        self._drawing = False
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as the paper it stands for."""
        return self.size()

    # Drawing --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A stroke begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A stroke goes on."""
        self._go_on(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A stroke ends."""
        self._go_on(event.position())
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802 - Qt's name
        """A pen draws as the mouse does, with every point that it reports."""
        acts = {
            QEvent.Type.TabletPress: self._begin,
            QEvent.Type.TabletMove: self._go_on,
            QEvent.Type.TabletRelease: self._go_on,
        }
        if event.type() in acts:
            acts[event.type()](event.position())
        if event.type() == QEvent.Type.TabletRelease:
            self._end()
        event.accept()

    def _begin(self, at: QPointF) -> None:
        if not self._read_only:
            self._drawing = True
            self._strokes.append([self._point(at)])
            self.update()

    def _go_on(self, at: QPointF) -> None:
        if not self._drawing:
            return
        point, last = self._point(at), self._strokes[-1][-1]
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) >= NEAR:
            self._strokes[-1].append(point)
            self.update()

    def _end(self) -> None:
        if self._drawing:
            self._drawing = False
            self.signed.emit()

    def _point(self, at: QPointF) -> Point:
        """Hundredths of a millimetre, kept on the pad where the hand left it."""
        x, y = (round(value * 2540 / self.logicalDpiX()) for value in (at.x(), at.y()))
        return min(max(x, 0), PAD[0]), min(max(y, 0), PAD[1])

    def _pixels(self, hundredths: int) -> int:
        return round(hundredths * self.logicalDpiX() / 2540)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paper, a line to sign on, and ink: dark on white in either theme, as on paper."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens()
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        painter.setPen(QPen(QColor("#9AA7B5"), 1, Qt.PenStyle.DotLine))
        line = round(self.height() * 0.8)
        painter.drawLine(16, line, self.width() - 16, line)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 6, 6)
        pen = QPen(QColor("#17202A"), PEN_WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        scale = self.logicalDpiX() / 2540
        for stroke in self._strokes:
            points = [QPointF(x * scale, y * scale) for x, y in stroke]
            if len(points) == 1:
                painter.drawPoint(points[0])
            else:
                painter.drawPolyline(points)
        painter.end()


class SignatureField(Field):
    """A signature with a button to begin again; its draft is the strokes themselves."""

    def __init__(self, label: str, name: str, *, clear: str, hint: str = "") -> None:
        super().__init__(label, name, hint=hint)
        self.pad = SignaturePad(name)
        self.pad.signed.connect(self._was_edited)
        self._again = Button(clear, f"{name}.again", self._clear)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        column = QVBoxLayout()
        column.addWidget(self._again)
        column.addStretch(1)
        row.addWidget(self.pad)
        row.addLayout(column)
        row.addStretch(1)
        self.put(self.pad, wrapped=holder)

    def value(self) -> str | None:
        """The strokes as they are kept; None where nothing was drawn."""
        return self.draft() or None

    def set_value(self, value: object) -> None:
        """Show strokes."""
        self.restore("" if value is None else str(value))

    def draft(self) -> str:
        """What was drawn."""
        drawn = self.pad.signature()
        return write(drawn) if drawn.strokes else ""

    def restore(self, draft: str) -> None:
        """Draw again what was drawn; what is no signature is none."""
        try:
            self.pad.show_signature(read(draft) if draft else None)
        except Refusal:
            self.pad.show_signature(None)

    def _clear(self) -> None:
        self.pad.show_signature(None)
        self._was_edited()
        self.pad.setFocus()
