"""What the routes are given: the opened clinic or none, the clock, who may speak, and where news goes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from clinic_desktop.agent.local_api.limits import Pace
from clinic_desktop.agent.local_api.problems import Problem
from clinic_desktop.clock import Clock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.clinic import Clinic
    from clinic_desktop.services.pairing import Paired

log = logging.getLogger(__name__)

Tell = Callable[[dict[str, object]], None]


class Book(Protocol):
    """Who may speak: the paired devices of an opened clinic."""

    def find(self, token: str) -> "Paired | None":
        """The device of a token; None where there is none, or it is revoked."""

    def desk(self, device: "Paired") -> "Desk":
        """The desk at which a device acts."""

    def unread(self) -> bool:
        """Whether a device may be new that `find` does not know yet."""

    def holds(self, device: "Paired") -> bool:
        """Whether a device that was let in may still speak."""

    def close(self) -> None:
        """End the sessions of the devices."""


@dataclass
class ApiContext:
    """Shared by the routes; `clinic` and `book` are None while there is no key.

    `hosts` are the exact names (with port) under which this machine speaks; `public_hosts` those under which only the
    public routes are reached. `received` is told what the window should know: an event with ids, never a name.
    """

    clock: Clock
    received: Tell
    clinic: "Clinic | None" = None
    book: Book | None = None
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


def unproved() -> Problem:
    """No token, or one that lets nobody in."""
    return Problem(
        401, _(N_("Pair this device first, and send its token.")), headers={"WWW-Authenticate": 'Bearer realm="clinic"'}
    )


def locked() -> Problem:
    """Nothing can be kept now; the sender has to keep it and come again."""
    return Problem(
        503, _(N_("The clinic is locked. Keep what you have and send it again.")), headers={"Retry-After": "30"}
    )
