"""The wording of consent forms: versioned data beside the program, one file for each language."""

import json
from dataclasses import dataclass
from functools import lru_cache

from clinic_desktop import paths

DEFAULT = "en"


@dataclass(frozen=True)
class Wording:
    """What a person agrees to, as it stands on the form."""

    scope: str
    language: str
    version: str
    title: str
    text: str


def wording_of(scope: str, language: str = DEFAULT) -> Wording:
    """The wording of a scope in a language, in English where it was not written in that language."""
    found = _wordings(language if language in languages() else DEFAULT)
    return found.get(scope) or _wordings(DEFAULT)[scope]


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages in which there is a wording."""
    return tuple(sorted(path.stem for path in (paths.resources() / "consents").glob("*.json")))


@lru_cache(maxsize=8)
def _wordings(language: str) -> dict[str, Wording]:
    body = json.loads((paths.resources() / "consents" / f"{language}.json").read_text(encoding="utf-8"))
    return {
        scope: Wording(scope, body["language"], body["version"], one["title"], one["text"])
        for scope, one in body["wordings"].items()
    }
