"""Two who were taken for one: a person ends the link between a patient there and one here, and nothing of it stays.

They were linked by mistake, or a system that was restored from its backup handed the number out once more. What was
told under that number stands in somebody else's record there, and what came from it in somebody else's chart here:
a person is told of each, and what is ours is told anew of whom it belongs to.
"""

from collections.abc import Iterator

from sync.engine.asking import raise_question, rejected
from sync.engine.desk import Desk, set_state
from sync.engine.plan import certain
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Audited, Conflict, Intent, Link, Shadow, Work
from sync.engine.store.under import bearing
from sync.engine.taking import look, of_patient
from sync.port import Kind

MISTAKEN = "taken for this patient by mistake"


def part(desk: Desk, rows: Rows, link: Link, who: str) -> None:
    """End the link of a patient for ever: whoever is there is judged anew, and never taken for this one again."""
    parted(desk, rows, link, who)
    forget(desk, rows, link, who)
    look(desk, rows, link.kind, link.remote_id, "linked")


def parted(desk: Desk, rows: Rows, link: Link, who: str) -> None:
    """Whoever stands there is not this patient of ours: what was told of them is told anew, and said."""
    local_id, remote_id = link.local_id, link.remote_id
    _answer(desk, rows, link, who)
    _drop(desk, rows, link)
    if _adopted(desk, rows, local_id):
        raise_question(desk, rows, link.kind, local_id, "misfiled", remote_id, "what came from there may stand here")
    part_beneath(desk, rows, remote_id, local_id, who)
    work = rows.get(Work, desk.system, link.kind, local_id)
    if work is not None:
        work.searched, work.tries, work.who = 0.0, 0, ""
        set_state(desk, rows, work, "waiting")


def part_beneath(desk: Desk, rows: Rows, remote_id: str, local_id: str, who: str) -> None:
    """What stands under somebody there is not this patient's; what may stand there is told anew, and said."""
    for link, above in _children(desk, rows, remote_id, local_id):
        _child(desk, rows, link, above, who)
    for intent in rows.find(Intent, system=desk.system, patient=local_id, op="create", parent=remote_id):
        work = rows.get(Work, desk.system, intent.kind, intent.local_id)
        kind = Kind(intent.kind)
        kp = desk.remote.profile.kinds[kind]
        if kind is Kind.PATIENT or work is None or not of_patient(desk, kind):
            continue
        if intent.state not in {"ready", "person", "duplicate"} or (intent.attempts and not certain(kp)):
            continue
        if intent.attempts:
            why = "it may stand under somebody else there: have it taken away"
            raise_question(desk, rows, intent.kind, intent.local_id, "surplus", intent.remote_id, why)
        intent.state = "dropped"
        rows.put(intent)
        set_state(desk, rows, work, "waiting")


def told_beneath(desk: Desk, rows: Rows, remote_id: str, local_id: str) -> None:
    """A patient's number was handed out anew: what was told under it of this one stands under somebody else now.

    What came from there while it was this one's is this one's, and is left as it is.
    """
    for link, work in _children(desk, rows, remote_id, local_id):
        if _was_told(desk, rows, link):
            _child(desk, rows, link, work, "")


def _children(desk: Desk, rows: Rows, remote_id: str, local_id: str) -> list[tuple[Link, Work]]:
    """What stands under somebody there and is this patient's here."""
    # What a doctor's day shows says itself whose it is.
    named = {(link.kind, link.remote_id): link for link in _named_in(desk, rows, remote_id)}
    found = {(link.kind, link.remote_id): link for link in _beneath(desk, rows, remote_id)}
    works = [
        (each, link, rows.get(Work, desk.system, link.kind, link.local_id)) for each, link in (found | named).items()
    ]
    return [
        (link, work) for each, link, work in works
        if work is not None and work.patient in ({"", local_id} if each in named else {local_id})
    ]  # fmt: skip


def _drop(desk: Desk, rows: Rows, link: Link) -> None:
    """What is still to be sent there would say of somebody else what is ours."""
    for intent in rows.find(Intent, system=desk.system, kind=link.kind, local_id=link.local_id):
        if intent.remote_id == link.remote_id and intent.op != "create" and intent.state != "acked":
            intent.state = "dropped"
            rows.put(intent)


def _answer(desk: Desk, rows: Rows, link: Link, who: str) -> None:
    """Every question about the two is answered, and the answer stands: they are kept apart."""
    now = desk.now()
    said = rejected(desk, rows, link.remote_id, link.local_id)
    for one in rows.find(Conflict, system=desk.system, kind=link.kind, local_id=link.local_id):
        if one.remote_id == link.remote_id and one.state != "closed":
            one.state, one.keep, one.who, one.decided_at = "closed", "apart", who, now
            rows.put(one)
    if said:
        return
    rows.put(
        Conflict(
            desk.new_id(), desk.system, link.kind, link.local_id, "identity", "", link.remote_id, {"others": []},
            "closed", "apart", who, MISTAKEN, 1, now, now,
        )
    )  # fmt: skip
    desk.log.add(rows, now, "said apart", link.kind, link.local_id, remote=link.remote_id, who=who)


def _adopted(desk: Desk, rows: Rows, local_id: str) -> bool:
    """Whether anything but a stamp of the system was ever taken from there into the chart."""
    stamps = desk.remote.profile.kinds[Kind.PATIENT].volatile
    found = rows.find(Audited, system=desk.system, what="adopted", kind=str(Kind.PATIENT), record=local_id)
    return any(name not in stamps for one in found for name in one.detail["members"])


def _beneath(desk: Desk, rows: Rows, remote_id: str, kind: Kind = Kind.PATIENT) -> Iterator[Link]:
    """What stands under a record there and is linked to a record here, and what stands under that."""
    for shadow in rows.find(Shadow, system=desk.system, parent=remote_id):
        child = Kind(shadow.kind)
        if child is Kind.PATIENT:
            continue
        kp = desk.remote.profile.kinds.get(child)
        if kp is None or not (of_patient(desk, child) if kind is Kind.PATIENT else kp.listed_for is kind):
            continue
        link = rows.get(Link, desk.system, shadow.kind, shadow.remote_id)
        if link is not None and link.status in {"confirmed", "duplicate"}:
            yield link
        yield from _beneath(desk, rows, shadow.remote_id, child)


def _named_in(desk: Desk, rows: Rows, remote_id: str) -> Iterator[Link]:
    """What lists do not show as a patient's own and names one: the booking of a doctor's day."""
    for kind, kp in desk.remote.profile.kinds.items():
        if kp.listed_for in {None, Kind.PATIENT}:
            continue
        for number in bearing(rows, desk.system, str(kind), remote_id):
            link = rows.get(Link, desk.system, str(kind), number)
            if link is not None and link.status in {"confirmed", "duplicate"}:
                yield link


def _child(desk: Desk, rows: Rows, link: Link, work: Work, who: str) -> None:
    """What we told stands under somebody else there; what came from there stands in somebody else's chart."""
    kp = desk.remote.profile.kinds[Kind(link.kind)]
    for one in rows.find(Conflict, system=desk.system, kind=link.kind, local_id=link.local_id, state="open"):
        if one.remote_id == link.remote_id:
            one.state, one.keep, one.who, one.decided_at = "closed", "apart", who, desk.now()
            rows.put(one)
    if not _was_told(desk, rows, link):
        why = "it came from there under somebody else"
        raise_question(desk, rows, link.kind, link.local_id, "misfiled", link.remote_id, why)
        work.who, work.told = who, work.seq
        set_state(desk, rows, work, "closed", why)
        forget(desk, rows, link, who)
        look(desk, rows, link.kind, link.remote_id, "linked", parent=_parent_of(desk, rows, link))
        return
    why = "it stands under somebody else there: have it taken away"
    raise_question(desk, rows, link.kind, link.local_id, "surplus", link.remote_id, why)
    if not certain(kp):
        return  # never told twice: whoever has it taken away tells it anew
    _drop(desk, rows, link)
    link.status, link.who, link.at = "surplus", who, desk.now()
    desk.log.linked(rows, desk.now(), link)
    if work.state not in {"cannot", "closed"}:
        work.tries = 0
        set_state(desk, rows, work, "waiting")


def _was_told(desk: Desk, rows: Rows, link: Link) -> bool:
    found = rows.find(Intent, system=desk.system, kind=link.kind, local_id=link.local_id, op="create")
    return any(one.state in {"acked", "duplicate"} for one in found)


def forget(desk: Desk, rows: Rows, link: Link, who: str, parent: str | None = None) -> None:
    """Nothing was ever agreed with this one: it waits to be known for whose it is."""
    link.status, link.who, link.at = "waiting", who, desk.now()
    desk.log.linked(rows, desk.now(), link)
    link.local_id = ""
    rows.put(link)
    above = _parent_of(desk, rows, link) if parent is None else parent
    rows.put(Shadow(desk.system, link.kind, link.remote_id, parent=above))


def _parent_of(desk: Desk, rows: Rows, link: Link) -> str:
    shadow = rows.get(Shadow, desk.system, link.kind, link.remote_id)
    return "" if shadow is None else shadow.parent
