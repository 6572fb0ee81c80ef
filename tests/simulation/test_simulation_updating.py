"""What an update does to what it does not name: the five shipped remotes over sandboxes that go either way."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict
from sync.engine.updating import GONE, MERGE, REPLACE, Mode, mode_of
from sync.port import Kind
from sync.records.patient import Patient
from sync.sandbox.knobs import knobs_of
from tests.contract.test_remotes_over_sandbox import ADA_HERE
from tests.simulation.planted.planting import Plant, planted
from tests.simulation.town.town import Town
from tests.simulation.town.way import OPENED

ADA = str(ADA_HERE.local_id)
DOCUMENTED = {"healify", "arocord_hims", "practice_studio"}  # say that only what is sent is changed


def a_town(system: str, put: str) -> Town:
    town = Town(system)
    served = town.ways[system].system
    # What is masked can teach nothing: this one shows it.
    served.knobs = knobs_of({**asdict(served.knobs), "puts": {"patients": put}, "masked": False})
    tell(town, 0)
    assert town.state(system, Kind.PATIENT, ADA) == "confirmed"
    return town


def tell(town: Town, number: int) -> None:
    """Ada's telephone has another number, and nothing else is new."""
    assert isinstance(ADA_HERE.first, Patient)
    record = ADA_HERE.first.model_dump(by_alias=True, exclude_none=True)
    if number:
        record["telecom"] = [
            {**one, "value": f"+1-555-010-{number:04}"} if one["system"] == "phone" else one
            for one in record["telecom"]
        ]
    story = ADA_HERE.__class__(
        Kind.PATIENT, ADA, 1 + number, ADA_HERE.patient_id, Patient.model_validate(record), ADA_HERE.rest,
        marker=ADA_HERE.marker,
    )  # fmt: skip
    with town.disk.write() as unit:
        town.chart.write(unit, story)
    town.work(1200, most=300)


def row(town: Town, system: str) -> dict[str, Any]:
    (one,) = town.ways[system].system.tables["patients"]
    return dict(one)


def puts(town: Town, system: str) -> list[set[str]]:
    """The members of every update that was carried out."""
    return [
        set(json.loads(one.body)) for one in town.ways[system].system.log.effects
        if one.method == "PUT" and one.table == "patients"
    ]  # fmt: skip


def mode(town: Town, system: str) -> Mode | None:
    with town.disk.read() as unit:
        return mode_of(town.engine.offices[system].desk, Rows(unit), "patient")


def cards(town: Town) -> list[Conflict]:
    with town.disk.read() as unit:
        return Rows(unit).find(Conflict)


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after.get(name)} - {"updated_at", "updated", "fhir_resource"}


@pytest.mark.parametrize("put", ["merge-top", "merge-deep", "replace", "replace-quietly"])
@pytest.mark.parametrize("system", OPENED)
def test_whichever_way_a_system_goes_nothing_is_lost_and_the_way_is_learnt(system: str, put: str) -> None:
    town = a_town(system, put)
    before = row(town, system)
    tell(town, 1)
    assert town.state(system, Kind.PATIENT, ADA) == "confirmed"
    assert len(differing(before, row(town, system))) == 1
    learnt = mode(town, system)
    if system == "healthcare_records":
        # What is missing there is not told from what is hidden: all that may be written is always sent.
        assert learnt is None
        assert all({"name", "birth_date", "telecom", "active"} <= sent for sent in puts(town, system))
        return
    assert learnt is not None
    assert learnt.mode == (REPLACE if put.startswith("replace") else MERGE)
    # Only where the document was wrong can something have been missing for a moment, and then a person is told.
    told = [one for one in cards(town) if one.sort == "overwrite"]
    assert bool(told) == (system in DOCUMENTED and put == "replace-quietly")
    so_far = len(puts(town, system))
    tell(town, 2)
    (sent,) = puts(town, system)[so_far:]
    assert (len(sent) == 1) == (learnt.mode == MERGE)
    assert len(differing(before, row(town, system))) == 1
    assert mode(town, system) == learnt


@pytest.mark.parametrize("system", OPENED)
def test_a_way_that_was_learnt_wrong_is_noticed_and_what_went_is_told_again_and_shown(system: str) -> None:
    town = a_town(system, "replace-quietly")
    town.engine.people[system].put_mode(Kind.PATIENT, MERGE, "somebody")
    before = row(town, system)
    tell(town, 1)
    assert town.state(system, Kind.PATIENT, ADA) == "confirmed"
    learnt = mode(town, system)
    assert learnt is not None
    assert (learnt.mode, learnt.how) == (REPLACE, GONE)
    # Whether a record is in use there is theirs alone to say: it stands on the card.
    assert len(differing(before, row(town, system)) - {"active"}) == 1
    (card,) = [one for one in cards(town) if one.sort == "overwrite" and one.state == "open"]
    assert card.why.startswith("written over by us")
    lost = card.sides["before"]
    assert len(lost) >= 3
    assert all(before[name] == value for name, value in lost.items() if not isinstance(value, dict))
    with town.disk.read() as unit:
        kept = town.chart.story(unit, Kind.PATIENT, ADA)
    assert kept is not None
    assert isinstance(kept.first, Patient)
    assert [one.value for one in kept.first.telecom if one.system == "email"] == ["ada@example.org"]


PLANTS = (
    Plant("what our update took away counts as their change", "updating:_gone", "for name in gone:", "for name in ():"),
    Plant("what our update took away is told to nobody", "updating:_gone", "if lost:", "if False:"),
    Plant("a wrong way is kept", "updating:compare", "mode.mode != REPLACE", "False"),
)


@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name for plant in PLANTS])
def test_a_planted_fault_in_it_is_caught(plant: Plant) -> None:
    with planted(plant), pytest.raises((AssertionError, ValueError)):
        test_a_way_that_was_learnt_wrong_is_noticed_and_what_went_is_told_again_and_shown("hms_enterprise")


def test_what_is_set_by_an_administrator_is_done_and_is_not_learnt_over() -> None:
    town = a_town("hms_enterprise", "merge-top")
    town.engine.people["hms_enterprise"].put_mode(Kind.PATIENT, REPLACE, "somebody")
    tell(town, 1)
    (sent,) = puts(town, "hms_enterprise")
    assert {"first_name", "contact_number", "email"} <= sent
    learnt = mode(town, "hms_enterprise")
    assert learnt is not None
    assert learnt.mode == REPLACE
