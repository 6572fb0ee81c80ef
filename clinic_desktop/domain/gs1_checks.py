"""The checks of the parts of a GS1 element, each by the word that the table of identifiers uses for it.

A check says in words what is wrong, or nothing. Source: GS1 General Specifications, section 3 and 7.9 (check digits).
"""

import re
from calendar import monthrange
from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final

from clinic_desktop.domain.gs1_coupons import couponcode, couponposoffer
from clinic_desktop.domain.gs1_lists import COUNTRIES, COUNTRY_LETTERS, CURRENCIES, PACKAGES

CSET82: Final = "!\"%&'()*+,-./" + digits + ":;<=>?" + ascii_uppercase + "_" + ascii_lowercase
CSET39: Final = "#-/" + digits + ascii_uppercase
CSET32: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_BASE64: Final = ascii_uppercase + ascii_lowercase + digits + "-_"
_SHORTEST_PREFIX: Final = 4  # the shortest GS1 company prefix
_PRIMES: Final = [n for n in range(2, 510) if all(n % d for d in range(2, int(n**0.5) + 1))]


def check_digit(body: str) -> str:
    """The last digit of a GTIN, an SSCC or a GLN, from the digits before it (weights 3 and 1 from the right)."""
    total = sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(reversed(body)))
    return str(-total % 10)


def check_pair(body: str) -> str:
    """The two check characters of a global model number (General Specifications 7.9.5)."""
    total = sum(CSET82.index(one) * _PRIMES[place] for place, one in enumerate(reversed(body))) % 1021
    return CSET32[total >> 5] + CSET32[total & 31]


def _of(letters: str, words: str) -> Callable[[str], str]:
    allowed = frozenset(letters)
    return lambda text: "" if allowed.issuperset(text) else words


csetnumeric = _of(digits, "it has a character that is no digit")


def _cset64(text: str) -> str:
    bare = text.rstrip("=")
    if len(text) - len(bare) > 2 or (bare != text and len(text) % 3):
        return "its filling at the end is not right"
    return _of(_BASE64, "it has a character that is not of base64url")(bare)


def _csum(text: str) -> str:
    if not text.isascii() or not text.isdigit():
        return "it has a character that is no digit"
    return "" if text[-1] == check_digit(text[:-1]) else "its check digit does not fit the others"


def _csumalpha(text: str) -> str:
    if len(text) < 2:
        return "it is too short for its check characters"
    if len(text) - 2 > len(_PRIMES):
        return "it is too long"
    body, pair = text[:-2], text[-2:]
    if not set(CSET82).issuperset(body) or not set(CSET32).issuperset(pair):
        return "it has a character that may not stand there"
    return "" if pair == check_pair(body) else "its check characters do not fit the others"


def _prefix(text: str) -> str:
    if len(text) < _SHORTEST_PREFIX:
        return "it is too short for a company prefix"
    return csetnumeric(text[:_SHORTEST_PREFIX]) and "it does not begin with a company prefix"


def _day(year: int, month: str, day: str, *, open_day: bool) -> str:
    if not 1 <= int(month) <= 12:
        return "there is no such month"
    least = 0 if open_day else 1
    return "" if least <= int(day) <= monthrange(year, int(month))[1] else "there is no such day"


def _date(digit_count: int, *, open_day: bool) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) != digit_count:
            return f"a date has {digit_count} digits"
        if wrong := csetnumeric(text):
            return wrong
        # Two digits name a year of 1950 to 2049 or so; among those only the rule of four decides about a leap day.
        year = int(text[:-4]) if digit_count == 8 else 2000 + int(text[:2])
        return _day(max(year, 1), text[-4:-2], text[-2:], open_day=open_day)

    return check


def _clock(most: int, words: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) != 2:
            return "it has two digits"
        return csetnumeric(text) or ("" if int(text) <= most else words)

    return check


_hh, _mi, _ss = _clock(23, "there is no such hour"), _clock(59, "there is no such minute"), _clock(59, "no such second")


def _hhmi(text: str) -> str:
    return "it has four digits" if len(text) != 4 else _hh(text[:2]) or _mi(text[2:])


def _nonzero(text: str) -> str:
    return csetnumeric(text) or ("" if text.strip("0") else "it may not be zero")


def _pieceoftotal(text: str) -> str:
    if not text or len(text) % 2:
        return "it is no piece and total of the same length"
    if wrong := csetnumeric(text):
        return wrong
    piece, total = int(text[: len(text) // 2]), int(text[len(text) // 2 :])
    if not piece or not total:
        return "a piece and its total are not zero"
    return "" if piece <= total else "the piece is more than the total"


def _posinseqslash(text: str) -> str:
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    if found is None:
        return "it is no place in a sequence, as 1/2"
    if found[1].startswith("0") or found[2].startswith("0"):
        return "its numbers do not begin with zero"
    return "" if int(found[1]) <= int(found[2]) else "the place is behind the end"


def _iban(text: str) -> str:
    if len(text) < 4:
        return "it is too short for a bank account"
    if text[:2] not in COUNTRY_LETTERS:
        return "it does not begin with a country"
    if not 10 < len(text) <= 34:
        return "a bank account has 11 to 34 characters"
    if re.fullmatch(r"[0-9A-Z]+", text) is None:
        return "it has a character that may not stand there"
    # ISO 7064 MOD 97-10 over the number with its first four characters put last.
    return "" if int("".join(str(int(one, 36)) for one in text[4:] + text[:4])) % 97 == 1 else "its check does not fit"


def _within(most: int, words: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) != 10:
            return "it has ten digits"
        return csetnumeric(text) or ("" if int(text) <= most else words)

    return check


def _in(allowed: frozenset[str], words: str) -> Callable[[str], str]:
    return lambda text: "" if text in allowed else words


def _pcenc(text: str) -> str:
    return "a per cent sign is not followed by two hexadecimal digits" if re.search("%(?![0-9A-Fa-f]{2})", text) else ""


def _nozeroprefix(text: str) -> str:
    return csetnumeric(text) or ("it does not begin with zero" if text.startswith("0") and len(text) > 1 else "")


CHECKS: Final[dict[str, Callable[[str], str]]] = {
    "csetnumeric": csetnumeric,
    "cset82": _of(CSET82, "it has a character that may not stand there"),
    "cset39": _of(CSET39, "it has a character that may not stand there"),
    "cset64": _cset64,
    "csum": _csum,
    "csumalpha": _csumalpha,
    "gcppos1": _prefix,
    "gcppos2": lambda text: _prefix(text[1:]),
    "yymmdd": _date(6, open_day=False),
    "yymmd0": _date(6, open_day=True),
    "yyyymmdd": _date(8, open_day=False),
    "yyyymmd0": _date(8, open_day=True),
    "hh": _hh,
    "mi": _mi,
    "ss": _ss,
    "hhmi": _hhmi,
    "nonzero": _nonzero,
    "zero": lambda text: csetnumeric(text) or ("it is not zero" if text.strip("0") else ""),
    "nozeroprefix": _nozeroprefix,
    "hasnondigit": lambda text: "" if csetnumeric(text) else "it has digits alone",
    "hyphen": lambda text: "it is no minus sign" if text.strip("-") else "",
    "pieceoftotal": _pieceoftotal,
    "posinseqslash": _posinseqslash,
    "iban": _iban,
    "iso3166": _in(COUNTRIES, "there is no such country"),
    "iso3166999": _in(COUNTRIES | {"999"}, "there is no such country"),
    "iso3166alpha2": _in(COUNTRY_LETTERS, "there is no such country"),
    "iso4217": _in(CURRENCIES, "there is no such currency"),
    "iso5218": _in(frozenset("0129"), "there is no such sex code"),
    "yesno": _in(frozenset("01"), "it is neither 0 nor 1"),
    "winding": _in(frozenset("019"), "it is none of 0, 1 and 9"),
    "mediatype": _in(frozenset(f"{n:02d}" for n in (*range(1, 11), *range(80, 100))), "there is no such kind of label"),
    "packagetype": _in(PACKAGES, "there is no such package"),
    "importeridx": _in(frozenset("-_" + digits + ascii_uppercase + ascii_lowercase), "it is one letter, digit, - or _"),
    "latitude": _within(1_800_000_000, "there is no such latitude"),
    "longitude": _within(3_600_000_000, "there is no such longitude"),
    "pcenc": _pcenc,
    "couponcode": couponcode,
    "couponposoffer": couponposoffer,
}
