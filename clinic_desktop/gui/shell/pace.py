"""How fast each screen is: the time from going to it until it is painted with what it asked for."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from clinic_desktop.domain.dashboard import within

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk

log = logging.getLogger(__name__)

LOOK_MS = 20
GIVE_UP_MS = 60_000
# So many openings are kept before they are counted in the database: a write for each would be one too many.
TOGETHER = 25


class Pools(Protocol):
    """What knows whether every answer was delivered."""

    @property
    def idle(self) -> bool:
        """Whether nothing is waited for."""
        ...


class Session:
    """The times of this session by screen, in milliseconds, and the titles of the screens."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}
        self.titles: dict[str, str] = {}

    def begin(self, titles: Mapping[str, str]) -> None:
        """Somebody signed in: their session begins with nothing."""
        self.times, self.titles = {}, dict(titles)

    def figures(self) -> dict[str, tuple[int, int, int]]:
        """Of each screen what half of its openings did not exceed, what 95 of 100 did not, and how many there were."""
        found = {}
        for name, times in self.times.items():
            ordered = sorted(times)
            half, most = (ordered[-(-share * len(ordered) // 100) - 1] for share in (50, 95))
            found[name] = (round(half), round(most), len(ordered))
        return found


SESSION = Session()


class Pace(QObject):
    """Measures one opening at a time in a window; another one begun before it is whole is not counted.

    An opening is whole once every answer has been delivered and what they changed is painted.
    """

    def __init__(
        self,
        frame: QWidget,
        pools: Pools,
        desk: "Desk",
        put: Callable[[Callable[[], None]], None],
        titles: dict[str, str],
    ) -> None:
        super().__init__(frame)
        self._frame, self._pools, self._desk, self._put = frame, pools, desk, put
        self._counts: Counter[tuple[str, int]] = Counter()
        self._screen = ""
        self._begun = self._painted = 0.0
        self._calm = False
        self._watched: QWidget | None = None
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._see)
        SESSION.begin(titles)

    def begin(self, screen: str) -> None:
        """A screen is being gone to."""
        window = self._frame.window()
        if window is not self._watched:
            if self._watched is not None:
                self._watched.removeEventFilter(self)
            window.installEventFilter(self)
            self._watched = window
        self._screen, self._begun, self._painted, self._calm = screen, time.monotonic(), 0.0, False
        self._look.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Note each time that the window is painted while something is measured."""
        if self._screen and event.type() == QEvent.Type.UpdateRequest:
            QTimer.singleShot(0, self, self._was_painted)
        return super().eventFilter(watched, event)

    def _was_painted(self) -> None:
        self._painted = time.monotonic()

    def _see(self) -> None:
        waited = (time.monotonic() - self._begun) * 1000
        if not self._screen or waited > GIVE_UP_MS or not self._frame.isVisible():
            self._stop()
            return
        # The last answer is painted after the pools are idle: two calm looks in a row.
        calm = self._pools.idle and self._painted > self._begun
        if calm and self._calm:
            self._note(self._screen, (self._painted - self._begun) * 1000)
            self._stop()
        self._calm = calm

    def _stop(self) -> None:
        self._look.stop()
        self._screen = ""

    def _note(self, screen: str, milliseconds: float) -> None:
        SESSION.times.setdefault(screen, []).append(milliseconds)
        self._counts[screen, within(milliseconds)] += 1
        if self._counts.total() >= TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Count in the database what was measured, off the window's thread."""
        if not self._counts:
            return
        counts, self._counts = dict(self._counts), Counter()
        desk = self._desk

        def work() -> None:
            # Only a measurement is lost; whatever is wrong, nobody's work waits for it.
            try:
                from clinic_desktop.services.dashboard_office import note_speeds

                note_speeds(desk, counts)
            except Exception as error:  # noqa: BLE001 - as it says
                log.warning("the speed of screens was not counted: %s", type(error).__name__)

        self._put(work)
