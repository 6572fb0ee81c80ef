"""One conversation with a sender of HL7 v2: what came in, what is kept of it, and the acknowledgement of each message.

A message is acknowledged (AA) only after it was kept for good; what is not kept is refused with the reason.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from clinic_desktop.devices.hl7 import protocol, queries
from clinic_desktop.devices.hl7.protocol import Code, Deframer, MalformedError, Message, Overlong
from clinic_desktop.devices.hl7.reading import read
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services.device_orders import WorkItem
from clinic_desktop.services.devices import ReceivedMessage

log = logging.getLogger(__name__)

# What keeps a message for good before it returns; it raises where the message was not kept.
Keep = Callable[[ReceivedMessage], object]
# What waits on some specimens, in the codes of the analyser that asks.
Work = Callable[[str, Sequence[str]], Sequence[WorkItem]]


class Conversation:
    """The sender at the other end of one connection."""

    kind = "hl7"
    # A frame that has begun ends within this time, or the connection does.
    patience = 30.0

    def __init__(
        self, keep: Keep, work: Work, now: Callable[[], datetime], number: Callable[[], str], peer: str | None
    ) -> None:
        self._keep = keep
        self._work = work
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
                for told in self._answers(one):
                    answer += protocol.framed(told)
        return bytes(answer)

    def waited(self) -> bytes | None:
        """Nobody answers a sender that fell silent within a frame: None ends the connection."""
        return None

    def ended(self) -> None:
        """The connection is over; half a frame is nothing."""

    def _answers(self, data: bytes) -> list[bytes]:
        try:
            message = protocol.parse(data)
        except MalformedError as error:
            log.warning("an HL7 message could not be read: %s", error.why)
            return [protocol.refuse(data, error.code, error.why, number=self._number(), at=self._at())]
        if message.type[0] == "ACK":
            return []  # the answer to an answer of ours: two programs would thank each other for ever
        code, why = self._asked(message) if message.type in queries.QUERIES else self._kept(message)
        if isinstance(why, list):
            return why
        return [protocol.acknowledge(message, code, why, number=self._number(), at=self._at())]

    def _at(self) -> datetime:
        return self._now().astimezone()

    def _asked(self, message: Message) -> tuple[Code, str | list[bytes]]:
        """Answer what an analyser asks about its specimens; one that names none is given nothing."""
        wanted = queries.specimens(message)
        if not wanted:
            return "AE", "the query names no specimen (QRD-8)"
        try:
            work = self._work(message.sender, wanted)
        except Exception as error:  # noqa: BLE001 - the sender is told that there is no answer, and may ask again
            log.error("a query was not answered: %s", type(error).__name__)  # noqa: TRY400 - words may carry data
            return "AE", "the query could not be answered; ask again"
        return "AA", queries.answers(message, work, number=self._number(), at=self._at())

    def _kept(self, message: Message) -> tuple[Code, str | list[bytes]]:
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
        return protocol.framed(protocol.refuse(head, code, why, number=self._number(), at=self._at()))
