"""While nobody has the key the listeners go on: sealed, durable, filed once and in order after the next unlock."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop.devices.astm import simulator as astm
from clinic_desktop.devices.drop import simulator as drop
from clinic_desktop.services.letterbox import FOLDER, KEY_FILE, LOST, Letterbox
from clinic_desktop.store.tables.devices import device_messages, device_results
from clinic_desktop.store.tables.inbox import notifications
from clinic_desktop.vault.letterbox import public_key
from tests.listening import Agent, Home, exchange, made, result


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return made(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def agent(home: Home, tmp_path: Path) -> Iterator[Agent]:
    running = Agent(home, "--mllp-port", "0", "--astm-port", "0", "--drop", str(tmp_path), sealed=True)
    yield running
    running.kill()


def sent(agent: Agent, *messages: bytes) -> list[bytes]:
    with socket.create_connection(("127.0.0.1", agent.port("mllp")), 20) as line:
        line.settimeout(20)
        return [exchange(line, message) for message in messages]


def waiting(home: Home) -> list[Path]:
    return Letterbox(home.profile).waiting()


def kept(home: Home) -> list[str]:
    """The control ids of what is in the database, in the order in which it was taken there."""
    clinic = home.open()
    try:
        with clinic.store.read() as connection:
            asked = select(device_messages.c.control_id).order_by(device_messages.c.rowid_)
            return [str(one) for one in connection.execute(asked).scalars()]
    finally:
        clinic.close()


def in_clear(folder: Path, *words: bytes) -> list[str]:
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file()
        and any(word in path.read_bytes() for word in (*words, *(one.hex().encode() for one in words)))
    ]


def test_a_message_with_nobody_signed_in_is_acknowledged_sealed_and_filed_in_order(agent: Agent, home: Home) -> None:
    names = [f"ORDER{number}" for number in range(6)]
    answers = sent(agent, *(result(home.mrn, name, 90) for name in names))
    assert [f"MSA|AA|{name}".encode() in answer for name, answer in zip(names, answers, strict=True)] == [True] * 6
    assert len(waiting(home)) == 6
    assert in_clear(home.profile, b"Otieno", home.mrn.encode(), b"2345-7", b"ORDER3") == []
    agent.unlock()
    assert agent.hear("letterbox.emptied") == {"event": "letterbox.emptied", "filed": 6, "lost": 0}
    assert waiting(home) == []
    assert [one for one in kept(home) if one.startswith("ORDER")] == names
    clinic, until = home.open(), time.monotonic() + 30
    states: set[str] = set()
    while states != {"filed"} and time.monotonic() < until:
        with clinic.store.read() as connection:
            states = set(connection.execute(select(device_results.c.state)).scalars())
    clinic.close()
    assert states == {"filed"}


def test_when_it_came_is_when_it_was_sealed(agent: Agent, home: Home) -> None:
    sent(agent, result(home.mrn, "WHEN", 91))
    (path,) = waiting(home)
    sealed_at = path.stat().st_mtime
    agent.unlock()
    agent.hear("letterbox.emptied")
    clinic = home.open()
    with clinic.store.read() as connection:
        asked = select(device_messages.c.received_at).where(device_messages.c.control_id == "WHEN")
        at = clinic.store.clock.now().fromisoformat(connection.execute(asked).scalar_one())
    clinic.close()
    assert abs(at.timestamp() - sealed_at) < 1


def test_after_a_hard_lock_it_goes_on_sealing_and_the_same_message_again_is_filed_once(
    agent: Agent, home: Home
) -> None:
    agent.unlock()
    assert b"MSA|AA" in sent(agent, result(home.mrn, "OPEN", 92))[0]
    agent.lock()
    assert all(b"MSA|AA" in one for one in sent(agent, *[result(home.mrn, name, 92) for name in ("OPEN", "SHUT")]))
    assert len(waiting(home)) == 2
    agent.unlock()
    agent.hear("letterbox.emptied")
    assert kept(home).count("OPEN") == kept(home).count("SHUT") == 1


def test_analysers_and_files_are_sealed_too_and_a_question_waits_for_the_key(
    agent: Agent, home: Home, tmp_path: Path
) -> None:
    text = astm.SAMPLE.format(
        mrn=home.mrn, family="Otieno", given="Grace", born="19860105", sex="F", order="", now="20260310080000"
    )
    (answer,) = astm.play("127.0.0.1", agent.port("astm"), text.encode())
    assert answer.code == "ACK"
    question = b"MSH|^~\\&|A|B|||1||QRY^Q02|Q1|P|2.3.1\rQRD|1|R|D|1|||RD|S1|OTH|||T\r"
    assert b"MSA|AE|Q1" in sent(agent, question)[0]
    drop.play(tmp_path, "one.csv", drop.SAMPLE.format(order="S9", at="2026-03-10 08:00"))
    for _look in range(100):
        if len(waiting(home)) == 2:
            break
        subprocess.run(["sleep", "0.1"], check=True)
    assert len(waiting(home)) == 2
    agent.unlock()
    assert agent.hear("letterbox.emptied")["filed"] == 2
    assert b"MSA|AA|Q1" in sent(agent, question)[0]


def test_nonsense_is_refused_and_not_sealed(agent: Agent, home: Home) -> None:
    assert all(b"MSA|A" in one and b"MSA|AA" not in one for one in sent(agent, b"MSH|^~", b"PID|1"))
    assert waiting(home) == []


def test_a_public_key_that_was_exchanged_is_noticed_and_what_was_lost_is_said(agent: Agent, home: Home) -> None:
    key = home.profile / FOLDER / KEY_FILE
    sent(agent, result(home.mrn, "MINE", 93))
    key.write_bytes(public_key(bytes(32)))
    assert b"MSA|AA|THEIRS" in sent(agent, result(home.mrn, "THEIRS", 94))[0]
    waiting(home)[0].with_name("000000000009-0123456789abcdef.sealed").write_bytes(b"damaged")
    agent.say(f"key {home.key.hex()}")
    assert "exchanged by somebody" in str(agent.hear("opened")["notices"])
    told = agent.hear("letterbox.emptied")
    assert (told["filed"], told["lost"]) == (1, 2)
    assert key.read_bytes() == public_key(home.key)
    assert len(list((home.profile / FOLDER / LOST).iterdir())) == 2
    clinic = home.open()
    with clinic.store.read() as connection:
        said = list(connection.execute(select(notifications.c.body)).scalars())
        log = list(connection.exec_driver_sql("SELECT kind FROM access WHERE kind LIKE 'letterbox%'").scalars())
    clinic.close()
    assert sum("not this clinic's" in one for one in said) == 2  # to the laboratory and to the administrators
    assert sum("damaged" in one for one in said) == 2
    assert sorted(log) == ["letterbox.key_replaced", "letterbox.lost", "letterbox.lost"]
    assert "THEIRS" not in kept(home)


def test_started_by_the_system_with_no_line_to_it_it_listens_until_it_is_ended(home: Home) -> None:
    command = [sys.executable, "-m", "clinic_desktop", "--profile", str(home.profile), "agent", "--sealed"]
    alone = subprocess.Popen([*command, "--mllp-port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert alone.stdout
    try:
        assert b"sealing" in alone.stdout.readline()
        assert b"ready" in alone.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            alone.wait(0.5)
    finally:
        alone.kill()
        alone.wait()
        alone.stdout.close()
    nothing = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20)
    assert nothing.returncode == 0


def test_a_port_that_is_taken_is_said_and_the_rest_of_the_process_goes_on(agent: Agent, home: Home) -> None:
    command = [sys.executable, "-m", "clinic_desktop", "--profile", str(home.profile), "agent", "--sealed"]
    second = subprocess.run(
        [*command, "--mllp-port", str(agent.port("mllp"))], input=b"jobs\nquit\n", capture_output=True, check=True,
        timeout=30,
    )  # fmt: skip
    assert b"could not be opened" in second.stdout
    assert b'"event": "jobs"' in second.stdout
