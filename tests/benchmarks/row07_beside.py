"""Row 7: the window while records arrive from elsewhere, beside the same window with nothing arriving.

A search is typed, a key every 120 ms, over a clinic of 100,000; then a process of its own takes 100,000 people in from
a file, by the same batch acts as a look through a system's list, into the same database. What the window's loop does
is seen by a heartbeat: how late it is, and what the window's thread used of the processor since the last one.
`CLINIC_BENCH_ARRIVING` takes fewer people in where the machine is slow.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest

from clinic_desktop.clock import new_id
from clinic_desktop.exchange.csv.importing import Asked, Brought, bring_in
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.tables.staff import staff
from tests.benchmarks import clinics
from tests.benchmarks.figures import Row, percentile
from tests.benchmarks.processes import ROOT
from tests.benchmarks.row18_tables import write
from tests.benchmarks.workplace import Paints, at_work

HERE, ARRIVING = 100_000, 100_000
BEAT_MS, KEY_MS = 5, 120
IDLE_SECONDS, LONGEST_SECONDS = 20.0, 900.0
TYPED = ("okafor", "mar", "wasen", "kaif", "ndova", "lopar", "tesin")


@dataclass
class Seen:
    """What was seen of the window in one stretch."""

    late: list[float] = field(default_factory=list)  # ms that a heartbeat came after its time
    used: list[float] = field(default_factory=list)  # ms of the processor between two heartbeats
    found: list[float] = field(default_factory=list)  # ms from a key to its results painted


def rows(*, full: bool) -> list[Row]:
    """Idle, then beside the arrival; both in one run."""
    del full  # the honest size is the only one
    number = int(os.environ.get("CLINIC_BENCH_ARRIVING") or ARRIVING)
    with tempfile.TemporaryDirectory() as held:
        profile = clinics.copied(HERE, Path(held))
        table = Path(held) / "people.csv"
        write(table, number)
        with at_work(profile) as window:
            end = time.monotonic() + 2.0
            _watch(window, lambda: time.monotonic() > end)  # the first searches fill its caches
            end = time.monotonic() + IDLE_SECONDS
            idle = _watch(window, lambda: time.monotonic() > end)
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.benchmarks.row07_beside", str(profile), str(table)],
                cwd=ROOT, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            begun = time.monotonic()
            busy = _watch(window, lambda: child.poll() is not None or time.monotonic() - begun > LONGEST_SECONDS)
            taken = time.monotonic() - begun
            child.terminate()
            said = (child.communicate()[0] or "").strip() or "not all of them came in time"
    note = f"{said}, in {taken:.0f} s; {len(busy.late):,} heartbeats, {len(busy.found):,} keys"
    return [
        Row(7, "the window while records arrive: heartbeat late, p99.9", _thousandth(busy.late), _thousandth(idle.late),
            most=1.5, note=note),
        Row(7, "the same, the latest of all (on a quiet machine)", max(busy.late), max(idle.late), limit=50.0),
        Row(7, "its thread's processor between heartbeats, p99", percentile(busy.used, 99), percentile(idle.used, 99),
            limit=12.0),
        Row(7, "a key to painted results meanwhile, p95", percentile(busy.found, 95), percentile(idle.found, 95),
            most=1.5),
    ]  # fmt: skip


def _thousandth(times: list[float]) -> float:
    """The time that so many of a thousand do not exceed: 999."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(0.999 * (len(ordered) - 1)))]


def _watch(window: Any, ended: Callable[[], bool]) -> Seen:
    """Type and watch until it has ended."""
    seen = Seen()
    typist = _Typist(window, seen)
    beat = QTimer(window)
    beat.setTimerType(Qt.TimerType.PreciseTimer)
    beat.setInterval(BEAT_MS)
    last = [time.perf_counter(), time.thread_time()]

    def beats() -> None:
        now, used = time.perf_counter(), time.thread_time()
        seen.late.append(max(0.0, (now - last[0]) * 1000 - BEAT_MS))
        seen.used.append((used - last[1]) * 1000)
        last[:] = now, used

    beat.timeout.connect(beats)
    beat.start()
    typist.start()
    finished, loop = QTimer(window), QEventLoop()
    finished.timeout.connect(lambda: loop.quit() if ended() else None)
    finished.start(50)
    loop.exec()  # it sleeps where nothing is to be done, as the program's own does
    for timer in (beat, finished):
        timer.stop()
    typist.stop()
    return seen


class _Typist:
    """Types names into the palette, a key every so often, and notes when each key's results are painted."""

    def __init__(self, window: Any, seen: Seen) -> None:
        self._palette = window.frame.palette_box
        self._seen = seen
        self._keys = iter(())
        self._pressed: dict[str, float] = {}
        self._typed = ""
        self._n = 0
        self._paints = Paints(self._palette.results.viewport())
        self._came: list[tuple[str, int]] = []
        self._plain = self._palette._arrived
        self._palette._arrived = self._arrived
        self._timers = [QTimer(window), QTimer(window)]
        self._timers[0].timeout.connect(self._key)
        self._timers[1].timeout.connect(self._look)

    def start(self) -> None:
        """Begin to type."""
        self._timers[0].start(KEY_MS)
        self._timers[1].start(1)

    def stop(self) -> None:
        """Type no more."""
        for timer in self._timers:
            timer.stop()
        self._palette._arrived = self._plain
        self._palette.close_down()

    def _key(self) -> None:
        text = TYPED[self._n % len(TYPED)]
        if not self._typed:
            self._palette.open_up()
        if self._typed == text:
            self._palette.close_down()
            self._typed, self._n = "", self._n + 1
            self._pressed.clear()
            return
        letter = text[len(self._typed)]
        self._typed += letter
        if len(self._typed) >= 2:
            self._pressed[self._typed] = time.perf_counter()
        QTest.keyClicks(self._palette.box, letter)

    def _arrived(self, text: str, found: Any) -> None:
        self._plain(text, found)
        self._came.append((text, self._paints.count))

    def _look(self) -> None:
        for text, count in list(self._came):
            if self._paints.count > count:
                self._came.remove((text, count))
                if (at := self._pressed.pop(text, None)) is not None:
                    self._seen.found.append((time.perf_counter() - at) * 1000)


def arrive(profile: Path, table: Path) -> str:
    """Take the people of a file into a clinic, as its background process would; what became of them, in words."""
    clinic, doctor = clinics.opened(profile)
    store = doctor.store
    with store.write(act=new_id(), session=None) as unit:
        values = {"username": "imports", "display_name": "Ada Min", "role": "administrator"}
        somebody = unit.create(staff, values, kind="staff.added")
    session = Session(new_id(), somebody, "imports", "Ada Min", "administrator", store.workstation, store.clock.now())
    brought = Brought()
    bring_in(Desk(store, session), table, Asked("patients", currency="KES"), brought)
    clinic.close()
    return f"{brought.counts['new']:,} people arrived"


if __name__ == "__main__":
    sys.stdout.write(arrive(Path(sys.argv[1]), Path(sys.argv[2])) + "\n")
