"""What a scanner sends, with the symbology identifier before it, read as GS1 data, a retail number, or other text.

Sources: ISO/IEC 15424 (symbology identifiers), GS1 General Specifications 5.1.2 (which of them carry elements) and
7.2.8 (messages of composite symbols).
"""

import re
from dataclasses import dataclass
from typing import Final

from clinic_desktop.domain import gs1, gs1_link
from clinic_desktop.domain.gs1 import FNC1, GS, Element, Gs1Error
from clinic_desktop.domain.gs1_checks import check_digit

# Each carries element strings after its FNC1 in the first position.
_ELEMENTS: Final = {
    "C1": "GS1-128", "e0": "GS1 DataBar", "e1": "GS1 Composite", "e2": "GS1 Composite", "d2": "GS1 DataMatrix",
    "Q3": "GS1 QR Code", "J1": "GS1 DotCode",
}  # fmt: skip
# A retail symbol: how many digits it has; E1 and E2 are the two and the five digits beside it alone.
_RETAIL: Final = {"E0": 13, "E3": 13, "E4": 8}
_OTHER: Final = {
    "A": "Code 39", "B": "Telepen", "C": "Code 128", "E": "EAN/UPC", "F": "Codabar", "G": "Code 93", "H": "Code 11",
    "I": "Interleaved 2 of 5", "J": "DotCode", "L": "PDF417", "M": "MSI", "O": "Codablock", "Q": "QR Code",
    "R": "Straight 2 of 5", "U": "MaxiCode", "d": "Data Matrix", "z": "Aztec",
}  # fmt: skip
_IDENTIFIER: Final = re.compile(r"\]([A-Za-z])([0-9A-Za-z])")
_MAY_BE_EMPTY: Final = frozenset("QdJ")


@dataclass(frozen=True)
class Scan:
    """One scan: `symbology` in words, and its elements, or a retail number of 8 or 13 digits, or text."""

    symbology: str
    elements: tuple[Element, ...] = ()
    number: str = ""
    text: str = ""

    @property
    def canonical(self) -> str:
        """One spelling: ``^`` for FNC1, ``|`` before the elements of a composite, a backslash before ``^`` in text."""
        said = gs1.message(self.elements) if self.elements else ""
        if self.number:
            return f"{self.number}|{said}" if said else self.number
        if self.text:
            return ("\\" if re.match(r"\\*\^", self.text) else "") + self.text
        return said


def read(raw: str) -> Scan:
    """Read scan data that begins with a symbology identifier. Raises Gs1Error naming what is wrong."""
    if len(raw) > gs1.LONGEST:
        raise Gs1Error("there is too much of it")
    found = _IDENTIFIER.match(raw)
    if found is None:
        raise Gs1Error("it does not begin with a symbology identifier")
    which, data = found[1] + found[2], raw[found.end() :]
    if which in _ELEMENTS:
        return Scan(_ELEMENTS[which], _elements(data))
    if which in _RETAIL:
        return _retail(data, _RETAIL[which], addon=which == "E3")
    if which[0] not in _OTHER:
        raise Gs1Error("no such symbology is known")
    if not data and which[0] not in _MAY_BE_EMPTY:
        raise Gs1Error("there is nothing in it")
    return Scan(_OTHER[which[0]], text=data)


def _elements(data: str) -> tuple[Element, ...]:
    if FNC1 in data:
        raise Gs1Error("it has a ^, which may not stand there")
    return gs1.elements(FNC1 + data.replace(GS, FNC1))


def _retail(data: str, length: int, *, addon: bool) -> Scan:
    number, bar, rest = data.partition("|")
    beside = number[length:]
    if addon and len(beside) in {2, 5} and beside.isdigit():
        number = number[:length]
    if len(number) != length or not number.isascii() or not number.isdigit():
        raise Gs1Error(f"it has not {length} digits")
    if number[-1] != check_digit(number[:-1]):
        raise Gs1Error("its check digit does not fit the others")
    name = "EAN-8" if length == 8 else "EAN-13"
    if not bar:
        return Scan(name, number=number)
    found = _IDENTIFIER.match(rest)
    if found is None or found[0] not in {"]e0", "]e1", "]e2"}:
        raise Gs1Error("what stands beside it is no composite part")
    return Scan(name, _elements(rest[found.end() :]), number)


def trade_number(digits: str) -> str:
    """A GTIN of 14 digits from a number of 8, 12, 13 or 14 digits with a check digit that fits; else nothing."""
    if re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", digits) is None or not digits.strip("0"):
        return ""
    return digits.zfill(14) if digits[-1] == check_digit(digits[:-1]) else ""


def pack_elements(raw: str) -> tuple[Element, ...]:
    """What a pack says, from whatever a scanner sends or a person types: scan data with or without its identifier,
    brackets, a Digital Link, a bare number. Nothing where it is no GS1 data. Raises Gs1Error where it is, and is wrong.
    """
    text = raw.strip(" \r\n\t")
    if _IDENTIFIER.match(text):
        scan = read(text)
        if scan.elements or scan.number:
            number = (Element("01", scan.number.zfill(14)),) if scan.number else ()
            return _together((*number, *scan.elements))
        text = scan.text
    if gs1_link.looks_like(text):
        return _together(gs1_link.read(text))
    if re.match(r"\([0-9]{2,4}\)", text):
        return _together(gs1.bracketed(text))
    if text.startswith((FNC1, GS)) and len(text) > 3:
        return _together(gs1.elements(FNC1 + text[1:].replace(GS, FNC1)))
    if gtin := trade_number(text):
        return (Element("01", gtin),)
    if _is_bare(text):
        return _together(_elements(text))
    return ()


def _is_bare(text: str) -> bool:
    """Whether it is an element string whose scanner was set to send no identifier: a trade item number first, and more
    behind it, or a shipping number alone.
    """
    if re.match(r"01[0-9]{14}.", text, re.DOTALL):
        return text[15] == check_digit(text[2:15])
    if re.fullmatch(r"01[0-9]{14}|00[0-9]{18}", text):
        return text[-1] == check_digit(text[2:-1])
    return GS in text and re.match(r"[0-9]{2}", text) is not None


def _together(found: tuple[Element, ...]) -> tuple[Element, ...]:
    gs1.check_together(found)
    return found
