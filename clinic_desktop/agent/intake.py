"""Between the listeners and the chart: a message is kept for good, then it is acknowledged, then it is filed.

Filing is work for a thread of its own: a sender waits for what makes its message safe and for nothing else. What was
kept and not yet filed when a process ends is filed by the next one.
"""

import collections
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from clinic_desktop.clock import SystemClock
from clinic_desktop.i18n import N_
from clinic_desktop.services import devices
from clinic_desktop.services.device_profiles import profiled
from clinic_desktop.services.devices import ReceivedMessage, Taken

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.clinic import Clinic

log = logging.getLogger(__name__)

T = TypeVar("T")

# A sender in the middle of its messages is answered before the first of them is filed.
QUIET_SECONDS, LONGEST_SECONDS, CLOSE_SECONDS, AGAIN_SECONDS = 0.05, 1.0, 5.0, 1.0
FAILED = N_("filing it failed; a person has to decide")


class Intake:
    """Takes messages for one open clinic, from any number of threads."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic
        self._desk: Desk | None = None
        self._guard = threading.Lock()
        self._kept: collections.deque[tuple[float, str]] = collections.deque()
        self._last = 0.0
        self._news, self._rest = threading.Event(), threading.Event()
        self._ended = False
        self._filer = threading.Thread(target=self._file_kept, name="filing", daemon=True)
        self._filer.start()

    def keep(self, message: ReceivedMessage) -> Taken:
        """Keep a message, to be filed at once afterwards. Returns only when it is durable; raises where it is not."""
        with self._guard:
            taken = devices.receive_message(self._open_desk(), profiled(message))
        self._last = time.monotonic()
        if not taken.again:
            self._kept.append((self._last, taken.message_id))
            self._news.set()
        return taken

    def _file_kept(self) -> None:
        """File what was kept, in its order; senders that are still sending go first, for no longer than a second."""
        while not self._ended:
            self._news.wait()
            self._news.clear()
            while self._kept and not self._ended:
                now = time.monotonic()
                since, message_id = self._kept[0]
                if now - self._last < QUIET_SECONDS and now - since < LONGEST_SECONDS:
                    time.sleep(QUIET_SECONDS / 5)
                    continue
                with self._guard:
                    filed = self._file(message_id)
                # What could not even be set aside goes behind the others and is tried again: it stands in no way.
                self._kept.popleft()
                if not filed:
                    self._kept.append((since, message_id))
                    self._rest.wait(AGAIN_SECONDS)

    def settle(self, seconds: float) -> bool:
        """Wait until everything that was kept is filed; False where it is not within the time."""
        until = time.monotonic() + seconds
        while self._kept and time.monotonic() < until:
            time.sleep(QUIET_SECONDS / 5)
        return not self._kept

    def catch_up(self) -> int:
        """File what was kept by a process that ended before it could; returns how many messages."""
        with self._guard:
            left = devices.unfiled_messages(self._open_desk())
            waiting = [message_id for message_id in left if not self._file(message_id)]
        if waiting:
            self._kept.extend((time.monotonic(), message_id) for message_id in waiting)
            self._news.set()
        return len(left)

    def reading(self, read: "Callable[[Desk], T]") -> T:
        """Ask something at the devices' desk, such as the work list of a specimen."""
        with self._guard:
            return read(self._open_desk())

    def close(self) -> None:
        """File what was kept, for some seconds, and end the session of the devices."""
        self.settle(CLOSE_SECONDS)
        self._ended = True
        self._news.set()
        self._rest.set()
        self._filer.join(CLOSE_SECONDS)
        with self._guard, contextlib.suppress(Exception):
            if self._desk is not None:
                self._clinic.sign_out(self._desk, "listeners ended")
                self._desk = None

    def _file(self, message_id: str) -> bool:
        """File a message that is kept: if that fails, a person decides; False where not even that could be written."""
        try:
            devices.file_message(self._open_desk(), message_id)
        except Exception as error:  # noqa: BLE001 - the message is acknowledged; whatever failed, nothing may be lost
            log.error("filing message %s failed: %s", message_id, type(error).__name__)  # noqa: TRY400
            try:
                devices.set_aside(self._open_desk(), message_id, FAILED)
            except Exception as again:  # noqa: BLE001 - it stays "received" and is tried again, or at the next start
                log.error("message %s waits: %s", message_id, type(again).__name__)  # noqa: TRY400
                return False
        return True

    def _open_desk(self) -> "Desk":
        if self._desk is None or self._desk.session.state(SystemClock().now()) != "open":
            self._desk = self._clinic.begin_devices()
        return self._desk
