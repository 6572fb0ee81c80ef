"""Looking through pages for what a lost create may have become, and what never leaves the chart."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sync.port import CannotTell, Kind, Page, Seen, Story, Telling
from sync.telling.dress import normal_form
from sync.telling.masks import has_mask, masked_members
from sync.telling.people import fold_born
from sync.transport.outcomes import Call, Forbidden, Garbled, NotThere, Said, misshapen

# More pages than this are not looked through for one record: then a person looks.
MOST_PAGES = 20
SKEW = timedelta(minutes=5)
# Whoever writes the `Date` by which that is reckoned (a gateway) need not be who writes when a record was made: where
# something else proves that it is ours, what was made up to a day before may be it.
LONG_BEFORE = timedelta(days=1)
DRAFT = "This is still a draft: it is told when it is signed."


class TooMany(Forbidden):
    """There is more there than is looked through: what was not come upon is hidden from us, and not gone."""


def too_many(what: str) -> TooMany:
    """There is more of it than is looked through."""
    why = "There is more there than can be looked through for one record: look there."
    return TooMany(Call(f"GET {what}", "GET", "/"), None, Said("too_many", why))


def through(page: Callable[[str | None], Page]) -> Iterator[Seen]:
    """Every record of a list, page by page. Raises TooMany where it goes on behind as many as are looked through."""
    cursor: str | None = None
    for _page in range(MOST_PAGES):
        found = page(cursor)
        yield from found.items
        cursor = found.next
        if cursor is None:
            return
    raise too_many("pages")


def as_far(found: Iterable[Seen]) -> Iterator[Seen]:
    """What is come upon before there is too much of it: for choosing among, and no proof of what is not there."""
    try:
        yield from found
    except TooMany:
        return


def each_once(found: Iterable[Seen]) -> tuple[Seen, ...]:
    """What was come upon, each once. Raises TooMany where nothing was before there was too much to look through."""
    come: dict[str, Seen] = {}
    try:
        come.update((one.remote_id, one) for one in found)
    except TooMany:
        if not come:
            raise
    return tuple(come.values())


def as_asked(seen: Seen, remote_id: str) -> Seen:
    """The record that was asked for by its id, whatever the case of its letters.

    Raises Garbled where they answered with another one: it must never be taken for it.
    """
    if seen.remote_id == remote_id:
        return seen
    if seen.remote_id.casefold() != remote_id.casefold():
        raise Garbled(Call(f"GET {seen.kind}", "GET", "/"), None, Said("another_record", "they answered with another"))
    return replace(seen, remote_id=remote_id)


def found_in(page: Callable[[str | None], Page], kind: Kind, remote_id: str) -> Seen:
    """One record through its list.

    Raises NotThere where it is in none of the pages, TooMany where they go on, Misshapen where it is there and cannot
    be read.
    """
    call = Call(f"GET {kind}s", "GET", "/")

    def looked(cursor: str | None) -> Page:
        found = page(cursor)
        if remote_id in (lost := dict(found.lost)):
            raise misshapen(call, 200, lost[remote_id])
        return found

    for one in through(looked):
        if one.remote_id == remote_id:
            return one
    raise NotThere(call, None, Said("not_listed", "it is in no list any more"))


def made_since(stamp: object, sent_at: str, apart: timedelta = SKEW) -> bool:
    """Whether something was made at or after a sending, the clocks being so far apart at the most; unknown is yes."""
    try:
        made = datetime.fromisoformat(str(stamp))
        sent = datetime.fromisoformat(sent_at)
        return made >= sent - apart
    except (ValueError, TypeError):
        return True


def agrees(seen: Seen, body: dict[str, object], *members: str) -> bool:
    """Whether what is there says the same in these members, be it in a form of theirs, where both say something."""
    return all(
        fold_born(seen.body.get(member)) == fold_born(body.get(member))
        or normal_form(body.get(member), seen.body.get(member))
        for member in members
        if member in body and member in seen.body
    )


def kept_here(story: Story, void: str) -> CannotTell | None:
    """Why a story is not told: it is a draft, or it was entered in error and nothing can take it back there."""
    if not story.signed:
        return CannotTell(DRAFT)
    return CannotTell(void) if story.void else None


def clear(telling: Telling | CannotTell) -> Telling | CannotTell:
    """The telling, unless the words of a hidden value have come to stand in it: those are never told as data."""
    if isinstance(telling, Telling) and any(has_mask(body) for body in (telling.body, *telling.parts)):
        hidden = sorted({name for body in (telling.body, *telling.parts) for name in masked_members(body)})
        return CannotTell(f"Words of a hidden value stand in it ({', '.join(hidden)}): correct it here first.")
    return telling


def widened(day: str | None, days: int) -> str | None:
    """A day earlier or later: the zone in which a system reads a date is not stated."""
    if day is None:
        return None
    try:
        return (datetime.fromisoformat(day[:10]) + timedelta(days=days)).date().isoformat()
    except (ValueError, OverflowError):
        return day
