"""The clinic's database and clock as the engine is handed them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from clinic_desktop.clock import new_id
from clinic_desktop.services.remotes import Housed
from sync.engine.store.rows import Unit


@dataclass(frozen=True)
class _Read:
    conn: Any


class Database:
    """The clinic's database as the engine sees it: `write` is durable when its block has ended."""

    def __init__(self, clinic: Housed) -> None:
        self._store = clinic.store

    @contextlib.contextmanager
    def write(self) -> Iterator[Unit]:
        """All of it or none of it."""
        with self._store.write(act=new_id(), session=None) as unit:
            yield cast("Unit", unit)

    @contextlib.contextmanager
    def read(self) -> Iterator[Unit]:
        """One consistent state."""
        with self._store.read() as connection:
            yield _Read(connection)


class Wall:
    """The clinic's clock as the engine sees it."""

    def __init__(self, clinic: Housed) -> None:
        self._clock = clinic.store.clock

    def now(self) -> float:
        """The time of day, seconds since 1970."""
        return self._clock.now().timestamp()

    def steady(self) -> float:
        """Seconds that only grow."""
        return self._clock.steady()
