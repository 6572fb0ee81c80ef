"""Between the listeners and the chart: a message is kept for good, then it is acknowledged, then it is filed."""

import contextlib
import logging
import threading
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

FAILED = N_("filing it failed; a person has to decide")


class Intake:
    """Takes messages for one open clinic, from any number of threads."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic
        self._desk: Desk | None = None
        self._guard = threading.Lock()

    def keep(self, message: ReceivedMessage) -> Taken:
        """Keep a message and file what is certain of it. Returns only when it is durable; raises where it is not."""
        with self._guard:
            taken = devices.receive_message(self._open_desk(), profiled(message))
            if not taken.again:
                self._file(taken.message_id)
            return taken

    def catch_up(self) -> int:
        """File what was kept by a process that ended before it could; returns how many messages."""
        with self._guard:
            left = devices.unfiled_messages(self._open_desk())
            for message_id in left:
                self._file(message_id)
            return len(left)

    def reading(self, read: "Callable[[Desk], T]") -> T:
        """Ask something at the devices' desk, such as the work list of a specimen."""
        with self._guard:
            return read(self._open_desk())

    def close(self) -> None:
        """End the session of the devices."""
        with self._guard, contextlib.suppress(Exception):
            if self._desk is not None:
                self._clinic.sign_out(self._desk, "listeners ended")
                self._desk = None

    def _file(self, message_id: str) -> None:
        """File a message that is kept: if that fails, it is kept all the same, and a person decides."""
        desk = self._open_desk()
        try:
            devices.file_message(desk, message_id)
        except Exception as error:  # noqa: BLE001 - the message is acknowledged; whatever failed, nothing may be lost
            log.error("filing message %s failed: %s", message_id, type(error).__name__)  # noqa: TRY400
            try:
                devices.set_aside(desk, message_id, FAILED)
            except Exception as again:  # noqa: BLE001 - it stays "received" and is filed at the next start
                log.error("message %s waits: %s", message_id, type(again).__name__)  # noqa: TRY400

    def _open_desk(self) -> "Desk":
        if self._desk is None or self._desk.session.state(SystemClock().now()) != "open":
            self._desk = self._clinic.begin_devices()
        return self._desk
