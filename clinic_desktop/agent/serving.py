"""Sockets of the listeners: bounded connections, bounded time, each conversation by itself, none in another's way."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_

if TYPE_CHECKING:
    from clinic_desktop.services.certificates import Allowed

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
# So many speak on one port at once; as many more wait for a place, and only for so long.
PEERS = 32
WAITING = 64
PLACE_SECONDS = 5.0
HANDSHAKE_SECONDS = 10.0
READ_BYTES = 64 * 1024
# A silent connection between messages costs a socket: it ends after this long.
IDLE_SECONDS = 3600.0
WORKERS = 4
WRITE_SECONDS = 30.0


class Conversation(Protocol):
    """What speaks with one sender, with no socket in it."""

    kind: str

    @property
    def patience(self) -> float:
        """How long what has begun may take, in seconds."""

    @property
    def waiting(self) -> bool:
        """Whether something has begun and not ended: then it has `patience`."""

    def heard(self, data: bytes) -> bytes:
        """Take what came; returns what to answer."""

    def waited(self) -> bytes | None:
        """Nothing came within the patience: what to say to that, or None to end."""

    def ended(self) -> None:
        """The connection is over."""


@dataclass(frozen=True)
class Listener:
    """One port: its name, where it listens, who speaks with whoever comes, and how where it is encrypted."""

    name: str
    port: int
    speak: Callable[[str], Conversation]
    host: str = LOOPBACK
    tls: "Allowed | None" = None


class Serving:
    """The listeners of one process, in a thread of their own."""

    def __init__(self, listeners: tuple[Listener, ...], *, peers: int = PEERS) -> None:
        self._listeners = listeners
        self._peers = peers
        self._loop = asyncio.new_event_loop()
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="listener")
        self._tasks: set[asyncio.Task[None]] = set()
        self.ports: dict[str, int] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="listeners", daemon=True)
        self._sockets: list[socket.socket] = []

    def start(self) -> dict[str, int]:
        """Open every port; returns the ports by name. Raises Trouble where one is taken."""
        self._thread.start()
        try:
            for one in self._listeners:
                opened = asyncio.run_coroutine_threadsafe(self._listen(one), self._loop).result(10)
                self.ports[one.name] = opened
        except OSError as error:
            self.stop()
            raise Trouble(
                N_("The port of a listener could not be opened ({why})."),
                remedy=N_("Choose another port, or end the program that has it."),
                why=error.strerror or type(error).__name__,
            ) from error
        return self.ports

    def stop(self) -> None:
        """Close every port and connection; a message that is being kept is kept to its end."""
        if self._thread.is_alive():
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
        self._workers.shutdown(wait=True, cancel_futures=True)

    async def _listen(self, one: Listener) -> int:
        family = socket.AF_INET6 if ":" in one.host else socket.AF_INET
        listening = socket.create_server((one.host, one.port), family=family, backlog=WAITING)
        listening.setblocking(False)  # noqa: FBT003 - the library's own signature
        self._sockets.append(listening)
        self._keep(self._accept(one, listening))
        return int(listening.getsockname()[1])

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        """Hold a task until it has ended: the loop itself holds none."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close(self) -> None:
        for each in self._sockets:
            each.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, one: Listener, listening: socket.socket) -> None:
        """Accept by hand: a connection has its place before its handshake, so that slow ones cannot pile up."""
        places = asyncio.Semaphore(self._peers)
        inside = 0

        async def serve(connection: socket.socket, peer: str) -> None:
            nonlocal inside
            inside += 1
            try:
                await asyncio.wait_for(places.acquire(), PLACE_SECONDS)
                try:
                    await self._talk(one, connection, peer)
                finally:
                    places.release()
            except TimeoutError:
                log.warning("%s: too many connections", one.name)
            finally:
                inside -= 1
                connection.close()  # of one that never had its place; whoever had, has closed it

        while True:
            try:
                connection, address = await self._loop.sock_accept(listening)
            except OSError:
                log.warning("%s: no connection could be accepted", one.name)
                await asyncio.sleep(0.2)  # no more files may be open: some will be closed
                continue
            if inside >= self._peers + WAITING:
                log.warning("%s: too many connections", one.name)
                connection.close()
                continue
            self._keep(serve(connection, str(address[0])))

    async def _talk(self, one: Listener, connection: socket.socket, peer: str) -> None:
        conversation = one.speak(peer)
        writer: asyncio.StreamWriter | None = None
        try:
            reader, writer = await self._opened(one, connection)
            if one.tls is not None and not one.tls.lets_in(_certificate(writer)):
                log.warning("%s: a sender with an unknown certificate", one.name)
                return
            await self._converse(conversation, reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            log.info("%s: a connection broke", one.name)
        except Exception as error:  # noqa: BLE001 - one sender never ends the others
            log.error("%s: %s", one.name, type(error).__name__)  # noqa: TRY400 - the words may carry data
        finally:
            conversation.ended()
            if writer is None:
                connection.close()
            else:
                writer.close()
                with contextlib.suppress(OSError, asyncio.CancelledError, TimeoutError):
                    await asyncio.wait_for(writer.wait_closed(), 1)

    async def _opened(
        self, one: Listener, connection: socket.socket
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader = asyncio.StreamReader(READ_BYTES, loop=self._loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self._loop)
        if one.tls is None:
            transport, _protocol = await self._loop.connect_accepted_socket(lambda: protocol, connection)
        else:
            transport, _protocol = await self._loop.connect_accepted_socket(
                lambda: protocol, connection, ssl=one.tls.context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS, ssl_shutdown_timeout=1.0,
            )  # fmt: skip
        return reader, asyncio.StreamWriter(transport, protocol, reader, self._loop)

    async def _converse(
        self, conversation: Conversation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        begun: float | None = None
        while True:
            # Measured from where the frame began, not from its last byte: a slow sender gains no time by dripping.
            if not conversation.waiting:
                begun = None
            elif begun is None:
                begun = loop.time()
            left = IDLE_SECONDS if begun is None else conversation.patience - (loop.time() - begun)
            try:
                data = await asyncio.wait_for(reader.read(READ_BYTES), max(left, 0.001))
            except TimeoutError:
                answer = conversation.waited() if conversation.waiting else None
                if answer is None:
                    return
                begun = None
            else:
                if not data:
                    return
                answer = await loop.run_in_executor(self._workers, conversation.heard, data)
                if answer:
                    begun = None
            if answer:
                writer.write(answer)
                await asyncio.wait_for(writer.drain(), WRITE_SECONDS)


def _certificate(writer: asyncio.StreamWriter) -> bytes | None:
    spoken = writer.get_extra_info("ssl_object")
    found: bytes | None = spoken.getpeercert(binary_form=True)
    return found
