"""The pools behind `Tasks`: one worker for acts, so that they keep their order, and two for questions."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desktop.gui.tasks import Failed

T = TypeVar("T")

QUERY_WORKERS = 2
HEARD_MS, SLOW_MS = 100, 1000


class _Job:
    """One piece of work and where its answer goes."""

    def __init__(self, owner: "QtTasks", slot: str, work: Callable[[], object], number: int) -> None:
        self.owner = owner
        self.slot = slot
        self.work = work
        self.number = number
        self.done: Callable[..., object] | None = None
        self.failed: Failed | None = None
        self.answer: object = None
        self.error: Exception | None = None
        self.quiet = False  # nobody waits for it
        self.given_at = time.monotonic()


class Pools(QObject):
    """The workers of one window; made once, closed at the very end."""

    busy = Signal(str)  # "", "heard" after 100 ms, "slow" after a second
    orphaned = Signal(object)  # the error of an act whose screen was closed meanwhile
    _arrived = Signal(int)  # which worker has an answer

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wake = threading.Condition()
        self._changes: deque[_Job] = deque()
        self._queries: deque[_Job] = deque()
        self._closing = False
        self._threads: list[threading.Thread] = []
        self._answered: list[deque[_Job]] = []  # by worker
        self._out: set[_Job] = set()
        self._state = ""
        self._arrived.connect(self._deliver)  # emitted by a worker, so Qt queues it for the window's thread
        self._watch = QTimer(self)
        self._watch.setInterval(HEARD_MS // 2)
        self._watch.timeout.connect(self._look)

    def put(self, job: _Job, *, change: bool) -> None:
        """Take work in, from the window's thread."""
        if not self._threads:
            self._start()
        self._out.add(job)
        if not self._watch.isActive():
            self._watch.start()
        with self._wake:
            (self._changes if change else self._queries).append(job)
            self._wake.notify_all()

    def close(self) -> None:
        """Finish the acts already given, drop the questions, and stop."""
        with self._wake:
            self._closing = True
            self._queries.clear()
            self._wake.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._watch.stop()
        self._out.clear()

    def cancel_questions(self) -> None:
        """Drop every question not answered yet; acts are never cut short."""
        for job in [job for job in self._out if job.slot]:
            job.owner.drop(job.slot)
            self._out.discard(job)
        self._look()

    @property
    def idle(self) -> bool:
        """Whether every answer has been delivered."""
        return not self._out

    def _start(self) -> None:
        queues = [self._changes] + [self._queries] * QUERY_WORKERS
        self._answered = [deque() for _ in queues]
        for number, queue in enumerate(queues):
            thread = threading.Thread(target=self._run, args=(queue, number), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, queue: deque[_Job], number: int) -> None:
        while True:
            with self._wake:
                while not queue and not self._closing:
                    self._wake.wait()
                if not queue:
                    return
                job = queue.popleft()
            _do(job)
            self._answered[number].append(job)
            # A job leads to the screen that asked. Were this the last to let go of it, widgets would be taken apart
            # here, beside the thread that paints them: so it lets go before the window can know of the answer.
            del job
            # The window may be gone by the time a last act ends.
            with contextlib.suppress(RuntimeError):
                self._arrived.emit(number)

    def _deliver(self, number: int) -> None:
        job = self._answered[number].popleft()
        self._out.discard(job)
        if not self._out:
            self._look()
        if not self._closing:
            job.owner.take(job)

    def _look(self) -> None:
        oldest = min((job.given_at for job in self._out if not job.quiet), default=None)
        waited = 0.0 if oldest is None else (time.monotonic() - oldest) * 1000
        state = "slow" if waited >= SLOW_MS else "heard" if waited >= HEARD_MS else ""
        if not self._out:
            self._watch.stop()
        if state != self._state:
            self._state = state
            self.busy.emit(state)


def _do(job: _Job) -> None:
    if not job.slot or job.owner.wants(job):
        try:
            job.answer = job.work()
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            job.error = error


class QtTasks:
    """The tasks of one screen: `Tasks` over the window's pools; `unhandled` shows an error nobody takes."""

    def __init__(self, pools: Pools, unhandled: Failed) -> None:
        self._pools = pools
        self._unhandled = unhandled
        self._closed = False
        self._numbers: dict[str, int] = {}

    def change(
        self, work: Callable[[], T], done: Callable[[T], None] | None = None, failed: Failed | None = None
    ) -> None:
        """Do an act, after those given before it; asked for after `close()` it is still done."""
        job = _Job(self, "", work, 0)
        job.done, job.failed = done, failed
        self._pools.put(job, change=True)

    def query(self, slot: str, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Ask; an older question of the same slot is dropped, run or not."""
        self._ask(slot, work, done, failed, quiet=False)

    def glance(self, slot: str, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Ask again for what is on screen: nobody waits for it, and the window shows no sign."""
        self._ask(slot, work, done, failed, quiet=True)

    def _ask(
        self, slot: str, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None, *, quiet: bool
    ) -> None:
        if not slot:
            raise ValueError("a question needs the name of its slot")
        if self._closed:
            return
        self.drop(slot)
        job = _Job(self, slot, work, self._numbers[slot])
        job.done, job.failed, job.quiet = done, failed, quiet
        self._pools.put(job, change=False)

    def close(self) -> None:
        """Drop every answer still to come."""
        self._closed = True
        self._numbers.clear()

    @property
    def closed(self) -> bool:
        """Whether the screen is gone."""
        return self._closed

    def drop(self, slot: str) -> None:
        """Forget the question of one slot."""
        self._numbers[slot] = self._numbers.get(slot, 0) + 1

    def wants(self, job: _Job) -> bool:
        """Whether the answer to this question is still wanted."""
        return not self._closed and self._numbers.get(job.slot) == job.number

    def take(self, job: _Job) -> None:
        """Hand an answer over, on the window's thread."""
        if self._closed and not job.slot and job.error is not None:
            self._pools.orphaned.emit(job.error)
        if self._closed or (job.slot and not self.wants(job)):
            return
        if job.error is not None:
            (job.failed or self._unhandled)(job.error)
        elif job.done is not None:
            job.done(job.answer)
