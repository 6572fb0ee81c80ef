"""Slowing down guesses: five tries, then a wait that doubles up to 15 minutes, and never a lock-out."""

import contextlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.vault.durable import write_durably

_log = logging.getLogger(__name__)

FREE_TRIES = 5
FIRST_WAIT = 30
LONGEST_WAIT = 15 * 60


@dataclass
class _Tally:
    failures: int
    last_at: str


def wait_after(failures: int) -> int:
    """Seconds to wait after so many failures in a row."""
    if failures < FREE_TRIES:
        return 0
    # The shift is held down because nothing sensible needs a number of a million bits.
    return min(FIRST_WAIT << min(failures - FREE_TRIES, 16), LONGEST_WAIT)


class Attempts:
    """The failures since each person's last success, kept in a file which a restart does not empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten: dict[str, _Tally] = {}  # what a full disk did not take

    def failures(self, who: str) -> int:
        """How often in a row it went wrong."""
        tally = self._read().get(who)
        return tally.failures if tally else 0

    def begin(self, who: str, now: datetime, *, durable: bool = True) -> int:
        """Count a try as failed before it is made, so that killing the program gains nothing.

        Returns the failures before it. Raises Refusal while the person must wait, and Trouble where the try cannot be
        written down and has to be (`durable`).
        """
        with self._alone():
            tallies = self._read()
            tally = tallies.get(who) or _Tally(0, to_text(now))
            self._hold_back(tallies, tally, now)
            before = tally.failures
            tallies[who] = _Tally(before + 1, to_text(now))
            try:
                self._write(tallies)
            except Trouble:
                if durable:
                    raise
                self._unwritten[who] = tallies[who]
            return before

    def succeeded(self, who: str) -> None:
        """Forget a person's failures."""
        self._unwritten.pop(who, None)
        with self._alone():
            tallies = self._read()
            if tallies.pop(who, None):
                try:
                    self._write(tallies)
                except Trouble:
                    _log.warning("the sign-in attempts could not be forgotten")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else read and write meanwhile: guesses made side by side are each counted."""
        if sys.platform == "win32":
            yield
            return
        import fcntl

        try:
            handle = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            # What cannot be written to is said by the one who writes.
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _hold_back(self, tallies: dict[str, _Tally], tally: _Tally, now: datetime) -> None:
        if now < from_text(tally.last_at):
            # The clock was moved back: the wait starts again from here, else it could last for years.
            tally.last_at = to_text(now)
            self._write(tallies)
        left = wait_after(tally.failures) - (now - from_text(tally.last_at)).total_seconds()
        if left > 0:
            raise Refusal(
                N_("Too many wrong passwords. Wait {seconds} seconds, then try again."),
                field="password",
                seconds=max(1, round(left)),
            )

    def _read(self) -> dict[str, _Tally]:
        try:
            stored = json.loads(self._path.read_text("utf-8"))
            kept = {str(who): _Tally(int(t["failures"]), to_text(from_text(t["last_at"]))) for who, t in stored.items()}
            return kept | self._unwritten
        except FileNotFoundError:
            return dict(self._unwritten)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # A damaged tally must not keep a clinic out of its charts; it is said in the log and begun again.
            _log.warning("the file of sign-in attempts could not be read and is begun again")
            return {}

    def _write(self, tallies: dict[str, _Tally]) -> None:
        try:
            write_durably(self._path, json.dumps({k: asdict(t) for k, t in tallies.items()}).encode())
        except OSError as error:
            raise Trouble(
                N_("The clinic's folder cannot be written to."),
                remedy=N_("Check that {folder} is not read-only and that the disk is not full."),
                folder=str(self._path.parent),
            ) from error
