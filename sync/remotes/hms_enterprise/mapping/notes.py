"""A text by systems of the body, and back: what stands under no system is under the first (`catch_all`)."""

from collections.abc import Mapping, Sequence
from typing import Any

REVIEW = ("constitutional", "heent", "cardiovascular", "respiratory", "gastrointestinal", "neurological")
EXAMINATION = ("general", "heent", "cardiovascular", "respiratory", "neurological")


def by_system(text: str | None, systems: Sequence[str]) -> dict[str, str]:
    """A text whose lines may begin with the name of a system of the body and a colon."""
    found: dict[str, list[str]] = {}
    place = systems[0]
    for line in (text or "").splitlines():
        word, colon, rest = line.partition(":")
        named = word.strip().lower().replace(" ", "_")
        if colon and named in systems:
            place, line = named, rest.strip()  # noqa: PLW2901 - the line without its name
        found.setdefault(place, []).append(line)
    made = {name: "\n".join(lines).strip() for name, lines in found.items()}
    return {name: value for name, value in made.items() if value}


def is_by_system(value: Any, systems: Sequence[str]) -> bool:
    """Whether everything said is text, and stands under a system of the body that has a place here."""
    return isinstance(value, dict) and all(
        each in (None, "", [], {}) or (name in systems and isinstance(each, str)) for name, each in value.items()
    )


def as_text(value: Any, systems: Sequence[str]) -> str:
    """What stands under each system as one text; the first without its name."""
    given: Mapping[str, Any] = value if isinstance(value, dict) else {}
    lines = []
    for place, name in enumerate(systems):
        text = given.get(name)
        if isinstance(text, str) and text.strip():
            lines.append(
                text.strip()
                if place == 0
                else f"{name.upper() if name == 'heent' else name.capitalize()}: {text.strip()}"
            )
    return "\n".join(lines)
