"""What a look through the lists of each patient (or order) passes over: one that cannot be read does not stop the rest.

What came in another form than theirs is before a person at once. What does not come, however often it is asked for, is
asked for once more when the others have been: where they came meanwhile (or those that did not are few, and lists of
other kinds came) it is its own fault, and a person hears of it; else their system may be away, and nobody is asked
about each. Either way the look is torn: of what it has not shown nothing is missing.
"""

import json
from typing import Any

from sync.engine import unread
from sync.engine.desk import Desk
from sync.engine.store import queries
from sync.engine.store.rows import Rows, dumps
from sync.engine.store.tables import Conflict, Link, Quarantine, Sweep
from sync.port import Kind
from sync.transport.outcomes import Misshapen, Outcome

MOST_FAILED, FEW = 5, 3
FORM = "the whole list came in another form"
AWAY = "the whole list does not come"


def begun(desk: Desk, rows: Rows, one: Sweep) -> None:
    """A new look asks for all of them again; since when one has not come is kept."""
    since = {}
    for parent, at in _kept(desk, rows, one).get("since", {}).items():
        link = rows.get(Link, desk.system, str(desk.remote.profile.kinds[Kind(one.kind)].listed_for), parent)
        if link is not None and link.status in {"confirmed", "surplus"}:
            since[parent] = at
        else:  # nobody looks through it any more
            _forget(desk, rows, one.kind, unread.key_of_list(parent))
    _keep(desk, rows, one, {"since": since} if since else {})


def is_passed_over(desk: Desk, rows: Rows, one: Sweep, error: Outcome) -> bool:
    """Whether the look goes on without the list that did not come; otherwise it is asked for again."""
    known = rows.get(Quarantine, desk.system, one.kind, unread.key_of_list(one.parent)) is not None
    if not isinstance(error, Misshapen) and one.failed < (1 if known else MOST_FAILED):
        return False
    state = _kept(desk, rows, one)
    since = state.setdefault("since", {}).setdefault(one.parent, desk.now())
    if isinstance(error, Misshapen):
        _ask(desk, rows, one, f"{FORM} {error.print}".rstrip())
        state |= {"torn": True, "heard": True}
    elif not state.get("again"):
        state.setdefault("left", []).append(one.parent)
    else:
        others = len(state["since"]) <= FEW and (queries.looked_through_at(rows, desk.system) or 0.0) > since
        if known or others or state.get("heard"):
            _ask(desk, rows, one, AWAY)
        state["torn"] = True
    _keep(desk, rows, one, state)
    return True


def waited(desk: Desk, rows: Rows, one: Sweep) -> int:
    """How many did not come since the last that did: where it is their system that is away, it is asked seldom."""
    state = _kept(desk, rows, one)
    return 0 if state.get("heard") else len(state.get("left", ()))


def heard(desk: Desk, rows: Rows, one: Sweep) -> None:
    """A list came: whatever did not, their system is there."""
    state = _kept(desk, rows, one)
    if state.get("since") and not state.get("heard"):
        _keep(desk, rows, one, state | {"heard": True})


def came(desk: Desk, rows: Rows, one: Sweep) -> None:
    """All of a list has been shown (or none of it is shown to us): what was said of it as a whole is over."""
    state = _kept(desk, rows, one)
    if state.get("since", {}).pop(one.parent, None) is not None:
        _keep(desk, rows, one, state)
        _forget(desk, rows, one.kind, unread.key_of_list(one.parent))


def next_parent(desk: Desk, rows: Rows, one: Sweep) -> str:
    """Whose list is next: after the last of all those that did not come, once more; empty at the end."""
    state = _kept(desk, rows, one)
    above = str(desk.remote.profile.kinds[Kind(one.kind)].listed_for)
    if not state.get("again"):
        if found := queries.next_linked(rows, desk.system, above, one.parent):
            return found
        state["again"] = True
    left = state.get("left", [])
    found = left.pop(0) if left else ""
    if found:
        _keep(desk, rows, one, state)
    return found


def is_torn(desk: Desk, rows: Rows, one: Sweep) -> bool:
    """Whether any of the lists has not been read to its end."""
    return bool(_kept(desk, rows, one).get("torn"))


def _ask(desk: Desk, rows: Rows, one: Sweep, words: str) -> None:
    unread.whole(desk, rows, one.kind, unread.key_of_list(one.parent), {}, words)


def _forget(desk: Desk, rows: Rows, kind: str, key: str) -> None:
    """It is over, and so is what somebody said of it: should it ever be so again, a person is asked again."""
    rows.remove(Quarantine, system=desk.system, kind=kind, remote_id=key)
    for said in rows.find(Conflict, system=desk.system, kind=kind, remote_id=key):
        said.keep = unread.READ
        rows.put(said)


def _kept(desk: Desk, rows: Rows, one: Sweep) -> dict[str, Any]:
    return dict(json.loads(desk.get(rows, _name(one)) or "{}"))


def _keep(desk: Desk, rows: Rows, one: Sweep, state: dict[str, Any]) -> None:
    said = dumps(state) if state else ""
    if said != desk.get(rows, _name(one)):
        desk.keep(rows, _name(one), said)


def _name(one: Sweep) -> str:
    return f"passed:{one.kind}:{one.scope}"
