"""Reading and writing sync's rows on the connection that is handed in; each statement is composed once."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement

from sync.engine.store.tables import JSON_COLUMNS, TABLES

R = TypeVar("R")
_DIALECT = sqlite.dialect(paramstyle="qmark")
BATCH = 500


class Unit(Protocol):
    """A transaction of the clinic's database; what the chart does in it commits with sync's rows, or not at all."""

    @property
    def conn(self) -> Connection:
        """The connection of the transaction."""
        ...


class Disk(Protocol):
    """The clinic's database: `write` is durable when its block has ended; neither is held while a request is out."""

    def write(self) -> AbstractContextManager[Unit]:
        """All of it or none of it."""
        ...

    def read(self) -> AbstractContextManager[Unit]:
        """One consistent state."""
        ...


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False).encode
# The text is our own: there is nothing before it and nothing after it.
_decode = json.JSONDecoder().raw_decode


def dumps(value: object) -> str:
    """JSON in one spelling."""
    return _encode(value)


def _text(statement: ClauseElement, **how: Any) -> str:
    return str(statement.compile(dialect=_DIALECT, **how))


class Shape:
    """How a class of rows is read and written; each statement is composed once."""

    def __init__(self, row: type) -> None:
        self.row, self.table = row, TABLES[row]
        self.names = tuple(one.name for one in fields(row))
        self.columns = ", ".join(self.names)
        self.get = attrgetter(*self.names)
        self.json_at = tuple(self.names.index(name) for name in JSON_COLUMNS[row])
        self.put = _text(insert(self.table).prefix_with("OR REPLACE"), column_keys=list(self.names))
        self._found: dict[tuple[tuple[str, ...], tuple[str, ...], bool], str] = {}
        self._counted: dict[tuple[str, ...], str] = {}
        self._removed: dict[tuple[str, ...], str] = {}
        # Of a table that stands in its key SQLite, which has no statistics of ours, takes the beginning of the key to
        # be as good as a whole index: it went through every link of a clinic to find one (measured: 16 of 24 seconds).
        narrow = not self.table.dialect_options["sqlite"]["with_rowid"]
        indexed = {column.name for index in self.table.indexes for column in index.columns} if narrow else set()
        self._rare = indexed - {column.name for column in self.table.primary_key}
        # By how many columns of the key are given.
        self.getting = [self.finding(self.names[:n], (), limited=False) for n in range(len(self.table.primary_key) + 1)]

    def made(self, values: Sequence[Any]) -> Any:
        """A row from what the database gives."""
        if self.json_at:
            values = list(values)
            for place in self.json_at:
                values[place] = _decode(values[place])[0] if values[place] != "{}" else {}
        return self.row(*values)

    def values(self, one: object) -> Sequence[Any]:
        """What the database takes of a row."""
        values: tuple[Any, ...] = self.get(one)
        if not self.json_at:
            return values
        texts = list(values)
        for place in self.json_at:
            texts[place] = dumps(texts[place]) if texts[place] else "{}"
        return texts

    def finding(self, equal: tuple[str, ...], order: tuple[str, ...], *, limited: bool) -> str:
        """The statement that finds rows."""
        key = (equal, order, limited)
        if key not in self._found:
            statement = select(*(self.table.c[name] for name in self.names)).where(*self._are(equal))
            if order:
                statement = statement.order_by(*(self.table.c[name] for name in order))
            text = _text(statement.limit(bindparam("limit_")) if limited else statement)
            self._found[key] = text.replace("LIMIT ? OFFSET ?", "LIMIT ?")
        return self._found[key]

    def counting(self, equal: tuple[str, ...]) -> str:
        """The statement that counts rows."""
        if equal not in self._counted:
            counted = select(func.count()).select_from(self.table).where(*self._are(equal))
            self._counted[equal] = _text(counted)
        return self._counted[equal]

    def removing(self, equal: tuple[str, ...]) -> str:
        """The statement that removes rows."""
        if equal not in self._removed:
            self._removed[equal] = _text(delete(self.table).where(*self._are(equal)))
        return self._removed[equal]

    def _are(self, equal: tuple[str, ...]) -> list[ColumnElement[bool]]:
        return [self._is(self.table.c[name] == bindparam(name), rare=name in self._rare) for name in equal]

    @staticmethod
    def _is(term: ColumnElement[bool], *, rare: bool) -> ColumnElement[bool]:
        return func.unlikely(term) if rare else term


_SHAPES: dict[object, Shape] = {}


def shape_of(row: type) -> Shape:
    """The shape of a class of rows."""
    found = _SHAPES.get(row)
    if found is None:
        found = _SHAPES[row] = Shape(row)
    return found


class Rows:
    """Sync's rows in one transaction."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        # Records (kind, id here) on which both sides agree, by the entry of the chart's journal up to which they do.
        self.agreed: dict[tuple[str, str], int] = {}
        # Where the log of each system ends: its number and hash.
        self.ends: dict[str, tuple[int, bytes]] = {}
        driver = unit.conn.connection.driver_connection
        if driver is None:
            raise RuntimeError("the transaction has ended")
        self._run: Any = driver.execute
        self._run_many: Any = driver.executemany

    def run(self, statement: str, values: Sequence[object] = ()) -> Any:
        """Run a statement of `queries`."""
        return self._run(statement, values)

    def run_many(self, statement: str, values: Sequence[Sequence[object]]) -> None:
        """Run a statement of `queries` for many rows."""
        if values:
            self._run_many(statement, values)

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone by itself where it fails; the rest goes on."""
        self._run("SAVEPOINT part")
        agreed, ends = dict(self.agreed), dict(self.ends)
        try:
            yield
        except Exception:
            self._run("ROLLBACK TO part")
            self.agreed, self.ends = agreed, ends
            raise
        finally:
            self._run("RELEASE part")

    def get(self, row: type[R], *key: object) -> R | None:
        """The row of a key."""
        shape = shape_of(row)
        found = self._run(shape.getting[len(key)], key).fetchone()
        return None if found is None else shape.made(found)

    def find(self, row: type[R], order: tuple[str, ...] = (), limit: int | None = None, **equal: object) -> list[R]:
        """The rows whose columns equal what is given."""
        values = (*equal.values(),) if limit is None else (*equal.values(), limit)
        shape = shape_of(row)
        found = self._run(shape.finding(tuple(equal), order, limited=limit is not None), values)
        return [*map(shape.made, found)]

    def count(self, row: type, **equal: object) -> int:
        """How many rows there are."""
        return int(self._run(shape_of(row).counting(tuple(equal)), (*equal.values(),)).fetchone()[0])

    def put(self, one: object) -> None:
        """Write a row, in place of the one with its key."""
        shape = shape_of(type(one))
        self._run(shape.put, shape.values(one))

    def put_all(self, many: Sequence[object]) -> None:
        """Write rows of one table."""
        if many:
            shape = shape_of(type(many[0]))
            self._run_many(shape.put, [*map(shape.values, many)])

    def remove(self, row: type, **equal: object) -> None:
        """Remove rows: places of limits that have passed, looks that are done. Nothing else is ever removed."""
        self._run(shape_of(row).removing(tuple(equal)), (*equal.values(),))

    def among(self, row: type[R], column: str, values: Iterable[str], **equal: object) -> list[R]:
        """The rows whose column is one of many values, in as few questions as the database takes."""
        wanted = list(values)
        found: list[R] = []
        shape = shape_of(row)
        known = "".join(f" AND {name} = ?" for name in equal)
        for start in range(0, len(wanted), BATCH):
            part = wanted[start : start + BATCH]
            marks = ", ".join("?" * len(part))
            statement = f"SELECT {shape.columns} FROM {shape.table.name} WHERE {column} IN ({marks}){known}"  # noqa: S608 - names of our columns
            found += [made(row, one) for one in self._run(statement, (*part, *equal.values()))]
        return found


def names_of(row: type) -> str:
    """The columns of a row, in its order."""
    return shape_of(row).columns


def made(row: type[R], values: Sequence[Any]) -> R:
    """A row from what the database gives."""
    one: R = shape_of(row).made(values)
    return one
