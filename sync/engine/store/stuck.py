"""What does not move by itself: it waits for something that nobody is about to tell."""

from dataclasses import dataclass

from sync.engine.store.queries import LINKED
from sync.engine.store.rows import Rows


@dataclass(frozen=True)
class Stuck:
    """How many of a kind (known there, or not) wait for what does not come by itself, and for what."""

    kind: str
    linked: bool
    number: int
    why: str


def stuck_by_kind(rows: Rows, system: str) -> list[Stuck]:
    """What is blocked by something that is not under way itself, or by what is blocked so."""
    found = rows.run(
        "WITH RECURSIVE stuck(kind, local_id) AS ("  # noqa: S608 - a constant
        "SELECT w.kind, w.local_id FROM sync_work w WHERE w.system = ?1 AND w.state = 'blocked' AND NOT EXISTS"
        " (SELECT 1 FROM sync_work n WHERE n.system = ?1"
        " AND n.kind = substr(w.waits_for, 1, instr(w.waits_for, '/') - 1)"
        " AND n.local_id = substr(w.waits_for, instr(w.waits_for, '/') + 1)"
        " AND n.state IN ('waiting', 'blocked', 'unknown'))"
        " UNION SELECT w.kind, w.local_id FROM stuck s JOIN sync_work w ON w.system = ?1"
        " AND unlikely(w.waits_for = s.kind || '/' || s.local_id) WHERE w.state = 'blocked')"
        f" SELECT sync_work.kind, {LINKED} AS linked, count(*), sync_work.why FROM stuck s JOIN sync_work"
        " ON sync_work.system = ?1 AND sync_work.kind = s.kind AND sync_work.local_id = s.local_id"
        " GROUP BY sync_work.kind, linked, sync_work.why ORDER BY sync_work.kind, linked, sync_work.why",
        (system,),
    )
    return [Stuck(kind, bool(linked), number, why) for kind, linked, number, why in found.fetchall()]
