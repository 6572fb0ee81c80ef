"""The letterbox of a clinic: what arrives while nobody has the key lies here, sealed, until somebody has it.

A message is durable, its file and its name, before `put` returns. The folder holds nothing in clear but the public key;
whether that is the clinic's own can be told only by who holds the data key.
"""

import contextlib
import json
import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.vault import letterbox as sealing
from clinic_desktop.vault.durable import sync_folder, write_durably
from clinic_desktop.vault.letterbox import DamagedError, OtherKeyError

log = logging.getLogger(__name__)

# Nobody is signed in: the key itself is the permission to take out, and to put in needs none.
IN_ACT = ("is_own_key", "carry_over", "note_tokens", "noted_tokens", "note_names", "noted_names")

FOLDER, KEY_FILE, LOST, DEVICES, NAMES = "letterbox", "public-key", "lost", "devices", "public-names"
LARGEST = 64 * 1024 * 1024
MOST_MESSAGES = 50_000
MOST_BYTES = 2 * 1024**3
# What the disk must still have free afterwards: the database needs room of its own when it is opened again.
SPARE_BYTES = 128 * 1024**2
HALF_WRITTEN_SECONDS = 3600.0
_NAME = re.compile(r"(\d{12})-[0-9a-f]{16}\.sealed")

_FULL = N_("What arrived while the clinic was locked has used up the room that is kept for it.")
_SIGN_IN = N_("Sign in, so that it can be filed.")


def is_own_key(profile: Path, data_key: bytes) -> bool:
    """Put the clinic's public key in its place; False where another stood there. Raises Trouble."""
    own = sealing.public_key(data_key)
    path = profile / FOLDER / KEY_FILE
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        found = None
    except OSError:
        found = b""
    if found == own:
        return True
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_durably(path, own)
    except OSError as error:
        raise _not_written(error) from error
    return found is None


def note_tokens(profile: Path, known: Mapping[str, tuple[str, str]]) -> None:
    """Note whose requests may be sealed: the hashes of their tokens with id and kind of each device. Raises Trouble.

    A token has 256 bits: its hash opens nothing. What is sealed is proved again before it is filed.
    """
    if noted_tokens(profile) != known:
        _note(profile, DEVICES, known)


def noted_tokens(profile: Path) -> dict[str, tuple[str, str]] | None:
    """What was noted last; None where nothing was, or it cannot be read."""
    try:
        found = json.loads((profile / FOLDER / DEVICES).read_bytes())
        return {str(hashed): (str(device), str(kind)) for hashed, (device, kind) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def note_names(profile: Path, names: Iterable[str]) -> None:
    """Note the public names under which connected systems call, so that they are told to come again. Raises Trouble."""
    if noted_names(profile) != frozenset(names):
        _note(profile, NAMES, sorted(names))


def noted_names(profile: Path) -> frozenset[str]:
    """The names that were noted last; none where nothing was, or it cannot be read."""
    try:
        found = json.loads((profile / FOLDER / NAMES).read_bytes())
        return frozenset(str(one) for one in found if isinstance(one, str))
    except (OSError, ValueError, TypeError):
        return frozenset()


def _note(profile: Path, name: str, content: object) -> None:
    try:
        (profile / FOLDER).mkdir(mode=0o700, exist_ok=True)
        write_durably(profile / FOLDER / name, json.dumps(content).encode())
    except OSError as error:
        raise _not_written(error) from error


def carry_over(old: Path, new: Path) -> int:
    """Bring the messages that wait in a folder that was moved aside into the one that took its place; how many."""
    box = Letterbox(old)
    waiting = box.waiting()
    try:
        (new / FOLDER).mkdir(mode=0o700, exist_ok=True)
        for path in waiting:
            write_durably(new / FOLDER / path.name, path.read_bytes())
    except OSError as error:
        raise _not_written(error) from error
    return len(waiting)


class Letterbox:
    """The letterbox of one profile. Any number of threads may put in; `free` says how many bytes the disk has left."""

    def __init__(
        self,
        profile: Path,
        *,
        most: int = MOST_MESSAGES,
        most_bytes: int = MOST_BYTES,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder = profile / FOLDER
        self._most, self._most_bytes, self._free = most, most_bytes, free
        self._guard = threading.Lock()
        self._sweep()
        waiting = self.waiting()
        self._last = max((_number(path) for path in waiting), default=0)
        self._count = len(waiting)
        self._bytes = sum(map(_size, waiting))

    def waiting(self) -> list[Path]:
        """What lies in the box, in the order in which it came."""
        try:
            found = [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
        except OSError:
            return []
        return sorted(found)

    def put(self, content: bytes) -> None:
        """Seal a message; it is durable when this returns. Raises Trouble where it is not, and keeps nothing then."""
        with self._guard:
            size = len(content) + sealing.OVERHEAD
            self._require_room(size)
            sealed = self._sealed(content)
            self._last = max(self._last, 0) + 1
            path = self._folder / f"{self._last:012d}-{secrets.token_hex(8)}.sealed"
            try:
                write_durably(path, sealed)
            except OSError as error:
                raise _not_written(error) from error
            self._count += 1
            self._bytes += size

    def take(self, path: Path, data_key: bytes) -> bytes:
        """Open one that waits. Raises OtherKeyError and DamagedError for what will never be opened; OSError."""
        with path.open("rb") as file:
            sealed = file.read(LARGEST + sealing.OVERHEAD + 1)
        if len(sealed) > LARGEST + sealing.OVERHEAD:
            raise DamagedError("longer than any message")
        return sealing.unseal(data_key, sealed)

    def remove(self, path: Path) -> None:
        """Throw away what was filed. Raises OSError."""
        self._gone(path, path.unlink)

    def set_aside(self, path: Path) -> None:
        """Put what cannot be opened where it is kept and looked at no more. Raises OSError."""
        lost = self._folder / LOST
        lost.mkdir(mode=0o700, exist_ok=True)
        self._gone(path, lambda: path.rename(lost / path.name))
        sync_folder(lost)

    def _sweep(self) -> None:
        """Throw away what a killed process left half-written: nobody was told that it was kept."""
        for left in self._folder.glob(".*.sealed.????????"):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > HALF_WRITTEN_SECONDS:
                    left.unlink()

    def _gone(self, path: Path, act: Callable[[], object]) -> None:
        with self._guard:
            try:
                size = path.stat().st_size
                act()
            except FileNotFoundError:
                return  # another process of this clinic was sooner
            sync_folder(self._folder)
            self._count = max(0, self._count - 1)
            self._bytes = max(0, self._bytes - size)

    def _sealed(self, content: bytes) -> bytes:
        try:
            return sealing.seal((self._folder / KEY_FILE).read_bytes(), content)
        except FileNotFoundError as error:
            raise Trouble(
                N_("This clinic was never opened here, so that nothing can be sealed for it."), remedy=_SIGN_IN
            ) from error
        except (OSError, ValueError) as error:
            raise Trouble(N_("The public key of this clinic cannot be used."), remedy=_SIGN_IN) from error

    def _require_room(self, size: int) -> None:
        if size > LARGEST:
            raise Trouble(N_("This message is too long to be sealed."), remedy=_SIGN_IN)
        if self._count >= self._most or self._bytes + size > self._most_bytes:
            waiting = self.waiting()  # another process may have filed some
            self._count, self._bytes = len(waiting), sum(map(_size, waiting))
            if self._count >= self._most or self._bytes + size > self._most_bytes:
                raise Trouble(_FULL, remedy=_SIGN_IN)
        try:
            free = self._free(self._folder)
        except OSError as error:
            raise _not_written(error) from error
        if free - size < SPARE_BYTES:
            raise Trouble(N_("The disk is nearly full."), remedy=N_("Make room on the disk."))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # another process of this clinic has filed it meanwhile


def _number(path: Path) -> int:
    return int(path.name[:12])


def _not_written(error: OSError) -> Trouble:
    return Trouble(
        N_("What arrived could not be kept ({why})."),
        remedy=N_("Check the disk and the permissions of the clinic's folder."),
        why=error.strerror or type(error).__name__,
    )


__all__ = ["DamagedError", "Letterbox", "OtherKeyError", "carry_over", "is_own_key"]
