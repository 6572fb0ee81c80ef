"""What is kept is filed whatever fails meanwhile, in this process and without anybody starting it again."""

import time
from pathlib import Path

import pytest

from clinic_desktop.agent import intake as intake_module
from clinic_desktop.agent.intake import Intake
from clinic_desktop.agent.receiving import Receiver
from clinic_desktop.clock import new_id
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import devices
from clinic_desktop.services.clinic import Clinic
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.services.letterbox import Letterbox
from tests.listening import made
from tests.unit.devices.device_case import glucose


def _message() -> ReceivedMessage:
    return ReceivedMessage("hl7", "BENCH", "ORU", "result", new_id().encode(), said_of=Named(), results=(glucose(),))


def test_a_session_that_cannot_be_opened_does_not_end_the_filing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that files lives through a database that is busy: what was acknowledged never waits for ever."""
    monkeypatch.setattr(intake_module, "AGAIN_SECONDS", 0.05, raising=False)
    clinic = made(tmp_path).open()
    intake = Intake(clinic)
    intake.keep(_message())
    assert intake.settle(10)
    fails = [True]
    begin = Clinic.begin_devices

    def busy(self: Clinic) -> object:
        if fails[0]:
            raise Trouble("busy", remedy="wait")
        return begin(self)

    monkeypatch.setattr(Clinic, "begin_devices", busy)
    fails[0] = False
    intake.keep(_message())
    with intake._guard:
        assert intake._desk is not None
        clinic.sign_out(intake._desk, "ended beside it")
        fails[0] = True
    time.sleep(0.5)
    assert not intake.settle(0.1)
    fails[0] = False
    assert intake.settle(10)
    intake.keep(_message())
    assert intake.settle(10)
    desk = clinic.begin_devices()
    assert devices.unfiled_messages(desk) == ()
    assert len(devices.review_list(desk)) == 3
    intake.close()
    clinic.close()


def test_one_that_can_neither_be_filed_nor_set_aside_stands_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "AGAIN_SECONDS", 0.05, raising=False)
    clinic = made(tmp_path).open()
    intake = Intake(clinic)
    stuck: list[str] = []
    file, aside = devices.file_message, devices.set_aside

    def filing(desk: object, message_id: str) -> object:
        if message_id in stuck:
            raise OSError("disk")
        return file(desk, message_id)  # type: ignore[arg-type]

    def setting(desk: object, message_id: str, why: str) -> object:
        if message_id in stuck:
            raise OSError("disk")
        return aside(desk, message_id, why)  # type: ignore[arg-type]

    monkeypatch.setattr(devices, "file_message", filing)
    monkeypatch.setattr(devices, "set_aside", setting)
    first = intake.keep(_message())
    stuck.append(first.message_id)
    intake.keep(_message())
    until = time.monotonic() + 10
    desk = clinic.begin_devices()
    while devices.unfiled_messages(desk) != (first.message_id,) and time.monotonic() < until:
        time.sleep(0.02)
    assert devices.unfiled_messages(desk) == (first.message_id,)
    stuck.clear()
    assert intake.settle(10)
    assert devices.unfiled_messages(desk) == ()
    intake.close()
    clinic.close()


def test_what_a_killed_process_left_is_filed_also_where_nothing_listens_any_more(tmp_path: Path) -> None:
    """The listeners were turned off meanwhile: what was acknowledged stood nowhere till then."""
    home = made(tmp_path)
    clinic = home.open()
    desk = clinic.begin_devices()
    devices.receive_message(desk, _message())
    receiver = Receiver(Letterbox(home.profile), lambda _event: None, lambda _letter: 503)
    assert receiver.open(clinic, listening=False) == 1
    receiver.close()
    assert len(devices.review_list(desk)) == 1
    clinic.close()
