"""A body as a list of lenses: each knows one member, where it stands in the records, and how to lay it over them.

Laying what was told over the records it was told from changes nothing: a member is laid only where it says something
else. So what a system has no home for stays, and what it puts in other words is not put in its words here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from sync.port import Body, Links, Story
from sync.records.elements import Resource
from sync.records.exact import NotExact, require_sound
from sync.telling.folding import fold

Get = Callable[[Story, Links], Any]
Put = Callable[[Story, Any, Links], Story]
Same = Callable[[Any], Any]
R = TypeVar("R", bound=Resource)


@dataclass(frozen=True)
class Lens:
    """One member: `get` reads it from the records (None: nothing to say), `put` lays it over them.

    `told` is False for what the system alone writes: it is read and never sent.
    """

    name: str
    get: Get
    put: Put
    same: Same = fold
    told: bool = True


def nothing(_story: Story, _links: Links) -> Any:
    """What the chart does not say."""
    return None


def left(story: Story, _value: Any, _links: Links) -> Story:
    """Leave the records as they are: the member is shown, and is nobody's here."""
    return story


def shown(name: str) -> Lens:
    """A member that is read, shown and nothing else."""
    return Lens(name, nothing, left, told=False)


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
        if lens.same(lens.get(story, links)) != lens.same(value):
            laid = lens.put(story, value, links)
            if _sound(story, laid):
                story = laid
    return (story.first, *story.rest)


def _sound(before: Story, after: Story) -> bool:
    """Whether every record that changed is still one: a value that no record can hold is not laid over any."""
    known = {id(each) for each in (before.first, *before.rest)}
    for each in (after.first, *after.rest):
        if id(each) not in known:
            try:
                require_sound(written := each.model_dump(mode="python", by_alias=True))
                type(each).model_validate(written)
            except (ValidationError, NotExact):
                return False
    return True


def canonical(lenses: Iterable[Lens], body: Body) -> Body:
    """The body so that two that say the same are equal."""
    known = {lens.name: lens.same for lens in lenses}
    return {name: known.get(name, fold)(value) for name, value in sorted(body.items())}


Part = tuple[str, Get, Put]


def block(
    name: str,
    parts: Sequence[Part],
    *,
    told: bool = True,
    folds: Mapping[str, Same] | None = None,
    clear: Callable[[Story], Story] | None = None,
) -> Lens:
    """A nested object that is sent and given whole: a part that it lacks is empty there; `clear` empties it all."""
    by_part = folds or {}

    def get(story: Story, links: Links) -> Any:
        found = {part: read(story, links) for part, read, _put in parts}
        return {part: value for part, value in found.items() if value is not None and value not in ("", [])} or None

    def put(story: Story, value: Any, links: Links) -> Story:
        given = value if isinstance(value, dict) else {}
        if clear is not None and not any(given.get(part) not in (None, "") for part, _read, _write in parts):
            return clear(story)
        # What is written comes before what is emptied, so that the block itself never vanishes halfway.
        for part, read, write in sorted(parts, key=lambda each: given.get(each[0]) in (None, "")):
            same = by_part.get(part, fold)
            if same(read(story, links)) != same(given.get(part)):
                story = write(story, given.get(part), links)
        return story

    def same(value: Any) -> Any:
        if not isinstance(value, dict):
            return fold(value)
        found = {str(part): by_part.get(part, fold)(each) for part, each in sorted(value.items())}
        return {part: each for part, each in found.items() if each is not None} or None

    return Lens(name, get, put, same, told)


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
