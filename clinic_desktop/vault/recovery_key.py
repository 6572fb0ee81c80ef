"""The recovery key on paper: four lines of letters, each with its own check, so a slip is found by line."""

import hashlib
import secrets

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

# Crockford's base 32: no I, L, O or U, so nothing on paper is mistaken for something else.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_LINES = 4
_LINE_BYTES = 8
_CHECK_BITS = 11
_LINE_SYMBOLS = 15
_GROUP = 5


def new_recovery_key() -> bytes:
    """Draw 256 random bits."""
    return secrets.token_bytes(_LINES * _LINE_BYTES)


def to_paper(key: bytes) -> str:
    """Write a key as four lines of three groups of five letters."""
    return "\n".join(_write_line(n, _part(key, n)) for n in range(_LINES))


def from_paper(text: str) -> bytes:
    """Read a key as a person types it: case, spaces, dashes and O0 I1 L1 do not matter. Raises Refusal."""
    letters = "".join(c for c in text.upper() if c.isalnum()).translate(_READ_AS)
    wrong = sorted(set(letters) - set(_ALPHABET))
    if wrong:
        raise Refusal(
            N_("The recovery key never contains “{letter}”. Check what was typed."),
            field="recovery_key",
            letter=wrong[0],
        )
    if len(letters) != _LINES * _LINE_SYMBOLS:
        raise Refusal(
            N_("The recovery key has {expected} letters and digits; {count} were typed."),
            field="recovery_key",
            expected=_LINES * _LINE_SYMBOLS,
            count=len(letters),
        )
    return b"".join(_read_line(n, letters[n * _LINE_SYMBOLS : (n + 1) * _LINE_SYMBOLS]) for n in range(_LINES))


def _part(key: bytes, line: int) -> bytes:
    return key[line * _LINE_BYTES : (line + 1) * _LINE_BYTES]


def _check(line: int, part: bytes) -> int:
    # The line's number is part of its check, so two lines in the wrong order are noticed too.
    digest = hashlib.sha256(b"clinic-desktop recovery line" + bytes([line]) + part).digest()
    return int.from_bytes(digest[:2], "big") >> (16 - _CHECK_BITS)


def _write_line(line: int, part: bytes) -> str:
    value = int.from_bytes(part, "big") << _CHECK_BITS | _check(line, part)
    letters = "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(_LINE_SYMBOLS)))
    return " ".join(letters[at : at + _GROUP] for at in range(0, _LINE_SYMBOLS, _GROUP))


def _read_line(line: int, letters: str) -> bytes:
    value = 0
    for letter in letters:
        value = value << 5 | _ALPHABET.index(letter)
    part = (value >> _CHECK_BITS).to_bytes(_LINE_BYTES, "big")
    if value & (1 << _CHECK_BITS) - 1 != _check(line, part):
        raise Refusal(
            N_("Line {line} of the recovery key does not read right. Compare it with the paper."),
            field="recovery_key",
            line=line + 1,
        )
    return part
