"""A file that appears under its name whole or not at all; what a killed writer left beside it is swept."""

import contextlib
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part")
_FRESH_SECONDS = 60.0  # a part that young may be about to be locked by whoever made it


def part_of(path: Path, token: str) -> Path:
    """Where a file grows before it has its name."""
    return path.with_name(f".{path.name}.{token}.part")


@contextmanager
def written_whole(path: Path, token: str = "") -> Iterator[BinaryIO]:
    """A file to be written, for its owner alone: durable under its name at the end, gone if anything ends it early.

    Raises OSError.
    """
    part = part_of(path, token or secrets.token_hex(4))
    sweep(path.parent)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            _lock(handle)
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def sweep(folder: Path, older_than: float = _FRESH_SECONDS) -> None:
    """Throw away what writers that were killed left half-written in a folder: patients may be named in it."""
    with contextlib.suppress(OSError):
        for left in folder.iterdir():
            with contextlib.suppress(OSError):
                if _PART.fullmatch(left.name) and time.time() - left.stat().st_mtime > older_than and _left(left):
                    left.unlink()


def _lock(handle: int) -> None:
    """Mark a file as being written; on Windows being open is the mark."""
    if sys.platform != "win32":
        import fcntl

        with contextlib.suppress(OSError):  # some network disks have no locks: then nothing is swept there
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _left(part: Path) -> bool:
    """Whether nobody writes a part any more; on Windows one that is being written cannot be unlinked anyway."""
    if sys.platform == "win32":
        return True
    import fcntl

    handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(handle)
    return True


def _settle(folder: Path) -> None:
    """Make the new name durable, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
