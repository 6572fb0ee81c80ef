"""An older value that stands there again: what was sent and never heard of arrives late, or a system went back."""

from collections.abc import Mapping

from sync.engine.desk import Desk
from sync.engine.merge import Decided, Merged
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link
from sync.port import Body, Seen


def kept_back(
    desk: Desk, rows: Rows, link: Link, seen: Seen, merged: Merged, mine: Body, decided: Mapping[str, Decided]
) -> Merged:
    """An older value that stands there again is not taken for a change of theirs.

    It was sent and never heard of, and arrived after all; or the system went back to what it was.
    """
    if not merged.adopt:
        return merged
    lost = _lost(desk, rows, link)
    rules, canon = desk.remote.profile.kinds[seen.kind].rules, desk.canon(seen.kind)
    # Whoever said that what is there stands knows that it is old.
    wanted = {name for name, one in decided.items() if one.keep == "there"}
    late = {
        name
        for name in merged.adopt - wanted
        if not rules[name].theirs
        and any(name in one.body and canon(name)(one.body[name]) == canon(name)(seen.body[name]) for one in lost)
        and canon(name)(mine.get(name)) != canon(name)(seen.body[name])
    }
    merged = merged.parked(mine, seen.body, dict.fromkeys(late, "an older value of ours came back"))
    theirs = {name for name in merged.adopt - wanted if rules[name].theirs}
    back = {name for name in merged.adopt - wanted - theirs if _went_back(desk, rows, link, name, seen)}
    return merged.parked(mine, seen.body, dict.fromkeys(back, "it is again what it was before it was changed here"))


def _went_back(desk: Desk, rows: Rows, link: Link, name: str, seen: Seen) -> bool:
    """Whether a value stands there again that an update of ours has once replaced.

    Somebody there may want it so, or the system was restored from its backup: a person can tell, and nobody else.
    """
    same = desk.canon(seen.kind)(name)
    found = rows.find(
        Intent, system=desk.system, kind=link.kind, local_id=link.local_id, part=link.part, op="update", state="acked"
    )
    return any(
        one.remote_id == link.remote_id
        and name in one.changed
        and name in one.before
        and same(one.before[name]) == same(seen.body[name])
        for one in found
    )


def _lost(desk: Desk, rows: Rows, link: Link) -> list[Intent]:
    """What was sent and never heard of."""
    found = rows.find(Intent, system=desk.system, kind=link.kind, local_id=link.local_id, part=link.part)
    return [one for one in found if one.state in {"superseded", "unknown"}]


def over_theirs(desk: Desk, rows: Rows, link: Link, asked: Conflict, seen: Seen) -> None:
    """What a person is asked about was written over there by a lost request of ours: what they had written is kept.

    Both sides may agree again by that, and the question is gone; their value must not go with it.
    """
    name, theirs = asked.member, asked.sides.get("theirs")
    same = desk.canon(seen.kind)(name)
    now = same(seen.body[name])
    if now == same(theirs) or not any(
        name in one.body and same(one.body[name]) == now for one in _lost(desk, rows, link)
    ):
        return
    told = Conflict(
        desk.new_id(), desk.system, link.kind, link.local_id, "overwrite", "", link.remote_id,
        {"before": {name: theirs}, "sent": {name: seen.body[name]}, "moved": [name]}, "open",
        why="an older request of ours arrived late", at=desk.now(),
    )  # fmt: skip
    asked.sides = {**asked.sides, "theirs": seen.body[name]}
    rows.put_all([told, asked])
    desk.log.add(rows, desk.now(), "possible overwrite", link.kind, link.local_id, members=[name])
