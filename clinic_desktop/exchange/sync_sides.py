"""What both sides say of a thing that waits for a person, member by member."""

from dataclasses import replace
from typing import Any

from clinic_desktop.exchange import sync_aside, sync_births
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.exchange.sync_wording import Member, member, words_of
from clinic_desktop.i18n import _
from sync.engine import ours, unread
from sync.engine.desk import clear
from sync.engine.meeting import projected
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Shadow
from sync.port import Kind
from sync.transport.outcomes import Outcome

SENT = frozenset({"refused", "doubt", "question"})


def is_unread(item: Item) -> bool:
    """Whether it is a member that was changed there, and could not be read or taken in here."""
    return item.sort == "field" and item.why in unread.WHYS


def _line(item: Item, mine: Any, theirs: Any) -> str | None:
    """What an editor begins with; None where the value is not one line."""
    told = (mine,) if is_unread(item) and mine is not None else (mine, theirs)
    return None if any(isinstance(each, (dict, list, bool)) for each in told) else words_of(mine)


def sides(
    office: PostOffice, rows: Rows, item: Item
) -> tuple[tuple[Member, ...], str | None, list[str], dict[str, Any]]:
    """The members to show, a value to begin with, who else it may be, and the record there as it was last seen."""
    shadow = rows.get(Shadow, item.system, item.kind, item.remote_id) if item.remote_id else None
    if item.sort == "identity" and (shadow is None or not shadow.body):
        shadow = _looked_up(office, item)
    there = {} if shadow is None else {**shadow.raw, **shadow.body}
    if item.sort == sync_births.SORT:
        return (), None, [], {}
    if item.sort == "aside":
        members, there = sync_aside.sides(office.engine.offices[item.system].desk, rows, item)
        return members, None, [], there
    one = rows.get(Conflict, item.id)
    if item.sort == "field" and one is not None:
        before, mine, theirs = (one.sides.get(name) for name in ("before", "mine", "theirs"))
        here = _("as it is in the chart") if mine is None and is_unread(item) else mine
        return (member(one.member, before, here, theirs),), _line(item, mine, theirs), [], there
    if item.sort == "unread" and one is not None:
        mine = {} if shadow is None else shadow.mine
        asked = one.sides.get("members") or {}
        said = sync_aside.as_seen(office.engine.offices[item.system].desk, Kind(item.kind), asked, shadow)
        here = {name: None if mine.get(name) == asked.get(name) else mine.get(name) for name in said}
        return tuple(member(name, None, here[name], said[name]) for name in said), None, [], there
    if item.sort == "identity" and one is not None and shadow is not None:
        other = [str(each) for each in one.sides.get("others", ()) if isinstance(each, str)]
        return _persons(office, rows, item, shadow), None, other, there
    if item.sort == "overwrite" and one is not None:
        before, sent = one.sides.get("before") or {}, one.sides.get("sent") or {}
        return tuple(member(name, before.get(name), sent.get(name), there.get(name)) for name in sent), None, [], there
    sent_last = sorted(
        rows.find(Intent, system=item.system, kind=item.kind, local_id=item.local_id), key=lambda each: each.sent_at
    )
    if sent_last and item.sort in SENT:
        body = sent_last[-1].body
        come = next(iter(found_since(rows, item)), None)
        shadow = None if come is None else rows.get(Shadow, item.system, item.kind, come.remote_id)
        there = {} if shadow is None else {**shadow.raw, **shadow.body}
        members = tuple(member(name, None, body[name], there.get(name)) for name in body)
        return members, "" if come is None else come.remote_id, [], there
    members, there = (_to_be_told if item.sort == "cannot" else _twice)(office, rows, item, there)
    return members, None, [], there


def _twice(
    office: PostOffice, rows: Rows, item: Item, there: dict[str, Any]
) -> tuple[tuple[Member, ...], dict[str, Any]]:
    """A record there, beside the other one where it is there twice."""
    twin = twin_of(office, rows, item)
    second: dict[str, Any] = {} if twin is None else twin.body
    names = _told_apart(office, item, {**there, **second})
    return tuple(member(name, None, second.get(name), there.get(name)) for name in names), there


def _to_be_told(
    office: PostOffice, rows: Rows, item: Item, raw: dict[str, Any]
) -> tuple[tuple[Member, ...], dict[str, Any]]:
    """What a person is to tell them: the record as it is in the chart now, beside what they were told of it last."""
    desk = office.engine.offices[item.system].desk
    story = desk.chart.story(rows.unit, Kind(item.kind), item.local_id)
    parts = 0 if story is None else len(ours.bodies_of(desk, rows, story))
    links = rows.find(Link, system=item.system, kind=item.kind, local_id=item.local_id, status="confirmed")
    sent = rows.find(Intent, ("sent_at",), system=item.system, kind=item.kind, local_id=item.local_id)
    members: list[Member] = []
    for part in range(max(1, parts)):
        body = {} if story is None else projected(desk, rows, story, part) or {}
        before: dict[str, Any] = {}
        for told in sent:
            before |= told.body if told.part == part and told.state == "acked" else {}
        link = next((one for one in links if one.part == part), None)
        shadow = None if link is None else rows.get(Shadow, item.system, item.kind, link.remote_id)
        shown: dict[str, Any] = {}
        if shadow is not None:
            before |= {**shadow.mine, **shadow.told}
            hidden = desk.remote.masked(shadow.body)
            shown = {name: value for name, value in shadow.body.items() if name not in hidden}
            raw = raw or {**shadow.raw, **shadow.body}
        for name in dict.fromkeys([*body, *before]):
            one = member(name, before.get(name), body.get(name), shown.get(name))
            called = f"{name} ({part + 1})" if parts > 1 else name
            if one.here or one.before:
                members.append(replace(one, name=called, differs=bool(before) and one.before != one.here))
    return tuple(members), raw


def _told_apart(office: PostOffice, item: Item, there: dict[str, Any]) -> list[str]:
    """The members by which a record there is known again, in their order; not its number, nor what is empty."""
    kp = office.engine.offices[item.system].desk.kind(item.kind)
    rules = {} if kp is None else kp.rules
    names = [name for name in rules if name in there]
    names += [name for name in there if name not in rules and name not in {"id", *(kp.volatile if kp else ())}]
    return [name for name in names if words_of(there[name])]


def twin_of(office: PostOffice, rows: Rows, item: Item) -> Shadow | None:
    """The other one, of a record that is there twice: the one that is ours until now, else one that was found too."""
    if item.sort != "duplicate":
        return None
    ours = office.engine.offices[item.system].desk.known(rows).all(item.kind, item.local_id)
    found = rows.find(Link, system=item.system, kind=item.kind, local_id=item.local_id, status="duplicate")
    other = next((one.remote_id for one in (*ours, *found) if one.remote_id != item.remote_id), None)
    if other is None:
        return None
    return rows.get(Shadow, item.system, item.kind, other) or Shadow(item.system, item.kind, other)


def found_since(rows: Rows, item: Item) -> list[Conflict]:
    """What came into sight there since an answer was lost, and may be the very one."""
    return rows.find(
        Conflict, ("at",), system=item.system, kind=item.kind, local_id=item.local_id, sort="found", state="open"
    )


def _looked_up(office: PostOffice, item: Item) -> Shadow:
    """Somebody whom a search has shown and no list yet: they are read now, so that both can be compared."""
    desk = office.engine.offices[item.system].desk
    desk.budgets.purpose = "person"
    try:
        seen = desk.remote.read(Kind.PATIENT, item.remote_id)
    except Outcome:  # our side is shown by itself
        return Shadow(item.system, item.kind, item.remote_id)
    return Shadow(item.system, item.kind, item.remote_id, body=clear(desk, seen), raw=seen.raw)


def _persons(office: PostOffice, rows: Rows, item: Item, shadow: Shadow) -> tuple[Member, ...]:
    """Both persons in the system's own words, member by member."""
    desk = office.engine.offices[item.system].desk
    story = desk.chart.story(rows.unit, Kind.PATIENT, item.local_id)
    mine = {} if story is None else projected(desk, rows, story, 0) or {}
    hidden = desk.remote.masked(shadow.body)
    rules = desk.remote.profile.kinds[Kind.PATIENT].rules
    # What the system alone writes of itself (when it was made there) tells nobody who it is.
    names = [name for name in {**mine, **shadow.body} if name in mine or (name in rules and not rules[name].theirs)]
    shown = {name: None if name in hidden else value for name, value in shadow.body.items()}
    return tuple(member(name, None, mine.get(name), shown.get(name)) for name in names)
