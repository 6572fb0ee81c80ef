"""Values that a system hides behind words: never data, never sent, never taken as proof."""

import re
from typing import Any

# As the documents show them: "[ENCRYPTED]", and "encrypted names", "encrypted contact info" in the place of a value.
_MASK = re.compile(r"\[encrypted[^\]]*\]", re.IGNORECASE)
_WORDS = re.compile(r"\s*encrypted([ _][a-z]+){0,3}\s*", re.IGNORECASE)


class NotToBeSent(ValueError):  # noqa: N818 - says what stands in the way, by its place and never by its value
    """A body holds what must not leave: a mask, or a member that the document does not know."""


def is_mask(value: object) -> bool:
    """Whether a text stands in the place of a hidden value."""
    return (
        isinstance(value, str)
        # Nearly everything is plainly none.
        and "ncrypted" in value.lower()
        and (_MASK.search(value) is not None or _WORDS.fullmatch(value) is not None)
    )


def has_mask(value: object) -> bool:
    """Whether a mask stands anywhere in a value."""
    if isinstance(value, dict):
        return any(has_mask(each) for each in value.values())
    if isinstance(value, (list, tuple)):
        return any(has_mask(each) for each in value)
    return is_mask(value)


def masked_members(body: dict[str, Any]) -> frozenset[str]:
    """The top-level members that hold a mask."""
    return frozenset(name for name, value in body.items() if has_mask(value))


def require_clear(body: dict[str, Any]) -> None:
    """Refuse a body that holds a mask anywhere. Raises NotToBeSent."""
    if hidden := masked_members(body):
        raise NotToBeSent(f"hidden values are never sent back: {', '.join(sorted(hidden))}")
