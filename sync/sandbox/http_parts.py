"""Reads HTTP/1.1 requests off a socket: as much of it as a client of ours sends, and nothing that could choke it."""

import socket
from collections.abc import Callable
from typing import NoReturn

from sync.sandbox.wire import Request

MOST_HEAD = 64 * 1024
MOST_BODY = 64 * 1024 * 1024
PIECE = 65536


class BadRequest(Exception):  # noqa: N818 - the name of the status
    """What came is not HTTP as we read it."""


class Reader:
    """The requests of one connection, one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._held = bytearray()

    def request(self, clock: Callable[[], float]) -> Request | None:
        """The next request, or nothing when the other side has closed."""
        end = self._until(b"\r\n\r\n", MOST_HEAD)
        if end is None:
            return None
        first, *lines = self._taken(end)[:-4].decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            _bad("the first line is not that of a request")
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                _bad("a header has no name")
            headers[name.lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request.of(words[0].upper(), words[1], headers, self._body(headers), clock())

    def rest(self) -> bytes:
        """What has been read and belongs to no request."""
        return self._taken(len(self._held))

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY:
            _bad("the length is not one")
        return self._exactly(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            end = self._until(b"\r\n", 1024)
            if end is None:
                _bad("a chunk broke off")
            text = self._taken(end)[:-2].partition(b";")[0].strip()
            try:
                size = int(text, 16)
            except ValueError:
                _bad("a chunk has no size")
            if size < 0 or len(body) + size > MOST_BODY:
                _bad("the body is too long")
            body += self._exactly(size)
            if self._exactly(2) != b"\r\n":
                _bad("a chunk has no end")
            if size == 0:
                return bytes(body)

    def _until(self, mark: bytes, most: int) -> int | None:
        """Where the mark ends, counted from the beginning; nothing when the other side closes before it."""
        start = 0
        while (found := self._held.find(mark, start)) < 0:
            if len(self._held) > most:
                _bad("the head is too long")
            start = max(0, len(self._held) - len(mark))
            if not self._more():
                return None
        return found + len(mark)

    def _exactly(self, length: int) -> bytes:
        while len(self._held) < length:
            if not self._more():
                _bad("the body broke off")
        return self._taken(length)

    def _more(self) -> bool:
        piece = self._connection.recv(PIECE)
        self._held += piece
        return bool(piece)

    def _taken(self, length: int) -> bytes:
        taken = bytes(self._held[:length])
        del self._held[:length]
        return taken


def _bad(words: str) -> NoReturn:
    raise BadRequest(words)
