"""Counts requests in windows and says when the next one may come."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many requests in so many seconds; ``shown`` is what the headers speak of."""

    name: str
    limit: int
    seconds: float
    sliding: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How a budget stands after a request; ``wait`` is above zero when it was refused."""

    budget: Budget
    remaining: int
    reset: int
    wait: int = 0


class Meter:
    """What has been used, by budget and by whom."""

    __slots__ = ("_used",)

    def __init__(self) -> None:
        self._used: dict[tuple[str, str], deque[float]] = {}

    def take(self, budgets: Sequence[tuple[Budget, str]], now: float) -> Reading | None:
        """Count one request against all its budgets, or against none when one of them is spent."""
        counted = []
        for budget, who in budgets:
            used = self._used.setdefault((budget.name, who), deque())
            start = now - budget.seconds if budget.sliding else math.floor(now / budget.seconds) * budget.seconds
            while used and (used[0] <= start if budget.sliding else used[0] < start):
                used.popleft()
            if len(used) >= budget.limit:
                end = used[0] + budget.seconds if budget.sliding else start + budget.seconds
                return Reading(budget, 0, math.ceil(end), max(1, math.ceil(end - now)))
            counted.append((budget, used, start))
        for _budget, used, _start in counted:
            used.append(now)
        if not counted:
            return None
        budget, used, start = counted[0]
        end = used[0] + budget.seconds if budget.sliding else start + budget.seconds
        return Reading(budget, budget.limit - len(used), math.ceil(end))

    def copy(self) -> "Meter":
        """Another meter that stands the same."""
        twin = Meter()
        twin._used = {key: deque(times) for key, times in self._used.items()}
        return twin
