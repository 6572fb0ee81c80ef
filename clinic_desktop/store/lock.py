"""Who has a profile open: a lock on a file of its own, never on the database, whose locks are SQLite's.

Everybody who opens a clinic shares it; a restore and a migration have it alone. It ends with the process, however
that ends.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from clinic_desktop.domain.refusals import Trouble

FILE, WINDOW, SENDER = "lock", "window.lock", "sync.lock"
# Touched by whoever waits for the background process to let it send for once; a mark older than this is nobody's.
WISH, WISH_SECONDS = "sync.wish", 20.0


class Lock:
    """A held lock; `release` gives it up."""

    def __init__(self, handle: int | None) -> None:
        self._handle = handle

    def release(self) -> None:
        """Give it up; doing so twice does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def share(profile: Path) -> Lock:
    """Open a profile beside others. Raises Trouble while somebody has it alone."""
    return _take(profile, alone=False)


def one_window(profile: Path) -> Lock:
    """Be the one window of a profile, until released or the process ends. Raises Trouble while there is another.

    A profile that is not there yet has no window either.
    """
    return _take(profile, alone=True, name=WINDOW) if profile.exists() else Lock(None)


def one_sender(profile: Path) -> Lock:
    """Be the one process that sends to other systems. Raises Trouble while another does."""
    return _take(profile, alone=True, name=SENDER)


def one_sender_in_turn(profile: Path, wait: Callable[[float], None], patience: float) -> Lock:
    """Be the one sender, as soon as the background process has come to the end of what it is doing.

    Raises Trouble where it has not within the patience (seconds); it goes on as it did then.
    """
    ends = time.monotonic() + patience
    mark = profile / WISH
    try:
        while True:
            try:
                return one_sender(profile)
            except Trouble:
                if time.monotonic() >= ends:
                    raise
            with contextlib.suppress(OSError):
                mark.touch()
            wait(0.25)
    finally:
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)


def somebody_waits_to_send(profile: Path) -> bool:
    """Whether a command waits for its turn to send."""
    try:
        return abs(time.time() - (profile / WISH).stat().st_mtime) < WISH_SECONDS
    except OSError:
        return False


@contextlib.contextmanager
def alone(profile: Path) -> Iterator[None]:
    """Have a profile alone. Raises Trouble while a window, its background process or a command has it open."""
    held = _take(profile, alone=True)
    try:
        yield
    finally:
        held.release()


def _take(profile: Path, *, alone: bool, name: str = FILE) -> Lock:
    try:
        handle = os.open(profile / name, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise Trouble(
            "The folder {folder} cannot be written to ({why}).",
            remedy="Check its permissions and that the disk is well; nothing was lost.",
            folder=str(profile),
            why=error.strerror or type(error).__name__,
        ) from error
    if sys.platform == "win32":
        # There an open file keeps its folder from being moved, which is what the lock is for.
        return Lock(handle)
    import fcntl

    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if name == WINDOW:
            raise Trouble(
                "The clinic in {folder} is open in a window already.",
                remedy="Go on in that one; somebody else can sign in there (Ctrl+Shift+L).",
                folder=str(profile),
            ) from error
        if name == SENDER:
            raise Trouble(
                "Another process of {folder} is sending to the connected systems.",
                remedy="It goes on by itself; “sync status” tells how far it is.",
                folder=str(profile),
            ) from error
        if alone:
            raise Trouble(
                "The clinic in {folder} is open in another window or command.",
                remedy="Close it, and wait for its background process to end; nothing was changed.",
                folder=str(profile),
            ) from error
        raise Trouble(
            "The clinic in {folder} is being restored or brought up to date.",
            remedy="Wait until that is done, then open it again.",
            folder=str(profile),
        ) from error
    return Lock(handle)
