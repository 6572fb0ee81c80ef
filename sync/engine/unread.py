"""What was changed there and is not in the chart: a person gets to know of it, once, with what stands there.

Three things keep a change out: a form in which it cannot be read here (an object where words are usual, a word that
nobody knows), a chart that has no way to take it, and that something is gone there which is dangerous to lose: an
allergy that only they write (what they add is taken in, and nothing is taken out), a prescription. None is agreed on
in silence: the member waits as any other question does, nothing of it is told or emptied there meanwhile, and it is
over when they write it readable, or again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sync.engine.asking import questions
from sync.engine.desk import Desk, digest, unlisted
from sync.engine.merge import Canon, Decided, Merged
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine, Shadow
from sync.port import Body, Kind, KindProfile, Page, Rule, Seen
from sync.records.exact import legible

# Why a person is asked, of a member that was changed there.
FORM = "it stands there in a form that cannot be read here"
LEFT = "it was changed there, and the chart did not take it"
ALL = "nothing of this record can be read here any more"
OUT = "something was taken out, changed or ended there; here it stays"
WHYS = frozenset({FORM, LEFT, OUT})
# What a person says who has seen it and leaves both sides as they are.
NOTED = "noted"
# How a question ends that they have settled: it is written there so that it can be read.
READ = "read"
# What a list shows and cannot be read: its id where that can be, in words what is wrong, and the item as it came.
Broken = tuple[str, str, Any]


def forms(desk: Desk, rows: Rows, seen: Seen, shadow: Shadow) -> frozenset[str]:
    """The members that they have changed since both sides agreed, into a form that cannot be read here."""
    canon = desk.canon(seen.kind)
    rules = desk.remote.profile.kinds[seen.kind].rules
    found = desk.remote.unread(seen, desk.known(rows)) & rules.keys()
    return frozenset(name for name in found if canon(name)(shadow.theirs.get(name)) != canon(name)(seen.body[name]))


def taken_out(desk: Desk, shadow: Shadow, seen: Seen, mine: Body, decided: Mapping[str, Decided]) -> dict[str, str]:
    """The members that they alone write, of which something is not said any more, or said otherwise, that was said.

    Whoever has decided about exactly what stands there is not asked again, nor is anybody where it is so here, too.
    """
    found = {}
    for name, rule in desk.remote.profile.kinds[seen.kind].rules.items():
        if not (rule.theirs and rule.removal and name in seen.body):
            continue
        same = desk.canon(seen.kind)(name)
        one = decided.get(name)
        known = [mine[name]] if mine.get(name) is not None else []
        known += [one.theirs] if one is not None else []
        if same(seen.body[name]) in map(same, known):
            continue
        was, now = (_said(rule, value, same) for value in (shadow.theirs.get(name), seen.body[name]))
        if was - now:
            found[name] = OUT
    return found


def _said(rule: Rule, value: Any, same: Canon) -> set[str]:
    """What stands: the items of a list, those of it that count, or of the list of an object that counts, in a form in
    which they are compared; of a status only whether it goes on.
    """
    if rule.way == "status":
        return set() if same(value) in map(same, rule.final) else {"goes on"}
    listed = value.get(rule.within) if rule.within and isinstance(value, dict) else value
    if rule.within and rule.key and isinstance(value, list):
        listed = [one for one in value if isinstance(one, dict) and one.get(rule.key[0]) == rule.within]
    return {same([one]).casefold() for one in listed} if isinstance(listed, list) else set()


def asked_already(desk: Desk, rows: Rows, link: Link, merged: Merged, mine: Body, seen: Seen) -> dict[str, str]:
    """Of what would be taken in, the members about which a person is asked already: it is not tried at every look."""
    canon = desk.canon(seen.kind)
    rules = desk.remote.profile.kinds[seen.kind].rules
    found = questions(rows, link, sort="field", state="open")
    return {
        one.member: one.why
        for one in found
        if one.why in WHYS
        and one.member in merged.adopt
        and canon(one.member)(one.sides.get("theirs")) == canon(one.member)(seen.body[one.member])
        and (
            rules[one.member].theirs
            or canon(one.member)(one.sides.get("mine")) == canon(one.member)(mine.get(one.member))
        )
    }


def not_taken(
    desk: Desk,
    tried: Merged,
    shadow: Shadow,
    seen: Seen,
    sides: tuple[Body, Body],
    odd: frozenset[str],
    decided: Mapping[str, Decided],
) -> dict[str, str]:
    """Of what was to be taken in, the members of which the chart says no more than before; `sides`: before and after.

    What a person has noted is no question any more; what was to be taken in by their decision, and was not, is one.
    """
    before, after = sides
    rules = desk.remote.profile.kinds[seen.kind].rules
    found = {}
    for name in sorted(tried.adopt):
        same = desk.canon(seen.kind)(name)
        if same(shadow.theirs.get(name)) == same(seen.body[name]):
            continue
        one = decided.get(name)
        if one is not None and one.keep == NOTED and same(one.theirs) == same(seen.body[name]):
            continue
        if name in odd:
            found[name] = FORM
        elif _stands_beside(seen.kind, rules[name]):
            continue
        elif not rules[name].theirs and (
            same(after.get(name)) == same(before.get(name)) or _fewer(after.get(name), tried.here.get(name), same)
        ):
            found[name] = LEFT
    return found


def _stands_beside(kind: Kind, rule: Rule) -> bool:
    """Whether what they add stands in the chart as theirs, beside what is told them: allergies, problems, medicines."""
    return kind is Kind.PATIENT and rule.removal and rule.way in {"set", "keyed"}


def not_agreed(rule: Rule, before: Any, now: Any, same: Canon) -> Any:
    """What they say now, and what they said before and say no more: that it is out was agreed on by nobody."""
    if not rule.removal:
        return now
    if rule.within and isinstance(now, dict) and isinstance(before, dict):
        inner = not_agreed(replace(rule, within=""), before.get(rule.within), now.get(rule.within), same)
        return {**now, rule.within: inner}
    if not isinstance(before, list) or not isinstance(now, list):
        return now
    still = {same([one]).casefold() for one in now}
    return [*now, *(one for one in before if same([one]).casefold() not in still)]


def _fewer(taken: Any, wanted: Any, same: Canon) -> bool:
    """Whether a list lacks something of what was to be taken in."""
    if not isinstance(wanted, list):
        return False
    return len({same([one]).casefold() for one in taken or ()}) < len({same([one]).casefold() for one in wanted})


def first_sight(desk: Desk, rows: Rows, link: Link, seen: Seen) -> None:
    """One question about all that cannot be read of a record that is new here."""
    rules = desk.remote.profile.kinds[seen.kind].rules
    if found := desk.remote.unread(seen, desk.known(rows)) & rules.keys():
        members = {name: seen.body[name] for name in sorted(found)}
        _ask(desk, rows, link, members, clinical=any(rules[name].clinical for name in found))


def nothing_read(desk: Desk, rows: Rows, seen: Seen) -> bool:
    """Whether nothing of a record that is new here was taken in for what cannot be read of it: then it is set aside."""
    rules = desk.remote.profile.kinds[seen.kind].rules
    found = sorted(desk.remote.unread(seen, desk.known(rows)) & rules.keys())
    if found:
        words = f"{', '.join(found)} cannot be read"
        put_aside(
            rows, Quarantine(desk.system, str(seen.kind), seen.remote_id, words, legible(dict(seen.body)), desk.now())
        )
    return bool(found)


def whole(desk: Desk, rows: Rows, kind: str, remote_id: str, item: Body, words: str = "", print_: str = "") -> None:
    """Set aside a record of which nothing can be read any more; of one that is known here, a person is asked as well.

    `words` end with "cannot be read", and name the members before that; where it was read alone, there is only a
    print of what came.
    """
    link = rows.get(Link, desk.system, kind, remote_id)
    known = {one.kind for one in rows.find(Link, system=desk.system, remote_id=remote_id)}
    if link is None and known and desk.remote.profile.kinds[Kind(kind)].listed_for not in known:
        return  # one list shows several kinds, and it is known as one of another
    put_aside(rows, Quarantine(desk.system, kind, remote_id, words or "cannot be read", item, desk.now()))
    if link is not None and link.status == "confirmed":
        named = words.rpartition(":")[2].removesuffix("cannot be read").split(",")
        members = {name.strip(): item[name.strip()] for name in named if name.strip() in item}
        _ask_all(desk, rows, link, {"members": members, "all": True, "print": print_})


def put_aside(rows: Rows, one: Quarantine) -> None:
    """Set a record aside; since when is kept while it is the same."""
    before = rows.get(Quarantine, one.system, one.kind, one.remote_id)
    if before is not None and (before.why, before.raw) == (one.why, one.raw):
        one.at = before.at
    rows.put(one)


def broken(page: Page) -> list[Broken]:
    """What of a page cannot be read."""
    lost = [*page.lost, *[("", {})] * len(page.broken)]
    return [(remote_id, words, item) for words, (remote_id, item) in zip(page.broken, lost, strict=False)]


def of_list(desk: Desk, rows: Rows, kind: Kind, parent: str, found: Sequence[Broken]) -> None:
    """Set aside what a list shows and cannot be read: by its id where that can be, else by what it says.

    Where in the list it stands says nothing: that moves with every other that comes or goes.
    """
    kp = desk.remote.profile.kinds[kind]
    for remote_id, words, item in found:
        if remote_id:
            whole(desk, rows, str(kind), remote_id, item, _without_place(words))
        else:
            raw = item if isinstance(item, dict) else {"item": item}
            key = key_of(kp, parent, words, item)
            put_aside(rows, Quarantine(desk.system, str(kind), key, _without_place(words), raw, desk.now()))


def key_of(kp: KindProfile, parent: str, words: str, item: Any) -> str:
    """Under which key a record without a number is set aside: it holds no value of the record."""
    said = {name: value for name, value in item.items() if name not in unlisted(kp)} if isinstance(item, dict) else item
    return f"?{parent}:{digest(said or _without_place(words))}"


def key_of_list(parent: str) -> str:
    """Under which key the whole list of one parent is set aside."""
    return f"?{parent}:list"


def _without_place(words: str) -> str:
    return re.sub(r"^item \d+: ", "", words)


def understood(desk: Desk, rows: Rows, link: Link) -> None:
    """A record of which nothing could be read is read again: what was set aside of it is over."""
    # Of which kind it is, too, could perhaps not be read; the results of an order bear its number.
    found = rows.find(Quarantine, system=desk.system, remote_id=link.remote_id)
    of_another = {kind for kind, kp in desk.remote.profile.kinds.items() if kp.listed_for not in {None, Kind.PATIENT}}
    aside = [one for one in found if one.kind == link.kind or one.kind not in of_another]
    if not aside:
        return
    for each in aside:
        rows.remove(Quarantine, system=desk.system, kind=each.kind, remote_id=each.remote_id)
    for one in _asked(desk, rows, link):
        if one.sides.get("all") and one.keep != READ:
            one.state, one.keep, one.decided_at = "closed", READ, desk.now()
            rows.put(one)


def read_since(desk: Desk, rows: Rows, link: Link, seen: Seen) -> None:
    """Close the question about a record that was new once they have written all of it otherwise.

    Also one that a person has noted: it would be shown as not in the chart for ever.
    """
    for one in _asked(desk, rows, link):
        if (one.state != "open" and one.keep != NOTED) or one.sides.get("all") or one.sides.get("closed"):
            continue
        canon = desk.canon(seen.kind)
        left = {
            name: value
            for name, value in one.sides["members"].items()
            if name not in seen.body or canon(name)(seen.body[name]) == canon(name)(value)
        }
        if left == one.sides["members"]:
            continue
        if left:
            one.sides = {"members": left}
        else:
            one.state, one.keep, one.decided_at = "closed", READ, desk.now()
        rows.put(one)


def of_closed(
    desk: Desk, rows: Rows, link: Link, shadow: Shadow, seen: Seen, body: Body, moved: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Of a patient of whom nothing is told now (restricted here, or a part of another's chart), what is taken in.

    And of that, of which something was taken out there.

    That is what is dangerous not to know: allergies, problems, medicines. What else moved is compared with nothing that
    stands here: a person gets to know of it, it is agreed on by nobody, and is taken up once they are told of again.
    """
    rules = desk.remote.profile.kinds[seen.kind].rules
    heard = frozenset(name for name, rule in rules.items() if (rule.theirs or rule.removal) and not rule.identity)
    known = moved & heard
    # What was added is taken in; what was taken out there stands here, and a person has to know of that.
    out = {
        name for name in known
        if (same := desk.canon(seen.kind)(name))(not_agreed(rules[name], shadow.theirs.get(name), body[name], same))
        != same(body[name])
    }  # fmt: skip
    members = {name: body[name] for name in sorted((moved - known) | out)}
    sides: Body = {"members": members, "closed": True}
    one = _of_closed_before(desk, rows, link)
    if one is None and members:
        _put(desk, rows, link, sides, LEFT, clinical=any(rules[name].clinical for name in members))
    elif one is not None and one.sides != sides:
        one.sides, one.at = sides, desk.now()
        one.state, one.keep = ("open", "") if members else ("closed", READ)
        rows.put(one)
    return known, frozenset(out)


def told_again(desk: Desk, rows: Rows, link: Link) -> None:
    """Close that question: both sides are compared again, and what differs is taken in or asked about by its member."""
    if (one := _of_closed_before(desk, rows, link)) is not None:
        one.state, one.keep, one.decided_at = "closed", READ, desk.now()
        rows.put(one)


def waits(desk: Desk, rows: Rows, link: Link) -> bool:
    """Whether something of a record is set aside, or was left out of the chart while nothing of it was told."""
    aside = rows.find(Quarantine, system=desk.system, kind=link.kind, remote_id=link.remote_id)
    return bool(aside) or _of_closed_before(desk, rows, link) is not None


def _of_closed_before(desk: Desk, rows: Rows, link: Link) -> Conflict | None:
    found = _asked(desk, rows, link)
    return next((one for one in found if one.sides.get("closed") and one.keep != READ), None)


def _asked(desk: Desk, rows: Rows, link: Link) -> list[Conflict]:
    found = rows.find(Conflict, system=desk.system, kind=link.kind, local_id=link.local_id, sort="unread")
    return [one for one in found if one.remote_id == link.remote_id]


def _ask(desk: Desk, rows: Rows, link: Link, members: Body, *, clinical: bool) -> None:
    sides: Body = {"members": members}
    if not any(one.sides == sides and one.state == "open" for one in _asked(desk, rows, link)):
        _put(desk, rows, link, sides, FORM, clinical=clinical)


def _ask_all(desk: Desk, rows: Rows, link: Link, sides: Body) -> None:
    """Ask once: what a person has looked at is asked about again only after it was read, or says something else.

    A list shows the members that cannot be read; read alone it shows a print.
    """
    known = (one for one in _asked(desk, rows, link) if one.sides.get("all") and one.keep != READ)
    one = next(known, None)
    if one is None:
        _put(desk, rows, link, sides, ALL, clinical=True)
        return
    other = any(sides[name] and one.sides[name] and sides[name] != one.sides[name] for name in ("members", "print"))
    both = {**sides, **{name: sides[name] or one.sides[name] for name in ("members", "print")}}
    if other:
        one.state, one.keep, one.at = "open", "", desk.now()
    if other or both != one.sides:
        one.sides = both
        rows.put(one)


def _put(desk: Desk, rows: Rows, link: Link, sides: Body, why: str, *, clinical: bool) -> None:
    one = Conflict(desk.new_id(), desk.system, link.kind, link.local_id, "unread", "", link.remote_id, sides, "open")
    one.why, one.at, one.clinical = why, desk.now(), int(clinical)
    rows.put(one)
    desk.log.add(rows, desk.now(), "unread", link.kind, link.local_id, members=sorted(sides["members"]))
