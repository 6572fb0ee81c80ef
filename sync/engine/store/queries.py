"""The questions that are more than one row by its key: what is due next, and how much of everything there is."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sync.engine.store.rows import Rows, made, names_of
from sync.engine.store.tables import Intent, Kept, Look


def due_work(rows: Rows, system: str, now: float, limit: int) -> list[tuple[str, str]]:
    """What has to be told next: by urgency (a class up for each day of waiting), deadline, and what waits for it."""
    found = rows.run(
        "SELECT kind, local_id FROM sync_work WHERE system = ?1 AND state = 'waiting' AND due_at <= ?2"
        " AND patient NOT IN (SELECT patient FROM sync_intent"
        " WHERE system = ?1 AND state IN ('inflight', 'unknown') AND patient <> '')"
        " ORDER BY max(0, urgency - CAST((?2 - since) / 86400 AS INTEGER)), deadline IS NULL, deadline, unlocks DESC,"
        " since, local_id LIMIT ?3",
        (system, now, limit),
    )
    return [(row[0], row[1]) for row in found.fetchall()]


def lane_busy(rows: Rows, system: str, patient: str) -> bool:
    """Whether an answer about a patient is missing."""
    found = rows.run(
        "SELECT 1 FROM sync_intent WHERE system = ? AND patient = ? AND state IN ('inflight', 'unknown') LIMIT 1",
        (system, patient),
    )
    return bool(patient) and found.fetchone() is not None


def due_looks(rows: Rows, system: str, now: float, why: tuple[str, ...] | None, limit: int) -> list[Look]:
    """What has to be read next, for one of these reasons."""
    only = "" if why is None else f" AND why IN ({', '.join('?' * len(why))})"
    found = rows.run(
        f"SELECT {names_of(Look)} FROM sync_look WHERE system = ? AND due_at <= ?{only} ORDER BY due_at LIMIT ?",  # noqa: S608 - names of our columns
        (system, now, *(why or ()), limit),
    )
    return [made(Look, row) for row in found.fetchall()]


def due_probes(rows: Rows, system: str, now: float, limit: int) -> list[Intent]:
    """The requests whose answer was lost and that may be looked for now."""
    found = rows.run(
        f"SELECT {names_of(Intent)} FROM sync_intent WHERE system = ? AND state = 'unknown' AND probe_at <= ?"  # noqa: S608 - names of our columns
        " ORDER BY probe_at LIMIT ?",
        (system, now, limit),
    )
    return [made(Intent, row) for row in found.fetchall()]


def sent_again(rows: Rows, intent: Intent) -> None:
    """Note that a create may be there more than once: all that ever were must not be looked through for the few."""
    rows.put(Kept(intent.system, f"again:{intent.kind}:{intent.id}"))


def sent_twice(rows: Rows, system: str, kind: str) -> list[Intent]:
    """The creates of a kind that were sent again, or known for ours by their words alone: one more may arrive."""
    ids = [name.rpartition(":")[2] for name in by_prefix(rows, system, f"again:{kind}:")]
    return rows.among(Intent, "id", ids)


def bearing(rows: Rows, system: str, kind: str, parent: str, text: str) -> list[str]:
    """The records there of a kind, of the same parent where there is one, in which a text stands."""
    found = rows.run(
        "SELECT remote_id FROM sync_shadow WHERE system = ?1 AND kind = ?2 AND (parent = ?3 OR ?3 = '')"
        " AND (?4 = '' OR instr(body, ?4) OR instr(raw, ?4)) ORDER BY remote_id",
        (system, kind, parent, text),
    )
    return [row[0] for row in found.fetchall()]


class Due(NamedTuple):
    """When each kind of job is next due, how many lists are being looked through, and why nothing is done."""

    hint: float | None
    lost: float | None
    tell: float | None
    read: float | None
    lists: int
    paused: str


def next_due(rows: Rows, system: str) -> Due:
    """When the next is due: a hint to look at, a lost answer, something to tell, something to read; lists going on."""
    found = rows.run(
        "SELECT (SELECT min(due_at) FROM sync_look WHERE system = ?1 AND why = 'hint'),"
        " (SELECT min(probe_at) FROM sync_intent WHERE system = ?1 AND state = 'unknown'),"
        " (SELECT min(due_at) FROM sync_work WHERE system = ?1 AND state = 'waiting'),"
        " (SELECT min(due_at) FROM sync_look WHERE system = ?1),"
        " (SELECT count(*) FROM sync_sweep WHERE system = ?1 AND state = 'running'),"
        " coalesce((SELECT value FROM sync_state WHERE system = ?1 AND name = 'paused'), '')",
        (system,),
    ).fetchone()
    return Due._make(found)


def next_read_back(rows: Rows, system: str) -> float | None:
    """When the next is due to be read that can be taken in: not what waits, grew old, or failed again and again."""
    found = rows.run(
        "SELECT min(due_at) FROM sync_look WHERE system = ? AND why NOT IN ('waiting', 'rotation') AND tries < 3",
        (system,),
    ).fetchone()
    return None if found is None or found[0] is None else float(found[0])


def kept_value(rows: Rows, system: str, name: str) -> str:
    """A small fact by its name; empty where there is none."""
    found = rows.run("SELECT value FROM sync_state WHERE system = ? AND name = ?", (system, name)).fetchone()
    return "" if found is None else str(found[0])


def by_prefix(rows: Rows, system: str, prefix: str) -> dict[str, str]:
    """The small facts whose name begins so."""
    found = rows.run(
        "SELECT name, value FROM sync_state WHERE system = ? AND name >= ? AND name < ?", (system, prefix, prefix + "~")
    )
    return dict(found.fetchall())


def release(rows: Rows, system: str, what: str, now: float) -> None:
    """Let go on whatever waited for a record to be known there."""
    rows.run(
        "UPDATE sync_work SET state = 'waiting', waits_for = '', why = '', due_at = ?"
        " WHERE system = ? AND unlikely(waits_for = ?) AND state = 'blocked'",
        (now, system, what),
    )


# `unlikely`: see `Shape`. Without it every record that waits goes through every link of its kind.
LINKED = (
    "EXISTS (SELECT 1 FROM sync_link l WHERE l.system = sync_work.system AND l.kind = sync_work.kind"
    " AND unlikely(l.local_id = sync_work.local_id) AND l.status = 'confirmed')"
)


def forget_what_was_told(rows: Rows, system: str, name: str) -> None:
    """Note by name what a restored backup holds that is not known there; patients of them are looked for anew."""
    rows.run(
        "INSERT OR REPLACE INTO sync_state (system, name, value) SELECT system, ?2 || kind || ':' || local_id, ''"  # noqa: S608 - a constant
        f" FROM sync_work WHERE system = ?1 AND (state <> 'confirmed' OR NOT {LINKED})",
        (system, name),
    )
    rows.run(
        f"UPDATE sync_work SET searched = 0 WHERE system = ? AND kind = 'patient' AND NOT {LINKED}",  # noqa: S608 - a constant
        (system,),
    )


# Whoever saves at the window waits for so many at the most.
TOGETHER = 200


def put_off(rows: Rows, system: str, kind: str, op: str, until: float) -> bool:
    """Have what waits for the same route wait until it has room, instead of looking at each by itself.

    As many as one short transaction takes; whether there may be more.
    """
    which = {
        "search": f"searched = 0 AND NOT {LINKED}",
        "create": f"(searched > 0 OR kind <> 'patient') AND NOT {LINKED}",
        "update": LINKED,
    }.get(op)
    if which is None:
        return False
    found = rows.run(
        "UPDATE sync_work SET due_at = ?1 WHERE system = ?2 AND kind = ?3 AND local_id IN (SELECT local_id"  # noqa: S608 - constants
        " FROM sync_work WHERE system = ?2 AND kind = ?3 AND state = 'waiting' AND due_at < ?1"
        f" AND {which} LIMIT {TOGETHER})",
        (until, system, kind),
    )
    return bool(found.rowcount == TOGETHER)


def waiting_by_kind(rows: Rows, system: str) -> list[tuple[str, str, int, float]]:
    """How many records of each kind are in each state, and since when the oldest is."""
    found = rows.run(
        "SELECT kind, state, count(*), min(since) FROM sync_work WHERE system = ? GROUP BY kind, state ORDER BY kind",
        (system,),
    )
    return [(row[0], row[1], row[2], row[3]) for row in found.fetchall()]


def waiting_of(rows: Rows, system: str, kind: str, *, linked: bool) -> int:
    """How many of a kind wait, of those that are known there or of those that are not."""
    found = rows.run(
        "SELECT count(*) FROM sync_work WHERE system = ? AND kind = ? AND state IN ('waiting', 'blocked', 'unknown')"  # noqa: S608 - a constant
        f" AND {LINKED} = ?",
        (system, kind, int(linked)),
    )
    return int(found.fetchone()[0])


def before_in_queue(rows: Rows, system: str, kind: str, local_id: str, now: float, *, linked: bool) -> tuple[int, int]:
    """How many of the same kind are told before this one by the same route, in the order of `due_work`.

    The second are those whose patient must be known there first: they have their turn only then.
    """
    place = (
        "max(0, urgency - CAST((?1 - since) / 86400 AS INTEGER)), coalesce(deadline, 9e18), -unlocks, since, local_id"
    )
    found = rows.run(
        "SELECT count(*), coalesce(sum(state = 'blocked' AND waits_for LIKE 'patient/%'), 0) FROM sync_work"  # noqa: S608 - a constant
        " WHERE system = ?2 AND kind = ?3 AND state IN ('waiting', 'blocked')"
        f" AND ({place}) < (SELECT {place} FROM sync_work WHERE system = ?2 AND kind = ?3 AND local_id = ?4)"
        f" AND {LINKED} = ?5",
        (now, system, kind, local_id, int(linked)),
    )
    every, blocked = found.fetchone()
    return every - blocked, blocked


def members_in_conflict(rows: Rows, system: str) -> dict[str, int]:
    """How many open questions there are, by kind."""
    found = rows.run(
        "SELECT kind, count(*) FROM sync_conflict WHERE system = ? AND state = 'open' AND sort <> 'overwrite'"
        " GROUP BY kind",
        (system,),
    )
    return {row[0]: row[1] for row in found.fetchall()}


def last_audited(rows: Rows, system: str) -> tuple[int, bytes] | None:
    """The number and the hash of the newest row of the log."""
    found = rows.run("SELECT n, hash FROM sync_audit WHERE system = ? ORDER BY n DESC LIMIT 1", (system,)).fetchone()
    return None if found is None else (found[0], found[1])


def last_logged(rows: Rows, system: str) -> float:
    """When the newest row of the log was written; 0 where there is none."""
    found = rows.run("SELECT at FROM sync_audit WHERE system = ? ORDER BY n DESC LIMIT 1", (system,)).fetchone()
    return 0.0 if found is None else float(found[0])


def add_audited(rows: Rows, row: tuple[str, int, float, str, str, str], detail: str, hashed: bytes) -> None:
    """Add a row to the log: its detail is JSON. A row that is there is never replaced."""
    rows.run(
        "INSERT INTO sync_audit (system, n, at, what, kind, record, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, detail, hashed),
    )


def all_audited(rows: Rows, system: str) -> Iterator[tuple[Any, ...]]:
    """The rows of the log of a system in their order, each as it is stored."""
    found: Iterator[tuple[Any, ...]] = rows.run(
        "SELECT system, n, at, what, kind, record, detail, hash FROM sync_audit WHERE system = ? ORDER BY n", (system,)
    )
    return found


def newest_sweep(rows: Rows) -> int:
    """The number of the last look through a list."""
    return int(rows.run("SELECT coalesce(max(id), 0) FROM sync_sweep").fetchone()[0])


def look_anew(rows: Rows, system: str) -> None:
    """Have every list looked through as if it never had been."""
    rows.run("UPDATE sync_state SET value = '' WHERE system = ? AND name LIKE 'next:%'", (system,))


def read_all_again(rows: Rows, system: str) -> None:
    """Have every list looked through from its beginning: what is in the middle was begun elsewhere, or before."""
    begun = "SELECT id FROM sync_sweep WHERE system = ? AND state = 'running'"
    rows.run(f"DELETE FROM sync_sighting WHERE sweep IN ({begun})", (system,))  # noqa: S608 - no values
    rows.run("DELETE FROM sync_sweep WHERE system = ? AND state = 'running'", (system,))
    look_anew(rows, system)


def unproven(rows: Rows, system: str, why: str) -> None:
    """Nothing of what stands there is known to stand there: what was confirmed was sent, until it is read again."""
    rows.run("UPDATE sync_shadow SET list_hash = '', seen_at = 0, read_at = 0 WHERE system = ?", (system,))
    rows.run("UPDATE sync_work SET state = 'sent', why = ? WHERE system = ? AND state = 'confirmed'", (why, system))


def try_again(rows: Rows, system: str, now: float) -> None:
    """Have what was put off after it could not be sent told now; the limits still say when."""
    rows.run(
        "UPDATE sync_work SET due_at = ?1 WHERE system = ?2 AND state = 'waiting' AND tries > 0 AND due_at > ?1",
        (now, system),
    )


def next_linked(rows: Rows, system: str, kind: str, after: str) -> str:
    """The next record there, by its id, that is one of ours or one too many of ours; empty after the last."""
    found = rows.run(
        "SELECT remote_id FROM sync_link WHERE system = ? AND kind = ? AND status IN ('confirmed', 'surplus')"
        " AND remote_id > ? AND remote_id NOT LIKE '~%' ORDER BY remote_id LIMIT 1",
        (system, kind, after),
    ).fetchone()
    return "" if found is None else str(found[0])


def list_hashes(rows: Rows, system: str, kind: str, ids: list[str]) -> dict[str, str]:
    """What a list last said of these, as hashes: one question for a page."""
    marks = ", ".join("?" * len(ids))
    statement = f"SELECT remote_id, list_hash FROM sync_shadow WHERE system = ? AND kind = ? AND remote_id IN ({marks})"  # noqa: S608 - marks alone
    return dict(rows.run(statement, (system, kind, *ids)).fetchall())


def prints_so(rows: Rows, system: str, kind: str, remote_id: str, list_hash: str) -> None:
    """Keep how an item of a list looks now: what it says is what it said."""
    rows.run(
        "UPDATE sync_shadow SET list_hash = ? WHERE system = ? AND kind = ? AND remote_id = ?",
        (list_hash, system, kind, remote_id),
    )


def shown(rows: Rows, sweep: int, passes: int, ids: list[str]) -> None:
    """Note what a pass of a look has shown."""
    rows.run_many(
        "INSERT OR REPLACE INTO sync_sighting (sweep, passes, remote_id) VALUES (?, ?, ?)",
        [(sweep, passes, one) for one in ids],
    )


def lost_between(rows: Rows, sweep: int, one: int, other: int) -> int:
    """How many ids a pass has shown that the other has not."""
    found = rows.run(
        "SELECT count(*) FROM sync_sighting a WHERE a.sweep = ? AND a.passes = ? AND NOT EXISTS"
        " (SELECT 1 FROM sync_sighting b WHERE b.sweep = a.sweep AND b.passes = ? AND b.remote_id = a.remote_id)",
        (sweep, one, other),
    )
    return int(found.fetchone()[0])


def note_missing(rows: Rows, system: str, kind: str, parent: str, sweep: int, first_pass: int, begun_at: float) -> None:
    """Note (as pass -1) what is linked, was known before the look began, and was not shown by it."""
    rows.run(
        "INSERT OR REPLACE INTO sync_sighting (sweep, passes, remote_id)"
        " SELECT ?, -1, s.remote_id FROM sync_shadow s JOIN sync_link l"
        " ON l.system = s.system AND l.kind = s.kind AND l.remote_id = s.remote_id AND l.status = 'confirmed'"
        " WHERE s.system = ? AND s.kind = ? AND (? = '' OR s.parent = ?) AND s.seen_at < ? AND l.at < ?"
        # One list of what was shown: asked for each record by itself, the time would grow with the square.
        " AND s.remote_id NOT LIKE '~%' AND s.remote_id NOT IN (SELECT remote_id FROM sync_sighting"
        " WHERE sweep = ? AND passes >= ?)",
        (sweep, system, kind, parent, parent, begun_at, begun_at, sweep, first_pass),
    )


def missing(rows: Rows, sweep: int) -> list[str]:
    """What was noted as missing."""
    found = rows.run("SELECT remote_id FROM sync_sighting WHERE sweep = ? AND passes = -1", (sweep,))
    return [row[0] for row in found.fetchall()]


def seen_again(rows: Rows, system: str, kind: str, sweep: int) -> None:
    """What a list shows is not missing: its strikes are forgotten."""
    rows.run(
        "UPDATE sync_shadow SET strikes = 0 WHERE system = ? AND kind = ? AND strikes > 0 AND remote_id IN"
        " (SELECT remote_id FROM sync_sighting WHERE sweep = ? AND passes > 0)",
        (system, kind, sweep),
    )


def oldest_read(rows: Rows, system: str, kind: str, before: float, limit: int) -> list[tuple[str, str]]:
    """What was read whole longest ago, and before a time: the id there and its parent's."""
    found = rows.run(
        "SELECT s.remote_id, s.parent FROM sync_shadow s JOIN sync_link l"
        " ON l.system = s.system AND l.kind = s.kind AND l.remote_id = s.remote_id AND l.status = 'confirmed'"
        " WHERE s.system = ? AND s.kind = ? AND s.read_at < ? AND s.remote_id NOT LIKE '~%' AND NOT EXISTS"
        # It is to be read as it is; what is hidden from us has its own time.
        " (SELECT 1 FROM sync_look k WHERE k.system = s.system AND k.kind = s.kind AND k.remote_id = s.remote_id)"
        " ORDER BY s.read_at LIMIT ?",
        (system, kind, before, limit),
    )
    return [(row[0], row[1]) for row in found.fetchall()]


def looked_through_at(rows: Rows, system: str) -> float | None:
    """When a look through a list was last complete."""
    found = rows.run("SELECT max(ended_at) FROM sync_sweep WHERE system = ? AND state = 'complete'", (system,))
    last = found.fetchone()[0]
    return None if last is None else float(last)


def torn(rows: Rows, system: str) -> list[str]:
    """The kinds whose list could not be looked through to its end when that was last tried."""
    found = rows.run(
        "SELECT s.kind FROM sync_sweep s WHERE s.system = ? AND s.scope = 'all' AND s.state = 'torn' AND s.id ="
        " (SELECT max(id) FROM sync_sweep WHERE system = s.system AND kind = s.kind AND scope = 'all'"
        " AND state <> 'running') ORDER BY s.kind",
        (system,),
    )
    return [str(row[0]) for row in found.fetchall()]


def came_last(rows: Rows, system: str) -> str:
    """What came of the last request that the log tells of: the name of an outcome, ``answered``, or nothing yet."""
    found = rows.run(
        "SELECT coalesce(json_extract(detail, '$.outcome'), json_extract(detail, '$.came'), 'answered')"
        " FROM sync_audit WHERE system = ?"
        " AND what IN ('came', 'asked', 'read', 'searched', 'listed', 'looked', 'looked through')"
        " ORDER BY n DESC LIMIT 1",
        (system,),
    ).fetchone()
    return "" if found is None else str(found[0])
