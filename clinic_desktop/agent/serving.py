"""Sockets of the listeners: bounded connections, bounded time, each conversation by itself, none in another's way."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
CONNECTIONS = 64
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
    """One port: its name, where it listens, and who speaks with whoever comes."""

    name: str
    port: int
    speak: Callable[[str], Conversation]
    host: str = LOOPBACK


class Serving:
    """The listeners of one process, in a thread of their own."""

    def __init__(self, listeners: tuple[Listener, ...], *, connections: int = CONNECTIONS) -> None:
        self._listeners = listeners
        self._room = connections
        self._open = 0
        self._loop = asyncio.new_event_loop()
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="listener")
        self._tasks: set[asyncio.Task[None]] = set()
        self.ports: dict[str, int] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="listeners", daemon=True)
        self._servers: list[asyncio.Server] = []

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
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            await self._talk(one, reader, writer)

        server = await asyncio.start_server(talk, one.host, one.port, limit=READ_BYTES, backlog=CONNECTIONS)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _talk(self, one: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open >= self._room:
            log.warning("%s: too many connections", one.name)
            writer.close()
            return
        self._open += 1
        conversation = one.speak(str((writer.get_extra_info("peername") or ("?",))[0]))
        try:
            await self._converse(conversation, reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            log.info("%s: a connection broke", one.name)
        except Exception as error:  # noqa: BLE001 - one sender never ends the others
            log.error("%s: %s", one.name, type(error).__name__)  # noqa: TRY400 - the words may carry data
        finally:
            self._open -= 1
            conversation.ended()
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 1)

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
