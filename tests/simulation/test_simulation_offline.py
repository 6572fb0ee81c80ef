"""A clinic that was long offline drains in order, within the limits, and says honestly when."""

import pytest

from tests.simulation.offline import played
from tests.simulation.offline_checks import errors, intents_are_settled, used, wrong


def test_a_small_clinic_that_was_offline_for_five_days_drains_as_it_must() -> None:
    one, _ = played(200, 5, 0.2)
    assert wrong(one) == []
    assert used(one, "patient") >= 0.95
    assert len(errors(one)) >= 20
    assert one.conflicts()
    assert one.deleted
    assert intents_are_settled(one)


@pytest.mark.long
def test_a_clinic_of_twenty_thousand_that_was_offline_for_ninety_days_drains_as_it_must() -> None:
    one, _ = played(20_000, 90, 1.0)
    assert wrong(one) == []
