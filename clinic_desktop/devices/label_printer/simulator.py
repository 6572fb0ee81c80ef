"""Plays a label printer: takes bytes as they come, answers questions after its state, and keeps what it printed."""

from typing import Final

from clinic_desktop.devices.label_printer.protocol import STATUS
from clinic_desktop.devices.label_printer.reading import MOST_BYTES, ReadLabel, read
from clinic_desktop.domain.plates import Artist

# Host status as the guide prints it; the flags of paper, pause, head and ribbon are filled in.
_REPLY: Final = (
    "\x02030,{paper},{paused},0320,000,0,0,0,000,0,0,0\x03\r\n"
    "\x02001,0,{head},{ribbon},1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
)
FAULTS: Final = ("paper", "paused", "head", "ribbon")


class Simulator:
    """One connection to a label printer; `fault` is what it says is wrong with it."""

    def __init__(self, artist: Artist, fault: str = "") -> None:
        self._artist, self._fault = artist, fault
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Take what came; gives what is answered. Raises ValueError where a job is longer than any."""
        self._held += data
        if len(self._held) > MOST_BYTES:
            raise ValueError("the job is too long")
        answer = b""
        while STATUS in self._held:
            self._held = self._held.replace(STATUS, b"", 1)
            flags = {name: int(name == self._fault) for name in FAULTS}
            answer += _REPLY.format(**flags).encode("ascii")
        return answer

    def finish(self) -> tuple[ReadLabel, ...]:
        """The connection is over: what was printed. Raises ValueError where the bytes are no whole job."""
        return read(self._held, self._artist)
