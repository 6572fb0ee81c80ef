"""One metadata for every table, and the columns that every record has."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, Text
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text(name: str, *, null: bool = False, unique: bool = False, default: str | None = None) -> Column[str]:
    """Make a text column, required unless said otherwise."""
    return Column(name, Text, nullable=null, unique=unique or None, server_default=default)


def number(name: str, *, null: bool = False, default: int | None = None) -> Column[int]:
    """Make an integer column: counts, minor units of money, 0/1."""
    return Column(name, Integer, nullable=null, server_default=None if default is None else str(default))


def link(name: str, target: str, *, null: bool = False) -> Column[str]:
    """Make a reference to another record."""
    return Column(name, Text, ForeignKey(f"{target}.id"), nullable=null)


def one_of(column: str, *values: str) -> CheckConstraint:
    """Allow only these values in a column."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def record(name: str, *parts: SchemaItem) -> Table:
    """Make the table of a journaled record: an id, a revision that each change raises, and its own columns."""
    return Table(
        name,
        metadata,
        Column("rowid_", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        Column("revision", Integer, nullable=False, server_default="1"),
        *parts,
    )


def index(name: str, *columns: str) -> Index:
    """Make an index over columns of the table it is put in."""
    return Index(name, *columns)
