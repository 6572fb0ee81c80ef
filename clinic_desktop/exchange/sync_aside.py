"""What came from a system and was set aside: each record as something that waits for a person, in plain words."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from clinic_desktop.exchange.sync_items import Item, of_aside
from clinic_desktop.exchange.sync_wording import Member, in_one_order, why_of, with_beside, words_of
from clinic_desktop.i18n import N_
from clinic_desktop.services.merges import ids_of
from sync.engine import aside, unread
from sync.engine.desk import Desk as Office
from sync.engine.meeting import projected
from sync.engine.people import People
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine, Shadow
from sync.port import Body, Kind

# What may be done: have it read once more, or say that nothing of it is taken in.
ACTS = ("look", "seen")
# Nothing of these says how somebody is, or what they are given.
_OFFICE = frozenset({
    Kind.PRACTITIONER, Kind.APPOINTMENT, Kind.CHARGE, Kind.INVOICE, Kind.PAYMENT, Kind.CLAIM, Kind.COVERAGE,
    Kind.NOTICE, Kind.PROGRAMME, Kind.ENROLMENT,
})  # fmt: skip


def items(desk: Office, rows: Rows, title: str) -> list[Item]:
    """What was set aside and nobody has seen, as items."""
    return [
        of_aside(
            one, title, aside.whose(desk, rows, one), why_of(one.why, one.remote_id), clinical=one.kind not in _OFFICE
        )
        for one in aside.to_decide(desk, rows)
    ]


def count(desk: Office, rows: Rows) -> Counter[str]:
    """How many of each kind wait for a person so."""
    return Counter(one.kind for one in aside.to_decide(desk, rows))


def standing(rows: Rows, system: str) -> tuple[tuple[str, int], ...]:
    """How many of each kind are set aside, but for what somebody has seen."""
    return tuple(sorted(Counter(one.kind for one in aside.unseen(rows, system)).items()))


def sides(desk: Office, rows: Rows, item: Item) -> tuple[tuple[Member, ...], dict[str, Any]]:
    """What stands there, beside what both last agreed on and what they would be told now; not what they hide."""
    one = rows.get(Quarantine, item.system, item.kind, item.remote_id)
    shadow = rows.get(Shadow, item.system, item.kind, item.remote_id)
    there: dict[str, Any] = {} if one is None else with_beside(one.raw, {} if shadow is None else shadow.raw)
    hidden = desk.remote.masked(there)
    agreed = {} if shadow is None else shadow.mine
    now = _now(desk, rows, item)
    members = []
    for name, value in there.items():
        sides = in_one_order([value, agreed.get(name), now.get(name)])
        said, before, here = (words_of(each) for each in sides)
        if said and name not in hidden:
            members.append(Member(name, before, here, said, bool(here or before) and (here or before) != said))
    return tuple(members), there


def as_seen(desk: Office, kind: Kind, asked: Body, shadow: Shadow | None) -> Body:
    """What is asked about, in the words in which it was seen last: of some a change in them is no question of its own.

    What says something else by now is shown as it was asked about.
    """
    if shadow is None:
        return asked
    canon = desk.canon(kind)
    same = {
        name: shadow.body[name] for name, value in asked.items()
        if name in shadow.body and canon(name)(shadow.body[name]) == canon(name)(value)
    }  # fmt: skip
    return with_beside({**asked, **same}, shadow.raw)


def _now(desk: Office, rows: Rows, item: Item) -> Body:
    link = rows.get(Link, item.system, item.kind, item.remote_id)
    if link is None or not link.local_id:
        return {}
    story = desk.chart.story(rows.unit, Kind(item.kind), link.local_id)
    return {} if story is None else projected(desk, rows, story, link.part) or {}


def carry_out(people: People, item: Item, act: str, text: str, who: str) -> None:
    """Look again, or note that somebody has seen it."""
    if act == "look":
        people.look_at_aside(item.kind, item.remote_id, who)
    else:
        people.seen_aside(item.kind, item.remote_id, who, text, shown=item.shown)


# How far a record is that is set aside, or of which something is not in the chart: never confirmed.
_ASIDE = ("needs a person", N_("what they changed is set aside"))
_SEEN = ("differs there", N_("what they changed is not taken in, as was decided"))
_LEFT = ("differs there", N_("what stands there is not in the chart"))


def not_taken(desk: Office, rows: Rows) -> Callable[[str, str], tuple[str, str] | None]:
    """The state and its reason of a record of which something that came is not in the chart; None of any other."""
    asides = aside.of_records(desk, rows)
    left: set[tuple[str, str]] = {
        (one.kind, one.local_id)
        for one in rows.find(Conflict, system=desk.system, sort="unread")
        if one.state == "open" or one.keep == unread.NOTED
    }

    def of(kind: str, local_id: str) -> tuple[str, str] | None:
        one = asides.get((kind, local_id))
        if one is not None:
            return _ASIDE if aside.seen(rows, one) is None else _SEEN
        return _LEFT if (kind, local_id) in left else None

    return of


def registrations(rows: Rows, records: list[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Records with those that are the same person's: what a system knows of either is shown with the one asked for."""
    found = {}
    for kind, local_id in records:
        for one in ids_of(rows.unit.conn, local_id) if kind == Kind.PATIENT else (local_id,):
            found[kind, one] = (kind, local_id)
    return found | {one: one for one in records}
