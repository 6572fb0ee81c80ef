"""The systems that a fault of ours keeps from going on: each is held for a while, and the others go on meanwhile.

What the machine is in trouble with (a full disk, a broken file) concerns all of them, and is none of these.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sync.engine.desk import WISH
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Kept

log = logging.getLogger(__name__)

# How long a system is held, twice as long each time; after a fault-free stretch as long as that it begins anew.
FIRST_SECONDS, LONGEST_SECONDS = 30.0, 3600.0
# Where it is kept that a system is held, for whoever shows it.
FAULT = "fault"
# So many places of the program are written down, the innermost first.
PLACES = 4


@dataclass(frozen=True)
class _Hold:
    until: float
    seconds: float
    wish: str


class Faults:
    """Which systems are held, and until when by the stopwatch; a person who wants it tried now ends it."""

    def __init__(self, database: Any, steady: Callable[[], float]) -> None:
        self._database, self._steady = database, steady
        self._holds: dict[str, _Hold] = {}
        self._well: set[str] = set()

    def note(self, system: str, error: Exception) -> None:
        """Hold a system. Of the fault its type and place are written down: its words may hold what is a patient's."""
        now, before = self._steady(), self._holds.get(system)
        fresh = before is None or now - before.until > before.seconds
        seconds = FIRST_SECONDS if before is None or fresh else min(2 * before.seconds, LONGEST_SECONDS)
        log.error("%s is held for %d seconds: %s at %s", system, seconds, type(error).__name__, _places(error))
        with self._database.write() as unit:
            rows = Rows(unit)
            rows.put(Kept(system, FAULT, type(error).__name__))
            wish = queries.kept_value(rows, system, WISH)
        self._holds[system] = _Hold(now + seconds, seconds, wish)
        self._well.discard(system)

    def left(self, system: str) -> float:
        """For how many seconds a system is still held; 0 where it is not."""
        one = self._holds.get(system)
        if one is None or one.until <= (now := self._steady()):
            return 0.0
        with self._database.read() as unit:
            wish = queries.kept_value(Rows(unit), system, WISH)
        if wish == one.wish:
            return one.until - now
        self._holds[system] = replace(one, until=now)
        return 0.0

    def went(self, system: str) -> None:
        """A job of the system has ended well: nobody is told any more that it is held."""
        if system in self._well:
            return
        self._well.add(system)
        with self._database.read() as unit:
            kept = queries.kept_value(Rows(unit), system, FAULT)
        if kept:
            with self._database.write() as unit:
                Rows(unit).remove(Kept, system=system, name=FAULT)


def _places(error: Exception) -> str:
    found = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in traceback.walk_tb(error.__traceback__)]
    return " < ".join(reversed(found[-PLACES:]))
