"""How far this computer's clock is from a system's, by the `Date` of its answers.

A clinic whose battery-backed clock is wrong goes on, and is told so; no time that is kept is corrected. When something
was sent is told to a system by its own clock, as it is looked for there among what was made since.
"""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median

# `Date` has whole seconds and an answer may take half a minute; five minutes is no network.
ALLOWED_SECONDS = 300
HEARD, LEAST = 9, 3
# The small fact of the engine under which the minutes are kept: empty where the clocks agree.
KEPT = "clock apart"


class Skew:
    """The last answers of one system; `now` tells this computer's time (aware)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._apart: deque[float] = deque(maxlen=HEARD)

    def hear(self, headers: Mapping[str, str]) -> None:
        """Keep how far an answer's `Date` is from this computer's time; none, or nonsense, says nothing."""
        try:
            there = parsedate_to_datetime(headers.get("Date") or "")
            self._apart.append((self._now() - there.replace(tzinfo=there.tzinfo or UTC)).total_seconds())
        except (ValueError, OverflowError):
            return

    def seconds(self) -> float | None:
        """How far this computer is ahead by the last answer (the clock may just have been set); None before the first.

        Up to five minutes are none: that far apart clocks may be for whoever compares with them.
        """
        if not self._apart:
            return None
        return self._apart[-1] if abs(self._apart[-1]) > ALLOWED_SECONDS else 0.0

    def minutes(self) -> int | None:
        """Whole minutes that this computer is ahead (below zero: behind); 0 within five; None before three answers."""
        if len(self._apart) < LEAST:
            return None
        apart = median(self._apart)
        return round(apart / 60) if abs(apart) > ALLOWED_SECONDS else 0
