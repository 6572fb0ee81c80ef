"""What a pack of a medicine says of itself: which item, which lot, until when, which single pack.

Source: GS1 General Specifications 2.1.13 (healthcare), 7.12 (the century of a date) and 3.4.7 (a day of 00).
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from clinic_desktop.domain.gs1 import Element, in_brackets
from clinic_desktop.domain.gs1_checks import check_digit
from clinic_desktop.domain.gs1_scan import pack_elements
from clinic_desktop.domain.refusals import Refusal

_NATIONAL = ("710", "711", "712", "713", "714", "715", "716", "717")


class PackRefusal(Refusal):
    """A pack that must not be received, handed out or given; the next scan puts these words away."""


@dataclass(frozen=True)
class Pack:
    """One pack as it was scanned; what it does not say is empty."""

    gtin: str = ""
    lot: str = ""
    expires_on: date | None = None
    serial: str = ""
    made_on: date | None = None
    count: int | None = None
    national: tuple[str, ...] = ()
    words: str = ""  # all that it says, as people read it


def pack(raw: str, today: date) -> Pack | None:
    """The pack that a scan is about; None where it is no GS1 data. Raises Gs1Error where it is, and is not right."""
    found = pack_elements(raw)
    return of(found, today) if found else None


def of(found: Iterable[Element], today: date) -> Pack:
    """The pack that checked elements describe."""
    parts = tuple(found)
    by = {one.code: one.data for one in parts}
    expires = by.get("17") or by.get("7003", "")[:6]
    count = by.get("37") or by.get("30")
    return Pack(
        by.get("01") or by.get("02") or by.get("8006", "")[:14],
        by.get("10", ""),
        day(expires, today) if expires else None,
        by.get("21", ""),
        day(by["11"], today) if "11" in by else None,
        int(count) if count else None,
        tuple(by[code] for code in _NATIONAL if code in by),
        in_brackets(parts),
    )


def day(digits: str, today: date) -> date:
    """A date of six digits: the year within 49 before and 50 after this one; day 00 is the last of its month."""
    short, month, of_month = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    ahead = short - today.year % 100
    century = today.year // 100 + (-1 if ahead >= 51 else 1 if ahead <= -50 else 0)
    year = century * 100 + short
    last = monthrange(year, month)[1]
    # The leap day of a century's first year is in 2000 and in no neighbour of it.
    return date(year, month, min(of_month, last) or last)


def national_codes(gtin: str) -> tuple[str, ...]:
    """The US National Drug Codes, in eleven digits, that a trade item number may hold: which of its three parts is a
    digit short is not told (FDA, Guidance on Bar Code Label Requirements; 21 CFR 207.33).
    """
    if len(gtin) != 14 or gtin[1:3] != "03" or gtin[-1] != check_digit(gtin[:-1]):
        return ()
    ten = gtin[3:13]
    return (f"0{ten}", f"{ten[:5]}0{ten[5:]}", f"{ten[:9]}0{ten[9:]}")
