"""No request goes on for ever, whatever a server drips; and what little it sends does not fill the memory."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from clinic_desktop.services.certificates import standing
from sync.transport.outcomes import Call, Garbled, Unanswered, Unsent
from sync.transport.signin import Bearer
from sync.transport.wire import Wire
from tests.unit.sync.loopback import Drawer, OpenGate, their_error

LIMIT, LATE, PAUSE = 0.15, 4.0, 0.01
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PACKED = HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
NAMED = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"  # a header of gzip after which a file name follows
EMPTY = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
LOOK = Call("GET /p", "GET", "/p")


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@contextmanager
def answering(answer: Callable[[socket.socket, threading.Event], object], scheme: str = "http") -> Iterator[Wire]:
    """A server that answers each connection so until it is over, and a way to it."""
    over = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                there, _ = server.accept()
            except OSError:
                return
            with there:
                try:
                    answer(there, over)
                except OSError:
                    continue  # they have gone

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    wire = Wire(f"{scheme}://127.0.0.1:{server.getsockname()[1]}", Bearer(Drawer(token="t")), OpenGate(), their_error)
    try:
        yield wire
    finally:
        over.set()
        wire.close()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def dripping(first: bytes, then: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def answer(there: socket.socket, over: threading.Event) -> None:
        there.recv(65536)
        there.sendall(first)
        until = time.monotonic() + LATE
        while time.monotonic() < until and not over.wait(PAUSE):
            there.sendall(then)

    return answer


def unread(there: socket.socket, over: threading.Event) -> None:
    """Takes a little of what is sent, now and then."""
    until = time.monotonic() + LATE
    while time.monotonic() < until and not over.wait(PAUSE):
        there.recv(32768)


@pytest.fixture(autouse=True)
def _limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.transport.wire.LONGEST_ANSWER_SECONDS", LIMIT)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param(b"", b"H", id="its first line"),
        pytest.param(HEAD + b"X-Long: ", b"a", id="a header"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="interim answers"),
        pytest.param(HEAD + b"Content-Length: 2000000\r\n\r\n", b" ", id="the body"),
        pytest.param(PACKED + chunk(NAMED), chunk(b"a"), id="the name of what is packed"),
        pytest.param(PACKED + chunk(EMPTY), chunk(b"\0\0\0\xff\xff" * 200), id="what unpacks to nothing"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Long: ", b"a", id="what follows the body"),
    ],
)
def test_whatever_drips_in_for_ever_ends_as_no_answer(first: bytes, then: bytes) -> None:
    begun = time.monotonic()
    with answering(dripping(first, then)) as wire:
        with pytest.raises(Unanswered):
            wire.send(LOOK)
        assert time.monotonic() - begun < LATE / 2


def test_what_is_taken_ever_so_slowly_ends_too() -> None:
    begun = time.monotonic()
    with answering(unread) as wire:
        with pytest.raises(Unanswered):
            wire.send(Call("POST /p", "POST", "/p", body={"file": "x" * 24_000_000}))
        assert time.monotonic() - begun < LATE / 2


def test_each_request_has_its_own_time_on_a_connection_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.transport.wire.LONGEST_ANSWER_SECONDS", 0.6)

    def answer(there: socket.socket, _over: threading.Event) -> None:
        while there.recv(65536):
            time.sleep(0.15)
            there.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with answering(answer) as wire:
        assert [wire.send(LOOK).body for _ in range(5)] == [{}] * 5


def test_what_is_packed_twice_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.transport.wire.LONGEST_ANSWER_SECONDS", 5.0)
    body = gzip.compress(gzip.compress(b"{}"))

    def answer(there: socket.socket, _over: threading.Event) -> None:
        there.recv(65536)
        there.sendall(HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    with answering(answer) as wire, pytest.raises(Garbled):
        wire.send(LOOK)


def test_over_tls_it_is_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = standing(tmp_path, "127.0.0.1")
    there = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    there.load_cert_chain(own.chain, own.key)
    trusting = ssl.create_default_context(cafile=str(own.chain))

    def answer(raw: socket.socket, over: threading.Event) -> None:
        with there.wrap_socket(raw, server_side=True) as sealed:
            asked.append(sealed.recv(65536))
            sealed.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
            dripping(HEAD + b"X-Long: ", b"a")(sealed, over)

    asked: list[bytes] = []
    with answering(answer, "https") as wire, pytest.raises(Unsent):
        wire.send(LOOK)
    assert not asked, "nobody vouches for this certificate"
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **_how: trusting)
    begun = time.monotonic()
    with answering(answer, "https") as wire:
        assert wire.send(LOOK).body == {}
        with pytest.raises(Unanswered):
            wire.send(LOOK)
        assert time.monotonic() - begun < LATE / 2
    assert asked


def test_a_handshake_that_nobody_answers_ends_as_never_sent() -> None:
    begun = time.monotonic()
    with answering(lambda _there, over: over.wait(LATE), "https") as wire:
        with pytest.raises(Unsent):
            wire.send(LOOK)
        assert time.monotonic() - begun < LATE / 2
