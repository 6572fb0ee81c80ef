"""HL7 over TLS and in the clear with a client that we did not write: the same answers, and nobody slips in."""

import asyncio
import contextlib
import hashlib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hl7
import pytest
from hl7.client import MLLPClient
from hl7.mllp import open_hl7_connection
from sqlalchemy import select

from clinic_desktop.agent import serving
from clinic_desktop.services.certificates import FOLDER, standing
from clinic_desktop.store.tables.devices import device_messages
from tests.listening import Agent, Home, exchange, made, result

NAMES = ("Núñez^Zoë", "Οδυσσέας^Νίκη", "محمد^ليلى", "王^小明", "Łukasz^Żaneta", "O'Brien-Σ^🩺")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return made(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the key and the certificate of a sender: made by the same hand as the clinic's, for another."""
    folder = tmp_path_factory.mktemp("sender")
    standing(folder, "127.0.0.1")
    return folder / FOLDER


@pytest.fixture(scope="module")
def agent(home: Home) -> Iterator[Agent]:
    running = Agent(home, "--mllp-port", "0", "--mllps-port", "0")
    yield running
    running.kill()


def trusting(home: Home, sender: Path | None = None) -> ssl.SSLContext:
    """What a careful sender does: it trusts the clinic's own certificate and nothing else."""
    context = ssl.create_default_context(cafile=str(home.profile / FOLDER / "certificate.pem"))
    if sender is not None:
        context.load_cert_chain(sender / "certificate.pem", sender / "key.pem")
    return context


def encrypted(agent: Agent, context: ssl.SSLContext) -> ssl.SSLSocket:
    line = socket.create_connection(("127.0.0.1", agent.port("mllps")), 20)
    line.settimeout(20)
    return context.wrap_socket(line, server_hostname="localhost")


def named(home: Home, name: str, control: str, charset: str = "UNICODE UTF-8") -> str:
    text = result(home.mrn, control, 90).decode()
    return text.replace("|P|2.5.1\r", f"|P|2.5.1||||||{charset}\r").replace("Otieno^Grace", name)


def said_of(home: Home, control: str) -> str:
    clinic = home.open()
    try:
        with clinic.store.read() as connection:
            asked = select(device_messages.c.said_of).where(device_messages.c.control_id == control)
            return str(connection.execute(asked).scalar_one())
    finally:
        clinic.close()


def test_the_fingerprint_that_is_shown_is_that_of_whoever_answers(agent: Agent, home: Home) -> None:
    with encrypted(agent, trusting(home)) as line:
        shown = str(agent.told["fingerprint"]).replace(":", "").lower()
        der = line.getpeercert(binary_form=True)
        assert der is not None
        assert hashlib.sha256(der).hexdigest() == shown
        assert line.version() in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.parametrize(("number", "name"), list(enumerate(NAMES)))
def test_a_client_that_we_did_not_write_is_answered_in_the_clear_and_over_tls(
    agent: Agent, home: Home, number: int, name: str
) -> None:
    with MLLPClient("127.0.0.1", agent.port("mllp")) as client:
        answer = hl7.parse(client.send_message(hl7.parse(named(home, name, f"PLAIN{number}"))))
        assert str(answer.segment("MSA")[1]) == "AA"
        assert str(answer.segment("MSA")[2]) == f"PLAIN{number}"

    async def over_tls() -> hl7.Message:
        reader, writer = await open_hl7_connection(
            "127.0.0.1", agent.port("mllps"), ssl=trusting(home), encoding="utf-8"
        )
        writer.writemessage(hl7.parse(named(home, name, f"TLS{number}")))
        await writer.drain()
        answered = await reader.readmessage()
        writer.close()
        return answered

    answer = asyncio.run(over_tls())
    assert str(answer.segment("MSA")[1]) == "AA"
    family, given = name.split("^")
    for control in (f"PLAIN{number}", f"TLS{number}"):
        assert family in said_of(home, control)
        assert given in said_of(home, control)


def test_latin_letters_of_one_byte_arrive_as_they_were_meant(agent: Agent, home: Home) -> None:
    with MLLPClient("127.0.0.1", agent.port("mllp"), encoding="latin-1") as client:
        answer = client.send_message(named(home, "Núñez^Zoë", "LATIN", "8859/1"))
    assert b"MSA|AA|LATIN" in answer
    assert "Núñez" in said_of(home, "LATIN")


def test_ten_at_once_are_answered_over_tls(agent: Agent, home: Home) -> None:
    def one(number: int) -> bool:
        with encrypted(agent, trusting(home)) as line:
            return f"MSA|AA|T{number}".encode() in exchange(line, result(home.mrn, f"T{number}", 90))

    with ThreadPoolExecutor(10) as pool:
        assert all(pool.map(one, range(10)))


def test_what_does_not_speak_tls_is_cut_off_and_a_slow_handshake_costs_a_place_for_ten_seconds_at_most(
    agent: Agent, home: Home
) -> None:
    with socket.create_connection(("127.0.0.1", agent.port("mllps")), 20) as line:
        line.settimeout(20)
        assert b"MSA" not in exchange(line, result(home.mrn, "CLEAR", 90))
    assert serving.HANDSHAKE_SECONDS <= 10
    slow = [socket.create_connection(("127.0.0.1", agent.port("mllps")), 20) for _one in range(serving.PEERS - 1)]
    try:
        began = time.monotonic()
        with encrypted(agent, trusting(home)) as line:
            assert b"MSA|AA|BESIDE" in exchange(line, result(home.mrn, "BESIDE", 90))
        assert time.monotonic() - began < 5
        # On its own port: who blocks the encrypted one blocks nobody else.
        with socket.create_connection(("127.0.0.1", agent.port("mllp")), 20) as plain:
            plain.settimeout(20)
            assert b"MSA|AA|ASIDE" in exchange(plain, result(home.mrn, "ASIDE", 90))
        for line in slow:
            line.settimeout(serving.HANDSHAKE_SECONDS + 5)
            with contextlib.suppress(ConnectionResetError):
                assert line.recv(1) == b""
    finally:
        for line in slow:
            line.close()


def test_a_frame_that_is_too_long_is_refused_over_tls_too(agent: Agent, home: Home) -> None:
    with encrypted(agent, trusting(home)) as line:
        line.sendall(b"\x0bMSH|^~\\&|BIG|LAB|||20260310||ORU^R01|HUGE|P|2.5.1\rOBX|1|ED|1^x^LN||")
        for _piece in range(20):
            line.sendall(b"A" * 65536)
        line.sendall(b"\x1c\r")
        assert b"MSA|AR|HUGE" in line.recv(65536)
        assert b"MSA|AA|AFTER" in exchange(line, result(home.mrn, "AFTER", 90))


def test_with_pinned_senders_nobody_else_gets_in_also_while_it_seals(home: Home, sender: Path, tmp_path: Path) -> None:
    running = Agent(
        home, "--mllps-port", "0", "--mllps-clients", str(sender / "certificate.pem"), sealed=True
    )  # fmt: skip
    try:
        with encrypted(running, trusting(home, sender)) as line:
            assert b"MSA|AA|PINNED" in exchange(line, result(home.mrn, "PINNED", 90))
        stranger = tmp_path / "stranger"
        stranger.mkdir()
        standing(stranger, "127.0.0.1")
        for who in (None, stranger / FOLDER):
            answer = b""
            with contextlib.suppress(OSError), encrypted(running, trusting(home, who)) as line:
                answer = exchange(line, result(home.mrn, "STRANGER", 90))
            assert answer == b""
    finally:
        running.kill()


def test_a_list_of_senders_that_cannot_be_read_opens_no_port(home: Home, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "clinic_desktop", "--profile", str(home.profile), "agent", "--sealed"]
    words = ["--mllps-port", "0", "--mllps-clients", str(tmp_path / "none.pem")]
    told = subprocess.run([*command, *words], input=b"quit\n", capture_output=True, check=True, timeout=30)
    assert b"certificates of the senders" in told.stdout
    assert b'"mllps"' not in told.stdout
