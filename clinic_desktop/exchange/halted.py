"""An import or an export that the machine stops: the person is told in which file and where, and how to go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_, _


@contextmanager
def naming(file: Path, where: str) -> Iterator[None]:
    """Write one batch of a file; trouble with the machine names the file and the place it stopped at."""
    try:
        yield
    except Trouble as error:
        raise Trouble(
            N_("{what} The import stopped in {file} at {where}: what stands before it is in, nothing from there on."),
            remedy=N_("{then} Bring the same files in again: it goes on, and doubles nothing."),
            what=_(error.message).format(**error.facts), then=_(error.remedy).format(**error.facts), file=str(file),
            where=where,
        ) from error  # fmt: skip


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Write a file; what the machine has against it names the file, which a full disk by itself does not."""
    try:
        yield
    except OSError as error:
        raise Trouble(
            N_("{file} could not be written: {why}."), remedy=N_("Make room, or choose another place."),
            file=str(file), why=error.strerror or type(error).__name__,
        ) from error  # fmt: skip
