"""Who may speak, in memory: read again as soon as a device or its account changed, and never for a stranger."""

import contextlib
import dataclasses
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desktop.agent.local_api.changes import Changes
from clinic_desktop.clock import SystemClock
from clinic_desktop.domain.pairing import token_hash
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services import letterbox, pairing

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.clinic import Clinic
    from clinic_desktop.services.pairing import Paired

log = logging.getLogger(__name__)

# What says that a device was let in or out: the device itself, and the account as which it acts.
DEVICES = frozenset({"device", "staff"})
LOOK_SECONDS = 0.25
TICK_SECONDS, UNREAD = 0.05, -1
FOLLOWS = "local api devices"
# Noted no oftener than this: it is for a person who wonders whether a device still lives.
SEEN_SECONDS = 60.0


class OpenBook:
    """The devices of one opened clinic; asked by any thread."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic
        self._log = Path(f"{clinic.store.path}-wal")
        self._changes = Changes(clinic.store.watch())
        self._glance = clinic.store.glance()
        self._guard, self._reading = threading.Lock(), threading.Lock()
        self._ended = threading.Event()
        self._desks: dict[str, Desk] = {}
        self._glances: dict[str, Desk] = {}
        self._seen: dict[str, float] = {}
        self._written = UNREAD
        self._known: dict[str, Paired] = {}
        self._ids: frozenset[str] = frozenset()
        self._read = self._noted = -1
        self._renew()
        self._note()
        self._thread = threading.Thread(target=self._follow, name=FOLLOWS, daemon=True)
        self._thread.start()

    def find(self, token: str) -> "Paired | None":
        """The device of a token; None where there is none, or it is revoked. Asks no database."""
        return self._known.get(token_hash(token))

    def unread(self) -> bool:
        """Whether something was written since the devices were last looked at: a device may be new."""
        return self._writing() != self._written

    def holds(self, device: "Paired") -> bool:
        """Whether a device that was found may speak at this very moment: whatever was committed before counts."""
        self._renew()
        return device.id in self._ids

    def moved(self, subjects: frozenset[str]) -> int:
        """Another number than before where one of these subjects moved."""
        return self._changes.of(subjects)

    def desk(self, device: "Paired") -> "Desk":
        """The desk at which a device acts; its session is opened with its first act. Raises Refusal where revoked."""
        with self._guard:
            desk = self._desks.get(device.id)
            if desk is None or desk.session.state(SystemClock().now()) != "open":
                desk = self._desks[device.id] = self._clinic.begin(device.staff_id, "device")
                self._glances[device.id] = dataclasses.replace(desk, store=self._glance)
            due = self._due(device)
            if due:
                self._seen[device.id] = self._clinic.store.clock.steady()
        if due:
            pairing.note_seen(desk, device.id)
        return desk

    def at_once(self, device: "Paired") -> "Desk | None":
        """The same desk for what is only read, and must not wait; None where something is to be written first."""
        with self._guard:
            desk = self._glances.get(device.id)
            if desk is None or self._due(device) or desk.session.state(SystemClock().now()) != "open":
                return None
            return desk

    def close(self) -> None:
        """End the sessions of the devices."""
        self._ended.set()
        self._thread.join(5)
        self._known, self._ids = {}, frozenset()
        with self._guard:
            for desk in self._desks.values():
                with contextlib.suppress(Exception):
                    self._clinic.sign_out(desk, "local API ended")
            self._desks.clear()
            self._glances.clear()
        self._glance.close()
        self._changes.close()

    def _due(self, device: "Paired") -> bool:
        """Whether it is time to note that this device was heard."""
        return self._clinic.store.clock.steady() - self._seen.get(device.id, -SEEN_SECONDS) >= SEEN_SECONDS

    def _follow(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                # A file says no more precisely when it was written: what is this fresh may be written once more.
                written = self._writing()
                fresh = abs(SystemClock().now().timestamp() - written / 1e9) < TICK_SECONDS
                self._renew()
                self._note()
                self._written = UNREAD if fresh else written
            except (Refusal, Trouble) as error:
                log.warning("the devices could not be read: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - it is tried again at the next look
                log.error("the devices could not be read: %s", type(error).__name__)  # noqa: TRY400

    def _renew(self) -> None:
        """Read the devices again where one of them, or an account, changed since."""
        # Counted first: what changes while they are read is read again at the next look.
        count = self._changes.of(DEVICES)
        if count == self._read:
            return
        with self._reading, self._glance.read() as connection:
            known = pairing.known_tokens(connection)
            self._known, self._ids = known, frozenset(device.id for device in known.values())
            self._read = count

    def _note(self) -> None:
        """Keep for the time without a key who may speak; where that fails, devices are told to come again then."""
        if self._noted == self._read:
            return
        self._noted, known = self._read, self._known
        with contextlib.suppress(Trouble):
            noted = {hashed: (device.id, device.kind) for hashed, device in known.items()}
            letterbox.note_tokens(self._clinic.profile, noted)

    def _writing(self) -> int:
        """When the database was last written, by its file alone: it is looked at, and never opened."""
        try:
            return self._log.stat().st_mtime_ns
        except OSError:
            return 0
