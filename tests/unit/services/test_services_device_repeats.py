"""The same bytes again: a sender that tries again is answered the same, a second measurement is never lost in it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import devices
from clinic_desktop.services.devices import ReceivedMessage, Sorted
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.devices import device_messages
from clinic_desktop.store.tables.outside import observations
from tests.conftest import DeskFor
from tests.unit.devices.device_case import GRACE, glucose, ready, why
from tests.unit.services.lab_case import Lab


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    made = Lab(store, desk_for, clock)
    ready(made)
    return made


POTASSIUM = glucose("4.2", "mmol/L", identity="S1/2823-3//1", code="2823-3", title="Potassium", measured_at=None)


def _sent(lab: Lab, message: ReceivedMessage) -> Sorted:
    return devices.file_message(lab.anna, devices.receive_message(lab.anna, message).message_id)


def _message(kind: str = "api", **more: Any) -> ReceivedMessage:
    made = ReceivedMessage(kind, "BENCH", "results", "result", b"{}", said_of=GRACE, results=(POTASSIUM,))
    return replace(made, **more)


@pytest.mark.parametrize("kind", ["api", "astm", "drop"])
def test_what_has_no_time_is_the_same_for_ten_minutes_and_then_a_question_that_files_both(
    lab: Lab, clock: SetClock, kind: str
) -> None:
    _sent(lab, _message(kind))
    clock.advance(timedelta(minutes=9))
    _sent(lab, _message(kind))
    assert len(lab.rows(device_messages)) == len(lab.rows(observations)) == 1
    clock.advance(timedelta(minutes=5))
    assert _sent(lab, _message(kind)) == Sorted(0, 1, 0)
    assert why(lab.anna) == [rules.SAME_AGAIN]
    assert len(lab.rows(observations)) == 1
    # The second is asked about once, however often its sender tries again.
    clock.advance(timedelta(minutes=5))
    _sent(lab, _message(kind))
    (item,) = devices.review_list(lab.anna)
    devices.file_item(lab.ben, item.id, lab.patient)
    assert [(row.value, row.patient_id) for row in lab.rows(observations)] == [("4.2", lab.patient)] * 2
    assert devices.review_list(lab.anna) == ()


def test_the_same_value_without_a_time_in_another_message_is_asked_about_too(lab: Lab, clock: SetClock) -> None:
    _sent(lab, _message("astm"))
    clock.advance(timedelta(seconds=20))
    assert _sent(lab, _message("astm", raw=b"another header")) == Sorted(0, 1, 0)
    assert why(lab.anna) == [rules.SAME_AGAIN]
    _sent(lab, _message("astm", raw=b"a third", results=(replace(POTASSIUM, value="4.9"),)))
    assert why(lab.anna) == [rules.SAME_AGAIN, rules.STANDS]
    for item in devices.review_list(lab.anna):
        devices.file_item(lab.ben, item.id, lab.patient)
    assert sorted(row.value for row in lab.rows(observations)) == ["4.2", "4.2", "4.9"]


@pytest.mark.parametrize("told", [{"control_id": "K1"}, {"results": (replace(POTASSIUM, measured_at="2026-03-10"),)}])
def test_what_has_a_number_or_a_time_of_its_own_is_the_same_whenever_it_comes(
    lab: Lab, clock: SetClock, told: dict[str, Any]
) -> None:
    _sent(lab, _message(**told))
    clock.advance(timedelta(hours=9))
    _sent(lab, _message(**told))
    assert len(lab.rows(device_messages)) == len(lab.rows(observations)) == 1
    assert why(lab.anna) == []


def test_a_letter_that_was_sealed_is_told_from_a_later_one_by_when_it_came(lab: Lab, clock: SetClock) -> None:
    came = "2026-03-10T07:00:00.000000Z"
    _sent(lab, _message(received_at=came))
    clock.advance(timedelta(hours=5))
    _sent(lab, _message(received_at=came))  # the process died before it had put the letter away
    assert len(lab.rows(device_messages)) == 1
    _sent(lab, _message())
    assert why(lab.anna) == [rules.SAME_AGAIN]


def test_another_value_under_the_same_time_is_not_filed_beside_the_first(lab: Lab) -> None:
    timed = replace(POTASSIUM, measured_at="2026-03-10T08:00:00+00:00")
    _sent(lab, _message(results=(timed,)))
    _sent(lab, _message(raw=b"2", results=(replace(timed, value="5.0"),)))
    (item,) = devices.review_list(lab.anna)
    with pytest.raises(Refusal, match="another value stands"):
        devices.file_item(lab.ben, item.id, lab.patient)
