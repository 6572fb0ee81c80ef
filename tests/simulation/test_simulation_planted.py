"""Every planted fault is caught by the simulation within few schedules; without one, the same schedules are clean."""

import pytest

from tests.simulation.planted.planting import Plant, planted
from tests.simulation.planted.plants import PLANTS
from tests.simulation.runner import run_one

BUDGET = 400


def caught_by(plant: Plant) -> tuple[int, str] | None:
    """The first schedule that shows the fault, and how."""
    with planted(plant):
        for seed in dict.fromkeys([*plant.seeds, *range(BUDGET)]):
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
    assert not run_one(found[0]).wrong, "the schedule is wrong without the fault, too"


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len({plant.name for plant in PLANTS}) == len(PLANTS) >= 40
