"""The bytes of a scanner that read a pack; what they say is for `domain.packs`."""

from datetime import date

from clinic_desktop.domain import packs
from clinic_desktop.domain.gs1 import LONGEST, Gs1Error
from clinic_desktop.domain.packs import Pack


def text(raw: bytes) -> str:
    """The text of a scan: everything GS1 may carry is ASCII. Raises Gs1Error."""
    if len(raw) > LONGEST:
        raise Gs1Error("there is too much of it")
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise Gs1Error("it has a character that may not stand there") from error


def read(raw: bytes, today: date) -> Pack | None:
    """The pack that a scanner read; None where it was something else. Raises Gs1Error naming the identifier."""
    return packs.pack(text(raw), today)
