"""JSON from outside, read in one way: what is half a character there is none of any text, and is said so once."""

import json
import re
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")
_ESCAPES = ("\\ud", "\\uD")


def read_json(raw: bytes | str) -> Any:
    """Read JSON; half a character, as a text that was cut off ends with, stands as \ufffd, in names and in values.

    Neither a database nor a request takes one. Raises ValueError for what is no JSON, RecursionError for what nests
    too deep.
    """
    content = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    encoding = json.detect_encoding(content)
    try:
        text, halves = content.decode(encoding), False
    except UnicodeDecodeError:
        text, halves = content.decode(encoding, "surrogatepass"), True
    found = json.loads(text)
    # Halves come as such bytes, which are no good UTF-8, or as escapes: what has neither is not walked through.
    return _whole(found) if halves or any(escape in text for escape in _ESCAPES) else found


def _whole(document: Any) -> Any:
    """The document without half characters: changed in its place, floor by floor, for it may nest deep."""
    kept = [document]
    pending: list[Any] = [kept]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            items = [(_legible(name), _legible(value)) for name, value in one.items()]
            one.clear()
            one.update(items)
        else:
            one[:] = map(_legible, one)
        pending.extend(
            each for each in (one.values() if isinstance(one, dict) else one) if isinstance(each, dict | list)
        )
    return kept[0]


def _legible(value: Any) -> Any:
    return _HALF.sub("\ufffd", value) if isinstance(value, str) else value
