"""What a system is handed from outside: the time, and a seed for everything that looks like chance."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

FIRST, LAST = -62135596800, 253402300799  # the years 1 to 9999


@dataclass(frozen=True, slots=True)
class World:
    """The clock (seconds since 1970, UTC) and the seed; the same pair gives the same ids and tokens."""

    now: Callable[[], float]
    seed: int = 1

    def draw(self, *what: object) -> bytes:
        """Sixteen bytes that follow from the seed and the words alone."""
        return hashlib.blake2b(repr((self.seed, what)).encode(), digest_size=16).digest()

    def uuid(self, *what: object) -> str:
        """A version 4 UUID that follows from the seed and the words alone."""
        return str(uuid.UUID(bytes=self.draw("uuid", *what), version=4))

    def chance(self, *what: object) -> float:
        """A number from 0 up to 1 that follows from the seed and the words alone."""
        return int.from_bytes(self.draw("chance", *what)[:6], "big") / 2**48


def instant(at: float) -> str:
    """The instant as the documents write it: whole seconds, UTC, a Z at the end."""
    # Sums with what a client sent may leave the calendar; they are shown at its edge.
    return datetime.fromtimestamp(min(max(int(at), FIRST), LAST), UTC).isoformat()[:19] + "Z"


def civil(at: float) -> date:
    """The civil date in UTC."""
    return datetime.fromtimestamp(at, UTC).date()


def moment(words: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 instant or date; nothing when it is neither."""
    try:
        read = datetime.fromisoformat(words)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
