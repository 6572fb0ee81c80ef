"""The invariants hold over many schedules, each is played the same twice, and every kind of fault fires."""

from collections import Counter

import pytest

from tests.simulation.network import FAULTS
from tests.simulation.runner import run_many, run_one
from tests.simulation.town.schedule import FAULTS as AT_SANDBOX

# 10,000 in `test`, 190,000 more in `test --long`, in equal parts so that two processes share them.
PARTS, OF = 10, 1_000
LONG_PARTS, LONG_OF = 190, 1_000
OTHER = {
    "crash", "disk full", "clock step", "restart", "signed out", "hint", "remote edit", "remote delete",
    "remote patient", "page shift", "restored backup",
}  # fmt: skip


SANDBOX = {f"{name} (sandbox)" for name in (*AT_SANDBOX, "crash", "disk full", "restart", "remote edit", "hint")}


@pytest.mark.parametrize("part", range(PARTS))
def test_the_invariants_hold_over_ten_thousand_schedules_and_every_fault_fires(part: int) -> None:
    report = run_many(range(part * OF, (part + 1) * OF), most_failures=5)
    assert not report.failed, report.text(0)
    missing = {*FAULTS, *OTHER, *SANDBOX} - report.fired.keys()
    assert not missing, f"never fired in {OF} schedules: {sorted(missing)}"


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_the_invariants_hold_over_many_more_schedules(part: int) -> None:
    first = 1_000_000 + part * LONG_OF
    report = run_many(range(first, first + LONG_OF), most_failures=5)
    assert not report.failed, report.text(0)


# The last five are played with shipped remotes.
@pytest.mark.parametrize("seed", [*range(7, 1007, 100), *range(19, 219, 40)])
def test_the_same_seed_plays_the_same_schedule(seed: int) -> None:
    one, other = run_one(seed), run_one(seed)
    assert (one.trace, one.steps, one.requests) == (other.trace, other.steps, other.requests)


def test_different_seeds_play_different_schedules() -> None:
    assert max(Counter(run_one(seed).trace for seed in range(20)).values()) == 1
