"""A body as a list of lenses: each knows one member, where it stands in the records, and how to lay it over them.

Laying what was told over the records it was told from changes nothing: a member is laid only where it says something
else. So what a system has no home for stays, and what it puts in other words is not put in its words here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from sync.port import Body, Links, Rule, Story
from sync.records.elements import Resource
from sync.records.exact import NotExact, require_sound
from sync.telling.folding import fold
from sync.telling.shapes import Shape, shape

Get = Callable[[Story, Links], Any]
Put = Callable[[Story, Any, Links], Story]
Same = Callable[[Any], Any]
Reads = Callable[[Any], bool]
R = TypeVar("R", bound=Resource)


@dataclass(frozen=True)
class Lens:
    """One member: `get` reads it from the records (None: nothing to say), `put` lays it over them.

    `told` is False for what the system alone writes: it is read and never sent. `reads` says whether a value stands in
    a form that can be read here, where that does not show by laying it and reading it back; `parts` are the members of
    an object, or of each object in a list, that have a place here. Where `known` names members, and theirs, what is
    said in any other is a gap.
    """

    name: str
    get: Get
    put: Put
    same: Same = fold
    told: bool = True
    reads: Reads | None = None
    parts: frozenset[str] = frozenset()
    known: Shape = field(default_factory=dict)


def nothing(_story: Story, _links: Links) -> Any:
    """What the chart does not say."""
    return None


def left(story: Story, _value: Any, _links: Links) -> Story:
    """Leave the records as they are: the member is shown, and is nobody's here."""
    return story


def shown(name: str) -> Lens:
    """A member that is read, shown and nothing else."""
    return Lens(name, nothing, left, told=False)


def among(words: Iterable[str]) -> Reads:
    """Whether a value is one of some words, however they are spelled: a status that is none of them says what?"""
    known = {_plain(word) for word in words}
    return lambda value: value is None or (isinstance(value, str) and _plain(value) in known)


def in_words(lens: Lens, words: Iterable[str]) -> Lens:
    """A member that is one of some words, however they are spelled there: it is laid and compared as the known one."""
    known = tuple(words)
    one_of = spelled(known)

    def put(story: Story, value: Any, links: Links) -> Story:
        return lens.put(story, one_of(value), links)

    return replace(lens, put=put, same=lambda value: lens.same(one_of(value)), reads=among(known))


def spelled(words: Iterable[str]) -> Same:
    """The known word that a value is, however it is spelled; any other value as it came."""
    known = {_plain(word): word for word in words}
    return lambda value: known.get(_plain(value), value) if isinstance(value, str) else value


def _plain(word: str) -> str:
    return "".join(sign for sign in word.casefold() if sign.isalnum())


def tell(lenses: Iterable[Lens], story: Story, links: Links) -> Body:
    """What the records say, in the system's members."""
    found = ((lens.name, lens.get(story, links)) for lens in lenses if lens.told)
    return {name: value for name, value in found if value is not None and value not in ("", [], {})}


def lay(
    lenses: Iterable[Lens], body: Body, story: Story, links: Links, hidden: frozenset[str] = frozenset()
) -> tuple[Resource, ...]:
    """Lay a body over the records: members it lacks and members that are hidden change nothing."""
    for lens in lenses:
        if lens.name not in body or lens.name in hidden:
            continue
        value = body[lens.name]
        before = lens.get(story, links)
        if lens.same(before) == lens.same(value):
            continue
        laid = _put(lens, story, value, links)
        # What cannot be read is not empty: nothing is taken out for it.
        if laid is not None and not (lens.told and _emptied(value, before, lens.get(laid, links))):
            story = laid
    return (story.first, *story.rest)


def _put(lens: Lens, story: Story, value: Any, links: Links) -> Story | None:
    """The story with a value laid over it; None where no record can hold it."""
    try:
        laid = lens.put(story, value, links)
    except (ValidationError, ArithmeticError, AttributeError, TypeError, ValueError):
        return None
    return laid if _sound(story, laid) else None


def _emptied(value: Any, before: Any, after: Any) -> bool:
    return fold(value) is not None and fold(before) is not None and fold(after) is None


def unread(
    lenses: Iterable[Lens], body: Body, begun: Story, links: Links, hidden: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The members of a body that say something of which nothing, or less than all, can be read.

    Each is laid over `begun`, a story that says nothing, after those before it, and read back: a form that merely
    differs is read in another, and one that cannot be read leaves a gap. What is nobody's here is not looked at.
    """
    found, story = set(), begun
    for lens in lenses:
        if lens.name not in body or lens.name in hidden or lens.same(body[lens.name]) is None:
            continue
        value = body[lens.name]
        laid = None if lens.put is left or not lens.told else _put(lens, story, value, links)
        if not _reads(lens, value, story, laid, links):
            found.add(lens.name)
        story = laid or story
    return frozenset(found)


def _reads(lens: Lens, value: Any, story: Story, laid: Story | None, links: Links) -> bool:
    if beyond(value, lens.known):
        return False
    if lens.reads is not None:
        return lens.reads(value)
    if lens.put is left or not lens.told:
        return True
    if laid is None:
        return False
    before, after = lens.get(story, links), lens.get(laid, links)
    if not isinstance(value, (dict, list)) and lens.same(after) == lens.same(before) != lens.same(value):
        return False
    return not gap(value, after, lens.parts)


def beyond(said: Any, known: Shape) -> bool:
    """Whether something is said in a member that has no place here."""
    if isinstance(said, list):
        return any(beyond(each, known) for each in said)
    if not known or not isinstance(said, dict):
        return False
    return any(
        fold(each) is not None and (name not in known or beyond(each, known[name])) for name, each in said.items()
    )


def gap(said: Any, read: Any, parts: frozenset[str] = frozenset()) -> bool:
    """Whether something of what was said is missing in what was read of it."""
    if fold(said) is None:
        return False
    if fold(read) is None:
        return True
    if isinstance(said, dict) and isinstance(read, dict):
        return any(gap(said.get(part), read.get(part)) for part in parts)
    if isinstance(said, list) and isinstance(read, list):
        items = {str(fold(each)): each for each in said if fold(each) is not None}
        if len(read) < len(items):
            return True
        return len(read) == len(items) and any(
            gap(a, b, parts) for a, b in zip(items.values(), read, strict=True) if isinstance(a, dict)
        )
    return isinstance(said, (dict, list)) != isinstance(read, (dict, list))


def _sound(before: Story, after: Story) -> bool:
    """Whether every record that changed is still one: a value that no record can hold is not laid over any."""
    known = {id(each) for each in (before.first, *before.rest)}
    for each in (after.first, *after.rest):
        if id(each) not in known:
            try:
                require_sound(written := each.model_dump(mode="python", by_alias=True, warnings=False))
                type(each).model_validate(written)
            except (ValidationError, NotExact):
                return False
    return True


def canonical(lenses: Iterable[Lens], body: Body) -> Body:
    """The body so that two that say the same are equal."""
    known = {lens.name: lens.same for lens in lenses}
    return {name: known.get(name, fold)(value) for name, value in sorted(body.items())}


def rules_of(lenses: Iterable[Lens], special: Mapping[str, Rule]) -> dict[str, Rule]:
    """How two changes of each member meet: what is only read there is theirs, anything else a plain value."""
    return {lens.name: special.get(lens.name, Rule(theirs=not lens.told)) for lens in lenses}


Part = tuple[str, Get, Put]


def block(
    name: str,
    parts: Sequence[Part],
    *,
    told: bool = True,
    folds: Mapping[str, Same] | None = None,
    clear: Callable[[Story], Story] | None = None,
    known: str = "",
) -> Lens:
    """A nested object that is sent and given whole: a part that it lacks is empty there; `clear` empties it all.

    Where `known` says which members there are (as `shapes.shape` reads them), what is said in any other is a gap.
    """
    by_part = folds or {}

    def get(story: Story, links: Links) -> Any:
        found = {part: read(story, links) for part, read, _put in parts}
        return {part: value for part, value in found.items() if value is not None and value not in ("", [])} or None

    def put(story: Story, value: Any, links: Links) -> Story:
        if not isinstance(value, dict) and fold(value) is not None:
            return story  # what cannot be read is not empty
        given = value if isinstance(value, dict) else {}
        if clear is not None and not any(given.get(part) not in (None, "") for part, _read, _write in parts):
            return clear(story)
        # What is written comes before what is emptied, so that the block itself never vanishes halfway.
        for part, read, write in sorted(parts, key=lambda each: given.get(each[0]) in (None, "")):
            same, before = by_part.get(part, fold), read(story, links)
            if same(before) != same(given.get(part)):
                laid = write(story, given.get(part), links)
                story = story if _emptied(given.get(part), before, read(laid, links)) else laid
        return story

    def same(value: Any) -> Any:
        if not isinstance(value, dict):
            return fold(value)
        found = {str(part): by_part.get(part, fold)(each) for part, each in sorted(value.items())}
        return {part: each for part, each in found.items() if each is not None} or None

    return Lens(name, get, put, same, told, parts=frozenset(part for part, _read, _put in parts), known=shape(known))


def first_of(story: Story, kind: type[R]) -> R:
    """What a story is about. Raises TypeError where it is about another kind of record."""
    if not isinstance(story.first, kind):
        raise TypeError(f"a {story.kind} is not told from {type(story.first).__name__}")
    return story.first


def of(story: Story, kind: type[R]) -> list[R]:
    """The records of a kind that belong to a story."""
    return [each for each in story.rest if isinstance(each, kind)]


def change(story: Story, **fields: Any) -> Story:
    """The story with some fields of what it is about changed."""
    return replace(story, first=story.first.model_copy(update=fields))


def swap(story: Story, old: Resource, new: Resource | None) -> Story:
    """The story with another record in the place of one (or with none)."""
    put = () if new is None else (new,)
    rest = tuple(made for each in story.rest for made in (put if each is old else (each,)))
    return replace(story, rest=rest)


def add(story: Story, *records: Resource) -> Story:
    """The story with more records at its end."""
    return replace(story, rest=(*story.rest, *records))
