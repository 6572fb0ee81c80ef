"""What a comparison comes to, how it is timed, and how it is printed."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

PAIRS = 5  # at least so many of ours and of the floor in turn, so that the machine's moods fall on both alike


@dataclass(frozen=True)
class Row:
    """One line of the table: ours, the floor and what the ratio, or ours alone, may come to."""

    row: int
    work: str
    ours: float | None
    floor: float | None = None
    most: float | None = None  # of ours over the floor
    limit: float | None = None  # of ours by itself
    unit: str = "ms"
    least: bool = False  # a rate: ours over the floor, or ours alone, has to reach it
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over the floor."""
        return self.ours / self.floor if self.ours is not None and self.floor else None

    @property
    def reached(self) -> bool | None:
        """Whether the targets are met; None where there is none, or nothing was measured."""
        judged: list[bool] = []
        for found, wanted in ((self.ratio, self.most), (self.ours, self.limit)):
            if found is not None and wanted is not None:
                judged.append(found >= wanted if self.least else found <= wanted)
        return all(judged) if judged else None

    def as_json(self) -> dict[str, object]:
        """The line for a program."""
        return {**asdict(self), "ratio": self.ratio, "reached": self.reached}


def spread(name: str, row: int, times: Sequence[float], limits: dict[int, float], *, note: str = "") -> list[Row]:
    """p50, p95, p99 and the worst of some times, each with its limit if it has one (100 is the worst)."""
    found = {at: percentile(times, at) for at in (50, 95, 99, 100)}
    return [
        Row(row, f"{name}, {'max' if at == 100 else f'p{at}'}", value, limit=limits.get(at), note=note)
        for at, value in found.items()
    ]


def percentile(times: Sequence[float], at: int) -> float:
    """The time that so many of a hundred do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(at / 100 * (len(ordered) - 1)))]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def in_turn(rounds: int, *works: Callable[[], object], warm: int = 1) -> list[list[float]]:
    """The milliseconds of each work in each round, A B A B; the first rounds do not count."""
    times: list[list[float]] = [[] for _ in works]
    for turn in range(warm + rounds):
        for work, taken in zip(works, times, strict=True):
            taken_now = timed(work)
            if turn >= warm:
                taken.append(taken_now)
    return times


def medians(rounds: int, *works: Callable[[], object], warm: int = 1) -> list[float]:
    """The median milliseconds of each work, run in turn."""
    return [statistics.median(taken) for taken in in_turn(rounds, *works, warm=warm)]


HEADING = f"{'row':>3}  {'work':<58}{'ours':>11}{'floor':>11}{'ratio':>8}  target"


def line(row: Row) -> str:
    """One line of the table as people read it."""
    ours = "-" if row.ours is None else f"{row.ours:,.2f} {row.unit}"
    floor = "" if row.floor is None else f"{row.floor:,.2f} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    sign = ">=" if row.least else "<="
    wanted = [f"{sign} {row.most:g}x"] if row.most is not None else []
    wanted += [f"{sign} {row.limit:g} {row.unit}"] if row.limit is not None else []
    verdict = {True: "", False: "   MISSED", None: ""}[row.reached]
    note = f"   ({row.note})" if row.note else ""
    return f"{row.row:>3}  {row.work:<58}{ours:>11}{floor:>11}{ratio:>8}  {', '.join(wanted)}{verdict}{note}"
