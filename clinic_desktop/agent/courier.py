"""Carries what happened here to the connected systems, and what happened there back, while a clinic is open."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services.clinic import Clinic
from clinic_desktop.services.remotes import switched_on

if TYPE_CHECKING:
    from clinic_desktop.exchange.post_office import PostOffice
    from sync.telling.hints import Hint

log = logging.getLogger(__name__)

Tell = Callable[[dict[str, object]], None]
# How soon it is seen that a system was connected, paused or given another address.
LOOK_SECONDS = 2.0
# Another process sends, or the machine is in trouble: it is tried again after this.
AGAIN_SECONDS = 30.0
SPELL_SECONDS = 5.0
# A command was given the turn: it is not called a failure that it sends, for as long as one run may take.
TURN_SECONDS = 900.0


class Courier:
    """One thread beside the jobs: the engine knows no other thread."""

    def __init__(self, clinic: Clinic, tell: Tell) -> None:
        self._clinic, self._tell = clinic, tell
        self._ended = threading.Event()
        self._office: PostOffice | None = None
        self._given_until = 0.0
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def end(self, within: float) -> None:
        """Stop between two effects; what is on its way is looked for at the next start."""
        self._ended.set()
        self._thread.join(within)

    def hear(self, system: str, hint: "Hint") -> None:
        """A system says that something moved there: it is looked at soon. While nobody sends, the sweep finds it."""
        office = self._office
        if office is not None:
            office.hear(system, hint)

    def _run(self) -> None:
        said = ""
        while not self._ended.is_set():
            try:
                if self._systems():
                    self._carry()
                said = ""
                self._ended.wait(LOOK_SECONDS)
            except (Refusal, Trouble) as error:
                if error.message != said:
                    said = error.message
                    self._tell({"event": "failed", "what": "sync", "message": error.message, "facts": error.facts})
                self._ended.wait(AGAIN_SECONDS)
            except Exception as error:  # noqa: BLE001 - a fault is told by its type alone, and tried again later
                log.error("sync failed: %s", type(error).__name__)  # noqa: TRY400 - the words may carry data
                self._tell({"event": "failed", "what": "sync", "fault": type(error).__name__})
                self._ended.wait(AGAIN_SECONDS)

    def _systems(self) -> tuple[tuple[str, int], ...]:
        with self._clinic.store.read() as connection:
            return switched_on(connection)

    def _carry(self) -> None:
        # With the first system, not before: the remotes and the network cost a third of a second to import.
        from clinic_desktop.exchange.post_office import PostOffice

        if self._clinic.somebody_waits_to_send():
            return
        try:
            held = self._clinic.send_alone()
        except Trouble:
            if time.monotonic() < self._given_until:
                return  # it was given the turn, and gives it back
            raise
        try:
            systems = self._systems()
            office = self._office = PostOffice(self._clinic)
            changed = threading.Event()
            office.listen(changed)
            try:
                while not self._stop() and systems == self._systems():
                    office.run(SPELL_SECONDS, until_idle=False, stopped=self._stop)
            finally:
                changed.set()
                self._office = None
                office.close()
        finally:
            held.release()

    def _stop(self) -> bool:
        """Whether to come to an end: for good, or because a command asked for its turn."""
        if self._ended.is_set():
            return True
        if not self._clinic.somebody_waits_to_send():
            return False
        self._given_until = time.monotonic() + TURN_SECONDS
        return True
