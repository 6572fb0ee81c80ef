"""What is handed to the engine in a schedule: the clock, chance, the disk, and crashes at any effect."""

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, StaticPool, create_engine
from sqlcipher3 import dbapi2

from sync.engine.outside import Mark
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
    """A real encrypted database in memory; a commit is an effect, before it and after it.

    A schedule that has ended leaves its database, emptied, to the next one: the tables are made, and the statements
    prepared, once for each process.
    """

    def __init__(self, effects: Effects) -> None:
        self._made = _SPARE.pop() if _SPARE else Made()
        self.driver = self._made.driver
        self.conn: Connection = self._made.conn
        self.effects = effects
        self.full = False
        self._reading, self._writing = Reading(self), Writing(self)

    def write(self) -> "Writing":
        return self._writing

    def read(self) -> "Reading":
        return self._reading

    def room(self) -> None:
        if self.full and not self.effects.quiet:
            self.full = False
            self.effects.fired["disk full"] += 1
            raise DiskFullError("the disk is full")

    def snapshot(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row, as a backup keeps them."""
        return {name: self.driver.execute(f"SELECT * FROM {name}").fetchall() for name in self._made.names}

    def restore(self, rows: dict[str, list[tuple[object, ...]]]) -> None:
        """The database as it was when the backup was made."""
        self.driver.execute("BEGIN IMMEDIATE")
        for name, found in rows.items():
            self.driver.execute(f"DELETE FROM {name}")
            if found:
                marks = ", ".join("?" * len(found[0]))
                self.driver.executemany(f"INSERT INTO {name} VALUES ({marks})", found)
        self.driver.execute("COMMIT")

    def close(self) -> None:
        """Leave the database to the next schedule, with no row in it."""
        self._made.empty()
        _SPARE.append(self._made)


class Reading:
    """One state of the database, as long as the block lasts."""

    def __init__(self, disk: VirtualDisk) -> None:
        self.disk, self.run = disk, disk.driver.execute

    def __enter__(self) -> VirtualDisk:
        self.run("BEGIN")
        return self.disk

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.run("ROLLBACK")


class Writing(Reading):
    """A transaction that is committed at the end of the block, unless something stops it."""

    def __enter__(self) -> VirtualDisk:
        self.run("BEGIN IMMEDIATE")
        return self.disk

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if error is None:
                self.disk.effects.reached("commit")
                self.disk.room()
        except BaseException:
            self.run("ROLLBACK")
            raise
        if error is not None:
            self.run("ROLLBACK")
            return
        self.run("COMMIT")
        self.disk.effects.reached("committed")


class Made:
    """An encrypted database in memory with every table in it."""

    def __init__(self) -> None:
        self.driver = dbapi2.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=1024)
        self.driver.execute("PRAGMA key = \"x'" + "5e" * 32 + "'\"")
        self.driver.execute("PRAGMA secure_delete = OFF")  # nobody looks for what was deleted in memory
        for statement in ddl():
            self.driver.execute(statement)
        self.conn = create_engine(
            "sqlite://", module=dbapi2, creator=lambda: self.driver, poolclass=StaticPool
        ).connect()
        self.names = [
            row[0] for row in self.driver.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]

    def empty(self) -> None:
        """As it was when it was made."""
        if self.driver.in_transaction:
            self.driver.execute("ROLLBACK")
        self.driver.execute("BEGIN IMMEDIATE")
        for name in self.names:
            self.driver.execute(f"DELETE FROM {name}")
        self.driver.execute("COMMIT")


_SPARE: list[Made] = []


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
        self.kept: dict[str, Mark] = {}

    def get(self, system: str) -> Mark | None:
        return self.kept.get(system)

    def put(self, system: str, mark: Mark) -> None:
        self.kept[system] = mark


class Chance:
    """All randomness of a schedule, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.ids = 0

    def new_id(self) -> str:
        self.ids += 1
        return f"{self.ids:06d}"
