"""Decides what the refills page shows and does. No Qt."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import refills
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.prescribing import SignedPrescription
from clinic_desktop.services.refills import Refill, Refillable

T = TypeVar("T")

TOUCHES = ("refill.", "prescription.")


class View(Protocol):
    """What the presenter asks of the view."""

    def show_medicines(self, medicines: Sequence[Refillable]) -> None: ...  # noqa: D102
    def show_requests(self, requests: Sequence[Refill]) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def did(self, words: str) -> None: ...  # noqa: D102
    def show_error(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """One patient's refills."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.patient_id = ""
        self.may_ask = desk.may("refills.ask_refill")
        self.may_decide = desk.may("refills.approve_refill")
        self._act = new_id()

    def open(self, patient_id: str) -> None:
        """Show a patient's refills."""
        if patient_id != self.patient_id:
            self.patient_id, self._act = patient_id, new_id()
        self.reload()

    def reload(self) -> None:
        """Ask again."""
        desk, patient = self.desk, self.patient_id
        self.tasks.query("medicines", lambda: refills.refillable(desk, patient), self._medicines(patient))
        self.tasks.query("requests", lambda: refills.refills_of(desk, patient), self._requests(patient))

    def _medicines(self, patient: str) -> Callable[[Sequence[Refillable]], None]:
        return lambda found: self.view.show_medicines(found) if patient == self.patient_id else None

    def _requests(self, patient: str) -> Callable[[Sequence[Refill]], None]:
        return lambda found: self.view.show_requests(found) if patient == self.patient_id else None

    def refresh(self, kinds: frozenset[str]) -> None:
        """A refill was asked for or decided on."""
        if self.patient_id and any(kind.startswith(TOUCHES) for kind in kinds):
            self.reload()

    def draft(self) -> KeptDraft:
        """Where a request is kept while it is written."""
        return KeptDraft(self.desk, self.tasks, "refills", self.patient_id)

    def reason_draft(self, request: Refill) -> KeptDraft:
        """Where the reason of a refusal is kept."""
        return KeptDraft(self.desk, self.tasks, "refills.reason", request.id)

    def ask(self, line: Refillable, asked_by: str, asked_how: str, note: str) -> None:
        """Note that a medicine is asked for again."""
        patient, desk = self.patient_id, self.desk.once(self._act, draft=self.draft().key)

        def asked(_id: str) -> None:
            self._act = new_id()
            self._did(_("Asked for: {medicine}. The prescriber is told.").format(medicine=line.title))

        self._do(
            lambda: refills.ask_refill(desk, patient, line.line_id, asked_by=asked_by, asked_how=asked_how, note=note),
            asked,
        )

    def approve(self, request: Refill) -> None:
        """Sign the same line again."""
        desk = self.desk.once()

        def signed(done: SignedPrescription) -> None:
            self._did(_("{number} is signed and waits in the pharmacy").format(number=done.number))

        self._do(lambda: refills.approve_refill(desk, request.id, expect=request.revision), signed)

    def refuse(self, request: Refill, reason: str) -> None:
        """Refuse it."""
        desk = self.desk.once(draft=self.reason_draft(request).key)
        self._do(
            lambda: refills.refuse_refill(desk, request.id, reason, expect=request.revision),
            lambda _revision: self._did(_("Refused; whoever took it down is told why")),
        )

    def cancel(self, request: Refill, reason: str) -> None:
        """Take it back."""
        desk = self.desk.once(draft=self.reason_draft(request).key)
        self._do(
            lambda: refills.cancel_refill(desk, request.id, reason, expect=request.revision),
            lambda _revision: self._did(_("Taken back")),
        )

    def _did(self, words: str) -> None:
        self.view.set_busy(False)
        self.view.did(words)
        self.reload()

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def failed(error: Exception) -> None:
            self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, done, failed)
