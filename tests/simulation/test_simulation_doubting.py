"""Whether a number there still stands for who it was: another of the same home is asked about, a correction is not."""

from typing import Any

import pytest

from sync.sandbox.people import People
from tests.simulation.test_simulation_cards import cards, patient_of, settled

SYSTEM = "healify"
OTHER = {"first_name": "Bo", "date_of_birth": "1949-02-17", "gender": "male"}
REACHED = {"phone": "+1-555-010-7070", "email": "bo@example.org"}
ELSEWHERE = {"address": {"street": "9 Far Road", "city": "Ogdenville", "state": "IL", "zip": "60601", "country": "US"}}
KIN = {"emergency_contact": {"name": "Jo", "relationship": "parent", "phone": "+15550009999"}}


def asked(changes: dict[str, Any]) -> bool:
    """Whether a person is asked who that is, after these changes there; whom to call is known on both sides."""
    town = settled(SYSTEM)
    remote_id, _row = patient_of(town, SYSTEM)

    def after(some: dict[str, Any]) -> bool:
        People(town.ways[SYSTEM].system).edit("patients", remote_id, **some)
        town.engine.people[SYSTEM].sync_now("u1")
        town.engine.hint(SYSTEM, "patient", remote_id)
        town.work(3600)
        return any(one.sort == "identity" for one in cards(town))

    assert not after(KIN)
    return after(changes)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({**OTHER, **REACHED}, id="of the same name and home"),
        pytest.param(OTHER, id="with the same telephone and e-mail, too"),
        pytest.param({"first_name": "Bo", "last_name": "Other", **REACHED, **ELSEWHERE}, id="who has the same to call"),
    ],
)
def test_a_number_that_is_given_to_another_is_asked_about_whatever_a_family_shares(changes: dict[str, Any]) -> None:
    assert asked(changes)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"date_of_birth": "1949-02-17", **REACHED, **ELSEWHERE}, id="a birth date"),
        pytest.param({"first_name": "Bo", "last_name": "Other"}, id="a name"),
        pytest.param({"first_name": "Bo", "gender": "male"}, id="a given name and a sex"),
        pytest.param({"date_of_birth": "1949-02-17", "gender": "male"}, id="a birth date and a sex"),
        pytest.param({"last_name": "Other", **ELSEWHERE}, id="a marriage"),
    ],
)
def test_what_is_corrected_of_one_person_is_no_other_person(changes: dict[str, Any]) -> None:
    assert not asked(changes)
