"""JSON that keeps numbers as they are written: 1.50 stays 1.50, and nothing is rounded on the way in or out."""

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Self

# Longer than any measured value (the longest of the official examples has 22 digits) and than what a machine can hold.
LONGEST_NUMBER = 64
LARGEST_EXPONENT = 400
DEEPEST = 64
_PLAIN = json.JSONEncoder()
_NAME = re.compile(r"\w{1,64}", re.ASCII)

Json = dict[str, Any]


class NotExact(ValueError):  # noqa: N818 - says what is wrong with the text, in words
    """The text is no JSON that can be kept as it is; the message says why."""


class Number(Decimal):
    """A decimal number with the text it came in; two are equal when their texts are."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Read the text of a JSON number."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Number):
            return self.text == other.text
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = Decimal.__hash__


def loads(text: str) -> Any:
    """Read one JSON document. Raises NotExact for broken JSON, numbers out of bounds, NUL and what nests too deep."""
    try:
        found = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotExact(f"broken JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise NotExact("nested too deep") from None
    require_sound_text(found, text, 0, len(text))
    return found


def dumps(document: object) -> str:
    """Write a document compactly, each number as it came."""
    text = _WRITER.encode(document)
    return _MARKED.sub(r"\1", text) if _MARK in text else text


def digest(document: object) -> str:
    """A digest of what a document says, whatever the order of its members."""
    return hashlib.sha256(_SORTED.encode(document).encode()).hexdigest()


def require_sound_text(document: object, text: str, start: int, end: int) -> None:
    """Do what `require_sound` does for a document read from a part of a text, at next to no cost for what is sound.

    JSON has no control characters in strings, so that NUL and half characters come as escapes alone.
    """
    if any(text.find(escape, start, end) >= 0 for escape in ("\\u0000", "\\ud", "\\uD")):
        _walk(document)
    elif text.count("{", start, end) + text.count("[", start, end) > DEEPEST:
        _require_shallow(document)


def _require_shallow(document: object) -> None:
    """Refuse what nests deeper than any resource does, floor by floor."""
    floor = [document]
    for _depth in range(DEEPEST):
        floor = [
            each
            for whole in floor
            for each in (whole.values() if type(whole) is dict else whole)  # type: ignore[attr-defined]
            if type(each) is dict or type(each) is list
        ]
        if not floor:
            return
    raise NotExact("nested too deep")


def require_sound(document: object) -> None:
    """Refuse what nests deeper than any resource does, NUL and half characters."""
    sound_text(document)


def sound_text(document: object) -> str:
    """The document as it came, as one text; empty where it cannot be written. Raises NotExact as `require_sound`."""
    try:
        # Written once by the encoder in C, what is sound is seen at a tenth of the cost of a walk.
        text = _PLAIN.encode(document)
    except (TypeError, ValueError, RecursionError):
        _walk(document)
        return ""
    require_sound_text(document, text, 0, len(text))
    return text


def _walk(document: object) -> None:
    pending: list[tuple[object, int]] = [(document, 1)]
    while pending:
        value, depth = pending.pop()
        if isinstance(value, str):
            if not value.isascii() or "\0" in value:
                _require_text(value)
        elif isinstance(value, (dict, list)):
            if depth > DEEPEST:
                raise NotExact("nested too deep")
            if isinstance(value, dict):
                for name in value:
                    if not name.isascii() or "\0" in name:
                        _require_text(name)
                pending.extend((each, depth + 1) for each in value.values())
            else:
                pending.extend((each, depth + 1) for each in value)


def legible(document: object, floors: int = DEEPEST) -> Any:
    """A document that can be kept and shown: what no text holds stands as \ufffd, what nests deeper is left out."""
    if isinstance(document, str):
        return document.replace("\0", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if not isinstance(document, (dict, list)):
        return document
    if floors < 1:
        return None
    if isinstance(document, dict):
        return {legible(name): legible(value, floors - 1) for name, value in document.items()}
    return [legible(value, floors - 1) for value in document]


def is_sound(document: object) -> bool:
    """Whether a document can be kept as it came."""
    try:
        require_sound(document)
    except NotExact:
        return False
    return True


def unsound_members(document: object) -> list[str]:
    """The members of an object that cannot be kept as they came, by those of their names that are plain words."""
    if not isinstance(document, dict):
        return []
    return sorted(name for name, value in document.items() if _NAME.fullmatch(name) and not is_sound(value))


def strings(document: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a document with its path."""
    if isinstance(document, str):
        yield path, document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield from strings(value, f"{path}.{name}" if path else name)
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from strings(value, f"{path}[{place}]")


# NUL is refused in what comes in, so that it can mark here what is written without quotes.
_MARK = "\\u0000"
_MARKED = re.compile(r'"\\u0000([-+0-9.eE]+)\\u0000"')


def _marked(value: object) -> str:
    if isinstance(value, Number):
        return f"\0{value.text}\0"
    if isinstance(value, Decimal):
        return f"\0{value:f}\0"
    raise TypeError(f"JSON has no {type(value).__name__}")


# Made once: an encoder for every document took as long as writing it. What was read from JSON holds no circles.
_WRITER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_marked)
_SORTED = json.JSONEncoder(check_circular=False, sort_keys=True, separators=(",", ":"), default=_marked)


def _number(text: str) -> Number:
    exponent = text.lower().partition("e")[2]
    if len(text) > LONGEST_NUMBER or (exponent and abs(int(exponent)) > LARGEST_EXPONENT):
        raise NotExact(f"a number that nothing measures: {text[:40]}")
    return Number(text)


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise NotExact(f"a number that nothing measures: {text[:40]}…")
    return int(text)


def _constant(text: str) -> None:
    raise NotExact(f"broken JSON: {text} is no number")


def _members(pairs: list[tuple[str, Any]]) -> Json:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotExact(f"broken JSON: the member “{twice[:40]}” stands twice in one object")
    return made


def _require_text(text: str) -> None:
    if "\0" in text:
        raise NotExact("a character with no meaning (NUL)")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotExact("half a character, which no text holds") from None


DECODER = json.JSONDecoder(
    parse_float=_number, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_members
)
