"""What each primitive type of R4 may be written as (http://hl7.org/fhir/R4/datatypes.html#primitive)."""

import base64
import binascii
import re
from calendar import monthrange
from collections.abc import Callable

from clinic_desktop.exchange.validation.problems import quoted

# A text of more than a megabyte belongs in an attachment (R4: "Strings SHALL NOT exceed 1MB in size").
LONGEST_TEXT = 1024 * 1024
_DATE = r"(?P<y>\d{4})(-(?P<m>\d\d)(-(?P<d>\d\d)"
_CLOCK = r"T(?P<h>\d\d):(?P<n>\d\d):(?P<s>\d\d)(\.\d+)?"
_ZONE = r"(?P<z>Z|[+-](?P<zh>\d\d):(?P<zn>\d\d))"
_WRITTEN = {
    "id": r"[A-Za-z0-9\-.]{1,64}",
    "code": r"[^\s]+(\s[^\s]+)*",
    "oid": r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+",
    "uuid": r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "integer": r"0|[+-]?[1-9][0-9]*",
    "unsignedInt": r"0|[1-9][0-9]*",
    "positiveInt": r"[1-9][0-9]*",
    "decimal": r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?",
    "date": _DATE + r")?)?",
    "dateTime": _DATE + rf"({_CLOCK}{_ZONE}?)?)?)?",
    "instant": _DATE + rf"{_CLOCK}{_ZONE}))",
    "time": r"(?P<h>\d\d):(?P<n>\d\d):(?P<s>\d\d)(\.\d+)?",
    "boolean": "true|false",
}
# Digits are those of ASCII alone, whatever others Unicode has.
_PATTERNS = {kind: re.compile(pattern, re.ASCII if kind != "code" else 0) for kind, pattern in _WRITTEN.items()}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_URI_SPACE = re.compile(r"\s")
_WHOLE_LIMITS = {"integer": (-(2**31), 2**31 - 1), "unsignedInt": (0, 2**31 - 1), "positiveInt": (1, 2**31 - 1)}
# R4 gives decimals no limit; what needs more digits or a larger exponent than this is no measured value.
_DECIMAL_DIGITS = 1000
NUMBERS = frozenset({"integer", "unsignedInt", "positiveInt", "decimal"})


def fault(kind: str, text: str) -> str | None:
    """What is wrong with a value of a primitive type as written, in words; None when it is right."""
    if kind == "xhtml":
        return None
    if not text:
        return "The value is empty; an element without a value is left out"
    if _SURROGATE.search(text):
        return "The text holds half of a surrogate pair, which is no character"
    if _CONTROL.search(text):
        return "The text holds a control character"
    check = _CHECKS.get(kind)
    return check(kind, text) if check else None


def _pattern(kind: str, text: str) -> str | None:
    return None if _PATTERNS[kind].fullmatch(text) else f"{quoted(text)} is not a valid {kind}"


def _id(_kind: str, text: str) -> str | None:
    if len(text) > 64:
        return f"The id is too long: {len(text)} characters, at most 64"
    return (
        None if _PATTERNS["id"].fullmatch(text) else f"{quoted(text)} is not a valid id: letters, digits, - and . only"
    )


def _code(_kind: str, text: str) -> str | None:
    if _PATTERNS["code"].fullmatch(text):
        return None
    return f"{quoted(text)} is not a valid code: no space before, after, or more than one between"


def _words(_kind: str, text: str) -> str | None:
    if not text.strip():
        return "The text has nothing but space in it"
    return f"The text is longer than {LONGEST_TEXT:,} characters" if len(text) > LONGEST_TEXT else None


def _whole(kind: str, text: str) -> str | None:
    if not _PATTERNS[kind].fullmatch(text):
        return f"{quoted(text)} is not a valid {kind}"
    least, most = _WHOLE_LIMITS[kind]
    if len(text) > 12 or not least <= int(text) <= most:
        return f"{quoted(text)} is out of range for {kind}: {least} to {most}"
    return None


def _decimal(_kind: str, text: str) -> str | None:
    if len(text) > _DECIMAL_DIGITS:
        return f"The number has more than {_DECIMAL_DIGITS} digits"
    return _pattern("decimal", text)


def _moment(kind: str, text: str) -> str | None:
    found = _PATTERNS[kind].fullmatch(text)
    if found is None:
        if kind != "date" and _PATTERNS["dateTime"].fullmatch(text):
            return f"{quoted(text)} is not a valid {kind}: it needs the day, the time and a time zone"
        return f"{quoted(text)} is not a valid {kind}"
    parts = found.groupdict()
    wrong = None
    year, month, day = (int(parts[name]) if parts.get(name) else None for name in "ymd")
    if year == 0:
        wrong = "there is no year 0000"
    elif month is not None and not 1 <= month <= 12:
        wrong = "there is no such month"
    elif year is not None and month is not None and day is not None and not 1 <= day <= monthrange(year, month)[1]:
        wrong = "there is no such day"
    return f"{quoted(text)} is not a valid {kind}: {wrong}" if wrong else _clock(kind, text, parts)


def _clock(kind: str, text: str, parts: dict[str, str | None]) -> str | None:
    hour, minute, second = (int(value) if (value := parts.get(name)) else 0 for name in "hns")
    # 60 is a leap second, which R4's pattern lets through.
    if hour > 23 or minute > 59 or second > 60:
        return f"{quoted(text)} is not a valid {kind}: there is no such time"
    zone_hour, zone_minute = int(parts.get("zh") or 0), int(parts.get("zn") or 0)
    if zone_hour > 14 or zone_minute > 59 or (zone_hour == 14 and zone_minute):
        return f"{quoted(text)} is not a valid {kind}: there is no such time zone"
    if kind == "dateTime" and parts.get("h") and not parts.get("z"):
        return f"{quoted(text)} is not a valid {kind}: a time needs its time zone"
    return None


def _time(kind: str, text: str) -> str | None:
    found = _PATTERNS["time"].fullmatch(text)
    return _clock(kind, text, found.groupdict()) if found else f"{quoted(text)} is not a valid time: hh:mm:ss"


def _uri(kind: str, text: str) -> str | None:
    if _URI_SPACE.search(text):
        return f"{quoted(text)} is not a valid {kind}: it has space in it"
    if text.startswith("urn:uuid:") and not _UUID.fullmatch(text[9:].partition("#")[0]):
        return (
            f"{quoted(text)} is not a valid {kind}: a UUID has 32 hexadecimal digits in lower case with its four dashes"
        )
    if text.startswith("urn:oid:") and not _PATTERNS["oid"].fullmatch(text.partition("#")[0]):
        return f"{quoted(text)} is not a valid {kind}: an OID is numbers with points between"
    return None


def _base64(_kind: str, text: str) -> str | None:
    # Readers are to accept white space (R4, base64Binary).
    plain = re.sub(r"\s+", "", text)
    try:
        base64.b64decode(plain.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return "The value is not base64"
    return None


_CHECKS: dict[str, Callable[[str, str], str | None]] = {
    "id": _id,
    "code": _code,
    "string": _words,
    "markdown": _words,
    "oid": _pattern,
    "uuid": _pattern,
    "boolean": _pattern,
    "integer": _whole,
    "unsignedInt": _whole,
    "positiveInt": _whole,
    "decimal": _decimal,
    "date": _moment,
    "dateTime": _moment,
    "instant": _moment,
    "time": _time,
    "uri": _uri,
    "url": _uri,
    "canonical": _uri,
    "base64Binary": _base64,
}
