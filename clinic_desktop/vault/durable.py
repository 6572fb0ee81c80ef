"""Writing a small file so that a power cut leaves the old one or the new one, never half of either."""

import contextlib
import os
import secrets
import time
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file with mode 0600: temporary file, fsync, rename, fsync of the folder. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sweep(folder: Path, older_than: float = 3600) -> None:
    """Throw away what a killed process left half-written here more than an hour ago: an old slot may stand in it."""
    for name in ("attempts", "keyslots", "keyslots.2"):
        for left in folder.glob(f".{name}.????????"):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > older_than:
                    left.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can (Windows cannot open a folder)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
