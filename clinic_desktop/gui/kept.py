"""One form's draft, as a screen keeps it: kept, brought back, thrown away. No Qt, so presenters may import it."""

from collections.abc import Callable, Mapping

from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import drafts
from clinic_desktop.services.acts import Desk, DraftKey


class KeptDraft:
    """The draft of one form about one thing; the act it leads to is given its `key` and throws it away."""

    def __init__(self, desk: Desk, tasks: Tasks, form: str, subject: str = "") -> None:
        self.key = DraftKey(form, subject)
        self._desk, self._tasks = desk, tasks

    def keep(self, fields: Mapping[str, str]) -> None:
        """Keep what is being typed; emptied by hand, nothing is unfinished any more."""
        if any(fields.values()):
            self._tasks.change(lambda: drafts.keep_draft(self._desk, self.key, fields))
        else:
            self.drop()

    def recall(self, restore: Callable[[Mapping[str, object]], None]) -> None:
        """Put back what was typed and not done."""
        self._tasks.query(
            f"draft {self.key.form}",
            lambda: drafts.draft(self._desk, self.key),
            lambda kept: restore(kept) if kept else None,
        )

    def drop(self) -> None:
        """Throw it away, because the person said so."""
        self._tasks.change(lambda: drafts.drop_draft(self._desk, self.key))
