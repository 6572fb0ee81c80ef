"""When somebody works, as it is written in lines: ``Mon-Thu 08:00-17:00 Main clinic``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clinic_desktop.domain.refusals import Refusal

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LINE = re.compile(
    r"(?P<first>[A-Za-z]{3})[a-z]*(?:\s*[-–]\s*(?P<last>[A-Za-z]{3})[a-z]*)?\s+"
    r"(?P<starts>\d{1,2}:\d{2})\s*[-–]\s*(?P<ends>\d{1,2}:\d{2})(?:\s+(?P<place>\S.*))?"
)


@dataclass(frozen=True, order=True)
class Stretch:
    """A stretch of one weekday (0 is Monday) at one place; times as HH:MM, an empty place is any."""

    weekday: int
    starts: str
    ends: str
    place: str = ""


def read_hours(text: str) -> tuple[Stretch, ...]:
    """The stretches that lines say, in order. Raises Refusal naming the line that is not understood."""
    found = [one for line in text.splitlines() if line.strip() for one in _read(line.strip())]
    for one, other in zip(sorted(found), sorted(found)[1:], strict=False):
        if one.weekday == other.weekday and other.starts < one.ends:
            raise Refusal("{day} has two stretches at once.", field="hours", day=DAYS[one.weekday])
    return tuple(sorted(found))


def hours_text(stretches: Iterable[Stretch]) -> str:
    """The lines that say some stretches, equal days that follow one another as one line."""
    lines: list[tuple[int, int, tuple[str, str, str]]] = []
    for one in sorted(stretches, key=lambda each: (each.starts, each.ends, each.place, each.weekday)):
        said = (one.starts, one.ends, one.place)
        if lines and lines[-1][2] == said and lines[-1][1] == one.weekday - 1:
            lines[-1] = (lines[-1][0], one.weekday, said)
        else:
            lines.append((one.weekday, one.weekday, said))
    return "\n".join(_line(*line) for line in sorted(lines))


def _line(first: int, last: int, said: tuple[str, str, str]) -> str:
    days = DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
    return f"{days} {said[0]}-{said[1]} {said[2]}".rstrip()


def _read(line: str) -> list[Stretch]:
    match = _LINE.fullmatch(line)
    first = _day(match["first"]) if match else None
    last = (_day(match["last"]) if match["last"] else first) if match else None
    starts, ends = (_clock(match["starts"]), _clock(match["ends"])) if match else (None, None)
    if match is None or first is None or last is None or starts is None or ends is None or last < first:
        raise Refusal("“{line}” is not understood. Write it as in Mon-Fri 08:00-17:00.", field="hours", line=line)
    if starts >= ends:
        raise Refusal("“{line}” ends before it begins.", field="hours", line=line)
    return [Stretch(day, starts, ends, (match["place"] or "").strip()) for day in range(first, last + 1)]


def _day(text: str) -> int | None:
    word = text[:3].title()
    return DAYS.index(word) if word in DAYS else None


def _clock(text: str) -> str | None:
    hours, minutes = (int(part) for part in text.split(":"))
    return f"{hours:02}:{minutes:02}" if hours < 24 and minutes < 60 else None
