"""Looking into a copy of the database, which nobody else has open and nothing may change."""

import importlib.metadata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, StaticPool, create_engine, func, select, table
from sqlalchemy.exc import DatabaseError
from sqlcipher3 import dbapi2

from clinic_desktop.store.archive import Heads
from clinic_desktop.store.connection import unreadable

# Written out, not composed: no statement here is made from a name that came from outside.
_HEADS = {
    "journal": "SELECT workstation, n, hash FROM journal WHERE (workstation, n) IN"
    " (SELECT workstation, max(n) FROM journal GROUP BY workstation)",
    "access": "SELECT workstation, n, hash FROM access WHERE (workstation, n) IN"
    " (SELECT workstation, max(n) FROM access GROUP BY workstation)",
}


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[Connection]:
    """Open a copy to read only, leaving no file beside it. Raises Trouble when it cannot be read."""

    def connect() -> dbapi2.Connection:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        connection = dbapi2.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.set_key(f"x'{key.hex()}'")
        # The sorting that a full check does must not spill clear pages to the disk.
        connection.execute("PRAGMA temp_store = 2")
        return connection

    engine = create_engine("sqlite://", module=dbapi2, creator=connect, poolclass=StaticPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    except DatabaseError as error:
        raise unreadable(path, error.orig or error) from None
    finally:
        engine.dispose()


def heads(connection: Connection, chain: str) -> Heads:
    """Where each workstation's chain ends: its number and hash."""
    return {row[0]: (row[1], bytes(row[2]).hex()) for row in connection.exec_driver_sql(_HEADS[chain])}


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table holds."""
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_fts_%' AND name NOT LIKE '%_trigram_%'"
    ).scalars()
    return {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())
        for name in sorted(names)
    }


def schema(connection: Connection) -> str:
    """The version of the tables."""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def versions(connection: Connection) -> dict[str, str]:
    """What wrote the copy: for whoever must open it in ten years."""
    try:
        program = importlib.metadata.version("clinic-desktop")
    except importlib.metadata.PackageNotFoundError:
        program = "source"
    cipher = connection.exec_driver_sql("PRAGMA cipher_version").scalar_one()
    return {"clinic-desktop": program, "sqlcipher": str(cipher), "sqlite": dbapi2.sqlite_version}
