"""What the routes are given: the opened clinic or none, the clock, who may speak, and where news goes."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from clinic_desktop.agent.local_api.limits import Pace
from clinic_desktop.agent.local_api.problems import Problem
from clinic_desktop.agent.local_api.rules import AGAIN
from clinic_desktop.clock import Clock
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.acts import MustWaitError

if TYPE_CHECKING:
    from clinic_desktop.agent.local_api.closed import Letter
    from clinic_desktop.exchange.webhooks import Doors
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.clinic import Clinic
    from clinic_desktop.services.pairing import Paired

log = logging.getLogger(__name__)

T = TypeVar("T")
Tell = Callable[[dict[str, object]], None]


class Book(Protocol):
    """Who may speak: the paired devices of an opened clinic."""

    def find(self, token: str) -> "Paired | None":
        """The device of a token; None where there is none, or it is revoked."""

    def desk(self, device: "Paired") -> "Desk":
        """The desk at which a device acts."""

    def unread(self) -> bool:
        """Whether a device may be new that `find` does not know yet."""

    def at_once(self, device: "Paired") -> "Desk | None":
        """The same desk for what is read without waiting; None where something has to be written first."""

    def holds(self, device: "Paired") -> bool:
        """Whether a device that was found may speak at this very moment."""

    def moved(self, subjects: frozenset[str]) -> int:
        """Another number than before where one of these subjects moved."""

    def close(self) -> None:
        """End the sessions of the devices."""


@dataclass
class ApiContext:
    """Shared by the routes; `clinic` and `book` are None while there is no key.

    `doors` hear the connected systems. `hosts` are the exact names (with port) under which this machine speaks;
    `public_hosts` those under which only the public routes are reached. `received` is told what the window should know:
    an event with ids, never a name.
    """

    clock: Clock
    received: Tell
    clinic: "Clinic | None" = None
    book: Book | None = None
    doors: "Doors | None" = None
    # What keeps a request for good while nobody has the key. Raises Trouble.
    seal: "Callable[[Letter], None] | None" = None
    hosts: frozenset[str] = frozenset()
    public_hosts: frozenset[str] = frozenset()
    # An unproved request (no token asked for, or a wrong one) is counted by its peer, a proved one by its device.
    stranger_pace: Pace = field(default_factory=lambda: Pace(60, 20))
    device_pace: Pace = field(default_factory=lambda: Pace(400, 200))

    def speak_as(self, address: str, port: int, *, secure: bool = False) -> None:
        """Take the names under which a port of this machine is asked."""
        names = {address, "localhost", "127.0.0.1"} if address == "127.0.0.1" else {address}
        if ":" in address:
            names = {f"[{address}]"}
        usual = 443 if secure else 80
        self.hosts = self.hosts | {f"{name}:{port}" for name in names} | ({*names} if port == usual else set())

    def opened(self) -> "Clinic":
        """The opened clinic. Raises Problem while there is no key."""
        if self.clinic is None:
            raise locked()
        return self.clinic

    def desk(self, device: "Paired") -> "Desk":
        """The desk at which a device acts. Raises Problem while there is no key."""
        if self.book is None:
            raise locked()
        try:
            return self.book.desk(device)
        except Refusal as refused:
            raise unproved() from refused  # revoked in this very moment

    async def ask(self, device: "Paired", ask: "Callable[[Desk], T]") -> T:
        """Ask what takes less than a millisecond: here, unless something has to be written for it.

        A thread takes longer to begin than such a read takes; what writes may have to wait, and waits in one.
        """
        desk = None if self.book is None else self.book.at_once(device)
        if desk is not None:
            try:
                return ask(desk)
            except (MustWaitError, Trouble):
                pass  # such as the first opening of a record in a session, which is noted before it is answered
        return await asyncio.to_thread(lambda: ask(self.desk(device)))


def unproved() -> Problem:
    """No token, or one that lets nobody in."""
    return Problem(
        401, _(N_("Pair this device first, and send its token.")), headers={"WWW-Authenticate": 'Bearer realm="clinic"'}
    )


def locked(why: str = AGAIN) -> Problem:
    """Nothing can be kept now; the sender has to keep it and come again."""
    return Problem(503, _(why), headers={"Retry-After": "30"})
