"""What a webhook call is, once it is proved as far as its system documents: where to look, and that but once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sync.telling.hints import Hint
from sync.transport.decoding import read_json

# How far the instant of a call may lie from now, in seconds: what is older, or comes from the future, is a repetition.
OLDEST = 300.0
LARGEST = 1024 * 1024


class UnprovedError(ValueError):
    """A call that does not prove what its system documents; `args` say what was missing, and nothing of the call."""


@dataclass(frozen=True)
class Notice:
    """A call that is proved. `once` is the same for the same call sent again; `hint` is None for an unknown event."""

    once: str
    hint: Hint | None

    def __repr__(self) -> str:
        return "Notice()"


def event_of(raw: bytes) -> dict[str, Any]:
    """The event of a call, as JSON. Raises UnprovedError."""
    try:
        event = read_json(raw) if len(raw) <= LARGEST else None
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise UnprovedError("no event")
    return event


def is_recent(instant: float | None, now: float) -> bool:
    """Whether an instant of a call lies within the window."""
    return instant is not None and abs(now - instant) <= OLDEST


def instant_of(text: object) -> float | None:
    """An instant of ISO 8601 with its offset; None for what is none."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        found = datetime.fromisoformat(text)
        return None if found.tzinfo is None else found.astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def id_of(value: object) -> str | None:
    """An id as it stands in an event; None for what is none."""
    usable = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value) if usable and 0 < len(str(value)) <= 200 else None
