"""What a scan means, decided in one place: a code of our own, a pack, an identity card, or a number to look for."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from clinic_desktop.domain import cards, gs1_scan, identity_card, packs
from clinic_desktop.domain.cards import CardCode
from clinic_desktop.domain.gs1 import Gs1Error
from clinic_desktop.domain.identity_parts import Card, CardError
from clinic_desktop.domain.packs import Pack
from clinic_desktop.domain.refusals import Refusal

Kind = Literal["code", "pack", "card", "number", "text"]

SHOWN: Final = 60
_NUMBER: Final = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./_+-]{2,63}")


@dataclass(frozen=True, repr=False)
class Scan:
    """One scan with its meaning; `problem` says why it could not be read right, with `facts` to fill it."""

    raw: str
    kind: Kind
    code: CardCode | None = None
    pack: Pack | None = None
    card: Card | None = None
    number: str = ""
    problem: str = ""
    identifier: str = ""  # the element of the pack that is wrong

    def __repr__(self) -> str:
        return f"Scan({self.kind})"

    @property
    def shown(self) -> str:
        """What was read, short and with no control characters, to be said to a person."""
        words = re.sub(r"[\x00-\x1f\x7f]+", " ", self.raw).strip()
        return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def meaning(raw: str, today: date) -> Scan:
    """Decide what a scan is about. Never raises: what cannot be read is said in `problem`."""
    text = raw.strip("\r\n\t \x04")
    if cards.is_ours(text):
        try:
            return Scan(raw, "code", code=cards.read(text))
        except Refusal as error:
            return Scan(raw, "code", problem=error.message)
    if identity_card.looks_like(text):
        try:
            return Scan(raw, "card", card=identity_card.read(text))
        except CardError as error:
            return Scan(raw, "card", problem=error.why)
    try:
        found = packs.pack(text, today)
    except Gs1Error as error:
        return Scan(raw, "pack", problem=error.why, identifier=error.identifier)
    if found is not None:
        # A bare number of the right length is most likely a pack's, and may all the same be a number of somebody's.
        return Scan(raw, "pack", pack=found, number=text if text.isdigit() else "")
    plain = _without_identifier(text)
    if _NUMBER.fullmatch(plain):
        return Scan(raw, "number", number=plain)
    return Scan(raw, "text")


def _without_identifier(text: str) -> str:
    try:
        return gs1_scan.read(text).text or text if text.startswith("]") else text
    except Gs1Error:
        return text
