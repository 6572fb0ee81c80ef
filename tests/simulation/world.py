"""What is handed to the engine in a schedule: the clock, chance, the disk, and crashes at any effect."""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, StaticPool, create_engine
from sqlcipher3 import dbapi2

from sync.engine.store.tables import metadata

START = 1_790_000_000.0
_DDL: list[str] = []


class Crash(BaseException):
    """The process is gone, at this very effect."""


class DiskFullError(OSError):
    """A commit that the disk did not take."""


@dataclass
class VirtualClock:
    """Time that moves when it is told to; the clock of the computer can be wrong, the stopwatch cannot."""

    elapsed: float = 0.0
    wrong_by: float = 0.0

    def now(self) -> float:
        return START + self.elapsed + self.wrong_by

    def steady(self) -> float:
        return self.elapsed

    def true(self) -> float:
        """What the systems' own clocks say."""
        return START + self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds


@dataclass
class Effects:
    """Counts every effect (a commit, a request, an answer) and stops the process at the chosen ones."""

    crash_at: set[int] = field(default_factory=set)
    count: int = 0
    quiet: bool = False
    trace: hashlib.blake2b = field(default_factory=lambda: hashlib.blake2b(digest_size=16))
    fired: Counter[str] = field(default_factory=Counter)

    def reached(self, what: str) -> None:
        """An effect is about to happen, or has just happened."""
        self.count += 1
        self.trace.update(what.encode())
        if not self.quiet and self.count in self.crash_at:
            self.fired["crash"] += 1
            raise Crash

    def note(self, what: str) -> None:
        """Something that belongs to the trace."""
        self.trace.update(what.encode())


class VirtualDisk:
    """A real encrypted database in memory; a commit is an effect, before it and after it."""

    def __init__(self, effects: Effects) -> None:
        self._driver = dbapi2.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._driver.execute("PRAGMA key = \"x'" + "5e" * 32 + "'\"")
        self._engine = create_engine("sqlite://", module=dbapi2, creator=lambda: self._driver, poolclass=StaticPool)
        self.conn: Connection = self._engine.connect()
        self.effects = effects
        self.full = False
        for statement in ddl():
            self._driver.execute(statement)

    @contextmanager
    def write(self) -> Iterator["VirtualDisk"]:
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            yield self
            self.effects.reached("commit")
            self._room()
        except BaseException:
            self._driver.execute("ROLLBACK")
            raise
        self._driver.execute("COMMIT")
        self.effects.reached("committed")

    def _room(self) -> None:
        if self.full and not self.effects.quiet:
            self.full = False
            self.effects.fired["disk full"] += 1
            raise DiskFullError("the disk is full")

    @contextmanager
    def read(self) -> Iterator["VirtualDisk"]:
        self._driver.execute("BEGIN")
        try:
            yield self
        finally:
            self._driver.execute("ROLLBACK")

    def snapshot(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row, as a backup keeps them."""
        names = [row[0] for row in self._driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: self._driver.execute(f"SELECT * FROM {name}").fetchall() for name in names}

    def restore(self, rows: dict[str, list[tuple[object, ...]]]) -> None:
        """The database as it was when the backup was made."""
        self._driver.execute("BEGIN IMMEDIATE")
        for name, found in rows.items():
            self._driver.execute(f"DELETE FROM {name}")
            if found:
                marks = ", ".join("?" * len(found[0]))
                self._driver.executemany(f"INSERT INTO {name} VALUES ({marks})", found)
        self._driver.execute("COMMIT")

    def close(self) -> None:
        self.conn.close()
        self._engine.dispose()


def ddl() -> list[str]:
    """The statements that make sync's tables and the model chart's."""
    if not _DDL:
        from sqlalchemy.dialects import sqlite
        from sqlalchemy.schema import CreateIndex, CreateTable

        for table in metadata.sorted_tables:
            _DDL.append(str(CreateTable(table).compile(dialect=sqlite.dialect())))
            _DDL.extend(str(CreateIndex(one).compile(dialect=sqlite.dialect())) for one in table.indexes)
        _DDL.append(
            "CREATE TABLE model_record (kind TEXT, local_id TEXT, patient TEXT, revision INTEGER, body TEXT, act TEXT,"
            " void INTEGER, at REAL, PRIMARY KEY (kind, local_id))"
        )
        _DDL.append(
            "CREATE TABLE model_journal (seq INTEGER PRIMARY KEY, kind TEXT, local_id TEXT, patient TEXT, who TEXT,"
            " members TEXT)"
        )
    return _DDL


class Outside:
    """The keyring: a restored backup does not bring it back."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, int]] = {}

    def get(self, system: str) -> tuple[str, int] | None:
        return self.kept.get(system)

    def put(self, system: str, epoch: str, counter: int) -> None:
        self.kept[system] = (epoch, counter)


class Chance:
    """All randomness of a schedule, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.ids = 0

    def new_id(self) -> str:
        self.ids += 1
        return f"{self.ids:06d}"
