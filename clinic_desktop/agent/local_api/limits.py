"""How often somebody may ask: a bucket that fills at a steady pace, bounded in number."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

# More peers or tokens than this are not remembered one by one: the one that was quiet longest is forgotten.
REMEMBERED = 1024


@dataclass(frozen=True)
class Pace:
    """So many at once, and so many a second after that."""

    at_once: float
    a_second: float


class Buckets:
    """One bucket for each name; may be asked by any thread."""

    def __init__(self, pace: Pace, steady: Callable[[], float]) -> None:
        self._pace, self._steady = pace, steady
        self._guard = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, name: str) -> float:
        """Take one; 0 where there was one to take, else the seconds until there is."""
        now = self._steady()
        with self._guard:
            left, since = self._held.pop(name, (self._pace.at_once, now))
            left = min(self._pace.at_once, left + max(0.0, now - since) * self._pace.a_second)
            taken = left >= 1.0
            self._held[name] = (left - 1.0 if taken else left, now)
            if len(self._held) > REMEMBERED:
                self._held.popitem(last=False)
        return 0.0 if taken else (1.0 - left) / self._pace.a_second
