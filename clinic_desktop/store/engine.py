"""The store of one open clinic: a pool that reads, one connection that writes, and the rule that keeps writers fair."""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TypeVar

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from clinic_desktop.clock import Clock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.connection import (
    READER_PRAGMAS,
    WATCHER_PRAGMAS,
    WRITER_PRAGMAS,
    connect,
    gate,
    in_words,
)
from clinic_desktop.store.unit import Chains, Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")

# Measured (libraries.md, trap 1): SQLite's own back-off made one save beside an import take 6.3 s; polling this often
# beside slices this short keeps p99 at 15 ms and the import at 3,500 rows a second.
RETRY_SECONDS = 0.0005
SLICE_SECONDS = 0.008
PAUSE_SECONDS = 0.001
GIVE_UP_SECONDS = 20.0
# Of a glance: one reader for each loop that serves, so that none waits for another's.
GLANCES = 2
GLANCE_PRAGMAS = READER_PRAGMAS | {"busy_timeout": 20, "cache_size": -8_192}


class Store:
    """The open database; `read` and `write` are the only ways in."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        *,
        clock: Clock,
        workstation: str,
        anchor: Anchor | None = None,
        create: bool = False,
    ) -> None:
        gate(path)
        self.path = path
        self.clock = clock
        self.workstation = workstation
        self.chains = Chains(key, workstation)
        self.anchor = anchor
        # One try before any pool, so that a wrong key is said once and in words.
        connect(path, key, WRITER_PRAGMAS, create=create).close()
        self._writing = threading.Lock()
        self._watching: Callable[[], dbapi2.Connection] = lambda: connect(path, key, WATCHER_PRAGMAS)
        self._reading: Callable[[dict[str, str | int]], dbapi2.Connection] = lambda pragmas: connect(path, key, pragmas)
        self._readers = self._reader_pool(READER_PRAGMAS, size=3)
        self._writer = self._engine(lambda: connect(path, key, WRITER_PRAGMAS), size=1)
        event.listen(self._writer, "begin", _begin_immediate)

    def _reader_pool(self, pragmas: dict[str, str | int], *, size: int) -> Engine:
        readers = self._engine(lambda: self._reading(pragmas), size=size)
        event.listen(readers, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return readers

    @staticmethod
    def _engine(creator: Callable[[], dbapi2.Connection], *, size: int) -> Engine:
        return create_engine(
            "sqlite://",
            module=dbapi2,
            creator=creator,
            poolclass=QueuePool,
            pool_size=size,
            max_overflow=0,
            pool_timeout=GIVE_UP_SECONDS,
            # The one used last again: its cache is warm. In turn, each of three would keep the same pages.
            pool_use_lifo=True,
            pool_reset_on_return="rollback",
            hide_parameters=True,
        )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one consistent state; never blocked by a writer."""
        try:
            with self._readers.connect() as connection, connection.begin():
                yield connection
        except (DBAPIError, dbapi2.DatabaseError) as error:
            raise self._in_words(error) from error

    @contextmanager
    def write(self, *, act: str, session: str | None, now: datetime | None = None) -> Iterator[Transaction]:
        """Write all of it or none of it; durable when the block has ended, and anchored after that."""
        try:
            with self._writing, self._writer.connect() as connection:
                with connection.begin():
                    unit = Transaction(connection, self.chains, act=act, session=session, now=now or self.clock.now())
                    yield unit
                # Inside the lock: anchors go up in the order of the commits.
                if self.anchor is not None and unit.heads is not None:
                    self.anchor.raise_to(unit.heads)
        except (DBAPIError, dbapi2.DatabaseError) as error:
            if "disk" in str(error):
                # After a failed write nothing this connection remembers is trusted: the next act opens another one.
                self._writer.dispose()
            raise self._in_words(error) from error

    def in_slices(
        self, items: Iterable[T], each: Callable[[Transaction, T], None], *, act: str, session: str | None
    ) -> int:
        """Do background work in transactions of 8 ms with pauses of 1 ms, so that a person's save gets in between."""
        count = 0
        pending = iter(items)
        item = next(pending, None)
        while item is not None:
            until = time.monotonic() + SLICE_SECONDS
            with self.write(act=act, session=session) as unit:
                while item is not None:
                    each(unit, item)
                    count += 1
                    item = next(pending, None)
                    if time.monotonic() >= until:
                        break
            time.sleep(PAUSE_SECONDS)
        return count

    def watch(self) -> "Watch":
        """A connection that never writes, to tell cheaply whether anybody else has."""
        return Watch(self._watching())

    def glance(self) -> "Glance":
        """The same store for whoever may not wait; close it before this one."""
        return Glance(self)

    def close(self) -> None:
        """Close every connection; the store cannot be used again."""
        self._readers.dispose()
        self._writer.dispose()

    def _in_words(self, error: Exception) -> Exception:
        return in_words(self.path, error.orig if isinstance(error, DBAPIError) else error) or error


class MustWaitError(Exception):
    """What was asked has to write something first: ask it again where one may wait."""


class Glance(Store):
    """An open store with readers of its own, which no work beside keeps busy; nothing is written by it.

    It is for the loop that serves every device at once: what waits there, all of them wait for.
    """

    def __init__(self, store: Store) -> None:
        self.__dict__.update(store.__dict__)
        # No pool between: taking a connection out of one, and SQLAlchemy's own begin and end, took longer than a read.
        self._readers = self._engine(lambda: self._reading(GLANCE_PRAGMAS), size=GLANCES)
        self._free: queue.LifoQueue[Connection | None] = queue.LifoQueue()
        for _ in range(GLANCES):
            self._free.put(self._readers.connect())

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one consistent state; never blocked by a writer."""
        connection = self._free.get(timeout=GIVE_UP_SECONDS)
        try:
            driver = None if connection is None else connection.connection.driver_connection
            if connection is None or driver is None:
                raise RuntimeError("the glance is closed")
            driver.execute("BEGIN")
            try:
                yield connection
            finally:
                # Ended where SQLAlchemy began none of its own; else it ends both.
                connection.rollback() if connection.in_transaction() else driver.execute("ROLLBACK")
        except (DBAPIError, dbapi2.DatabaseError) as error:
            raise self._in_words(error) from error
        finally:
            self._free.put(connection)

    def write(self, **_: object) -> NoReturn:
        """Write nothing: a writer may have to wait for another. Raises MustWaitError, before anything is done."""
        raise MustWaitError

    def close(self) -> None:
        """Close these readers, each when it is free; the store goes on."""
        for _ in range(GLANCES):
            with contextlib.suppress(queue.Empty):
                if (connection := self._free.get(timeout=GIVE_UP_SECONDS)) is not None:
                    connection.close()
        self._readers.dispose()
        self._free.put(None)  # whoever comes later does not wait


class Watch:
    """Looks at the version of the data (4 microseconds), and at the journal's end only when it has moved."""

    def __init__(self, connection: dbapi2.Connection) -> None:
        self._connection = connection
        self._version = -1
        self._seq = self._end()

    def moved(self) -> frozenset[tuple[str, str | None]]:
        """Every (kind, patient) that happened since the last look; empty when nothing did."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return frozenset()
        self._version = version
        rows = self._connection.execute(
            "SELECT seq, kind, patient FROM journal WHERE seq > ? ORDER BY seq", (self._seq,)
        ).fetchall()
        if rows:
            self._seq = rows[-1][0]
        return frozenset((row[1], row[2]) for row in rows)

    def version(self) -> int:
        """A number that is another one after every commit of anybody else."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _end(self) -> int:
        return int(self._connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once, asking every half millisecond instead of backing off."""
    cursor = connection.connection.cursor()
    until = time.monotonic() + GIVE_UP_SECONDS
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except dbapi2.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
            if time.monotonic() > until:
                raise Trouble(
                    "The database is busy with other work.",
                    remedy="Nothing was saved by this act; do it again.",
                ) from error
            time.sleep(RETRY_SECONDS)
        else:
            return
