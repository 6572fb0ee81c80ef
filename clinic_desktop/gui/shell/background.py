"""The window's side of the background process: starts it, hands it the key, says so when it dies, starts it again."""

import json
from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, QObject, QProcess, QTimer, Signal

from clinic_desktop.i18n import _

FIRST_WAIT_MS = 1_000
LONGEST_WAIT_MS = 30_000
# Who lived this long did not die of its start: the next wait is short again.
HEALTHY_MS = 60_000
STOP_MS = 2_000


class Background(QObject):
    """`status` carries words for the status line ("" when all is well), `told` each event as a dict.

    The key is asked for whenever it is needed and never kept here; `key` answers None while nobody works.
    """

    status = Signal(str)
    told = Signal(object)

    def __init__(self, command: Sequence[str], key: Callable[[], bytes | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._key = key
        self._wanted = False
        self._unlocked = False
        self._anew = False
        self._wait = FIRST_WAIT_MS
        self._rest = b""
        self._life = QElapsedTimer()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._launch)
        self._process = QProcess(self)
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.readyReadStandardOutput.connect(self._listen)
        self._process.finished.connect(self._died)
        self._process.errorOccurred.connect(self._failed)

    @property
    def pid(self) -> int:
        """The process's id, 0 while there is none."""
        return int(self._process.processId())

    def start(self) -> None:
        """Start the process, keyless."""
        self._wanted = True
        self._launch()

    def unlock(self) -> None:
        """Hand over the key: somebody works."""
        self._unlocked = True
        self._hand_over()

    def lock(self) -> None:
        """Take the key away: the hard lock."""
        self._unlocked = False
        self._say(b"lock")

    def run(self, job: str) -> None:
        """Ask for a job now."""
        self._say(b"run " + job.encode())

    def again(self) -> None:
        """End the process and start another at once: what it listens to was chosen anew."""
        self._anew = self._process.state() != QProcess.ProcessState.NotRunning
        self._say(b"quit")

    def stop(self) -> None:
        """End the process, because the window closes."""
        self._wanted = False
        self._unlocked = False
        self._again.stop()
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return
        self._say(b"quit")
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(STOP_MS):
            self._process.kill()
            self._process.waitForFinished(STOP_MS)

    def _launch(self) -> None:
        self._rest = b""
        self._life.start()
        self._process.start(self._command[0], list(self._command[1:]))

    def _hand_over(self) -> None:
        key = self._key() if self._unlocked else None
        if key is not None:
            self._say(b"key " + key.hex().encode())

    def _say(self, line: bytes) -> None:
        if self._process.state() == QProcess.ProcessState.Running:
            self._process.write(line + b"\n")

    def _listen(self) -> None:
        lines = (self._rest + self._process.readAllStandardOutput().data()).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                self._heard(event)

    def _heard(self, event: dict[str, object]) -> None:
        if event.get("event") == "ready":
            self.status.emit("")
            # Also after a lock, when it started itself anew, and after a death: ask again whether it may have the key.
            self._hand_over()
        self.told.emit(event)

    def _failed(self, error: QProcess.ProcessError) -> None:
        # A process that could not even start does not `finish`.
        if error == QProcess.ProcessError.FailedToStart:
            self._died()

    def _died(self) -> None:
        if not self._wanted:
            return
        if self._anew:
            self._anew = False
            self._again.start(0)
            return
        if self._life.hasExpired(HEALTHY_MS):
            self._wait = FIRST_WAIT_MS
        self.status.emit(_("Background work stopped; starting it again"))
        self._again.start(self._wait)
        self._wait = min(self._wait * 2, LONGEST_WAIT_MS)
