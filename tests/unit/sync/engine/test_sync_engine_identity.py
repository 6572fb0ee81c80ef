"""A patient there is taken for one here with proof alone; a false link is worse than a missed one."""

from dataclasses import replace

import pytest

from sync.engine.chart import Likely
from sync.engine.identity import judge

SURE = Likely("P1", 0.9995, birth_equal=True, name_fits=True, strong=frozenset({"phone"}))


def test_with_everything_it_is_the_same() -> None:
    assert judge([SURE]).same == SURE


@pytest.mark.parametrize(
    "less",
    [
        replace(SURE, score=0.998),
        replace(SURE, birth_equal=False),
        replace(SURE, strong=frozenset()),
        replace(SURE, against=frozenset({"sex"})),
    ],
)
def test_with_anything_less_a_person_is_asked(less: Likely) -> None:
    verdict = judge([less])
    assert verdict.same is None
    assert verdict.maybe == (less,)


def test_another_given_name_is_somebody_else_however_much_is_equal() -> None:
    twin = replace(SURE, name_fits=False)
    assert judge([twin]) == judge([])


def test_two_who_are_as_likely_are_for_a_person() -> None:
    other = replace(SURE, local_id="P2", score=0.9991)
    verdict = judge([other, SURE])
    assert verdict.same is None
    assert [one.local_id for one in verdict.maybe] == ["P1", "P2"]


def test_below_the_lower_threshold_nobody_is_asked() -> None:
    assert judge([replace(SURE, score=0.79)]) == judge([])
