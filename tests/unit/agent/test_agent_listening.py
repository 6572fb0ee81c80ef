"""The listeners of a real process: whoever sends badly is stopped in bounded room and time, and the others go on."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clinic_desktop.agent.serving import PEERS
from clinic_desktop.devices.astm import simulator as astm
from clinic_desktop.devices.hl7 import simulator as hl7
from clinic_desktop.services import devices
from tests.listening import Agent, Home, exchange, made, result

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
MIB = 1024 * 1024
BAD = (b"MSH|^~", b"", b"\x00" * 50, b"PID|1", b"MSH|^~\\&|" + b"|" * 3000 + b"\r", b"\xff\xfe" * 9)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return made(tmp_path_factory.mktemp("listening"))


@pytest.fixture(scope="module")
def agent(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    drop = tmp_path_factory.mktemp("drop")
    running = Agent(home, "--mllp-port", "0", "--astm-port", "0", "--drop", str(drop))
    yield running
    running.kill()


def connected(agent: Agent) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", agent.port("mllp")), 20)
    line.settimeout(30)
    return line


def works(agent: Agent, home: Home, control: str) -> None:
    """A well-behaved sender is answered, and soon."""
    began = time.monotonic()
    with connected(agent) as line:
        assert f"MSA|AA|{control}".encode() in exchange(line, result(home.mrn, control, 90))
    assert time.monotonic() - began < 10


def test_it_listens_on_this_machine_alone(agent: Agent) -> None:
    wanted = {f"0100007F:{agent.port(name):04X}" for name in ("mllp", "astm")}
    listening = {
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    }
    assert wanted <= listening
    assert not {one for one in listening if one.startswith("00000000") and one[9:] in {w[9:] for w in wanted}}


def test_a_message_of_a_hundred_megabytes_is_refused_in_little_room(agent: Agent, home: Home) -> None:
    works(agent, home, "BEFORE")
    before = agent.rss_mib()
    with connected(agent) as line:
        head = b"\x0bMSH|^~\\&|BIG|LAB|||20260310||ORU^R01|HUGE|P|2.5.1\rOBX|1|ED|1^x^LN||"
        line.sendall(head)
        for _piece in range(100):
            line.sendall(b"A" * MIB)
        line.sendall(b"\x1c\r")
        answer = line.recv(65536)
        assert b"MSA|AR|HUGE" in answer
        works(agent, home, "BESIDE")
        assert b"MSA|AA|AFTER" in exchange(line, result(home.mrn, "AFTER", 91))
    assert agent.rss_mib() - before < 64


def test_garbage_half_frames_and_a_thousand_bad_messages_leave_it_as_it_was(agent: Agent, home: Home) -> None:
    works(agent, home, "G0")
    before = agent.rss_mib()
    with connected(agent) as line:
        line.sendall(bytes(range(256)).replace(b"\x0b", b"") * 1000)
        for number in range(1000):
            answer = exchange(line, BAD[number % len(BAD)])
            assert b"MSA|AE" in answer or b"MSA|AR" in answer
        line.sendall(b"\x0bMSH|^~\\&|HALF")
    works(agent, home, "G1")
    assert agent.rss_mib() - before < 64


def test_fifty_senders_at_once_are_all_answered_beside_slow_ones(agent: Agent, home: Home) -> None:
    slow = [connected(agent) for _one in range(10)]
    for line in slow:
        line.sendall(b"\x0bMSH|^~\\&|SLOW")
    with ThreadPoolExecutor(50) as pool:
        done = pool.map(lambda number: works(agent, home, f"MANY{number}"), range(50))
        assert len(list(done)) == 50
    for line in slow:
        line.close()


def test_more_connections_than_there_is_room_for_are_closed_and_the_room_is_given_back(
    agent: Agent, home: Home
) -> None:
    lines = [connected(agent) for _one in range(PEERS)]
    time.sleep(0.5)
    with connected(agent) as one_more:
        assert one_more.recv(1) == b""
    for line in lines:
        line.close()
    time.sleep(0.5)
    works(agent, home, "ROOM")


def test_a_message_in_single_bytes_and_ten_at_once_are_whole(agent: Agent, home: Home) -> None:
    (answer,) = hl7.play("127.0.0.1", agent.port("mllp"), result(home.mrn, "DRIP", 92), drip=True)
    assert (answer.code, answer.control_id) == ("AA", "DRIP")
    with connected(agent) as line:
        line.sendall(b"".join(b"\x0b" + result(home.mrn, f"TEN{n}", 93) + b"\x1c\r" for n in range(10)))
        held = b""
        while held.count(b"MSA|AA|TEN") < 10:
            got = line.recv(65536)
            assert got
            held += got


def test_an_analyser_is_answered_on_its_own_port_beside_all_that(agent: Agent, home: Home) -> None:
    text = astm.SAMPLE.format(
        mrn=home.mrn, family="Otieno", given="Grace", born="19860105", sex="F", order="", now="20260310080000"
    )
    (answer,) = astm.play("127.0.0.1", agent.port("astm"), text.encode())
    assert (answer.code, answer.frames) == ("ACK", 6)


def test_the_log_and_what_is_told_name_nobody(agent: Agent, home: Home) -> None:
    works(agent, home, "LOGGED")
    with connected(agent) as line:
        exchange(line, b"MSH|^~\\&|A|B|||1||ZZZ^Z|X|P|2.5\rPID|1||SECRETNUMBER||Secretname^X\r")
    logs = b"".join(path.read_bytes() for path in (home.profile / "logs").glob("*"))
    for word in (home.mrn.encode(), b"Otieno", b"Grace", b"SECRET", b"Secretname"):
        assert word not in logs


def test_what_was_sent_is_in_the_chart_and_the_ports_close_with_the_process(agent: Agent, home: Home) -> None:
    port = agent.port("mllp")
    agent.say("quit")
    agent.process.wait(20)
    with pytest.raises(OSError, match=r"refused|reset"):
        socket.create_connection(("127.0.0.1", port), 2)
    clinic = home.open()
    desk = clinic.begin_devices()
    counts = devices.device_counts(desk)
    clinic.close()
    assert counts["filed"] > 60
    assert counts.get("received", 0) == 0
    assert threading.active_count() < 50
