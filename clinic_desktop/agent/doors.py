"""The doors of the connected systems in the life of the background process: read again when a system changed."""

import contextlib
import logging
import threading
from typing import TYPE_CHECKING

from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.exchange.webhooks import Doors, Hear
from clinic_desktop.services import letterbox

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
        self._profile = clinic.profile
        self._doors = context.doors = Doors(clinic, hear)
        self._let_in()
        self._thread = threading.Thread(target=self._follow, name="webhook doors", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Shut them; their names are known on, so that who calls meanwhile is told to come again."""
        self._context.doors = None
        self._ended.set()
        self._thread.join(5)
        self._watch.close()

    def _let_in(self) -> None:
        self._context.public_hosts = self._doors.hosts
        with contextlib.suppress(Trouble):  # then they are told that this machine does not speak under that name
            letterbox.note_names(self._profile, self._doors.hosts)

    def _follow(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            try:
                if any(kind.startswith("remote.") for kind, _patient in self._watch.moved()):
                    self._doors.read()
                    if not self._ended.is_set():
                        self._let_in()
            except Exception as error:  # noqa: BLE001 - it is tried again at the next change
                log.error("the doors could not be read: %s", type(error).__name__)  # noqa: TRY400
