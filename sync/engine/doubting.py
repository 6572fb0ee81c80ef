"""Whether who stands there under a number that is linked is still who it was.

A name that is corrected there is a question of that member. Where more of what says who somebody is was changed, no
address or telephone stayed, and nothing strong says that they are the same, the number may have been handed out once
more (a system that was restored from its backup, a record that was written over): until a person has said who it is
nothing of it may come into the chart, and nothing of the chart may be told under it.
"""

from sync.engine.desk import Desk, clear, digest
from sync.engine.identity import REVIEW
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Shadow
from sync.port import Kind, Seen


def who_says(desk: Desk, seen: Seen) -> dict[str, str]:
    """What says who somebody is, in the form in which it is compared."""
    rules = desk.remote.profile.kinds[seen.kind].rules
    canon = desk.canon(seen.kind)
    return {
        name: canon(name)(value)
        for name, value in clear(desk, seen).items()
        if name in rules and rules[name].identity and not rules[name].theirs
    }


def _kept(desk: Desk, shadow: Shadow, seen: Seen) -> bool:
    """Whether where they live, or how they are reached, is what it was there: the record was not given to another."""
    rules = desk.remote.profile.kinds[seen.kind].rules
    canon = desk.canon(seen.kind)
    return any(
        bool(value)
        and name in rules
        and not rules[name].clinical
        and canon(name)(shadow.theirs.get(name)) == canon(name)(value)
        for name, value in clear(desk, seen).items()
    )


def moved_away(desk: Desk, rows: Rows, before: str, seen: Seen) -> bool:
    """Whether a record that stood under a patient there stands under one now who is not that patient here."""
    kp = desk.remote.profile.kinds[seen.kind]
    if seen.kind is Kind.PATIENT or kp.listed_for not in {None, Kind.PATIENT}:
        return False
    if not before or not seen.parent or before == seen.parent:
        return False
    known = desk.whose(rows)
    was = known.here(Kind.PATIENT, before)
    return was is not None and was != known.here(Kind.PATIENT, seen.parent)


def somebody_else(desk: Desk, rows: Rows, link: Link, shadow: Shadow, seen: Seen) -> str:
    """A short hash of who a linked patient is now, where they may be somebody else; empty where they are not."""
    if seen.kind is not Kind.PATIENT or not shadow.theirs:
        return ""
    canon = desk.canon(seen.kind)
    now = who_says(desk, seen)
    moved = [name for name, value in now.items() if canon(name)(shadow.theirs.get(name)) != value]
    if len(moved) < 2 or _kept(desk, shadow, seen):
        return ""
    said = digest(now)
    asked = rows.find(Conflict, system=desk.system, kind=link.kind, local_id=link.local_id, sort="identity")
    if any(one.remote_id == link.remote_id and one.keep == "link" and one.sides.get("who") == said for one in asked):
        return ""
    # Of what a list does not show, what was last seen counts.
    body = {**shadow.body, **clear(desk, seen)}
    whole = Seen(seen.kind, seen.remote_id, body, seen.whole, seen.raw)
    try:
        likely = desk.chart.alike(rows.unit, desk.remote.adopt(whole, None, desk.known(rows)))
    except Exception:  # noqa: BLE001 - whom nobody can make out is asked about like anybody else
        return said
    for one in likely:
        if one.local_id == link.local_id and (one.score >= REVIEW or one.strong):
            return ""
    return said
