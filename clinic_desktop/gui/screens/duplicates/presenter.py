"""Decides what the list of likely duplicates shows and does; knows no Qt."""

from collections.abc import Callable, Sequence
from typing import Protocol

from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import identity, relations
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.identity import Duplicate

SCORES = {"likely": 0.9, "perhaps": 0.5}


class View(Protocol):
    """What the presenter asks of the view."""

    def show_pairs(self, pairs: Sequence[Duplicate]) -> None: ...  # noqa: D102
    def set_looking(self, looking: bool) -> None: ...  # noqa: D102, FBT001
    def show_error(self, error: Exception) -> None: ...  # noqa: D102
    def said(self) -> None: ...  # noqa: D102


class Presenter:
    """Pairs of registrations, and what is said of one of them."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.only = "likely"
        self._pairs: list[Duplicate] = []

    def look(self) -> None:
        """Look through every registration of the clinic; the newest question wins."""
        least = SCORES[self.only]
        self.view.set_looking(True)
        self.tasks.query("pairs", lambda: identity.duplicates(self.desk, least), self._found, self._failed)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Look again where pairs may have gone; not after each registration, which is compared while it is typed."""
        if any(kind.startswith(("merge.", "relation", "different_people.")) for kind in kinds):
            self.look()

    def show_only(self, only: str) -> None:
        """Show the likely ones, or also those that are only perhaps one person."""
        self.only = only
        self.look()

    def link(self, pair: Duplicate, kind: str) -> None:
        """Say what the second is to the first: they are two people of one family."""
        self._say(pair, lambda: relations.link_family(self.desk.once(), pair.a_id, pair.b_id, kind))

    def say_different(self, pair: Duplicate, reason: str) -> None:
        """Say that they are two people."""
        desk = self.desk.once(draft=self.kept_reason(pair).key)
        self._say(pair, lambda: relations.say_different(desk, pair.a_id, pair.b_id, reason))

    def kept_reason(self, pair: Duplicate) -> KeptDraft:
        """The draft of why they are two people."""
        return KeptDraft(self.desk, self.tasks, "duplicates.different", pair.a_id)

    def _say(self, pair: Duplicate, work: Callable[[], object]) -> None:
        def done(_id: object) -> None:
            self._pairs = [one for one in self._pairs if one is not pair]
            self.view.show_pairs(self._pairs)
            self.view.said()

        self.tasks.change(work, done, self.view.show_error)

    def _found(self, pairs: Sequence[Duplicate]) -> None:
        self._pairs = list(pairs)
        self.view.set_looking(False)
        self.view.show_pairs(self._pairs)

    def _failed(self, error: Exception) -> None:
        self.view.set_looking(False)
        self.view.show_error(error)
