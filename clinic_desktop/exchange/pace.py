"""How many rows of an import go into one transaction: no more than a person's save beside it may have to wait for.

The statements take no longer than a background writer's may (8 ms), or than twice what the disk takes to keep a
transaction: where that is slow, a save waits for the disk anyhow, and shorter transactions would only add to it.
"""

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from clinic_desktop.services.acts import Desk

R = TypeVar("R")

WORK_SECONDS, PAUSE_SECONDS = 0.008, 0.001
COMMITS = 2
LEAST, MOST = 10, 200


class Pace:
    """The size of the next transaction, learned from those before it."""

    def __init__(self) -> None:
        self.size = LEAST
        self._worked = 0.0

    def desk(self, desk: Desk) -> Desk:
        """The desk for the next act: it tells when the statements are done and the disk begins."""
        return dataclasses.replace(desk, also=lambda _connection: self._mark())

    @contextmanager
    def timing(self, rows: int) -> Iterator[None]:
        """Time a transaction of so many rows, learn from it, and pause so that others get in."""
        begun = time.monotonic()
        yield
        ended = time.monotonic()
        # Where nothing was written (a dry run, a refusal) nothing was kept either.
        worked = self._worked if self._worked > begun else ended
        self.size = next_size(rows, worked - begun, ended - worked)
        time.sleep(PAUSE_SECONDS)

    def _mark(self) -> None:
        self._worked = time.monotonic()


def in_batches(rows: Iterable[R], take: Callable[[list[R], Pace], None], progress: Callable[[int], None]) -> None:
    """Hand rows over in short transactions, so that a person's save gets in between; tells how many are done."""
    pace, done = Pace(), 0
    batch: list[R] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= pace.size:
            with pace.timing(len(batch)):
                take(batch, pace)
            done += len(batch)
            progress(done)
            batch = []
    if batch:
        take(batch, pace)
        progress(done + len(batch))


def next_size(rows: int, worked: float, kept: float) -> int:
    """How many rows come next, after so many took so many seconds of statements, and of the disk that kept them."""
    may = max(WORK_SECONDS, COMMITS * kept)
    return min(max(int(rows * may / max(worked, 1e-5)), LEAST), rows * 2, MOST)
