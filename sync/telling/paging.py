"""Pages of a list that moves while it is read: they overlap by a tenth, so that nothing slips between two."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any

from pydantic import ValidationError

from sync.port import Listed, Page, Rough, Seen
from sync.records.exact import NotExact, is_sound, legible, require_sound, sound_text, unsound_members
from sync.telling.wire import count_of

OVERLAP = 0.1
# Of what has no number and cannot be read so many of one page are kept one by one: each is a row of its own here.
MOST_NAMELESS = 1000
# To be changed where the same item is read into another body than before: everything is then looked at anew.
FORM = b"1"


def offset_of(cursor: str | None) -> int:
    """Where a page begins."""
    begins = (cursor or "").partition("|")[0]
    return int(begins) if begins.isdecimal() else 0


def next_offset(offset: int, count: int, total: int | None, asked: int) -> str | None:
    """Where the next page begins; None at the end. Without a total, a page that is not full is the last."""
    if count == 0 or (total is not None and offset + count >= total) or (total is None and count < asked):
        return None
    # A server may give fewer than it was asked for: what came is what is counted.
    return str(offset + max(1, count - max(1, int(count * OVERLAP))))


def full_page(said: object, asked: int) -> int:
    """How many items a full page has: as many as they say that they give, where that is fewer than was asked for."""
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 < said < asked else asked


def next_cursor(
    cursor: str | None, found: Sequence[Any], total: int | None, asked: int, said: object, *, more: object = None
) -> str | None:
    """Where the next page begins, and without a total how this one began: the same page once more is the end.

    `said` is how many items they say that a page has, `more` whether they say that there is more, whatever the total.
    """
    offset = offset_of(cursor)
    if total is not None and more is not True:
        return next_offset(offset, len(found), total, asked)
    first = str(found[0].get("id") or found[0].get("share_id")) if found and isinstance(found[0], dict) else ""
    if offset and first and first == (cursor or "").partition("|")[2]:
        return None
    full = min(len(found), asked) if more is True else full_page(said, asked)
    following = next_offset(offset, len(found), None, full)
    return f"{following}|{first}" if following else None


def hole(cursor: str | None, found: Sequence[Any], total: int | None, *, more: object = None) -> bool:
    """Whether a page is empty in the middle of a list: by its own words there is more."""
    offset = offset_of(cursor)
    return not found and (more is True or (total is not None and 0 < offset < total))


def items(body: Any, *names: str) -> list[Any] | None:
    """The list in an answer: under one of its names, in ``data``, or bare. None where there is none."""
    if isinstance(body, list):
        return body
    if not isinstance(body, dict):
        return None
    for name in (*names, "data", "items", "results"):
        if isinstance(body.get(name), list):
            return list(body[name])
    return None


def total_of(body: Any) -> int | None:
    """The count that a list says of itself."""
    return count_of(body.get("total")) if isinstance(body, dict) else None


def page(found: Iterable[Any], read: Callable[[Any], Sequence[Seen]], total: int | None, next_: str | None) -> Page:
    """Make a page; what cannot be read is set aside in words that hold no value, and the rest goes on."""
    seen: list[Seen] = []
    broken: list[str] = []
    lost: list[tuple[str, Any]] = []
    nameless = 0
    for place, item in enumerate(found):
        came, why = _read(item, read)
        seen.extend(came)
        if not why:
            continue
        named = item.get("id") if isinstance(item, dict) else None
        remote_id = named if isinstance(named, str) and is_sound(named) else ""
        nameless += not remote_id
        if remote_id or nameless <= MOST_NAMELESS:
            broken.append(f"item {place + 1}: {why}")
            lost.append((remote_id, legible(item)))
    if nameless > MOST_NAMELESS:
        broken.append(f"{nameless - MOST_NAMELESS} more: cannot be read")
        lost.append(("", {}))
    return Page(tuple(seen), total, next_, tuple(broken), tuple(lost))


def listed(
    found: Iterable[Any], read: Callable[[Any], Sequence[Seen]], name: str, total: int | None, next_: str | None
) -> Page:
    """Make a page whose items are one record each, known by a member of theirs: read when they are wanted."""
    items = list(found)
    rough: list[Rough] = []
    for item in items:
        remote_id = item.get(name) if isinstance(item, dict) else None
        try:
            text = sound_text(item) if isinstance(remote_id, str) and remote_id else ""
        except NotExact:
            text = ""
        if not text:
            return page(items, read, total, next_)
        rough.append(Rough(str(remote_id), blake2b(FORM + text.encode(), digest_size=16).hexdigest(), item))
    return Listed(rough, lambda item: _read(item, read), total, next_)


def _read(item: Any, read: Callable[[Any], Sequence[Seen]]) -> tuple[tuple[Seen, ...], str]:
    """The records in an item; or in words that hold no value what is wrong with it."""
    try:
        require_sound(item)
        return tuple(read(item)), ""
    except ValidationError as error:
        members = sorted({str(each["loc"][0]) if each["loc"] else "the whole" for each in error.errors()})
        return (), f"{', '.join(members)} cannot be read"
    except (NotExact, ValueError, TypeError):
        return (), unread_words(item)


def unread_words(item: Any) -> str:
    """That an item cannot be read, in words that hold no value: by the members that no record could keep."""
    return f"{', '.join(unsound_members(item))} cannot be read".lstrip()
