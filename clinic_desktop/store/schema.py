"""Making the database, and bringing an older one up to date."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, StaticPool, create_engine, func, select, table
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.store import guards
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect, gate, in_words, unreadable

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def create(path: Path, key: bytes) -> None:
    """Make an empty encrypted database at the newest version."""
    gate(path)
    if path.exists():
        raise Trouble("There is a database already at {name}.", remedy="Choose another folder.", name=path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    _migrate(path, key, create=True)


def version(connection: Connection) -> str:
    """The version of the tables."""
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").one_or_none()
    return "" if row is None else str(row[0])


def bring_up_to_date(path: Path, key: bytes, backup: Callable[[], None]) -> bool:
    """Migrate an older database, after `backup` has made a verified copy; True when something was done."""
    if _version_of(path, key) == HEAD:
        return False
    backup()
    _migrate(path, key, create=False)
    return True


def require_newest(path: Path, key: bytes) -> None:
    """Refuse a database that has to be brought up to date first. Raises Trouble."""
    if _version_of(path, key) != HEAD:
        raise Trouble(
            "The database was written by an older version of Clinic Desktop.",
            remedy="Sign in once at the window: it is backed up and brought up to date.",
        )


def _version_of(path: Path, key: bytes) -> str:
    """The version of the tables, never a newer one than this program's. Raises Trouble."""
    gate(path)
    connection = connect(path, key, WRITER_PRAGMAS)
    try:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except dbapi2.DatabaseError as error:
        if "no such table" not in str(error):
            raise unreadable(path, error) from None
        found = None
    finally:
        connection.close()
    if found is None:
        raise Trouble(
            "This is not a database of Clinic Desktop.",
            remedy="Restore a verified backup: clinic-desktop backup restore FILE.",
        )
    if found[0] > HEAD:
        raise Trouble(
            "The database was written by a newer version of Clinic Desktop ({found}).",
            remedy="Install that version; nothing was changed.",
            found=found[0],
        )
    return str(found[0])


def _migrate(path: Path, key: bytes, *, create: bool) -> None:
    # Alembic costs 0.1 s to import and is needed on the first day and at an upgrade only.
    from alembic import command
    from alembic.config import Config

    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: connect(path, key, WRITER_PRAGMAS, create=create, guard=False),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.connect() as connection:
            # Foreign keys must be off before BEGIN: a rebuilt parent table would empty its children.
            connection.exec_driver_sql("PRAGMA foreign_keys = 0")
            connection.commit()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            before = _counts(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            guards.renew(connection)
            lost = {name: n for name, n in before.items() if _counts(connection).get(name, 0) < n}
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if lost or broken:
                connection.rollback()
                raise RuntimeError(f"the migration lost rows: {sorted(lost)}, broke {len(broken)} references")
            connection.commit()
    except DBAPIError as error:
        raise in_words(path, error.orig) or error from error
    finally:
        engine.dispose()


def _counts(connection: Connection) -> dict[str, int]:
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_fts_%' AND name NOT LIKE '%_trigram_%'"
    ).scalars()
    return {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())
        for name in names.all()
    }
