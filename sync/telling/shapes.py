"""The members that a document knows in what it is sent: anything else stays here."""

from collections.abc import Mapping
from typing import Any

from sync.telling.masks import NotToBeSent, require_clear

# A member's own members; an empty one takes any value; "*" takes any name.
Shape = Mapping[str, "Shape"]


def shape(text: str) -> Shape:
    """Read ``a b{c d} e{*}`` as the members a, b with c and d, and e with any."""
    words = text.replace("{", " { ").replace("}", " } ").split()
    place = 0

    def members() -> Shape:
        nonlocal place
        found: dict[str, Shape] = {}
        last = ""
        while place < len(words):
            word = words[place]
            place += 1
            if word == "}":
                break
            if word == "{":
                found[last] = members()
            else:
                found[word] = {}
                last = word
        return found

    return members()


def require(body: Mapping[str, Any], allowed: Shape) -> dict[str, Any]:
    """Hand a body on as it may be sent. Raises NotToBeSent for a member that is not documented, and for a mask."""
    made = dict(body)
    if unknown := sorted(_unknown(made, allowed, "")):
        raise NotToBeSent(f"not documented: {', '.join(unknown)}")
    require_clear(made)
    return made


def only(body: Mapping[str, Any], allowed: Shape) -> dict[str, Any]:
    """What of a body is documented at the top level."""
    return {name: value for name, value in body.items() if name in allowed}


def _unknown(value: Any, allowed: Shape, path: str) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [each for item in value for each in _unknown(item, allowed, path)]
    if not isinstance(value, dict) or "*" in allowed:
        return []
    if not allowed and path:
        return [path]
    found = []
    for name, member in value.items():
        place = f"{path}.{name}" if path else str(name)
        found += _unknown(member, allowed[name], place) if name in allowed else [place]
    return found
