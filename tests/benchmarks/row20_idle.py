"""Row 20: what the window and the background process use of a core while nobody does anything."""

import os
import tempfile
import time
from pathlib import Path

from tests.benchmarks import clinics
from tests.benchmarks.figures import Row
from tests.benchmarks.processes import driven
from tests.benchmarks.workplace import screens

SETTLES_SECONDS = 8


def rows(*, full: bool) -> list[Row]:
    """Sign in, let it settle, and count the clock ticks of the process and its children."""
    seconds = 60 if full else 20
    with tempfile.TemporaryDirectory() as held:
        profile = clinics.copied(100_000, Path(held))
        with driven(profile, "idle", screens()) as process:
            process.until("ready")
            time.sleep(SETTLES_SECONDS)
            family = [process.pid, *children(process.pid)]
            before = {pid: used(pid) for pid in family}
            began = time.monotonic()
            time.sleep(seconds)
            taken = time.monotonic() - began
            shares = [100 * (used(pid) - before[pid]) / taken for pid in family]
    background = "no background process" if len(family) == 1 else f"{len(family)} processes"
    return [
        Row(20, "idle: the window", shares[0], unit="%"),
        Row(20, "idle: window and background process together", sum(shares), limit=1, unit="%", note=background),
    ]


def used(pid: int) -> float:
    """Seconds of a core that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children(int(child))]
    return found
