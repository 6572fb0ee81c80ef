"""What belongs to what as a system shows it, and which members it shows at all."""

from sync.engine.store.rows import Rows, dumps
from sync.engine.store.tables import Shadow

# Of so many records of a kind one shows a member that is shown at all.
MOST_LOOKED_AT = 500


def beneath(rows: Rows, system: str, remote_id: str) -> list[Shadow]:
    """What stands under a record there, and what stands under that: the results of a patient's orders."""
    found: dict[tuple[str, str], Shadow] = {}
    above = {remote_id}
    while above:
        under = [one for each in sorted(above) for one in rows.find(Shadow, system=system, parent=each)]
        # The results of an order bear its number.
        above = {one.remote_id for one in under if (one.kind, one.remote_id) not in found}
        found |= {(one.kind, one.remote_id): one for one in under}
    return list(found.values())


def bearing(rows: Rows, system: str, kind: str, number: str) -> list[str]:
    """Which records of a kind name this number, as they were last seen."""
    found = rows.run(
        "SELECT remote_id FROM sync_shadow WHERE system = ? AND kind = ? AND instr(body || raw, ?) > 0"
        " ORDER BY remote_id",
        (system, kind, dumps(number)),
    )
    return [str(row[0]) for row in found.fetchall()]


def handed_on(rows: Rows, system: str, number: str) -> list[str]:
    """The patients here for whom a number there stood before it was handed out anew (`asking.hand_on`)."""
    found = rows.run(
        "SELECT local_id, remote_id FROM sync_link WHERE system = ? AND kind = 'patient'"
        " AND remote_id >= '~' AND remote_id < '~~'",
        (system,),
    )
    return [str(local_id) for local_id, kept in found.fetchall() if kept.split(":", 3)[3:] == [number]]


def shown_of_others(rows: Rows, shadow: Shadow, member: str) -> bool:
    """Whether a system shows a member of some other record of the kind: it says something there."""
    found = rows.run(
        "SELECT 1 FROM (SELECT body FROM sync_shadow WHERE system = ? AND kind = ? AND remote_id <> ?"
        " ORDER BY remote_id LIMIT ?) WHERE coalesce(json_extract(body, ?), '') NOT IN ('', '[]', '{}') LIMIT 1",
        (shadow.system, shadow.kind, shadow.remote_id, MOST_LOOKED_AT, f'$."{member}"'),
    )
    return found.fetchone() is not None


def naming(rows: Rows, system: str, remote_id: str) -> list[tuple[str, str]]:
    """What is set aside and names a record there, as kind and id: not what has no id by which it could be read."""
    found = rows.run(
        "SELECT kind, remote_id FROM sync_quarantine WHERE system = ?"
        " AND remote_id NOT LIKE '?%' AND instr(raw, ?) > 0",
        (system, dumps(remote_id)),
    )
    return [(str(kind), str(number)) for kind, number in found.fetchall()]
