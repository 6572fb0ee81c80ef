"""Every shared HL7 message, however its bytes come: one by one, or from ten senders at once over real connections."""

import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_desktop.devices.hl7 import protocol
from clinic_desktop.devices.hl7.listener import Conversation
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.services.letterbox import Letterbox
from tests.listening import Agent, exchange, made
from tests.unit.devices.test_devices_hl7_corpus import all_messages, codes

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def listener(kept: list[ReceivedMessage]) -> Conversation:
    return Conversation(kept.append, lambda _device, _numbers: (), lambda: AT, lambda: "N1", "127.0.0.1")


def test_in_single_bytes_every_shared_message_is_read_and_answered_as_it_is_whole() -> None:
    for raw in all_messages():
        whole, dripped = list[ReceivedMessage](), list[ReceivedMessage]()
        wire = protocol.framed(raw)
        one, other = listener(whole), listener(dripped)
        answer = one.heard(wire)
        drips = b"".join(other.heard(wire[place : place + 1]) for place in range(len(wire)))
        assert drips == answer, raw[:60]
        assert dripped == whole


@pytest.fixture
def sealing(tmp_path: Path) -> Iterator[Agent]:
    agent = Agent(made(tmp_path), "--mllp-port", "0", sealed=True)
    yield agent
    agent.kill()


def test_ten_senders_at_once_are_each_answered_for_every_shared_message(sealing: Agent) -> None:
    messages = all_messages()

    def send(first: int) -> list[str]:
        found = []
        with socket.create_connection(("127.0.0.1", sealing.port("mllp")), 30) as line:
            line.settimeout(60)
            for raw in messages[first::10]:
                found += codes(exchange(line, raw.strip(b"\x0b\x1c")))
        return found

    with ThreadPoolExecutor(10) as pool:
        answered = Counter(code for found in pool.map(send, range(10)) for code in found)
    alone: Counter[str] = Counter()
    for raw in messages:
        alone.update(codes(listener([]).heard(protocol.framed(raw))))
    # A question is answered once somebody has signed in; everything else as with the clinic open.
    asked = sum(1 for raw in messages if re.search(rb"MSH(.)(?:[^\r\n]*?)\1(QRY|QBP)", raw[:300]))
    assert sum(answered.values()) == len(messages)
    assert answered["AR"] == alone["AR"]
    assert 0 <= alone["AA"] - answered["AA"] <= asked
    assert len(Letterbox(sealing.home.profile).waiting()) >= answered["AA"]
