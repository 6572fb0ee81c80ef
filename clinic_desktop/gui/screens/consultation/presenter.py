"""What the consultation decides: what was changed and by whom, what to save, which step comes next."""

import importlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.domain import consultation as path
from clinic_desktop.domain.consultation import Diagnosis, State
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.second_look import Asks, ask_of
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import charting, consultation, drafts, encounters, terminology, vitals
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.consultation import SavedStep
from clinic_desktop.services.encounters import Consultation
from clinic_desktop.services.terminology import Diagnosis as FoundDiagnosis

# What of the journal changes what a consultation shows.
TOUCHING = (
    "encounter.", "step.", "addendum.", "vitals.", "problem.", "allergy.", "medicine.", "patient.", "result.",
    "prescription.", "lab_", "specimen.", "observation.", "identifier.", "report.",
)  # fmt: skip
T = TypeVar("T")

SETTLED = frozenset(state.value for state in path.SETTLED)

ALLERGY_ACTS: Mapping[str, Callable[[Desk, str], object]] = {
    "none_known": charting.confirm_no_known_allergies,
    "not_asked": charting.allergies_not_asked,
    "same": charting.confirm_allergies,
}


class ConsultationPage(Asks, Protocol):
    """What the presenter asks of the view."""

    def show_visit(self, shown: Consultation, step: str) -> None:
        """Show the encounter with one step open."""
        ...

    def typed(self, step: str) -> dict[str, str]:
        """What stands in the fields of a step now, by field of its content."""
        ...

    def put(self, step: str, content: Mapping[str, str]) -> None:
        """Put values into fields of a step; not an edit."""
        ...

    def restore(self, form: str, fields: Mapping[str, object]) -> None:
        """Put back what was typed before in a form that is no step: vital signs, an addendum."""
        ...

    def show_problem(self, step: str, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one."""
        ...

    def settled(self) -> None:
        """An act has ended: nothing is busy any more."""

    def vitals_kept(self) -> None:
        """The vital signs typed were recorded: empty their fields."""

    def addendum_kept(self) -> None:
        """The addendum was written: empty its fields."""


class ConsultationPresenter:
    """The thinking of the consultation screen."""

    def __init__(self, desk: Desk, tasks: Tasks, page: ConsultationPage) -> None:
        self._desk, self._tasks, self._page = desk, tasks, page
        self.patient_id = self.encounter_id = ""
        self.shown: Consultation | None = None
        self.step = path.STEPS[0]
        self._seen: dict[str, dict[str, str]] = {}
        self._act_ids: dict[str, str] = {}

    def may(self, act: str) -> bool:
        """Whether this person may do an act."""
        return self._desk.may(act)

    # Reading ---------------------------------------------------------------------------------------------

    def open(self, patient_id: str, encounter_id: str, step: str = "") -> None:
        """Open an encounter at a step, or at the first that is not settled."""
        self.patient_id, self.encounter_id, self.shown = patient_id, encounter_id, None
        self._seen, self._act_ids = {}, {}
        self._tasks.query(
            "consultation",
            lambda: encounters.consultation(self._desk, patient_id, encounter_id),
            lambda shown: self._opened(shown, step),
        )

    def _opened(self, shown: Consultation, step: str) -> None:
        self.shown = shown
        if shown.status == "signed":
            self.step = path.STEPS[-1]
        else:
            self.step = step or self._next_open("", shown)
        for each in shown.steps:
            self._seen[each.step] = dict(each.content)
            self._page.put(each.step, each.content)
        self._page.show_visit(shown, self.step)
        if shown.status != "signed":
            for each in shown.steps:
                self._restore(each.step)
        for form in ("entries", "addendum"):
            KeptDraft(self._desk, self._tasks, f"consultation.{form}", self.encounter_id).recall(
                partial(self._page.restore, form)
            )

    def _restore(self, step: str) -> None:
        """Put back what was typed in a step, over what this person saw when typing it."""

        def found(draft: dict[str, object] | None) -> None:
            typed, seen = _words(draft, "typed"), _words(draft, "seen")
            if typed:
                self._seen[step] = {**self._seen.get(step, {}), **seen}
                self._page.put(step, typed)

        key = self.key(step)
        self._tasks.query(f"draft.{step}", lambda: drafts.draft(self._desk, key), found)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again if something shown here has changed, in this window or in another."""
        if self.shown is not None and any(kind.startswith(TOUCHING) for kind in kinds):
            self._ask_again()

    def _ask_again(self, then: Callable[[], None] | None = None) -> None:
        patient, encounter = self.patient_id, self.encounter_id

        def again(shown: Consultation) -> None:
            self._merge(shown)
            if then is not None:
                then()
            self._page.show_visit(shown, self.step)

        self._tasks.query("consultation", lambda: encounters.consultation_again(self._desk, patient, encounter), again)

    def _merge(self, shown: Consultation) -> None:
        """Take in what others wrote, in the fields that this person has not touched."""
        self.shown = shown
        for each in shown.steps:
            seen, typed = self._seen.get(each.step, {}), self._page.typed(each.step)
            news = {
                name: each.content.get(name, "")
                for name in seen.keys() | each.content.keys()
                if each.content.get(name, "") != seen.get(name, "")
            }
            untouched = {name: value for name, value in news.items() if typed.get(name, "") == seen.get(name, "")}
            if untouched:
                self._page.put(each.step, untouched)
            # What this person has typed over stays unseen, so that saving it is refused by name and never overwrites.
            self._seen[each.step] = {**seen, **untouched}

    # Steps -----------------------------------------------------------------------------------------------

    def go(self, step: str) -> None:
        """Open a step; what was typed in the one that is left is saved first."""
        if self.shown is None or step == self.step:
            return
        left, self.step = self.step, step
        self._page.show_visit(self.shown, step)
        if self.changed(left):
            self.save(left)

    def changed(self, step: str) -> dict[str, str]:
        """The fields of a step that this person changed."""
        seen = self._seen.get(step, {})
        typed = self._page.typed(step)
        return {name: value for name, value in typed.items() if value != seen.get(name, "")}

    def save(self, step: str, state: str | None = None, then: Callable[[], None] | None = None) -> None:
        """Save what was typed in a step, and perhaps complete it."""
        changed = self.changed(step)
        seen = self._seen.get(step, {})
        expect = {name: seen.get(name, "") for name in changed}
        encounter = self.encounter_id

        def saved(done: SavedStep) -> None:
            self._seen[step] = {**self._seen.get(step, {}), **changed}
            # What others wrote stays unseen until it is shown: `_merge` puts it into the fields.
            del done
            self._ask_again(then)

        self._do(
            f"save.{step}",
            step,
            lambda desk: consultation.save_step(desk, encounter, step, changed, state, expect),
            saved,
            draft=self.key(step),
        )

    def complete(self) -> None:
        """Complete the step that is open and go on to the next that is not settled."""
        step = self.step

        def onward() -> None:
            # Somebody quick may have opened another step while this one was being saved.
            if self.step == step:
                self.go_on()

        self.save(step, State.COMPLETED.value, onward)

    def go_on(self) -> None:
        """Open the next step that is not settled."""
        if self.shown is not None:
            self.step = self._next_open(self.step, self.shown)

    def _next_open(self, after: str, shown: Consultation) -> str:
        start = path.STEPS.index(after) + 1 if after else 0
        states = {each.step: each.state for each in shown.steps}
        writable = {each.step for each in shown.steps if each.writable}
        for step in path.STEPS[start:]:
            if states[step] not in SETTLED and (step in writable or not writable):
                return step
        return path.STEPS[-1]

    def skip(self, step: str, reason: str) -> None:
        """Leave a step out."""
        encounter = self.encounter_id
        self._do(
            f"skip.{step}",
            step,
            lambda desk: consultation.skip_step(desk, encounter, step, reason),
            lambda _state: self._ask_again(self.go_on),
            draft=self.kept_why(step).key,
        )

    def reopen(self, step: str) -> None:
        """Open a step again that was settled."""
        encounter = self.encounter_id
        self._do(
            f"reopen.{step}",
            step,
            lambda desk: consultation.reopen_step(desk, encounter, step),
            lambda _state: self._ask_again(),
        )

    def add_diagnosis(self, title: str, code: str | None, certainty: str = "confirmed") -> None:
        """Add a diagnosis; without a code it is provisional words."""
        found = Diagnosis(code, title, certainty if code else "provisional")
        self._write("diagnosis", {found.key: found.value})

    def change_diagnosis(self, found: Diagnosis, certainty: str | None) -> None:
        """Change how certain a diagnosis is, or take it out with None."""
        value = "" if certainty is None else Diagnosis(found.code, found.title, certainty).value
        self._write("diagnosis", {found.key: value})

    def _write(self, step: str, content: Mapping[str, str]) -> None:
        encounter, seen = self.encounter_id, self._seen.get(step, {})
        expect = {name: seen.get(name, "") for name in content}

        def saved(_done: SavedStep) -> None:
            self._seen[step] = {**self._seen.get(step, {}), **content}
            self._page.put(step, content)
            self._ask_again()

        self._do(
            f"write.{step}",
            step,
            lambda desk: consultation.save_step(desk, encounter, step, content, None, expect),
            saved,
        )

    # Other acts ------------------------------------------------------------------------------------------

    def record_vitals(self, entries: Mapping[str, str], then: Callable[[], None] | None = None) -> None:
        """Keep vital signs in this encounter."""
        patient, encounter = self.patient_id, self.encounter_id

        def kept(taken: tuple[vitals.Taken, ...]) -> None:
            self._page.vitals_kept()
            ask_of(taken, self._desk, self._tasks, self._page)
            self._ask_again(then)

        self._do(
            "vitals",
            "vitals",
            lambda desk: vitals.record_vitals(desk, patient, entries, encounter),
            kept,
            draft=self.key("entries"),
        )

    def of_allergies(self, said: str) -> None:
        """Keep an answer about allergies: ``none_known``, ``same`` as listed, or ``not_asked`` after all."""
        act, patient = ALLERGY_ACTS[said], self.patient_id
        self._do("allergies", "history", lambda desk: act(desk, patient), self._asked_again)

    def _asked_again(self, _result: object) -> None:
        self._ask_again()

    def park(self) -> None:
        """Let the encounter wait for its results."""
        encounter = self.encounter_id
        self._do(
            "park", "investigations", lambda desk: consultation.park_consultation(desk, encounter), self._asked_again
        )

    def sign(self) -> None:
        """Sign; what is still typed in any step is saved before."""
        for step in path.STEPS:
            if self.changed(step):
                self.save(step, then=self.sign)
                return
        encounter = self.encounter_id

        self._do(
            "sign", "final_review", lambda desk: consultation.sign_consultation(desk, encounter), self._asked_again
        )

    def add_addendum(self, text: str, reason: str) -> None:
        """Add to the signed encounter."""
        encounter = self.encounter_id

        def written(_id: object) -> None:
            self._page.addendum_kept()
            self._ask_again()

        self._do(
            "addendum",
            "final_review",
            lambda desk: consultation.add_addendum(desk, encounter, text, reason),
            written,
            draft=self.key("addendum"),
        )

    def summary(self) -> Callable[[], bytes]:
        """What makes the summary of this visit on paper; called off the window's thread."""
        desk, patient, encounter = self._desk, self.patient_id, self.encounter_id
        # ReportLab and its fonts cost 0.15 s: nobody waits for them before the first paper.
        return lambda: bytes(
            importlib.import_module("clinic_desktop.reports.visit_papers").visit_summary(desk, patient, encounter)
        )

    def find_diagnoses(self, text: str, show: Callable[[tuple[FoundDiagnosis, ...]], None]) -> None:
        """Look diagnoses up by words or code."""
        self._tasks.query("diagnoses", lambda: terminology.find_diagnoses(self._desk, text), show)

    # Drafts ----------------------------------------------------------------------------------------------

    def key(self, step: str) -> DraftKey:
        """Where the draft of a step is kept: for this person and this encounter."""
        return DraftKey(f"consultation.{step}", self.encounter_id)

    def keep(self, step: str) -> None:
        """Keep what is being typed in a step: the changed fields only, with what stood in them when it was read."""
        typed, seen = self.changed(step), self._seen.get(step, {})
        self.keep_form(step, {"typed": typed, "seen": {name: seen.get(name, "") for name in typed}})

    def keep_form(self, form: str, fields: Mapping[str, object]) -> None:
        """Keep what is being typed in a form that is no step."""
        if self.shown is None:
            return
        key = self.key(form)
        self._tasks.change(lambda: drafts.keep_draft(self._desk, key, fields))

    def kept_why(self, step: str) -> KeptDraft:
        """The draft of why a step is left out."""
        return KeptDraft(self._desk, self._tasks, f"consultation.why.{step}", self.encounter_id)

    def _do(
        self,
        name: str,
        step: str,
        act: Callable[[Desk], T],
        done: Callable[[T], None],
        *,
        draft: DraftKey | None = None,
    ) -> None:
        """Do an act under an id of its own, kept until it succeeds: pressed twice, it happens once."""
        desk = self._desk.once(self._act_ids.setdefault(name, new_id()), draft=draft)
        encounter = self.encounter_id

        def ended(result: T) -> None:
            # The answer may come when another encounter is open: what was typed here is never taken for what is there.
            if encounter != self.encounter_id:
                return
            self._act_ids.pop(name, None)
            self._page.settled()
            done(result)

        def failed(error: Exception) -> None:
            if encounter != self.encounter_id:
                self._page.show_problem("", error)
                return
            self._act_ids.pop(name, None)
            self._page.settled()
            self._page.show_problem(step, error)

        self._tasks.change(lambda: act(desk), ended, failed)


def _words(draft: Mapping[str, object] | None, part: str) -> dict[str, str]:
    found = (draft or {}).get(part)
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
