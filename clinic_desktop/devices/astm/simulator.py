"""Plays an analyser that speaks ASTM: captured frames as they are, or records framed here by other code."""

import re
import socket
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 30.0
TRIES = 3
# Written out by hand, so that a fault of the listener's own writing is not played back to it.
SAMPLE = (
    "H|\\^&|||XP-100^00-13||||||||E1394-97\r"
    "P|1|{mrn}|||{family}^{given}||{born}|{sex}\r"
    "O|1|{order}||^^^^WBC\\^^^^HGB|||||||N||||||||||||||F\r"
    "R|1|^^^^WBC^1|  5.5|10*3/uL||N||F||||{now}\r"
    "R|2|^^^^HGB^1| 13.1|g/dL||N||F||||{now}\r"
    "L|1|N\r"
)


@dataclass(frozen=True)
class Answer:
    """What became of one message: how many frames were acknowledged, and what the other side sent of itself."""

    code: str
    frames: int
    told: bytes = b""


def frames_of(content: bytes) -> list[bytes]:
    """The frames of a captured file as they stand there; of a file of plain records, frames made here."""
    captured = re.findall(rb"\x02[^\x02]*?[\x03\x17][0-9A-Fa-f]{2}[\r\n]*", content, re.DOTALL)
    if captured:
        return captured
    lines = [line for line in re.split(rb"[\r\n]+", content) if line.strip() and not line.startswith(b"#")]
    made = []
    for place, line in enumerate(lines, 1):
        body = str(place % 8).encode() + line + b"\r\x03"
        made.append(b"\x02" + body + b"%02X" % (sum(body) & 0xFF) + b"\r\n")
    return made


def play_file(host: str, port: int, path: Path, *, drip: bool = False) -> list[Answer]:
    """Play a captured file."""
    return play(host, port, path.read_bytes(), drip=drip)


def play(host: str, port: int, content: bytes, *, drip: bool = False, listen: float = 0.0) -> list[Answer]:
    """Send the frames of a content as one transmission; `listen` waits so many seconds for what comes of itself."""
    with socket.create_connection((host, port), TIMEOUT) as line:
        line.settimeout(TIMEOUT)
        line.sendall(b"\x05")
        if line.recv(1) != b"\x06":
            return [Answer("refused", 0)]
        sent = 0
        for frame in frames_of(content):
            if not _sent(line, frame, drip=drip):
                line.sendall(b"\x04")
                return [Answer("NAK", sent)]
            sent += 1
        line.sendall(b"\x04")
        return [Answer("ACK" if sent else "nothing to send", sent, _listen(line, listen) if listen else b"")]


def _sent(line: socket.socket, frame: bytes, *, drip: bool) -> bool:
    for _try in range(TRIES):
        for piece in [frame[at : at + 1] for at in range(len(frame))] if drip else [frame]:
            line.sendall(piece)
        if line.recv(1) == b"\x06":
            return True
    return False


def _listen(line: socket.socket, seconds: float) -> bytes:
    """Receive what the other side sends of itself: acknowledge its frames, and give their text."""
    line.settimeout(seconds)
    told, held = b"", b""
    try:
        while got := line.recv(4096):
            held += got
            if held.endswith(b"\x05"):
                held = b""
                line.sendall(b"\x06")
            elif held.endswith(b"\x04"):
                return told
            elif held.endswith(b"\n"):
                body = held[held.index(b"\x02") + 1 : -5]
                sound = b"%02X" % (sum(held[held.index(b"\x02") + 1 : -4]) & 0xFF) == held[-4:-2]
                line.sendall(b"\x06" if sound else b"\x15")
                told += body[1:] if sound else b""
                held = b""
    except TimeoutError:
        pass
    return told
