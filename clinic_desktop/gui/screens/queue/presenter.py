"""Decides what the queue shows and does; knows no Qt."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import drafts, patients, queue, scheduling
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.patients import PatientHit
from clinic_desktop.services.queue import QueueLine
from clinic_desktop.services.scheduling import Appointment, Practitioner

KEY = DraftKey("queue")


class View(Protocol):
    """What the presenter tells the view."""

    def show_lines(self, lines: Sequence[QueueLine]) -> None:
        """Everybody who is here."""
        ...

    def show_expected(self, expected: Sequence[Appointment]) -> None:
        """Those with an appointment today who have not arrived."""
        ...

    def show_practitioners(self, people: Sequence[Practitioner]) -> None:
        """Whom a patient can wait for."""
        ...

    def checked_in(self, line: QueueLine) -> None:
        """Somebody was put into the queue."""
        ...

    def called(self, line: QueueLine | None) -> None:
        """Somebody was called, or nobody waits."""
        ...

    def refused(self, error: Exception) -> None:
        """An act did not happen."""
        ...


class QueuePresenter:
    """The queue of one clinic, asked again whenever it moves."""

    TOUCHED = ("queue.", "appointment.", "encounter.", "patient.")
    view: View

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        self.desk, self.tasks = desk, tasks
        self.expected: Sequence[Appointment] = ()
        self._act_id = new_id()

    def touches(self, kinds: frozenset[str]) -> bool:
        """Whether entries of these kinds change what is shown."""
        return not kinds or any(kind.startswith(self.TOUCHED) for kind in kinds)

    def ask(self) -> None:
        """Ask who is here and who is still expected."""
        self.tasks.query("queue", lambda: queue.waiting_list(self.desk), self.view.show_lines)
        if self.desk.may("scheduling.day_board"):
            self.tasks.query("expected", self._expected, self._expected_arrived)

    def ask_practitioners(self) -> None:
        """Ask whom a patient can wait for."""
        self.tasks.query("people", lambda: scheduling.practitioners(self.desk), self.view.show_practitioners)

    def find(self, text: str, show: Callable[[Sequence[PatientHit]], None]) -> None:
        """Find patients to check in."""
        self.tasks.query("find", lambda: patients.find_patients(self.desk, text, 8), show)

    def keep(self, fields: dict[str, str]) -> None:
        """Keep what is being typed."""
        self.tasks.change(lambda: drafts.keep_draft(self.desk, KEY, fields))

    def recall(self, restore: Callable[[dict[str, object]], None]) -> None:
        """Put back what was typed and not done."""
        self.tasks.query("draft", lambda: drafts.draft(self.desk, KEY), lambda kept: restore(kept) if kept else None)

    def kept_reason(self, entry_id: str) -> KeptDraft:
        """The draft of why somebody left."""
        return KeptDraft(self.desk, self.tasks, "queue.left", entry_id)

    def check_in(self, patient_id: str, priority: str, practitioner_id: str | None, complaint: str) -> None:
        """Put a patient into the queue."""
        desk = self.desk.once(self._act_id, draft=KEY)
        appointment = next((each.id for each in self.expected if each.patient_id == patient_id), None)
        self.tasks.change(
            lambda: queue.check_in(desk, patient_id, priority, appointment, practitioner_id, complaint),
            self._checked_in,
            self._failed,
        )

    def call_next(self) -> None:
        """Call whoever is next."""
        desk = self.desk.once(self._act_id)
        self.tasks.change(lambda: queue.call_next(desk), self._called, self._failed)

    def call(self, entry_id: str) -> None:
        """Call one person out of turn."""
        desk = self.desk.once()
        self.tasks.change(lambda: queue.call(desk, entry_id), self._called, self._failed)

    def left(self, entry_id: str, reason: str) -> None:
        """Somebody has gone."""
        desk = self.desk.once(draft=self.kept_reason(entry_id).key)
        self.tasks.change(lambda: queue.left(desk, entry_id, reason), lambda _line: self.ask(), self._failed)

    def finish(self, entry_id: str) -> None:
        """Somebody has been seen."""
        desk = self.desk.once()
        self.tasks.change(lambda: queue.finish(desk, entry_id), lambda _line: self.ask(), self._failed)

    def triage(self, entry_id: str, priority: str) -> None:
        """Give somebody another priority."""
        desk = self.desk.once()
        self.tasks.change(
            lambda: queue.change_priority(desk, entry_id, priority), lambda _line: self.ask(), self._failed
        )

    def _expected(self) -> tuple[Appointment, ...]:
        board = scheduling.day_board(self.desk, self._today())
        return tuple(each for each in board.appointments if each.status == "booked")

    def _expected_arrived(self, expected: Sequence[Appointment]) -> None:
        self.expected = expected
        self.view.show_expected(expected)

    def _today(self) -> date:
        return self.desk.now.astimezone().date()

    def _checked_in(self, line: QueueLine) -> None:
        self._act_id = new_id()
        self.view.checked_in(line)
        self.ask()

    def _called(self, line: QueueLine | None) -> None:
        self._act_id = new_id()
        self.view.called(line)
        self.ask()

    def _failed(self, error: Exception) -> None:
        # A refused act was not done: what is tried next is another. After anything else nobody knows: the id stays.
        if isinstance(error, Refusal):
            self._act_id = new_id()
        self.view.refused(error)
        self.ask()
