"""What the systems say unasked, until the one thread that the engine knows looks there: so much of it, and no more.

Who says more than that, or says it without end, has to be looked through instead, as after a time in which nobody
listened: no change is lost by it.
"""

from collections import deque
from collections.abc import Callable, Iterable

from sync.telling.hints import CATCH_UP, Hint

# Of one system: how much is kept, how much of it becomes looks at once, and how many looks may wait.
MOST_KEPT, AT_ONCE, MOST_LOOKS = 1000, 50, 1000
# How soon a system that says too much is looked through again.
AGAIN_SECONDS = 300.0


class Hearing:
    """What was said, by system; `take` is called by any thread, the rest by the one that runs the engine."""

    def __init__(self, systems: Iterable[str], steady: Callable[[], float]) -> None:
        self._steady = steady
        self._said: dict[str, deque[Hint]] = {system: deque() for system in systems}
        self._missed: set[str] = set()
        self._caught_up: dict[str, float] = {}

    def take(self, system: str, hint: Hint) -> None:
        """Keep what a system says, while there is room; of a system that is not connected nothing."""
        said = self._said.get(system)
        if said is None:
            return
        if len(said) < MOST_KEPT:
            said.append(hint)
        else:
            self._missed.add(system)

    def waits(self, system: str) -> bool:
        """Whether anything was said that was not looked at yet."""
        return bool(self._said[system]) or self._is_to_catch_up(system)

    def some(self, system: str, looks: int) -> list[Hint]:
        """The next of what a system said, where so many looks wait there already; to catch up after what was missed."""
        said = self._said[system]
        found = [said.popleft() for _hint in range(min(AT_ONCE, len(said)))]
        room = max(0, MOST_LOOKS - looks)
        if len(found) > room:
            self._missed.add(system)
            found = [hint for hint in found if hint.kind is None] + [hint for hint in found if hint.kind][:room]
        if self._is_to_catch_up(system):
            self._missed.discard(system)
            self._caught_up[system] = self._steady()
            found.append(CATCH_UP)
        return found

    def _is_to_catch_up(self, system: str) -> bool:
        last = self._caught_up.get(system)
        return system in self._missed and (last is None or self._steady() - last >= AGAIN_SECONDS)
