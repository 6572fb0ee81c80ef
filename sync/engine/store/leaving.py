"""The questions about what a system has no call to be told of at all: counted, listed and put aside by whole kinds."""

from collections.abc import Iterable

from sync.engine.store.queries import LINKED
from sync.engine.store.rows import Rows, made, names_of
from sync.engine.store.tables import Work

# They never heard of it: by no request of ours, from no list of theirs, and from no person who closed a task.
NEW_TO_THEM = (
    f"told = 0 AND NOT {LINKED} AND NOT EXISTS (SELECT 1 FROM sync_intent i WHERE i.system = sync_work.system"  # noqa: S608 - a constant
    " AND i.kind = sync_work.kind AND i.local_id = sync_work.local_id"
    " AND i.state NOT IN ('ready', 'rejected', 'dropped'))"
)


# `unlikely`: see `Shape`. Without it all records of a system are gone through for the few that are tasks.
TASKS = "unlikely(state = 'cannot')"


def _in(kinds: Iterable[str]) -> str:
    """Names of kinds, which are words of ours, as a list."""
    return "(" + ", ".join(f"'{kind}'" for kind in sorted(kinds)) + ")"


def kinds_of_tasks(rows: Rows, system: str) -> list[str]:
    """The kinds of which something is a task."""
    found = rows.run(f"SELECT DISTINCT kind FROM sync_work WHERE system = ? AND {TASKS}", (system,))  # noqa: S608 - a constant
    return [row[0] for row in found.fetchall()]


def is_new_to_them(rows: Rows, system: str, kind: str, local_id: str) -> bool:
    """Whether they never heard of a record."""
    found = rows.run(
        f"SELECT 1 FROM sync_work WHERE system = ? AND kind = ? AND local_id = ? AND {NEW_TO_THEM}",  # noqa: S608 - a constant
        (system, kind, local_id),
    )
    return found.fetchone() is not None


def counted(rows: Rows, system: str, kinds: Iterable[str]) -> list[tuple[str, str, int, float, float]]:
    """By kind, of these: why, how many are tasks and new to them, since when the oldest and the newest waits."""
    found = rows.run(
        "SELECT kind, min(why), count(*), min(since), max(since) FROM sync_work WHERE system = ?"  # noqa: S608 - constants
        f" AND {TASKS} AND kind IN {_in(kinds)} AND {NEW_TO_THEM} GROUP BY kind ORDER BY kind",
        (system,),
    )
    return [tuple(row) for row in found.fetchall()]


def listed(rows: Rows, system: str, kind: str, upto: float, limit: int, *, oldest: bool = True) -> list[Work]:
    """The tasks of a kind that are new to them and wait since a time or longer: the oldest first, or any (sooner)."""
    found = rows.run(
        f"SELECT {names_of(Work)} FROM sync_work WHERE system = ? AND kind = ? AND state = 'cannot' AND since <= ?"  # noqa: S608 - constants
        f" AND {NEW_TO_THEM} {'ORDER BY since, local_id ' if oldest else ''}LIMIT ?",
        (system, kind, upto, limit),
    )
    return [made(Work, row) for row in found.fetchall()]


def others(rows: Rows, system: str, kinds: Iterable[str], limit: int) -> list[Work]:
    """The tasks that are not of these kinds, or not new to them, the oldest first."""
    found = rows.run(
        f"SELECT {names_of(Work)} FROM sync_work WHERE system = ? AND {TASKS}"  # noqa: S608 - constants
        f" AND NOT (kind IN {_in(kinds)} AND {NEW_TO_THEM}) ORDER BY since, local_id LIMIT ?",
        (system, limit),
    )
    return [made(Work, row) for row in found.fetchall()]


def leave(rows: Rows, system: str, kind: str, why: str, now: float) -> int:
    """Make no task of what is one, of a kind and new to them; how many that were."""
    found = rows.run(
        "UPDATE sync_work SET state = 'idle', why = ?3, due_at = ?4 WHERE system = ?1 AND kind = ?2"  # noqa: S608 - a constant
        f" AND state = 'cannot' AND {NEW_TO_THEM}",
        (system, kind, why, now),
    )
    return int(found.rowcount)


def come_back(rows: Rows, system: str, kind: str, left: str, state: str, why: str, now: float) -> int:
    """Bring what was left for this reason into a state again; how many that were."""
    found = rows.run(
        "UPDATE sync_work SET state = ?4, why = ?5, due_at = ?6 WHERE system = ?1 AND kind = ?2 AND state = 'idle'"
        " AND why = ?3",
        (system, kind, left, state, why, now),
    )
    return int(found.rowcount)


def left_by_kind(rows: Rows, system: str, left: str) -> dict[str, int]:
    """How many of each kind were left for this reason."""
    found = rows.run(
        "SELECT kind, count(*) FROM sync_work WHERE system = ? AND state = 'idle' AND why = ? GROUP BY kind",
        (system, left),
    )
    return dict(found.fetchall())
