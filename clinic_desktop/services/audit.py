"""Audit: whether the past still stands as it was written, and an export that anybody can check."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, Table, func, select

from clinic_desktop.clock import to_text
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.store import audit, chain
from clinic_desktop.store.tables.journal import access, journal
from clinic_desktop.store.unit import Heads


@dataclass(frozen=True)
class Verdict:
    """What `verify_audit` found: how many links were walked, and what is wrong with them."""

    journal: int
    access: int
    records: int
    findings: tuple[audit.Finding, ...]
    heads: tuple[str, ...] = ()  # where both chains end, to be noted outside: "journal A7=1234:HASH"


def verify_audit(desk: Desk, anchors: tuple[Heads, ...] = ()) -> Verdict:
    """Walk both chains and every record, and hold them against the anchors outside the database."""
    allow(desk, "audit.verify_audit")
    store = desk.store
    seen = anchors
    if store.anchor is not None and (highest := store.anchor.highest()) is not None:
        seen = (*anchors, highest)
    with store.read() as connection:
        findings = tuple(audit.verify(connection, store.chains.content_key, seen, store.workstation))
        records = sum(_count(connection, table) for table in audit.record_tables())
        heads = tuple(f"{name}={n}:{ended}" for name, (n, ended) in _heads(connection).items())
        return Verdict(_count(connection, journal), _count(connection, access), records, findings, heads)


def export_audit(desk: Desk, path: Path) -> int:
    """Write both chains as JSON lines, hashes and metadata only; returns how many links.

    The file is checked by `packaging/verify_audit.py` with no key and none of this program's code.
    """
    allow(desk, "audit.export_audit")
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("w", encoding="utf-8") as file, desk.store.read() as connection:
            count = _write(file, connection, to_text(desk.now))
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise Trouble(
            "The export could not be written to {path}.", remedy="Choose another place.", path=str(path)
        ) from error
    return count


def _write(file: TextIO, connection: Connection, at: str) -> int:
    def put(line: dict[str, object]) -> None:
        file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

    put({"format": "clinic-audit-1", "exported_at": at})
    count = 0
    for line in _links(connection):
        put(line)
        count += 1
    put({"end": True, "links": count, "heads": _heads(connection)})
    return count


def _heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """The last link of each chain: its number and its hash."""
    return {
        f"{table.name} {row.workstation}": (row.n, row.hash.hex())
        for table in (journal, access)
        for row in connection.execute(
            select(table.c.workstation, func.max(table.c.n).label("n"), table.c.hash).group_by(table.c.workstation)
        )
    }


def _links(connection: Connection) -> Iterator[dict[str, object]]:
    for table, label in ((journal, chain.JOURNAL), (access, chain.ACCESS)):
        rows = connection.execute(select(table).order_by(table.c.workstation, table.c.n)).mappings()
        for row in rows.yield_per(1000):
            yield {
                "chain": table.name,
                "workstation": row["workstation"],
                "n": row["n"],
                "fields": [label, *audit.link_fields(table, row)],
                "content_mac": row["content_mac"].hex(),
                "hash": row["hash"].hex(),
            }


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
