"""Decides what the review list shows and does about it; knows no Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.screens.review import raw, words
from clinic_desktop.gui.screens.review.raw import Shown
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import device_controls, device_registrations, device_reviewing, devices, patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_controls import ControlResult
from clinic_desktop.services.device_registrations import ToldRegistration
from clinic_desktop.services.device_reviewing import Candidate, Evidence
from clinic_desktop.services.devices import ReviewItem
from clinic_desktop.services.patients import PatientHit

T = TypeVar("T")
TOUCHED = ("device_", "patient.", "merge.", "lab_")


@dataclass(frozen=True)
class Looked:
    """What stands beside something that is to be decided."""

    found: Evidence
    message: Shown

    def __repr__(self) -> str:
        return f"Looked({self.found!r})"


class View(Protocol):
    """What the presenter asks of the view."""

    def show_items(self, items: Sequence[ReviewItem]) -> None: ...
    def show_told(self, told: Sequence[ToldRegistration]) -> None: ...
    def show_controls(self, log: Sequence[ControlResult]) -> None: ...
    def show_looked(self, looked: Looked) -> None: ...
    def add_candidate(self, one: Candidate) -> None: ...
    def decided(self, item_id: str, said: str, undo: Callable[[], None] | None = None) -> None: ...
    def set_busy(self, busy: bool) -> None: ...  # noqa: FBT001
    def show_error(self, error: Exception) -> None: ...


class Presenter:
    """What waits for somebody, and what becomes of it."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.may_results = desk.may("devices.review_list")
        self.may_controls = desk.may("device_controls.control_log")
        self.may_told = desk.may("device_registrations.told_registrations")
        self._acts: dict[str, str] = {}
        self._asked = ""

    @property
    def parts(self) -> list[str]:
        """The parts of the page that this role sees."""
        wanted = (("results", self.may_results), ("registrations", self.may_told), ("controls", self.may_controls))
        return [name for name, may in wanted if may]

    def reload(self) -> None:
        """Ask for all lists again."""
        desk = self.desk
        if self.may_results:
            self.tasks.query("review.items", lambda: devices.review_list(desk), self._items)
        if self.may_controls:
            self.tasks.query("review.controls", lambda: device_controls.control_log(desk), self.view.show_controls)
        if self.may_told:
            asked = device_registrations.told_registrations
            self.tasks.query("review.told", lambda: asked(desk), self.view.show_told)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Something came, or was decided here or in another window."""
        if not kinds or any(kind.startswith(TOUCHED) for kind in kinds):
            self.reload()

    def look(self, item_id: str, why: str = "") -> None:  # noqa: ARG002 - the view's row has it
        """Ask for the message and for whom it may be about; the newest question wins."""
        self._asked = item_id
        desk = self.desk

        def ask() -> Looked:
            found = device_reviewing.evidence(desk, item_id)
            message = raw.shown(found.raw, found.charset, found.kind, found.position, found.code, found.value)
            return Looked(found, message)

        def arrived(looked: Looked) -> None:
            if looked.found.item_id == self._asked:
                self.view.show_looked(looked)

        self.tasks.query("review.look", ask, arrived, self._failed)

    def find(self, text: str, show: Callable[[Sequence[PatientHit]], None]) -> None:
        """Find another patient than those who are offered."""
        self.tasks.query("review.find", lambda: patients.find_patients(self.desk, text, 8), show)

    def compare(self, item_id: str, patient_id: str) -> None:
        """Compare a patient who was looked for with whom the message speaks of."""
        desk = self.desk

        def arrived(one: Candidate) -> None:
            if item_id == self._asked:
                self.view.add_candidate(one)

        self.tasks.query("review.compare", lambda: device_reviewing.compared(desk, item_id, patient_id), arrived)

    # Drafts --------------------------------------------------------------------------------------------

    def draft(self, form: str, item_id: str) -> KeptDraft:
        """Where what is typed about an item is kept."""
        return KeptDraft(self.desk, self.tasks, f"review.{form}", item_id)

    # Acts ----------------------------------------------------------------------------------------------

    def file(self, item: ReviewItem, one: Candidate, reason: str = "") -> None:
        """File a result, or a message that is none, to the patient who was chosen."""
        desk = self.once(item.id, "despite" if reason else "reject")
        done = _("Filed to {name}: {what}").format(name=one.name, what=item.title or item.message_type)
        self.act(item.id, lambda: devices.file_item(desk, item.id, one.patient_id, reason), lambda _settled: done)

    def reject(self, item_id: str, what: str, why: str, *, told: bool) -> None:
        """Set something aside for a reason; it stays kept."""
        desk = self.once(item_id, "reject")
        done = _("Set aside: {what}").format(what=what)
        if told:
            self.act(item_id, lambda: device_reviewing.reject_told(desk, item_id, why), lambda _nothing: done)
        else:
            self.act(item_id, lambda: devices.reject_item(desk, item_id, why), lambda _settled: done)

    def once(self, item_id: str, form: str) -> Desk:
        """A desk whose next act is done once for this item, and takes the draft of its form away."""
        act_id = self._acts.setdefault(item_id, new_id())
        return self.desk.once(act_id, draft=self.draft(form, item_id).key)

    def act(
        self,
        item_id: str,
        work: Callable[[], T],
        said: Callable[[T], str],
        undo: Callable[[T], Callable[[], None] | None] = lambda _result: None,
    ) -> None:
        """Do an act about an item, and go on to the next."""

        def done(result: T) -> None:
            self._acts.pop(item_id, None)
            self.view.set_busy(False)
            self.view.decided(item_id, said(result), undo(result))
            self.reload()

        self.view.set_busy(True)
        self.tasks.change(work, done, lambda error: self._not_done(item_id, error))

    def _not_done(self, item_id: str, error: Exception) -> None:
        self._acts.pop(item_id, None)
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        """Say it; somebody may have decided it meanwhile, so that it is asked again what waits."""
        self.view.set_busy(False)
        self.view.show_error(error)
        self.reload()

    def _items(self, items: Sequence[ReviewItem]) -> None:
        # Reception decides about those, on their own part of the page.
        self.view.show_items([one for one in items if one.subject != "registration"])


def value_words(item: ReviewItem) -> str:
    """A value with its flag, or what kind of message it is."""
    if item.value or item.code:
        return " ".join(part for part in (item.value or _("no value"), item.flag) if part)
    return _(_SUBJECTS.get(item.subject, item.subject))


_SUBJECTS = {
    "order": N_("order"), "medicine": N_("medicine"), "immunization": N_("immunization"), "vitals": N_("vital signs"),
    "document": N_("document"), "other": N_("message"), "result": N_("result"),
}  # fmt: skip

__all__ = ["Looked", "Presenter", "value_words", "words"]
