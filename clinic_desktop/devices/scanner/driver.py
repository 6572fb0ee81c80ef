"""A scanner on a serial line (a USB one set to its serial mode is one too)."""

from collections.abc import Callable

from clinic_desktop.devices.scanner.protocol import Scans
from clinic_desktop.devices.serial_line import Line


class Scanner:
    """Tells `scanned` of each scan, in a thread of its own."""

    def __init__(self, port: str, scanned: Callable[[str], None], *, baud: int = 9600) -> None:
        self._scans, self._scanned = Scans(), scanned
        self.line = Line(port, self.heard, baud=baud)

    def start(self) -> None:
        """Begin to listen."""
        self.line.start()

    def stop(self) -> None:
        """Let go of the line."""
        self.line.stop()

    def heard(self, raw: bytes) -> None:
        """Bytes came, or the line fell quiet."""
        if scan := self._scans.take(raw):
            self._scanned(scan)
