"""A serial port that is opened again whenever it has gone, and the other end of one for trying."""

import contextlib
import os
import threading
from collections.abc import Callable

import serial

RETRY_SECONDS = 1.0
QUIET_SECONDS = 0.1
_MOST = 4096


class Line:
    """Reads a port in a thread of its own.

    `told` is called in that thread with what came, and with nothing when the line has been quiet after something came;
    `asked` is written every `every` seconds, to instruments that speak only when they are asked.
    """

    def __init__(
        self, port: str, told: Callable[[bytes], None], *, baud: int = 9600, asked: bytes = b"", every: float = 0.5
    ) -> None:
        self._port, self._told, self._baud = port, told, baud
        self._asked, self._every = asked, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"serial {port}", daemon=True)
        self.is_open = False

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the port."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.is_set():
            # Unplugged, in use by another program, or not there yet: tried again until it is.
            with (
                contextlib.suppress(OSError, serial.SerialException, TypeError, ValueError),
                serial.serial_for_url(self._port, baudrate=self._baud, timeout=QUIET_SECONDS) as line,
            ):
                self.is_open = True
                self._listen(line)
            self.is_open = False
            self._stop.wait(RETRY_SECONDS)

    def _listen(self, line: serial.SerialBase) -> None:
        waited, fresh = self._every, False
        while not self._stop.is_set():
            if self._asked and waited >= self._every:
                line.write(self._asked)
                waited = 0.0
            came = line.read(1)
            if came:
                came += line.read(min(line.in_waiting, _MOST))
                self._told(came)
                fresh = True
            else:
                waited += QUIET_SECONDS
                if fresh:
                    self._told(b"")
                    fresh = False


class PretendPort:
    """A port made up for trying: what is written here comes out of `name`, as if an instrument were plugged in."""

    def __init__(self) -> None:
        if not hasattr(os, "openpty"):
            raise OSError("this system has no pseudo terminals")
        # Not known on every system; the simulators say so where it is missing.
        import tty

        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.name = os.ttyname(self._theirs)

    def write(self, raw: bytes) -> None:
        """Say something."""
        os.write(self._ours, raw)

    def close(self) -> None:
        """Pull the plug."""
        for end in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                os.close(end)
