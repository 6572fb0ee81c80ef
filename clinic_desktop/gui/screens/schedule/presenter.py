"""Decides what the day board shows and does; knows no Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import bookings, directory, drafts, patients, queue, scheduling
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.bookings import AS_USUAL, Booking
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.patients import BannerFacts, PatientHit
from clinic_desktop.services.queue import QueueLine
from clinic_desktop.services.scheduling import Appointment, DayBoard

KEY = DraftKey("schedule")


@dataclass(frozen=True)
class Wanted:
    """What the form asks for."""

    patient_id: str
    practitioner_id: str
    day: date
    at: time
    minutes: int
    room: str
    reason: str
    more: Booking = AS_USUAL

    @property
    def starts_at(self) -> datetime:
        """The instant, of the clinic's own time."""
        return datetime.combine(self.day, self.at).astimezone()


class View(Protocol):
    """What the presenter tells the view."""

    def show_board(self, board: DayBoard) -> None:
        """One day."""
        ...

    def show_patient(self, facts: BannerFacts) -> None:
        """The patient to book for."""
        ...

    def booked(self, appointment: Appointment) -> None:
        """An appointment was made or moved."""
        ...

    def offer_places(self, places: Sequence[Entry]) -> None:
        """Where appointments can be."""
        ...

    def noted(self, appointment: Appointment) -> None:
        """It was noted that the patient comes, or was reminded."""
        ...

    def ended(self, appointment: Appointment) -> None:
        """An appointment was cancelled or missed."""
        ...

    def checked_in(self, line: QueueLine) -> None:
        """The patient stands in the queue."""
        ...

    def refused(self, error: Exception) -> None:
        """An act did not happen."""
        ...


class SchedulePresenter:
    """One day at a time."""

    TOUCHED = ("appointment.", "queue.checked_in", "patient.changed")
    view: View

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        self.desk, self.tasks = desk, tasks
        self.day = desk.now.astimezone().date()
        self._act_id = new_id()

    def touches(self, kinds: frozenset[str]) -> bool:
        """Whether entries of these kinds change what is shown."""
        return not kinds or any(kind.startswith(self.TOUCHED) for kind in kinds)

    def ask(self) -> None:
        """Ask for the day shown."""
        day = self.day
        self.tasks.query("board", lambda: scheduling.day_board(self.desk, day), self.view.show_board)

    def show_day(self, day: date) -> None:
        """Show another day."""
        self.day = day
        self.ask()

    def ask_patient(self, patient_id: str) -> None:
        """Ask who the patient to book for is."""
        self.tasks.query("patient", lambda: patients.patient_banner(self.desk, patient_id), self.view.show_patient)

    def find(self, text: str, show: Callable[[Sequence[PatientHit]], None]) -> None:
        """Find patients to book for."""
        self.tasks.query("find", lambda: patients.find_patients(self.desk, text, 8), show)

    def keep(self, fields: dict[str, str], moving: Appointment | None = None) -> None:
        """Keep what is being typed: of a new appointment with its day, of a move for its appointment."""
        if moving is not None:
            self.kept("move", moving).keep(fields)
        else:
            kept = fields | {"day": self.day.isoformat()}
            self.tasks.change(lambda: drafts.keep_draft(self.desk, KEY, kept))

    def kept(self, act: str, about: Appointment) -> KeptDraft:
        """The draft of a move, or of why an appointment is cancelled."""
        return KeptDraft(self.desk, self.tasks, f"schedule.{act}", about.id)

    def recall(self, restore: Callable[[dict[str, object]], None]) -> None:
        """Put back what was typed and not done."""
        self.tasks.query("draft", lambda: drafts.draft(self.desk, KEY), lambda kept: restore(kept) if kept else None)

    def book(self, wanted: Wanted) -> None:
        """Book an appointment."""
        desk = self.desk.once(self._act_id, draft=KEY)
        self._do(
            lambda: scheduling.book(
                desk, wanted.patient_id, wanted.practitioner_id, wanted.starts_at, wanted.minutes, wanted.room,
                wanted.reason, wanted.more,
            ),
            self.view.booked,
        )  # fmt: skip

    def move(self, appointment: Appointment, wanted: Wanted) -> None:
        """Move an appointment to what the form asks for."""
        desk = self.desk.once(self._act_id, draft=self.kept("move", appointment).key)
        self._do(
            lambda: scheduling.reschedule(
                desk, appointment.id, wanted.starts_at, appointment.revision, wanted.minutes, wanted.practitioner_id,
                wanted.room, wanted.reason, wanted.more,
            ),
            self.view.booked,
        )  # fmt: skip

    def ask_places(self) -> None:
        """Ask where appointments can be."""
        self.tasks.query("places", lambda: directory.places(self.desk), self.view.offer_places)

    def confirm(self, appointment: Appointment) -> None:
        """Note that the patient said they come."""
        desk = self.desk.once()
        self._note(lambda: bookings.confirm(desk, appointment.id, expect=appointment.revision), appointment)

    def remind(self, appointment: Appointment, method: str) -> None:
        """Note that the patient was reminded."""
        desk = self.desk.once()
        self._note(lambda: bookings.note_reminder(desk, appointment.id, method), appointment)

    def _note(self, work: Callable[[], object], appointment: Appointment) -> None:
        def done(_answer: object) -> None:
            self.view.noted(appointment)
            self.ask()

        self.tasks.change(work, done, self._failed)

    def cancel(
        self, appointment: Appointment, reason: str, cancelled_by: str = "clinic", *, tell_patient: bool = False
    ) -> None:
        """Cancel an appointment."""
        desk = self.desk.once(draft=self.kept("cancel", appointment).key)
        self._do(
            lambda: scheduling.cancel(
                desk, appointment.id, reason, appointment.revision, cancelled_by=cancelled_by,
                tell_patient=tell_patient,
            ),
            self.view.ended,
        )  # fmt: skip

    def no_show(self, appointment: Appointment) -> None:
        """Note that the patient did not come."""
        desk = self.desk.once()
        self._do(lambda: scheduling.no_show(desk, appointment.id, appointment.revision), self.view.ended)

    def check_in(self, appointment: Appointment) -> None:
        """Put the patient of an appointment into the queue."""
        desk = self.desk.once()

        def work() -> QueueLine:
            return queue.check_in(desk, appointment.patient_id, "routine", appointment.id, complaint=appointment.reason)

        def done(line: QueueLine) -> None:
            self.view.checked_in(line)
            self.ask()

        self.tasks.change(work, done, self._failed)

    def _do(self, work: Callable[[], Appointment], done: Callable[[Appointment], None]) -> None:
        def succeeded(appointment: Appointment) -> None:
            self._act_id = new_id()
            done(appointment)
            self.ask()

        self.tasks.change(work, succeeded, self._failed)

    def _failed(self, error: Exception) -> None:
        # A refused act was not done: what is tried next is another. After anything else nobody knows: the id stays.
        if isinstance(error, Refusal):
            self._act_id = new_id()
        self.view.refused(error)
