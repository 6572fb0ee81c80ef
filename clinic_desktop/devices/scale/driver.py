"""A scale on a serial line. Only what has come to rest is told, once for each time somebody stands on it."""

from collections.abc import Callable
from decimal import Decimal

from clinic_desktop.devices.scale.protocol import Weights
from clinic_desktop.devices.serial_line import Line
from clinic_desktop.domain.instruments import Reading

ASKED = b"S\r\n"  # MT-SICS: send the weight when it is stable; a scale that speaks by itself does not mind
_SAME = Decimal("0.2")  # a person who breathes moves the last figure


class Scale:
    """Tells `measured` of each new stable weight, in a thread of its own."""

    def __init__(self, port: str, measured: Callable[[Reading], None], *, baud: int = 9600) -> None:
        self._weights, self._measured = Weights(), measured
        self._last: dict[str, Decimal] = {}
        self.line = Line(port, self.heard, baud=baud, asked=ASKED, every=1.0)

    def start(self) -> None:
        """Begin to listen."""
        self.line.start()

    def stop(self) -> None:
        """Let go of the line."""
        self.line.stop()

    def heard(self, raw: bytes) -> None:
        """Bytes came."""
        for reading in self._weights.take(raw):
            if not reading.stable:
                # It moves: what it rests at next is another weighing.
                self._last.pop(reading.sign, None)
                continue
            before = self._last.get(reading.sign)
            if before is None or abs(before - reading.value) > _SAME:
                self._last[reading.sign] = reading.value
                self._measured(reading)
