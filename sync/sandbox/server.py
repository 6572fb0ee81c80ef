"""The systems on loopback sockets: turns HTTP into requests and outcomes into HTTP."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus

from sync.sandbox.http_parts import BadRequest, Reader
from sync.sandbox.outcomes import Outcome
from sync.sandbox.wire import Request, Response

REASONS = {status.value: status.phrase for status in HTTPStatus}
LOOPBACK = "127.0.0.1"
# A connection that says nothing for so long is closed.
IDLE_SECONDS = 300.0

# Takes a connection over: handed the socket, the request, and what had been read beyond it.
Upgrade = Callable[[socket.socket, Request, bytes], None]


class Server:
    """One address that answers, a thread for each connection."""

    def __init__(
        self,
        ask: Callable[[Request], Outcome],
        port: int = 0,
        *,
        name: str = "",
        lock: "threading.Lock | None" = None,
        upgrade: Upgrade | None = None,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Listen on loopback; port 0 takes any that is free. The lock is held while the system is asked."""
        self._ask = ask
        self._upgrade = upgrade
        self._clock = clock
        self._wait = wait
        self._lock = lock or threading.Lock()
        self._open: set[socket.socket] = set()
        self._closing = False
        try:
            self._listener = socket.create_server((LOOPBACK, port), backlog=128)
        except OSError as error:
            raise OSError(error.errno, os.strerror(error.errno or 0), str(port)) from None
        self.port: int = self._listener.getsockname()[1]
        self.origin = f"http://{LOOPBACK}:{self.port}"
        threading.Thread(target=self._listen, name=f"sandbox {name}", daemon=True).start()

    def close(self) -> None:
        """Stop answering and end every connection."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            _end(connection)

    def _listen(self) -> None:
        while not self._closing:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(IDLE_SECONDS)
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        reader = Reader(connection)
        try:
            while (request := reader.request(self._clock)) is not None:
                if self._upgrade and request.headers.get("upgrade", "").lower() == "websocket":
                    self._upgrade(connection, request, reader.rest())
                    return
                with self._lock:
                    outcome = self._ask(request)
                response = self._waited(outcome)
                if response is None:
                    return
                keep = request.headers.get("connection", "").lower() != "close"
                head_only = request.method == "HEAD"
                connection.sendall(written(response, self._clock(), keep=keep, head_only=head_only))
                if not keep:
                    return
        except BadRequest as error:
            with contextlib.suppress(OSError):
                connection.sendall(written(Response(400, {}, str(error).encode()), self._clock(), keep=False))
        except OSError:
            return  # the other side has gone, or we are closing
        finally:
            self._open.discard(connection)
            _end(connection)

    def _waited(self, outcome: Outcome) -> Response | None:
        """The answer, when its time has come; nothing when none comes."""
        while outcome.late is not None:
            self._wait(outcome.seconds)
            with self._lock:
                outcome = outcome.late()
        if outcome.kind == "answer_delayed":
            self._wait(outcome.seconds)
        return None if outcome.kind in {"lost_before", "lost_after"} else outcome.response


def written(response: Response, at: float, *, keep: bool, head_only: bool = False) -> bytes:
    """Head and body in one piece, so that they leave in one packet."""
    lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}"]
    lines.append(f"Date: {formatdate(at, usegmt=True)}")
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if response.status != 204:
        lines.append(f"Content-Length: {len(response.body)}")
    lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return head if head_only else head + response.body


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
