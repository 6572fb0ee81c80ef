"""Every connection is keyed, set and guarded alike, and the key is never where somebody could read it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.store import connection as connecting
from clinic_desktop.store import guards
from clinic_desktop.store.connection import SHARED_PRAGMAS, WRITER_PRAGMAS, connect, gate
from clinic_desktop.store.engine import Store
from tests.conftest import KEY

DENIED = (
    "ATTACH ':memory:' AS other",
    "ATTACH 'other.db' AS other KEY ''",
    "PRAGMA key = 'x'",
    "PRAGMA rekey = 'x'",
    "PRAGMA temp_store = FILE",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = OFF",
    "PRAGMA writable_schema = 1",
    "PRAGMA query_only = 0",
    "PRAGMA foreign_keys = 0",
    "PRAGMA trusted_schema = 1",
    "PRAGMA secure_delete = 0",
    "PRAGMA cipher_log = 'log'",
    "PRAGMA cipher_plaintext_header_size = 32",
    "SELECT load_extension('x')",
    "SELECT sqlcipher_export('main')",
    "DROP TRIGGER no_delete_journal",
    "DROP TABLE journal",
    "ALTER TABLE journal RENAME TO past",
    "CREATE TRIGGER mine AFTER INSERT ON journal BEGIN SELECT 1; END",
    "CREATE TEMP TABLE copy AS SELECT * FROM patients",
    "VACUUM INTO 'copy.db'",
    *(f"UPDATE {name} SET rowid = rowid" for name in connecting.APPEND_ONLY),
    *(f"DELETE FROM {name}" for name in connecting.APPEND_ONLY),
)


def every_connection(store: Store) -> Iterator[tuple[str, dbapi2.Connection]]:
    """All of the pool of readers at once, the writer, and the watch."""
    with ExitStack() as open_:
        for number in range(3):
            pooled = open_.enter_context(store._readers.connect())
            yield f"reader {number}", pooled.connection.driver_connection  # type: ignore[misc]
        pooled = open_.enter_context(store._writer.connect())
        yield "writer", pooled.connection.driver_connection  # type: ignore[misc]
        watch = store.watch()
        open_.callback(watch.close)
        yield "watch", watch._connection


def test_every_connection_has_every_setting(store: Store) -> None:
    seen = []
    for name, connection in every_connection(store):
        found = {pragma: str(connection.execute(f"PRAGMA {pragma}").fetchone()[0]) for pragma in SHARED_PRAGMAS}
        assert found == {pragma: str(value) for pragma, value in SHARED_PRAGMAS.items()}, name
        seen.append(name)
    assert seen == ["reader 0", "reader 1", "reader 2", "writer", "watch"]


@pytest.mark.parametrize("statement", DENIED)
def test_no_connection_does_what_would_weaken_it(store: Store, statement: str) -> None:
    for name, connection in every_connection(store):
        with pytest.raises(dbapi2.DatabaseError) as refused:
            connection.execute(statement)
        assert "authoriz" in str(refused.value) or "prohibited" in str(refused.value), (name, statement)
    with store.read() as after:
        assert guards.missing(after) == []


def test_without_the_guard_the_same_statements_would_run(store: Store) -> None:
    """The other way round: it is the guard that refuses, not a slip in the statement."""
    connection = connect(store.path, KEY, WRITER_PRAGMAS, guard=False)
    for statement in ("ATTACH ':memory:' AS other", "PRAGMA temp_store = FILE", "DROP TRIGGER no_delete_journal"):
        connection.execute(statement)
    connection.close()


def test_a_reader_and_the_watch_never_write(store: Store) -> None:
    for name, connection in every_connection(store):
        if name != "writer":
            with pytest.raises(dbapi2.OperationalError, match="readonly"):
                connection.execute("INSERT INTO numbers (kind, last) VALUES ('X', 1)")


def test_a_setting_that_does_not_hold_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connecting.SHARED_PRAGMAS, "no_such_setting", 1)
    with pytest.raises(Trouble, match="no_such_setting"):
        connect(store.path, KEY, WRITER_PRAGMAS)


def test_an_old_sqlite_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(Trouble, match="can damage"):
        gate(store.path)


def test_the_key_is_in_no_statement_no_argument_and_no_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced: list[str] = []
    real = dbapi2.connect

    def tracing(*arguments: object, **options: object) -> dbapi2.Connection:
        connection = real(*arguments, **options)  # type: ignore[arg-type]
        connection.set_trace_callback(traced.append)
        return connection

    monkeypatch.setattr(dbapi2, "connect", tracing)
    connection = connect(tmp_path / "clinic.db", KEY, WRITER_PRAGMAS, create=True)
    connection.close()
    assert len(traced) > 10
    assert KEY.hex() not in "".join(traced).lower()
    for name in ("cmdline", "environ"):
        held = Path("/proc/self", name).read_bytes() if sys.platform == "linux" else b""
        assert KEY not in held
        assert KEY.hex().encode() not in held.lower()
    assert KEY.hex() not in " ".join(os.environ.values()).lower()


def test_the_files_are_their_owners_alone_whatever_the_mask(tmp_path: Path) -> None:
    """Also where the mask lets everybody read, and for a database that everybody could read before."""
    script = (
        "import os, sys; from pathlib import Path; os.umask(0)\n"
        "from clinic_desktop.clock import SystemClock; from clinic_desktop import settings\n"
        "from clinic_desktop.store import schema; from clinic_desktop.store.engine import Store\n"
        "from clinic_desktop.store.anchor import Anchor\n"
        "folder, key = Path(sys.argv[1]), bytes(32)\n"
        "schema.create(folder / 'clinic.db', key); settings.save(folder, settings.Settings())\n"
        "(folder / 'clinic.db').chmod(0o644) if len(sys.argv) > 2 else None\n"
        "store = Store(folder / 'clinic.db', key, clock=SystemClock(), workstation='A7',"
        " anchor=Anchor(folder / 'anchor', key, 'window'))\n"
        "with store.write(act='a', session=None) as unit: unit.accessed('x')\n"
        "print(sorted((p.name, oct(p.stat().st_mode & 0o777)) for p in folder.iterdir()))\n"
        "store.close()\n"
    )
    for name, more in (("fresh", []), ("lax", ["lax"])):
        folder = tmp_path / name
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder), *more], capture_output=True, text=True, check=True
        )
        wanted = ["anchor", "clinic.db", "clinic.db-shm", "clinic.db-wal", "settings"]
        assert done.stdout.strip() == str([(each, "0o600") for each in wanted])
