"""The live channel of HMS: over a real WebSocket, and with time and chance handed in."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from sync.port import Kind
from sync.remotes.hms_enterprise.live import Live, Lost, Socket, address_of, connect, hint_of
from sync.telling.hints import CATCH_UP, Hint

UPDATED = {"type": "patient_updated", "patient": {"id": "p1", "first_name": "Quinones"}}
BOOKED = {"type": "appointment_scheduled", "appointment": {"id": "a1", "provider_id": "d1"}}
RESULT = {"type": "lab_result_available", "result": {"order_id": "o1"}}


def test_a_message_is_a_hint_and_nothing_of_what_it_says_is_kept() -> None:
    assert hint_of(json.dumps(UPDATED)) == Hint(Kind.PATIENT, "p1")
    assert hint_of(json.dumps(BOOKED)) == Hint(Kind.APPOINTMENT, "a1", parent="d1")
    assert hint_of(json.dumps(RESULT)) == Hint(Kind.LAB_RESULT, "o1")
    assert hint_of('{"type": "patient_updated"}') == Hint(Kind.PATIENT)


@pytest.mark.parametrize("text", ["", "[]", "1", "{", '{"type":"other"}', '{"type":["patient_updated"]}', "[" * 99999])
def test_what_is_no_message_of_theirs_is_no_hint(text: str) -> None:
    assert hint_of(text) is None


def test_the_address_is_beside_the_others() -> None:
    assert address_of("https://api.example") == "wss://api.example/v1/ws"
    assert address_of("http://127.0.0.1:8/hms") == "ws://127.0.0.1:8/hms/v1/ws"


@contextmanager
def talking(handle: Callable[[ServerConnection], None]) -> Iterator[str]:
    with serve(handle, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        host, port = server.socket.getsockname()[:2]
        yield f"http://{host}:{port}"
        server.shutdown()
        thread.join()


class Listening:
    """A listener with a clock of its own, that stops after so many hints."""

    def __init__(
        self, root: str, wanted: int, token: Callable[[], str | None] = lambda: "tok3n", made: Any = connect
    ) -> None:
        self.hints: list[Hint] = []
        self.waits: list[float] = []
        self.wanted, self.now = wanted, 0.0
        self.live = Live(root, token, made, steady=lambda: self.now, wait=self.wait, chance=lambda: 1.0)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def stopped(self) -> bool:
        return len(self.hints) >= self.wanted or len(self.waits) > 20

    def run(self) -> None:
        self.live.listen(self.hints.append, self.stopped)


def test_it_signs_in_subscribes_and_catches_up_after_each_connection() -> None:
    said: list[Any] = []

    def handle(socket: ServerConnection) -> None:
        said.append([json.loads(socket.recv()), json.loads(socket.recv())])
        socket.send(json.dumps(UPDATED))
        socket.send("nonsense")
        if len(said) > 1:
            socket.send(json.dumps(RESULT))

    with talking(handle) as root:
        listening = Listening(root, 5)
        listening.run()
    assert listening.hints == [
        CATCH_UP, Hint(Kind.PATIENT, "p1"), CATCH_UP, Hint(Kind.PATIENT, "p1"), Hint(Kind.LAB_RESULT, "o1"),
    ]  # fmt: skip
    assert said[0] == [
        {"type": "auth", "token": "tok3n"},
        {"type": "subscribe", "channels": ["patient_updates", "appointment_changes", "lab_results"]},
    ]


def test_no_message_and_no_token_is_in_any_log(caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, "websockets", "websockets.client"):
        caplog.set_level(1, logger=name)

    def handle(socket: ServerConnection) -> None:
        socket.recv()
        socket.recv()
        socket.send(json.dumps(UPDATED))

    logging.getLogger("websockets.server").addHandler(logging.NullHandler())
    with talking(handle) as root:
        Listening(root, 2).run()
    text = "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records)
    assert "tok3n" not in text
    assert "Quinones" not in text


class Refusing:
    """A network that does not lead there."""

    def __init__(self, lasts: float = 0.0) -> None:
        self.lasts = lasts
        self.listening: Listening | None = None

    def __call__(self, _address: str) -> Socket:
        if self.listening is not None:
            self.listening.now += self.lasts
        raise Lost


def test_tries_grow_apart_and_a_connection_that_lasted_begins_anew() -> None:
    listening = Listening("https://api.example", 1, made=Refusing())
    listening.run()
    assert listening.waits[:9] == [2, 4, 8, 16, 32, 64, 128, 256, 300]
    lasting = Refusing(lasts=61)
    listening = lasting.listening = Listening("https://api.example", 1, made=lasting)
    listening.run()
    assert set(listening.waits) == {1}


def test_without_a_token_nobody_is_called() -> None:
    def never(_address: str) -> Socket:
        pytest.fail("there is nothing to sign in with")

    listening = Listening("https://api.example", 1, token=lambda: None, made=never)
    listening.run()
    assert listening.hints == []


def test_a_connection_that_is_refused_is_lost_and_not_an_error() -> None:
    with talking(lambda _socket: None) as root:
        pass
    with pytest.raises(Lost):
        connect(address_of(root), timeout=2)
