"""What a look through the lists of each patient (or order) passes over: one that cannot be read does not stop the rest.

What came in another form than theirs is before a person at once. What does not come, however often it is asked for, is
asked for once more when the others have been: where another of its kind came meanwhile (or those that did not are few,
and lists of other kinds came) it is its own fault, and a person hears of it; else their system may be away, and nobody
is asked about each. Either way the look is torn: of what it has not shown nothing is missing.

Where several do not come, one after the other, none of that kind may: the look ends as torn, and is shown so. Whatever
waits for all to be looked through does not wait for that. The next look, soon, goes on where this one ended.
"""

import json
import math
from typing import Any

from sync.engine import unread
from sync.engine.desk import Desk
from sync.engine.store import listed, queries
from sync.engine.store.rows import Rows, dumps
from sync.engine.store.tables import Conflict, Kept, Quarantine, Sweep
from sync.port import Kind
from sync.transport.outcomes import Misshapen, Outcome

MOST_FAILED, FEW = 5, 3
# So many lists that do not come, one after the other, end a look; and so soon (in seconds) the next one goes on.
IN_A_ROW, SOON = 5, 3_600.0
FORM = "the whole list came in another form"
AWAY = "the whole list does not come"


def begun(desk: Desk, rows: Rows, one: Sweep, *, anew: bool) -> str:
    """Whose list a look begins with: it goes on where one ended early, unless all are to be read anew.

    A new look asks for all of them again; since when one has not come is kept.
    """
    state = _kept(desk, rows, one)
    one.parent = state.pop("after", "")
    if one.parent and not anew:
        _keep(desk, rows, one, state)
        if found := next_parent(desk, rows, one):
            return found
    one.parent = ""
    above = str(desk.remote.profile.kinds[Kind(one.kind)].listed_for)
    for parent in listed.nobodys(rows, desk.system, _since(one), above):
        rows.remove(Kept, system=desk.system, name=_since(one, parent))
        _forget(desk, rows, one.kind, unread.key_of_list(parent))
    listed.forget_named(rows, desk.system, _left(one))
    _keep(desk, rows, one, {name: state[name] for name in ("silent", "heard") if name in state})
    return next_parent(desk, rows, one)


def is_passed_over(desk: Desk, rows: Rows, one: Sweep, error: Outcome) -> bool:
    """Whether the look goes on without the list that did not come; otherwise it is asked for again."""
    state = _kept(desk, rows, one)
    known = rows.get(Quarantine, desk.system, one.kind, unread.key_of_list(one.parent)) is not None
    silent, again = state.get("silent", 0), state.get("again", False)
    # After one that did not come at all the next are asked for once: what is asked for here is whether any comes.
    if not isinstance(error, Misshapen) and one.failed < (1 if known or (silent and not again) else MOST_FAILED):
        return False
    since = float(desk.get(rows, _since(one, one.parent)) or desk.now())
    desk.keep(rows, _since(one, one.parent), repr(since))
    state["silent"] = silent + 1
    if isinstance(error, Misshapen) and silent < IN_A_ROW:
        _ask(desk, rows, one, f"{FORM} {error.print}".rstrip())
        state["torn"] = True
    elif not again and not known:
        desk.keep(rows, _left(one, one.parent), "yes")
    else:
        if not known and (state.get("heard", -1.0) >= since or _others_came(desk, rows, one, since)):
            _ask(desk, rows, one, AWAY)
        state["torn"] = True
    _keep(desk, rows, one, state)
    return True


def _others_came(desk: Desk, rows: Rows, one: Sweep, since: float) -> bool:
    """Whether those that did not come are few, and a list of another kind came to its end."""
    if listed.are_named(rows, desk.system, _since(one), FEW) > FEW:
        return False
    return (queries.looked_through_at(rows, desk.system) or 0.0) > since


def waited(desk: Desk, rows: Rows, one: Sweep) -> int:
    """How many did not come since the last that did: where it is their system that is away, it is asked seldom."""
    return int(_kept(desk, rows, one).get("silent", 0))


def ends(desk: Desk, rows: Rows, one: Sweep) -> float | None:
    """Within how many seconds the next look comes, where so many lists have not come that this one ends; else None.

    After whose list it ended is kept for the next one, which goes on there; while it asked once more, it begins anew.
    """
    state = _kept(desk, rows, one)
    if state.get("silent", 0) < IN_A_ROW:
        return None
    if state.get("again"):
        return SOON if state.get("heard", -1.0) < one.begun_at else math.inf
    _keep(desk, rows, one, state | {"after": one.parent})
    return SOON


def came(desk: Desk, rows: Rows, one: Sweep) -> None:
    """All of a list has been shown (or none of it is shown to us): what was said of it as a whole is over.

    And whatever did not come, their system is there.
    """
    state = _kept(desk, rows, one)
    if state.get("silent"):
        _keep(desk, rows, one, state | {"silent": 0, "heard": desk.now()})
    if desk.get(rows, _since(one, one.parent)):
        rows.remove(Kept, system=desk.system, name=_since(one, one.parent))
        _forget(desk, rows, one.kind, unread.key_of_list(one.parent))


def next_parent(desk: Desk, rows: Rows, one: Sweep) -> str:
    """Whose list is next: after the last of all those that did not come, once more; empty at the end."""
    state = _kept(desk, rows, one)
    if not state.get("again"):
        above = str(desk.remote.profile.kinds[Kind(one.kind)].listed_for)
        if found := queries.next_linked(rows, desk.system, above, one.parent):
            return found
    if found := listed.first_named(rows, desk.system, _left(one)):
        rows.remove(Kept, system=desk.system, name=_left(one, found))
        _keep(desk, rows, one, state | {"again": True})
    return found


def is_torn(desk: Desk, rows: Rows, one: Sweep) -> bool:
    """Whether any of the lists has not been read to its end."""
    return bool(_kept(desk, rows, one).get("torn"))


def _ask(desk: Desk, rows: Rows, one: Sweep, words: str) -> None:
    unread.whole(desk, rows, one.kind, unread.key_of_list(one.parent), {}, words)


def _forget(desk: Desk, rows: Rows, kind: str, key: str) -> None:
    """It is over, and so is what somebody said of it: should it ever be so again, a person is asked again."""
    if rows.get(Quarantine, desk.system, kind, key) is None:
        return
    rows.remove(Quarantine, system=desk.system, kind=kind, remote_id=key)
    for said in rows.find(Conflict, system=desk.system, kind=kind, remote_id=key):
        said.keep = unread.READ
        rows.put(said)


def _kept(desk: Desk, rows: Rows, one: Sweep) -> dict[str, Any]:
    """What is kept of a look: whether it asks for what did not come again, is torn, how many have not come since one
    last did and when that was, and after whose list it goes on where it ended early.
    """
    return dict(json.loads(desk.get(rows, f"passed:{one.kind}:{one.scope}") or "{}"))


def _keep(desk: Desk, rows: Rows, one: Sweep, state: dict[str, Any]) -> None:
    desk.keep(rows, f"passed:{one.kind}:{one.scope}", dumps(state) if state else "")


def _since(one: Sweep, parent: str = "") -> str:
    """Under which name it is kept since when somebody's list has not come."""
    return f"silent:{one.kind}:{one.scope}:{parent}"


def _left(one: Sweep, parent: str = "") -> str:
    """Under which name it is kept that somebody's list is asked for once more."""
    return f"left:{one.kind}:{one.scope}:{parent}"
