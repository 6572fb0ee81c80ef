"""Shows the day board at the left, and booking or the appointment chosen at the right."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.schedule.booking import BookingPanel
from clinic_desktop.gui.screens.schedule.grid import Cell, DayGrid
from clinic_desktop.gui.screens.schedule.presenter import SchedulePresenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.howfar import HowFar, full_words, short_words
from clinic_desktop.gui.widgets.search import Suggestion
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.patients import BannerFacts
from clinic_desktop.services.queue import QueueLine
from clinic_desktop.services.scheduling import Appointment, DayBoard

BY_WORDS = {"clinic": N_("The clinic"), "other": N_("Somebody else")}
DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


class ScheduleView(ScreenView):
    """The schedule screen."""

    def __init__(self, presenter: SchedulePresenter, context: ScreenContext) -> None:
        super().__init__("schedule")
        self.presenter, self.context = presenter, context
        presenter.view = self
        self.grid = DayGrid()
        self.grid.moved.connect(self._moved)
        self.grid.taken.connect(self._taken)
        self.area = QScrollArea()
        self.area.setWidget(self.grid)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        # The names of the columns are painted where the day is scrolled to.
        self.area.verticalScrollBar().valueChanged.connect(self.grid.update)
        self.set_body(self.area)
        acts = {
            "check_in": self._check_in, "move": self._move, "no_show": self._no_show, "cancel": self._cancel,
            "confirm": self._confirm,
        }  # fmt: skip
        self.booking = BookingPanel(presenter.find, DraftKeeper(self._keep), acts, self._remind)
        self.set_context(self.booking)
        self.add_button(_("&Earlier"), "schedule.earlier", lambda: self._by(-1), "Ctrl+Left")
        self.add_button(_("Toda&y"), "schedule.today", self._today, "Ctrl+Home")
        self.add_button(_("&Later"), "schedule.later", lambda: self._by(1), "Ctrl+Right")
        self._far = HowFar(context.desk, context.tasks)
        self._wanted: str | None = None
        self._board_came = False

    # Called by the shell ---------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the day, with a patient to book for if one is given."""
        self._wanted = arguments.get("appointment_id")
        self.presenter.recall(self._restore)
        self.presenter.ask_places()
        patient_id = arguments.get("patient_id")
        self.context.window.set_patient(patient_id)
        self.booking.show_form(None)
        if patient_id:
            self.presenter.ask_patient(patient_id)
        self.presenter.ask()
        target = self.booking.patient.editor() if arguments.get("show") == "book" else self.grid
        QTimer.singleShot(0, target.setFocus)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when an appointment moved."""
        if self.presenter.touches(kinds):
            self.presenter.ask()

    def leave(self) -> None:
        """Hand over what is still being typed."""
        if self.booking.form.keeper is not None:
            self.booking.form.keeper.flush()

    def escape(self) -> bool:
        """From an appointment back to booking, from the form back to the board."""
        if self.booking.appointment is not None:
            if self.booking.form.isVisibleTo(self.booking):
                self.presenter.kept("move", self.booking.appointment).drop()
            self.booking.clear()
            self.booking.show_form(None)
            self._offer()
            self.grid.setFocus()
            return True
        return False

    # Called by the presenter -----------------------------------------------------------------------------

    def show_board(self, board: DayBoard) -> None:
        """One day."""
        self.set_title(f"{_(DAYS[board.day.weekday()])} {show_date(board.day)}")
        self.booking.show_practitioners(board.practitioners)
        self.booking.show_day(board.day)
        self._board_came = True
        self.grid.show_board(board, self.presenter.desk.now)
        self._board_came = False
        wanted = next((one for one in board.appointments if one.id == self._wanted), None)
        if wanted is not None:
            self._wanted = None
            self.grid.choose_time(wanted.practitioner_id, wanted.starts_at.astimezone().time())
        self._show_place()
        self._show_far()
        if board.appointments:
            self._far.ask(*(("appointment", one.id) for one in board.appointments), then=self._show_far)

    def _show_far(self) -> None:
        """How far each appointment is at the connected systems; nothing where none is connected."""
        board = self.grid.board
        marks = self._far.marks
        said = {one.id: short_words(marks, "appointment", one.id) for one in board.appointments} if board else {}
        self.grid.far = {one: words for one, words in said.items() if words}
        self.grid.update()
        shown = self.booking.appointment
        self.booking.show_far("" if shown is None else full_words(marks, "appointment", shown.id))

    def show_patient(self, facts: BannerFacts) -> None:
        """The patient to book for."""
        self.booking.patient.set_value(Suggestion(facts.patient_id, facts.name))
        self._offer()

    def booked(self, appointment: Appointment) -> None:
        """An appointment was made or moved."""
        start = appointment.starts_at.astimezone()
        words = _("{name}: {day} at {time} with {who}")
        self.context.window.say(
            words.format(
                name=appointment.patient,
                day=show_date(start.date()),
                time=f"{start:%H:%M}",
                who=appointment.practitioner,
            )
        )
        self.set_primary_busy(False)
        self.booking.clear()
        self.booking.show_form(None)
        self._wanted = appointment.id
        self.grid.setFocus()

    def offer_places(self, places: Sequence[Entry]) -> None:
        """Where appointments can be."""
        self.booking.more.offer_places(places)

    def noted(self, appointment: Appointment) -> None:
        """It was noted that the patient comes, or was reminded."""
        self.context.window.say(_("{name}: noted").format(name=appointment.patient))
        self._wanted = appointment.id

    def ended(self, appointment: Appointment) -> None:
        """An appointment was cancelled or missed."""
        said = {"cancelled": _("{name}: cancelled"), "no_show": _("{name}: did not come")}
        self.context.window.say(said[appointment.status].format(name=appointment.patient))
        self.grid.setFocus()

    def checked_in(self, line: QueueLine) -> None:
        """The patient stands in the queue."""
        self.context.window.say(_("{name}: ticket {ticket}").format(name=line.patient, ticket=line.ticket))

    def refused(self, error: Exception) -> None:
        """An act did not happen: say why beside its field."""
        self.set_primary_busy(False)
        near = self.booking.form if isinstance(error, Refusal) and self.booking.form.isVisible() else None
        self.context.window.show_error(error, near)

    # ------------------------------------------------------------------------------------------------------

    def _moved(self, cell: Cell | None, one: Appointment | None) -> None:
        form = self.booking.form
        if form.is_touched and self._board_came:
            self._offer()
            return  # nobody moved: a board that comes takes nothing of what is typed
        moving = self.booking.appointment is not None and self.booking.form.isVisibleTo(self.booking)
        if moving or one is None:
            if not moving:
                self.booking.show_form(None)
            if cell is not None:
                self.booking.take_place(cell.practitioner.staff_id, cell.at)
                if form.is_touched and form.keeper is not None:
                    form.keeper.touch()
        else:
            self.booking.show_appointment(one)
            self.booking.show_far(full_words(self._far.marks, "appointment", one.id))
        self._offer()
        self._show_place()

    def _taken(self, cell: Cell | None, one: Appointment | None) -> None:
        if one is not None and not self.booking.form.isVisible():
            self.context.window.go("reception", patient_id=one.patient_id)
        elif cell is not None:
            empty = self.booking.patient.value() is None
            (self.booking.patient if empty else self.booking.reason).editor().setFocus()

    def _offer(self) -> None:
        self.set_primary_busy(False)
        if not self.booking.form.isVisibleTo(self.booking):
            self.no_primary()
        elif self.booking.appointment is not None:
            self.set_primary(_("&Move here"), self._book)
        else:
            self.set_primary(_("&Book"), self._book, enabled=self.presenter.desk.may("scheduling.book"))

    def _book(self) -> None:
        wanted = self.booking.wanted()
        if wanted is None:
            return
        self.set_primary_busy(True)
        if self.booking.form.keeper is not None:
            self.booking.form.keeper.flush()
        if self.booking.appointment is None:
            self.presenter.book(wanted)
        else:
            self.presenter.move(self.booking.appointment, wanted)

    def _move(self) -> None:
        if self.booking.appointment is not None:
            moving = self.booking.appointment
            self.booking.show_form(moving)
            self.presenter.kept("move", moving).recall(
                lambda kept: self.booking.form.restore(kept) if self.booking.appointment is moving else None
            )
            self._offer()
            self.booking.at.editor().setFocus()

    def _keep(self, fields: dict[str, str]) -> None:
        self.presenter.keep(fields, self.booking.appointment)

    def _restore(self, fields: Mapping[str, object]) -> None:
        """A booking goes on at its own day."""
        self.booking.form.restore(fields)
        if "day" in fields and self._wanted is None:
            self.presenter.show_day(date.fromisoformat(str(fields["day"])))

    def _check_in(self) -> None:
        if self.booking.appointment is not None:
            self.presenter.check_in(self.booking.appointment)

    def _confirm(self) -> None:
        if self.booking.appointment is not None:
            self.presenter.confirm(self.booking.appointment)

    def _remind(self, method: str) -> None:
        if self.booking.appointment is not None:
            self.presenter.remind(self.booking.appointment, method)

    def _no_show(self) -> None:
        if self.booking.appointment is not None:
            self.presenter.no_show(self.booking.appointment)

    def _cancel(self) -> None:
        one = self.booking.appointment
        if one is None:
            return
        start = one.starts_at.astimezone()
        words = _("{name}, {day} at {time} with {who}. The time is free again.").format(
            name=one.patient, day=show_date(start.date()), time=f"{start:%H:%M}", who=one.practitioner
        )
        others = [(key, _(words)) for key, words in BY_WORDS.items()]
        by = ChoiceField(_("Wanted &by"), "schedule.cancelled_by", others, none=_("The patient"))
        tell = CheckField(_("The patient has to be &told"), "schedule.tell_patient")
        dialog = ConfirmStop(
            self, "schedule.cancelling", _("Cancel the appointment"), words,
            confirm=_("&Cancel appointment"), reason=_("Why"), meaning="warning",
            kept=self.presenter.kept("cancel", one), also=(by, tell),
        )  # fmt: skip
        dialog.accepted.connect(
            lambda: self.presenter.cancel(one, dialog.reason(), by.value() or "patient", tell_patient=tell.value())
        )
        dialog.open()

    def _by(self, days: int) -> None:
        self.presenter.show_day(self.presenter.day + timedelta(days=days))

    def _today(self) -> None:
        self.presenter.show_day(self.context.today())

    def _show_place(self) -> None:
        box = self.grid.place_rect()
        self.area.ensureVisible(box.center().x(), box.center().y(), 0, 96)
