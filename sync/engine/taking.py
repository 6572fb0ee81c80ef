"""What comes of seeing a record there: known and unchanged, changed, new, one of ours come twice, or nobody's yet."""

from collections.abc import Sequence
from dataclasses import replace

from sync.engine import restoring, unread
from sync.engine.asking import ask_again, ask_who, ask_whose, raise_question, rejected
from sync.engine.chart import Because, Likely
from sync.engine.desk import NOT_THERE, OURS, QUIET_SECONDS, Desk, clear, hash_of, release, sendable, set_state
from sync.engine.doubting import moved_away, of_doubted, somebody_else, under_another
from sync.engine.identity import REVIEW, judge, proven
from sync.engine.meeting import Met, projected, reconcile, set_aside
from sync.engine.ours import creates, one_of_ours, sent_as
from sync.engine.plan import UNSETTLED, as_before
from sync.engine.proof import settle_work
from sync.engine.sent import same_as_sent, sent_before, shares_who, twin
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Look, Quarantine, Shadow, Work
from sync.engine.store.under import beneath, handed_on, naming
from sync.port import Body, Kind, Seen, Story
from sync.records.elements import Resource

# Who waits for a lost answer is read again after as long as that answer has been missing: each time twice as long.
LONGEST_WAIT_SECONDS = 3_600.0


class ApartError(Exception):
    """Somebody new there came into the chart of the one from whom a person has said that they are another."""


def take(desk: Desk, rows: Rows, seen: Seen, *, shadow: Shadow | None = None) -> Met | None:
    """Take note of a record as it is there; in one transaction with everything that follows from it here."""
    kind = str(seen.kind)
    kp = desk.remote.profile.kinds[seen.kind]
    shadow = shadow or rows.get(Shadow, desk.system, kind, seen.remote_id)
    if shadow is None:
        shadow = Shadow(desk.system, kind, seen.remote_id)
    now = desk.now()
    # Also where it has not been read at the address that the system has now: another may count alike.
    before = shadow.parent if shadow.seen_at or shadow.theirs or shadow.mine else ""
    shadow.body = {**shadow.body, **clear(desk, seen)}
    shadow.parent = seen.parent or shadow.parent
    shadow.seen_at, shadow.strikes, shadow.hidden = now, 0, 0
    if seen.whole:
        shadow.read_at, shadow.whole_hash, shadow.raw = now, hash_of(kp, seen.body), seen.raw
    link = rows.get(Link, desk.system, kind, seen.remote_id)
    met = None
    if link is not None and seen.whole:
        unread.understood(desk, rows, link)
    if link is None and (other := _as_another_kind(desk, rows, seen)) is not None:
        unread.whole(desk, rows, other.kind, seen.remote_id, dict(seen.raw or seen.body), "type cannot be read",
                     print_=hash_of(kp, seen.body))  # fmt: skip
        rows.put(shadow)
        return None
    if link is None or link.status in {"waiting", "here no place"}:
        link = _arrival(desk, rows, seen, shadow)
    if link is not None and link.status in {"gone", "replaced", "never"}:
        _came_back(desk, rows, link)
    elif link is not None and link.status == "confirmed" and (link.kind, link.local_id) not in rows.agreed:
        if said := somebody_else(desk, rows, link, shadow, seen):
            ask_again(desk, rows, link, said)
            rows.put(shadow)
            return None
        if moved_away(desk, rows, before, seen):
            shadow.parent = before
            ask_whose(desk, rows, link, seen)
            rows.put(shadow)
            return None
        if _waits_for_whose_it_is(desk, rows, link, shadow, seen):
            rows.put(shadow)
            return None
        met = reconcile(desk, rows, link, shadow, seen)
    rows.put(shadow)
    if link is not None and met is not None:
        settle_work(desk, rows, seen.kind, link.local_id, met)
        if not met.conflicts:
            _agreed(desk, rows, shadow, met.story, met.mine)
    return met


def _waits_for_whose_it_is(desk: Desk, rows: Rows, link: Link, shadow: Shadow, seen: Seen) -> bool:
    """It is looked at again once a person has said who its patient is there; or they are asked whose it is."""
    if not of_doubted(desk, rows, link, shadow):
        return False
    canon = desk.canon(seen.kind)
    rules = desk.remote.profile.kinds[seen.kind].rules
    shown = {name: value for name, value in clear(desk, seen).items() if name in rules}
    moved = any(canon(name)(shadow.theirs.get(name)) != canon(name)(value) for name, value in shown.items())
    if moved and under_another(desk, rows, link, shadow.parent):
        ask_whose(desk, rows, link, replace(seen, parent=shadow.parent))
    return True


def _agreed(desk: Desk, rows: Rows, shadow: Shadow, story: Story, mine: Body) -> None:
    """Note that nothing of a patient is left to tell: what came from there is not worked out again to tell it there.

    What may be told in several parts, or has an act to be done, is worked out in any case.
    """
    if story.kind is Kind.PATIENT and story.act is None and not story.void:
        kp = desk.remote.profile.kinds[story.kind]
        if as_before(desk, kp, shadow, mine, kind=story.kind):
            rows.agreed[str(story.kind), story.local_id] = desk.chart.end(rows.unit)


def join(desk: Desk, rows: Rows, link: Link) -> None:
    """Confirm a link, and let go on whatever waited for it."""
    desk.log.linked(rows, desk.now(), link)
    release(desk, rows, link.kind, link.local_id)
    if link.kind == Kind.PATIENT:
        look_beneath(desk, rows, link.remote_id)


def look_beneath(desk: Desk, rows: Rows, remote_id: str) -> None:
    """Whose this patient is has been said: what waited for that is read."""
    for child in beneath(rows, desk.system, remote_id):
        waits = rows.get(Link, desk.system, child.kind, child.remote_id)
        if waits is not None and waits.status == "waiting":
            look(desk, rows, child.kind, child.remote_id, "waiting", parent=child.parent)
    for kind, number in naming(rows, desk.system, remote_id):
        # What belonged to nobody here until now: where a list does not say whose it is, the record itself does.
        if not of_patient(desk, Kind(kind)):
            above = rows.get(Shadow, desk.system, kind, number)
            look(desk, rows, kind, number, "linked", parent=above.parent if above is not None else "")


def look_at_all(desk: Desk, rows: Rows, patient: str) -> None:
    """Who a patient there is has been said: what came meanwhile of anything under them is read."""
    look(desk, rows, str(Kind.PATIENT), patient, "linked")
    for child in beneath(rows, desk.system, patient):
        look(desk, rows, child.kind, child.remote_id, "linked", parent=child.parent)


def look(desk: Desk, rows: Rows, kind: str, remote_id: str, why: str, *, parent: str = "", after: float = 0.0) -> None:
    """Have a record read: once, however many ask for it; not what was sent and has no number there."""
    if remote_id.startswith("~"):
        return
    there = rows.get(Look, desk.system, kind, remote_id)
    due = desk.now() + after
    if there is None:
        rows.put(Look(desk.system, kind, remote_id, parent, why, due))
    elif due < there.due_at or there.why in {"rotation", "waiting"}:
        if there.why == "hidden":
            there.tries = 0
        there.due_at, there.why, there.parent = min(due, there.due_at), why, parent or there.parent
        rows.put(there)


def look_whether_gone(desk: Desk, rows: Rows, work: Work, remote_id: str, parent: str = "") -> None:
    """It could not be changed for not being there: a person sees it, unless a look or a list shows it again."""
    shadow = rows.get(Shadow, desk.system, work.kind, remote_id)
    if shadow is not None:
        # Should a list show it again, unchanged even, that is news.
        shadow.list_hash = ""
        rows.put(shadow)
    look(desk, rows, work.kind, remote_id, "gone?", parent=parent)
    set_state(desk, rows, work, "person", NOT_THERE)


def _came_back(desk: Desk, rows: Rows, link: Link) -> None:
    """What was gone and is there again is never simply taken in: somebody may have brought it back by mistake."""
    found = rows.find(Conflict, system=desk.system, kind=link.kind, local_id=link.local_id)
    for one in found:
        if (one.sort, one.state, one.remote_id) == ("gone", "open", link.remote_id):
            # What was to be done about its absence is no question any more.
            one.state, one.keep, one.decided_at = "closed", "back", desk.now()
            rows.put(one)
    if not any(one.sort == "restored" and one.state == "open" for one in found):
        raise_question(
            desk, rows, link.kind, link.local_id, "restored", link.remote_id, "it was gone, and is there again"
        )


def _arrival(desk: Desk, rows: Rows, seen: Seen, shadow: Shadow) -> Link | None:
    """A record there that is none of ours yet."""
    if seen.kind is Kind.PATIENT:
        return _patient(desk, rows, seen, shadow)
    patient = ""
    if seen.parent and desk.remote.profile.kinds.get(Kind.PATIENT) and of_patient(desk, seen.kind):
        owner = rows.get(Link, desk.system, str(Kind.PATIENT), seen.parent)
        # Of whom ours stand there twice both are our patient: what comes under the one too many is not lost.
        if owner is None or owner.status not in OURS:
            return _wait(desk, rows, seen)
        patient = owner.local_id
    ours = creates(desk, rows, seen, patient)
    if lost := [one for one in ours if one.state in UNSETTLED]:
        # It may be the very one whose answer was lost.
        return _wait_for(desk, rows, seen, lost)
    if (found := one_of_ours(desk, rows, seen, patient)) is not None:
        link, body = found
        told = sendable(desk.remote.profile.kinds[seen.kind])
        shadow.told = {name: value for name, value in body.items() if name in told}
        join(desk, rows, link)
        return link
    if (one := sent_as(desk, ours, seen)) is not None:
        if one.state == "person" and _is_the_lost_one(desk, rows, one, seen):
            return None
        return second(desk, rows, one, seen.remote_id)
    return _second_of(desk, rows, seen) or _new(desk, rows, seen, shadow)


# Of these a system may have one list, and what sort of record it is may be corrected there.
_ONE_LIST = frozenset({Kind.ENCOUNTER, Kind.DOCUMENT})


def _as_another_kind(desk: Desk, rows: Rows, seen: Seen) -> Link | None:
    """What is here as a visit and is called a document there now, or the other way: it is not taken in once more."""
    for kind in _ONE_LIST - {seen.kind} if seen.kind in _ONE_LIST else ():
        link = rows.get(Link, desk.system, str(kind), seen.remote_id)
        if link is not None and link.status == "confirmed" and link.local_id:
            return link
    return None


def of_patient(desk: Desk, kind: Kind) -> bool:
    """Whether what a list names as the parent of a kind is a patient."""
    return desk.remote.profile.kinds[kind].listed_for in {None, Kind.PATIENT}


def _is_the_lost_one(desk: Desk, rows: Rows, intent: Intent, seen: Seen) -> bool:
    """What a person is being asked about has come into sight; they still decide, with this before them."""
    raise_question(desk, rows, intent.kind, intent.local_id, "found", seen.remote_id, "it may be the one that was sent")
    return True


def _wait_for(desk: Desk, rows: Rows, seen: Seen, lost: Sequence[Intent]) -> Link:
    """Wait until it is known what became of these: what was lost is looked for itself, this is only read once more."""
    missing = desk.now() - min(one.sent_at for one in lost)
    after = min(max(missing, QUIET_SECONDS), LONGEST_WAIT_SECONDS)
    look(desk, rows, str(seen.kind), seen.remote_id, "waiting", parent=seen.parent or "", after=after)
    return _wait(desk, rows, seen)


def _wait(desk: Desk, rows: Rows, seen: Seen) -> Link:
    link = Link(desk.system, str(seen.kind), seen.remote_id, status="waiting", at=desk.now())
    rows.put(link)
    return link


def second(desk: Desk, rows: Rows, intent: Intent, remote_id: str) -> Link:
    """What we sent once is there twice: never taken in as new; a person has it taken away there."""
    return twice(desk, rows, Link(desk.system, intent.kind, remote_id, intent.local_id, intent.part, "duplicate"))


def twice(desk: Desk, rows: Rows, link: Link, why: str = "it is there twice") -> Link:
    """Of one record here there is more than one there: a person says which is to be ours."""
    link.at = desk.now()
    desk.log.linked(rows, desk.now(), link)
    raise_question(desk, rows, link.kind, link.local_id, "duplicate", link.remote_id, why)
    return link


def _patient(desk: Desk, rows: Rows, seen: Seen, shadow: Shadow) -> Link | None:
    """A patient there: one of ours beyond doubt, perhaps one of ours, or somebody new."""
    whole = Seen(seen.kind, seen.remote_id, clear(desk, seen), seen.whole, seen.raw)
    try:
        records = desk.remote.adopt(whole, None, desk.known(rows))
        likely = desk.chart.alike(rows.unit, records)
    except Exception as error:  # noqa: BLE001 - one record that cannot be understood must not stop the others
        set_aside(desk, rows, seen, error)
        return None
    kind = str(Kind.PATIENT)
    before = sent_before(desk, rows, seen)
    apart = before is not None and rejected(desk, rows, seen.remote_id, before[0].local_id)
    open_ones = [
        one
        for state in UNSETTLED
        for one in rows.find(Intent, system=desk.system, state=state)
        if one.kind == kind and one.op == "create"
    ]
    if lost := [one for one in open_ones if same_as_sent(desk, seen, one) or shares_who(desk, seen, one)]:
        # Its answer was lost, and here it may be: the looking that is due finds it, and says so.
        return _wait_for(desk, rows, seen, lost)
    if before is not None and before[1] == "proven" and before[0].state == "acked" and not apart:
        return second(desk, rows, before[0], seen.remote_id)
    free = [
        one
        for one in likely
        if one.score >= REVIEW and not rejected(desk, rows, seen.remote_id, one.local_id)
    ]  # fmt: skip
    for one in free:
        if lost := [intent for intent in open_ones if intent.local_id == one.local_id]:
            return _wait_for(desk, rows, seen, lost)
        if proven(one) and desk.known(rows).there(Kind.PATIENT, one.local_id) is not None:
            return _second_patient(desk, rows, seen, one)
    verdict = judge(free)
    # What a person has ended, or is asked about, is linked again by that person alone.
    once = handed_on(rows, desk.system, seen.remote_id)
    same = verdict.same if verdict.same is None or verdict.same.local_id not in once else None
    if same is not None and desk.known(rows).there(Kind.PATIENT, same.local_id) is None:
        link = Link(desk.system, kind, seen.remote_id, same.local_id, 0, "confirmed", same.score, "", desk.now())
        join(desk, rows, link)
        return link
    maybe = verdict.maybe or ((verdict.same,) if verdict.same else ()) or _once_ours(desk, rows, seen, likely, before)
    if maybe:
        return ask_who(desk, rows, seen.remote_id, maybe)
    return _second_of(desk, rows, seen) or _new(desk, rows, seen, shadow, records)


def _once_ours(
    desk: Desk, rows: Rows, seen: Seen, likely: Sequence[Likely], before: tuple[Intent, str] | None
) -> tuple[Likely, ...]:
    """Who it may be by what is not said here any more: an earlier attempt of ours, or a life that is not remembered."""
    maybe = restoring.perhaps(desk, rows, likely)
    if before is not None:
        maybe = (Likely(before[0].local_id, REVIEW), *maybe)
    return tuple(one for one in maybe if not rejected(desk, rows, seen.remote_id, one.local_id))


def _second_of(desk: Desk, rows: Rows, seen: Seen) -> Link | None:
    """What was sent in a life that is not remembered, stands there twice, and was taken in once."""
    other = twin(desk, rows, seen) if restoring.restored(desk, rows) is not None else None
    if other is None:
        return None
    return twice(desk, rows, Link(desk.system, other.kind, seen.remote_id, other.local_id, other.part, "duplicate"))


def _second_patient(desk: Desk, rows: Rows, seen: Seen, one: Likely) -> Link:
    link = Link(desk.system, str(seen.kind), seen.remote_id, one.local_id, 0, "duplicate", one.score)
    return twice(desk, rows, link, "this patient is there twice")


def _whose(desk: Desk, rows: Rows, seen: Seen, local_id: str) -> str:
    """The patient here under whose number a record stands there: what is told to nobody has no story that says so."""
    if seen.kind is Kind.PATIENT:
        return local_id
    above = seen.parent if seen.parent and of_patient(desk, seen.kind) else ""
    owner = rows.get(Link, desk.system, str(Kind.PATIENT), above) if above else None
    return owner.local_id if owner is not None else ""


def _not_of_another(desk: Desk, rows: Rows, seen: Seen, local_id: str | None) -> None:
    if local_id and seen.kind is Kind.PATIENT and rejected(desk, rows, seen.remote_id, local_id):
        raise ApartError(seen.remote_id)


def _new(desk: Desk, rows: Rows, seen: Seen, shadow: Shadow, records: Sequence[Resource] | None = None) -> Link | None:
    """Take in what is new there, as records where they were made already; the chart says where it has a place."""
    body = clear(desk, seen)
    whole = Seen(seen.kind, seen.remote_id, body, seen.whole, seen.raw, seen.parent, seen.part)
    try:
        with rows.part():
            if records is None:
                records = desk.remote.adopt(whole, None, desk.whose(rows))
            because = Because(desk.system, seen.remote_id, frozenset(body))
            local_id = desk.chart.adopt(rows.unit, seen.kind, None, records, because)
            _not_of_another(desk, rows, seen, local_id)
            story = None if local_id is None else desk.chart.story(rows.unit, seen.kind, local_id)
            mine = None if story is None else projected(desk, rows, story, 0)
    except Exception as error:  # noqa: BLE001 - one record that cannot be taken in must not stop the others
        set_aside(desk, rows, seen, error)
        return None
    link = Link(desk.system, str(seen.kind), seen.remote_id, local_id or "", 0, "confirmed", at=desk.now())
    if local_id is None:
        if unread.nothing_read(desk, rows, whole):
            return None
        link.status = "here no place"
        rows.put(link)
        return link
    shadow.revision = story.revision if story is not None else 0
    rules = desk.remote.profile.kinds[seen.kind].rules
    shadow.theirs = {name: value for name, value in body.items() if name in rules}
    # What the chart has no form for is not said here: it was not taken out here either, and stays as it is there.
    shadow.mine = {name: (shadow.theirs if mine is None else mine).get(name) for name in rules if name in body}
    patient = (story.patient_id if story else None) or _whose(desk, rows, seen, local_id)
    work = rows.get(Work, desk.system, link.kind, local_id)
    rows.put(
        work or Work(desk.system, link.kind, local_id, patient, state="confirmed", since=desk.now(), due_at=desk.now())
    )
    rows.remove(Quarantine, system=desk.system, kind=link.kind, remote_id=seen.remote_id)
    join(desk, rows, link)
    if seen.kind is Kind.PATIENT:
        # Should they turn out to be two, it is known what of this chart came from there.
        desk.log.add(rows, desk.now(), "adopted", link.kind, local_id, members=sorted(body))
    unread.first_sight(desk, rows, link, whole)
    if story is not None and mine is not None:
        _agreed(desk, rows, shadow, story, mine)
    return link
