"""A WebSocket server in small (RFC 6455): the handshake, frames, ping, close; no extensions."""

import base64
import binascii
import contextlib
import hashlib
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from sync.sandbox.wire import Request

# RFC 6455, section 1.3: the one word that shows that both sides mean a WebSocket.
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
MOST = 1024 * 1024
# How long the listener's silence is waited for before looking whether there is something to tell it.
LOOK_SECONDS = 0.02


class Talk(Protocol):
    """What is behind the socket."""

    def receive(self, text: str) -> None:
        """Take one message."""

    def waiting(self) -> list[bytes]:
        """What is to be sent now."""

    def closed(self) -> int:
        """A close code once the conversation is to end; 1006 cuts it off without a word."""


class BrokenFrame(Exception):  # noqa: N818 - what it is
    """What came is not a frame that a client may send."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame."""

    kind: int
    body: bytes
    last: bool = True


class Frames:
    """Frames out of bytes as they come."""

    def __init__(self, held: bytes = b"") -> None:
        self._held = bytearray(held)

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """Every frame that is whole now."""
        self._held += piece
        while (frame := self._one()) is not None:
            yield frame

    def _one(self) -> Frame | None:
        held = self._held
        if len(held) < 2:
            return None
        if held[0] & 0x70 or not held[1] & 0x80:
            raise BrokenFrame("a client's frames are masked and use no extension")
        length, start = held[1] & 0x7F, 2
        if length == 126:
            if len(held) < 4:
                return None
            length, start = struct.unpack_from(">H", held, 2)[0], 4
        elif length == 127:
            if len(held) < 10:
                return None
            length, start = struct.unpack_from(">Q", held, 2)[0], 10
        if length > MOST:
            raise BrokenFrame("the frame is too long")
        end = start + 4 + length
        if len(held) < end:
            return None
        mask, masked = bytes(held[start : start + 4]), bytes(held[start + 4 : end])
        frame = Frame(held[0] & 0x0F, unmasked(mask, masked), bool(held[0] & 0x80))
        del held[:end]
        return frame


def unmasked(mask: bytes, body: bytes) -> bytes:
    """The body with the mask taken off, or put on: it is the same."""
    long = (mask * (len(body) // 4 + 1))[: len(body)]
    return (int.from_bytes(body, "big") ^ int.from_bytes(long, "big")).to_bytes(len(body), "big")


def framed(kind: int, body: bytes) -> bytes:
    """One whole frame as a server sends it."""
    head = bytes([0x80 | kind])
    if len(body) < 126:
        return head + bytes([len(body)]) + body
    if len(body) < 65536:
        return head + bytes([126]) + struct.pack(">H", len(body)) + body
    return head + bytes([127]) + struct.pack(">Q", len(body)) + body


def accepted(request: Request) -> bytes | None:
    """The answer to a handshake, or nothing when it is not a good one."""
    key = request.headers.get("sec-websocket-key", "")
    try:
        whole = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        whole = False
    good = whole and request.headers.get("sec-websocket-version") == "13" and request.method == "GET"
    if not good:
        return None
    # The hash is what the standard names; nothing is protected by it.
    mark = base64.b64encode(hashlib.sha1(key.encode() + MAGIC, usedforsecurity=False).digest()).decode()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {mark}\r\n\r\n"
    ).encode()


def converse(connection: socket.socket, talk: Talk, held: bytes) -> None:
    """Carry messages both ways until either side ends it."""
    frames, parts = Frames(), bytearray()
    connection.settimeout(LOOK_SECONDS)
    piece = held
    while True:
        for frame in frames.feed(piece):
            if frame.kind == CLOSE:
                connection.sendall(framed(CLOSE, frame.body[:2]))
                return
            if frame.kind == PING:
                connection.sendall(framed(PONG, frame.body))
            elif frame.kind in {0, TEXT}:
                parts += frame.body
                if len(parts) > MOST:
                    raise BrokenFrame("the message is too long")
                if frame.last:
                    talk.receive(parts.decode("utf-8", "replace"))
                    parts.clear()
        for body in talk.waiting():
            connection.sendall(framed(TEXT, body))
        code = talk.closed()
        if code:
            if code != 1006:
                with contextlib.suppress(OSError):
                    connection.sendall(framed(CLOSE, struct.pack(">H", code)))
            return
        try:
            piece = connection.recv(65536)
        except TimeoutError:
            piece = b""
            continue
        if not piece:
            return
