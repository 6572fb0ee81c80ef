"""The parts of an identity card, however they are written: names, dates, heights, weights."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_CM_OF_INCH: Final = 2.54
_KG_OF_POUND: Final = 0.45359237
_COLORADO: Final = "636020"


class CardError(ValueError):
    """A card that cannot be read; `why` is a sentence for people."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, repr=False)
class Card:
    """What a card says of its holder; what it does not say is empty."""

    family: str
    given: str
    middle: str = ""
    suffix: str = ""
    born_on: date | None = None
    sex: str = ""  # male, female, or nothing: a card may leave it out or say that it is not specified
    number: str = ""
    street: str = ""
    street_second: str = ""
    city: str = ""
    state: str = ""
    postal: str = ""
    country: str = ""
    expires_on: date | None = None
    issued_on: date | None = None
    iin: str = ""
    version: int | None = None  # None of a magnetic stripe
    height_cm: int | None = None
    weight_kg: int | None = None
    name_as_written: str = ""
    shortened: tuple[str, ...] = ()  # which names the card says it has cut short

    def __repr__(self) -> str:
        return f"Card({self.iin})"

    @property
    def postal_code(self) -> str:
        """The postal code as its country writes it."""
        bare = re.sub(r"[\s-]", "", self.postal)
        if self.country == "CA" and len(bare) == 6:
            return f"{bare[:3]} {bare[3:]}".upper()
        if self.country == "US" and re.fullmatch(r"[0-9]{9}", bare):
            return bare[:5] if bare.endswith("0000") else f"{bare[:5]}-{bare[5:]}"
        return self.postal


def stripped(value: str) -> str:
    """A value with no filling around it."""
    return value.strip(" \x00\t")


def any_date(written: str) -> date | None:
    """A date of eight digits: CCYYMMDD (Canada, and everybody in version 01) or MMDDCCYY (USA).

    No date can be meant both ways: no month begins as the centuries 19 and 20 do.
    """
    digits = re.sub(r"[^0-9]", "", written)
    if len(digits) != 8:
        return None
    if 18 <= int(digits[:2]) <= 21:
        parts = digits[:4], digits[4:6], digits[6:]
    else:
        parts = digits[4:], digits[:2], digits[2:4]
    try:
        found = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
    return found if found.year >= 1800 else None


def split_name(written: str) -> tuple[str, str]:
    """Given and middle names, of which the first is the given one; commas part names where there are any."""
    names = [one for one in (re.split(r"[,$]", written) if re.search(r"[,$]", written) else written.split()) if one]
    words = [one.strip() for one in names if one.strip()]
    return (words[0], " ".join(words[1:])) if words else ("", "")


def whole_name(written: str, iin: str, version: int) -> tuple[str, str, str, str]:
    """Family, given, middle, suffix of a name in one field: in the order last, first, middle, suffix, parted by a mark.

    Colorado wrote it first, middle, last. Without a mark the last name comes first.
    """
    mark = next((one for one in ",$@" if one in written), None)
    words = [one.strip() for one in (written.split(mark) if mark else written.split())]
    while words and not words[-1]:
        words.pop()
    if iin == _COLORADO and version <= 1 and mark == "," and len(words) >= 2:
        return words[-1], words[0], " ".join(words[1:-1]), ""
    words += [""] * (4 - len(words))
    return words[0], words[1], words[2], words[3]


def centimetres(imperial: str, metric: str) -> int | None:
    """A height from ``5'-04"``, ``509`` (feet and inches), ``072 IN`` or ``180 cm``."""
    if found := re.search(r"([0-9]{2,3})\s*CM", f"{imperial} {metric}", re.IGNORECASE):
        return int(found[1])
    if metric.strip().isdigit():
        return int(metric)
    if found := re.search(r"([0-9]{2,3})\s*IN", imperial, re.IGNORECASE):
        return round(int(found[1]) * _CM_OF_INCH)
    if (found := re.fullmatch(r"\s*([3-8])\D{0,3}([01][0-9])\D{0,2}\s*", imperial)) and int(found[2]) < 12:
        return round((int(found[1]) * 12 + int(found[2])) * _CM_OF_INCH)
    if (found := re.fullmatch(r"\s*([3-8])'-?\s*([0-9])\"?\s*", imperial)) is not None:
        return round((int(found[1]) * 12 + int(found[2])) * _CM_OF_INCH)
    return None


def kilograms(pounds: str, metric: str) -> int | None:
    """A weight from pounds, or from kilograms where the card says those."""
    if found := re.search(r"([0-9]{2,3})\s*KG", f"{pounds} {metric}", re.IGNORECASE):
        return int(found[1])
    if metric.strip().isdigit() and int(metric):
        return int(metric)
    found = re.match(r"\s*([0-9]{2,3})\b", pounds)
    return round(int(found[1]) * _KG_OF_POUND) if found and int(found[1]) else None
