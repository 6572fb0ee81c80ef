"""A listener that is killed at any instant has lost nothing that it acknowledged, and filed nothing twice."""

import random
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop.services.letterbox import LOST, Letterbox
from clinic_desktop.store.tables.devices import device_messages, device_results
from clinic_desktop.store.tables.outside import observations
from tests.leaks import scan
from tests.listening import Agent, Home, exchange, made, result

# So long after a message was sent a kill may come: before it was read, while it is kept, or after its answer.
WITHIN_SECONDS = 0.03
# How long nothing at all may be filed of what waits, before it is called stuck.
PATIENCE_SECONDS = 60.0


@dataclass
class Sender:
    """Sends its messages one after the other and notes which were acknowledged; what was not is sent again."""

    home: Home
    messages: int
    chance: random.Random
    acknowledged: set[str] = field(default_factory=set)

    @property
    def due(self) -> int:
        """The first message that nobody acknowledged."""
        return len(self.acknowledged)

    def send(self, agent: Agent, count: int, *, kill: bool) -> None:
        """Send so many; with `kill` the process dies at a random instant around the last of them."""
        with socket.create_connection(("127.0.0.1", agent.port("mllp")), 20) as line:
            line.settimeout(60)
            for left in range(count, 0, -1):
                if self.due == self.messages:
                    return
                if kill and left == 1:
                    threading.Timer(self.chance.uniform(0, WITHIN_SECONDS), agent.process.kill).start()
                name = f"C{self.due}"
                answer = exchange(line, result(self.home.mrn, name, 60 + self.due % 100))
                if f"MSA|AA|{name}".encode() not in answer:
                    return
                self.acknowledged.add(name)


def lives(home: Home, sender: Sender, kills: int, *, sealed: bool = False, module: str = "clinic_desktop") -> None:
    """Start a process and kill it, so many times, while a sender sends."""
    each = sender.messages // (kills + 1)  # some are left for the last life, which nobody kills
    for _kill in range(kills):
        agent = Agent(home, "--mllp-port", "0", sealed=sealed, module=module)
        try:
            if sealed and sender.chance.random() < 0.7:
                # Somebody signs in between two messages: what waited is being filed when it dies.
                early = sender.chance.randrange(each)
                sender.send(agent, early, kill=False)
                agent.say(f"key {home.key.hex()}")
                sender.send(agent, each - early, kill=True)
            else:
                sender.send(agent, each, kill=True)
            agent.process.wait(10)
        finally:
            agent.kill()


def last_life(home: Home, sender: Sender, *, sealed: bool = False) -> None:
    """Send the rest, and the last again, as a sender does whose answer was lost."""
    agent = Agent(home, "--mllp-port", "0", sealed=sealed)
    try:
        sender.send(agent, sender.messages, kill=False)
        with socket.create_connection(("127.0.0.1", agent.port("mllp")), 20) as line:
            line.settimeout(60)
            for number in range(max(0, sender.due - 3), sender.due):
                assert b"MSA|AA|" in exchange(line, result(home.mrn, f"C{number}", 60 + number % 100))
        if sealed:
            agent.unlock()
        left, since = len(Letterbox(home.profile).waiting()), time.monotonic()
        while left and time.monotonic() - since < PATIENCE_SECONDS:
            time.sleep(0.2)
            if (now := len(Letterbox(home.profile).waiting())) < left:
                left, since = now, time.monotonic()
        agent.say("quit")
        agent.process.wait(60)
    finally:
        agent.kill()


def found(home: Home) -> tuple[Counter[str], Counter[str], list[str], list[str]]:
    """What the database has: messages by control id, results by state, what they were filed as, and the chart."""
    clinic = home.open()
    try:
        with clinic.store.read() as connection:
            return (
                Counter(connection.execute(select(device_messages.c.control_id)).scalars()),
                Counter(connection.execute(select(device_results.c.state)).scalars()),
                list(connection.execute(select(device_results.c.filed_id)).scalars()),
                list(connection.execute(select(observations.c.id)).scalars()),
            )
    finally:
        clinic.close()


@pytest.mark.parametrize(
    ("sealed", "messages", "kills"),
    [
        (False, 240, 6),
        (True, 120, 4),
        pytest.param(False, 10_000, 200, marks=pytest.mark.long),
        pytest.param(True, 1_000, 40, marks=pytest.mark.long),
    ],
)
def test_what_was_acknowledged_is_there_once_after_any_number_of_kills(
    tmp_path: Path, sealed: bool, messages: int, kills: int
) -> None:
    home = made(tmp_path)
    sender = Sender(home, messages, random.Random(7))
    lives(home, sender, kills, sealed=sealed)
    if sealed:
        assert scan([home.profile], ["Otieno", "Grace", home.mrn, "2345-7"]) == []
    last_life(home, sender, sealed=sealed)
    kept, states, filed, charted = found(home)
    numbers = {
        "acknowledged": len(sender.acknowledged), "kills": kills, "lost": len(sender.acknowledged - set(kept)),
        "twice": len(filed) - len(set(filed)), "results": dict(states),
    }  # fmt: skip
    sys.stderr.write(f"{numbers}\n")
    assert len(sender.acknowledged) == messages
    assert sender.acknowledged - set(kept) == set()
    assert set(kept.values()) == {1}
    assert states == {"filed": 2 * len(kept)}
    assert sorted(filed) == sorted(charted)
    assert len(set(filed)) == len(filed)
    assert not (home.profile / "letterbox" / LOST).exists()


def test_a_listener_that_acknowledges_before_it_has_kept_is_found_out(tmp_path: Path) -> None:
    home = made(tmp_path)
    sender = Sender(home, 40, random.Random(3))
    lives(home, sender, 1, module="tests.durability.eager")
    kept, *_rest = found(home)
    assert sender.acknowledged - set(kept) != set()
