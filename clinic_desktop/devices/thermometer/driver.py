"""A thermometer on a serial line. A temperature is told when it is final, once for each time it is taken."""

from collections.abc import Callable

from clinic_desktop.devices.serial_line import Line
from clinic_desktop.devices.thermometer.protocol import ASK, Temperatures, with_sum
from clinic_desktop.domain.instruments import Reading


class Thermometer:
    """Tells `measured` of each final temperature, in a thread of its own."""

    def __init__(self, port: str, measured: Callable[[Reading], None], *, baud: int = 9600) -> None:
        self._temperatures, self._measured = Temperatures(), measured
        self._told: Reading | None = None
        self.line = Line(port, self.heard, baud=baud, asked=with_sum(ASK), every=0.5)

    def start(self) -> None:
        """Begin to listen."""
        self.line.start()

    def stop(self) -> None:
        """Let go of the line."""
        self.line.stop()

    def heard(self, raw: bytes) -> None:
        """Bytes came. A module that is asked again and again says its final temperature again and again."""
        for reading in self._temperatures.take(raw):
            if reading.stable and reading != self._told:
                self._measured(reading)
            self._told = reading if reading.stable else None
