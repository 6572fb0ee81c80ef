"""The bytes of a card reader as text; what they say is for `domain.identity_card`."""

from clinic_desktop.domain import identity_card
from clinic_desktop.domain.identity_card import LONGEST
from clinic_desktop.domain.identity_parts import Card, CardError


def text(raw: bytes) -> str:
    """The text of a card: UTF-8 where it is, else ISO 8859-1 as the standard has it. Raises CardError."""
    if len(raw) > LONGEST:
        raise CardError("There is too much of it for a card.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def read(raw: bytes) -> Card:
    """What the bytes of a card say. Raises CardError."""
    return identity_card.read(text(raw))
