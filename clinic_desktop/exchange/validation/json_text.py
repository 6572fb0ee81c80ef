"""Reads JSON strictly: a key once, numbers as they are written, no more depth than a record has."""

import codecs
import json
import re
from decimal import Decimal
from typing import NoReturn

from clinic_desktop.exchange.validation.problems import quoted

# A record has a few dozen levels; the trees are built by recursion.
DEEPEST = 120
_SHAPE = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{\]}]', re.DOTALL)


class UnreadableError(ValueError):
    """The text cannot be read; carries where and why, in words for people."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(what)
        self.where = where
        self.what = what


class Numeral(str):
    """A JSON number as it was written."""

    __slots__ = ()


class Doubled(dict[str, object]):
    """A JSON object in which keys stand more than once."""

    __slots__ = ("doubled",)
    doubled: list[str]


def parse(data: bytes) -> object:
    """The document in the bytes; raises UnreadableError."""
    text = decoded(data)
    if deeper_than(text, DEEPEST):
        raise UnreadableError("", f"The document is nested more than {DEEPEST} levels deep")
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_float=Numeral, parse_int=Numeral, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UnreadableError(where, f"This is not JSON: {_said(error.msg)} at {where}") from None
    except RecursionError:
        raise UnreadableError("", f"The document is nested more than {DEEPEST} levels deep") from None


def decoded(data: bytes) -> str:
    """UTF-8 text of the bytes, without a byte order mark; raises UnreadableError."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableError("", "The file is in UTF-16; FHIR is written in UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"line {line}", f"Byte {error.start} is not UTF-8 text") from None
    at = text.find("\0")
    if at >= 0:
        raise UnreadableError(f"line {text.count(chr(10), 0, at) + 1}", "The file holds a NUL character")
    if not text.strip():
        raise UnreadableError("", "The file is empty")
    return text


def deeper_than(text: str, deepest: int) -> bool:
    """Whether brackets outside strings are nested deeper; told without recursion."""
    if text.count("[") + text.count("{") <= deepest:
        return False
    depth = 0
    for found in _SHAPE.finditer(text):
        sign = found.group()
        if sign in "[{":
            depth += 1
            if depth > deepest:
                return True
        elif sign in "]}":
            depth -= 1
    return False


def as_written(value: object, depth: int = 0) -> object:
    """A document that was read elsewhere, with its numbers as this room reads them; raises UnreadableError."""
    if depth > DEEPEST:
        raise UnreadableError("", f"The document is nested more than {DEEPEST} levels deep")
    if isinstance(value, dict):
        return {str(key): as_written(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_written(inner, depth + 1) for inner in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Numeral(value)
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = Doubled(found)
    seen: set[str] = set()
    doubled.doubled = [key for key, _value in pairs if key in seen or seen.add(key)]  # type: ignore[func-returns-value]
    return doubled


def _no_number(word: str) -> NoReturn:
    raise UnreadableError("", f"This is not JSON: {word} is no number")


def _said(message: str) -> str:
    return f"{message[0].lower()}{message[1:]}"


def shown(value: object) -> str:
    """What stands where something else was expected, in words."""
    if value is None:
        return "null"
    if isinstance(value, Numeral):
        return f"the number {quoted(value)}"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    return "an object" if isinstance(value, dict) else "an array"
