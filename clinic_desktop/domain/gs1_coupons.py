"""The two coupon codes of North America that an element may hold; no clinic meets them, but a scanner reads them.

Sources: GS1 US, North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols (8110); GS1 AI (8112)
Coupon Data Specification.
"""

from calendar import monthrange
from collections.abc import Callable


class _WrongError(ValueError):
    """What is wrong with a coupon code, in words."""


class _Reader:
    """Takes one field after another off a string of digits."""

    def __init__(self, text: str) -> None:
        if not text.isascii() or (text and not text.isdigit()):
            raise _WrongError("it has a character that is no digit")
        self.left = text

    def take(self, count: int, what: str) -> str:
        if len(self.left) < count:
            raise _WrongError(f"the {what} is too short")
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def one_of(self, allowed: str, what: str) -> str:
        taken = self.take(1, what)
        if taken not in allowed:
            raise _WrongError(f"the {what} is not one of {allowed}")
        return taken

    def counted(self, allowed: str, more: int, what: str) -> str:
        """A field after the digit that tells its length, less `more`."""
        return self.take(int(self.one_of(allowed, f"length of the {what}")) + more, what)


def couponcode(text: str) -> str:
    """What is wrong with a coupon code of 8110, or nothing."""
    return _said(_coupon, text)


def couponposoffer(text: str) -> str:
    """What is wrong with a coupon code of 8112, or nothing."""
    return _said(_offer, text)


def _said(read: Callable[[str], None], text: str) -> str:
    try:
        read(text)
    except _WrongError as error:
        return str(error)
    return ""


def _offer(text: str) -> None:
    reader = _Reader(text)
    reader.one_of("01", "format")
    reader.counted("0123456", 6, "funder")
    reader.take(6, "offer code")
    reader.counted("0123456789", 6, "serial number")
    if reader.left:
        raise _WrongError("there is more than a coupon code")


def _purchase(reader: _Reader, which: str) -> None:
    reader.counted("12345", 0, f"{which} purchase requirement")
    reader.one_of("012349", f"{which} purchase requirement code")
    reader.take(3, f"{which} purchase family code")


def _coupon(text: str) -> None:
    reader = _Reader(text)
    reader.counted("0123456", 6, "company prefix")
    reader.take(6, "offer code")
    reader.counted("12345", 0, "save value")
    _purchase(reader, "first")
    expires = ""
    for mark in "1234569":
        if not reader.left.startswith(mark):
            continue
        reader.take(1, "field")
        if mark in "12":
            _another(reader, mark)
        elif mark == "3":
            expires = _date(reader, "expiration date")
        elif mark == "4":
            starts = _date(reader, "start date")
            if expires and expires < starts:
                raise _WrongError("it expires before it starts")
        elif mark == "5":
            reader.counted("0123456789", 6, "serial number")
        elif mark == "6":
            reader.counted("1234567", 6, "retailer")
        else:
            _last(reader)
    if reader.left:
        raise _WrongError("there is more than a coupon code")


def _another(reader: _Reader, mark: str) -> None:
    if mark == "1":
        reader.one_of("0123", "additional purchase rules code")
    which = "second" if mark == "1" else "third"
    _purchase(reader, which)
    length = reader.one_of("01234569", f"length of the {which} company prefix")
    if length != "9":
        reader.take(int(length) + 6, f"{which} company prefix")


def _last(reader: _Reader) -> None:
    reader.one_of("01256", "save value code")
    reader.one_of("012", "item that the save value applies to")
    reader.take(1, "store coupon flag")
    reader.one_of("01", "flag against multiplying")


def _date(reader: _Reader, what: str) -> str:
    text = reader.take(6, what)
    month = int(text[2:4])
    if not 1 <= month <= 12 or not 1 <= int(text[4:]) <= monthrange(2000 + int(text[:2]), month)[1]:
        raise _WrongError(f"the {what} is no date")
    return text
