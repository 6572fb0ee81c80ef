"""People and places that bodies name and no list shows: kept as they were named, and known by their number alone.

An equal national number whose check digit is right is proof; a name is none, and is for a person to judge.
"""

from sync.engine.chart import Because
from sync.engine.desk import Desk, clear
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Shadow
from sync.engine.taking import join
from sync.port import Kind, Seen

UNKNOWN = "here no place"


def harvest(desk: Desk, rows: Rows, seen: Seen) -> None:
    """Keep whom a record names, once; who bears the number of one of ours is that one."""
    for one in desk.remote.met(seen):
        key = f"{one.kind}/{one.remote_id}"
        if key in desk.named:
            continue
        desk.named.add(key)
        if rows.get(Link, desk.system, str(one.kind), one.remote_id) is not None:
            continue
        body = clear(desk, one)
        rows.put(Shadow(desk.system, str(one.kind), one.remote_id, body=body, raw=one.raw, seen_at=desk.now()))
        link = Link(desk.system, str(one.kind), one.remote_id, status=UNKNOWN, at=desk.now())
        rows.put(link)
        _by_number(desk, rows, link, one)


def look_at_numbers_again(desk: Desk, rows: Rows) -> None:
    """Somebody here may have been given a number since they were named there."""
    for link in rows.find(Link, system=desk.system, kind=str(Kind.PRACTITIONER), status=UNKNOWN):
        shadow = rows.get(Shadow, desk.system, link.kind, link.remote_id)
        if shadow is not None:
            _by_number(desk, rows, link, Seen(Kind.PRACTITIONER, link.remote_id, shadow.body, raw=shadow.raw))


def _by_number(desk: Desk, rows: Rows, link: Link, seen: Seen) -> None:
    if seen.kind is not Kind.PRACTITIONER:
        return
    try:
        with rows.part():
            records = desk.remote.adopt(seen, None, desk.known(rows))
            because = Because(desk.system, seen.remote_id)
            local_id = desk.chart.adopt(rows.unit, seen.kind, None, records, because)
    except Exception:  # noqa: BLE001 - what cannot be understood of a name must not stop the record that names it
        return
    if local_id is None or desk.known(rows).there(seen.kind, local_id) is not None:
        return
    link.local_id, link.status, link.score, link.at = local_id, "confirmed", 1.0, desk.now()
    join(desk, rows, link)
    desk.log.add(rows, desk.now(), "known by number", link.kind, local_id, remote=link.remote_id)
