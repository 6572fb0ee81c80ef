"""Where every listener puts its messages: into the letterbox while nobody has the key, else into the chart.

Either way a message is durable before `keep` returns, and what lay in the box is filed before what comes directly.
"""

import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from clinic_desktop.agent.intake import Intake
from clinic_desktop.agent.letters import UnreadableError, packed, unpacked
from clinic_desktop.agent.local_api.closed import Letter
from clinic_desktop.clock import SystemClock, to_text
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.services import device_alarms
from clinic_desktop.services.clinic import Clinic
from clinic_desktop.services.device_orders import WorkItem, work_for
from clinic_desktop.services.device_profiles import in_their_codes
from clinic_desktop.services.device_views import has_unfiled
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.services.letterbox import DamagedError, Letterbox, OtherKeyError

log = logging.getLogger(__name__)

Tell = Callable[[dict[str, object]], None]
# Another process of this clinic may have sealed something while this one had the key.
LOOK_SECONDS = 5.0


class NotTakenError(Exception):
    """The API refuses for good what was sealed: its device is no longer paired, or its contents are not right."""


class Receiver:
    """Takes messages from any number of threads, with a clinic or without."""

    def __init__(self, box: Letterbox, tell: Tell, replay: Callable[[Letter], int]) -> None:
        self._box = box
        self._tell = tell
        self._replay = replay
        self._guard = threading.Lock()
        self._intake: Intake | None = None
        self._opened: Intake | None = None
        self._count = itertools.count(1)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def keep(self, message: ReceivedMessage) -> object:
        """Keep a message for good: in the chart or, sealed, in the letterbox. Raises where it is not."""
        with self._guard:
            intake = self._intake
            if intake is None:
                self._box.put(packed(message, to_text(self.now())))
                return None
        return intake.keep(message)

    def open(self, clinic: Clinic, *, listening: bool) -> int:
        """Take messages for an open clinic, what waits in the box first; returns how many of before were filed late."""
        intake = self._opened = Intake(clinic)
        with clinic.store.read() as connection:
            wanted = listening or has_unfiled(connection)
        left = intake.catch_up() if wanted or self._box.waiting() else 0
        self._ended.clear()
        with self._guard:
            if not self._box.waiting():
                self._intake = intake
        self._thread = threading.Thread(target=self._empty, args=(clinic, intake), name="letterbox", daemon=True)
        self._thread.start()
        return left

    def close(self) -> None:
        """Seal again what comes; the message that is being filed is filed to its end."""
        self._ended.set()
        with self._guard:
            self._intake = None
        if self._thread is not None:
            self._thread.join(10)
            self._thread = None
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def work(self, device: str, numbers: Sequence[str]) -> list[WorkItem]:
        """What waits on some specimens, in the codes of the analyser that asks. Raises Refusal while locked."""
        with self._guard:
            intake = self._intake
        if intake is None:
            raise Refusal(N_("The clinic is locked."))
        found = intake.reading(lambda desk: work_for(desk, numbers))
        theirs = [replace(item, tests=in_their_codes(device, item.tests)) for item in found]
        return [item for item in theirs if item.tests]

    def now(self) -> datetime:
        """The instant of this machine."""
        return SystemClock().now()

    def number(self) -> str:
        """The number of an answer of ours."""
        return f"CD{self.now():%Y%m%d%H%M%S}{next(self._count):04d}"

    def _empty(self, clinic: Clinic, intake: Intake) -> None:
        """File what lies in the box, then let messages in directly; look into it again from time to time."""
        said = ""
        while not self._ended.is_set():
            try:
                filed, lost = self._file(clinic, intake)
                if self._intake is None:
                    # What came meanwhile goes before what comes from now on: senders wait for these few.
                    with self._guard:
                        more = self._file(clinic, intake)
                        filed, lost = filed + more[0], lost + more[1]
                        if not self._ended.is_set():
                            self._intake = intake
                if filed or lost:
                    self._tell({"event": "letterbox.emptied", "filed": filed, "lost": lost})
                said = ""
            except Exception as error:  # noqa: BLE001 - nothing is lost: it lies in the box and is tried again
                if type(error).__name__ != said:
                    said = type(error).__name__
                    log.error("the letterbox could not be emptied: %s", said)  # noqa: TRY400 - words may carry data
                    self._tell({"event": "failed", "what": "letterbox", "fault": said})
            self._ended.wait(LOOK_SECONDS)

    def _file(self, clinic: Clinic, intake: Intake) -> tuple[int, int]:
        """File everything that waits, in its order; returns how many were filed and how many are lost."""
        filed = lost = 0
        for path in self._box.waiting():
            if self._ended.is_set():
                break
            try:
                self._take(intake, unpacked(self._box.take(path, clinic.data_key)))
            except FileNotFoundError:
                continue  # another process of this clinic was sooner
            except (Trouble, OSError):
                raise  # of the machine, not of this message: it is tried again
            except Exception as error:  # noqa: BLE001 - one message never stands in the way of those behind it
                # Reported before it is moved: a process that is killed between them says it twice, never not at all.
                log.error("a sealed message is lost: %s", type(error).__name__)  # noqa: TRY400 - words may carry data
                self._report(intake, path.name, _WHY.get(type(error), device_alarms.NOT_TAKEN))
                self._box.set_aside(path)
                lost += 1
            else:
                self._box.remove(path)
                filed += 1
        return filed, lost

    def _take(self, intake: Intake, found: ReceivedMessage | Letter) -> None:
        """Take one as if it came now. Raises Trouble where it can be taken later, NotTakenError where never."""
        if isinstance(found, ReceivedMessage):
            intake.keep(found)
            return
        status = self._replay(found)
        if status in {429, 503}:
            raise Trouble(N_("The API could not take what was sealed."), remedy=N_("It is tried again by itself."))
        if status >= 400:
            raise NotTakenError(str(status))

    def _report(self, intake: Intake, name: str, why: str) -> None:
        intake.reading(lambda desk: device_alarms.report_lost(desk, name, why))


_WHY: dict[type[Exception], str] = {
    OtherKeyError: device_alarms.OTHER_KEY,
    DamagedError: device_alarms.DAMAGED,
    UnreadableError: device_alarms.UNREADABLE,
}
