"""What FHIRPath reckons with: truth, numbers, words, moments with their precision, and elements of a record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from clinic_desktop.exchange.validation.nodes import Node

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(?:(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_TIME = re.compile(r"(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?", re.ASCII)
_WHOLE = {"integer", "positiveInt", "unsignedInt"}
_MOMENTS = {"date", "dateTime", "instant"}
# A number longer than this is no measure of anything; comparing it would only cost time.
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, an instant or a time of day, no more precise than it was written."""

    parts: tuple[Decimal, ...]
    offset: int | None = None
    of_day: bool = False

    def against(self, other: "Moment") -> int | None:
        """-1, 0 or 1 as this is before, at or after the other; None where their precision cannot tell."""
        if self.of_day != other.of_day:
            return None
        mine, theirs = self._aligned(), other._aligned()
        if (self.offset is None) != (other.offset is None):
            mine, theirs = self.parts, other.parts
        for a, b in zip(mine, theirs, strict=False):
            if a != b:
                return -1 if a < b else 1
        return 0 if len(mine) == len(theirs) else None

    def _aligned(self) -> tuple[Decimal, ...]:
        if self.offset is None or len(self.parts) < 5:
            return self.parts
        year, month, day, hour, minute = (int(part) for part in self.parts[:5])
        try:
            moved = datetime(
                year, month, day, hour, minute, tzinfo=timezone(timedelta(minutes=self.offset))
            ).astimezone(UTC)
        except (ValueError, OverflowError):
            return self.parts
        moved_parts = (moved.year, moved.month, moved.day, moved.hour, moved.minute)
        return (*(Decimal(part) for part in moved_parts), *self.parts[5:])


Item: TypeAlias = Node | bool | int | Decimal | str | Moment
Items = Sequence[Item]

TRUE: Items = (True,)
FALSE: Items = (False,)
EMPTY: Items = ()


def moment(text: str, *, of_day: bool = False) -> Moment | None:
    """Read a date, an instant or a time; None where it is none."""
    found = (_TIME if of_day else _DATE).fullmatch(text)
    if found is None:
        return None
    groups = found.groups()
    zone = None if of_day else groups[6]
    parts = tuple(Decimal(part) for part in (groups if of_day else groups[:6]) if part is not None)
    offset = None
    if zone is not None:
        offset = 0 if zone == "Z" else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[4:6]))
    return Moment(parts, offset, of_day)


def number(text: str) -> Decimal | None:
    """Read a number; None where it is none."""
    if len(text) > _LONGEST:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def atom(item: Item) -> "Item | None":
    """The value of a primitive element; anything else is itself."""
    if not isinstance(item, Node):
        return item
    value, kind = item.value, item.type
    if value is None or isinstance(value, bool):
        return item if value is None else value
    if kind in _WHOLE or kind == "decimal":
        read = number(value)
        if read is None:
            return value
        return int(read) if kind in _WHOLE and abs(read.adjusted()) < _LONGEST else read
    if kind in _MOMENTS:
        return moment(value) or value
    if kind == "time":
        return moment(value, of_day=True) or value
    return value


def truth(items: Items) -> bool | None:
    """What a collection says where a yes or no is asked; None when it is empty."""
    if not items:
        return None
    if len(items) == 1:
        only = atom(items[0])
        if isinstance(only, bool):
            return only
    return True


def said(answer: "bool | None", /) -> Items:
    """A yes, a no or nothing as a collection."""
    if answer is None:
        return EMPTY
    return TRUE if answer else FALSE


def text(item: Item) -> str | None:
    """The words of an item; None where it has none."""
    if isinstance(item, Node):
        value = item.value
        return str(value).lower() if isinstance(value, bool) else value
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, Moment):
        return None
    return str(item)


def same(a: Item, b: Item) -> bool | None:
    """Whether two items are equal; None where the precision of two moments cannot tell."""
    left, right = atom(a), atom(b)
    if type(left) is str and type(right) is str:
        return left == right
    if isinstance(left, Node) or isinstance(right, Node):
        return isinstance(left, Node) and isinstance(right, Node) and _same_trees(left, right)
    if isinstance(left, Moment) and isinstance(right, str):
        right = moment(right, of_day=left.of_day) or right
    if isinstance(right, Moment) and isinstance(left, str):
        left = moment(left, of_day=right.of_day) or left
    if isinstance(left, Moment) and isinstance(right, Moment):
        order = left.against(right)
        return None if order is None else order == 0
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return left == right


def _same_trees(a: Node, b: Node) -> bool:
    waiting = [(a, b)]
    while waiting:
        left, right = waiting.pop()
        if left.value != right.value or len(left.kids) != len(right.kids):
            return False
        for mine, theirs in zip(left.kids, right.kids, strict=True):
            if mine.name != theirs.name:
                return False
            waiting.append((mine, theirs))
    return True


def order(a: Item, b: Item) -> int | None:
    """-1, 0 or 1 as the first is less, equal or more; None where they cannot be compared."""
    left, right = atom(a), atom(b)
    if isinstance(left, Moment) and isinstance(right, str):
        right = moment(right, of_day=left.of_day) or right
    if isinstance(right, Moment) and isinstance(left, str):
        left = moment(left, of_day=right.of_day) or left
    if isinstance(left, Moment) and isinstance(right, Moment):
        return left.against(right)
    if isinstance(left, Node) and isinstance(right, Node):
        return _amounts(left, right)
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return (left > right) - (left < right)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    return None


def _amounts(a: Node, b: Node) -> int | None:
    """Quantities compare where they are in one unit; a unit is its code, or its words where it has none."""
    if (a.text("code") or a.text("unit")) != (b.text("code") or b.text("unit")):
        return None
    left, right = a.text("value"), b.text("value")
    mine, theirs = number(left or ""), number(right or "")
    if mine is None or theirs is None:
        return None
    return (mine > theirs) - (mine < theirs)
