"""Decides what the insurance page shows and does. No Qt."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.domain.insurance import PRIMARY, Span, gaps
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import covers, insurance
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.covers import CoverView, NewCover
from clinic_desktop.services.insurance import Plan

T = TypeVar("T")

AHEAD_DAYS = 60  # how far ahead a gap is pointed out
TOUCHES = ("cover.", "plan.", "insurer.", "invoice")


class View(Protocol):
    """What the presenter asks of the view."""

    def show_covers(self, found: Sequence[CoverView]) -> None: ...  # noqa: D102
    def show_plans(self, plans: Sequence[Plan]) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def did(self, words: str, form: str) -> None: ...  # noqa: D102
    def show_error(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """One patient's covers."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.patient_id = ""
        self.chosen: CoverView | None = None
        self.may_change = desk.may("covers.add_cover")
        self._act = new_id()

    def open(self, patient_id: str) -> None:
        """Show a patient's covers."""
        if patient_id != self.patient_id:
            self.patient_id, self.chosen, self._act = patient_id, None, new_id()
        self.reload()

    def reload(self) -> None:
        """Ask again."""
        desk, patient = self.desk, self.patient_id
        if self.may_change:
            self.tasks.query("plans", lambda: insurance.plans_known(desk), self.view.show_plans)
        self.tasks.query(
            "covers",
            lambda: covers.covers_of(desk, patient),
            lambda found: self.view.show_covers(found) if patient == self.patient_id else None,
        )

    def refresh(self, kinds: frozenset[str]) -> None:
        """A cover, a plan or an invoice changed."""
        if self.patient_id and any(kind.startswith(TOUCHES) for kind in kinds):
            self.reload()

    def draft(self) -> KeptDraft:
        """Where a cover is kept while it is entered: a new one's by the patient, another's by itself."""
        return KeptDraft(self.desk, self.tasks, "insurance", self.chosen.id if self.chosen else self.patient_id)

    def end_draft(self) -> KeptDraft:
        """Where the last day and the reason are kept."""
        return KeptDraft(self.desk, self.tasks, "insurance.end", self.patient_id)

    def save(self, new: NewCover) -> None:
        """Add a cover, or change the one chosen."""
        patient, chosen, desk = self.patient_id, self.chosen, self.desk.once(self._act, draft=self.draft().key)
        if chosen is None:
            self._do(lambda: covers.add_cover(desk, patient, new), lambda _id: self._did(_("Covered"), "cover"))
        else:
            self._do(
                lambda: covers.change_cover(desk, chosen.id, new, expect=chosen.revision),
                lambda _revision: self._did(_("The cover is changed"), "cover"),
            )

    def verify(self, row: CoverView) -> None:
        """Note that the insurer confirmed it today."""
        desk = self.desk.once()
        self._do(
            lambda: covers.verify_cover(desk, row.id, expect=row.revision),
            lambda _revision: self._did(_("Verified today"), ""),
        )

    def end(self, row: CoverView, last_day: date, reason: str) -> None:
        """End it after a day."""
        desk = self.desk.once(draft=self.end_draft().key)
        self._do(
            lambda: covers.end_cover(desk, row.id, last_day, reason=reason, expect=row.revision),
            lambda _revision: self._did(_("The cover ends"), "end"),
        )

    def _did(self, words: str, form: str) -> None:
        self._act = new_id()
        self.view.set_busy(False)
        self.view.did(words, form)
        self.reload()

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def failed(error: Exception) -> None:
            self._act = new_id()
            self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, done, failed)


def first_gap(found: Sequence[CoverView], today: date) -> Span | None:
    """The first days, soon, on which a patient who is covered has no primary cover."""
    if not any(row.state in {"in_force", "to_come"} for row in found):
        return None
    ends = ((row, row.ended_on or row.valid_until) for row in found if row.position == PRIMARY)
    spans = [Span(row.valid_from, until) for row, until in ends if until is None or until >= row.valid_from]
    return next(iter(gaps(spans, today, today + timedelta(days=AHEAD_DAYS))), None)
