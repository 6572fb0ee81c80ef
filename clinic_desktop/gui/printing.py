"""PDF pages as pictures, and PDF bytes to a printer: no clear copy ever lies on a disk."""

import contextlib
import logging
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.labelling.sending import said_by_lp

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

POINTS = 72.0  # in an inch
LP_SECONDS = 30.0

log = logging.getLogger(__name__)


class Pages(QObject):
    """Draws the pages of one PDF in one thread of its own, since pdfium may be used from one thread only.

    `opened(count)` says how many pages there are, `drawn(page, dpi, QImage)` brings each, `failed(words)` an error.
    """

    opened = Signal(int)
    drawn = Signal(int, float, QImage)
    failed = Signal(str)

    def __init__(self, pdf: bytes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pdf = pdf
        self._document: PdfDocument | None = None
        self._closed = threading.Event()
        _mailbox()  # made here, on the window's thread

    def start(self) -> None:
        """Open the document; called once `opened` and `drawn` are connected, since the answer may come at once."""
        _painter().put(self._open)

    def want(self, page: int, dpi: float) -> None:
        """Ask for a page; `drawn` brings it."""
        _painter().put(lambda: self._draw(page, dpi))

    def close(self) -> None:
        """Draw no more, and let the document go."""
        self._closed.set()
        _painter().put(self._let_go)

    def _open(self) -> None:
        if self._closed.is_set():
            return
        import pypdfium2  # not needed before a document is looked at

        try:
            self._document = pypdfium2.PdfDocument(self._pdf)
        except pypdfium2.PdfiumError as error:
            words = str(error)
            self._say(lambda: self.failed.emit(words))
            return
        count = len(self._document)
        self._say(lambda: self.opened.emit(count))

    def _draw(self, page: int, dpi: float) -> None:
        if self._closed.is_set() or self._document is None:
            return
        bitmap = self._document[page].render(scale=dpi / POINTS, rev_byteorder=True, prefer_bgrx=True)
        form = QImage.Format.Format_RGBX8888
        # Copied, since the buffer is pdfium's and goes with the bitmap.
        picture = QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, form).copy()
        self._say(lambda: self.drawn.emit(page, dpi, picture))

    def _let_go(self) -> None:
        if self._document is not None:
            self._document.close()
            self._document = None

    def _say(self, emit: Callable[[], None]) -> None:
        # Never emitted from the painter's thread: the window may delete this object at that very moment.
        _mailbox().arrived.emit(lambda: self._on_window(emit))

    def _on_window(self, emit: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # deleted without having been closed
            if not self._closed.is_set():
                emit()


class _Mailbox(QObject):
    """Lives as long as the program, on the window's thread; hands over there what the painter has to say."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._hand_over)

    def _hand_over(self, say: Callable[[], None]) -> None:
        say()


def send_to_printer(pdf: bytes, title: str, printer: str = "", copies: int = 1) -> None:
    """Hand a PDF to `lp` on its standard input; raises `Trouble` where there is no printer or it refuses.

    `title` is what the printer's queue shows to anyone: never a patient's name.
    """
    lp = shutil.which("lp")
    if lp is None:
        raise Trouble(
            N_("There is no printing service on this machine."),
            remedy=N_("Save the document instead, or have CUPS installed (the package cups-client)."),
        )
    words = [lp, "-t", title, "-n", str(copies), *(["-d", printer] if printer else [])]
    try:
        sent = subprocess.run(words, input=pdf, capture_output=True, timeout=LP_SECONDS, check=False)  # noqa: S603 - a list, no shell
    except subprocess.TimeoutExpired as error:
        raise Trouble(
            N_("The printing service does not answer; whether it has the document is not known."),
            remedy=N_("Look at the printer before you print again."),
        ) from error
    if sent.returncode:
        raise Trouble(
            N_("The printer did not take the document: {why}."),
            remedy=N_("Check that the printer is on and has paper, then print again."),
            why=said_by_lp(sent.stderr),
        )


def save_copy(path: Path, data: bytes) -> None:
    """Write a clear copy that only this person can read. Raises Trouble."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(data)
    except OSError as error:
        raise Trouble(
            N_("The document could not be saved: {why}"), remedy=N_("Choose another folder."), why=error.strerror or ""
        ) from error


@lru_cache(maxsize=1)
def _mailbox() -> _Mailbox:
    return _Mailbox()


@lru_cache(maxsize=1)
def _painter() -> "queue.SimpleQueue[Callable[[], None]]":
    jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def work() -> None:
        while True:
            try:
                jobs.get()()
            except Exception as error:  # noqa: BLE001 - one bad page must not stop every later document
                log.error("a page could not be drawn: %s", type(error).__name__)  # noqa: TRY400 - ids only in the log

    threading.Thread(target=work, name="pdf pages", daemon=True).start()
    return jobs
