"""Kinds that a system has no call to be told of: one task for each record, or none where that was decided once.

The decision is a small fact of the system (`untold:<kind>`), so that it is taken back by itself with an older backup.
It reaches only what they never heard of: what they have and was changed or voided here stays a task of its own.
"""

import json
from dataclasses import dataclass

from sync.engine.desk import Desk
from sync.engine.store import leaving, queries
from sync.engine.store.rows import Rows, dumps
from sync.engine.store.tables import Work
from sync.port import Kind, KindProfile

DECIDED = "untold:"
# Why a record that is left is told to nobody: by these words it is counted.
LEFT = "they are not told of these, as was decided"
# Who is who there has a table of its own.
_ONE_BY_ONE = frozenset({str(Kind.PRACTITIONER)})


class TakesItError(ValueError):
    """The system has a call for it, or nothing of it was ever decided."""


@dataclass(frozen=True)
class Group:
    """The tasks of one kind that are alike: no call, and nothing of it is known there. Times are the engine's."""

    kind: str
    why: str
    count: int
    oldest: float
    newest: float


@dataclass(frozen=True)
class Decision:
    """A system is not told of a kind: who decided it (an id), the reason in their words, when, how many were left."""

    kind: str
    who: str
    words: str
    at: float
    count: int


def no_call(kp: KindProfile | None) -> bool:
    """Whether there is no way to make a record of the kind there."""
    return kp is None or (kp.create is None and not kp.acts)


def kinds_without_call(desk: Desk, rows: Rows) -> list[str]:
    """The kinds whose tasks are alike."""
    return [
        kind
        for kind in leaving.kinds_of_tasks(rows, desk.system)
        if kind not in _ONE_BY_ONE and no_call(desk.kind(kind))
    ]


def groups(desk: Desk, rows: Rows) -> list[Group]:
    """What is a task by its kind alone, by kind."""
    kinds = kinds_without_call(desk, rows)
    return [Group(*each) for each in leaving.counted(rows, desk.system, kinds)] if kinds else []


def tasks_of_their_own(desk: Desk, rows: Rows, limit: int) -> list[Work]:
    """What is a task by what happened to it: what changes what somebody there would do."""
    return leaving.others(rows, desk.system, kinds_without_call(desk, rows), limit)


def decisions(desk: Desk, rows: Rows) -> dict[str, Decision]:
    """What was decided, by kind."""
    kept = queries.by_prefix(rows, desk.system, DECIDED)
    if not kept:
        return {}
    left = leaving.left_by_kind(rows, desk.system, LEFT)
    found = {}
    for name, value in kept.items():
        if value:
            kind, said = name.removeprefix(DECIDED), json.loads(value)
            found[kind] = Decision(kind, said["who"], said["words"], said["at"], left.get(kind, 0))
    return found


def words_of(desk: Desk, rows: Rows, kind: str) -> str:
    """The reason of a decision, in the words of whoever decided; empty where nothing was decided."""
    kept = desk.get(rows, DECIDED + kind)
    return str(json.loads(kept)["words"]) if kept else ""


def is_left(desk: Desk, rows: Rows, work: Work) -> bool:
    """Whether a record makes no task: its kind is not told there, as was decided, and they never heard of it."""
    if not no_call(desk.kind(work.kind)) or not desk.get(rows, DECIDED + work.kind):
        return False
    return leaving.is_new_to_them(rows, desk.system, work.kind, work.local_id)


def told_by_hand(desk: Desk, rows: Rows, work: Work) -> bool:
    """Whether they may have it there though no link says so: a person has closed its task, or its link has ended."""
    return work.told > 0 and no_call(desk.kind(work.kind)) and not desk.known(rows).all(work.kind, work.local_id)


def leave(desk: Desk, rows: Rows, kind: str, who: str, words: str) -> int:
    """Tell them nothing of a kind from now on; how many tasks that were is said. Raises TakesItError."""
    profile = desk.remote.profile
    known = {str(each) for each in (*profile.kinds, *(each for each, _act in profile.untold))}
    if kind in _ONE_BY_ONE or kind not in known or not no_call(desk.kind(kind)):
        raise TakesItError(kind)
    (why,) = [each.why for each in groups(desk, rows) if each.kind == kind] or [""]
    said = profile.untold.get((Kind(kind), "create"), f"{profile.title} has no call for this")
    fact = {"who": who, "words": words, "at": desk.now(), "why": why or said}
    desk.keep(rows, DECIDED + kind, dumps(fact))
    count = leaving.leave(rows, desk.system, kind, LEFT, desk.now())
    desk.log.add(rows, desk.now(), "not told by decision", kind, who=who, count=count)
    return count


def take_back(desk: Desk, rows: Rows, kind: str, who: str) -> int:
    """Make tasks of a kind again, those that were left as well; how many are said. Raises TakesItError."""
    kept = desk.get(rows, DECIDED + kind)
    if not kept:
        raise TakesItError(kind)
    desk.keep(rows, DECIDED + kind, "")
    # A system that has been given a call for it since is told by that.
    state, why = ("cannot", json.loads(kept)["why"]) if no_call(desk.kind(kind)) else ("waiting", "")
    count = leaving.come_back(rows, desk.system, kind, LEFT, state, why, desk.now())
    desk.log.add(rows, desk.now(), "decision taken back", kind, who=who, count=count)
    return count
