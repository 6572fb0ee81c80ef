"""What has ended there already: nothing is done to it again, and where it ended otherwise a person gets to know."""

from collections.abc import Mapping, Sequence

from sync.engine.desk import Desk
from sync.engine.merge import Canon, Decided
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Shadow
from sync.engine.unread import LEFT, NOTED
from sync.port import KindProfile, Rule, Seen, Story

STATUS = "status"
# Both sides say the same of how it ended.
SO = "so"


def there(desk: Desk, rows: Rows, kp: KindProfile, act: str, links: Sequence[Link]) -> str:
    """How far it is there: `SO` where what was to be done is how it ended, in words where it ended otherwise.

    Empty where it goes on there, or the system has no such end.
    """
    rule = kp.rules.get(STATUS)
    if act not in kp.ends or rule is None:
        return ""
    same = desk.canon(kp.kind)(STATUS)
    wanted = {same(word) for word in kp.ends[act]}
    for link in links:
        shadow = rows.get(Shadow, desk.system, link.kind, link.remote_id)
        said = None if shadow is None else shadow.body.get(STATUS)
        # What both had agreed on is not done to it once more where somebody there opens it again.
        if shadow is not None and {same(said), same(shadow.theirs.get(STATUS))} & wanted:
            return SO
        if same(said) in _finals(rule, kp, same):
            return f"it has ended there in another way: {str(said).replace('_', ' ')}"
    return ""


def opened_again(
    desk: Desk, story: Story, shadow: Shadow, seen: Seen, decided: Mapping[str, Decided]
) -> dict[str, str]:
    """The status, where they have opened again what has ended here, or ended it otherwise: that is for a person."""
    kp = desk.remote.profile.kinds[seen.kind]
    rule = kp.rules.get(STATUS)
    if rule is None or story.act is None or story.act not in kp.ends or STATUS not in seen.body:
        return {}
    same = desk.canon(seen.kind)(STATUS)
    now, before = same(seen.body[STATUS]), same(shadow.theirs.get(STATUS))
    one = decided.get(STATUS)
    noted = one is not None and one.keep == NOTED and same(one.theirs) == now
    wanted = {same(word) for word in kp.ends[story.act]}
    agreed = before in _finals(rule, kp, same)
    return {STATUS: LEFT} if agreed and now != before and now not in wanted and not noted else {}


def _finals(rule: Rule, kp: KindProfile, same: Canon) -> set[str]:
    return {same(word) for word in (*rule.final, *(word for each in kp.ends.values() for word in each))}
