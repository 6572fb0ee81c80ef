"""The queue: who is seen next, and from where to where an entry may go."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from clinic_desktop.domain.refusals import Refusal

PRIORITIES = ("emergency", "urgent", "routine")
HERE = ("waiting", "called", "in_consultation")
NEXT = {
    "waiting": frozenset({"called", "in_consultation", "left"}),
    "called": frozenset({"in_consultation", "waiting", "left", "done"}),
    "in_consultation": frozenset({"done", "left"}),
    "done": frozenset[str](),
    "left": frozenset[str](),
}


class Waiting(Protocol):
    """What the order is made of."""

    @property
    def priority(self) -> str:
        """One of PRIORITIES."""
        ...

    @property
    def checked_in_at(self) -> datetime:
        """Since when they wait."""
        ...


W = TypeVar("W", bound=Waiting)


def in_order(entries: Iterable[W]) -> list[W]:
    """Those who wait, in the order they are seen: the most urgent first, then whoever has waited longest."""
    return sorted(entries, key=lambda entry: (PRIORITIES.index(entry.priority), entry.checked_in_at))


class Here(Waiting, Protocol):
    """Somebody who waits, was called or is being seen."""

    @property
    def status(self) -> str:
        """One of HERE."""
        ...

    @property
    def called_at(self) -> datetime | None:
        """Since when they are called."""
        ...


H = TypeVar("H", bound=Here)


def in_line(entries: Iterable[H]) -> tuple[H, ...]:
    """Everybody who is here: those who wait in the order they are seen, then the called, then those being seen."""
    everybody = list(entries)
    rest = sorted((one for one in everybody if one.status != "waiting"), key=_since)
    return (*in_order(one for one in everybody if one.status == "waiting"), *rest)


def _since(entry: Here) -> tuple[int, datetime]:
    return HERE.index(entry.status), entry.called_at or entry.checked_in_at


def require_step(status: str, to: str) -> None:
    """Refuse a step that makes no sense, such as calling somebody who has left."""
    if to not in NEXT[status]:
        raise Refusal("This patient is no longer {status}; look at the queue again.", status=status.replace("_", " "))


def minutes_waiting(checked_in_at: datetime, now: datetime) -> int:
    """Whole minutes since check-in, never below zero."""
    return max(int((now - checked_in_at).total_seconds() // 60), 0)
