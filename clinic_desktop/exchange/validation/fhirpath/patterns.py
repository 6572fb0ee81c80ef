"""Regular expressions as FHIR writes them, for whole texts."""

import re
from functools import lru_cache


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def fitting(pattern: str, text: str) -> bool:
    """Whether the whole text has the pattern: the rules of R4 are written so, with or without ^ and $."""
    return _compiled(pattern).fullmatch(text) is not None
