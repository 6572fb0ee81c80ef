"""Which weights ask for a second look."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.weight_change import expected_z, is_odd_for_adult, is_odd_for_child

DAYS = st.integers(0, 7000)
Z = st.floats(-6, 6)


@given(st.lists(st.tuples(DAYS, Z), min_size=1, max_size=12), DAYS)
def test_what_is_expected_lies_among_what_was_measured(earlier: list[tuple[int, float]], days: int) -> None:
    expected = expected_z(earlier, days)
    assert expected is not None
    assert min(z for _, z in earlier) - 1e-9 <= expected <= max(z for _, z in earlier) + 1e-9


def test_the_nearest_measurement_weighs_most() -> None:
    expected = expected_z([(0, -2.0), (360, 2.0)], 365)
    assert expected is not None
    assert expected > 1.9


def test_the_first_weight_asks_nothing() -> None:
    assert not is_odd_for_child(9.0, 100, [])


@pytest.mark.parametrize(("z", "odd"), [(3.1, True), (2.9, False), (-3.1, True), (-2.9, False)])
def test_more_than_three_deviations_are_odd(z: float, odd: bool) -> None:
    assert is_odd_for_child(z, 100, [(90, 0.0)]) == odd


@pytest.mark.parametrize(
    ("kg", "last", "days", "pregnant", "odd"),
    [
        ("88", "80", 30, False, False), ("88.1", "80", 30, False, True), ("71.9", "80", 30, False, True),
        ("72", "80", 30, False, False), ("60", "80", 184, False, False), ("95", "80", 90, True, False),
        ("70", "80", 90, True, True), ("8", "80", 0, False, True),
    ],
)  # fmt: skip
def test_a_tenth_within_six_months_is_odd_for_the_grown(
    kg: str, last: str, days: int, pregnant: bool, odd: bool
) -> None:
    assert is_odd_for_adult(Decimal(kg), Decimal(last), days, pregnant=pregnant) == odd
