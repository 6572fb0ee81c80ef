"""How two values are compared: dates, telephone numbers, spaces and numbers that say the same are the same."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,}")
# Area codes there begin with 2 to 9 (North American Numbering Plan).
_AMERICAN = re.compile(r"1[2-9]\d{9}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def utc(text: str) -> str:
    """An instant in UTC, as ``2026-03-10T09:00:00Z``; a text that is none stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text
    try:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return text


def day(text: str | None) -> str | None:
    """The day of a date or an instant; None where it says less than a day."""
    return text[:10] if text and _DAY.match(text) else None


def phone(text: str) -> str:
    """The digits of a telephone number, without the country's own code of North America.

    A 1 that is written with the figures after it, or before no number of there, is no such code: 11 91234-5678 (São
    Paulo) is not (19) 1234-5678.
    """
    digits, begins = "".join(c for c in text if c.isdecimal()), text.strip()[:2]
    alone = begins == "+1" or not begins.isdecimal() or text.strip().isdecimal()
    return digits[1:] if alone and _AMERICAN.fullmatch(digits) else digits.lstrip("0")


def text_of_lines(text: str) -> str:
    """A text whose empty lines and ends of lines say nothing."""
    return "\n".join(line for each in text.splitlines() if (line := " ".join(each.split())))


def fold(value: Any) -> Any:
    """A value as it is compared; empty texts, lists and objects say nothing, like None."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        found = {str(name): fold(each) for name, each in sorted(value.items())}
        return {name: each for name, each in found.items() if each is not None} or None
    if isinstance(value, (list, tuple)):
        return [fold(each) for each in value] or None
    return value


def fold_set(value: Any) -> Any:
    """A list whose order says nothing."""
    if not isinstance(value, (list, tuple)):
        return fold(value)
    return sorted({str(fold(each)) for each in value}) or None


def fold_phone(value: Any) -> Any:
    """A telephone number."""
    return phone(value) or fold(value) if isinstance(value, str) and _PHONE.fullmatch(value.strip()) else fold(value)


def _number(value: float | Decimal) -> Any:
    number = Decimal(str(value))
    return int(number) if number.is_finite() and number == number.to_integral_value() else float(number)


def _text(value: str) -> str | None:
    if _INSTANT.fullmatch(value):
        return utc(value)
    return text_of_lines(value) or None
