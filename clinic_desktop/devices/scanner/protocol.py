"""Scans in the bytes of a scanner; no I/O. A scan ends when the line falls quiet: a card has line ends within it."""

from typing import Final

LONGEST: Final = 8192


class Scans:
    """Takes bytes as they come, and nothing when the line is quiet."""

    def __init__(self) -> None:
        self._held = b""
        self._too_long = False

    def take(self, raw: bytes) -> str:
        """The scan that is whole now, or nothing. One that is longer than any code is thrown away whole."""
        if raw:
            self._held += raw
            if len(self._held) > LONGEST:
                self._held, self._too_long = b"", True
            return ""
        held, too_long = self._held, self._too_long
        self._held, self._too_long = b"", False
        return "" if too_long else _text(held).strip("\r\n\x02\x03")


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
