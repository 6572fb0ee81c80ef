"""Examining a file before it may become a document: read whole, looked at by its own bytes, never by its name."""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from clinic_desktop.domain import contents
from clinic_desktop.domain.documents import kept_name
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.pdf_reader import MOST_PAGES, read_pdf

IN_ACT = ("examine_file", "examine", "take_as_it_is")


@dataclass(frozen=True)
class Examined:
    """A content that may be kept: its bytes, what they are, its text where it has one, and what it was called."""

    content: bytes = field(repr=False)
    media_type: str
    pages: int | None = None
    text: str = field(default="", repr=False)
    file_name: str = field(default="", repr=False)

    @property
    def sha256(self) -> str:
        """The hash it is found by."""
        return hashlib.sha256(self.content).hexdigest()


def examine_file(path: Path, limit_mb: int) -> Examined:
    """Read a file that a person chose, and examine it. Raises Refusal naming it."""
    name = kept_name(path.name) or "?"
    try:
        # Opened without waiting: a named pipe would stop the window's worker for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise Refusal(N_("“{name}” is not a file."), field="file", name=name)
            contents.require_size(found.st_size, limit_mb, name)
            data = file.read(limit_mb * contents.MEGABYTE + 1)
    except FileNotFoundError as error:
        raise Refusal(N_("The file “{name}” is not there any more."), field="file", name=name) from error
    except OSError as error:
        raise Refusal(
            N_("The file “{name}” could not be read ({why})."),
            field="file",
            name=name,
            why=error.strerror or type(error).__name__,
        ) from error
    if len(data) < found.st_size:
        raise Refusal(N_("The file “{name}” grew shorter while it was read. Add it again."), field="file", name=name)
    return examine(data, path.name, limit_mb)


def examine(data: bytes, file_name: str, limit_mb: int = contents.DEFAULT_LIMIT_MB) -> Examined:
    """Say what a content is and read its text. Raises Refusal naming the file where it cannot be kept."""
    kept = kept_name(file_name)
    name = kept or "?"
    contents.require_size(len(data), min(limit_mb, contents.HIGHEST_LIMIT_MB), name)
    found = contents.look_at(data, name)
    if found.media_type == contents.PDF:
        return _pdf(data, kept, name)
    text = contents.read_text(data) or "" if found.media_type in (contents.TEXT, contents.XML) else ""
    return Examined(data, found.media_type, None, text, kept)


def take_as_it_is(data: bytes, file_name: str, limit_mb: int = contents.DEFAULT_LIMIT_MB) -> Examined:
    """Examine what another system holds; what this program cannot show is kept too, and is only ever handed on.

    Raises Refusal where it is empty or too large.
    """
    try:
        return examine(data, file_name, limit_mb)
    except Refusal:
        kept = kept_name(file_name)
        contents.require_size(len(data), min(limit_mb, contents.HIGHEST_LIMIT_MB), kept or "?")
        return Examined(data, contents.BINARY, None, "", kept)


_WRONG = {
    "broken": N_("The file “{name}” is damaged or only half there."),
    "locked": N_("The PDF “{name}” is locked with a password. Ask for one without."),
    "pages": N_("The PDF “{name}” has too many pages: {limit} at most. Add it in parts."),
    "size": N_("The PDF “{name}” has a page that is too large to be shown."),
    "bomb": N_("The PDF “{name}” needs more memory or time to be opened than is safe. It was not kept."),
}


def _pdf(data: bytes, kept: str, name: str) -> Examined:
    found = read_pdf(data)
    if found.wrong:
        raise Refusal(_WRONG[found.wrong], field="file", name=name, limit=MOST_PAGES, wrong=found.wrong)
    return Examined(data, contents.PDF, found.pages, found.text, kept)
