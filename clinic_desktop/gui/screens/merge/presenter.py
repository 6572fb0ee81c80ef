"""Decides what merging two registrations shows and does; knows no Qt."""

from collections.abc import Mapping
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import drafts, identity, merging
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.merging import Merged, Registration

FORM = "merge"


class View(Protocol):
    """What the presenter asks of the view."""

    def show_two(self, kept: Registration, other: Registration) -> None: ...  # noqa: D102
    def restore(self, draft: Mapping[str, object]) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def show_error(self, error: Exception) -> None: ...  # noqa: D102
    def merged(self, kept_id: str, words: str) -> None: ...  # noqa: D102
    def show_pairs_left(self, n: int) -> None: ...  # noqa: D102


class Presenter:
    """Two registrations, which of them is kept, and what was chosen."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.kept: Registration | None = None
        self.other: Registration | None = None
        self.patient_id = ""
        self._act = new_id()

    def open(self, patient_id: str, other_id: str = "") -> None:
        """Look at two registrations; with one alone, at the two that were left unfinished from there."""
        self.patient_id, self.kept, self.other, self._act = patient_id, None, None, new_id()
        desk, key = self.desk, DraftKey(FORM, patient_id)

        def ask() -> tuple[Registration | None, Registration | None, Mapping[str, object] | None]:
            draft = drafts.draft(desk, key)
            with_whom = other_id or str((draft or {}).get("with", ""))
            if not with_whom:
                return None, None, None
            kept, other = merging.registration(desk, patient_id), merging.registration(desk, with_whom)
            return kept, other, draft if (draft or {}).get("with") == with_whom else None

        self.tasks.query("open", ask, lambda found: self._arrived(*found), self.view.show_error)

    def swap(self) -> None:
        """Keep the other of the two."""
        if self.kept is not None and self.other is not None:
            kept, other = self.other, self.kept
            self.keep({})
            self.open(kept.patient_id, other.patient_id)

    def keep(self, fields: Mapping[str, str]) -> None:
        """Keep what was chosen and typed; emptied, nothing is unfinished."""
        desk, key = self.desk, DraftKey(FORM, self.patient_id)
        other = self.other
        if other is not None and any(fields.values()):
            whole = {**fields, "with": other.patient_id}
            self.tasks.change(lambda: drafts.keep_draft(desk, key, whole), None, self.view.show_error)
        else:
            self.tasks.change(lambda: drafts.drop_draft(desk, key), None, self.view.show_error)

    def merge(self, chosen: Mapping[str, str], reason: str) -> None:
        """Say that they are one person."""
        kept, other = self.kept, self.other
        if kept is None or other is None:
            return
        desk = self.desk.once(self._act, draft=DraftKey(FORM, self.patient_id))

        def work() -> Merged:
            return merging.merge(
                desk, kept.patient_id, other.patient_id, chosen=chosen, reason=reason,
                expect_kept=kept.revision, expect_other=other.revision,
            )  # fmt: skip

        def done(merged: Merged) -> None:
            self.view.set_busy(False)
            words = _("{other} is read with {kept} from now on.")
            self.view.merged(merged.kept_id, words.format(other=merged.other_mrn, kept=merged.kept_mrn))
            # The list of pairs may be closed; its number in the rail must not stay what it was.
            self.tasks.glance("pairs", lambda: len(identity.duplicates(self.desk)), self.view.show_pairs_left,
                              lambda _error: None)  # fmt: skip

        def failed(error: Exception) -> None:
            self._act = new_id()
            self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, done, failed)

    def _arrived(
        self, kept: Registration | None, other: Registration | None, draft: Mapping[str, object] | None
    ) -> None:
        self.kept, self.other = kept, other
        if kept is not None and other is not None:
            self.view.show_two(kept, other)
            if draft:
                self.view.restore(draft)
