"""Walks both chains and every row they speak of; finds any edit, deletion, insertion, swap or cut tail."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Table, select

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.store import chain, guards
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.journal import access, journal
from clinic_desktop.store.unit import Heads


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written; `where` names a chain's link or a record, never a value."""

    where: str
    what: str


def verify(connection: Connection, key: bytes, anchors: tuple[Heads, ...], workstation: str) -> Iterator[Finding]:
    """Yield everything that is wrong; nothing on a sound database. `key` is the chains' content key."""
    for name in guards.missing(connection):
        yield Finding(f"guard {name}", "is missing")
    yield from _chain(connection, key, journal)
    yield from _chain(connection, key, access)
    for heads in anchors:
        yield from against_anchor(connection, heads, workstation)
    for table in record_tables():
        yield from _records(connection, key, table)
    yield from _without_rows(connection)


def record_tables() -> list[Table]:
    """The tables whose rows are journaled."""
    return [table for table in metadata.sorted_tables if "revision" in table.c and table is not journal]


def against_anchor(connection: Connection, heads: Heads, workstation: str) -> Iterator[Finding]:
    """Compare this workstation's chains with what was seen of them outside the database."""
    for table, seen in ((journal, heads.journal), (access, heads.access)):
        if seen.n == 0:
            continue
        found = connection.execute(
            select(table.c.hash).where(table.c.workstation == workstation, table.c.n == seen.n)
        ).scalar_one_or_none()
        if found is None:
            yield Finding(f"{table.name} {workstation} {seen.n}", "was written here and is gone")
        elif found != seen.hash:
            yield Finding(f"{table.name} {workstation} {seen.n}", "is not the link that was written here")


def refuse_older(connection: Connection, anchors: tuple[Heads, ...], workstation: str) -> None:
    """Refuse to go on with a database that is older than what this workstation last saved."""
    for heads in anchors:
        for finding in against_anchor(connection, heads, workstation):
            raise Trouble(
                "This database is older than the last work saved here, or was changed outside the program"
                " ({where} {what}).",
                remedy="Put the newest files back, or restore a verified backup: clinic-desktop backup restore FILE. "
                "Nothing was changed.",
                where=finding.where,
                what=finding.what,
            )


def _chain(connection: Connection, key: bytes, table: Table) -> Iterator[Finding]:
    label = chain.JOURNAL if table is journal else chain.ACCESS
    workstation, n, previous, hlc, seq = None, 0, chain.START, 0, 0
    for row in connection.execute(select(table).order_by(table.c.workstation, table.c.n)).mappings():
        if row["workstation"] != workstation:
            workstation, n, previous, hlc, seq = row["workstation"], 0, chain.START, 0, 0
        where = f"{table.name} {workstation} {row['n']}"
        if row["n"] != n + 1:
            yield Finding(where, f"follows {n}: links are missing between them")
            # The link is still held against the one before the gap, so its hash will not fit either.
        if row["hlc"] <= hlc or row["seq"] <= seq:
            yield Finding(where, "is out of order")
        if table is access:
            mac = chain.content_mac(key, {"subject": row["subject"], "detail": row["detail"]})
        elif row["patch"] is not None:
            mac = chain.content_mac(key, _with_reason({"patch": json.loads(row["patch"])}, row))
        else:
            mac = row["content_mac"]  # a creation: held against its row in `_records`
        if mac != row["content_mac"] or (table is journal and (row["revision"] > 1) != (row["patch"] is not None)):
            yield Finding(where, "does not hold what was written")
        if chain.link_hash(label, link_fields(table, row), row["content_mac"], previous) != row["hash"]:
            yield Finding(where, "was changed, or is not what followed")
        n, previous, hlc, seq = row["n"], row["hash"], row["hlc"], row["seq"]


def link_fields(table: Table, row: RowMapping) -> list[object]:
    """The metadata of a link, in the order its hash covers it."""
    names = ["workstation", "n", "hlc", "at", "session"]
    names += ["kind", "patient"] if table is access else ["act", "kind", "record", "revision", "patient"]
    return [row[name] for name in names]


def _with_reason(content: dict[str, object], row: RowMapping) -> dict[str, object]:
    if row["reason"] is not None:
        content["reason"] = row["reason"]
    return content


def _records(connection: Connection, key: bytes, table: Table) -> Iterator[Finding]:
    """Walk each row back through its patches to what was created, and hold that against the digest."""
    for row in connection.execute(select(table)).mappings().yield_per(500):
        where = f"{table.name} {row['id']}"
        values = dict(row)
        history = (
            connection.execute(select(journal).where(journal.c.record == row["id"]).order_by(journal.c.revision.desc()))
            .mappings()
            .all()
        )
        if not history or history[-1]["revision"] != 1:
            yield Finding(where, "was not written by the program")
            continue
        if [entry["revision"] for entry in history] != list(range(row["revision"], 0, -1)):
            yield Finding(where, "is not at the revision the journal says")
            continue
        sound = True
        for entry in history[:-1]:
            for name, (before, after) in json.loads(entry["patch"] or "{}").items():
                sound = sound and values.get(name) == after
                values[name] = before
        created = _with_reason({"row": chain.created_content(values)}, history[-1])
        if not sound or chain.content_mac(key, created) != history[-1]["content_mac"]:
            yield Finding(where, "was changed outside the program")


def _without_rows(connection: Connection) -> Iterator[Finding]:
    """Entries that speak of a row which is nowhere."""
    tables = record_tables()
    known: set[str] = set()
    for table in tables:
        known.update(connection.execute(select(table.c.id)).scalars())
    for record, kind in connection.execute(select(journal.c.record, journal.c.kind).where(journal.c.revision == 1)):
        if record not in known:
            yield Finding(f"record {record}", f"was written ({kind}) and is gone")
