"""Time and the ids made from it: the only place that asks the machine what time it is."""

import os
import threading
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as civil_time
from typing import Protocol

TEXT_LENGTH = len("2026-11-20T11:51:44.123456Z")


class Clock(Protocol):
    """Tells the time; the whole clinic is handed one, so that tests and the demo can set it."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def steady(self) -> float:
        """Seconds that only ever grow, whatever is done to the machine's clock; nothing else is known of them."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Seconds since some moment, counted on while the clock is set forward or back."""
        return time.monotonic()


class SetClock:
    """A clock that stands where it was set, for the demo's past weeks and for tests."""

    def __init__(self, now: datetime) -> None:
        self._steady = 0.0
        self._now = now
        self.set(now)

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._now

    def set(self, now: datetime) -> None:
        """Move to an instant, which must be aware; no time passes by that."""
        if now.tzinfo is None:
            raise ValueError("an instant must be aware")
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Let a length of time pass."""
        self._now += by
        self._steady += by.total_seconds()

    def steady(self) -> float:
        """Seconds let pass."""
        return self._steady


_last_id = 0
_id_lock = threading.Lock()


def new_id() -> str:
    """Make a UUIDv7 (RFC 9562): time-ordered, strictly increasing within this process."""
    global _last_id  # noqa: PLW0603 - one counter per process is the point
    with _id_lock:
        # 48 bits of milliseconds and 12 of a sub-millisecond fraction; bumped when two ids fall together.
        stamp = max((time.time_ns() << 12) // 1_000_000, _last_id + 1)
        _last_id = stamp
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62
    value |= int.from_bytes(os.urandom(8), "big") >> 2
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def to_text(instant: datetime) -> str:
    """Write an aware instant as UTC text that sorts in time order: ``2026-11-20T11:51:44.123456Z``."""
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def local_midnight(day: date) -> datetime:
    """When a day begins at the clinic: the first instant of it, where the clock skips or doubles midnight too."""
    # By its timestamp: `astimezone` alone gives the hour before, where the clock skips midnight.
    return datetime.fromtimestamp(datetime.combine(day, civil_time()).timestamp(), UTC).astimezone()


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote."""
    if len(text) != TEXT_LENGTH or text[-1] != "Z" or text[10] != "T":
        raise ValueError("not an instant as it is kept")
    return datetime.fromisoformat(text)
