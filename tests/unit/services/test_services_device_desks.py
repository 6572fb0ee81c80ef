"""Who decides about what devices sent: nurse and doctor about vital signs alone, reception about neither."""

import json

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import device_controls, device_intake, device_reviewing, devices
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_answers import Told
from clinic_desktop.services.device_vitals import read_vitals
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import vital_signs
from tests.conftest import DeskFor
from tests.unit.devices.device_case import GRACE, glucose, ready, sent
from tests.unit.services.lab_case import Lab


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    made = Lab(store, desk_for, clock)
    ready(made)
    return made


def _measured(lab: Lab, said: Named = GRACE, number: str = "G-9") -> str:
    """A pressure of somebody whom nobody here is known as: it waits."""
    body = {"values": {"pressure": "120/80", "heart_rate": "72"}}
    told = Told("1", "MONITOR", "", number, json.dumps(body | {"n": number}).encode())
    said = Named((("", number),), said.names, said.born)
    kept = device_intake.take_vitals(lab.nurse, told, said, read_vitals(body), None)
    return str(kept["review_id"])


@pytest.mark.parametrize("role", ["nurse", "doctor"])
def test_vital_signs_that_wait_are_decided_by_who_takes_them_and_a_result_is_not(
    lab: Lab, desk_for: DeskFor, role: str
) -> None:
    desk: Desk = desk_for(role)
    waits, other = _measured(lab), _measured(lab, number="G-8")
    sent(lab.anna, glucose(), said=Named())
    assert [(one.subject, one.title) for one in devices.review_list(desk)] == [
        ("vitals", "pressure 120/80; heart rate 72")
    ] * 2
    assert device_reviewing.waiting(desk) == 2
    result = next(one for one in devices.review_list(lab.anna) if one.subject == "result")
    for act in (
        lambda: devices.file_item(desk, result.id, lab.patient),
        lambda: devices.file_item(desk, result.message_id, lab.patient),
        lambda: devices.reject_item(desk, result.id, "no"),
        lambda: devices.reject_item(desk, result.message_id, "no"),
        lambda: devices.raw_message(desk, result.message_id),
        lambda: device_reviewing.evidence(desk, result.id),
        lambda: device_reviewing.compared(desk, result.id, lab.patient),
    ):
        with pytest.raises(Refusal, match="does not decide"):
            act()
    with pytest.raises(Refusal):
        device_controls.control_log(desk)
    assert b"120/80" in device_reviewing.evidence(desk, waits).raw
    devices.file_item(desk, waits, lab.patient)
    assert {row.patient_id for row in lab.rows(vital_signs)} == {lab.patient}
    devices.reject_item(desk, other, "of nobody")
    assert devices.review_list(desk) == ()
    assert len(devices.review_list(lab.anna)) == 1


def test_the_laboratory_still_sees_all_and_reception_neither(lab: Lab, desk_for: DeskFor) -> None:
    waits = _measured(lab)
    sent(lab.anna, glucose(), said=Named())
    assert len(devices.review_list(lab.anna)) == device_reviewing.waiting(lab.anna) == 2
    front = desk_for("front_desk")
    assert device_reviewing.waiting(front) == 0
    with pytest.raises(Refusal):
        devices.review_list(front)
    with pytest.raises(Refusal, match="does not decide"):
        device_reviewing.evidence(front, waits)
