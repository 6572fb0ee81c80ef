"""The grid of one day: a column for each practitioner, a row for each quarter of an hour, painted by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_desktop.gui import theme
from clinic_desktop.gui.theme.tokens import SECONDARY
from clinic_desktop.i18n import _
from clinic_desktop.services.scheduling import Appointment, DayBoard, Practitioner

STEP = 15
ROW = 24
HEAD = 36
TIMES = 56
GAP = 4
MEANING = {"booked": "accent", "arrived": "information", "completed": "good", "no_show": "warning"}


@dataclass(frozen=True)
class Cell:
    """A free place: whose column, and when."""

    practitioner: Practitioner
    at: time


class DayGrid(QWidget):
    """The board. Arrows move, Enter or a double click takes the cell or opens the appointment in it."""

    moved = Signal(object, object)  # Cell, Appointment or None
    taken = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("schedule.grid")
        self.setAccessibleName(_("Day board"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.board: DayBoard | None = None
        self.now: datetime | None = None
        # How far an appointment is at the connected systems, by its id.
        self.far: Mapping[str, str] = {}
        self.column, self.row = 0, 0

    # What is shown -----------------------------------------------------------------------------------------

    def show_board(self, board: DayBoard, now: datetime) -> None:
        """Show a day; the place chosen stays where it was."""
        first = self.board is None
        self.board, self.now = board, now.astimezone()
        if first and self.now.date() == board.day:
            self.row = max(min(self._row_of(self.now.time()), self.rows - 1), 0)
        self.column = min(self.column, max(len(board.practitioners) - 1, 0))
        self.row = min(self.row, self.rows - 1)
        self.setFixedHeight(HEAD + self.rows * ROW + GAP)
        self._tell()
        self.update()

    @property
    def rows(self) -> int:
        """How many quarters of an hour the day has."""
        if self.board is None:
            return 0
        opens, closes = self.board.opens, self.board.closes
        return (closes.hour * 60 + closes.minute - opens.hour * 60 - opens.minute) // STEP

    def cell(self) -> Cell | None:
        """The place chosen."""
        if self.board is None or not self.board.practitioners:
            return None
        start = datetime.combine(self.board.day, self.board.opens) + timedelta(minutes=self.row * STEP)
        return Cell(self.board.practitioners[self.column], start.time())

    def appointment(self) -> Appointment | None:
        """The appointment at the place chosen; one that stands wins over a cancelled one."""
        cell = self.cell()
        if cell is None or self.board is None:
            return None
        minute = cell.at.hour * 60 + cell.at.minute
        for one in self._of(cell.practitioner):
            start = one.starts_at.astimezone()
            begins = start.hour * 60 + start.minute
            if begins < minute + STEP and minute < begins + one.minutes:
                return one
        return None

    def choose(self, column: int, row: int) -> None:
        """Move to a place."""
        if self.board is None:
            return
        self.column = min(max(column, 0), max(len(self.board.practitioners) - 1, 0))
        self.row = min(max(row, 0), self.rows - 1)
        self._tell()
        self.update()

    def choose_time(self, practitioner_id: str, at: time) -> None:
        """Move to a practitioner's time."""
        if self.board is not None:
            ids = [one.staff_id for one in self.board.practitioners]
            self.choose(ids.index(practitioner_id) if practitioner_id in ids else 0, self._row_of(at))

    def rect_of(self, appointment: Appointment) -> QRect:
        """Where an appointment is painted."""
        if self.board is None:
            return QRect()
        ids = [one.staff_id for one in self.board.practitioners]
        box = self._column_rect(ids.index(appointment.practitioner_id))
        start = appointment.starts_at.astimezone()
        minutes = start.hour * 60 + start.minute - self.board.opens.hour * 60 - self.board.opens.minute
        top = HEAD + minutes * ROW // STEP
        return QRect(box.left() + 2, top + 1, box.width() - 4, max(appointment.minutes * ROW // STEP, ROW) - 2)

    def place_rect(self) -> QRect:
        """Where the place chosen is painted, for scrolling to it."""
        box = self._column_rect(self.column)
        return QRect(box.left(), HEAD + self.row * ROW, box.width(), ROW)

    def visible_top(self) -> int:
        """How far the day is scrolled away above."""
        return max(self.visibleRegion().boundingRect().top(), 0)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the day."""
        return QSize(480, HEAD + self.rows * ROW + GAP)

    # Keys and the mouse ------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move by a cell, Home and End to the day's ends, Enter takes."""
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
            Qt.Key.Key_Home: (0, -self.rows), Qt.Key.Key_End: (0, self.rows),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.choose(self.column + steps[key][0], self.row + steps[key][1])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.taken.emit(self.cell(), self.appointment())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the place under the pointer."""
        spot = event.position().toPoint()
        if spot.y() < self.visible_top() + HEAD:
            return  # on the names
        for column in range(len(self.board.practitioners) if self.board else 0):
            if self._column_rect(column).contains(spot.x(), HEAD + 1):
                self.choose(column, (spot.y() - HEAD) // ROW)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the place under the pointer."""
        self.mousePressEvent(event)
        self.taken.emit(self.cell(), self.appointment())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show the place chosen."""
        self.update()
        super().focusInEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Paint again in the new theme."""
        if event.type() == QEvent.Type.StyleChange:
            self.update()
        super().changeEvent(event)

    # Painting ----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Paint the day."""
        if self.board is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        for place, person in enumerate(self.board.practitioners):
            for one in self._of(person):
                self._paint_appointment(painter, one, chosen=place == self.column and one == self.appointment())
        self._paint_now(painter)
        self._paint_place(painter)
        self._paint_heads(painter)
        painter.end()

    def _paint_frame(self, painter: QPainter) -> None:
        colours = theme.tokens()
        small = theme.scale_font(self.font(), SECONDARY)
        board = self.board
        if board is None:
            return
        painter.fillRect(self.rect(), QColor(colours.surface))
        for row in range(self.rows + 1):
            start = datetime.combine(board.day, board.opens) + timedelta(minutes=row * STEP)
            y = HEAD + row * ROW
            whole = start.minute == 0
            pen = QPen(QColor(colours.line), 1, Qt.PenStyle.SolidLine if whole else Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawLine(TIMES, y, self.width(), y)
            if whole and row < self.rows:
                painter.setFont(small)
                painter.setPen(QColor(colours.subtle))
                box = QRect(0, y + 2, TIMES - 8, ROW)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, f"{start:%H:%M}")
        painter.setPen(QColor(colours.line))
        for place in range(len(board.practitioners)):
            left = self._column_rect(place).left()
            painter.drawLine(left, 0, left, self.height())

    def _paint_heads(self, painter: QPainter) -> None:
        """Whose column is whose: stays at the top while the day scrolls beneath it."""
        colours, top = theme.tokens(), self.visible_top()
        painter.fillRect(QRect(0, top, self.width(), HEAD), QColor(colours.surface))
        bold = self.font()
        bold.setBold(True)
        painter.setFont(bold)
        for place, person in enumerate(self.board.practitioners if self.board else ()):
            box = self._column_rect(place)
            painter.setPen(QColor(colours.line))
            painter.drawLine(box.left(), top, box.left(), top + HEAD)
            painter.setPen(QColor(colours.text))
            words = painter.fontMetrics().elidedText(person.name, Qt.TextElideMode.ElideRight, box.width() - 16)
            painter.drawText(QRect(box.left() + 8, top, box.width() - 16, HEAD), Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(QColor(colours.line))
        painter.drawLine(0, top + HEAD, self.width(), top + HEAD)

    def _paint_appointment(self, painter: QPainter, one: Appointment, *, chosen: bool) -> None:
        if one.status == "cancelled":
            return
        colours = theme.tokens()
        meaning = MEANING[one.status]
        box = self.rect_of(one)
        painter.setPen(QPen(QColor(colours.strong("accent" if chosen else meaning)), 3 if chosen else 1))
        painter.setBrush(QColor(colours.soft(meaning)))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5)
        painter.setPen(QColor(colours.strong(meaning)))
        painter.fillRect(QRect(box.left() + 1, box.top() + 5, 3, box.height() - 10), QColor(colours.strong(meaning)))
        words = f"{one.starts_at.astimezone():%H:%M}  {one.patient}"
        detail = "  ".join(part for part in (_said(one), one.room or "", one.reason or "", self._far(one)) if part)
        inner = box.adjusted(10, 0, -8, 0)
        painter.setPen(QColor(colours.text))
        painter.setFont(theme.scale_font(self.font(), SECONDARY))
        metrics = painter.fontMetrics()
        if box.height() < 2 * ROW - 4:
            both = f"{words}  {detail}" if detail else words
            shown = metrics.elidedText(both, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, shown)
            return
        top = QRect(inner.left(), inner.top() + 4, inner.width(), metrics.height())
        painter.drawText(top, 0, metrics.elidedText(words, Qt.TextElideMode.ElideRight, inner.width()))
        painter.setPen(QColor(colours.subtle))
        below = top.translated(0, metrics.height() + 1)
        painter.drawText(below, 0, metrics.elidedText(detail, Qt.TextElideMode.ElideRight, inner.width()))

    def _far(self, one: Appointment) -> str:
        said = self.far.get(one.id, "")
        return f"· {said}" if said else ""

    def _paint_now(self, painter: QPainter) -> None:
        if self.board is None or self.now is None or self.now.date() != self.board.day:
            return
        minutes = self.now.hour * 60 + self.now.minute - self.board.opens.hour * 60 - self.board.opens.minute
        if 0 <= minutes <= self.rows * STEP:
            y = HEAD + minutes * ROW // STEP
            painter.setPen(QPen(QColor(theme.tokens().strong("critical")), 1))
            painter.drawLine(TIMES - 6, y, self.width(), y)

    def _paint_place(self, painter: QPainter) -> None:
        if self.appointment() is not None:
            return  # it is framed itself
        colour = QColor(theme.tokens().strong("accent"))
        painter.setPen(QPen(colour, 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.place_rect().adjusted(2, 1, -2, -1), 4, 4)

    # -------------------------------------------------------------------------------------------------------

    def _of(self, person: Practitioner) -> Sequence[Appointment]:
        if self.board is None:
            return ()
        return [
            one
            for one in self.board.appointments
            if one.practitioner_id == person.staff_id and one.status != "cancelled"
        ]

    def _column_rect(self, column: int) -> QRect:
        count = max(len(self.board.practitioners) if self.board else 0, 1)
        width = (self.width() - TIMES) / count
        left = TIMES + round(column * width)
        return QRect(left, 0, TIMES + round((column + 1) * width) - left, self.height())

    def _row_of(self, at: time) -> int:
        opens = self.board.opens if self.board else time()
        return (at.hour * 60 + at.minute - opens.hour * 60 - opens.minute) // STEP

    def _tell(self) -> None:
        cell, one = self.cell(), self.appointment()
        if cell is not None:
            words = _("free") if one is None else one.patient
            self.setAccessibleDescription(f"{cell.practitioner.name}, {cell.at:%H:%M}, {words}")
        self.moved.emit(cell, one)


def _said(one: Appointment) -> str:
    said = {"arrived": _("arrived"), "completed": _("seen"), "no_show": _("did not come")}
    return said.get(one.status, "")
