"""What a person decides of a record that is gone there, is there twice, or has come back; one act, one transaction.

Links that a person has ended stay for ever, each with who it was: ``replaced`` (it was gone, and is made again there),
``never`` (that system is not told of it any more), ``left`` (what is there is none of ours), ``surplus`` (ours stands
there once more, and a person has it taken away).
"""

from dataclasses import dataclass

from sync.engine.asking import questions, raise_question
from sync.engine.desk import Desk, release, set_state
from sync.engine.parting import forget
from sync.engine.plan import UNSETTLED
from sync.engine.settling import acknowledge
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Work
from sync.engine.taking import join, look, look_at_all, look_beneath
from sync.port import Kind

# What may be done about each sort of card.
ACTS = {
    "gone": ("recreate", "never", "void"),
    "duplicate": ("this", "other"),
    "restored": ("join", "leave"),
    "surplus": ("told",),
    "misfiled": ("void", "noted"),
}


class Unfit(LookupError):  # noqa: N818 - a plain word
    """The act does not fit what there is any more."""


@dataclass(frozen=True)
class Card:
    """One open question with what it is about."""

    one: Conflict
    link: Link | None
    work: Work


def card_of(desk: Desk, rows: Rows, one: Conflict) -> Card:
    """A question with its link and its work."""
    work = rows.get(Work, desk.system, one.kind, one.local_id)
    if work is None:
        work = Work(desk.system, one.kind, one.local_id, since=desk.now(), due_at=desk.now())
    link = rows.get(Link, desk.system, one.kind, one.remote_id)
    if link is not None and one.sort in {"gone", "restored"} and link.local_id != one.local_id:
        link = None  # the number stands for another by now: nothing is done to that one
    return Card(one, link, work)


def choices(desk: Desk, rows: Rows, one: Conflict) -> tuple[str, ...]:
    """What may be done about a question now."""
    if one.sort not in ACTS or one.state != "open":
        return ()
    card = card_of(desk, rows, one)
    kp = desk.kind(one.kind)
    known = bool(desk.known(rows).all(one.kind, one.local_id))
    unfit: set[str] = set()
    if one.sort == "gone" and (kp is None or kp.create is None or kp.money):
        unfit.add("recreate")
    if one.sort == "misfiled" and one.kind == Kind.PATIENT:
        unfit.add("void")  # whose chart it is stays; what is in it of somebody else is taken out there
    if one.sort == "restored" and (card.link is None or _made_again(desk, rows, card.link)):
        unfit.add("join")  # it has been made again meanwhile: there are two now, and one is too many
    anothers = card.link is not None and card.link.local_id != one.local_id
    if one.sort == "duplicate" and anothers:
        unfit.add("this")  # that one is another's of ours: it stays so
    if one.sort == "duplicate" and not known and not anothers:
        unfit.add("other")  # none is ours yet: one of them has to be said to be
    return tuple(act for act in ACTS[one.sort] if act not in unfit)


def _made_again(desk: Desk, rows: Rows, link: Link) -> bool:
    """Whether what a number stood for stands there by another one now, or may: that was sent."""
    if any(one.part == link.part for one in desk.known(rows).all(link.kind, link.local_id)):
        return True
    sent = rows.find(Intent, system=desk.system, kind=link.kind, local_id=link.local_id, part=link.part, op="create")
    return any(one.state in {*UNSETTLED, "duplicate"} or (one.state == "person" and one.attempts) for one in sent)


def decide(desk: Desk, rows: Rows, one: Conflict, act: str, who: str) -> None:
    """Carry out what a person decided. Raises Unfit where that is not possible (any more)."""
    if act not in choices(desk, rows, one):
        raise Unfit(one.id)
    _DO[act](desk, rows, card_of(desk, rows, one), who)


def _end(desk: Desk, rows: Rows, link: Link | None, status: str, who: str) -> None:
    if link is None:
        return
    link.status, link.who, link.at = status, who, desk.now()
    desk.log.linked(rows, desk.now(), link)
    for one in questions(rows, link, sort="field", state="open") if status != "surplus" else ():
        if one.remote_id == link.remote_id:
            # What differed there is no question any more.
            one.state, one.keep, one.who, one.decided_at = "closed", status, who, desk.now()
            rows.put(one)


def _recreate(desk: Desk, rows: Rows, card: Card, who: str) -> None:
    """Keep it here, and make it there again: a patient is looked for first, as any other is."""
    _end(desk, rows, card.link, "replaced", who)
    work = card.work
    work.searched, work.asked, work.who, work.tries = 0.0, "send", "", 0
    set_state(desk, rows, work, "waiting")


def _never(desk: Desk, rows: Rows, card: Card, who: str) -> None:
    """Keep it here, and tell that system nothing more of it, whatever changes."""
    if card.one.sort == "misfiled":  # its link has ended, and may be another's by now
        _noted(desk, rows, card, who)
    else:
        _end(desk, rows, card.link, "never", who)
    if _the_rest_goes_on(desk, rows, card):
        return
    _drop(desk, rows, card.work)
    card.work.who, card.work.told = who, card.work.seq
    set_state(desk, rows, card.work, "closed", "they are not told of it again")
    release(desk, rows, card.one.kind, card.one.local_id)


def _the_rest_goes_on(desk: Desk, rows: Rows, card: Card) -> bool:
    """Whether the record stands there in other parts, of which they are told as before."""
    link = card.link
    if link is None or all(one.part == link.part for one in desk.known(rows).all(link.kind, link.local_id)):
        return False
    _drop(desk, rows, card.work, link.part)
    if card.work.state == "person":
        set_state(desk, rows, card.work, "waiting")
    return True


def _drop(desk: Desk, rows: Rows, work: Work, part: int | None = None) -> None:
    for intent in rows.find(Intent, system=desk.system, kind=work.kind, local_id=work.local_id):
        if intent.state in {"ready", "person"} and part in {None, intent.part}:
            intent.state = "dropped"
            rows.put(intent)


def _this(desk: Desk, rows: Rows, card: Card, who: str) -> None:
    """The record on the card is ours; the one that was taken for ours until now is too many."""
    one = card.one
    part = card.link.part if card.link is not None else 0
    for link in desk.known(rows).all(one.kind, one.local_id):
        if link.part == part and link.remote_id != one.remote_id:
            _too_many(desk, rows, link, who)
    waiting = rows.find(Intent, system=desk.system, kind=one.kind, local_id=one.local_id, state="duplicate")
    join(desk, rows, Link(desk.system, one.kind, one.remote_id, one.local_id, part, "confirmed", 1.0, who, desk.now()))
    if waiting:
        acknowledge(desk, rows, waiting[0], card.work, one.remote_id, None)
    elif card.work.state == "person":
        set_state(desk, rows, card.work, "waiting")
    look(desk, rows, one.kind, one.remote_id, "linked")
    _others_too_many(desk, rows, one, who)


def _others_too_many(desk: Desk, rows: Rows, chosen: Conflict, who: str) -> None:
    """The same question about the others of a lost answer is answered with this one."""
    for other in rows.find(Conflict, system=desk.system, kind=chosen.kind, local_id=chosen.local_id, state="open"):
        link = rows.get(Link, desk.system, other.kind, other.remote_id)
        if other.sort == "duplicate" and other.id != chosen.id and link is not None and link.status == "duplicate":
            other.state, other.keep, other.who, other.decided_at = "closed", "other", who, desk.now()
            rows.put(other)
            _too_many(desk, rows, link, who)


def _other(desk: Desk, rows: Rows, card: Card, who: str) -> None:
    """What is linked stays ours; the one on the card is too many."""
    if card.link is not None and card.link.local_id == card.one.local_id:
        _too_many(desk, rows, card.link, who)


def _too_many(desk: Desk, rows: Rows, link: Link, who: str) -> None:
    """Nothing is ever deleted there by us: a person has it taken away, and says so."""
    _end(desk, rows, link, "surplus", who)
    raise_question(desk, rows, link.kind, link.local_id, "surplus", link.remote_id, "have this one taken away there")
    if link.kind == Kind.PATIENT:
        look_beneath(desk, rows, link.remote_id)


def _join(desk: Desk, rows: Rows, card: Card, who: str) -> None:
    """It is ours again: both sides meet over what each said when they last agreed."""
    one = card.one
    part = card.link.part if card.link is not None else 0
    _drop(desk, rows, card.work, part)  # what was to be made there again is there
    join(desk, rows, Link(desk.system, one.kind, one.remote_id, one.local_id, part, "confirmed", 1.0, who, desk.now()))
    card.work.who = ""
    set_state(desk, rows, card.work, "waiting")
    if one.kind == Kind.PATIENT:
        look_at_all(desk, rows, one.remote_id)
    else:
        look(desk, rows, one.kind, one.remote_id, "linked")


def _leave(desk: Desk, rows: Rows, card: Card, who: str) -> None:
    """What is there again is left alone, and nobody is asked about it once more."""
    if card.link is not None and (card.link.status == "replaced" or _made_again(desk, rows, card.link)):
        _too_many(desk, rows, card.link, who)
        if card.one.kind == Kind.PATIENT:
            look_at_all(desk, rows, card.one.remote_id)
        release(desk, rows, card.one.kind, card.one.local_id)
        return
    _end(desk, rows, card.link, "left", who)
    if _the_rest_goes_on(desk, rows, card):
        return
    _drop(desk, rows, card.work)
    card.work.who, card.work.told = who, card.work.seq
    set_state(desk, rows, card.work, "closed", "what is there again is left as it is")
    release(desk, rows, card.one.kind, card.one.local_id)  # what waits for it is not told either, or by a person


def _noted(desk: Desk, rows: Rows, card: Card, who: str) -> None:
    """A person has done it; what stands under somebody else there is theirs from now on."""
    parent = card.one.sides.get("parent")
    if parent is None or card.link is None or card.link.local_id != card.one.local_id:
        return
    card.work.who, card.work.told = who, card.work.seq
    set_state(desk, rows, card.work, "closed", card.one.why)
    forget(desk, rows, card.link, who, str(parent))
    look(desk, rows, card.one.kind, card.one.remote_id, "linked", parent=str(parent))


# What is voided here is told to nobody who does not have it any more.
_DO = {
    "recreate": _recreate,
    "never": _never,
    "void": _never,
    "this": _this,
    "other": _other,
    "join": _join,
    "leave": _leave,
    "told": _noted,
    "noted": _noted,
}
