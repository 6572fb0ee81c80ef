"""Where two sides meet: what each changed since they last agreed goes to the other; what both changed is merged by its
kind, or waits for a person while the rest goes on.

There are two bases, what *mine* and what *theirs* said when they agreed, because a system may write the same in a form
of its own: neither side has changed while it still says what it said then. Nothing here looks at a time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.port import Body, Rule
from sync.telling.dress import normal_form

# Why a person is asked where only the system changed who somebody is.
THEY_CHANGED = "they changed who this is"

# A value in a form in which two that say the same are equal.
Canon = Callable[[Any], str]


@dataclass(frozen=True)
class Decided:
    """What a person decided of a member, about exactly these two values."""

    keep: str
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Meeting:
    """What the member is to say here and there; `conflict` in words where a person must decide (both stay then)."""

    here: Any
    there: Any
    conflict: str = ""


@dataclass(frozen=True)
class Merged:
    """Two bodies brought together: what is to be adopted here, told there, and decided by a person."""

    here: Body
    there: Body
    adopt: frozenset[str] = frozenset()
    tell: frozenset[str] = frozenset()
    conflicts: Mapping[str, str] = field(default_factory=dict)

    def parked(self, mine: Body, theirs: Body, why: Mapping[str, str]) -> "Merged":
        """Some members, and why, are for a person: both sides stay as they are."""
        if not why:
            return self
        return Merged(
            {**self.here, **{name: mine.get(name) for name in why}},
            {**self.there, **{name: theirs.get(name) for name in why}},
            self.adopt - why.keys(),
            self.tell - why.keys(),
            {**self.conflicts, **why},
        )


def merge(
    rules: Mapping[str, Rule],
    mine: Body,
    theirs: Body,
    *,
    base_mine: Body,
    base_theirs: Body,
    hidden: frozenset[str],
    canon: Callable[[str], Canon],
    decided: Mapping[str, Decided],
    beside: bool = False,
) -> Merged:
    """Bring two bodies together, member by member. A member that `theirs` does not have, or hides, is not known there.

    What is not known was not removed; it is told again only where it has changed here. `beside` says that what they add
    to a list stands here as theirs, beside what is told them: a patient's allergies, problems and medicines.
    """
    here, there = dict(mine), {}
    adopt, tell, conflicts = set(), set(), {}
    for name, rule in rules.items():
        same = canon(name)
        ours = mine.get(name)
        if name in hidden or name not in theirs:
            there[name] = ours
            if not rule.theirs and not _equal(base_mine.get(name), ours, same):
                tell.add(name)
            continue
        found = meet(
            rule, base_mine.get(name), ours, base_theirs.get(name), theirs[name], same,
            decided=decided.get(name), beside=beside,
        )  # fmt: skip
        here[name], there[name] = found.here, found.there
        if found.conflict:
            conflicts[name] = found.conflict
        if not _equal(found.here, ours, same):
            adopt.add(name)
        if not _equal(found.there, theirs[name], same):
            tell.add(name)
    return Merged(here, there, frozenset(adopt), frozenset(tell), conflicts)


def meet(
    rule: Rule, base_mine: Any, mine: Any, base_theirs: Any, theirs: Any, same: Canon, *,
    decided: Decided | None = None, beside: bool = False,
) -> Meeting:  # fmt: skip
    """What one member is to say on either side."""
    if _equal(mine, theirs, same):
        return Meeting(mine, theirs)
    if rule.theirs and rule.identity and base_theirs is not None:
        # Their number of somebody is another one now: nobody but a person can say whether it is still the same person.
        settled = decided is not None and _equal(theirs, decided.theirs, same)
        return Meeting(mine, theirs, "" if settled or _equal(base_theirs, theirs, same) else THEY_CHANGED)
    if rule.theirs:
        # Taken in once: the chart may have no place for it, and is not asked again until it moves.
        return Meeting(mine if _equal(base_theirs, theirs, same) else theirs, theirs)
    if decided is not None and _equal(mine, decided.mine, same) and _equal(theirs, decided.theirs, same):
        here = _as_here(rule, base_mine, mine, theirs, same) if beside else mine
        value = here if decided.keep == "here" else theirs
        return Meeting(value, value)
    by_us, by_them = not _equal(base_mine, mine, same), not _equal(base_theirs, theirs, same)
    if not by_us and not by_them:
        return Meeting(mine, theirs)
    never_met = base_mine is None and base_theirs is None and rule.way == "keyed"
    if rule.identity and by_them and not never_met:
        return Meeting(mine, theirs, "both changed it" if by_us else THEY_CHANGED)
    return _merged(rule, (base_mine, mine), (base_theirs, theirs), same, by_us=by_us, by_them=by_them)


def _as_here(rule: Rule, base: Any, mine: Any, theirs: Any, same: Canon) -> Any:
    """What is said here, by a person's decision, and of what is dangerous to lose, what was never said here.

    What they have added stands in the chart beside ours: it is theirs, and nobody has said that it is not so.
    """
    if not rule.removal or rule.way not in {"set", "keyed"} or not isinstance(theirs, list):
        return mine
    was, ours, others = (_known_by(rule, value, same) for value in (base, mine, theirs))
    return [*ours.values(), *(one for key, one in others.items() if key not in ours and key not in was)]


def _known_by(rule: Rule, value: Any, same: Canon) -> dict[str, Any]:
    """The items of a list by what they are known by, or by all that they say."""
    found = _by_key(value, rule) if rule.way == "keyed" else None
    return _items(value, same) if found is None else found


def _merged(
    rule: Rule, ours: tuple[Any, Any], others: tuple[Any, Any], same: Canon, *, by_us: bool, by_them: bool
) -> Meeting:
    """What one side or both changed, by the way in which two changes of it meet."""
    (base_mine, mine), (base_theirs, theirs) = ours, others
    if rule.way == "status":
        return _status(rule, mine, theirs, same, by_us=by_us, by_them=by_them)
    if rule.removal and (kept := _kept_both(rule, base_mine, mine, base_theirs, theirs, same)):
        return kept
    if (by_us and by_them) or rule.removal:
        return _WAYS[rule.way](rule, (base_mine, mine), (base_theirs, theirs), same)
    if by_us and rule.way == "text" and base_mine and base_theirs and not _one_text(base_mine, base_theirs, same):
        return Meeting(mine, theirs, "they say something else there")
    return _one_side(rule, base_theirs, mine, theirs, by_us=by_us)


def _one_text(mine: Any, theirs: Any, same: Canon) -> bool:
    """Whether both said the same when they agreed; a person may have left them as they were."""
    return _equal(mine, theirs, same) or normal_form(mine, theirs)


def _one_side(rule: Rule, base_theirs: Any, mine: Any, theirs: Any, *, by_us: bool) -> Meeting:
    """What one side changed goes across whole; text that grows at its end is not taken away from outside."""
    if not by_us and rule.way == "text" and not _text(theirs).startswith(_text(base_theirs)):
        return Meeting(mine, theirs, "text was taken out there")
    value = mine if by_us else theirs
    return Meeting(value, value)


def _equal(a: Any, b: Any, same: Canon) -> bool:
    return bool(a == b) or same(a) == same(b)


def _status(rule: Rule, mine: Any, theirs: Any, same: Canon, *, by_us: bool, by_them: bool) -> Meeting:
    """A status moves forward; what is final stays, and two different ends are for a person."""
    ends = {same(word) for word in rule.final}
    ours_ended, theirs_ended = (isinstance(one, str) and same(one) in ends for one in (mine, theirs))
    if ours_ended and theirs_ended:
        return Meeting(mine, theirs, "it has ended in two ways")
    if by_us and by_them:
        if not ours_ended and not theirs_ended:
            return Meeting(mine, theirs, "both changed it")
        value = theirs if theirs_ended else mine
        return Meeting(value, value)
    if (by_them and ours_ended) or (by_us and theirs_ended):
        return Meeting(mine, theirs, "it had ended")
    value = mine if by_us else theirs
    return Meeting(value, value)


def _scalar(_rule: Rule, ours: tuple[Any, Any], others: tuple[Any, Any], _same: Canon) -> Meeting:
    return Meeting(ours[1], others[1], "both changed it")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(rule: Rule, ours: tuple[Any, Any], others: tuple[Any, Any], same: Canon) -> Meeting:
    """Two additions are both kept, ours first; anything else is for a person."""
    (base, mine), (base_there, theirs) = (map(_text, ours), map(_text, others))
    if not _grown(base, mine) or not _grown(base_there, theirs):
        return _scalar(rule, ours, others, same)
    tail = theirs[len(base_there) :].strip()
    value = mine if _stands_in(tail, mine[len(base) :]) else f"{mine.rstrip()}\n{tail}"
    return Meeting(value, value)


def _grown(base: str, text: str) -> bool:
    """Whether something was added at the end, behind a space or on a line of its own: "1 mg" grew to no "1 mg/kg"."""
    more = text[len(base) :]
    return text.startswith(base) and (not base or not more or more[0].isspace() or base[-1].isspace())


def _stands_in(tail: str, added: str) -> bool:
    """Whether lines stand, whole and together, in what was added: "5 mg" is not said by "25 mg"."""
    wanted, lines = ([line.strip() for line in text.splitlines()] for text in (tail, added))
    return not wanted or any(lines[at : at + len(wanted)] == wanted for at in range(len(lines)))


def _items(value: Any, same: Canon) -> dict[str, Any]:
    return {same([one]): one for one in value} if isinstance(value, list) else {}


def _sets(_rule: Rule, ours: tuple[Any, Any], others: tuple[Any, Any], same: Canon) -> Meeting:
    if not all(value is None or isinstance(value, list) for value in (*ours, *others)):
        return _scalar(_rule, ours, others, same)
    base, mine, base_there, theirs = (_items(value, same) for value in (*ours, *others))
    removed = (base_there.keys() - theirs.keys()) | (base.keys() - mine.keys())
    both = mine | {key: one for key, one in theirs.items() if key not in mine}
    value = [one for key, one in both.items() if key not in removed]
    return Meeting(value, value)


def _by_key(value: Any, rule: Rule) -> dict[str, Any] | None:
    """The items by what they are known by; None where two are known by the same, or one is no object."""
    found: dict[str, Any] = {}
    if not isinstance(value, list):
        return None if value else found
    for one in value:
        if not isinstance(one, dict):
            return None
        key = repr([one.get(name) for name in rule.key])
        if key in found:
            return None
        found[key] = one
    return found


def _keyed(rule: Rule, ours: tuple[Any, Any], others: tuple[Any, Any], same: Canon) -> Meeting:
    base, mine, base_there, theirs = (_by_key(value, rule) for value in (*ours, *others))
    if base is None or mine is None or base_there is None or theirs is None:
        return _scalar(rule, ours, others, same)
    return _members(rule, (base, mine), (base_there, theirs), lambda one: same([one]), ours[1], others[1], list)


def _block(rule: Rule, ours: tuple[Any, Any], others: tuple[Any, Any], same: Canon) -> Meeting:
    parts = [{} if value is None else value for value in (*ours, *others)]
    if not all(isinstance(part, dict) for part in parts):
        return _scalar(rule, ours, others, same)
    base, mine, base_there, theirs = parts
    return _members(rule, (base, mine), (base_there, theirs), repr, ours[1], others[1], dict)


def _members(
    rule: Rule,
    ours: tuple[dict[str, Any], dict[str, Any]],
    others: tuple[dict[str, Any], dict[str, Any]],
    text_of: Canon,
    mine: Any,
    theirs: Any,
    shape: type,
) -> Meeting:
    """Each side's changes to the members; both to one and not the same is a conflict of the whole."""
    (base, here), (base_there, there) = ours, others
    value: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for name in [*here, *(name for name in [*there, *base, *base_there] if name not in here)]:
        a, b = here.get(name), there.get(name)
        by_us = text_of(base.get(name)) != text_of(a)
        by_them = text_of(base_there.get(name)) != text_of(b)
        if by_us and by_them and text_of(a) != text_of(b):
            return _scalar(rule, ("", mine), ("", theirs), text_of)
        ours_then = theirs_then = b if by_them else a
        if not by_us and not by_them:
            # Each goes on saying what it said when they agreed: one may say more than the other has words for.
            ours_then, theirs_then = (b if a is None else a), (a if b is None else b)
        if ours_then is not None:
            value[name], told[name] = ours_then, theirs_then
    if shape is list:
        return Meeting(list(value.values()), list(told.values()))
    return Meeting(value, told)


def _kept_both(rule: Rule, base: Any, mine: Any, base_there: Any, theirs: Any, same: Canon) -> Meeting | None:
    """Where taking something out needs a person: nothing is taken out on either side, what was added goes across."""
    if rule.way not in {"set", "keyed"}:
        return None
    if rule.way == "set":
        parts = [_items(value, same) for value in (base, mine, base_there, theirs)]
    else:
        by_key = [_by_key(value, rule) for value in (base, mine, base_there, theirs)]
        if any(part is None for part in by_key):
            return Meeting(mine, theirs, "something may have been taken out")
        parts = [part or {} for part in by_key]
    was, ours, was_there, others = parts
    gone_there = (was_there.keys() - others.keys()) & ours.keys()
    gone_here = (was.keys() - ours.keys()) & others.keys()
    if not gone_there and not gone_here:
        return None
    here = [*ours.values(), *(others[key] for key in others if key not in ours and key not in gone_here)]
    there = [*others.values(), *(ours[key] for key in ours if key not in others and key not in gone_there)]
    return Meeting(here, there, "something was taken out " + ("there" if gone_there else "here"))


_WAYS: Mapping[str, Callable[[Rule, tuple[Any, Any], tuple[Any, Any], Canon], Meeting]] = {
    "scalar": _scalar,
    "set": _sets,
    "keyed": _keyed,
    "block": _block,
    "text": _texts,
}
