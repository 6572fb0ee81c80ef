"""Every planted fault is caught by the simulation within few schedules; without one, the same schedules are clean."""

import pytest

from tests.simulation import flows
from tests.simulation.planted.planting import Plant, planted
from tests.simulation.planted.plants import PLANTS
from tests.simulation.runner import run_one
from tests.simulation.test_simulation_flows import KINDS, NEVER, played

BUDGET = 400


def caught_by(plant: Plant) -> tuple[int, str] | None:
    """The first schedule that shows the fault, and how."""
    with planted(plant):
        if plant.flow:
            _, wrong = played(getattr(flows, plant.flow), NEVER, KINDS[0])
            return (1, wrong[0]) if wrong else None
        for seed in dict.fromkeys([max(plant.seed, 0), *range(BUDGET)]):
            try:
                wrong = run_one(seed).wrong
            except Exception as error:  # noqa: BLE001 - a fault that stops the engine is caught too
                wrong = [repr(error)]
            if wrong:
                return seed, wrong[0]
    return None


@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name for plant in PLANTS])
def test_a_planted_fault_is_caught(plant: Plant) -> None:
    found = caught_by(plant)
    assert found is not None, f"{BUDGET} schedules did not show it"
    assert plant.flow or not run_one(found[0]).wrong, "the schedule is wrong without the fault, too"


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len({plant.name for plant in PLANTS}) == len(PLANTS) >= 40
