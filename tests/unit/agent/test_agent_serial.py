"""An analyser on a serial line, played over a pseudo-terminal: kept, answered, found again after it was unplugged."""

import os
import select
import sys
import time
import tty
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_desktop.agent import serial_line
from clinic_desktop.agent.serial_line import SerialLine
from clinic_desktop.devices.astm import simulator
from clinic_desktop.devices.astm.listener import Conversation
from clinic_desktop.services.devices import ReceivedMessage
from tests.unit.devices.device_case import corpus

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
TEXT = simulator.SAMPLE.format(
    mrn="M1", family="Otieno", given="Grace", born="19860105", sex="F", order="S1", now="20260310080000"
).encode()


class Plug:
    """The other end of the line: plugged in under a name that stays, as a device file of the system does."""

    def __init__(self, folder: Path) -> None:
        self.device = folder / "ttyANALYSER"
        self.hand = -1

    def plug_in(self) -> None:
        self.hand, there = os.openpty()
        tty.setraw(there)
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(os.ttyname(there))
        self._there = there

    def unplug(self) -> None:
        for handle in (self._there, self.hand):
            os.close(handle)
        self.device.unlink()

    def say(self, data: bytes) -> bytes:
        os.write(self.hand, data)
        return self.hear()

    def hear(self, seconds: float = 3) -> bytes:
        """The next byte of the other end; empty where none comes in time."""
        ready, _write, _error = select.select([self.hand], [], [], seconds)
        return os.read(self.hand, 1) if ready else b""

    def begin(self) -> bytes:
        """Ask for the line until somebody is there, as an analyser does; what came before they were is gone."""
        answer = b""
        for _try in range(100):
            os.write(self.hand, b"\x05")
            if answer := self.hear(0.1):
                while self.hear(0.1):
                    pass
                break
        return answer

    def play(self, content: bytes) -> list[bytes]:
        """Send a message frame by frame; the answers."""
        answers = [self.begin()]
        answers += [self.say(frame) for frame in simulator.frames_of(content)]
        os.write(self.hand, b"\x04")
        return answers


@pytest.fixture
def kept() -> list[ReceivedMessage]:
    return []


@pytest.fixture
def plug(tmp_path: Path, kept: list[ReceivedMessage], monkeypatch: pytest.MonkeyPatch) -> Iterator[Plug]:
    monkeypatch.setattr(serial_line, "AGAIN_SECONDS", 0.05)
    one = Plug(tmp_path)

    def speak(peer: str) -> Conversation:
        return Conversation(kept.append, lambda _device, _numbers: (), lambda: datetime(2026, 3, 10, tzinfo=UTC), peer)

    line = SerialLine(str(one.device), 9600, speak)
    line.start()
    yield one
    line.stop()
    assert not line._thread.is_alive()


def soon(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return true()


def test_results_are_kept_before_the_last_frame_is_acknowledged(plug: Plug, kept: list[ReceivedMessage]) -> None:
    plug.plug_in()
    assert plug.play(TEXT) == [b"\x06"] * 7
    assert [(one.kind, one.peer, len(one.results)) for one in kept] == [("astm", "serial", 2)]
    plug.unplug()


def test_a_line_that_was_unplugged_in_the_middle_is_found_again_and_the_half_is_nothing(
    plug: Plug, kept: list[ReceivedMessage]
) -> None:
    plug.plug_in()
    assert plug.begin() == b"\x06"
    assert plug.say(simulator.frames_of(TEXT)[0]) == b"\x06"
    plug.unplug()
    time.sleep(0.3)
    plug.plug_in()
    assert soon(lambda: plug.play(TEXT)[-1] == b"\x06")
    assert len(kept) >= 1
    assert all(len(one.results) == 2 for one in kept)
    plug.unplug()


def test_every_shared_capture_goes_over_the_line_in_single_bytes(plug: Plug, kept: list[ReceivedMessage]) -> None:
    plug.plug_in()
    played = 0
    for path in sorted(corpus("astm").rglob("*")):
        frames = simulator.frames_of(path.read_bytes()) if path.is_file() and path.suffix in {".txt", ".astm"} else []
        if not 0 < sum(map(len, frames)) < 4000:
            continue
        assert plug.begin() == b"\x06"
        for frame in frames:
            for place in range(len(frame)):
                os.write(plug.hand, frame[place : place + 1])
            plug.hear()
        os.write(plug.hand, b"\x04")
        played += 1
    assert played > 0
    assert len(kept) > 0
    plug.unplug()
