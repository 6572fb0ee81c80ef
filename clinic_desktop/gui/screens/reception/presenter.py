"""Decides what reception shows and does; knows no Qt."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import directory, drafts, identity, merging, patients, queue, relations
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.identity import Draft, LikelyDuplicate
from clinic_desktop.services.merging import MergeRow
from clinic_desktop.services.patients import NewPatient, PatientDetails, Registered
from clinic_desktop.services.queue import QueueLine
from clinic_desktop.services.relations import Decision, Relative


class View(Protocol):
    """What the presenter tells the view."""

    def show_new(self) -> None:
        """An empty form, for a new patient."""
        ...

    def show_patient(self, details: PatientDetails) -> None:
        """The form of a patient who is registered."""
        ...

    def restore(self, fields: Mapping[str, object]) -> None:
        """What was typed and not yet registered."""
        ...

    def show_duplicates(self, found: Sequence[LikelyDuplicate]) -> None:
        """Those who may be the one being registered."""
        ...

    def show_kin(self, family: Sequence[Relative], merges: Sequence[MergeRow], different: Sequence[Decision]) -> None:
        """The family of the patient shown, their merges, and who was said to be somebody else."""
        ...

    def decided(self) -> None:
        """It was said what somebody like the patient is, or is not, to them."""
        ...

    def offer_pharmacies(self, found: Sequence[Entry]) -> None:
        """The pharmacies that a patient may prefer."""
        ...

    def registered(self, done: Registered) -> None:
        """A new patient is registered."""
        ...

    def changed(self) -> None:
        """The changes are saved."""
        ...

    def checked_in(self, line: QueueLine) -> None:
        """The patient stands in the queue."""
        ...

    def ask_whether_same(self, before: PatientDetails) -> None:
        """What is typed looks like another person than the one registered: ask before anything is written."""
        ...

    def refused(self, error: Exception) -> None:
        """An act did not happen."""
        ...


class ReceptionPresenter:
    """One registration at a time: a new one, or one that is changed."""

    view: View

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        self.desk, self.tasks = desk, tasks
        self.details: PatientDetails | None = None
        self._act_id = new_id()
        # What was said of likely duplicates before there was a registration to say it of.
        self._said: list[Callable[[Desk, str], object]] = []
        self.put_aside: set[str] = set()

    @property
    def patient_id(self) -> str:
        """The patient whose registration is shown; empty for a new one."""
        return "" if self.details is None else self.details.patient_id

    @property
    def key(self) -> DraftKey:
        """The draft of the form shown."""
        return DraftKey("reception", self.patient_id)

    def open_new(self) -> None:
        """Show an empty form, with what was typed in it before."""
        self.details = None
        self._act_id = new_id()
        self._said, self.put_aside = [], set()
        self.view.show_new()
        self._recall()

    def open_patient(self, patient_id: str) -> None:
        """Show a registration, with what was typed over it before."""

        def arrived(details: PatientDetails) -> None:
            self.details = details
            self._act_id = new_id()
            self._said, self.put_aside = [], set()
            self.view.show_patient(details)
            self._recall()
            self._kin(details.patient_id)

        self.tasks.query("patient", lambda: patients.patient_details(self.desk, patient_id), arrived, self.view.refused)

    def ask_pharmacies(self) -> None:
        """Ask for the pharmacies that a patient may prefer."""
        self.tasks.query("pharmacies", lambda: directory.pharmacies(self.desk), self.view.offer_pharmacies)

    def look_for_duplicates(self, draft: Draft) -> None:
        """Ask who may be the one being typed; the newest question wins."""
        self.tasks.query("duplicates", lambda: identity.likely_duplicates(self.desk, draft), self._found)

    def link(self, other_id: str, kind: str) -> None:
        """Say what somebody like the patient is to them."""
        self._say(other_id, lambda desk, patient: relations.link_family(desk, patient, other_id, kind))

    def say_different(self, other_id: str, reason: str) -> None:
        """Say that somebody like the patient is another person."""
        kept = self.kept_reason(other_id).key
        self._say(
            other_id,
            lambda desk, patient: relations.say_different(desk.once(draft=kept), patient, other_id, reason),
        )

    def kept_reason(self, other_id: str) -> KeptDraft:
        """The draft of why somebody is another person."""
        return KeptDraft(self.desk, self.tasks, "reception.different", other_id)

    def _say(self, other_id: str, work: Callable[[Desk, str], object]) -> None:
        desk, patient_id = self.desk, self.patient_id
        self.put_aside.add(other_id)
        if not patient_id:
            self._said.append(work)
            self.view.decided()
            return
        self.tasks.change(lambda: work(desk, patient_id), lambda _id: self._decided(patient_id), self._not_decided)

    def _decided(self, patient_id: str) -> None:
        if patient_id == self.patient_id:
            self.view.decided()
            self._kin(patient_id)

    def _not_decided(self, error: Exception) -> None:
        self.put_aside = set()
        self.view.refused(error)

    def _found(self, found: Sequence[LikelyDuplicate]) -> None:
        self.view.show_duplicates([one for one in found if one.patient_id not in self.put_aside])

    def _kin(self, patient_id: str) -> None:
        desk = self.desk

        def ask() -> tuple[tuple[Relative, ...], tuple[MergeRow, ...], tuple[Decision, ...]]:
            return (
                relations.relatives(desk, patient_id),
                merging.merges_of(desk, patient_id),
                relations.decisions(desk, patient_id),
            )

        self.tasks.query("kin", ask, lambda found: self.view.show_kin(*found))

    def keep(self, fields: Mapping[str, object]) -> None:
        """Keep what is being typed."""
        key = self.key
        self.tasks.change(lambda: drafts.keep_draft(self.desk, key, fields))

    def throw_away(self) -> None:
        """Forget what was typed, because the person said so."""
        key = self.key
        self.tasks.change(lambda: drafts.drop_draft(self.desk, key), lambda _done: self._again())

    def save(self, new: NewPatient, reason: str = "") -> None:
        """Register, or save the changes; pressed twice, it is done once."""
        desk = self.desk.once(self._act_id, draft=self.key)
        details = self.details
        if details is None:
            self.tasks.change(lambda: patients.register_patient(desk, new), self._registered, self._failed)
        else:
            self.tasks.change(
                lambda: patients.change_patient(desk, details.patient_id, new, details.revision, reason),
                lambda _revision: self._changed(details.patient_id),
                self._failed,
            )

    def check_in(self, priority: str = "routine") -> None:
        """Put the patient shown into the queue."""
        desk, patient_id = self.desk.once(), self.patient_id
        self.tasks.change(lambda: queue.check_in(desk, patient_id, priority), self.view.checked_in, self.view.refused)

    def _recall(self) -> None:
        key = self.key
        self.tasks.query(
            "draft", lambda: drafts.draft(self.desk, key), lambda kept: self.view.restore(kept) if kept else None
        )

    def _again(self) -> None:
        if self.details is None:
            self.open_new()
        else:
            self.open_patient(self.patient_id)

    def _registered(self, done: Registered) -> None:
        self.view.registered(done)
        said, self._said = self._said, []
        for work in said:
            self.tasks.change(partial(work, self.desk, done.patient_id), None, self.view.refused)
        self.open_patient(done.patient_id)

    def _changed(self, patient_id: str) -> None:
        self.view.changed()
        self.open_patient(patient_id)

    def _failed(self, error: Exception) -> None:
        # A refused act was not done: what is tried next is another. After anything else nobody knows: the id stays.
        if isinstance(error, Refusal):
            self._act_id = new_id()
            if error.field == "reason" and self.details is not None:
                self.view.ask_whether_same(self.details)
                return
        self.view.refused(error)
