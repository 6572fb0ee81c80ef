"""One connection to the encrypted database: keyed, asserted and guarded before anybody sees it.

Why each step is there is measured: the key goes through `set_key` so that no trace sees it, every pragma is read back
because a typing error in one is silent, and the authorizer denies what would undo them later.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2

from clinic_desktop.domain.refusals import Trouble

# Before 3.51.3 two connections that write and checkpoint at once can corrupt a WAL database (the WAL-reset bug).
OLDEST_SQLITE = (3, 51, 3)
PLAIN_HEADER = b"SQLite format 3\x00"
APPEND_ONLY = ("journal", "access", "stock_moves", "ledger", "attachment_parts")
# What no statement of the program may change or erase: those, what acts were done, and SQLite's and Alembic's counters.
UNCHANGED = frozenset({*APPEND_ONLY, "acts", "sqlite_sequence", "alembic_version"})

WRITER_PRAGMAS: dict[str, str | int] = {"busy_timeout": 0, "cache_size": -32_768}
READER_PRAGMAS: dict[str, str | int] = {"busy_timeout": 2_000, "cache_size": -65_536, "query_only": 1}
WATCHER_PRAGMAS: dict[str, str | int] = {"busy_timeout": 0, "cache_size": -256, "query_only": 1}
# Readers never commit and so never checkpoint: only a writer does (one of the rules that keep WAL safe).
SHARED_PRAGMAS: dict[str, str | int] = {
    "foreign_keys": 1,
    "journal_mode": "wal",
    "synchronous": 2,
    "temp_store": 2,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "mmap_size": 0,
    # Without it REPLACE deletes rows past their triggers: the past could be written over (found by trying).
    "recursive_triggers": 1,
}
if sys.platform == "darwin":
    SHARED_PRAGMAS |= {"fullfsync": 1, "checkpoint_fullfsync": 1}

READABLE_PRAGMAS = frozenset(
    {
        "data_version", "integrity_check", "cipher_integrity_check", "foreign_key_check", "quick_check",
        "table_info", "table_xinfo", "index_list", "index_info", "index_xinfo", "foreign_key_list", "table_list",
        "cipher_version", "wal_checkpoint",
    }
)  # fmt: skip

# What only a migration does, on a connection without the guard. Dropping a table asks for a DELETE on it as well.
SHAPING = frozenset(
    {
        dbapi2.SQLITE_ALTER_TABLE, dbapi2.SQLITE_CREATE_INDEX, dbapi2.SQLITE_CREATE_TABLE, dbapi2.SQLITE_CREATE_TRIGGER,
        dbapi2.SQLITE_CREATE_VIEW, dbapi2.SQLITE_CREATE_VTABLE, dbapi2.SQLITE_CREATE_TEMP_INDEX,
        dbapi2.SQLITE_CREATE_TEMP_TABLE, dbapi2.SQLITE_CREATE_TEMP_TRIGGER, dbapi2.SQLITE_CREATE_TEMP_VIEW,
        dbapi2.SQLITE_DROP_INDEX, dbapi2.SQLITE_DROP_TABLE, dbapi2.SQLITE_DROP_TRIGGER, dbapi2.SQLITE_DROP_VIEW,
        dbapi2.SQLITE_DROP_VTABLE, dbapi2.SQLITE_DROP_TEMP_TRIGGER,
    }
)  # fmt: skip

_open_here: set[Path] = set()


def gate(path: Path) -> None:
    """Refuse to go on where the cipher is missing or old, or where the file is not encrypted.

    The file is read once for each process, before its first connection: opening it later from Python would cancel
    the locks that SQLite holds on it (POSIX locks belong to the process).
    """
    if dbapi2.sqlite_version_info < OLDEST_SQLITE:
        raise Trouble(
            "SQLite {found} can damage a database that two programs write to.",
            remedy="Install sqlcipher3 0.6.4 or newer: python3 dev.py setup.",
            found=dbapi2.sqlite_version,
        )
    probe = dbapi2.connect(":memory:")
    try:
        cipher = probe.execute("PRAGMA cipher_version").fetchone()
    finally:
        probe.close()
    if not cipher or not cipher[0]:
        raise Trouble(
            "The encryption of the database is missing from this installation.",
            remedy="Install sqlcipher3 0.6.4 or newer: python3 dev.py setup.",
        )
    path = path.resolve()
    if path in _open_here or not path.exists():
        return
    with path.open("rb") as file:
        header = file.read(16)
    if header == PLAIN_HEADER:
        raise Trouble(
            "The database {name} is not encrypted; it was not opened.",
            remedy="Restore it from a verified backup: clinic-desktop backup restore FILE.",
            name=path.name,
        )
    if len(header) < 16:
        raise Trouble(
            "The database {name} is empty or cut short; it was not opened.",
            remedy="Restore it from a verified backup: clinic-desktop backup restore FILE.",
            name=path.name,
        )


def connect(
    path: Path, key: bytes, pragmas: dict[str, str | int], *, create: bool = False, guard: bool = True
) -> dbapi2.Connection:
    """Open, key, set and assert; `guard` adds the authorizer, which migrations and backups must do without."""
    if len(key) != 32:
        raise ValueError("the data key is 32 bytes")
    if not create and not path.exists():
        raise Trouble(
            "The database {name} is not there.",
            remedy="Restore it from a verified backup: clinic-desktop backup restore FILE.",
            name=path.name,
        )
    _keep_private(path, create=create)
    connection = dbapi2.connect(str(path), timeout=0, isolation_level=None, check_same_thread=False)
    _open_here.add(path.resolve())
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.set_key(f"x'{key.hex()}'")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _settle(connection, SHARED_PRAGMAS | pragmas)
    except dbapi2.DatabaseError as error:
        connection.close()
        raise unreadable(path, error) from None
    if guard:
        connection.set_authorizer(_authorize)
    return connection


def _keep_private(path: Path, *, create: bool) -> None:
    """Let only its owner read the file: SQLite gives the -wal and the -shm beside it the same permissions."""
    try:
        if create:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                if path.with_name(name).exists():
                    path.with_name(name).chmod(0o600)
    except FileExistsError:
        return
    except OSError as error:
        if create:
            raise unreadable(path, error) from None


def _settle(connection: dbapi2.Connection, pragmas: dict[str, str | int]) -> None:
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name} = {value}")
    for name, value in pragmas.items():
        found = connection.execute(f"PRAGMA {name}").fetchone()
        if found is None or str(found[0]) != str(value):
            raise Trouble(
                "The database setting {name} could not be made safe.",
                remedy="Install the pinned versions again: python3 dev.py setup.",
                name=name,
            )
    if not connection.execute("PRAGMA cipher_settings").fetchall():
        raise Trouble(
            "The encryption of the database is not in force; nothing was opened.",
            remedy="Install the pinned versions again: python3 dev.py setup.",
        )


def unreadable(path: Path, error: BaseException) -> Trouble:
    """Say in words what a failed open means, without the driver's own text, which may carry data."""
    words = str(error)
    if "not a database" in words:
        return Trouble(
            "The key does not open {name}, or the file is damaged.",
            remedy="Nothing was changed. Restore a verified backup: clinic-desktop backup restore FILE.",
            name=path.name,
        )
    if "malformed" in words:
        return Trouble(
            "The database {name} is damaged.",
            remedy="Nothing was changed. Restore a verified backup: clinic-desktop backup restore FILE.",
            name=path.name,
        )
    if "full" in words:
        return Trouble(
            "The disk is full; the last act was not saved, everything before it was.",
            remedy="Free some space and do it again.",
        )
    if "disk I/O" in words:
        return Trouble(
            "The disk did not take what was written (it may be full, failing or unplugged); the last act was not saved,"
            " everything before it was.",
            remedy="Check the disk and its free space, then do it again.",
        )
    if "readonly" in words or "unable to open" in words or isinstance(error, OSError):
        return Trouble(
            "The folder of {name} cannot be written to.",
            remedy="Check its permissions and that the disk is well; nothing was lost.",
            name=path.name,
        )
    if "locked" in words or "busy" in words:
        return Trouble(
            "The database is busy with other work.",
            remedy="Nothing was saved by this act; do it again.",
        )
    return Trouble(
        "The database {name} could not be used ({kind}).",
        remedy="Nothing was lost; start again, and see the log.",
        name=path.name,
        kind=type(error).__name__,
    )


def in_words(path: Path, error: BaseException | None) -> Exception | None:
    """What happened to the disk or the file, as Trouble; None where the error is a fault of ours."""
    if error is None or type(error) not in {dbapi2.OperationalError, dbapi2.DatabaseError}:
        return None
    if any(words in str(error) for words in ("syntax", "no such", "not authorized", "prohibited", "parameter")):
        return None
    return unreadable(path, error)


@contextmanager
def only_reading(connection: dbapi2.Connection) -> Iterator[None]:
    """Let nothing but reading be prepared meanwhile, not even a pragma: for what a person put together."""
    connection.set_authorizer(_reads_alone)
    try:
        yield
    finally:
        connection.set_authorizer(_authorize)


def _reads_alone(action: int, _first: str | None, second: str | None, *_rest: str | None) -> int:
    reading = {dbapi2.SQLITE_SELECT, dbapi2.SQLITE_READ, dbapi2.SQLITE_FUNCTION, dbapi2.SQLITE_RECURSIVE}
    return 0 if action in reading and second != "load_extension" else dbapi2.SQLITE_DENY


def _authorize(action: int, first: str | None, second: str | None, *_rest: str | None) -> int:
    """Deny what would weaken the file or rewrite the past; asked once for each statement that is prepared."""
    if action == dbapi2.SQLITE_ATTACH:
        return dbapi2.SQLITE_DENY
    if action == dbapi2.SQLITE_PRAGMA:
        name = (first or "").lower()
        if name not in READABLE_PRAGMAS and not (
            second is None and (name in SHARED_PRAGMAS or name == "read_uncommitted")
        ):
            return dbapi2.SQLITE_DENY
    if action in {dbapi2.SQLITE_UPDATE, dbapi2.SQLITE_DELETE} and first in UNCHANGED:
        return dbapi2.SQLITE_DENY
    if action in SHAPING or (action == dbapi2.SQLITE_FUNCTION and second == "load_extension"):
        return dbapi2.SQLITE_DENY
    return 0
