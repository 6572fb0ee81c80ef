"""Runs schedules by their seeds, and says what fired and what was wrong."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.simulation.invariants import violations
from tests.simulation.schedule import Schedule
from tests.simulation.town import invariants
from tests.simulation.town.schedule import EVERY, TownSchedule


@dataclass(frozen=True)
class Ran:
    """What came of one schedule."""

    seed: int
    trace: str
    steps: int
    requests: int
    fired: Counter[str]
    wrong: list[str]


@dataclass
class Report:
    """What came of many."""

    schedules: int = 0
    steps: int = 0
    requests: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    failed: dict[int, list[str]] = field(default_factory=dict)

    def text(self, seconds: float) -> str:
        """The report in lines."""
        lines = [f"{self.schedules} schedules, {self.steps} steps, {self.requests} requests, {seconds:.0f} s"]
        lines += [f"  {count:>9}  {name}" for name, count in self.fired.most_common()]
        lines += [f"seed {seed}: {one}" for seed, wrong in list(self.failed.items())[:40] for one in wrong[:3]]
        lines.append(f"{len(self.failed)} schedules with violations")
        return "\n".join(lines)


def run_one(seed: int) -> Ran:
    """Play one schedule, and check it: of every twenty one with shipped remotes over the sandbox."""
    if seed % EVERY == EVERY - 1:
        return _in_town(seed)
    world = Schedule(seed)
    try:
        world.run()
        wrong = violations(world)
    finally:
        world.disk.close()
    return Ran(seed, world.effects.trace.hexdigest(), world.steps, world.network.requests, world.effects.fired, wrong)


def _in_town(seed: int) -> Ran:
    town = TownSchedule(seed)
    try:
        town.run()
        wrong = invariants.violations(town)
    finally:
        town.disk.close()
    fired = Counter({f"{name} (sandbox)": count for name, count in town.effects.fired.items()})
    requests = sum(way.requests for way in town.ways.values())
    return Ran(seed, town.effects.trace.hexdigest(), town.steps, requests, fired, wrong)


def run_many(
    seeds: Iterable[int], most_failures: int = 200, after_each: Callable[[Report], None] = lambda _report: None
) -> Report:
    """Play many; stops after so many that failed."""
    report = Report()
    for seed in seeds:
        one = run_one(seed)
        report.schedules += 1
        report.steps += one.steps
        report.requests += one.requests
        report.fired += one.fired
        if one.wrong:
            report.failed[seed] = one.wrong
            if len(report.failed) >= most_failures:
                break
        after_each(report)
    return report
