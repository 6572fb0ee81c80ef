"""Reading and writing sync's rows on the connection that is handed in; each statement is composed once."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select
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


def dumps(value: object) -> str:
    """JSON in one spelling."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _text(statement: ClauseElement, **how: Any) -> str:
    return str(statement.compile(dialect=_DIALECT, **how))


@lru_cache(maxsize=64)
def _names(row: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(row))


@lru_cache(maxsize=64)
def _shape(row: type) -> tuple[Any, tuple[int, ...]]:
    """The getter of a row's values, and which of them are JSON."""
    names = _names(row)
    return attrgetter(*names), tuple(names.index(name) for name in JSON_COLUMNS[row])


@lru_cache(maxsize=64)
def _putting(row: type) -> str:
    return _text(insert(TABLES[row]).prefix_with("OR REPLACE"), column_keys=list(_names(row)))


@lru_cache(maxsize=256)
def _finding(row: type, equal: tuple[str, ...], order: tuple[str, ...], *, limited: bool) -> str:
    table = TABLES[row]
    statement = select(*(table.c[name] for name in _names(row))).where(
        *(table.c[name] == bindparam(name) for name in equal)
    )
    if order:
        statement = statement.order_by(*(table.c[name] for name in order))
    if limited:
        statement = statement.limit(bindparam("limit_"))
        return _text(statement).replace("LIMIT ? OFFSET ?", "LIMIT ?")
    return _text(statement)


@lru_cache(maxsize=64)
def _removing(row: type, equal: tuple[str, ...]) -> str:
    table = TABLES[row]
    return _text(delete(table).where(*(table.c[name] == bindparam(name) for name in equal)))


@lru_cache(maxsize=64)
def _counting(row: type, equal: tuple[str, ...]) -> str:
    table = TABLES[row]
    return _text(
        select(func.count()).select_from(table).where(*(table.c[name] == bindparam(name) for name in equal))
    )


class Rows:
    """Sync's rows in one transaction."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        driver = unit.conn.connection.driver_connection
        if driver is None:
            raise RuntimeError("the transaction has ended")
        self._run: Any = driver.execute
        self._run_many: Any = driver.executemany

    def run(self, statement: str, values: Sequence[object] = ()) -> Any:
        """Run a statement of `queries`."""
        return self._run(statement, values)

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone by itself where it fails; the rest goes on."""
        self._run("SAVEPOINT part")
        try:
            yield
        except Exception:
            self._run("ROLLBACK TO part")
            raise
        finally:
            self._run("RELEASE part")

    def get(self, row: type[R], *key: object) -> R | None:
        """The row of a key."""
        found = self._run(_finding(row, _names(row)[: len(key)], (), limited=False), key).fetchone()
        return None if found is None else made(row, found)

    def find(self, row: type[R], order: tuple[str, ...] = (), limit: int | None = None, **equal: object) -> list[R]:
        """The rows whose columns equal what is given."""
        values = (*equal.values(),) if limit is None else (*equal.values(), limit)
        found = self._run(_finding(row, tuple(equal), order, limited=limit is not None), values)
        return [made(row, one) for one in found]

    def count(self, row: type, **equal: object) -> int:
        """How many rows there are."""
        return int(self._run(_counting(row, tuple(equal)), (*equal.values(),)).fetchone()[0])

    def put(self, one: object) -> None:
        """Write a row, in place of the one with its key."""
        self._run(_putting(type(one)), values_of(one))

    def put_all(self, many: Sequence[object]) -> None:
        """Write rows of one table."""
        if many:
            self._run_many(_putting(type(many[0])), [values_of(one) for one in many])

    def remove(self, row: type, **equal: object) -> None:
        """Remove rows: places of limits that have passed, looks that are done. Nothing else is ever removed."""
        self._run(_removing(row, tuple(equal)), (*equal.values(),))

    def among(self, row: type[R], column: str, values: Iterable[str], **equal: object) -> list[R]:
        """The rows whose column is one of many values, in as few questions as the database takes."""
        wanted = list(values)
        found: list[R] = []
        table = TABLES[row]
        names = ", ".join(_names(row))
        known = "".join(f" AND {name} = ?" for name in equal)
        for start in range(0, len(wanted), BATCH):
            part = wanted[start : start + BATCH]
            marks = ", ".join("?" * len(part))
            statement = f"SELECT {names} FROM {table.name} WHERE {column} IN ({marks}){known}"  # noqa: S608 - names of our columns
            found += [made(row, one) for one in self._run(statement, (*part, *equal.values()))]
        return found


@lru_cache(maxsize=64)
def names_of(row: type) -> str:
    """The columns of a row, in its order."""
    return ", ".join(_names(row))


def made(row: type[R], values: Sequence[Any]) -> R:
    """A row from what the database gives."""
    _, json_at = _shape(row)
    if json_at:
        values = list(values)
        for place in json_at:
            values[place] = json.loads(values[place]) if values[place] != "{}" else {}
    return row(*values)


def values_of(one: object) -> list[Any]:
    """What the database takes."""
    get, json_at = _shape(type(one))
    values = list(get(one))
    for place in json_at:
        values[place] = dumps(values[place]) if values[place] else "{}"
    return values
