"""Asks only when it is told to: a search shows records of people, so it is never made while typing. No Qt."""

from typing import Protocol

from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import document_reading
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.document_reading import FoundDocument


class View(Protocol):
    """What the presenter asks of the view."""

    def show_found(self, found: tuple[FoundDocument, ...]) -> None: ...  # noqa: D102
    def show_problem(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """One search after another."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self._desk, self._tasks, self._view = desk, tasks, view

    def search(self, words: str) -> None:
        """Look for words; each patient who is shown is in the access log first."""
        desk = self._desk
        self._tasks.query(
            "found",
            lambda: document_reading.find_documents(desk, words),
            self._view.show_found,
            self._view.show_problem,
        )
