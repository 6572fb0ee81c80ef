"""A critical value that comes beside something else is before a doctor in words, and a key opens the chart."""

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.told import made
from clinic_desktop.services.inbox import inbox
from clinic_desktop.store.engine import Store
from sync.engine.chart import Because
from sync.port import Kind
from sync.records.exact import loads
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.heard_case import Heard


@pytest.fixture
def heard(store: Store, clock: SetClock) -> Heard:
    return Heard(store, clock)


def test_a_critical_value_beside_a_visit_is_named_and_opens_the_chart(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    subject = {"reference": f"Patient/{small.patient}"}
    visit = {
        "resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": subject,
        "period": {"start": "2026-03-10T08:00:00Z"},
    }  # fmt: skip
    value = {"valueQuantity": {"value": loads("7.1"), "unit": "mmol/L"}, "code": {"text": "Potassium"}}
    found = {
        "resourceType": "Observation", "status": "final", "subject": subject, **value,
        "effectiveDateTime": "2026-03-10T08:00:00Z", "interpretation": [{"coding": [{"code": "HH"}]}],
    }  # fmt: skip
    heard.adopt(Kind.ENCOUNTER, None, made(visit), made(found), because=Because("hms_enterprise", "V-7"))
    (told,) = [item for item in inbox(desk_for("doctor"), "open") if item.title.startswith("Results came")]
    assert (told.must_answer, told.screen) == (True, "chart")
    assert "Potassium: 7.1 mmol/L (HH)" in told.body
