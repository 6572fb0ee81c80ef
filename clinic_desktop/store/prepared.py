"""Statements that are written once and handed to the driver as they are: for what is asked again and again.

Writing a statement anew for every row, and a result for every few columns, takes longer than the database does.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, Text, bindparam, column, func, select
from sqlalchemy.dialects import sqlite

_DIALECT = sqlite.dialect(paramstyle="qmark")


class Prepared:
    """A selection that is composed when it is first asked; its open parameters are given by their names."""

    def __init__(self, compose: Callable[[], Select[Any] | CompoundSelect[Any]]) -> None:
        self._compose = compose
        self._text = ""
        self._names: tuple[str, ...] = ()
        # The value of each parameter, or the name of an open one, in the order of the text.
        self._values: list[tuple[bool, Any]] = []

    def rows(self, connection: Connection, **given: object) -> list[dict[str, Any]]:
        """The rows by their columns' names."""
        found = self.tuples(connection, **given)
        names = self._names
        return [dict(zip(names, row, strict=True)) for row in found]

    def tuples(self, connection: Connection, **given: object) -> list[tuple[Any, ...]]:
        """The rows as the driver gives them, in the order of the columns."""
        if not self._text:
            self._write()
        values = [given[what] if is_open else what for is_open, what in self._values]
        found: list[tuple[Any, ...]] = run(connection, self._text, values).fetchall()
        return found

    def _write(self) -> None:
        statement = self._compose()
        compiled: Any = statement.compile(dialect=_DIALECT)
        for name in compiled.positiontup or ():
            bind = compiled.binds[name]
            self._values.append((True, bind.key) if bind.required else (False, bind.effective_value))
        self._names = tuple(statement.selected_columns.keys())
        self._text = str(compiled)


def run(connection: Connection, statement: str, values: Iterable[object] = ()) -> Any:
    """Run a statement past SQLAlchemy, in its transaction; the driver's cursor."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has ended")
    return driver.execute(statement, tuple(values))


def among(name: str) -> Select[tuple[str]]:
    """Ids that are given as one parameter (`as_list`), as a selection: however many there are."""
    return select(func.json_each(bindparam(name)).table_valued(column("value", Text)).c.value)


def as_list(ids: Iterable[str]) -> str:
    """Ids for `among`."""
    return json.dumps(list(ids))
