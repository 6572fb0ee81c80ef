"""The WebSocket of HMS with the socket left out: sign in, subscribe, be told. No numbers, no receipts, no replay."""

import json
from collections import deque

from sync.sandbox.mail import Notice
from sync.sandbox.sessions import Session
from sync.sandbox.wire import encoded

# Which channel carries which event, and under which name the record stands in its message.
CHANNELS = {
    "patient_updated": ("patient_updates", "patient"),
    "appointment_scheduled": ("appointment_changes", "appointment"),
    "lab_result_available": ("lab_results", "result"),
}
NAMES = frozenset(channel for channel, _name in CHANNELS.values())
NOT_SIGNED_IN = 4401
NOT_READ = 4400


class Channel:
    """One listener. ``outbox`` holds what is to be sent; ``closed`` a close code once the server wants it ended."""

    __slots__ = ("_now", "_sessions", "_subscribed", "_who", "closed", "outbox")

    def __init__(self, sessions: dict[str, Session], now: float) -> None:
        self._sessions = sessions
        self._now = now
        self._who: Session | None = None
        self._subscribed: frozenset[str] = frozenset()
        self.outbox: deque[bytes] = deque()
        self.closed = 0

    def receive(self, text: str, now: float) -> None:
        """Take one message of the listener."""
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        kind = said.get("type") if isinstance(said, dict) else None
        if kind == "auth":
            session = self._sessions.get(str(said.get("token")))
            if session is None or session.kind != "access" or session.until <= now:
                self.closed = NOT_SIGNED_IN
                return
            self._who = session
        elif kind == "subscribe" and self._who is not None:
            asked = said.get("channels")
            self._subscribed |= NAMES.intersection(asked if isinstance(asked, list) else ())
        else:
            self.closed = NOT_READ if self._who else NOT_SIGNED_IN

    def offer(self, notice: Notice) -> None:
        """Send an event on, when it was subscribed to and the listener is still signed in."""
        channel, name = CHANNELS[notice.event]
        if self._who is None or channel not in self._subscribed or self.closed:
            return
        if self._who.until <= notice.at:
            self.closed = NOT_SIGNED_IN
            return
        self.outbox.append(encoded({"type": notice.event, name: notice.data}))

    def drop(self) -> None:
        """Be cut off, without a word."""
        self.closed = 1006
