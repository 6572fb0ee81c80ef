"""What the page Programmes decides: enrol, note what was done, leave, complete. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from clinic_desktop.gui.kept import Acting
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_
from clinic_desktop.services import programmes
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.programmes import Enrolment, NewEnrolment, Programme, StepShown

T = TypeVar("T")


@dataclass(frozen=True)
class Shown:
    """Everything on the page."""

    enrolments: tuple[Enrolment, ...]
    offered: tuple[Programme, ...]

    def __repr__(self) -> str:
        return "Shown()"


class View(Protocol):
    """What the presenter asks of the view."""

    def show_all(self, shown: Shown) -> None: ...  # noqa: D102
    def was_done(self, form: str, said: str) -> None: ...  # noqa: D102
    def show_problem(self, form: str, error: Exception) -> None: ...  # noqa: D102
    def restore(self, form: str, draft: Mapping[str, object]) -> None: ...  # noqa: D102


class ProgrammesPresenter:
    """The thinking of the page."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self._desk, self._tasks, self._view = desk, tasks, view
        self.acting = Acting(desk, tasks, "programmes")
        self.ready = False

    def open(self, patient_id: str) -> None:
        """Open a patient's page."""
        self.acting.begin(patient_id)
        self.ready = False
        self._ask()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again if something the page shows has changed."""
        if self.ready and any(kind.startswith("programme.") for kind in kinds):
            self._ask()

    def _ask(self) -> None:
        desk, patient = self._desk, self.acting.subject
        self._tasks.query(
            "programmes",
            lambda: Shown(programmes.enrolments_of(desk, patient), programmes.catalogue(desk)),
            self._arrived,
        )

    def _arrived(self, shown: Shown) -> None:
        self.ready = True
        self._view.show_all(shown)

    def form_opened(self, form: str, record: str) -> None:
        """A form was opened about a programme or an enrolment."""
        self.acting.opened(form, record, lambda draft: self._view.restore(form, draft))

    def enrol(self, programme: Programme, starts_on: date | None, goals: str, reminder: str) -> None:
        """Enrol the patient."""
        patient = self.acting.subject
        wishes = {"reminder": reminder} if reminder else {}
        new = NewEnrolment(starts_on, tuple(line for line in goals.splitlines() if line.strip()), wishes)
        self._act(
            "enrol", lambda desk: programmes.enrol(desk, patient, programme.id, new), N_("The patient takes part.")
        )

    def note(self, enrolment: Enrolment, step_id: str, done_on: date | None, value: str, note: str) -> None:
        """Note a session that was done."""
        self._act(
            "note",
            lambda desk: programmes.note_progress(desk, enrolment.id, step_id, done_on, value, note),
            N_("The session is noted."),
        )

    def leave(self, enrolment: Enrolment, reason: str) -> None:
        """Take the patient out of a programme."""
        self._act(
            "leave",
            lambda desk: programmes.leave_programme(desk, enrolment.id, reason, expect=enrolment.revision),
            N_("The patient takes part no more."),
        )

    def complete(self, enrolment: Enrolment) -> None:
        """Say that the patient is through."""
        self._act(
            "",
            lambda desk: programmes.complete_enrolment(desk, enrolment.id, expect=enrolment.revision),
            N_("The programme is completed."),
        )

    def _act(self, form: str, work: Callable[[Desk], T], said: str) -> None:
        def done(_result: T) -> None:
            self._view.was_done(form, said)
            self._ask()

        self.acting.act(form, work, done, lambda error: self._view.show_problem(form, error))


def next_step(enrolment: Enrolment) -> StepShown | None:
    """The first step with a session still to be done; None where everything is."""
    done: dict[str, int] = {}
    for one in enrolment.noted:
        done[one.step_id] = done.get(one.step_id, 0) + 1
    return next((step for step in enrolment.steps if done.get(step.id, 0) < step.sessions), None)


def steps_left(enrolment: Enrolment) -> list[tuple[str, str, int, int]]:
    """Every step: its id, its title, how often it was done and how often it is to be done."""
    return [
        (step.id, step.title, sum(one.step_id == step.id for one in enrolment.noted), step.sessions)
        for step in enrolment.steps
    ]
