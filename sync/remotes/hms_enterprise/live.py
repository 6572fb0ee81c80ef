"""The live channel of HMS Enterprise-Grade: it says where to look, and nothing it says is taken for true.

There are no numbers, no receipts and no replay: whatever was said while nobody listened is lost. So each connection,
the first too, begins with a hint to catch up.
"""

import json
import logging
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any, Protocol
from urllib.parse import urlsplit

from sync.port import Kind
from sync.telling.hints import CATCH_UP, Hint
from sync.telling.notices import id_of
from sync.transport.decoding import read_json
from sync.transport.redaction import guard

CHANNELS = ("patient_updates", "appointment_changes", "lab_results")
# Between two tries, doubling; a connection that lasted begins anew at the first.
FIRST_WAIT, LONGEST_WAIT, LASTED = 1.0, 300.0, 60.0
LARGEST = 1024 * 1024
_MESSAGES = {
    "patient_updated": (Kind.PATIENT, "patient", "id", None),
    "appointment_scheduled": (Kind.APPOINTMENT, "appointment", "id", "provider_id"),
    "lab_result_available": (Kind.LAB_RESULT, "result", "order_id", None),
}


class Lost(Exception):  # noqa: N818 - says what happened
    """The connection ended, or never was."""


class Socket(Protocol):
    """One open connection."""

    def send(self, text: str) -> None:
        """Send a message. Raises Lost."""
        ...

    def receive(self, seconds: float) -> str | None:
        """The next message, or None after so long without one. Raises Lost."""
        ...

    def close(self) -> None:
        """End it."""
        ...


Connect = Callable[[str], Socket]


def address_of(root: str) -> str:
    """The address of the channel: ws beside http (this machine alone), wss beside https."""
    parts = urlsplit(root)
    place = "WS /v1/ws".removeprefix("WS ")
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}{parts.path.rstrip('/')}{place}"


def hint_of(text: str) -> Hint | None:
    """What a message says to look at; None for what is no message of theirs."""
    try:
        message = read_json(text)
    except (ValueError, RecursionError):
        return None
    known = _MESSAGES.get(str(message.get("type"))) if isinstance(message, dict) else None
    if known is None:
        return None
    kind, name, id_name, parent_name = known
    record = message.get(name)
    found: dict[str, Any] = record if isinstance(record, dict) else {}
    return Hint(kind, id_of(found.get(id_name)), parent=id_of(found.get(parent_name)) if parent_name else None)


class Live:
    """Listens until it is stopped. Network, time and chance are handed in; `wait` returns early when it is stopped."""

    def __init__(
        self,
        root: str,
        token: Callable[[], str | None],
        connect: Connect,
        *,
        steady: Callable[[], float],
        wait: Callable[[float], None],
        chance: Callable[[], float],
    ) -> None:
        self._address, self._token, self._connect = address_of(root), token, connect
        self._steady, self._wait, self._chance = steady, wait, chance

    def listen(self, hear: Callable[[Hint], None], stopped: Callable[[], bool]) -> None:
        """Connect, sign in, subscribe, hand on what is heard; again and again."""
        pause = FIRST_WAIT
        while not stopped():
            begun = self._steady()
            try:
                self._once(hear, stopped)
            except Lost:
                pause = FIRST_WAIT if self._steady() - begun >= LASTED else min(pause * 2, LONGEST_WAIT)
            if not stopped():
                # Spread over the whole span, so that not every workstation comes back at once.
                self._wait(pause * self._chance())

    def _once(self, hear: Callable[[Hint], None], stopped: Callable[[], bool]) -> None:
        token = self._token()
        if token is None:
            raise Lost
        # It is open when it is handed over: the document's own example sends before that.
        socket = self._connect(self._address)
        try:
            socket.send(json.dumps({"type": "auth", "token": token}))
            socket.send(json.dumps({"type": "subscribe", "channels": CHANNELS}))
            hear(CATCH_UP)
            while not stopped():
                text = socket.receive(1.0)
                if text is not None and (hint := hint_of(text)) is not None:
                    hear(hint)
        finally:
            socket.close()


def connect(address: str, *, timeout: float = 30.0) -> Socket:
    """A real connection: to this address alone, by nobody's proxy, with no message in any log. Raises Lost."""
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect as open_socket

    guard()
    silent = logging.getLogger("sync.live.silent")
    silent.disabled = True
    ended = (OSError, WebSocketException)
    kept = ExitStack()
    try:
        opened = kept.enter_context(
            open_socket(
                address,
                open_timeout=timeout,
                proxy=None,
                compression=None,
                max_size=LARGEST,
                user_agent_header="clinic-desktop",
                logger=silent,
            )
        )
    except (*ended, ValueError) as error:
        raise Lost(type(error).__name__) from None
    return _Opened(opened, kept, ended)


class _Opened:
    """A connection of the library, with every way in which it ends as one."""

    def __init__(self, opened: Any, kept: ExitStack, ended: tuple[type[Exception], ...]) -> None:
        self._opened, self._kept, self._ended = opened, kept, ended

    def send(self, text: str) -> None:
        """Send a message. Raises Lost."""
        try:
            self._opened.send(text)
        except self._ended as error:
            raise Lost(type(error).__name__) from None

    def receive(self, seconds: float) -> str | None:
        """The next message, or None after so long without one. Raises Lost."""
        try:
            message = self._opened.recv(timeout=seconds)
        except TimeoutError:
            return None
        except self._ended as error:
            raise Lost(type(error).__name__) from None
        return message if isinstance(message, str) else None

    def close(self) -> None:
        """End it."""
        with suppress(*self._ended):
            self._kept.close()
