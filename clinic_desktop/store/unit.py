"""One transaction: the only path by which a row changes, and the entry that says so in the same commit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, insert, select, update
from sqlalchemy.dialects import sqlite

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.store import chain
from clinic_desktop.store.subkeys import subkey

LOGICAL_BITS = 16
_DIALECT = sqlite.dialect(paramstyle="qmark")


@dataclass(frozen=True)
class Head:
    """The last link of one chain of this workstation."""

    n: int = 0
    hash: bytes = chain.START
    hlc: int = 0


@dataclass(frozen=True)
class Heads:
    """Where both chains of this workstation end."""

    journal: Head
    access: Head


class Chains:
    """The chain keys and the workstation whose chains are written."""

    def __init__(self, key: bytes, workstation: str) -> None:
        self.workstation = workstation
        self.content_key = subkey(key, "journal content")


# Written by SQLAlchemy once for each table and then handed to the driver as they are: writing them anew for every row
# took longer than the row (measured: a third of a save).
@lru_cache(maxsize=256)
def _insertion(table: Table) -> tuple[str, dict[str, object]]:
    """The statement that inserts a record, and what its columns hold when nothing is said, in its order."""
    columns = {column.name: _default(column) for column in table.columns if column.name != "rowid_"}
    return str(insert(table).compile(dialect=_DIALECT, column_keys=list(columns))), columns


@lru_cache(maxsize=256)
def _reading(table: Table) -> str:
    return str(select(table).where(table.c.id == bindparam("record")).compile(dialect=_DIALECT))


@lru_cache(maxsize=1024)
def _changing(table: Table, names: tuple[str, ...]) -> str:
    """The statement that changes some columns of a record; it takes them in the table's order, then the id."""
    return str(
        update(table).where(table.c.id == bindparam("record")).compile(dialect=_DIALECT, column_keys=list(names))
    )


class Transaction:
    """What a command may do to rows; every change is journaled, none can be left out."""

    def __init__(self, connection: Connection, chains: Chains, *, act: str, session: str | None, now: datetime) -> None:
        self.conn = connection
        self.act = act
        self.session = session
        self.now = now
        self._chains = chains
        self._journal: Head | None = None
        self._access: Head | None = None

    def run(self, statement: str, values: tuple[object, ...]) -> Any:
        """Run a statement of the store's own, past SQLAlchemy, and give the driver's cursor."""
        driver = self.conn.connection.driver_connection
        if driver is None:
            raise RuntimeError("the transaction has ended")
        return driver.execute(statement, values)

    @property
    def heads(self) -> Heads | None:
        """Both heads after this transaction, or None when it wrote no link."""
        if self._journal is None and self._access is None:
            return None
        return Heads(self._journal or self._head("journal"), self._access or self._head("access"))

    def create(
        self,
        table: Table,
        values: Mapping[str, object],
        *,
        kind: str,
        patient: str | None = None,
        reason: str | None = None,
    ) -> str:
        """Insert a record and journal it; returns its id. The row is the value, so the entry carries no patch."""
        statement, columns = _insertion(table)
        unknown = values.keys() - columns.keys()
        if unknown:
            raise ValueError(f"{table.name} has no {', '.join(sorted(unknown))}")
        row = {**columns, **values, "revision": 1}
        require_text(values)
        row["id"] = row["id"] or new_id()
        self.run(statement, tuple(row.values()))
        record = str(row["id"])
        owner = patient or (record if table.name == "patients" else row.get("patient_id"))
        content: dict[str, object] = {"row": chain.created_content(row)}
        self._enter(kind, record, 1, owner, reason, None, content)
        return record

    def change(
        self,
        table: Table,
        record: str,
        changes: Mapping[str, object],
        *,
        kind: str,
        reason: str | None = None,
        expect: int | None = None,
        touched: bool = False,
    ) -> int:
        """Change fields of a record and journal the patch; returns the new revision.

        `expect` is the revision the person was looking at: anything else is refused, never overwritten in silence.
        `touched` counts it as changed where no field of its own did, but a record that belongs to it.
        """
        found = self.run(_reading(table), (record,)).fetchone()
        if found is None:
            raise Refusal(N_("This record is not here any more."), record=record)
        row = dict(zip(table.columns.keys(), found, strict=True))
        if expect is not None and row["revision"] != expect:
            raise Refusal(N_("Somebody changed this meanwhile. Look at it again; what you typed is kept."))
        require_text(changes)
        patch = {name: [row[name], value] for name, value in changes.items() if row[name] != value}
        if not patch and not touched:
            return int(row["revision"])
        revision = int(row["revision"]) + 1
        changed = {name: value for name, (_, value) in patch.items()} | {"revision": revision}
        names = tuple(name for name in row if name in changed)
        self.run(_changing(table, names), (*(changed[name] for name in names), record))
        owner = record if table.name == "patients" else row.get("patient_id")
        self._enter(kind, record, revision, owner, reason, patch, {"patch": patch})
        return revision

    def accessed(
        self, kind: str, *, patient: str | None = None, subject: str | None = None, detail: str | None = None
    ) -> None:
        """Add one row to the access log: who looked at what."""
        head = self._access or self._head("access")
        fields: dict[str, object] = {
            "workstation": self._chains.workstation,
            "n": head.n + 1,
            "hlc": self._tick(head.hlc),
            "at": to_text(self.now),
            "session": self.session,
            "kind": kind,
            "patient": patient,
        }
        mac = chain.content_mac(self._chains.content_key, {"subject": subject, "detail": detail})
        hashed = chain.link_hash(chain.ACCESS, list(fields.values()), mac, head.hash)
        self.run(
            "INSERT INTO access (workstation, n, hlc, at, session, kind, patient, subject, detail, content_mac, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*fields.values(), subject, detail, mac, hashed),
        )
        self._access = Head(head.n + 1, hashed, int(str(fields["hlc"])))

    def _enter(
        self,
        kind: str,
        record: str,
        revision: int,
        patient: object,
        reason: str | None,
        patch: Mapping[str, object] | None,
        content: dict[str, object],
    ) -> None:
        head = self._journal or self._head("journal")
        hlc = self._tick(head.hlc)
        if reason is not None:
            content["reason"] = reason
        mac = chain.content_mac(self._chains.content_key, content)
        fields = (
            self._chains.workstation, head.n + 1, hlc, to_text(self.now), self.session, self.act, kind, record,
            revision, patient,
        )  # fmt: skip
        hashed = chain.link_hash(chain.JOURNAL, fields, mac, head.hash)
        text = None if patch is None else json.dumps(patch, ensure_ascii=False, separators=(",", ":"))
        self.run(
            "INSERT INTO journal (workstation, n, hlc, at, session, act, kind, record, revision, patient, reason,"
            " patch, content_mac, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*fields, reason, text, mac, hashed),
        )
        self._journal = Head(head.n + 1, hashed, hlc)

    def _head(self, name: str) -> Head:
        # Read inside BEGIN IMMEDIATE: the window and the agent share one chain, so neither may remember its end.
        statement = {
            "journal": "SELECT n, hash, hlc FROM journal WHERE workstation = ? ORDER BY n DESC LIMIT 1",
            "access": "SELECT n, hash, hlc FROM access WHERE workstation = ? ORDER BY n DESC LIMIT 1",
        }[name]
        row = self.run(statement, (self._chains.workstation,)).fetchone()
        return Head() if row is None else Head(row[0], row[1], row[2])

    def _tick(self, last: int) -> int:
        """The hybrid logical clock: milliseconds and a counter, never behind the last link even if the clock is.

        It orders; what the clock on the wall said stands beside it (`at`), so that one day under a wrong clock does
        not date every later entry.
        """
        return max(int(self.now.timestamp() * 1000) << LOGICAL_BITS, last + 1)


def require_text(values: Mapping[str, object]) -> None:
    """Refuse what is no text: half a character (UTF-8 has none) and NUL, at which other programs stop reading."""
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        try:
            value.isascii() or value.encode()
        except UnicodeEncodeError:
            raise Refusal(
                N_("This text holds half a character, which cannot be kept. Type it again."), field=name
            ) from None
        if "\0" in value:
            raise Refusal(N_("This text holds a character with no meaning (NUL). Type it again."), field=name)


def _default(column: Column[object]) -> object:
    """The value SQLite would fill in, so that the digest of a creation covers what the row really holds."""
    default = column.server_default
    if default is None:
        return None
    text = str(getattr(default, "arg", ""))
    return int(text) if column.type.python_type is int else text
