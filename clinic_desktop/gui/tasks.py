"""Slow work, seen from a screen: two verbs, change and query. No Qt here, so presenters may import it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from clinic_desktop.domain.reporting import Asked
    from clinic_desktop.reports.report_file import Written

T = TypeVar("T")

Failed = Callable[[Exception], None]


class WriteReport(Protocol):
    """Writes a report as pdf, csv or xlsx, slowly and in another process; with no path its bytes are handed back."""

    def __call__(
        self, asked: "Asked", path: Path | None, form: str, *, tell: Callable[[int], None], stop: Callable[[], bool]
    ) -> "Written":
        """Write it. `tell` hears how many rows there are, `stop` is asked now and then whether to stop."""
        ...


def nothing_written(*_asked: object, **_how: object) -> "Written":
    """Write nothing: there is no clinic behind it."""
    raise RuntimeError("no clinic is open")


class Tasks(Protocol):
    """Where a presenter hands its work: it runs off the window's thread and answers on it.

    `done` and `failed` are called on the window's thread, and never after `close()`: the tasks of a
    screen die with it. With no `failed`, the window shows the error.
    """

    def change(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, failed: Failed | None = None
    ) -> None:
        """Do an act; acts run one after another in the order they were given, and always to their end."""
        ...

    def query(self, slot: str, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Ask; within a slot the newest question wins and the answer to an older one is dropped."""
        ...

    def glance(self, slot: str, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Ask again for what is on screen, in the slot it was asked in: nobody waits, and the window shows no sign."""
        ...

    def close(self) -> None:
        """Drop every answer still to come; acts under way are still done."""
        ...

    @property
    def closed(self) -> bool:
        """Whether nobody waits for an answer any more; long work looks at it and stops."""
        ...


class Immediately:
    """A double for tests: does the work at once, on the spot; an error nobody takes is raised."""

    def __init__(self) -> None:
        self.closed = False

    def change(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, failed: Failed | None = None
    ) -> None:
        """Do an act now."""
        self._run(work, done, failed)

    def query(
        self,
        slot: str,  # noqa: ARG002 - at once there is never an older question
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
    ) -> None:
        """Ask now."""
        self._run(work, done, failed)

    def glance(self, slot: str, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Ask again now."""
        self.query(slot, work, done, failed)

    def close(self) -> None:
        """Drop every answer from now on."""
        self.closed = True

    def _run(self, work: Callable[[], T], done: Callable[[T], None] | None, failed: Failed | None) -> None:
        try:
            answer = work()
        except Exception as error:
            if failed is None:
                raise
            if not self.closed:
                failed(error)
            return
        if done is not None and not self.closed:
            done(answer)
