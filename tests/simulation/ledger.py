"""What must hold whatever the remotes are, told by sync's own rows of one system."""

from sync.engine.audit import broken, links_of
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Audited, Conflict, Intent, Link, Work

MOST_ATTEMPTS = 9
# What is or was one of ours there: what stands under it belongs to the same patient here.
OURS = frozenset({"confirmed", "gone", "replaced", "never", "left", "surplus"})


def with_a_person(rows: Rows, system: str, kind: str, local_id: str, member: str = "") -> bool:
    """Whether a person has been told of the record (or its member), or it rests with one."""
    work = rows.get(Work, system, kind, local_id)
    if work is not None and work.state in {"refused", "cannot", "person", "closed"}:
        return True
    return any(
        one.state == "open" and (one.sort != "field" or one.member == member or not member)
        for one in rows.find(Conflict, system=system, kind=kind, local_id=local_id)
    )


def no_resurrection(rows: Rows, system: str) -> list[str]:
    """I6: what was gone, or not ours any more, is linked again by a person alone.

    What a person had made again may be given the id that it had, and what is another's may be: a system that was
    restored itself counts anew.
    """
    states: dict[str, str] = {}
    ended: dict[str, tuple[float, str]] = {}
    made = {(f"{one.kind}/{one.remote_id}", one.local_id): one.sent_at
            for one in rows.find(Intent, ("sent_at",), system=system, op="create", state="acked")}  # fmt: skip
    found = []
    decided = rows.find(Audited, system=system, what="decided")
    by_people = {(one.kind, one.record, one.at) for one in decided if one.detail["keep"] in {"join", "this"}}
    for row in rows.find(Audited, ("n",), system=system, what="link"):
        key = f"{row.kind}/{row.detail['remote']}"
        back = states.get(key) in OURS - {"confirmed"} and row.detail["status"] == "confirmed"
        at, whose = ended.get(key, (0.0, row.record))
        again = made.get((key, row.record), 0.0) > at and (states.get(key) == "replaced" or row.record != whose)
        if back and not again and (row.kind, row.record, row.at) not in by_people:
            found.append(f"I6 {key} came back by itself")
        states[key], ended[key] = row.detail["status"], (row.at, row.record)
    return found


def nothing_deleted(rows: Rows) -> list[str]:
    """I7: nothing here goes because of what is not there."""
    count = rows.run("SELECT count(*) FROM model_record WHERE void = 1").fetchone()[0]
    return [f"I7 {count} records were voided"] if count else []


def bounded(rows: Rows, system: str) -> list[str]:
    """I10: no request is repeated for ever."""
    return [
        f"I10 {one.kind} {one.local_id} was tried {one.attempts} times"
        for one in rows.find(Intent, system=system)
        if one.attempts > MOST_ATTEMPTS
    ]


def audited(rows: Rows, system: str) -> list[str]:
    """I12: the log holds, and the links can be made again from it."""
    at = broken(rows, system)
    found = [] if at is None else [f"I12 the log is broken at {at}"]
    told = links_of(rows, system)
    for link in rows.find(Link, system=system):
        if link.status in {"waiting", "here no place"}:
            continue
        if told.get((link.kind, link.remote_id)) != (link.local_id, link.part, link.status):
            found.append(f"I12 the log does not tell of the link {link.kind} {link.remote_id}")
    return found
