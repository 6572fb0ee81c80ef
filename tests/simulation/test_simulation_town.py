"""Schedules with shipped remotes over the sandbox: every system has its turn, and faults in the engine show in them."""

import pytest

from tests.simulation.planted.planting import planted
from tests.simulation.planted.plants import PLANTS
from tests.simulation.runner import run_one
from tests.simulation.town.schedule import EVERY, TownSchedule
from tests.simulation.town.way import OPENED

# Planted faults, and a schedule with shipped remotes that catches each.
CAUGHT = {
    "a lost answer is sent again at once": 1479,
    "no quiet time": 1479,
    "their change is overlooked": 19,
    "our change is overlooked": 59,
}


@pytest.mark.parametrize("name", CAUGHT)
def test_a_planted_fault_shows_with_shipped_remotes_too(name: str) -> None:
    with planted(next(plant for plant in PLANTS if plant.name == name)):
        assert run_one(CAUGHT[name]).wrong
    assert not run_one(CAUGHT[name]).wrong, "the schedule is wrong without the fault, too"


def test_five_schedules_in_a_row_play_all_five_systems() -> None:
    towns = [TownSchedule(EVERY - 1 + EVERY * number) for number in range(5)]
    try:
        assert {next(iter(town.ways)) for town in towns} == set(OPENED)
    finally:
        for town in towns:
            town.disk.close()


def test_an_id_that_is_none_of_theirs_is_no_answer_to_a_create() -> None:
    """An answer whose id had another shape was once taken for theirs: nothing could be read under it again."""
    assert run_one(5_002_879).wrong == []
