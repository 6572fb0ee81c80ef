"""Pages of a list that moves while it is read: they overlap by a tenth, so that nothing slips between two."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from sync.port import Page, Seen
from sync.records.exact import NotExact, require_sound

OVERLAP = 0.1


def offset_of(cursor: str | None) -> int:
    """Where a page begins."""
    return int(cursor) if cursor and cursor.isdecimal() else 0


def next_offset(offset: int, count: int, total: int | None, asked: int) -> str | None:
    """Where the next page begins; None at the end. Without a total, a page that is not full is the last."""
    if count == 0 or (total is not None and offset + count >= total) or (total is None and count < asked):
        return None
    # A server may give fewer than it was asked for: what came is what is counted.
    return str(offset + max(1, count - max(1, int(count * OVERLAP))))


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
    total = body.get("total") if isinstance(body, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def page(found: Iterable[Any], read: Callable[[Any], Sequence[Seen]], total: int | None, next_: str | None) -> Page:
    """Make a page; what cannot be read is set aside in words that hold no value, and the rest goes on."""
    seen: list[Seen] = []
    broken: list[str] = []
    for place, item in enumerate(found):
        try:
            require_sound(item)
            seen.extend(read(item))
        except ValidationError as error:
            members = sorted({str(each["loc"][0]) if each["loc"] else "the whole" for each in error.errors()})
            broken.append(f"item {place + 1}: {', '.join(members)} cannot be read")
        except (NotExact, ValueError, TypeError):
            broken.append(f"item {place + 1}: cannot be read")
    return Page(tuple(seen), total, next_, tuple(broken))
