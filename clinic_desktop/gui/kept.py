"""A form's draft as a screen keeps it, and the act it leads to, done once. No Qt, so presenters may import it."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import drafts
from clinic_desktop.services.acts import Desk, DraftKey

T = TypeVar("T")


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


class Acting:
    """The forms of one screen about one thing (a patient); each form may be about a record of its own."""

    def __init__(self, desk: Desk, tasks: Tasks, screen: str) -> None:
        self.desk, self.tasks, self._screen = desk, tasks, screen
        self.subject = ""
        self._about: dict[str, str] = {}
        self._act_ids: dict[str, str] = {}

    def begin(self, subject: str) -> None:
        """Turn to another subject: what was begun about the one before is not gone on with."""
        if subject != self.subject:
            self.subject, self._about, self._act_ids = subject, {}, {}

    def about(self, form: str) -> str:
        """The record that a form is about."""
        return self._about.get(form, "")

    def key(self, form: str) -> DraftKey:
        """Where the draft of a form is kept."""
        record = self.about(form)
        return DraftKey(f"{self._screen}.{form}" + (f".{record}" if record else ""), self.subject)

    def keep(self, form: str, fields: Mapping[str, str]) -> None:
        """Keep what is being typed."""
        desk, key = self.desk, self.key(form)
        self.tasks.change(lambda: drafts.keep_draft(desk, key, fields))

    def opened(self, form: str, record: str, restore: Callable[[Mapping[str, object]], None]) -> None:
        """A form was opened about a record: it gets its act's id, and what was typed before comes back."""
        if self.about(form) != record:
            self._act_ids.pop(form, None)
        self._about[form] = record
        self._act_ids.setdefault(form, new_id())
        desk, key = self.desk, self.key(form)
        self.tasks.query(f"draft.{form}", lambda: drafts.draft(desk, key), lambda kept: restore(kept) if kept else None)

    def act(
        self,
        form: str,
        work: Callable[[Desk], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do the act of a form, once; an answer that comes when another subject is open touches nothing there."""
        act_id, subject = self._act_ids.setdefault(form, new_id()), self.subject
        desk = self.desk.once(act_id, draft=self.key(form))

        def succeeded(result: T) -> None:
            if subject == self.subject:
                self._act_ids.pop(form, None)
                done(result)

        self.tasks.change(lambda: work(desk), succeeded, failed)
