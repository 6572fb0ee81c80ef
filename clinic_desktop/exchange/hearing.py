"""What the systems say unasked, until the one thread that the engine knows looks there: so much of it, and no more.

Who says more than that, or says it without end, has to be looked through instead, as after a time in which nobody
listened: no change is lost by it. What no list shows (whoever is new at HMS) cannot be found so, and is kept as far as
memory allows.
"""

import threading
from collections.abc import Callable, Iterable

from sync.port import KindProfile
from sync.telling.hints import CATCH_UP, Hint

# Of one system: how much is kept, how much of it becomes looks at once, and how many looks may wait.
MOST_KEPT, AT_ONCE, MOST_LOOKS = 1000, 50, 1000
# The same of what no list shows: more than a clinic has patients.
MOST_UNLISTED = 100_000
# How soon a system that says too much is looked through again.
AGAIN_SECONDS = 300.0


class Hearing:
    """What was said, by system; `take` is called by any thread, the rest by the one that runs the engine."""

    def __init__(
        self,
        systems: Iterable[str],
        steady: Callable[[], float],
        kind_of: Callable[[str, Hint], KindProfile | None],
    ) -> None:
        self._steady, self._kind_of = steady, kind_of
        self._guard = threading.Lock()
        # By what it is about: said again before it was looked at, it is one.
        self._said: dict[str, dict[tuple[object, ...], Hint]] = {system: {} for system in systems}
        self._missed: set[str] = set()
        self._caught_up: dict[str, float] = {}

    def take(self, system: str, hint: Hint) -> None:
        """Keep what a system says, while there is room; of a system that is not connected nothing."""
        said = self._said.get(system)
        if said is None:
            return
        with self._guard:
            if len(said) < (MOST_UNLISTED if self._is_unlisted(system, hint) else MOST_KEPT):
                said[hint.kind, hint.remote_id, hint.parent] = hint
            else:
                self._missed.add(system)

    def _is_unlisted(self, system: str, hint: Hint) -> bool:
        kp = self._kind_of(system, hint)
        return kp is not None and not kp.listed and kp.listed_for is None

    def look(self, system: str, looks: int, look_at: Callable[[Hint], None]) -> None:
        """Look at the `some` that are next; what a fault comes before waits, and is looked for with the lists."""
        hints = self.some(system, looks)
        try:
            while hints:
                look_at(hints.pop(0))
        except Exception:
            with self._guard:
                self._missed.add(system)
            for hint in hints:
                self.take(system, hint)
            raise

    def waits(self, system: str) -> bool:
        """Whether anything was said that was not looked at yet."""
        return bool(self._said[system]) or self._is_to_catch_up(system)

    def some(self, system: str, looks: int) -> list[Hint]:
        """The next of what a system said, where so many looks wait there already; to catch up after what was missed."""
        found: list[Hint] = []
        with self._guard:
            said = self._said[system]
            for key in list(said)[:AT_ONCE]:
                hint = said.pop(key)
                most = MOST_UNLISTED if self._is_unlisted(system, hint) else MOST_LOOKS
                if hint.kind is None or looks + len(found) < most:
                    found.append(hint)
                else:
                    self._missed.add(system)
        if self._is_to_catch_up(system):
            self._missed.discard(system)
            self._caught_up[system] = self._steady()
            found.append(CATCH_UP)
        return found

    def _is_to_catch_up(self, system: str) -> bool:
        last = self._caught_up.get(system)
        return system in self._missed and (last is None or self._steady() - last >= AGAIN_SECONDS)
