"""The shipped engine, the five shipped remotes and the sandbox in one process: told once and read back."""

import pytest

from sync.engine.audit import broken
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Shadow
from sync.engine.sweeping import due, is_whole
from sync.port import Kind, Story
from sync.records.elements import ContactPoint, HumanName, Identifier
from sync.telling.words import MRN
from tests.contract.test_remotes_over_sandbox import ADA, ADA_HERE
from tests.simulation.town.town import Town
from tests.simulation.town.way import OPENED


def somebody(number: int) -> Story:
    """One of many who have nothing in common but the town they live in."""
    ident = f"00000000-0000-7000-8000-{number:012d}"
    first = ADA.model_copy(
        update={
            "id": ident,
            "identifier": (Identifier(system=MRN, value=f"A7-{number:06d}-1"),),
            "name": (HumanName(family=f"King{number}", given=("Ada",)),),
            "birth_date": f"19{10 + number % 80}-02-03",
            "telecom": (
                ContactPoint(system="phone", value=f"+1-555-010-{number:04d}"),
                ContactPoint(system="email", value=f"ada{number}@example.org"),
            ),
        }
    )
    return Story(Kind.PATIENT, ident, 1, ident, first, marker=f"ref CW-{number:08d}")


def state(town: Town, system: str) -> str:
    return town.state(system, Kind.PATIENT, ADA_HERE.local_id)


@pytest.mark.parametrize("system", OPENED)
def test_a_patient_is_told_once_and_read_back(system: str) -> None:
    town = Town(system)
    with town.disk.write() as unit:
        town.chart.write(unit, ADA_HERE)
    town.work(600)
    assert state(town, system) == "confirmed"
    assert town.ways[system].created == 1


@pytest.mark.parametrize("lost", ["answer", "request"])
@pytest.mark.parametrize("system", OPENED)
def test_a_lost_answer_makes_no_second_patient_and_a_lost_request_is_sent_again(system: str, lost: str) -> None:
    town = Town(system)
    town.ways[system].lose = [lost]
    with town.disk.write() as unit:
        town.chart.write(unit, ADA_HERE)
    town.work(4 * 3600)
    assert state(town, system) == "confirmed"
    assert town.ways[system].created == 1
    with town.disk.read() as unit:
        links = Rows(unit).find(Link, system=system, kind="patient", local_id=ADA_HERE.local_id)
        assert [link.status for link in links] == ["confirmed"]


def test_five_systems_at_once_leave_nothing_to_tell_and_ask_for_nothing_more() -> None:
    town = Town(*OPENED)
    with town.disk.write() as unit:
        town.chart.write(unit, ADA_HERE)
    town.work(3600)
    assert {state(town, system) for system in OPENED} == {"confirmed"}
    with town.disk.read() as unit:
        rows = Rows(unit)
        assert all(not shadow.told for shadow in rows.find(Shadow, kind=str(Kind.PATIENT)))
        assert [broken(rows, system) for system in OPENED] == [None] * 5


def test_what_shows_everybody_is_looked_through_before_each_patients_own_list() -> None:
    town = Town("practice_studio")
    desk = town.engine.offices["practice_studio"].desk
    with town.disk.read() as unit:
        whole = [is_whole(desk, kind) for _at, kind, _scope in due(desk, Rows(unit))]
    assert whole == sorted(whole, reverse=True)
    assert {True, False} == set(whole)


def test_ten_new_patients_an_hour_are_created_at_healthcare_records_as_its_document_permits() -> None:
    """Each is searched for first; the searches have a limit of their own, which must not be the narrower one."""
    town = Town("healthcare_records")
    hours = 3
    with town.disk.write() as unit:
        for n in range(hours * 10 + 15):
            town.chart.write(unit, somebody(n))
    town.work(hours * 3600.0)
    way = town.ways["healthcare_records"]
    assert way.wrong == []
    assert way.created >= 0.95 * 10 * hours
