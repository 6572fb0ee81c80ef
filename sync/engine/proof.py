"""How far a record here is, by what was last seen of it there: confirmed is what was read back, and nothing else."""

from sync.engine import ended
from sync.engine.desk import NOT_THERE, Desk, never_updated, sendable, set_state, shows, to_be_read_back
from sync.engine.meeting import Met
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Shadow, Work
from sync.port import Kind, KindProfile, Story


def settle_work(desk: Desk, rows: Rows, kind: Kind, local_id: str, met: Met) -> None:
    """What a look at the record there says of how far the record here is."""
    kp = desk.remote.profile.kinds[kind]
    work = rows.get(Work, desk.system, str(kind), local_id)
    if work is None:
        work = Work(desk.system, str(kind), local_id, met.story.patient_id or "", since=desk.now(), state="confirmed")
    if (work.state, work.why) == ("person", NOT_THERE):
        set_state(desk, rows, work, "waiting")  # it was seen there again
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
    elif met.conflicts or _asked_of_a_part(desk, rows, kind, local_id):
        set_state(desk, rows, work, "differs", "a person must decide")
    elif _all_proven(desk, rows, kind, local_id):
        work.told = work.seq
        # What they never show again was not read back: their answer to the sending itself is no proof.
        set_state(desk, rows, work, "confirmed" if shows(kp) else "sent")
    else:
        rows.put(work)


def _asked_of_a_part(desk: Desk, rows: Rows, kind: Kind, local_id: str) -> bool:
    """Whether something is asked of a record that stands there in several parts: this one may be as it should."""
    if len(desk.known(rows).all(kind, local_id)) < 2:
        return False
    return bool(rows.count(Conflict, system=desk.system, kind=str(kind), local_id=local_id, sort="field", state="open"))


def _all_proven(desk: Desk, rows: Rows, kind: Kind, local_id: str) -> bool:
    """Whether nothing of any part is left that was told and not read back."""
    found = [rows.get(Shadow, desk.system, str(kind), link.remote_id) for link in desk.known(rows).all(kind, local_id)]
    return not any(shadow is not None and to_be_read_back(shadow) for shadow in found)


def _is_so(desk: Desk, rows: Rows, kp: KindProfile, story: Story) -> bool:
    links = desk.known(rows).all(story.kind, story.local_id)
    return ended.there(desk, rows, kp, story.act or "", links) == ended.SO
