"""Asks for a prescriber's own prescriptions of some days. No Qt."""

from datetime import date
from typing import Protocol

from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import prescribed
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.prescribed import Prescribed


class View(Protocol):
    """What the presenter asks of the view."""

    def show_prescribed(self, found: tuple[Prescribed, ...]) -> None: ...  # noqa: D102
    def show_problem(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """One stretch of days after another."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self._desk, self._tasks, self._view = desk, tasks, view

    def ask(self, first: date, last: date) -> None:
        """Ask for these days; the last is counted in."""
        desk = self._desk
        self._tasks.query(
            "prescribed",
            lambda: prescribed.prescribed_by_me(desk, first, last),
            self._view.show_prescribed,
            self._view.show_problem,
        )
