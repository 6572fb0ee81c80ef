"""One conversation with an analyser: its frames, what is kept of its results, and its work list when it asks.

The last frame of a message is acknowledged only after the message was kept for good.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from clinic_desktop.devices.astm import records
from clinic_desktop.devices.astm.protocol import Line
from clinic_desktop.services.device_orders import WorkItem
from clinic_desktop.services.devices import ReceivedMessage

log = logging.getLogger(__name__)

UNENDED = "the analyser ended before its message did: see whether it sent it again"

# What keeps a message for good before it returns; it raises where the message was not kept.
Keep = Callable[[ReceivedMessage], object]
# What waits on some specimens, in the codes of the analyser that asks.
Work = Callable[[str, Sequence[str]], Sequence[WorkItem]]


class Conversation:
    """The analyser at the other end of one connection."""

    kind = "astm"

    def __init__(self, keep: Keep, work: Work, now: Callable[[], datetime], peer: str | None) -> None:
        self._keep = keep
        self._work = work
        self._now = now
        self._peer = peer
        self._line = Line(self._message, self._unended)

    @property
    def patience(self) -> float:
        """How long to wait for what is due, in seconds."""
        return self._line.patience

    @property
    def waiting(self) -> bool:
        """Whether somebody's turn has a limit of time."""
        return self._line.waiting

    def heard(self, data: bytes) -> bytes:
        """Take what came; returns what to answer."""
        return self._line.heard(data)

    def waited(self) -> bytes | None:
        """Nothing came in time: the line is free again, and the connection stays."""
        return self._line.waited()

    def ended(self) -> None:
        """The connection is over; half a message is nothing: the analyser sends it again."""

    def _message(self, raw: bytes) -> bool:
        try:
            read = records.split(raw)
            asked = records.questions(read)
            if asked is not None:
                work = self._work(records.sender(read), asked.specimens)
                self._line.send(records.answer(asked, work, self._now().astimezone()))
                return True
            for message in records.read(raw, self._peer):
                self._keep(message)
        except records.MalformedError as error:
            log.warning("an ASTM message could not be read: %s", error)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it was, the analyser must know that it was not kept
            log.error("an ASTM message was not kept: %s", type(error).__name__)  # noqa: TRY400 - words may carry data
            return False
        return True

    def _unended(self, raw: bytes) -> None:
        """What was acknowledged of a message that never ended waits for a person, result for result."""
        try:
            for message in records.read(raw, self._peer):
                doubtful = tuple(replace(one, problem=one.problem or UNENDED) for one in message.results)
                self._keep(replace(message, results=doubtful))
        except Exception as error:  # noqa: BLE001 - nobody can be told any more: the log is all that is left
            log.error("a message that did not end was not kept: %s", type(error).__name__)  # noqa: TRY400 - see above
