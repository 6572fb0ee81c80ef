"""How far a record here is, by what was last seen of it there: confirmed is what was read back, and nothing else."""

from sync.engine import ended
from sync.engine.asking import questions
from sync.engine.desk import NOT_THERE, OTHER_SORT, Desk, never_updated, sendable, set_state, shows, to_be_read_back
from sync.engine.meeting import Met
from sync.engine.merge import merge
from sync.engine.plan import NAMELESS, as_before, cannot_tell, decided_since
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Shadow, Work
from sync.port import Body, Kind, KindProfile, Story, Telling


def settle_work(desk: Desk, rows: Rows, kind: Kind, local_id: str, met: Met) -> None:
    """What a look at the record there says of how far the record here is."""
    kp = desk.remote.profile.kinds[kind]
    work = rows.get(Work, desk.system, str(kind), local_id)
    if work is None:
        work = Work(desk.system, str(kind), local_id, met.story.patient_id or "", since=desk.now(), state="confirmed")
    if work.state == "person" and work.why in {NOT_THERE, OTHER_SORT}:
        set_state(desk, rows, work, "waiting")  # it was seen there again, as what it is here
        return
    if work.state == "cannot" and _is_so(desk, rows, kp, met.story):
        set_state(desk, rows, work, "waiting")  # somebody has told them
        return
    if work.state not in {"sent", "confirmed", "differs", "closed", "idle"} or (work.who and work.told == work.seq):
        # On its way, or left as it is by a person until somebody here changes it.
        rows.put(work)
        return
    if met.tell & sendable(kp):
        if never_updated(kp):
            set_state(
                desk, rows, work, "cannot", desk.remote.profile.untold.get((kind, "update"), "no call to change it")
            )
        else:
            set_state(desk, rows, work, "waiting")
    elif (of_a_part := _of_its_parts(desk, rows, kp, met)) != "waiting" and met.conflicts:
        set_state(desk, rows, work, "differs", "a person must decide")
    elif of_a_part == NAMELESS:
        cannot_tell(desk, rows, work, NAMELESS)
    elif of_a_part:
        set_state(desk, rows, work, of_a_part, "what is asked of it is not settled" if of_a_part == "differs" else "")
    elif _all_proven(desk, rows, kind, local_id):
        work.told = work.seq
        # What they never show again was not read back: their answer to the sending itself is no proof.
        set_state(desk, rows, work, "confirmed" if shows(kp) else "sent")
    else:
        rows.put(work)


def _of_its_parts(desk: Desk, rows: Rows, kp: KindProfile, met: Met) -> str:
    """How far a record is of which this part is as it should be, as far as it is shown.

    It waits where another part is to be told, differs where something is asked of one, and is nameless where what has
    no number there has changed; else it is empty.
    """
    links = desk.known(rows).all(met.story.kind, met.story.local_id)
    telling = desk.remote.project(met.story, desk.known(rows)) if len(links) > 1 else None
    bodies = telling.parts if isinstance(telling, Telling) else ()
    asked = last = ""
    for link in links:
        found = [one for one in questions(rows, link, sort="field") if one.state != "closed"]
        shadow = rows.get(Shadow, desk.system, link.kind, link.remote_id)
        body = bodies[link.part] if link.part < len(bodies) and not never_updated(kp) else None
        if link.remote_id == met.remote_id:
            asked = "differs" if found else asked  # what is decided and was not carried out is not shown now
        elif body is not None and (
            decided_since(desk, rows, link, shadow) or _is_to_be_told(desk, kp, shadow, body, found, met.story.kind)
        ):
            if not link.remote_id.startswith("~"):
                return "waiting"
            last = NAMELESS  # a person says it there, once all else is settled
        elif any(one.state == "open" or one.keep != "here" for one in found):
            asked = "differs"
    return asked or last


def _is_to_be_told(
    desk: Desk, kp: KindProfile, shadow: Shadow | None, body: Body, found: list[Conflict], kind: Kind
) -> bool:
    """Whether a part has changed here, apart from what is asked of it or is to stand as it is there."""
    if shadow is None:
        return False
    held = {
        one.member
        for one in found
        if one.state == "open" or (one.keep != "here" and one.sides.get("mine") == body.get(one.member))
    }
    # What stands as it is there whatever is said here, and could not be taken in, is before a person already.
    met = merge(
        kp.rules, body, shadow.body, base_mine=shadow.mine, base_theirs=shadow.theirs,
        hidden=desk.remote.masked(shadow.body), canon=desk.canon(kind), decided={},
    )  # fmt: skip
    held |= met.adopt - met.tell
    said = {name: shadow.told.get(name, shadow.mine.get(name)) for name in held}
    return not as_before(desk, kp, shadow, {**body, **said}, kind=kind)


def _all_proven(desk: Desk, rows: Rows, kind: Kind, local_id: str) -> bool:
    """Whether nothing of any part is left that was told and not read back."""
    found = [rows.get(Shadow, desk.system, str(kind), link.remote_id) for link in desk.known(rows).all(kind, local_id)]
    return not any(shadow is not None and to_be_read_back(shadow) for shadow in found)


def _is_so(desk: Desk, rows: Rows, kp: KindProfile, story: Story) -> bool:
    links = desk.known(rows).all(story.kind, story.local_id)
    return ended.there(desk, rows, kp, story.act or "", links) == ended.SO
