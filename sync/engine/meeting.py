"""A record there and the record here that it is: what each changed goes across, and the bases move where they agree."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.engine import ended, late, unread, updating
from sync.engine.asking import questions
from sync.engine.chart import Because
from sync.engine.desk import OURS, Desk, clear
from sync.engine.merge import Canon, Decided, Merged, merge
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine, Shadow
from sync.port import Body, Kind, KindProfile, Rule, Seen, Story, Telling
from sync.records.exact import legible
from sync.telling.dress import normal_form, without_additions

# How often the same is sent again where what is read back is what stood there before.
MOST_TRIES = 3
NOT_KEPT = "they do not keep it"


@dataclass(frozen=True)
class Met:
    """What came of it: the body that should be there, and the members that have to be told for that."""

    story: Story
    mine: Body
    there: Body
    tell: frozenset[str]
    conflicts: frozenset[str]
    remote_id: str


def projected(desk: Desk, rows: Rows, story: Story, part: int) -> Body | None:
    """What the system would be told of a record; None where it has no call for it.

    Of what was ended it is the record itself: that it is ended is told by an act, which says nothing of its members.
    """
    kp = desk.kind(story.kind)
    if kp is not None and story.act in kp.acts & kp.ends.keys():
        story = replace(story, act=None)
    telling = desk.remote.project(story, desk.known(rows))
    if not isinstance(telling, Telling):
        return None
    if not telling.parts:
        return telling.body
    return telling.parts[part] if part < len(telling.parts) else None


def reconcile(desk: Desk, rows: Rows, link: Link, shadow: Shadow, seen: Seen) -> Met | None:
    """Bring a record there and its record here together, in one transaction. None where it is not here any more."""
    kp = desk.remote.profile.kinds[seen.kind]
    story = desk.chart.story(rows.unit, seen.kind, link.local_id)
    if story is None:
        _renewed(desk, rows, link, shadow, seen)
        return None
    mine = projected(desk, rows, story, link.part)
    if mine is None:
        mine = {**shadow.mine, **shadow.told}
    unread.told_again(desk, rows, link)
    hidden = desk.remote.masked(seen.body)
    updating.compare(desk, rows, seen, shadow)
    decided = decisions(rows, link)
    asked_of = {name: one.mine for name, one in decided.items() if one.theirs is None}
    seen = updating.not_kept(desk, rows, shadow, seen, {**asked_of, **shadow.told})
    canon = desk.canon(seen.kind)
    # What is not shown stands there as it was told last, and not as both sides had it before that.
    unseen = {name: value for name, value in shadow.told.items() if name in hidden or name not in seen.body}
    _learn(kp, shadow, mine, seen, hidden, canon)
    merged = merge(
        kp.rules,
        mine,
        seen.body,
        base_mine={**shadow.mine, **unseen},
        base_theirs=shadow.theirs,
        hidden=hidden,
        canon=canon,
        decided=decided,
        beside=seen.kind is Kind.PATIENT,
    )
    merged = late.kept_back(desk, rows, link, seen, merged, mine, decided)
    merged = _refused_there(rows, link, shadow, merged, mine, seen)
    waits = {one.member for one in questions(rows, link, sort="field", state="open")}
    merged = _decided_of_what_is_not_shown(shadow, merged, mine, seen, decided, waits, hidden)
    odd = unread.forms(desk, rows, seen, shadow) if merged.adopt or merged.conflicts else frozenset()
    asked = unread.asked_already(desk, rows, link, merged, mine, seen)
    asked |= dict.fromkeys(odd & merged.conflicts.keys(), unread.FORM)
    merged = merged.parked(mine, seen.body, asked)
    apart: frozenset[str] = frozenset()
    if merged.adopt:
        taken = _adopt(desk, rows, link, shadow, seen, story, merged)
        if taken is None:
            apart = merged.adopt  # set aside as a whole: nothing of it is agreed on
        else:
            left = unread.not_taken(desk, merged, shadow, seen, (mine, taken), odd, decided)
            left |= ended.opened_again(desk, story, shadow, seen, decided)
            # What is told of to nobody here is not known by what would be told: it says what it said.
            same = {name for name in left if canon(name)(taken.get(name)) == canon(name)(seen.body[name])}
            mine = {**taken, **{name: mine.get(name) for name in same}}
            shadow.mine.update({name: mine.get(name) for name in left if not kp.rules[name].theirs})
            merged = merged.parked(mine, seen.body, left)
    if not kp.readable and not apart and not odd:
        # A list shows all there is of it, and it was understood: what was set aside of it before is over.
        rows.remove(Quarantine, system=desk.system, kind=str(seen.kind), remote_id=seen.remote_id)
    out = unread.taken_out(desk, shadow, seen, mine, decided)
    out = {name: why for name, why in out.items() if name not in merged.conflicts and name not in hidden}
    merged = merged.parked(mine, seen.body, out)
    unread.read_since(desk, rows, link, seen)
    tell = _agree(kp, shadow, merged, mine, seen, hidden, canon, apart)
    _conflicts(desk, rows, kp, link, shadow, merged, mine, seen, hidden)
    return Met(story, mine, merged.there, tell, frozenset(merged.conflicts), seen.remote_id)


def decisions(rows: Rows, link: Link) -> dict[str, Decided]:
    """What people decided of the members of a record."""
    return {
        one.member: Decided(one.keep, one.sides.get("mine"), one.sides.get("theirs"))
        for one in questions(rows, link, sort="field", state="decided")
    }


def _decided_of_what_is_not_shown(
    shadow: Shadow, merged: Merged, mine: Body, seen: Seen, decided: Mapping[str, Decided], asked: set[str],
    hidden: frozenset[str],
) -> Merged:  # fmt: skip
    """What a person has decided is to stand as it is here is told, though nothing is shown beside which it would stand.

    Once: that it was answered is all there is to know of it then. What is asked, or is to stand as it is there, is not.
    """
    kept = {name for name, one in decided.items() if one.keep != "here" and one.mine == mine.get(name)} | asked
    merged = replace(merged, tell=merged.tell - (kept - seen.body.keys() - hidden))
    if not seen.whole:
        return merged
    out = {name for name, one in decided.items() if one.keep == "here"} - seen.body.keys() - hidden
    tell = {name for name in out - shadow.told.keys() if not updating.empty(mine.get(name))}
    there = {**merged.there, **{name: mine.get(name) for name in tell}}
    return replace(merged, tell=merged.tell | tell, there=there)


def _refused_there(rows: Rows, link: Link, shadow: Shadow, merged: Merged, mine: Body, seen: Seen) -> Merged:
    """What was told and does not stay there, time after time, is for a person; until they decide it is not told again.

    What else is changed here meanwhile is told.
    """
    if not merged.tell:
        return merged
    found = questions(rows, link, state="open", why=NOT_KEPT)
    asked = {one.member for one in found if one.sides.get("mine") == mine.get(one.member)}
    stuck = merged.tell & (asked | (seen.body.keys() if shadow.tries >= MOST_TRIES else set()))
    return merged.parked(merged.here, seen.body, dict.fromkeys(stuck, NOT_KEPT))


def _learn(kp: KindProfile, shadow: Shadow, mine: Body, seen: Seen, hidden: frozenset[str], canon: Any) -> None:
    """What was told and came back in another dress is agreed on: the system writes it in a form of its own.

    Members that were not sent may be what somebody there has added before it was read back: they are a change of
    theirs. Of who somebody is they are taken for the form: a name written out once more would ask a person each time.
    """
    for name in [*shadow.told]:
        if name in hidden or name not in seen.body or canon(name)(shadow.told[name]) != canon(name)(mine.get(name)):
            continue
        told, got, rule = shadow.told[name], seen.body[name], kp.rules[name]
        if _learned(rule, told, got):
            shadow.mine[name] = mine.get(name)
            shadow.theirs[name] = got if rule.identity else without_additions(told, got)


def _adopt(desk: Desk, rows: Rows, link: Link, shadow: Shadow, seen: Seen, story: Story, merged: Merged) -> Body | None:
    """Take into the chart what changed there; what the chart will not have is set aside, and nothing of it stays."""
    body = {**clear(desk, seen), **{name: merged.here[name] for name in merged.here if name in seen.body}}
    whole = Seen(seen.kind, seen.remote_id, body, seen.whole, seen.raw, seen.parent, link.part)
    because = Because(desk.system, seen.remote_id, merged.adopt, _decider(rows, link, merged.adopt))
    try:
        with rows.part():
            records = desk.remote.adopt(whole, story, desk.whose(rows))
            desk.chart.adopt(rows.unit, seen.kind, link.local_id, records, because)
            again = desk.chart.story(rows.unit, seen.kind, link.local_id)
            mine = None if again is None else projected(desk, rows, again, link.part)
    except Exception as error:  # noqa: BLE001 - one record that cannot be taken in must not stop the others
        set_aside(desk, rows, seen, error)
        return None
    shadow.revision = again.revision if again is not None else 0
    rows.remove(Quarantine, system=desk.system, kind=str(seen.kind), remote_id=seen.remote_id)
    desk.log.add(rows, desk.now(), "adopted", link.kind, link.local_id, members=sorted(merged.adopt))
    return mine if mine is not None else dict(merged.here)


def _renewed(desk: Desk, rows: Rows, link: Link, shadow: Shadow, seen: Seen) -> None:
    """Bring a record that came from there, and is told to nobody, to what it says there now."""
    kp = desk.remote.profile.kinds[seen.kind]
    canon, body = desk.canon(seen.kind), clear(desk, seen)
    moved = frozenset(
        name for name in kp.rules
        if name in body and canon(name)(shadow.theirs.get(name)) != canon(name)(body[name])
    )  # fmt: skip
    owner = rows.get(Link, desk.system, str(Kind.PATIENT), seen.parent or shadow.parent)
    if owner is not None and owner.status not in OURS:
        return  # of a patient whose link has ended nothing is taken in
    out: dict[str, str] = {}
    if any(rule.theirs and rule.removal for rule in kp.rules.values()):
        out = unread.taken_out(desk, shadow, seen, {}, decisions(rows, link))
        _conflicts(desk, rows, kp, link, shadow, Merged(body, body, conflicts=out), shadow.mine, seen, frozenset())
    # What stands here and there no more is agreed on by nobody until a person has seen it; what is added is taken in.
    moved -= {name for name in out if kp.rules[name].way == "status"}
    open_ = frozenset(out)
    if seen.kind is Kind.PATIENT:
        moved, left = unread.of_closed(desk, rows, link, shadow, seen, body, moved)
        open_ |= left
    if moved:
        _taken(desk, rows, link, shadow, seen, body, moved, open_)


def _taken(
    desk: Desk, rows: Rows, link: Link, shadow: Shadow, seen: Seen, body: Body, moved: frozenset[str],
    open_: frozenset[str],
) -> None:  # fmt: skip
    """Take in the members that moved; what the chart will not have is set aside.

    What is not said any more of those that are `open_` is agreed on by nobody.
    """
    rules = desk.remote.profile.kinds[seen.kind].rules
    if seen.kind is Kind.PATIENT:
        # What has not moved stands here already, and the chart is not asked for it: it would come twice.
        body = {name: value for name, value in body.items() if name in moved or name not in rules}
    whole = Seen(seen.kind, seen.remote_id, body, seen.whole, seen.raw, seen.parent, link.part)
    odd = unread.forms(desk, rows, whole, shadow)
    try:
        with rows.part():
            records = desk.remote.adopt(whole, None, desk.whose(rows))
            because = Because(desk.system, seen.remote_id, moved)
            desk.chart.adopt(rows.unit, seen.kind, link.local_id, records, because)
    except Exception as error:  # noqa: BLE001 - one record that cannot be taken in must not stop the others
        set_aside(desk, rows, seen, error)
        return
    rows.remove(Quarantine, system=desk.system, kind=str(seen.kind), remote_id=seen.remote_id)
    desk.log.add(rows, desk.now(), "adopted", link.kind, link.local_id, members=sorted(moved))
    canon = desk.canon(seen.kind)
    for name in moved:
        before = shadow.theirs.get(name) if name in open_ else None
        shadow.theirs[name] = unread.not_agreed(rules[name], before, body[name], canon(name))
    # What a patient who is told of says here stays the base: what came is no change of ours once they are told again.
    ours = seen.kind is Kind.PATIENT
    shadow.mine.update({name: body[name] for name in moved if rules[name].theirs or not ours})
    unread.read_since(desk, rows, link, seen)
    if odd:
        unread.first_sight(desk, rows, link, whole)


def _decider(rows: Rows, link: Link, members: frozenset[str]) -> str:
    """Who decided one of the members that are taken in; empty where nobody had to."""
    found = questions(rows, link, sort="field", state="decided")
    return next((one.who for one in found if one.member in members), "")


def set_aside(desk: Desk, rows: Rows, seen: Seen, error: Exception) -> None:
    """Keep what could not be taken in, as it came, for a person."""
    name = type(error).__name__
    # What a rule of the chart says, without what it says it of.
    why = f"{name}: {said}" if hasattr(error, "facts") and (said := str(getattr(error, "message", ""))) else name
    raw = legible(dict(seen.raw or seen.body))  # what cannot be kept as it came must not stop what sets it aside
    unread.put_aside(rows, Quarantine(desk.system, str(seen.kind), seen.remote_id, why, raw, desk.now()))
    desk.log.add(rows, desk.now(), "set aside", str(seen.kind), seen.remote_id, why=name)


def _agree(
    kp: KindProfile,
    shadow: Shadow,
    merged: Merged,
    mine: Body,
    seen: Seen,
    hidden: frozenset[str],
    canon: Any,
    apart: frozenset[str],
) -> frozenset[str]:
    """Move the bases of the members on which both sides now agree; what is left to tell. Not of what is set `apart`."""
    tell = set(merged.tell)
    moved = kp.progress is not None and shadow.theirs.get(kp.progress) != seen.body.get(kp.progress)
    # A list shows less than a record read alone: of what it leaves out it proves nothing. Of what is shown of nobody it
    # stays known that it was told: should it be shown of others one day, it can be told from what was not kept.
    partial = kp.readable and not seen.whole
    out = shadow.told.keys() - seen.body.keys() - hidden
    later = {name for name in out if partial or not updating.empty(shadow.told[name])}
    for name in kp.rules:
        same: Canon = canon(name)
        told = name in shadow.told and same(shadow.told[name]) == same(mine.get(name))
        if name in merged.conflicts or name in apart:
            continue
        if name in hidden or name not in seen.body:
            # It cannot be read back: that it was answered is all there is to know.
            if told:
                tell.discard(name)
            if name in shadow.told and not (partial and name in later):
                shadow.mine[name] = shadow.told[name] = mine.get(name) if told else shadow.told[name]
            continue
        if name not in tell:
            shadow.mine[name], shadow.theirs[name] = mine.get(name), seen.body[name]
        elif name in merged.adopt:
            shadow.theirs[name] = seen.body[name]
    seen_now = {name for name in shadow.told if name in seen.body or name in hidden or name not in tell} - later
    # Where a part was taken, or it goes on step by step, the rest may need sendings of its own. What a person is asked
    # about was not: it is seen at every look, and the rest would be sent for as long as nobody answers.
    taken = moved or any(name not in tell for name in seen_now - merged.conflicts.keys())
    shadow.tries = 0 if not tell or taken else shadow.tries + bool(tell & seen_now)
    for name in seen_now - merged.conflicts.keys():
        del shadow.told[name]
    return frozenset(tell)


def _learned(rule: Rule, sent: Any, got: Any) -> bool:
    """The system writes it in a form of its own; of what is dangerous to lose nothing is taken for a form."""
    return not rule.removal and rule.way != "status" and normal_form(sent, got)


def _conflicts(
    desk: Desk, rows: Rows, kp: KindProfile, link: Link, shadow: Shadow, merged: Merged, mine: Body, seen: Seen,
    hidden: frozenset[str],
) -> None:  # fmt: skip
    """Open, renew and close what a person has to decide, by member."""
    found = questions(rows, link)
    here = {one.member: one for one in found if one.sort == "field" and one.state != "closed"}
    for name, why in merged.conflicts.items():
        base = shadow.theirs if why in unread.WHYS else shadow.mine
        values = {"before": base.get(name), "mine": mine.get(name), "theirs": seen.body.get(name)}
        one = here.pop(name, None)
        if one is not None and one.sides == values and one.state == "open":
            continue
        if one is None:
            one = Conflict(desk.new_id(), desk.system, link.kind, link.local_id, "field", name, link.remote_id)
            desk.log.add(rows, desk.now(), "conflict", link.kind, link.local_id, member=name)
        one.sides, one.why, one.state, one.keep, one.at = values, why, "open", "", desk.now()
        one.clinical = int(kp.rules[name].clinical)
        rows.put(one)
    for name, one in here.items():
        if one.state == "open" and name in seen.body:
            late.over_theirs(desk, rows, link, one, seen)
        # What was decided of what is not shown any more has been told, or it has changed here since.
        over = one.keep == "here" or one.sides.get("mine") != mine.get(name)
        told = one.state == "decided" and over and seen.whole and name not in hidden
        shown = name in seen.body or told
        if not shown or name in merged.tell:
            continue
        one.state = "closed"
        one.decided_at = one.decided_at or desk.now()
        rows.put(one)
        desk.log.add(rows, desk.now(), "settled", link.kind, link.local_id, member=name, keep=one.keep)
