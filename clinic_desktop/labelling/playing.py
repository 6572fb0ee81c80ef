"""A printer that is played: listens like one, decodes what comes, and puts a picture of every label into a folder."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from clinic_desktop.devices.label_printer.reading import ReadLabel
from clinic_desktop.devices.label_printer.simulator import Simulator as LabelSimulator
from clinic_desktop.devices.receipt_printer.reading import ReadPaper
from clinic_desktop.devices.receipt_printer.simulator import Simulator as ReceiptSimulator
from clinic_desktop.domain.plates import Bits, png
from clinic_desktop.reports.bits import PaperArtist

_PATIENCE: Final = 10.0  # a sender that says nothing for so long is given up
_LOOK: Final = 0.2


@dataclass(frozen=True)
class Played:
    """What came over one connection: pictures written, words seen, and what was not understood."""

    files: tuple[Path, ...]
    words: tuple[str, ...]
    problems: tuple[str, ...]
    drawer: bool = False

    def __repr__(self) -> str:
        return f"Played({len(self.files)})"


class PlayedPrinter:
    """A listening printer of one kind, with a thread of its own; `fault` is what it says is wrong with it."""

    def __init__(
        self, kind: str, out: Path, *, host: str = "127.0.0.1", port: int = 0, dpi: int = 203, roll_mm: int = 80,
        fault: str = "", heard: Callable[[Played], None] = lambda _played: None,
    ) -> None:  # fmt: skip
        self._kind, self._out, self._dpi, self._roll, self._fault = kind, out, dpi, roll_mm, fault
        self._heard = heard
        self.played: list[Played] = []
        self._socket = socket.create_server((host, port))
        self._socket.settimeout(_LOOK)
        self.port = int(self._socket.getsockname()[1])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"played {kind} printer", daemon=True)

    def start(self) -> "PlayedPrinter":
        """Begin to listen."""
        self._out.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Listen no more."""
        self._over.set()
        self._thread.join(_PATIENCE)
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def wait_for(self, count: int, seconds: float = _PATIENCE) -> bool:
        """Wait until so many connections have been printed; False where they have not within the time."""
        end = time.monotonic() + seconds
        while len(self.played) < count and time.monotonic() < end:
            time.sleep(0.01)
        return len(self.played) >= count

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                line, _peer = self._socket.accept()
            except TimeoutError:
                continue
            with line:
                done = self._connection(line)
            if done is not None:
                self.played.append(done)
                self._heard(done)

    def _connection(self, line: socket.socket) -> Played | None:
        artist = PaperArtist()
        device: LabelSimulator | ReceiptSimulator = (
            ReceiptSimulator(artist, self._fault, self._roll)
            if self._kind == "receipt"
            else LabelSimulator(artist, self._fault)
        )
        line.settimeout(_PATIENCE)
        try:
            while got := line.recv(65_536):
                if answer := device.feed(got):
                    line.sendall(answer)
            papers: Sequence[ReadLabel | ReadPaper] = device.finish()
        except (OSError, ValueError) as error:
            return Played((), (), (str(error),))
        if not papers:
            return None  # somebody only asked how it is
        files = tuple(self._write(paper.bits, number) for number, paper in enumerate(papers))
        words = tuple(one for paper in papers for one in paper.words)
        problems = tuple(one for paper in papers for one in paper.problems)
        drawer = any(isinstance(paper, ReadPaper) and paper.drawer for paper in papers)
        return Played(files, words, problems, drawer)

    def _write(self, bits: Bits, number: int) -> Path:
        path = self._out / f"{self._kind}-{time.time_ns()}-{number + 1}.png"
        path.write_bytes(png(bits, self._dpi))
        return path
