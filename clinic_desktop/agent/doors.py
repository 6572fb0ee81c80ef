"""The doors of the connected systems in the life of the background process: read again when a system changed."""

import logging
import threading
from typing import TYPE_CHECKING

from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.exchange.webhooks import Doors, Hear

if TYPE_CHECKING:
    from clinic_desktop.services.clinic import Clinic

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5


class OpenDoors:
    """Keeps what the API may be asked through in step with what an administrator set; in a thread of its own."""

    def __init__(self, clinic: "Clinic", context: ApiContext, hear: Hear) -> None:
        self._context = context
        self._watch = clinic.store.watch()
        self._ended = threading.Event()
        self._doors = context.doors = Doors(clinic, hear)
        context.public_hosts = self._doors.hosts
        self._thread = threading.Thread(target=self._follow, name="webhook doors", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Shut them."""
        self._context.doors, self._context.public_hosts = None, frozenset()
        self._ended.set()
        self._thread.join(5)
        self._watch.close()

    def _follow(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                if any(kind.startswith("remote.") for kind, _patient in self._watch.moved()):
                    self._doors.read()
                    if not self._ended.is_set():
                        self._context.public_hosts = self._doors.hosts
            except Exception as error:  # noqa: BLE001 - it is tried again at the next change
                log.error("the doors could not be read: %s", type(error).__name__)  # noqa: TRY400
