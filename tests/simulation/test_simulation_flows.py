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
    day = Day(crash_at, create=create, put=put, masks=masks, an_hour=4)
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
    # The first class at every effect; the others at every ninth, in long runs at every third. Each is begun at another,
    # so that together they cut everywhere.
    now_and_then = 3 if os.environ.get("CLINIC_LONG") else 9
    first = 1 + (KINDS.index(kind) + FLOWS.index(flow)) % now_and_then if kind != KINDS[0] else 1
    for crash_at in range(first, effects + 1, 1 if kind == KINDS[0] else now_and_then):
        _, wrong = played(flow, crash_at, kind)
        assert not wrong, f"cut at effect {crash_at} of {effects}: {wrong}"
