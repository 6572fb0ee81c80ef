"""The WebSocket of HMS on the port of its REST."""

import contextlib
import socket
import threading

from sync.sandbox.gate import Gate
from sync.sandbox.hms_enterprise.channel import Channel
from sync.sandbox.hms_enterprise.system import Hms
from sync.sandbox.websocket import BrokenFrame, accepted, converse
from sync.sandbox.wire import Request

SOCKET_PATH = "/v1/ws"
REFUSED = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Listening:
    """Takes over a connection that asks to become a WebSocket."""

    def __init__(self, gate: Gate, system: Hms, lock: threading.Lock) -> None:
        self._gate = gate
        self._system = system
        self._lock = lock

    def __call__(self, connection: socket.socket, request: Request, held: bytes) -> None:
        """Carry the conversation to its end."""
        welcome = accepted(request) if request.path == SOCKET_PATH else None
        if welcome is None:
            connection.sendall(REFUSED)
            return
        connection.sendall(welcome)
        with self._lock:
            channel = self._system.listen()
        try:
            with contextlib.suppress(BrokenFrame):
                converse(connection, _Talk(self._gate, channel, self._lock), held)
        finally:
            channel.drop()


class _Talk:
    """One listener, behind its socket."""

    def __init__(self, gate: Gate, channel: Channel, lock: threading.Lock) -> None:
        self._gate = gate
        self._channel = channel
        self._lock = lock

    def receive(self, text: str) -> None:
        """Hand a message to the channel."""
        with self._lock:
            self._channel.receive(text, self._gate.system.world.now())

    def waiting(self) -> list[bytes]:
        """What the channel has to say; a rule may cut it off in the middle."""
        found = []
        with self._lock:
            while self._channel.outbox:
                if self._gate.cuts_off(SOCKET_PATH):
                    self._channel.drop()
                    break
                found.append(self._channel.outbox.popleft())
        return found

    def closed(self) -> int:
        """The channel's close code."""
        return self._channel.closed
