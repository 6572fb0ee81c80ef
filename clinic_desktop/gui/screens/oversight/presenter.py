"""What the page Review decides: which times the glass was broken are looked at, what becomes of programmes. No Qt."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from clinic_desktop.gui.kept import Acting
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_
from clinic_desktop.services import break_glass, programmes
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.break_glass import Broken
from clinic_desktop.services.programmes import NewProgramme, Programme

T = TypeVar("T")


class View(Protocol):
    """What the presenter asks of the view."""

    def show_broken(self, rows: tuple[Broken, ...], waiting: int) -> None: ...  # noqa: D102
    def show_programmes(self, rows: tuple[Programme, ...]) -> None: ...  # noqa: D102
    def was_done(self, form: str, said: str) -> None: ...  # noqa: D102
    def show_problem(self, form: str, error: Exception) -> None: ...  # noqa: D102
    def restore(self, form: str, draft: Mapping[str, object]) -> None: ...  # noqa: D102


class OversightPresenter:
    """The thinking of the page."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self._desk, self._tasks, self._view = desk, tasks, view
        self.acting = Acting(desk, tasks, "oversight")

    def open(self) -> None:
        """Ask for both lists."""
        desk = self._desk

        def arrived(rows: tuple[Broken, ...]) -> None:
            self._view.show_broken(rows, sum(not row.outcome for row in rows))

        self._tasks.query("broken", lambda: break_glass.to_review(desk, everything=True), arrived)
        self._tasks.query("programmes", lambda: programmes.catalogue(desk, everything=True), self._view.show_programmes)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again if something the page shows has changed."""
        if any(kind.startswith(("break_glass.", "programme.")) for kind in kinds):
            self.open()

    def form_opened(self, form: str, record: str) -> None:
        """A form was opened about a record."""
        self.acting.opened(form, record, lambda draft: self._view.restore(form, draft))

    def refused(self, form: str, error: Exception) -> None:
        """Say beside the form what is wrong with it before anything is asked."""
        self._view.show_problem(form, error)

    def review(self, row: Broken, outcome: str, note: str) -> None:
        """Say what came of looking at it."""
        self._act(
            "review",
            lambda desk: break_glass.review_glass(desk, row.id, outcome, note, expect=row.revision),
            N_("The review is kept."),
        )

    def save(self, chosen: Programme | None, new: NewProgramme) -> None:
        """Add a programme, or change what the catalogue says of one."""
        if chosen is None:
            self._act("programme", lambda desk: programmes.add_programme(desk, new), N_("The programme is on offer."))
        else:
            self._act(
                "programme",
                lambda desk: programmes.change_programme(desk, chosen.id, new, expect=chosen.revision),
                N_("The programme is changed."),
            )

    def archive(self, row: Programme, reason: str) -> None:
        """Offer a programme no more."""
        self._act(
            "archive",
            lambda desk: programmes.archive_programme(desk, row.id, reason, expect=row.revision),
            N_("The programme is offered no more."),
        )

    def _act(self, form: str, work: Callable[[Desk], T], said: str) -> None:
        def done(_result: T) -> None:
            self._view.was_done(form, said)
            self.open()

        self.acting.act(form, work, done, lambda error: self._view.show_problem(form, error))
