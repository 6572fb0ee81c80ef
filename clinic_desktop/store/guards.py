"""Triggers that refuse to rewrite the past; every migration makes them again and counts them.

Alembic's batch mode rebuilds a table and drops its triggers without a word (libraries.md, trap 2), so they are never
left to a migration: `renew` is its last step.
"""

from sqlalchemy import Connection

from clinic_desktop.store import document_search, search
from clinic_desktop.store.connection import APPEND_ONLY
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.journal import acts

# Rows that are not records of the clinic: drafts are thrown away by design, the search rows are made again from
# patients and documents, numbers count, and reference data is replaced as a whole by the next version of its pack.
ERASABLE = ("drafts", "numbers", "patient_search", "document_search")


def triggers() -> dict[str, str]:
    """Every trigger by name, with the statement that makes it: the guards, and those that keep the search in step."""
    made: dict[str, str] = {}
    for name in APPEND_ONLY:
        made[f"no_update_{name}"] = (
            f"CREATE TRIGGER no_update_{name} BEFORE UPDATE ON {name} "
            "BEGIN SELECT RAISE(ABORT, 'this table is only added to'); END"
        )
    for name, table in metadata.tables.items():
        if name in ERASABLE or name.startswith("reference_"):
            continue
        if name in APPEND_ONLY or "revision" in table.c or table is acts:
            made[f"no_delete_{name}"] = (
                f"CREATE TRIGGER no_delete_{name} BEFORE DELETE ON {name} "
                "BEGIN SELECT RAISE(ABORT, 'nothing is erased here'); END"
            )
    for statement in (*search.DDL, *document_search.DDL):
        if statement.startswith("CREATE TRIGGER"):
            made[statement.split(maxsplit=3)[2]] = statement
    return made


def renew(connection: Connection) -> None:
    """Drop and make every guard, then count them."""
    wanted = triggers()
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for name in found:
        if name.startswith(("no_update_", "no_delete_")) or name in wanted:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for statement in wanted.values():
        connection.exec_driver_sql(statement)
    if missing(connection):
        raise RuntimeError("guards are missing after they were made")


def missing(connection: Connection) -> list[str]:
    """The guards that are not in the database, or not as they were made; none on a sound one."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    found = {row[0]: row[1] for row in rows}
    return [name for name, statement in triggers().items() if found.get(name) != statement]
