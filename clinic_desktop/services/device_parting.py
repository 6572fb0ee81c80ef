"""Which rows a device said were of one of two registrations that were merged: known again when they are parted."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Text, column, func, select

from clinic_desktop.services.device_filing import named
from clinic_desktop.services.device_people import bearers
from clinic_desktop.store.tables.devices import device_messages, device_results
from clinic_desktop.store.tables.outside import identifiers

IN_ACT = ("said_of",)


def said_of(conn: Connection, rows: Iterable[str], people: Sequence[str]) -> tuple[str, ...]:
    """Those of some rows whose message bore numbers of these registrations and of no other, with their own numbers."""
    wanted = list(rows)
    ids = select(func.json_each(json.dumps(wanted)).table_valued(column("value", Text)).c.value)
    results = select(device_results.c.filed_id, device_messages.c.said_of).join(
        device_messages, device_messages.c.id == device_results.c.message_id
    )
    told = [*conn.execute(results.where(device_results.c.filed_id.in_(ids)))]
    whole = select(device_messages.c.filed_id, device_messages.c.said_of)
    told += [*conn.execute(whole.where(device_messages.c.filed_id.in_(ids)))]
    theirs = {str(row.filed_id) for row in told if _is_of(conn, row.said_of, people)}
    known = select(identifiers.c.id).where(identifiers.c.id.in_(ids), identifiers.c.record_id.in_(sorted(theirs)))
    theirs |= {str(one) for one in conn.execute(known).scalars()}
    return tuple(one for one in wanted if one in theirs)


def _is_of(conn: Connection, said: str | None, people: Sequence[str]) -> bool:
    bear = bearers(conn, named(said).numbers)
    return bool(bear) and all(one in people for one in bear)
