"""The line of ASTM E1381 (CLSI LIS01-A2) with no I/O in it: told what came, or that nothing did, it says the answer.

Frames are ``STX n text CR (ETX|ETB) c1 c2 CR LF``: n counts 1 to 7 and on from 0, c1 c2 is the sum modulo 256 of all
from n to ETX or ETB. A message ends with its L record; the frame that holds it is acknowledged only when the message
was kept. Times (LIS01-A2, 6.5): 15 s for an answer, 30 s for the next frame, 20 s after giving way to the other side.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

STX, ETX, EOT, ENQ, ACK, NAK, ETB = b"\x02", b"\x03", b"\x04", b"\x05", b"\x06", b"\x15", b"\x17"
CR, LF = b"\r", b"\n"
ANSWER_SECONDS, FRAME_SECONDS, GAVE_WAY_SECONDS = 15.0, 30.0, 20.0
TRIES = 6
# The text of one frame that we send; over a network longer ones are common, so what comes may be longer.
FRAME_TEXT, LONGEST_FRAME, LARGEST = 240, 64 * 1024, 4 * 1024 * 1024

State = Literal["idle", "receiving", "asking", "sending"]


def checksum(content: bytes) -> bytes:
    """The two hexadecimal digits behind a frame's content (number, text and its end)."""
    return b"%02X" % (sum(content) % 256)


def frames(message: bytes) -> list[bytes]:
    """A message (records ended by CR) as frames, each record beginning a frame of its own."""
    made: list[bytes] = []
    for record in re.findall(rb"[^\r]+\r", message):
        pieces = [record[at : at + FRAME_TEXT] for at in range(0, len(record), FRAME_TEXT)]
        for place, piece in enumerate(pieces):
            end = ETX if place == len(pieces) - 1 else ETB
            content = b"%d" % ((len(made) + 1) % 8) + piece + end
            made.append(STX + content + checksum(content) + CR + LF)
    return made


@dataclass
class Line:
    """One end of a line: `keep` takes a whole message and says whether it was kept for good.

    `left` takes the records of a message whose sender ended the transfer without ending the message (no L record):
    every frame of it was acknowledged, so it is not sent again.
    """

    keep: Callable[[bytes], bool]
    left: Callable[[bytes], None] = lambda _records: None
    state: State = "idle"
    _text: bytearray = field(default_factory=bytearray)
    _held: bytearray = field(default_factory=bytearray)
    _in_frame: bool = False
    _number: int = 0
    _due: deque[list[bytes]] = field(default_factory=deque)
    _sent: int = 0
    _tries: int = 0
    _gave_way: bool = False
    _last: bytes = b""  # the frame that was taken last
    _end: int = -1  # where the ETX or ETB of the frame stands that is coming in

    def send(self, message: bytes) -> None:
        """Put a message in the queue: it goes out when the line is free."""
        self._due.append(frames(message))

    @property
    def waiting(self) -> bool:
        """Whether somebody's turn has a limit of time."""
        return self.state != "idle" or bool(self._due)

    @property
    def patience(self) -> float:
        """How long to wait for what is due, in seconds."""
        if self.state == "receiving":
            return FRAME_SECONDS
        return GAVE_WAY_SECONDS if self.state == "idle" and self._gave_way else ANSWER_SECONDS

    def heard(self, data: bytes) -> bytes:
        """Take what came; returns what to answer."""
        answer = bytearray()
        at = 0
        while at < len(data):
            if self._in_frame:
                at = self._frame_bytes(data, at, answer)
                continue
            byte = data[at : at + 1]
            at += 1
            if byte == STX and self.state == "receiving":
                self._in_frame, self._end = True, -1
                self._held.clear()
            else:
                answer += self._signal(byte)
        return bytes(answer)

    def waited(self) -> bytes:
        """Nothing came in time: what is said to that. What was half received is nothing."""
        if self.state == "receiving":
            self._reset()
        elif self.state in {"asking", "sending"}:
            # Nobody answers: the message is given up, as the standard has it, and the line is free.
            self._give_up()
            return EOT
        return self._ask()

    def _signal(self, byte: bytes) -> bytes:
        if byte == ENQ:
            return self._asked()
        if byte == EOT:
            return self._ended()
        if self.state == "asking":
            return self._answered(byte)
        if self.state == "sending":
            return self._frame_answered(byte)
        # Noise between frames, and the CR and LF behind one.
        return b""

    def _asked(self) -> bytes:
        """The other side wants to send. If we do too, the instrument goes first (LIS01-A2, 6.2.7.1)."""
        if self.state == "sending":
            return NAK
        if self.state == "asking":
            self._gave_way = True
        self._reset()
        self.state = "receiving"
        return ACK

    def _ended(self) -> bytes:
        if self.state == "sending":
            # The receiver asks to be let go: what was sent so far is sent anew later.
            self._sent = 0
            self.state = "idle"
            self._gave_way = True
            return EOT
        whole = bytes(self._text[: self._text.rfind(CR) + 1]) if self.state == "receiving" else b""
        self._reset()
        if whole:
            self.left(whole)
        return self._ask()

    def _answered(self, byte: bytes) -> bytes:
        if byte == ACK:
            self.state, self._sent, self._tries = "sending", 0, 0
            return self._due[0][0]
        if byte == NAK:
            self._tries += 1
            if self._tries >= TRIES:
                self._give_up()
                return EOT
            return ENQ
        return b""

    def _frame_answered(self, byte: bytes) -> bytes:
        message = self._due[0]
        if byte == NAK:
            self._tries += 1
            if self._tries >= TRIES:
                self._give_up()
                return EOT
            return message[self._sent]
        if byte != ACK:
            return b""
        self._sent += 1
        self._tries = 0
        if self._sent < len(message):
            return message[self._sent]
        self._due.popleft()
        self.state = "idle"
        return EOT + self._ask()

    def _ask(self) -> bytes:
        if self.state != "idle" or not self._due:
            return b""
        self.state, self._tries, self._gave_way = "asking", 0, False
        return ENQ

    def _give_up(self) -> None:
        self._due.popleft()
        self._reset()

    def _reset(self) -> None:
        self.state = "idle"
        self._text.clear()
        self._held.clear()
        self._in_frame = False
        self._number = 0
        self._last = b""

    def _frame_bytes(self, data: bytes, at: int, answer: bytearray) -> int:
        """Gather a frame up to the second digit of its sum; returns how far the data was read."""
        end = self._end
        if end < 0:
            found = [place for mark in (ETX, ETB) if (place := data.find(mark, at)) >= 0]
            upto = min(found) + 1 if found else len(data)
            self._held += data[at:upto]
            self._end = len(self._held) - 1 if found else -1
            if len(self._held) > LONGEST_FRAME:
                self._in_frame = False
                self._held.clear()
                answer += NAK
            return upto
        missing = end + 3 - len(self._held)
        self._held += data[at : at + missing]
        if len(self._held) >= end + 3:
            self._in_frame = False
            answer += self._whole(bytes(self._held), end)
        return at + missing

    def _whole(self, held: bytes, end: int) -> bytes:
        """A frame is here: acknowledge it once it is sound, and the last of a message once that was kept."""
        content, told = held[: end + 1], held[end + 1 :]
        if checksum(content) != told.upper() or not content[:1].isdigit() or int(content[:1]) > 7:
            return NAK
        number = int(content[:1])
        if content == self._last:
            return ACK  # sent again because our answer was lost: it is here already
        text = content[1:-1]
        # Makers' own records (M) may be longer than the standard allows, and some do not count their frames one by one.
        own = text[:1] == b"M" and bytes(self._text[-1:]) in {b"\r", b""}
        if number != (self._number + 1) % 8 and not own:
            return NAK
        if len(self._text) + len(text) > LARGEST:
            self._reset()
            return EOT
        # Only a frame with the beginning of an L record can end a message: the rest is not looked through again.
        ends = b"\rL" in b"\r" + text if not self._text else b"\rL" in bytes(self._text[-1:]) + text
        if ends and (content[-1:] == ETX or text.endswith(CR)):
            done, rest = _messages(bytes(self._text) + text)
            for message in done:
                if not self.keep(message):
                    return NAK
            self._text[:] = rest
        else:
            self._text += text
        self._number = number
        self._last = content
        return ACK


def _messages(text: bytes) -> tuple[list[bytes], bytes]:
    """The messages that are whole in a text, each from its H record to its L record, and what is left."""
    done: list[bytes] = []
    current: list[bytes] = []
    for record in _records(text):
        current.append(record)
        if record[:1] == b"L":
            done.append(b"".join(current))
            current = []
    return done, b"".join(current)


def _records(text: bytes) -> list[bytes]:
    lines = re.findall(rb"[^\r\n]*[\r\n]+|[^\r\n]+$", text)
    return [line for line in lines if line.strip(b"\r\n")]
