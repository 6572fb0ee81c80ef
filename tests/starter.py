"""The starter pack for tests: read and checked once in a process, in a clinic of its own, and copied into each after.

The journal of a clinic that it is copied into says nothing of it.
"""

import functools
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select

from clinic_desktop.clock import SystemClock, new_id
from clinic_desktop.services.reference import load_starter_pack
from clinic_desktop.store import schema
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.unit import Transaction

KEY = bytes(range(32))
_JOURNAL = "journal"


def load_pack(unit: Transaction) -> None:
    """Bring what `load_starter_pack` brings into a new clinic."""
    for table, rows in _rows():
        unit.conn.execute(insert(table), rows)


@functools.cache
def _rows() -> list[tuple[Table, list[dict[str, Any]]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clinic.db"
        schema.create(path, KEY)
        store = Store(path, KEY, clock=SystemClock(), workstation="A7")
        try:
            before = _all(store)
            with store.write(act=new_id(), session=None) as unit:
                load_starter_pack(unit)
            return [
                (table, rows)
                for table, rows in _all(store)
                if table.name != _JOURNAL and (table, rows) not in before and rows
            ]
        finally:
            store.close()


def _all(store: Store) -> list[tuple[Table, list[dict[str, Any]]]]:
    with store.read() as connection:
        tables = metadata.sorted_tables
        return [(one, [dict(row) for row in connection.execute(select(one)).mappings()]) for one in tables]
