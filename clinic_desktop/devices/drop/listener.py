"""The folder that analysers put files into: each file is taken once, when it is whole, and then moved aside."""

import hashlib
import logging
import os
import stat
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from clinic_desktop.clock import to_text
from clinic_desktop.devices.drop import protocol
from clinic_desktop.devices.drop.protocol import Table, UnreadableError
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.services.devices import ReceivedMessage

log = logging.getLogger(__name__)

Keep = Callable[[ReceivedMessage], object]
LOOK_SECONDS = 1.0
DONE, REFUSED = "done", "refused"
SUFFIXES = frozenset({".csv", ".txt", ".tsv"})


class Folder:
    """Looks into one folder again and again, in a thread of its own."""

    def __init__(self, folder: Path, keep: Keep, known: Sequence[Table], *, every: float = LOOK_SECONDS) -> None:
        self._folder = folder
        self._keep = keep
        self._known = known
        self._every = every
        self._seen: dict[str, tuple[int, int]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="drop folder", daemon=True)

    def start(self) -> None:
        """Make the folders and begin. Raises Trouble where they cannot be made."""
        try:
            for name in (DONE, REFUSED):
                (self._folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(
                N_("The folder for files of analysers cannot be used ({why})."),
                remedy=N_("Check that it is a folder and may be written to."),
                why=error.strerror or type(error).__name__,
            ) from error
        self._thread.start()

    def stop(self) -> None:
        """End after the file that is being taken."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def look(self) -> int:
        """Take every file that has not changed since the look before; returns how many."""
        taken = 0
        now: dict[str, tuple[int, int]] = {}
        for path in sorted(self._folder.iterdir()):
            told = path.lstat()
            if not stat.S_ISREG(told.st_mode) or path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
                continue
            now[path.name] = (told.st_size, told.st_mtime_ns)
            if self._seen.get(path.name) == now[path.name]:
                self._take(path)
                taken += 1
        self._seen = now
        return taken

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.look()
            except OSError as error:
                log.warning("the drop folder could not be read: %s", type(error).__name__)

    def _take(self, path: Path) -> None:
        try:
            put = datetime.fromtimestamp(path.lstat().st_ctime, UTC)
            content = _content(path)
            digest = hashlib.sha256(content).hexdigest()
            for message in protocol.read(content, self._known, "file"):
                # What a file was put there at tells a row that is tried again from one that was measured again.
                self._keep(replace(message, received_at=to_text(put)))
        except UnreadableError as error:
            log.warning("a dropped file was refused: %s", error)
            self._aside(path, REFUSED, "refused", str(error))
        except Exception as error:  # noqa: BLE001 - it stays where it is and is tried again: rows kept before are known
            log.error("a dropped file was not kept: %s", type(error).__name__)  # noqa: TRY400 - words may carry data
        else:
            self._aside(path, DONE, digest[:12], None)

    def _aside(self, path: Path, where: str, mark: str, why: str | None) -> None:
        """Move a file out of the way under a name that is free; its reason stands beside it."""
        target = self._folder / where / f"{path.stem}.{mark}{path.suffix}"
        count = 1
        while target.exists():
            count += 1
            target = self._folder / where / f"{path.stem}.{mark}.{count}{path.suffix}"
        path.replace(target)
        if why is not None:
            target.with_name(target.name + ".why").write_text(why + "\n", encoding="utf-8")


def _content(path: Path) -> bytes:
    """The bytes of a file, never through a link, never more than a result file may have."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as file:
        return file.read(protocol.LARGEST + 1)
