"""Results from elsewhere whose patient was merged here stand with whom they are of, also once the two are parted."""

from typing import Any

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.told import made
from clinic_desktop.services import parting, patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.inbox import inbox
from clinic_desktop.services.sheets import order_sheet
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.outside import identifiers, observations
from sync.engine.chart import Because
from sync.port import Kind
from sync.records.elements import Resource
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.heard_case import Heard
from tests.unit.services.merge_case import ADAH, merged_as_kept

LAB_1 = Because("hms_enterprise", "LAB-1")


@pytest.fixture
def heard(store: Store, clock: SetClock) -> Heard:
    return Heard(store, clock)


@pytest.fixture
def front(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


def potassium(value: int, **more: Any) -> Resource:
    """Potassium of a morning."""
    return made(
        {
            "resourceType": "Observation", "status": "final", "code": {"text": "Potassium"},
            "valueQuantity": {"value": value, "unit": "mmol/L"}, "effectiveDateTime": "2026-01-10T08:00:00Z",
        }
        | more
    )  # fmt: skip


def rows(heard: Heard) -> list[tuple[str, str, str | None]]:
    with heard.store.read() as connection:
        found = select(observations.c.patient_id, observations.c.value, observations.c.note)
        return [tuple(row) for row in connection.execute(found)]


def test_results_of_our_order_stand_with_whom_it_was_placed_for_while_merged_and_parted(
    small: Clinic, heard: Heard, front: Desk, desk_for: DeskFor
) -> None:
    of_order = {"basedOn": [{"reference": f"ServiceRequest/{small.order}"}]}
    critical = {"interpretation": [{"coding": [{"code": "HH"}]}]}
    kept = patients.register_patient(front, ADAH).patient_id
    done = merged_as_kept(front, kept, small.patient)
    record = heard.adopt(Kind.LAB_RESULT, None, potassium(7, **of_order, **critical), because=LAB_1)
    assert rows(heard) == [(small.patient, "7", None)]
    assert [one.value for one in order_sheet(desk_for("laboratory"), kept, small.order).elsewhere] == ["7"]
    parting.unmerge(front, done, reason="They are sisters")
    (told,) = [one for one in inbox(desk_for("doctor"), "open") if "another system" in one.title]
    arguments = dict(told.arguments)
    assert [one.value for one in order_sheet(desk_for("laboratory"), **arguments).elsewhere] == ["7"]
    heard.adopt(Kind.LAB_RESULT, record, potassium(4, **of_order), because=LAB_1)
    assert rows(heard) == [(small.patient, "4", "corrected: 7 -> 4 mmol/L")]


def test_what_is_taken_back_with_an_un_merge_is_corrected_from_elsewhere_as_before(
    small: Clinic, heard: Heard, front: Desk
) -> None:
    kept = patients.register_patient(front, ADAH).patient_id
    done = merged_as_kept(front, kept, small.patient)
    whose = [{"subject": {"reference": f"Patient/{one}"}} for one in (kept, small.patient)]
    record = heard.adopt(Kind.LAB_RESULT, None, potassium(7, **whose[0]), because=LAB_1)
    assert record is not None
    parting.unmerge(front, done, reason="They are sisters", take_back=[record])
    assert rows(heard) == [(small.patient, "7", None)]
    for value in (4, 5):
        assert heard.adopt(Kind.LAB_RESULT, record, potassium(value, **whose[1]), because=LAB_1) == record
    assert rows(heard) == [(small.patient, "5", "corrected: 7 -> 4 mmol/L\ncorrected: 4 -> 5 mmol/L")]
    with heard.store.read() as connection:
        numbers = select(identifiers.c.patient_id).where(identifiers.c.record_id == record)
        assert set(connection.execute(numbers).scalars()) == {small.patient}, "its number goes with it"
