"""The migrations make what the tables say, and nothing else."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from clinic_desktop.store import document_search, guards, search
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables import metadata
from sync.engine.store.tables import metadata as sync_metadata


def test_a_migrated_database_is_what_the_tables_say(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _ours})
        assert compare_metadata(context, metadata) == []
        assert guards.missing(connection) == []
        assert _made(connection) >= {"patient_fts", "patient_trigram"}


def test_the_tables_of_sync_are_what_sync_says(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or _of_sync(name)},
        )
        assert compare_metadata(context, sync_metadata) == []
        assert {name for name in _made(connection) if _of_sync(name)} == set(sync_metadata.tables)


def _of_sync(name: str | None) -> bool:
    return (name or "").startswith("sync_")


def test_the_search_indexes_are_made_as_the_search_expects(store: Store) -> None:
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'").scalars()
        assert set(rows) == {one for one in (*search.DDL, *document_search.DDL) if one.startswith("CREATE VIRTUAL")}


def _made(connection: Connection) -> set[str]:
    return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the shadow tables of FTS5 and Alembic's own."""
    return kind != "table" or (name or "") in metadata.tables
