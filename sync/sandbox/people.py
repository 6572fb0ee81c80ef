"""Other people at work in a system: edits, deletes, merges and new patients that no client of ours asked for."""

from typing import Any

from sync.sandbox.log import OTHERS, Effect
from sync.sandbox.system import System
from sync.sandbox.wire import Record
from sync.sandbox.world import instant

STAMPS = ("updated_at", "updated")


class People:
    """Someone at the desk of the remote clinic."""

    def __init__(self, system: System) -> None:
        self._system = system

    def add(self, table: str, record: Record, ident: str = "") -> str:
        """A new record, as given; returns its id."""
        ident = ident or str(record.get("id") or self._system.uuid())
        made = self._write("create", table, ident, {"id": ident, **record})
        self._system.changed(table, {}, made, self._system.world.now())
        return ident

    def add_first(self, table: str, record: Record, ident: str) -> None:
        """A new record that lists show before all others."""
        self._system.tables[table].put_first(ident, record)
        self._note("create", table, ident, None, record)

    def edit(self, table: str, ident: str, **changes: Any) -> Record:
        """Change some fields of a record; the stamp it carries follows."""
        before = self._system.tables[table].rows[ident]
        stamp = {name: self._stamp() for name in STAMPS if name in before}
        after = self._write("update", table, ident, {**before, **stamp, **changes})
        self._system.changed(table, before, after, self._system.world.now())
        return after

    def remove(self, table: str, ident: str) -> None:
        """Take a record away."""
        before = self._system.tables[table].drop(ident)
        self._note("delete", table, ident, before, None)

    def merge(self, keep: str, other: str, table: str = "patients") -> None:
        """Make two patients one: what belonged to the other belongs to the kept, and the other is gone."""
        for name, rows in self._system.tables.items():
            for column in ("patient_id", "patientId"):
                for ident, row in list(rows.rows.items()):
                    if row.get(column) == other:
                        self._write("merge", name, ident, {**row, column: keep})
        self.remove(table, other)

    def _stamp(self) -> str:
        return instant(self._system.world.now())

    def _write(self, act: str, table: str, ident: str, record: Record) -> Record:
        rows = self._system.tables[table]
        before = rows.rows.get(ident)
        rows.put(ident, record)
        self._note(act, table, ident, before, record)
        return record

    def _note(self, act: str, table: str, ident: str, before: Record | None, after: Record | None) -> None:
        now = self._system.world.now()
        self._system.log.effects.append(Effect(now, act, table, ident, OTHERS, before=before, after=after))
