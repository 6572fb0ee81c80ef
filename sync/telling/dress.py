"""Whether two values say the same in another dress: a system writes what it is told in a form of its own."""

import re
import unicodedata
from typing import Any


def normal_form(sent: Any, got: Any) -> bool:
    """Whether what came back is the same in another dress: case, spaces, punctuation, or a number's spelling.

    What stands between figures is no dress, nor is a minus: 1.5 mg is not 15 mg, nor 1/2 a tablet twelve, nor A- A.
    """
    if isinstance(sent, str) and isinstance(got, str):
        return _bare(sent) == _bare(got) and bool(_bare(sent))
    if isinstance(sent, (int, float)) or isinstance(got, (int, float)):
        try:
            return float(sent) == float(got)
        except (TypeError, ValueError):
            return False
    if isinstance(sent, list) and isinstance(got, list):
        return len(sent) == len(got) and all(a == b or normal_form(a, b) for a, b in zip(sent, got, strict=True))
    if isinstance(sent, dict) and isinstance(got, dict):
        told = {name: value for name, value in sent.items() if value is not None}
        return all(
            name in got and (got[name] == value or normal_form(value, got[name])) for name, value in told.items()
        )
    return False


def without_additions(sent: Any, got: Any) -> Any:
    """What came back in another dress, without members that were not sent: whoever added those has said more by it."""
    if isinstance(sent, list) and isinstance(got, list):
        return [without_additions(a, b) for a, b in zip(sent, got, strict=True)]
    if isinstance(sent, dict) and isinstance(got, dict):
        told = {name: value for name, value in sent.items() if value is not None}
        kept = {name: value for name, value in got.items() if name in told or value in (None, "", [], {})}
        return {name: without_additions(told.get(name), value) for name, value in kept.items()}
    return got


# No more than these: in many scripts a mark that is no letter (a vowel of Hindi or Thai) makes another name.
_DRESS = re.compile(r"[\s.,;:'\"()\[\]_\u2018\u2019\u201c\u201d\u2010-\u2015-]+")


_DASH = re.compile(r"[\u2010-\u2015-]")


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).casefold()

    def kept(found: re.Match[str]) -> str:
        before, after = plain[: found.start()][-1:], plain[found.end() :][:1]
        if _DASH.search(found[0]) and not (_DASH.fullmatch(found[0]) and before.isalpha() and after.isalpha()):
            return "-"  # a blood group, a sign, a range
        if not after.isdigit():
            return ""
        if before.isdigit():
            return re.sub(r"\s+", " ", found[0])  # 1, 5 is not 1,5
        return found[0][-1] if found[0][-1] in ".," else ""

    return _DRESS.sub(kept, plain)
