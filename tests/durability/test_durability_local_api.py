"""A local API that is killed at any instant has lost nothing that it answered, and kept nothing twice."""

import random
import threading
from collections import Counter
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from clinic_desktop.cli import demo
from clinic_desktop.services import pairing
from clinic_desktop.store.tables.chart import vital_signs
from tests.listening import Agent, Home, made


def paired(home: Home) -> dict[str, str]:
    """Let a monitor in; what it sends to prove itself."""
    clinic = home.open()
    desk, token = clinic.sign_in("administrator", demo.PASSPHRASE), pairing.new_token()
    pairing.pair_device(desk, "monitor", "Bed 1", token)
    clinic.sign_out(desk)
    clinic.close()
    return {"Authorization": f"Bearer {token}"}


def send(line: httpx.Client, home: Home, headers: dict[str, str], number: int) -> int:
    """Send one measurement under its own key; the heart rate of every one is told apart by its note."""
    body = {
        "patient": {"number": home.mrn, "born_on": "1986-01-05"},
        "values": {"heart_rate": str(60 + number % 100)},
        "note": f"N{number}",
    }
    return line.post("/v1/vitals", json=body, headers={**headers, "Idempotency-Key": f"K{number}"}).status_code


def send_until_killed(agent: Agent, home: Home, headers: dict[str, str], start: int, after: float) -> set[int]:
    """Send one after the other until the process is killed; the numbers that were answered."""
    answered: set[int] = set()
    killer = threading.Timer(after, agent.process.kill)
    with httpx.Client(base_url=f"http://127.0.0.1:{agent.port('api')}", timeout=20, trust_env=False) as line:
        killer.start()
        try:
            # The last one of before may be kept without an answer: it is sent again under its key.
            for number in range(start, start + 10_000):
                if send(line, home, headers, number) == 201:
                    answered.add(number)
        except httpx.HTTPError:
            pass
    killer.cancel()
    agent.kill()
    return answered


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.long)])
def test_what_was_answered_is_there_once_after_any_number_of_kills(tmp_path: Path, kills: int) -> None:
    home = made(tmp_path)
    headers = paired(home)
    chance = random.Random(11)
    answered: set[int] = set()
    for _kill in range(kills):
        agent = Agent(home, "--api-port", "0")
        answered |= send_until_killed(agent, home, headers, len(answered), chance.uniform(0.1, 0.8))
    last = Agent(home, "--api-port", "0")
    with httpx.Client(base_url=f"http://127.0.0.1:{last.port('api')}", timeout=20, trust_env=False) as line:
        for number in (*sorted(answered)[-3:], len(answered)):
            assert send(line, home, headers, number) == 201
    answered.add(len(answered))
    last.say("quit")
    last.process.wait(20)
    last.kill()
    clinic = home.open()
    try:
        with clinic.store.read() as connection:
            kept = Counter(connection.execute(select(vital_signs.c.note)).scalars())
    finally:
        clinic.close()
    assert len(answered) > kills
    assert {f"N{number}" for number in answered} - set(kept) == set()
    assert set(kept.values()) == {1}
