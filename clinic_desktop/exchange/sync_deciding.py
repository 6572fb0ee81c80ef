"""What a person decides of sync: what both sides say of one record, and the acts that settle it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_aside, sync_births
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.exchange.sync_naming import require_number
from clinic_desktop.exchange.sync_sides import found_since, is_unread, sides, twin_of
from clinic_desktop.exchange.sync_untold import close_group, leave, records_of, signed
from clinic_desktop.exchange.sync_voiding import may_void, void
from clinic_desktop.exchange.sync_wording import Member, known_as
from clinic_desktop.i18n import N_
from clinic_desktop.services import access
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.remotes import House, LastChange, Whom, last_change, whom
from sync.engine import cards, unread
from sync.engine.linking import MovedError, UnknownError, UntakenError
from sync.engine.people import People
from sync.engine.store.rows import Rows
from sync.port import Kind

NEEDS = "remotes.set_remote"
# What may be done about each sort; the first is what is done most.
ACTS = {
    "field": ("here", "there", "value"),
    "identity": ("link", "apart"),
    "refused": ("again", "give_up"),
    "doubt": ("is_there", "not_there", "give_up"),
    "question": ("send", "give_up"),
    "cannot": ("told",),
    "aside": sync_aside.ACTS,
    sync_births.SORT: ("give_up",),
}
# Of all that are alike, because their system has no call for the kind.
GROUP = ("told", "not_told")
# These acts change what is told and to whom; which of them fit, the engine says.
CARDS = frozenset(cards.ACTS)
NOTED = ("noted",)
# Of what was changed there and is not in the chart: only to have seen it leaves both sides as they are.
UNREAD = ("noted", "here", "value")
REASONED = frozenset({"give_up", "told", "not_told", "void", "seen"})
_STAMPS = ("updated_at", "updatedAt", "updated", "last_modified", "modified", "lastUpdated")
_BY = ("updated_by", "updatedBy", "modified_by", "last_modified_by")


@dataclass(frozen=True)
class Detail:
    """One item with all that is needed to decide it. `there_at` and `there_by` are what the system says of itself."""

    item: Item
    whom: Whom | None
    changed: LastChange | None
    there_at: str
    there_by: str
    members: tuple[Member, ...]
    others: tuple[Whom, ...]
    acts: tuple[str, ...]
    value: str | None  # what an editor begins with; None where the value is not one line
    records: tuple[Item, ...] = ()  # what a group stands for, as far as it is listed
    twin: str = ""  # the number there of the other one, where it is there twice: `here` is then what stands under it

    def __repr__(self) -> str:
        return f"Detail({self.item.id})"


def detail(desk: Desk, item: Item) -> Detail:
    """Open one item; whose record it is about is noted as opened before a value is read. Raises Refusal."""
    allow(desk, NEEDS)
    if item.patient_id:
        access.note_report_opened(desk, item.patient_id, "sync")
    office = PostOffice(House.of(desk), only=item.system)
    if item.count:
        try:
            return Detail(item, None, None, "", "", (), (), GROUP, None, records_of(desk, office, item))
        finally:
            office.close()
    try:
        with office.reading() as unit:
            members, value, others, there = sides(office, Rows(unit), item)
            twin = twin_of(office, Rows(unit), item)
        acts = _acts(desk, office, item)
    finally:
        office.close()
    people = whom(desk, [item.patient_id, *others] if item.patient_id else others)
    mine = members[0].here if item.sort == "field" and members else ""
    changed = last_change(desk, item.local_id, item.patient_id, mine) if item.local_id else None
    at = next((str(there[name]) for name in _STAMPS if there.get(name)), "")
    by = next((str(there[name]) for name in _BY if isinstance(there.get(name), str)), "")
    return Detail(
        item, people.get(item.patient_id), changed, at, by, known_as(members, changed),
        tuple(people[one] for one in others if one in people), acts, value,
        twin="" if twin is None else twin.remote_id,
    )  # fmt: skip


def acts_of(desk: Desk, items: Sequence[Item]) -> dict[str, tuple[str, ...]]:
    """What may be done about each of some items, by their ids. Raises Refusal."""
    allow(desk, NEEDS)
    found: dict[str, tuple[str, ...]] = {}
    for system in {one.system for one in items}:
        office = PostOffice(House.of(desk), only=system)
        try:
            found |= {one.id: _acts(desk, office, one) for one in items if one.system == system}
        finally:
            office.close()
    return found


def _acts(desk: Desk, office: PostOffice, item: Item) -> tuple[str, ...]:
    if item.sort not in CARDS:
        if item.count:
            return GROUP
        acts = _unread_acts(office, item) if is_unread(item) else ACTS.get(item.sort, NOTED)
        return (*acts, "two") if office.engine.people[item.system].may_part(item.id) else acts
    found = office.engine.people[item.system].choices(item.id)
    return tuple(act for act in found if act != "void" or may_void(desk, item.kind))


def _unread_acts(office: PostOffice, item: Item) -> tuple[str, ...]:
    kp = office.engine.offices[item.system].desk.kind(item.kind)
    rule = None if kp is None else kp.rules.get(item.member)
    return NOTED if rule is None or rule.theirs else UNREAD


def _known(item: Item) -> tuple[str, ...]:
    """What may ever be done about a sort that is no card."""
    if item.count:
        return GROUP
    more = (*(("two",) if item.sort == "field" else ()), *(NOTED if is_unread(item) else ()))
    return (*ACTS.get(item.sort, NOTED), *more)


def decide(desk: Desk, item: Item, act: str, text: str = "", why: str = "") -> int:
    """Settle one item; `text` is the value, the id there, the patient to link to, or the reason. Raises Refusal.

    `why` is kept with a value. Returns how many records that were.
    """
    allow(desk, NEEDS)
    if item.sort not in CARDS and act not in _known(item):
        raise Refusal(N_("This cannot be done with it."), field="act")
    if act in REASONED and not text.strip():
        raise Refusal(N_("Say why, or how they were told."), field="reason")
    if item.sort == sync_births.SORT:
        return sum(decide(desk, one, act, text) for one in item.others)
    if act in {"told", "give_up"} and not item.count:
        text = signed(desk, text)
    if act == "not_told":
        return leave(desk, item.system, item.kind, text)
    if act == "there" and is_unread(item):
        act = unread.NOTED  # for many at once: it cannot be taken in, and stays as it is on both sides
    office = PostOffice(House.of(desk), only=item.system)
    try:
        return _carry_out(desk, office, item, act, text, why)
    except (UnknownError, UntakenError) as error:
        words, field = _NOT_DONE[type(error)]
        raise Refusal(words, field=field) from None
    finally:
        office.close()


_NOT_DONE: dict[type[Exception], tuple[str, str]] = {
    UnknownError: (N_("Somebody, or a newer answer, has settled this already."), "item"),
    MovedError: (N_("It has changed since you looked at it; look at it again."), "item"),
    UntakenError: (N_("The chart does not take this here. Change it in the record itself."), "value"),
}


def _carry_out(desk: Desk, office: PostOffice, item: Item, act: str, text: str, why: str) -> int:
    people, who = office.engine.people[item.system], desk.session.staff_id
    if item.count:
        return close_group(desk, people, item, text)
    if item.sort == "aside":
        sync_aside.carry_out(people, item, act, text.strip(), who)
    elif item.sort in CARDS:
        _decide_card(desk, office, item, act, text.strip())
    elif act == "value":
        _value(people, item, text.strip(), who, why)
    else:
        if act == "is_there":
            with office.reading() as unit:
                same = ids_of(unit.conn, item.local_id) if item.kind == Kind.PATIENT else (item.local_id,)
                require_number(Rows(unit), item.system, item.kind, same, text.strip())
        _BY_ACT[act](people, item, text.strip(), who)
    if item.sort == "doubt":
        with office.reading() as unit:
            come = found_since(Rows(unit), item)
        for one in come:  # the same question, and it has been answered
            people.resolve(one.id, "noted", who)
    return 1


def _decide_card(desk: Desk, office: PostOffice, item: Item, act: str, text: str) -> None:
    """What is gone there, there twice, or back again."""
    if act not in _acts(desk, office, item):
        raise (
            UnknownError(item.id)
            if not _acts(desk, office, item)
            else Refusal(N_("This cannot be done with it."), field="act")
        )
    if act == "void":
        with office.reading() as unit:
            story = office.engine.offices[item.system].desk.chart.story(unit, Kind(item.kind), item.local_id)
        if story is None:
            raise UnknownError(item.id)
        if not story.void and not story.act:  # else it is void already
            void(desk, item.kind, item.local_id, text, story.revision)
    office.engine.people[item.system].resolve(item.id, act, desk.session.staff_id, text)


def decide_many(desk: Desk, items: Sequence[Item], keep: str) -> int:
    """Keep what is ``here`` or ``there`` of many; never of what is clinical. Returns how many were settled."""
    allow(desk, NEEDS)
    if keep not in {"here", "there"} or any(one.clinical or one.sort != "field" for one in items):
        raise Refusal(N_("Only what is not clinical is decided for many at once."), field="items")
    for one in items:
        decide(desk, one, keep)
    return len(items)


def _value(people: People, item: Item, text: str, who: str, why: str) -> None:
    one = next((each for each in people.conflicts() if each.id == item.id), None)
    if one is None:
        raise UnknownError(item.id)
    sides = [side for name in ("before", "mine", "theirs") if (side := one.sides.get(name)) not in (None, "")]
    people.resolve_with(item.id, _meant(text, sides), who, why, shown=item.shown)


def _meant(text: str, sides: Sequence[Any]) -> Any:
    """A value as it was typed, of the sort that the sides have. Raises Refusal: what cannot be one would be dropped."""
    if not text:
        raise Refusal(N_("Give the value that stands."), field="value")
    if any(not isinstance(side, str) for side in sides):
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not any(type(value) is type(side) for side in sides) and not _numbers(value, *sides):
            words = N_("This is no number.") if _numbers(*sides) else N_("This is no value of this field.")
            raise Refusal(words, field="value")
        return value
    if sides and all(_is_date(side) for side in sides) and not _is_date(text):
        raise Refusal(N_("This is no date: write the year, the month and the day, as in 1960-01-31."), field="value")
    return text


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _two(people: People, item: Item, _text: str, who: str) -> None:
    """They changed who somebody is because it is somebody else: the two were never one."""
    if not people.may_part(item.id):
        raise UnknownError(item.id)
    people.they_are_two(item.remote_id, who)


_BY_ACT: dict[str, Callable[[People, Item, str, str], None]] = {
    "here": lambda people, item, _text, who: people.resolve(item.id, "here", who, shown=item.shown),
    "there": lambda people, item, _text, who: people.resolve(item.id, "there", who, shown=item.shown),
    "noted": lambda people, item, text, who: people.resolve(item.id, "noted", who, text, shown=item.shown),
    "two": _two,
    "link": lambda people, item, text, who: people.link(item.remote_id, text or item.local_id, who),
    "apart": lambda people, item, _text, who: people.keep_apart(item.remote_id, item.local_id, who),
    "again": lambda people, item, _text, who: people.edit_and_resend(item.kind, item.local_id, who),
    "give_up": lambda people, item, text, who: people.give_up(item.kind, item.local_id, who, text),
    "is_there": lambda people, item, text, who: people.it_is_there(item.kind, item.local_id, who, text),
    "not_there": lambda people, item, _text, who: people.it_is_not_there(item.kind, item.local_id, who),
    "send": lambda people, item, _text, who: people.send_it(item.kind, item.local_id, who),
    "told": lambda people, item, text, who: people.close_task(item.kind, item.local_id, who, text),
}
