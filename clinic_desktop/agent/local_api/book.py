"""Who may speak, in memory: read again by a thread of its own when the devices changed, and never for a request."""

import contextlib
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desktop.clock import SystemClock
from clinic_desktop.domain.pairing import token_hash
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services import pairing

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.clinic import Clinic
    from clinic_desktop.services.pairing import Paired

log = logging.getLogger(__name__)

KINDS = frozenset({"device.paired", "device.revoked"})
LOOK_SECONDS = 0.25
# Noted no oftener than this: it is for a person who wonders whether a device still lives.
SEEN_SECONDS = 60.0


class OpenBook:
    """The devices of one opened clinic; asked by any thread.

    A device that was revoked a moment ago may still be found; every service asks by itself whether its account
    works here, so nothing is done for it.
    """

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic
        self._log = Path(f"{clinic.store.path}-wal")
        self._watch = clinic.store.watch()
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._desks: dict[str, Desk] = {}
        self._seen: dict[str, float] = {}
        self._written = self._writing()
        self._known = self._read()
        self._thread = threading.Thread(target=self._follow, name="local api devices", daemon=True)
        self._thread.start()

    def find(self, token: str) -> "Paired | None":
        """The device of a token; None where there is none, or it is revoked. Asks no database."""
        return self._known.get(token_hash(token))

    def unread(self) -> bool:
        """Whether something was written since the devices were last looked at: a device may be new."""
        return self._writing() != self._written

    def holds(self, device: "Paired") -> bool:
        """Whether a device that was let in may still speak."""
        return any(one.id == device.id for one in self._known.values())

    def desk(self, device: "Paired") -> "Desk":
        """The desk at which a device acts; its session is opened with its first act. Raises Refusal where revoked."""
        with self._guard:
            desk = self._desks.get(device.id)
            if desk is None or desk.session.state(SystemClock().now()) != "open":
                desk = self._desks[device.id] = self._clinic.begin(device.staff_id, "device")
            steady = self._clinic.store.clock.steady()
            due = steady - self._seen.get(device.id, -SEEN_SECONDS) >= SEEN_SECONDS
            if due:
                self._seen[device.id] = steady
        if due:
            pairing.note_seen(desk, device.id)
        return desk

    def close(self) -> None:
        """End the sessions of the devices."""
        self._ended.set()
        self._thread.join(5)
        self._known = {}
        with self._guard:
            for desk in self._desks.values():
                with contextlib.suppress(Exception):
                    self._clinic.sign_out(desk, "local API ended")
            self._desks.clear()
        self._watch.close()

    def _follow(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                written = self._writing()
                if any(kind in KINDS for kind, _patient in self._watch.moved()):
                    self._known = self._read()
                self._written = written
            except (Refusal, Trouble) as error:
                log.warning("the devices could not be read: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - it is tried again at the next look
                log.error("the devices could not be read: %s", type(error).__name__)  # noqa: TRY400

    def _read(self) -> "dict[str, Paired]":
        with self._clinic.store.read() as connection:
            return pairing.known_tokens(connection)

    def _writing(self) -> int:
        """When the database was last written, by its file alone: it is looked at, and never opened."""
        try:
            return self._log.stat().st_mtime_ns
        except OSError:
            return 0
