"""Decides what parting two registrations shows and does; knows no Qt."""

from collections.abc import Mapping
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import drafts, identity, merging, parting
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.parting import Parted, Parting

FORM = "unmerge"


class View(Protocol):
    """What the presenter asks of the view."""

    def show_parting(self, shown: Parting) -> None: ...  # noqa: D102
    def nothing(self) -> None: ...  # noqa: D102
    def restore(self, draft: Mapping[str, object]) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def show_error(self, error: Exception) -> None: ...  # noqa: D102
    def parted(self, words: str) -> None: ...  # noqa: D102
    def show_pairs_left(self, n: int) -> None: ...  # noqa: D102


class Presenter:
    """One merge that may be undone, and the rows that are taken back."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.patient_id = ""
        self.shown: Parting | None = None
        self.taken: set[str] = set()
        self._act = new_id()

    def open(self, patient_id: str, merge_id: str = "") -> None:
        """Look at one merge of a patient, or the latest that stands."""
        self.patient_id, self.shown, self.taken, self._act = patient_id, None, set(), new_id()
        desk, key = self.desk, DraftKey(FORM, patient_id)

        def ask() -> tuple[Parting | None, Mapping[str, object] | None]:
            draft = drafts.draft(desk, key)
            standing = [one.merge_id for one in merging.merges_of(desk, patient_id) if one.undone_at is None]
            wanted = merge_id or str((draft or {}).get("merge", "")) or next(iter(standing), "")
            if wanted not in standing:
                return None, None
            mine = draft if (draft or {}).get("merge") == wanted else None
            return parting.parting(desk, patient_id, wanted), mine

        self.tasks.query("open", ask, lambda found: self._arrived(*found), self.view.show_error)

    def take(self, row_id: str) -> None:
        """Give a row to the other, or leave it with the one that is kept."""
        self.taken ^= {row_id}

    def keep(self, fields: Mapping[str, str]) -> None:
        """Keep what was chosen and typed."""
        desk, key, shown = self.desk, DraftKey(FORM, self.patient_id), self.shown
        if shown is not None and any(fields.values()):
            whole = {**fields, "merge": shown.merge.merge_id}
            self.tasks.change(lambda: drafts.keep_draft(desk, key, whole), None, self.view.show_error)
        else:
            self.tasks.change(lambda: drafts.drop_draft(desk, key), None, self.view.show_error)

    def part(self, reason: str) -> None:
        """Say that they are two people."""
        shown, taken = self.shown, sorted(self.taken)
        if shown is None:
            return
        desk = self.desk.once(self._act, draft=DraftKey(FORM, self.patient_id))
        merge = shown.merge

        def work() -> Parted:
            return parting.unmerge(desk, merge.merge_id, reason=reason, take_back=taken, expect=merge.revision)

        def done(parted: Parted) -> None:
            self.view.set_busy(False)
            words = _("{kept} and {other} are two people again.")
            self.view.parted(words.format(kept=parted.kept_mrn, other=parted.other_mrn))
            # The list of pairs may be closed; its number in the rail must not stay what it was.
            self.tasks.glance("pairs", lambda: len(identity.duplicates(self.desk)), self.view.show_pairs_left,
                              lambda _error: None)  # fmt: skip

        def failed(error: Exception) -> None:
            self._act = new_id()
            self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, done, failed)

    def _arrived(self, shown: Parting | None, draft: Mapping[str, object] | None) -> None:
        self.shown = shown
        if shown is None:
            self.view.nothing()
            return
        # What came under the other's own number is theirs until somebody who looks at it says otherwise.
        self.taken = set(shown.said_of_other)
        if draft:
            known = {row.id for row in shown.noted_since}
            self.taken = set(str(draft.get("taken", "")).split()) & known
        self.view.show_parting(shown)
        if draft:
            self.view.restore(draft)
