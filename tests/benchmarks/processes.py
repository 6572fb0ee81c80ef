"""Starts a process to be measured and listens to what it tells down a pipe."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Told:
    """One thing a process told, and milliseconds since it was started."""

    event: str
    at: float
    facts: dict[str, Any]


@dataclass(frozen=True)
class Started:
    """A process that was started, and its pipe."""

    pid: int
    at: float
    pipe: Any

    def until(self, event: str) -> Told:
        """Listen until something is told. Raises RuntimeError where the process ended before."""
        for line in self.pipe:
            taken = (time.perf_counter() - self.at) * 1000
            facts = json.loads(line)
            if facts.pop("event") == event:
                return Told(event, taken, facts)
        raise RuntimeError(f"the process ended before it was {event}")


@contextmanager
def started(words: Sequence[str], *rest: str) -> Iterator[Started]:
    """Start Python with some words, the number of the pipe, and the rest; ended with the block."""
    reading, writing = os.pipe()
    # As it is installed: a program whose modules are compiled anew at each start is nobody's.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    at = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words, str(writing), *rest], cwd=ROOT, env=environment, pass_fds=(writing,),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            yield Started(process.pid, at, pipe)
    finally:
        process.terminate()
        process.wait()


def driven(profile: Path, plan: str, screens: Sequence[str]) -> "Any":
    """The real program with its probe (see `driven`)."""
    return started(["-m", "tests.benchmarks.driven"], str(profile), plan, ",".join(screens))


def grown(work: Callable[[], object]) -> float:
    """How much more memory this process took at its worst while it worked than it had before, in MB; Linux alone.

    Not `ru_maxrss`: that never falls again after what opening a clinic takes, and begins with the parent's own.
    """
    Path("/proc/self/clear_refs").write_text("5")  # the peak is reckoned anew from here
    before = _peak()
    work()
    return _peak() - before


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
