"""Decides what the growth page shows: which curves, which points, what each is called. No Qt."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.domain.growth import Standard, preferred
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.second_look import ask_of
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services import growth, vitals
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.growth import Growth
from clinic_desktop.services.growth_shown import Shown, shown, standards_of

T = TypeVar("T")

TOUCHES = ("vitals.", "patient.")


class View(Protocol):
    """What the presenter asks of the view."""

    def draw(self, shown: Shown, standards: Sequence[str], standard: str) -> None: ...  # noqa: D102
    def show_gestation(self, days: int | None) -> None: ...  # noqa: D102
    def recorded(self, words: str) -> None: ...  # noqa: D102
    def offer_undo(self, words: str, undo: Callable[[], None]) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def show_error(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """One child's growth."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.patient_id = ""
        self.growth: Growth | None = None
        self.measure = "weight"
        self.standard: Standard = "who"
        self._act = new_id()

    def open(self, patient_id: str) -> None:
        """Show a patient's growth."""
        if patient_id != self.patient_id:
            self.patient_id, self.growth, self.measure, self.standard = patient_id, None, "weight", "who"
            self._act = new_id()
        self._ask()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when something was measured."""
        if self.patient_id and any(kind.startswith(TOUCHES) for kind in kinds):
            self._ask()

    def choose(self, measure: str, standard: Standard) -> None:
        """Show another measure, or the same by another reference."""
        self.measure, self.standard = measure, standard
        self._show()

    def draft(self, form: str) -> KeptDraft:
        """Where one of the two forms is kept while it is typed."""
        return KeptDraft(self.desk, self.tasks, form, self.patient_id)

    def record(self, entries: dict[str, str]) -> None:
        """Keep what was measured now."""
        patient, desk = self.patient_id, self.desk.once(self._act, draft=self.draft("growth").key)

        def kept(taken: tuple[vitals.Taken, ...]) -> None:
            self._act = new_id()
            self.view.set_busy(False)
            self.view.recorded(ngettext("{n} measurement recorded", "{n} measurements recorded", len(taken)))
            ask_of(taken, self.desk, self.tasks, self.view)
            self._ask()

        self._do(lambda: vitals.record_vitals(desk, patient, entries), kept)

    def note_gestation(self, weeks: int | None, days: int) -> None:
        """Keep how long the pregnancy lasted."""
        if self.growth is None:
            return
        patient, revision = self.patient_id, self.growth.revision
        desk = self.desk.once(draft=self.draft("growth.gestation").key)

        def noted(_revision: int) -> None:
            self.view.set_busy(False)
            self.view.recorded(_("The ages are corrected by it.") if weeks is not None else _("Noted."))
            self._ask()

        self._do(lambda: growth.set_gestation(desk, patient, weeks, days, revision), noted)

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def failed(error: Exception) -> None:
            self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, done, failed)

    def _ask(self) -> None:
        desk, patient = self.desk, self.patient_id
        self.tasks.query("growth", lambda: growth.growth(desk, patient), self._arrived)

    def _arrived(self, found: Growth) -> None:
        if found.patient_id != self.patient_id:
            return
        first = self.growth is None
        self.growth = found
        if first:
            self.standard = preferred(found.shown_to)
        self.view.show_gestation(found.gestation_days)
        self._show()

    def _show(self) -> None:
        if self.growth is None:
            return
        standards = standards_of(self.measure)
        if self.standard not in standards:
            self.standard = standards[0]
        self.view.draw(shown(self.growth, self.measure, self.standard), standards, self.standard)
