"""Every flow ends well, wherever in it the process was ended: at every commit, every request, every answer."""

import os
from collections.abc import Callable

import pytest

from sync.port import Create, Put
from tests.simulation.flows import FLOWS, Day
from tests.simulation.invariants import violations

KINDS = ((Create.MARKER, Put.TOP, False), (Create.KEY, Put.WHOLE, False), (Create.NATURAL, Put.CLEAR, True))
NEVER = 10**9


def played(flow: Callable[[Day], None], crash_at: int, kind: tuple[Create, Put, bool]) -> tuple[int, list[str]]:
    """How many effects a flow has, and what was wrong at its end."""
    create, put, masks = kind
    day = Day(crash_at, create=create, put=put, masks=masks)
    try:
        flow(day)
        effects = day.effects.count
        day.peace()
        return effects, violations(day)
    finally:
        day.disk.close()


@pytest.mark.parametrize("kind", KINDS, ids=["marker", "key", "natural, masked"])
@pytest.mark.parametrize("flow", FLOWS, ids=[flow.__name__ for flow in FLOWS])
def test_a_flow_ends_well_wherever_it_was_cut(flow: Callable[[Day], None], kind: tuple[Create, Put, bool]) -> None:
    effects, wrong = played(flow, NEVER, kind)
    assert not wrong
    # In long runs the first class at every effect, the others at every ninth; else every fourth and fifteenth. Each is
    # begun at another, so that together they cut everywhere.
    every, now_and_then = (1, 9) if os.environ.get("CLINIC_LONG") else (4, 15)
    first = 1 + (KINDS.index(kind) + FLOWS.index(flow)) % every
    step = every if kind == KINDS[0] else now_and_then
    for crash_at in range(first, effects + 1, step):
        _, wrong = played(flow, crash_at, kind)
        assert not wrong, f"cut at effect {crash_at} of {effects}: {wrong}"
