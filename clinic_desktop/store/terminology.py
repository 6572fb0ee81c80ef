"""The ICD-10-CM search table: public data in a file of its own, built once from the pack and never held in memory."""

import contextlib
import csv
import gzip
import io
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlcipher3 import dbapi2

from clinic_desktop.clock import new_id
from clinic_desktop.domain.drugs import fold
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.paths import cache, resources

# The release of the CDC the pack was made from, and the shape of the table; either changing makes a new file.
RELEASE = "2026-04"
SHAPE = 1
_CODE = re.compile(r"[a-z][0-9][0-9a-z]?(?:\.?[0-9a-z]{0,4})\Z")
_FTS = "SELECT d.code, d.title, d.billable FROM words w JOIN diagnoses d ON d.id = w.rowid WHERE words MATCH ? LIMIT ?"
_BY_CODE = "SELECT code, title, billable FROM diagnoses WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"


@dataclass(frozen=True)
class Diagnosis:
    """One code of ICD-10-CM; only a billable one is complete."""

    code: str
    title: str
    billable: bool


_open: dict[Path, dbapi2.Connection] = {}
_lock = threading.Lock()


def table_path() -> Path:
    """Where the search table of this release lies."""
    return cache() / f"icd10cm-{RELEASE}-{SHAPE}.db"


def build(path: Path | None = None) -> Path:
    """Make the search table unless it is there: beside its place, then renamed, so two may build at once."""
    path = path or table_path()
    if path.exists():
        return path
    making = path.with_name(f".{path.name}.{new_id()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _fill(making)
        making.replace(path)
    except (OSError, dbapi2.Error) as error:
        raise Trouble(
            "The table of diagnoses could not be made in {folder} ({why}).",
            remedy="Check the disk and the folder's permissions; codes can be typed meanwhile.",
            folder=str(path.parent),
            why=getattr(error, "strerror", None) or type(error).__name__,
        ) from error
    finally:
        with contextlib.suppress(OSError):
            making.unlink()
    return path


def _fill(path: Path) -> None:
    connection = dbapi2.connect(str(path), isolation_level=None)
    try:
        # Losing power while building costs a build, so nothing here waits for the disk.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.execute(
            "CREATE TABLE diagnoses (id INTEGER PRIMARY KEY, code TEXT, key TEXT, title TEXT, billable INT)"
        )
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(title, content='', detail=none, prefix='1 2 3 4',"
            " tokenize='unicode61 remove_diacritics 2')"
        )
        rows = sorted(_rows(), key=lambda row: (len(row[1]), row[0]))
        connection.executemany(
            "INSERT INTO diagnoses VALUES (?, ?, ?, ?, ?)",
            ((n, code, _key(code), title, billable) for n, (code, title, billable) in enumerate(rows, start=1)),
        )
        connection.executemany(
            "INSERT INTO words (rowid, title) VALUES (?, ?)", ((n, row[1]) for n, row in enumerate(rows, start=1))
        )
        connection.execute("CREATE INDEX diagnoses_key ON diagnoses (key)")
        connection.execute("COMMIT")
    finally:
        connection.close()
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _rows() -> Iterator[tuple[str, str, int]]:
    packed = resources() / "reference" / "icd10cm.csv.gz"
    with gzip.open(packed, "rb") as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["code"], row["title"], int(row["billable"])


def _key(code: str) -> str:
    return code.replace(".", "").lower()


def search_icd(text: str, limit: int = 30, *, path: Path | None = None) -> tuple[Diagnosis, ...]:
    """Find diagnoses by a code's beginning or by words' beginnings in any order; shortest titles first."""
    typed = text.strip().lower()
    words = fold(text).split()
    # Titles are in English: a word of another script stands in none, and might not be one word to the index.
    if limit < 1 or not words or not all(word.isascii() for word in words):
        return ()
    with _lock:
        connection = _connection(build(path))
        found: list[tuple[str, str, int]] = []
        if _CODE.match(typed):
            key = _key(typed)
            found = connection.execute(_BY_CODE, (key, key + "\x7f", limit)).fetchall()
        if not found:
            found = connection.execute(_FTS, (" ".join(f'"{word}"*' for word in words), limit)).fetchall()
    return tuple(Diagnosis(code, title, bool(billable)) for code, title, billable in found)


def diagnosis(code: str, *, path: Path | None = None) -> Diagnosis | None:
    """The diagnosis of a code, with or without its dot."""
    with _lock:
        row = (
            _connection(build(path))
            .execute("SELECT code, title, billable FROM diagnoses WHERE key = ?", (_key(code.strip()),))
            .fetchone()
        )
    return None if row is None else Diagnosis(row[0], row[1], bool(row[2]))


def _connection(path: Path) -> dbapi2.Connection:
    """The one connection of this process to a table; asked only under the lock."""
    connection = _open.get(path)
    if connection is None:
        connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only = 1")
        connection.execute("PRAGMA cache_size = -2048")
        _open[path] = connection
    return connection
