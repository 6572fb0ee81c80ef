"""Plays a sender of HL7 v2: a captured file, or a message written here without the listener's own encoder."""

import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 30.0
# Written out by hand, so that a fault of the listener's encoder is not played back to it.
SAMPLE = (
    "MSH|^~\\&|SIMULATOR|BENCH|CLINIC|LAB|{now}||ORU^R01^ORU_R01|{control}|P|2.5.1||||||UNICODE UTF-8\r"
    "PID|1||{mrn}||{family}^{given}||{born}|{sex}\r"
    "ORC|RE|{order}\r"
    "OBR|1|{order}||24320-4^Chemistry panel^LN|||{now}|||||||||||||||||||F\r"
    "OBX|1|NM|2345-7^Glucose^LN||98|mg/dL|74-106|N|||F|||{now}\r"
    "OBX|2|NM|2823-3^Potassium^LN||4.2|mmol/L|3.5-5.1|N|||F|||{now}\r"
)


@dataclass(frozen=True)
class Answer:
    """What was answered to one message: the code of MSA-1 and the text beside it."""

    control_id: str
    code: str
    why: str


def messages(data: bytes) -> Iterator[bytes]:
    """The messages of a captured file as they stood there, each from one MSH to the next."""
    current: list[bytes] = []
    for line in (
        data.replace(b"\x0b", b"\r").replace(b"\x1c", b"\r").replace(b"\r\n", b"\r").replace(b"\n", b"\r").split(b"\r")
    ):
        if line.startswith(b"MSH") and current:
            yield b"\r".join(current) + b"\r"
            current = []
        if line and not line.startswith((b"#", b"FHS", b"BHS", b"BTS", b"FTS")):
            current.append(line)
    if current:
        yield b"\r".join(current) + b"\r"


def play(
    host: str, port: int, content: bytes, *, drip: bool = False, tls: ssl.SSLContext | None = None
) -> list[Answer]:
    """Send every message of a content, one after the other's answer; `drip` sends byte after byte, `tls` encrypts."""
    answers = []
    with socket.create_connection((host, port), TIMEOUT) as plain:
        plain.settimeout(TIMEOUT)
        line = plain if tls is None else tls.wrap_socket(plain, server_hostname=host)
        for message in messages(content):
            wire = b"\x0b" + message + b"\x1c\r"
            for piece in [wire[at : at + 1] for at in range(len(wire))] if drip else [wire]:
                line.sendall(piece)
                if drip:
                    time.sleep(0.0005)
            answers.append(_answer(line))
    return answers


def play_file(host: str, port: int, path: Path, *, drip: bool = False) -> list[Answer]:
    """Play a captured file."""
    return play(host, port, path.read_bytes(), drip=drip)


def _answer(line: socket.socket) -> Answer:
    held = b""
    while not held.endswith(b"\x1c\r"):
        got = line.recv(65536)
        if not got:
            return Answer("", "none", "the connection was closed")
        held += got
    for segment in held.strip(b"\x0b\x1c\r").split(b"\r"):
        fields = segment.decode("utf-8", "replace").split(segment[3:4].decode() or "|")
        if fields[0] == "MSA":
            return Answer(fields[2] if len(fields) > 2 else "", fields[1], fields[3] if len(fields) > 3 else "")
    return Answer("", "none", "no MSA was answered")
