"""What every command is handed: where the clinic is, who signs in, and how to answer."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.reporting import clean
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.clinic import Clinic

DONE, DONE_WITH_PROBLEMS = 0, 1
# How long a command waits for the background process to let it send, and how often it says so.
TURN_SECONDS, SAY_SECONDS = 60.0, 5.0


def plain(words: str) -> str:
    """Text that moves no cursor and turns no line round, whoever wrote the names in it."""
    return "\n".join("\t".join(map(clean, line.split("\t"))) for line in words.split("\n"))


class Held(Protocol):
    """The turn to send, until it is given back."""

    def release(self) -> None:
        """Give it back."""


class Terminal:
    """One call of the command line."""

    def __init__(self, profile: Path, user: str | None, password_file: Path | None, *, as_json: bool) -> None:
        self.profile = profile
        self.user = user
        self.password_file = password_file
        self.as_json = as_json

    def answer(self, document: object, lines: Iterator[str] | Sequence[str]) -> None:
        """Print the document with ``--json``, the lines without."""
        try:
            if self.as_json:
                print(json.dumps(document, ensure_ascii=False, indent=1, default=str), flush=True)
                return
            for line in lines:
                print(plain(line))
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever reads it (`| head`) has enough: the rest, and what is flushed at the end, goes nowhere.
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())

    def progress(self, words: str) -> None:
        """Say on standard error how far it is."""
        print(plain(words), file=sys.stderr, flush=True)

    def turn_to_send(self, clinic: "Clinic") -> "Held":
        """Be the one process that sends; where the background process is sending, ask it for the turn and wait a while.

        Raises Trouble (exit 4) where it is not given.
        """
        begun = time.monotonic()
        said = 0.0

        def wait(seconds: float) -> None:
            nonlocal said
            waited = time.monotonic() - begun
            if not said or waited - said >= SAY_SECONDS:
                said = max(waited, 0.001)
                self.progress(_("another process is sending; waiting for its turn to end ({n} s)").format(
                    n=round(waited)))  # fmt: skip
            time.sleep(seconds)

        return clinic.send_in_turn(wait, TURN_SECONDS)

    def password(self) -> str:
        """The password of ``--user``, from its file; one line end at its end is not a part of it."""
        if self.user is None or self.password_file is None:
            raise Refusal(N_("Sign in: --user USER --password-file F."), field="user")
        return read_secret(self.password_file)

    @contextmanager
    def signed_in(self) -> Iterator["SignedIn"]:
        """Open the clinic for the length of one command."""
        # The store and the vault cost half a second to import: `doctor` and `--help` do without.
        from clinic_desktop.services.clinic import open_clinic
        from clinic_desktop.services.hardening import harden_process

        harden_process()  # before there is a key in this process
        password = self.password()
        clinic, desk = open_clinic(self.profile, self.user or "", password, process="command")
        for notice in clinic.notices:
            self.progress(_(notice))
        try:
            yield SignedIn(clinic, desk)
        finally:
            try:
                clinic.sign_out(desk, "command ended")
            finally:
                clinic.close()


class SignedIn:
    """An open clinic and a desk in it."""

    def __init__(self, clinic: "Clinic", desk: "Desk") -> None:
        self.clinic = clinic
        self.desk = desk


def parser(word: str, about: str) -> argparse.ArgumentParser:
    """Make the parser of one command."""
    return argparse.ArgumentParser(prog=f"clinic-desktop {word}", description=about)


def read_secret(path: Path) -> str:
    """Read a password or a key from a file; raises Trouble naming the file, never its content."""
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(
            "The file {path} could not be read.", remedy="Check the name and its permissions.", path=str(path)
        ) from error
