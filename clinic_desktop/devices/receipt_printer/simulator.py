"""Plays a receipt printer: takes bytes as they come, answers questions after its state, and keeps what it printed."""

from typing import Final

from clinic_desktop.devices.receipt_printer.protocol import STATUS
from clinic_desktop.devices.receipt_printer.reading import MOST_BYTES, ReadPaper, read
from clinic_desktop.domain.plates import Artist

# Why it is off line, and its paper: one byte each.
_REPLIES: Final = {"": b"\x12\x12", "paper": b"\x32\x72", "head": b"\x16\x12", "error": b"\x52\x12"}
FAULTS: Final = ("paper", "head", "error")


class Simulator:
    """One connection to a receipt printer; `fault` is what it says is wrong with it."""

    def __init__(self, artist: Artist, fault: str = "", roll_mm: int = 80) -> None:
        self._artist, self._fault, self._roll = artist, fault, roll_mm
        self._held = b""
        self._asked = False

    def feed(self, data: bytes) -> bytes:
        """Take what came; gives what is answered. Raises ValueError where a job is longer than any."""
        self._held += data
        if len(self._held) > MOST_BYTES:
            raise ValueError("the job is too long")
        # Only before a job: within one the same bytes may be dots of a picture.
        if not self._asked and self._held.startswith(STATUS):
            self._held, self._asked = self._held.removeprefix(STATUS), True
            return _REPLIES[self._fault]
        return b""

    def finish(self) -> tuple[ReadPaper, ...]:
        """The connection is over: what was printed. Raises ValueError where the bytes are no whole job."""
        return read(self._held, self._roll, self._artist)
