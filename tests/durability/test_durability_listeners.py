"""A listener that is killed at any instant has lost nothing that it acknowledged, and filed nothing twice."""

import random
import socket
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop.store.tables.devices import device_messages, device_results
from clinic_desktop.store.tables.outside import observations
from tests.listening import Agent, Home, exchange, made, result


def send_until_killed(agent: Agent, home: Home, start: int, after: float) -> set[str]:
    """Send messages one after the other until the process is killed; the control ids that were acknowledged."""
    acknowledged: set[str] = set()
    killer = threading.Timer(after, agent.process.kill)
    with socket.create_connection(("127.0.0.1", agent.port("mllp")), 10) as line:
        line.settimeout(20)
        killer.start()
        for number in range(start, start + 10_000):
            answer = exchange(line, result(home.mrn, f"C{number}", 60 + number % 100))
            if f"MSA|AA|C{number}".encode() not in answer:
                break
            acknowledged.add(f"C{number}")
    killer.cancel()
    agent.kill()
    return acknowledged


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.long)])
def test_what_was_acknowledged_is_there_once_after_any_number_of_kills(tmp_path: Path, kills: int) -> None:
    home = made(tmp_path)
    chance = random.Random(7)
    acknowledged: set[str] = set()
    sent = 0
    for _kill in range(kills):
        agent = Agent(home, "--mllp-port", "0")
        acknowledged |= send_until_killed(agent, home, sent, chance.uniform(0.05, 0.8))
        # What was not acknowledged is sent again by whoever follows: the count goes on from there.
        sent = len(acknowledged)
    last = Agent(home, "--mllp-port", "0")
    with socket.create_connection(("127.0.0.1", last.port("mllp")), 10) as line:
        for number in (*range(min(5, sent)), sent):
            assert b"MSA|AA|" in exchange(line, result(home.mrn, f"C{number}", 60 + number % 100))
    acknowledged.add(f"C{sent}")
    last.say("quit")
    last.process.wait(20)
    last.kill()
    clinic = home.open()
    try:
        with clinic.store.read() as connection:
            kept = Counter(connection.execute(select(device_messages.c.control_id)).scalars())
            states = Counter(connection.execute(select(device_results.c.state)).scalars())
            filed = list(connection.execute(select(device_results.c.filed_id)).scalars())
            charted = list(connection.execute(select(observations.c.id)).scalars())
    finally:
        clinic.close()
    assert len(acknowledged) > kills
    assert acknowledged - set(kept) == set()
    assert set(kept.values()) == {1}
    assert states == {"filed": 2 * len(kept)}
    assert sorted(filed) == sorted(charted)
    assert len(set(filed)) == len(filed)
