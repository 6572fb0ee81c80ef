"""The codes on our own cards and labels: which record, and a check; never a name, a date or a clinical fact.

``CD1:P:MRN-A7-000123-4:K7`` is the patient's card: version, kind, number, check. All of it stands in the alphabet that
a QR code writes shortest (ISO/IEC 18004, 7.4.4), and survives a scanner that types it in capitals or in small letters.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, unquote

from clinic_desktop.domain.numbers import ALPHABET
from clinic_desktop.domain.refusals import Refusal

CodeKind = Literal["patient", "specimen", "medicine", "lot", "receipt"]

VERSION: Final = "CD1"
LETTERS: Final[dict[CodeKind, str]] = {"patient": "P", "specimen": "S", "medicine": "D", "lot": "L", "receipt": "R"}
# What a medicine or a lot is called is an id, which is kept in small letters; numbers are kept in capitals.
_IDS: Final = frozenset({"medicine", "lot"})
_KINDS: Final = {letter: kind for kind, letter in LETTERS.items()}
_LONGEST: Final = 200
_SHAPE: Final = re.compile(r"CD([0-9]+):([A-Z]):([A-Z0-9.%-]+):([A-Z0-9]{2})")
_VALUES: Final = {letter: value for value, letter in enumerate(f"{ALPHABET}:-.%")}
# What a scanner puts before the data to say which symbology it read (ISO/IEC 15424).
_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")


@dataclass(frozen=True)
class CardCode:
    """What a code of ours names: `value` is the MRN, the specimen's or payment's number, or the record's id."""

    kind: CodeKind
    value: str


def write(kind: CodeKind, value: str) -> str:
    """The code of a record. Raises Refusal where there is nothing to name, or it is longer than a card takes."""
    named = quote(value.strip().upper(), safe="").replace("_", "%5F").replace("~", "%7E")
    if not named:
        raise Refusal("There is no number to write into the code.", field="code")
    body = f"{VERSION}:{LETTERS[kind]}:{named}"
    if len(body) > _LONGEST:
        raise Refusal("This number is too long for a code.", field="code")
    return f"{body}:{_check(body)}"


def is_ours(text: str) -> bool:
    """Whether a scanned text is meant as a code of ours, sound or damaged."""
    return re.match(r"CD\d+:", _stripped(text)) is not None


def read(text: str) -> CardCode:
    """What a scanned code names. Raises Refusal where it is not ours, of a later version, or was not read right."""
    whole = _stripped(text)
    found = _SHAPE.fullmatch(whole)
    if found is None or len(whole) > _LONGEST + 3 or found[4] != _check(whole[:-3]):
        raise Refusal("This code was not read right: scan it again, or type the number under it.", field="code")
    if found[1] != VERSION[2:] or found[2] not in _KINDS:
        raise Refusal("This code was printed by a newer Clinic Desktop: type the number under it.", field="code")
    kind = _KINDS[found[2]]
    try:
        value = unquote(found[3], errors="strict")
    except UnicodeDecodeError as error:
        raise Refusal(
            "This code was not read right: scan it again, or type the number under it.", field="code"
        ) from error
    return CardCode(kind, value.lower() if kind in _IDS else value)


def _stripped(text: str) -> str:
    whole = text.strip()
    if marked := _SYMBOLOGY.match(whole):
        whole = whole[marked.end() :]
    return whole.upper()


def _check(body: str) -> str:
    """The two characters of ISO/IEC 7064 MOD 1271-36, signs valued on from 36.

    1271 is 31 times 41, so that neither one wrong character nor two neighbours that changed places can go unseen.
    """
    product = 0
    for letter in body:
        product = (product + _VALUES[letter]) * 36 % 1271
    check = (1 - product * 36) % 1271
    return ALPHABET[check // 36] + ALPHABET[check % 36]
