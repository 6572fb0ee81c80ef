"""Questions about the looks through lists: what is kept of them by name, what they do not show, which are over.

None takes longer for what is kept of others: each goes by the beginning of a key.
"""

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Sweep


def _end(prefix: str) -> str:
    """What sorts after all that begins so, whatever follows."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def first_named(rows: Rows, system: str, prefix: str) -> str:
    """The rest of the first name that begins so; empty where there is none."""
    found = rows.run(
        "SELECT name FROM sync_state WHERE system = ? AND name >= ? AND name < ? ORDER BY name LIMIT 1",
        (system, prefix, _end(prefix)),
    ).fetchone()
    return "" if found is None else str(found[0])[len(prefix) :]


def are_named(rows: Rows, system: str, prefix: str, most: int) -> int:
    """How many names begin so; one more than `most` where it is more."""
    found = rows.run(
        "SELECT count(*) FROM (SELECT 1 FROM sync_state WHERE system = ? AND name >= ? AND name < ? LIMIT ?)",
        (system, prefix, _end(prefix), most + 1),
    )
    return int(found.fetchone()[0])


def forget_named(rows: Rows, system: str, prefix: str) -> None:
    """Forget the small facts whose name begins so."""
    rows.run(
        "DELETE FROM sync_state WHERE system = ? AND name >= ? AND name < ?",
        (system, prefix, _end(prefix)),
    )


def nobodys(rows: Rows, system: str, prefix: str, kind: str) -> list[str]:
    """Of the names that begin so and end with an id there, the ids of which nobody looks through the lists any more."""
    found = rows.run(
        "SELECT substr(s.name, ?1) AS id FROM sync_state s WHERE s.system = ?2 AND s.name >= ?3 AND s.name < ?4"
        " AND NOT EXISTS (SELECT 1 FROM sync_link l WHERE l.system = s.system AND l.kind = ?5"
        " AND l.remote_id = substr(s.name, ?1) AND l.status IN ('confirmed', 'surplus'))",
        (len(prefix) + 1, system, prefix, _end(prefix), kind),
    )
    return [str(row[0]) for row in found.fetchall()]


def no_more_shown(rows: Rows, system: str, kind: str, prefix: str, sweep: int, passes: int) -> list[str]:
    """What is set aside under keys that begin so, and was not shown by a pass of a look."""
    found = rows.run(
        "SELECT remote_id FROM sync_quarantine WHERE system = ? AND kind = ? AND remote_id >= ? AND remote_id < ?"
        " AND remote_id NOT IN (SELECT remote_id FROM sync_sighting WHERE sweep = ? AND passes = ?)",
        (system, kind, prefix, _end(prefix), sweep, passes),
    )
    return [str(row[0]) for row in found.fetchall()]


def forget_looks_before(rows: Rows, one: Sweep) -> None:
    """Of the looks through a list that are over, that one and the last complete one are kept."""
    rows.run(
        "DELETE FROM sync_sweep WHERE system = ?1 AND kind = ?2 AND scope = ?3 AND state <> 'running' AND id < ?4"
        " AND id <> coalesce((SELECT max(id) FROM sync_sweep"
        " WHERE system = ?1 AND kind = ?2 AND scope = ?3 AND state = 'complete'), 0)",
        (one.system, one.kind, one.scope, one.id),
    )
