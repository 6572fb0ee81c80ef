"""What one record needs next at one system, worked out from the state each time: nothing is remembered but what is."""

from dataclasses import dataclass, field, replace
from typing import Literal

from sync.engine import ended as over
from sync.engine import untold
from sync.engine.asking import questions
from sync.engine.desk import DAY, NOT_THERE, Desk, never_updated, set_state, to_be_read_back
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Shadow, Work
from sync.port import Body, CannotTell, Create, Kind, KindProfile, Story, Telling

# Links that a person has ended so that the system is told nothing more of the record.
NEVER = frozenset({"never", "left"})
UNSETTLED = ("inflight", "unknown")
OF_NOBODY = "they are told nothing more of its patient, as was decided"
NAMELESS = "they gave it no number by which it could be changed"


@dataclass(frozen=True)
class Plan:
    """The next request for a record: look for it there first, create it, bring it up to date, or do something to it."""

    op: Literal["search", "create", "update", "act"]
    story: Story
    body: Body = field(default_factory=dict)
    act: str = ""
    part: int = 0
    link: Link | None = None
    parent: str = ""
    undone: bool = False  # what is to be done was seen not to be done there yet


def plan(desk: Desk, rows: Rows, work: Work) -> Plan | None:
    """Decide what to do for a record; None where there is nothing to send now, and its state says why."""
    kind = Kind(work.kind)
    story = desk.chart.story(rows.unit, kind, work.local_id)
    if story is None or not story.signed:
        set_state(desk, rows, work, "idle", "" if story is None else "it is a draft")
        return None
    ended = _statuses(desk, rows, work.kind, work.local_id)
    if _no_more(ended):
        set_state(desk, rows, work, "closed", "they are not told of it, as was decided")
        return None
    kp = desk.kind(kind)
    links = desk.known(rows).all(kind, work.local_id)
    act = story.act or ("void" if story.void else "")
    if kp is None or (act and _nothing_to_do(desk, rows, work, kp, act, links)):
        if kp is None:
            _for_a_person(desk, rows, work, act, links)
        return None
    if "gone" in ended:
        set_state(desk, rows, work, "person", NOT_THERE)
        return None
    telling = desk.remote.project(story, desk.known(rows))
    if isinstance(telling, CannotTell):
        # Of a practitioner a system is told nothing: who it is there has been said, or was seen.
        if links and not act and (kind is Kind.PRACTITIONER or _as_it_came(desk, rows, work, story, links)):
            _nothing_left(desk, rows, work, [link.remote_id for link in links])
        else:
            cannot_tell(desk, rows, work, telling.why)
        return None
    left_out = ", ".join(telling.homeless) or None
    if left_out != work.left_out:
        work.left_out = left_out
        rows.put(work)
    if act in kp.acts or (kp.create is None and not links and len(kp.acts) == 1):
        return _act(desk, rows, work, kp, story, telling, act or next(iter(kp.acts)), links)
    if blocked(desk, rows, work, telling):
        return None
    return _record(desk, rows, work, kp, story, telling, links)


def _statuses(desk: Desk, rows: Rows, kind: str, local_id: str) -> set[str]:
    return {link.status for link in rows.find(Link, system=desk.system, kind=kind, local_id=local_id)}


def _no_more(statuses: set[str]) -> bool:
    """Whether a person has decided that they are told nothing more of what has these links."""
    return bool(statuses & NEVER) and "confirmed" not in statuses


def _nothing_to_do(desk: Desk, rows: Rows, work: Work, kp: KindProfile, act: str, links: list[Link]) -> bool:
    """Whether an act is not sent: it has ended there already, as here or otherwise, or there is no call for it.

    What was asked of them is heard of first.
    """
    open_ = any(one.op == "act" and one.state != "acked" for one in _asked(desk, rows, work))
    said = "" if open_ else over.there(desk, rows, kp, act, links)
    if said == over.SO and act in kp.acts:
        return False  # what else has changed of it is told
    if said == over.SO:
        _nothing_left(desk, rows, work, [link.remote_id for link in links])
        return True
    if said:
        cannot_tell(desk, rows, work, said)
        return True
    if untold.told_by_hand(desk, rows, work) or _cannot(desk, Kind(work.kind), act, kp):
        _for_a_person(desk, rows, work, act, links)
        return True
    return False


def _for_a_person(desk: Desk, rows: Rows, work: Work, act: str, links: list[Link]) -> None:
    """There is no call for it: a person tells them, of what they have heard of."""
    told_before = untold.told_by_hand(desk, rows, work) or bool(links) or bool(_asked(desk, rows, work))
    if act and not told_before:
        set_state(desk, rows, work, "idle", "it was never told there")
    else:
        cannot_tell(desk, rows, work, _why_untold(desk, Kind(work.kind), act or "create"))


def _cannot(desk: Desk, kind: Kind, act: str, kp: KindProfile) -> bool:
    return act not in kp.acts and ((kind, act) in desk.remote.profile.untold or act == "void" or never_updated(kp))


def _why_untold(desk: Desk, kind: Kind, act: str) -> str:
    return desk.remote.profile.untold.get((kind, act), f"{desk.remote.profile.title} has no call for this")


def cannot_tell(desk: Desk, rows: Rows, work: Work, why: str) -> None:
    """A person must tell them; a task that they have closed already stays closed until something changes.

    What they are not told of by a decision makes no task.
    """
    if work.told == work.seq and work.who:
        set_state(desk, rows, work, "closed", why)
        return
    work.who = ""
    if untold.is_left(desk, rows, work):
        set_state(desk, rows, work, "idle", untold.LEFT)
        return
    if untold.told_by_hand(desk, rows, work):
        why = f"it has changed here since they were told of it. {why}"
    set_state(desk, rows, work, "cannot", why)


def _asked(desk: Desk, rows: Rows, work: Work) -> list[Intent]:
    found = rows.find(Intent, system=desk.system, kind=work.kind, local_id=work.local_id)
    return [one for one in found if one.state not in {"ready", "rejected", "dropped"}]


def blocked(desk: Desk, rows: Rows, work: Work, telling: Telling) -> bool:
    """Wait for what must be known there first; it is asked for sooner the more waits for it."""
    known = desk.known(rows)
    for kind, local_id in telling.needs:
        if known.there(kind, local_id) is not None:
            continue
        needed = rows.get(Work, desk.system, str(kind), local_id)
        if needed is None and desk.kind(kind) is not None:
            needed = Work(desk.system, str(kind), local_id, work.patient, since=desk.now(), due_at=desk.now())
        if needed is not None:
            if kind is not Kind.PATIENT:  # what waits for a patient was counted when it was first heard of
                needed.unlocks += 1
            needed.urgency = min(needed.urgency, work.urgency)
            rows.put(needed)
        wait_for(desk, rows, work, kind, local_id)
        return True
    return False


def wait_for(desk: Desk, rows: Rows, work: Work, kind: Kind, local_id: str) -> None:
    """It goes on as soon as that is known there.

    Who was left alone there is there: of what they have under them, a person says what is to be changed.
    """
    work.waits_for = f"{kind}/{local_id}"
    why = f"waits for its {str(kind).replace('_', ' ')} to be known there"
    ended = _statuses(desk, rows, str(kind), local_id) if kind is Kind.PATIENT else set()
    if _no_more(ended):
        why = OF_NOBODY
    if why == OF_NOBODY and "left" in ended and desk.known(rows).all(work.kind, work.local_id):
        cannot_tell(desk, rows, work, why)
        return
    set_state(desk, rows, work, "blocked", why)


def _act(
    desk: Desk, rows: Rows, work: Work, kp: KindProfile, story: Story, telling: Telling, act: str, links: list[Link]
) -> Plan | None:
    """Something is to be done to it: once."""
    asked = rows.find(Intent, system=desk.system, kind=work.kind, local_id=work.local_id, op="act", act=act)
    ours = {link.remote_id for link in links}
    # What was done to another one of two, of which a person has chosen this one, was not done to this one.
    done = any(one.state == "acked" and (not links or one.remote_id in ours) for one in asked)
    if done or (not asked and over.there(desk, rows, kp, act, links) == over.SO):
        if not links and kp.create is not None:
            # It was done to what turned out to be somebody else's.
            set_state(desk, rows, work, "idle", "it was never told there")
            return None
        # It is done; what else has changed of it is told like any other change, and not by what the act says.
        record = desk.remote.project(replace(story, act=None), desk.known(rows)) if act in kp.ends else telling
        if isinstance(record, CannotTell):
            _nothing_left(desk, rows, work, [link.remote_id for link in links])
            return None
        return _record(desk, rows, work, kp, story, record, links)
    if any(one.state in UNSETTLED for one in asked):
        set_state(desk, rows, work, "unknown", "no answer came")
        return None
    if any(one.state == "person" for one in asked):
        set_state(desk, rows, work, "person", "it was sent, and no answer came")
        return None
    if not links and kp.create is not None:
        # It was never told of; there is nothing to do it to.
        set_state(desk, rows, work, "idle", "it was never told there")
        return None
    if not links and blocked(desk, rows, work, telling):
        return None
    parent = "" if links else _parent(desk, rows, telling)
    return Plan("act", story, telling.body, act, 0, links[0] if links else None, parent)


def _parent(desk: Desk, rows: Rows, telling: Telling) -> str:
    """The id there of what it belongs to: the last thing that must be known first (the order of a result)."""
    if not telling.needs:
        return ""
    kind, local_id = telling.needs[-1]
    return desk.known(rows).there(kind, local_id) or ""


def _record(
    desk: Desk, rows: Rows, work: Work, kp: KindProfile, story: Story, telling: Telling, links: list[Link]
) -> Plan | None:
    bodies = telling.parts or (telling.body,)
    told = {link.part: link for link in links}
    if missing := [part for part in range(len(bodies)) if part not in told]:
        ended = rows.find(Link, system=desk.system, kind=work.kind, local_id=work.local_id)
        never = {link.part for link in ended if link.status in NEVER}  # of the other parts they are told
        for part in missing:
            if part not in never:
                return _creation(desk, rows, work, kp, story, bodies[part], part)
    # First what was decided since; the others in their turn, so that none holds back another; last, what has no number.
    known = [(told[part], rows.get(Shadow, desk.system, work.kind, told[part].remote_id)) for part in sorted(told)]
    known.sort(
        key=lambda one: (
            one[0].remote_id.startswith("~"),
            not _anew(_decisions(rows, one[0]), one[1]),
            one[1].seen_at if one[1] else 0.0,
        )
    )
    for link, shadow in known:
        if link.part >= len(bodies):
            continue
        body = bodies[link.part]
        if link.remote_id.startswith("~"):
            if shadow is not None and not as_before(desk, kp, shadow, body, kind=story.kind):
                cannot_tell(desk, rows, work, NAMELESS)
                return None
            continue
        if not _decisions(rows, link) and shadow is not None and as_before(desk, kp, shadow, body, kind=story.kind):
            continue
        if never_updated(kp):
            cannot_tell(desk, rows, work, _why_untold(desk, story.kind, "update"))
            return None
        return Plan("update", story, body, "", link.part, link)
    _nothing_left(desk, rows, work, [link.remote_id for link in told.values()])
    return None


def _decisions(rows: Rows, link: Link) -> list[Conflict]:
    """What a person has decided of it that is to be told."""
    return questions(rows, link, sort="field", state="decided", keep="here")


def decided_since(desk: Desk, rows: Rows, link: Link, shadow: Shadow | None) -> bool:
    """Whether that was decided since it was last looked at, or is shown there still as it was when it was decided."""
    found = _decisions(rows, link)
    return _anew(found, shadow) or any(_stands_still(desk, link, shadow, one) for one in found if shadow is not None)


def _anew(found: list[Conflict], shadow: Shadow | None) -> bool:
    """Whether one was decided since it was last looked at: what was looked at in vain holds nothing else back."""
    return any(shadow is None or (one.decided_at or 0.0) >= shadow.seen_at for one in found)


def _stands_still(desk: Desk, link: Link, shadow: Shadow, one: Conflict) -> bool:
    """Whether it was sent in vain: there it says what it said when it was decided, and nothing was told since."""
    same = desk.canon(Kind(link.kind))(one.member)
    shown = one.member in shadow.body and one.member not in shadow.told
    return shown and same(shadow.body[one.member]) == same(one.sides.get("theirs"))


def _as_it_came(desk: Desk, rows: Rows, work: Work, story: Story, links: list[Link]) -> bool:
    """Whether nobody here has changed it since it came from there."""
    shadows = [rows.get(Shadow, desk.system, work.kind, link.remote_id) for link in links]
    return all(shadow is not None and shadow.revision == story.revision for shadow in shadows)


def as_before(desk: Desk, kp: KindProfile, shadow: Shadow, body: Body, *, kind: Kind) -> bool:
    """Whether what the chart says is what it said when both sides last agreed, or what has been sent since."""
    for name, rule in kp.rules.items():
        if rule.theirs:
            continue
        said = shadow.told.get(name, shadow.mine.get(name))
        if body.get(name) != said:
            same = desk.canon(kind)(name)
            if same(body.get(name)) != same(said):
                return False
    return True


def _nothing_left(desk: Desk, rows: Rows, work: Work, remote_ids: list[str]) -> None:
    shadows = [rows.get(Shadow, desk.system, work.kind, one) for one in remote_ids]
    work.told = work.seq
    open_ones = rows.find(Conflict, system=desk.system, kind=work.kind, local_id=work.local_id, state="open")
    if any(one.sort == "field" for one in open_ones):
        set_state(desk, rows, work, "differs", "a person must decide")
    elif any(shadow is None or to_be_read_back(shadow) or not shadow.seen_at for shadow in shadows):
        set_state(desk, rows, work, "sent")
    else:
        set_state(desk, rows, work, "confirmed")


def _creation(desk: Desk, rows: Rows, work: Work, kp: KindProfile, story: Story, body: Body, part: int) -> Plan | None:
    """It is not known there: tell it, unless that was tried and nobody knows what came of it."""
    if story.void:
        set_state(desk, rows, work, "idle", "it was never told there")
        return None
    if kp.create is None:
        cannot_tell(desk, rows, work, _why_untold(desk, story.kind, "create"))
        return None
    if _undecided(desk, rows, work, part) or _out_of_time(desk, rows, work, story):
        return None
    if story.kind is Kind.PATIENT:
        if _in_review(desk, rows, work):
            return None
        if not work.searched:
            return Plan("search", story, body, "", part)
    return Plan("create", story, body, "", part)


def _undecided(desk: Desk, rows: Rows, work: Work, part: int) -> bool:
    """Whether it was sent, and nobody knows yet what came of it."""
    for one in rows.find(Intent, system=desk.system, kind=work.kind, local_id=work.local_id, op="create"):
        if one.part != part or one.state not in {*UNSETTLED, "person", "duplicate"}:
            continue
        state = "unknown" if one.state in UNSETTLED else "person"
        set_state(desk, rows, work, state, "it was sent, and no answer came")
        return True
    return False


def _out_of_time(desk: Desk, rows: Rows, work: Work, story: Story) -> bool:
    """Whether it waited so long that a person must say if it is still to be sent."""
    waited = desk.now() - work.since
    if waited <= DAY or work.asked == "send":
        return False
    why = desk.chart.question(rows.unit, story, waited)
    if why:
        set_state(desk, rows, work, "person", why)
    return bool(why)


def _in_review(desk: Desk, rows: Rows, work: Work) -> bool:
    """Whether a person is being asked if somebody there is this patient: no second one is made meanwhile."""
    found = rows.find(Conflict, system=desk.system, kind=work.kind, local_id=work.local_id, state="open")
    others = rows.find(Conflict, system=desk.system, kind=work.kind, sort="identity", state="open")
    asked = any(one.sort == "identity" for one in found)
    asked = asked or any(work.local_id in one.sides.get("others", ()) for one in others)
    if asked:
        set_state(desk, rows, work, "person", "somebody there may be this patient")
    return asked


def certain(kp: KindProfile) -> bool:
    """Whether it can be sent again after looking showed that it is not there."""
    return kp.create not in {None, Create.WRITE_ONLY} and not kp.money and not kp.irreversible
