"""A birth date that is not known to the day: said once for all systems, and no date is asked to be made up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_deciding, sync_shown
from clinic_desktop.exchange.sync_births import WHY, asks_for_it
from clinic_desktop.exchange.sync_items import Item, rank
from clinic_desktop.services.patients import NewPatient, change_patient, patient_details, register_patient
from tests.conftest import DeskFor
from tests.connected import Connected, connected

HEALIFY, PRACTICE = "healify", "practice_studio"


@pytest.fixture
def there(desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    with connected(desk_for("administrator"), HEALIFY, PRACTICE, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


def waiting(there: Connected, patient: str) -> list[Item]:
    return [one for one in sync_shown.waiting_items(there.desk) if one.patient_id == patient]


def test_it_is_said_once_for_all_systems_and_nothing_is_offered_but_to_know_it(
    there: Connected, desk_for: DeskFor
) -> None:
    desk = desk_for("front_desk")
    new = NewPatient("Abara", "Wren", "female", date(1961, 1, 1), "year", "+15550101111")
    patient = register_patient(desk, new).patient_id
    for system in (HEALIFY, PRACTICE):
        there.connect(system)
        there.run(system)
    (item,) = waiting(there, patient)
    assert (item.sort, item.why, item.title) == ("inexact", WHY, "Healify, Practice Studio")
    opened = sync_deciding.detail(there.desk, item)
    assert (opened.acts, opened.value, opened.members) == (("give_up",), None, ())
    with pytest.raises(Refusal, match="cannot be done"):
        sync_deciding.decide(there.desk, item, "again")
    marks = sync_shown.record_marks(there.desk, [("patient", patient)])["patient", patient]
    assert {(mark.word, mark.why) for mark in marks} == {("refused", WHY)}

    known = patient_details(desk, patient)
    change_patient(
        desk, patient, replace(known.patient, born_on=date(1961, 4, 9), born_precision="day"), known.revision
    )
    for system in (HEALIFY, PRACTICE):
        there.run(system)
    assert waiting(there, patient) == [], "once it is known it is sent by itself"
    assert [one["date_of_birth"] for one in there.rows(HEALIFY, "patients") if one["last_name"] == "Abara"] == [
        "1961-04-09"
    ]


def test_giving_up_is_for_every_system_that_asked(there: Connected, desk_for: DeskFor) -> None:
    new = NewPatient("Abara", "Wren", "female", None, "unknown", "+15550101111")
    patient = register_patient(desk_for("front_desk"), new).patient_id
    for system in (HEALIFY, PRACTICE):
        there.connect(system)
        there.run(system)
    (item,) = waiting(there, patient)
    with pytest.raises(Refusal, match="Say why"):
        sync_deciding.decide(there.desk, item, "give_up")
    assert sync_deciding.decide(there.desk, item, "give_up", "Has moved away") == 2
    assert waiting(there, patient) == []


@pytest.mark.parametrize(
    ("why", "asks"),
    [
        ("Request validation failed: date_of_birth: is required", True), ("dateOfBirth must not be null", True),
        ("Missing birth date", True), ("date_of_birth: lies in the future", False), ("phone: is required", False),
        ("A newborn's phone is required", False), ("", False),
    ],
)  # fmt: skip
def test_only_a_refusal_for_want_of_a_date_is_one(why: str, asks: bool) -> None:
    assert asks_for_it("patient", "refused", why) is asks
    assert not asks_for_it("patient", "person", why)
    assert not asks_for_it("encounter", "refused", why)


def test_who_is_who_and_what_is_clinical_come_before_the_rest_and_before_tasks() -> None:
    def one(sort: str, at: str, *, clinical: bool = False, count: int = 0) -> Item:
        return Item(at, "s", "S", sort, "patient", "", "", "", "", "", "", at, clinical, count)

    told = [
        one("cannot", "1", clinical=True), one("cannot", "2", count=9), one("field", "3"), one("inexact", "4"),
        one("field", "5", clinical=True), one("refused", "6", clinical=True), one("identity", "7"),
        one("aside", "8", clinical=True), one("misfiled", "9"), one("aside", "91"),
    ]  # fmt: skip
    assert [each.id for each in sorted(told, key=rank)] == ["7", "8", "9", "5", "6", "3", "91", "1", "4", "2"]
