"""The time of the engine: it only goes forward, whatever the clock of the computer does."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

# A stretch of time off longer than this is a wrong clock, not a holiday: nothing is taken to have passed.
LONGEST_OFF_SECONDS = 400 * 86_400.0


class Clock(Protocol):
    """What is handed in: the time of day (seconds since 1970, may be wrong, may jump) and a stopwatch."""

    def now(self) -> float:
        """The time of day."""
        ...

    def steady(self) -> float:
        """Seconds that only grow while the program runs."""
        ...


@dataclass
class Ticker:
    """Seconds since 1970 as far as is known: they continue from the last run, and follow the stopwatch in between."""

    clock: Clock
    started: float = 0.0
    begun: float = 0.0
    sure: bool = True  # whether how long it was off is known

    def resume(self, last: float, last_wall: float, latest: float = 0.0) -> None:
        """Go on from the last run: by what the clock says has passed since, where that can be true.

        Never before `latest`, the newest moment that the last run wrote down: what it put off would wait for ever.
        """
        wall = self.clock.now()
        passed = wall - last_wall
        plausible = 0 <= passed <= LONGEST_OFF_SECONDS
        self.sure = plausible or not last
        self.started = max(latest, wall if not last else last + (passed if plausible else 0.0))
        self.begun = self.clock.steady()

    def time(self) -> float:
        """Now, for every duration and every order."""
        return self.started + (self.clock.steady() - self.begun)

    def wall(self) -> float:
        """Now by the computer's clock, for what is compared with the times of the chart."""
        return self.clock.now()

    def text_at(self, time: float) -> str:
        """A moment of the engine's time by the computer's clock as it goes now: UTC, ISO 8601."""
        moment = self.clock.now() - (self.time() - time)
        return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
