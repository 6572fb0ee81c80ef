"""Which backups are kept, and when a new one is suspicious."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

# What a clinic cannot lose a hundredth of in one day without somebody having done something.
WATCHED = ("patients", "encounters", "journal", "access")
MOST_LOST = 0.01


@dataclass(frozen=True)
class Keeping:
    """How many backups stay: the newest ones, then one a day, then one a month."""

    recent: int = 48
    days: int = 30
    months: int = 12


def to_remove(made: Mapping[str, datetime], keeping: Keeping = Keeping()) -> tuple[str, ...]:
    """Name the backups that may go, oldest first; the newest never does."""
    newest_first = sorted(made, key=lambda name: (made[name], name), reverse=True)
    kept = set(newest_first[: max(1, keeping.recent)])
    kept |= _last_of_each(newest_first, [made[name].strftime("%Y-%m-%d") for name in newest_first], keeping.days)
    kept |= _last_of_each(newest_first, [made[name].strftime("%Y-%m") for name in newest_first], keeping.months)
    return tuple(name for name in reversed(newest_first) if name not in kept)


def shrunk(before: Mapping[str, int], after: Mapping[str, int]) -> str | None:
    """Name a table that lost more than one row in a hundred since the backup before, or None."""
    for table in WATCHED:
        had = before.get(table, 0)
        if had and (had - after.get(table, 0)) / had > MOST_LOST:
            return table
    return None


def _last_of_each(names: Sequence[str], periods: Sequence[str], count: int) -> set[str]:
    last: dict[str, str] = {}
    for name, period in zip(names, periods, strict=True):
        last.setdefault(period, name)
    return set(list(last.values())[:count])
