"""What the parts of a system may know of it: said here, so that none of them has to know it whole."""

from typing import ClassVar, Protocol

from sync.sandbox.knobs import Knobs
from sync.sandbox.log import Log
from sync.sandbox.sessions import Session
from sync.sandbox.tables import Table
from sync.sandbox.wire import Record
from sync.sandbox.world import World


class House(Protocol):
    """A system, seen from one of its endpoints."""

    name: ClassVar[str]
    malformed: ClassVar[int]
    senseless: ClassVar[int]
    world: World
    knobs: Knobs
    origin: str
    tables: dict[str, Table]
    sessions: dict[str, Session]
    log: Log
    disorder: int | None

    def count(self, what: str) -> int:
        """The next number of a series."""

    def fresh(self, prefix: str, length: int = 10) -> str:
        """An id nobody has had."""

    def uuid(self) -> str:
        """A UUID nobody has had."""

    def numbered(self, prefix: str) -> str:
        """A number people read."""

    def tell(self, event: str, data: Record, now: float) -> None:
        """Something happened that the document has an event for."""
