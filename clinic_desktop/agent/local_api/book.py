"""Who may speak, in memory: read from the database when the devices changed, and at no request that is refused."""

import contextlib
import logging
import threading
from typing import TYPE_CHECKING

from clinic_desktop.clock import SystemClock
from clinic_desktop.domain.pairing import token_hash
from clinic_desktop.services import pairing

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.clinic import Clinic
    from clinic_desktop.services.pairing import Paired

log = logging.getLogger(__name__)

KINDS = frozenset({"device.paired", "device.revoked"})
# Noted no oftener than this: it is for a person who wonders whether a device still lives.
SEEN_SECONDS = 60.0


class OpenBook:
    """The devices of one opened clinic; `find` belongs to the loop's thread, `desk` to any."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic
        self._watch = clinic.store.watch()
        # Two locks: the loop never waits for a session that is being opened.
        self._looking = threading.Lock()
        self._guard = threading.Lock()
        self._open = True
        self._desks: dict[str, Desk] = {}
        self._seen: dict[str, float] = {}
        self._known = self._read()

    def find(self, token: str) -> "Paired | None":
        """The device of a token; None where there is none, or it is revoked, be it in this very moment."""
        self._look()
        return self._known.get(token_hash(token))

    def holds(self, device: "Paired") -> bool:
        """Whether a device that was let in may still speak."""
        self._look()
        return any(one.id == device.id for one in self._known.values())

    def _look(self) -> None:
        # One look at the version of the data (4 microseconds): they are read again only when one of them changed.
        with self._looking:
            moved = self._watch.moved() if self._open else frozenset()
        if any(kind in KINDS for kind, _patient in moved):
            self._known = self._read()

    def desk(self, device: "Paired") -> "Desk":
        """The desk at which a device acts; its session is opened with its first act. Raises Refusal where revoked."""
        with self._guard:
            desk = self._desks.get(device.id)
            if desk is None or desk.session.state(SystemClock().now()) != "open":
                desk = self._desks[device.id] = self._clinic.begin_device(device.staff_id)
            steady = self._clinic.store.clock.steady()
            seen, self._seen[device.id] = self._seen.get(device.id, -SEEN_SECONDS), steady
            if steady - seen < SEEN_SECONDS:
                self._seen[device.id] = seen
                return desk
        pairing.note_seen(desk, device.id)
        return desk

    def close(self) -> None:
        """End the sessions of the devices."""
        with self._guard:
            for desk in self._desks.values():
                with contextlib.suppress(Exception):
                    self._clinic.sign_out(desk, "local API ended")
            self._desks.clear()
        with self._looking:
            self._open = False
            self._known = {}
            self._watch.close()

    def _read(self) -> "dict[str, Paired]":
        with self._clinic.store.read() as connection:
            return pairing.known_tokens(connection)
