"""The log of what was asked and decided: each row holds the hash of the one before it, one chain for each system."""

import hashlib
from typing import Any

from sync.engine.store import queries
from sync.engine.store.rows import Rows, dumps
from sync.engine.store.tables import Audited, Link

START = b"\0" * 32


class Log:
    """Adds to the chain of one system. What stands in a row are ids and names of members, never a value."""

    def __init__(self, system: str) -> None:
        self.system = system

    def add(self, rows: Rows, at: float, what: str, kind: str = "", record: str = "", **detail: Any) -> None:
        """Add one row, in the transaction of what it tells."""
        n, before = rows.ends.get(self.system) or queries.last_audited(rows, self.system) or (0, START)
        told = dumps(detail)
        row = (self.system, n + 1, at, what, kind, record)
        hashed = digest(before, row, told)
        queries.add_audited(rows, row, told, hashed)
        rows.ends[self.system] = (n + 1, hashed)

    def linked(self, rows: Rows, at: float, link: Link) -> None:
        """Write a link, and that it was written: the links can be made again from the log."""
        rows.put(link)
        self.add(
            rows, at, "link", link.kind, link.local_id,
            remote=link.remote_id, part=link.part, status=link.status, who=link.who,
        )  # fmt: skip


def digest(before: bytes, row: tuple[object, ...], detail: str) -> bytes:
    """The hash of a row over its content, the detail as its JSON, and the hash of the row before it."""
    return hashlib.sha256(before + f"{dumps(row)[:-1]},{detail}]".encode()).digest()


def broken(rows: Rows, system: str) -> int | None:
    """The first row that is not as it was written; None where the chain holds."""
    before, expected = START, 1
    for *row, detail, hashed in queries.all_audited(rows, system):
        n: int = row[1]
        if n != expected or hashed != digest(before, tuple(row), detail):
            return n
        before, expected = hashed, n + 1
    return None


def links_of(rows: Rows, system: str) -> dict[tuple[str, str], tuple[str, int, str]]:
    """The links as the log tells them: (kind, remote id) to (local id, part, status)."""
    told: dict[tuple[str, str], tuple[str, int, str]] = {}
    for row in rows.find(Audited, ("n",), system=system, what="link"):
        told[row.kind, row.detail["remote"]] = (row.record, row.detail["part"], row.detail["status"])
    return told
