"""Events on their way out: written by a system, carried by a server or by a simulator."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.sandbox.wire import Record


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened."""

    event: str
    at: float
    data: Record


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook call that is to be made."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    event: str = ""


class Mailbox:
    """Webhook calls that wait for someone to carry them."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: deque[Delivery] = deque()

    def put(self, delivery: Delivery) -> None:
        """Lay a delivery in."""
        self._waiting.append(delivery)

    def take(self) -> list[Delivery]:
        """Take all out, oldest first."""
        taken = []
        while self._waiting:
            taken.append(self._waiting.popleft())
        return taken
