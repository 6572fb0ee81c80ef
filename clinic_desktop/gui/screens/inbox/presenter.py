"""Decides what the inbox shows and does. No Qt."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.howfar import ask_decisions
from clinic_desktop.i18n import _
from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.inbox import Addressee, Item, Notice

T = TypeVar("T")

MORNING = time(8, 0)


class View(Protocol):
    """What the presenter asks of the view."""

    def show_items(self, items: Sequence[Item], show: str) -> None: ...  # noqa: D102
    def show_decisions(self, count: int) -> None: ...  # noqa: D102
    def show_addressees(self, people: Sequence[Addressee]) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def did(self, words: str, undo: Callable[[], None] | None = None) -> None: ...  # noqa: D102
    def sent(self, words: str) -> None: ...  # noqa: D102
    def show_error(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """One person's inbox."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.shown = "open"
        self.may_send = desk.may("inbox.send")
        self._act = new_id()

    def open(self) -> None:
        """Ask for everything."""
        self.reload()
        if self.may_send:
            self.tasks.query("addressees", lambda: inbox.addressees(self.desk), self.view.show_addressees)

    def reload(self) -> None:
        """Ask for the list again."""
        desk, shown = self.desk, self.shown
        self.tasks.query("inbox", lambda: inbox.inbox(desk, shown), lambda items: self.view.show_items(items, shown))
        # They are decided where both sides stand beside one another; what cannot be told of them keeps nobody here.
        self.tasks.query(
            "decisions", lambda: len(ask_decisions(desk) or ()), self.view.show_decisions, lambda _error: None
        )

    def refresh(self, kinds: frozenset[str]) -> None:
        """Something was sent, read or done."""
        if any(kind.startswith(("notification.", "refill.", "sync.")) for kind in kinds):
            self.reload()

    def choose(self, shown: str) -> None:
        """Show what is open, put off, or done."""
        self.shown = shown
        self.reload()

    def read(self, item: Item) -> None:
        """Note that it was read."""
        if not item.read:
            self.tasks.change(lambda: inbox.mark_read(self.desk, item.id), lambda _nothing: self.reload())

    def draft(self) -> KeptDraft:
        """Where what is being written is kept."""
        return KeptDraft(self.desk, self.tasks, "inbox")

    def answer_draft(self, item: Item) -> KeptDraft:
        """Where the answer to one is kept."""
        return KeptDraft(self.desk, self.tasks, "inbox.answer", item.id)

    # Acts -------------------------------------------------------------------------------------------

    def snooze(self, item: Item, choice: str) -> None:
        """Put one off: ``quarter``, ``hour`` or ``tomorrow``."""
        until = snoozed_until(choice, self.desk.now)
        self._do(lambda: inbox.snooze(self.desk, item.id, until), lambda _nothing: self._did(_("Put off")))

    def done(self, item: Item, note: str) -> None:
        """Close it."""
        desk = self.desk.once(draft=self.answer_draft(item).key)

        def closed(revision: int) -> None:
            self._did(_("Done"), lambda: self._reopen(item, revision))

        self._do(lambda: inbox.done(desk, item.id, note, expect=item.revision), closed)

    def _reopen(self, item: Item, revision: int) -> None:
        reopened = _("Open again")
        self._do(lambda: inbox.reopen(self.desk, item.id, expect=revision), lambda _revision: self._did(reopened))

    def send(self, to: str, priority: str, title: str, body: str, due_on: date | None) -> None:
        """Send a message, or a task where a day is given."""
        category = "task" if due_on is not None else "message"
        notice = Notice(category, priority, title, to, body, due_on=due_on)
        desk = self.desk.once(self._act, draft=self.draft().key)
        self._do(lambda: inbox.send(desk, notice), lambda _ids: self._sent(_("Sent")))

    def remind(self, title: str, body: str, due_on: date | None) -> None:
        """Make a task for oneself."""
        desk = self.desk.once(self._act, draft=self.draft().key)
        self._do(lambda: inbox.remind_me(desk, title, body, due_on), lambda _id: self._sent(_("Kept as a task")))

    def _sent(self, words: str) -> None:
        self._act = new_id()
        self.view.set_busy(False)
        self.view.sent(words)
        self.reload()

    def _did(self, words: str, undo: Callable[[], None] | None = None) -> None:
        self.view.set_busy(False)
        self.view.did(words, undo)
        self.reload()

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def failed(error: Exception) -> None:
            self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, done, failed)


def snoozed_until(choice: str, now: datetime) -> datetime:
    """When it comes back: in a quarter of an hour, in an hour, or tomorrow at eight by the clinic's clock."""
    if choice == "tomorrow":
        here = now.astimezone()
        return datetime.combine(here.date() + timedelta(days=1), MORNING, here.tzinfo).astimezone(now.tzinfo)
    return now + (timedelta(hours=1) if choice == "hour" else timedelta(minutes=15))
