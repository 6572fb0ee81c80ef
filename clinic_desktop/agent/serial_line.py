"""An analyser on a serial line: opened again when it was unplugged, and spoken with as one over the network is."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desktop.agent.serving import Conversation

if TYPE_CHECKING:
    import serial

log = logging.getLogger(__name__)

# A line that is not there yet, or was unplugged, is looked for again after this.
AGAIN_SECONDS = 2.0
# How long one read waits: as long an end of the process may take.
READ_SECONDS = 0.25
WRITE_SECONDS = 5.0
READ_BYTES = 4096


class SerialLine:
    """One device file, in a thread of its own: 8 bits, no parity, one stop bit (LIS01-A2, 5.1), no flow control."""

    def __init__(self, device: str, baud: int, speak: Callable[[str], Conversation]) -> None:
        self._device, self._baud, self._speak = device, baud, speak
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="serial line", daemon=True)

    def start(self) -> None:
        """Begin; a device that is not plugged in is waited for."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message that is being kept."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        import serial  # with the first line, not before

        said = False
        while not self._stop.is_set():
            try:
                # Exclusive: two programs on one line would each get half of every message.
                with serial.Serial(
                    self._device, self._baud, timeout=READ_SECONDS, write_timeout=WRITE_SECONDS,
                    exclusive=True,
                ) as line:  # fmt: skip
                    log.info("the serial line is open")
                    said = False
                    self._converse(line)
            except (OSError, ValueError) as error:  # serial.SerialException is an OSError
                if not said:
                    said = True
                    log.warning("the serial line is not there: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - one message never ends the line
                log.error("the serial line: %s", type(error).__name__)  # noqa: TRY400 - the words may carry data
            self._stop.wait(AGAIN_SECONDS)

    def _converse(self, line: "serial.Serial") -> None:
        conversation = self._speak("serial")
        begun: float | None = None
        try:
            while not self._stop.is_set():
                if not conversation.waiting:
                    begun = None
                elif begun is None:
                    begun = time.monotonic()
                data = line.read(min(READ_BYTES, max(1, line.in_waiting)))
                if data:
                    answer: bytes | None = conversation.heard(data)
                elif begun is not None and time.monotonic() - begun > conversation.patience:
                    answer = conversation.waited()
                    if answer is None:
                        return
                else:
                    continue
                if answer:
                    line.write(answer)
                    begun = None
        finally:
            with contextlib.suppress(Exception):
                conversation.ended()
