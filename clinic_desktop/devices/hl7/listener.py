"""One conversation with a sender of HL7 v2: what came in, what is kept of it, and the acknowledgement of each message.

A message is acknowledged (AA) only after it was kept for good; what is not kept is refused with the reason.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from clinic_desktop.devices.hl7 import protocol
from clinic_desktop.devices.hl7.protocol import Code, Deframer, MalformedError, Message, Overlong
from clinic_desktop.devices.hl7.reading import read
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services.devices import ReceivedMessage

log = logging.getLogger(__name__)

# What keeps a message for good before it returns; it raises where the message was not kept.
Keep = Callable[[ReceivedMessage], object]


class Conversation:
    """The sender at the other end of one connection."""

    kind = "hl7"
    # A frame that has begun ends within this time, or the connection does.
    patience = 30.0

    def __init__(self, keep: Keep, now: Callable[[], datetime], number: Callable[[], str], peer: str | None) -> None:
        self._keep = keep
        self._now = now
        self._number = number
        self._peer = peer
        self._frames = Deframer()

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._frames.waiting

    def heard(self, data: bytes) -> bytes:
        """Take what came; returns what to answer."""
        answer = bytearray()
        for frame in self._frames.feed(data):
            if isinstance(frame, Overlong):
                answer += self._refused(frame.head, "AR", f"the message is longer than {protocol.LARGEST} bytes")
                continue
            for one in protocol.split(frame) or [frame]:
                answer += protocol.framed(self._answer(one))
        return bytes(answer)

    def waited(self) -> bytes | None:
        """Nobody answers a sender that fell silent within a frame: None ends the connection."""
        return None

    def ended(self) -> None:
        """The connection is over; half a frame is nothing."""

    def _answer(self, data: bytes) -> bytes:
        try:
            message = protocol.parse(data)
        except MalformedError as error:
            log.warning("an HL7 message could not be read: %s", error.why)
            return protocol.refuse(data, error.code, error.why, number=self._number(), at=self._now().astimezone())
        code, why = self._kept(message)
        return protocol.acknowledge(message, code, why, number=self._number(), at=self._now().astimezone())

    def _kept(self, message: Message) -> tuple[Code, str]:
        received = read(message, self._peer)
        if received is None:
            return "AR", "messages of this type are not taken here"
        try:
            self._keep(received)
        except (Refusal, Trouble) as error:
            log.warning("an HL7 message was not kept: %s", type(error).__name__)
            return "AE", "the message could not be kept; send it again"
        except Exception as error:  # noqa: BLE001 - whatever it was, the sender must know that it was not kept
            log.error("an HL7 message was not kept: %s", type(error).__name__)  # noqa: TRY400 - words may carry data
            return "AE", "the message could not be kept; send it again"
        return "AA", ""

    def _refused(self, head: bytes, code: Code, why: str) -> bytes:
        log.warning("an HL7 message was refused: %s", why)
        return protocol.framed(protocol.refuse(head, code, why, number=self._number(), at=self._now().astimezone()))
