"""A value of a system's body in words, for whoever decides."""

from typing import Any


def words_of(value: Any) -> str:
    """A value of a body in words: what is nested stands in lines."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        lines = [(name, words_of(each)) for name, each in value.items()]
        return "\n".join(f"{_spaced(name)}: {each.replace(chr(10), ', ')}" for name, each in lines if each)
    if isinstance(value, list):
        return "\n".join(each.replace("\n", ", ") for each in map(words_of, value) if each)
    return str(value)


def _spaced(name: str) -> str:
    """The name of a member as words: `postalCode` and `postal_code` are one."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).replace("_", " ").strip()
