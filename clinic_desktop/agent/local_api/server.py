"""The API's socket: uvicorn in a thread of its own, on one address, bounded in connections and in patience."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_

LOOPBACK = "127.0.0.1"
CONNECTIONS = 128
# Whoever has opened a connection says within this what is wanted; the guard bounds what comes after.
HEAD_SECONDS = 10.0
HEAD_BYTES = 16 * 1024
STOP_SECONDS = 3


class _Protocol(H11Protocol):
    """uvicorn's own, with an end to the patience for the head of a first request, and to the number of connections."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection, or close it at once where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def handle_events(self) -> None:
        """Go through what came; a whole head ends the deadline, the begin of another sets it again."""
        super().handle_events()
        if self._in_answer():
            self._no_deadline()
        elif self._deadline is None and self.conn.trailing_data[0]:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._no_deadline()
        super().connection_lost(exc)

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        if not self._in_answer():
            self.transport.abort()

    def _in_answer(self) -> bool:
        # None before the first request, which uvicorn's own types do not say.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete


class _Quiet(uvicorn.Server):
    """A server that sleeps until it is told to end: uvicorn's own looks ten times a second."""

    ending: asyncio.Event

    async def main_loop(self) -> None:
        """Sleep."""
        await self.ending.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave the signals to the process."""
        yield


class ApiServer:
    """One address that the API is asked at."""

    def __init__(
        self, app: Callable[..., Any], port: int, host: str = LOOPBACK, tls: ssl.SSLContext | None = None
    ) -> None:
        self._app, self._host, self._wanted, self._tls = app, host, port, tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="local api", daemon=True)
        self._socket: socket.socket | None = None
        self._server: _Quiet | None = None
        self._started = threading.Event()
        self.port = 0

    def open(self) -> int:
        """Take the port, without answering yet; returns its number. Raises Trouble where it is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # Named as TCP, or asyncio does not send small parts at once, and every answer takes 40 ms longer.
        taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((self._host, self._wanted))
            taken.listen(CONNECTIONS)
        except OSError as error:
            taken.close()
            raise Trouble(
                N_("The port of the local API could not be opened ({why})."),
                remedy=N_("Choose another port, or end the program that has it."),
                why=error.strerror or type(error).__name__,
            ) from error
        self._socket, self.port = taken, int(taken.getsockname()[1])
        return self.port

    def start(self) -> None:
        """Answer, from now on. Raises Trouble where it does not come up."""
        self._thread.start()
        if not self._started.wait(20):
            raise Trouble(N_("The local API did not start."), remedy=N_("Look at the log of the background process."))

    def stop(self) -> None:
        """End the conversations, and give the port back; what is being kept is kept to its end."""
        server = self._server
        if server is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(server.ending.set)
            self._thread.join(STOP_SECONDS + 5)
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        config = uvicorn.Config(
            self._app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=HEAD_BYTES,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        config.load()
        config.ssl = self._tls
        server = _Quiet(config)
        server.ending = asyncio.Event()
        server.lifespan = config.lifespan_class(config)
        self._server = server
        await server.startup(sockets=[self._socket] if self._socket else None)
        self._started.set()
        await server.main_loop()
        await server.shutdown(sockets=[self._socket] if self._socket else None)
