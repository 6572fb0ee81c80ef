"""Row 1: from nothing to a painted sign-in, and to everything ready, against a bare window of the same size."""

import statistics

from tests.benchmarks import clinics
from tests.benchmarks.figures import Row
from tests.benchmarks.processes import driven, started
from tests.benchmarks.workplace import screens

BARE = """
import os, sys
from PySide6.QtWidgets import QApplication, QWidget
class Bare(QWidget):
    def paintEvent(self, event):
        os.write(int(sys.argv[1]), b'{"event": "painted"}\\n')
        os._exit(0)
app = QApplication([])
bare = Bare()
bare.resize(1280, 800)
bare.show()
app.exec()
"""


def rows(*, full: bool) -> list[Row]:
    """Start both in turn, from a disk cache that is warm."""
    profile = clinics.profile(100_000)
    names = screens()
    taken: dict[str, list[float]] = {"bare": [], "paint": [], "load": [], "enter": []}
    for turn in range((25 if full else 9) + 1):
        with started(["-c", BARE]) as process:
            times = {"bare": process.until("painted").at}
        for plan, event in (("paint", "painted"), ("load", "loaded"), ("enter", "ready")):
            with driven(profile, plan, names) as process:
                times[plan] = process.until(event).at
        for plan, time in times.items():
            if turn:
                taken[plan].append(time)
    bare, paint, load, enter = (statistics.median(times) for times in taken.values())
    note = "" if len(names) == 13 else f"{len(names)} screens of 13"
    return [
        Row(1, "cold start to a painted sign-in", paint, bare, most=1.3),
        Row(1, "to everything imported behind the sign-in", load, bare, most=5.5, note=note),
        Row(1, "to signed in and home painted, the key derived", enter, bare, most=5.5, note=note),
    ]
