"""Cuts a FHIRPath expression into its words and signs."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<moment>@T?\d[\d:.TZ+-]*)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<string>'(?:\\.|[^'\\])*')
    |(?P<quoted>`(?:\\.|[^`\\])*`)
    |(?P<variable>%(?:[A-Za-z_][A-Za-z0-9_-]*|`[^`]*`|'[^']*'|"[^"]*"))
    |(?P<name>\$?[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign><=|>=|!=|!~|\{\}|\{\s*\}|[.,()\[\]|+\-*/&=~<>])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


class ExpressionError(ValueError):
    """The expression is not FHIRPath that is known here."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word: what sort it is, and its text without quotes."""

    sort: str
    text: str


def words(expression: str) -> list[Word]:
    """Every word of an expression; raises ExpressionError."""
    found: list[Word] = []
    at = 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise ExpressionError(f"{expression[at : at + 20]!r} is not understood")
        at = match.end()
        sort = match.lastgroup or ""
        if sort == "space":
            continue
        text = match.group()
        if sort in {"string", "quoted"}:
            text = _unescaped(text[1:-1])
        elif sort == "variable":
            text = text[1:].strip("`'\"")
        elif text.startswith("{"):
            text = "{}"
        found.append(Word("name" if sort == "quoted" else sort, text))
    return found


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        if found.group(1):
            return chr(int(found.group(1), 16))
        return _ESCAPES.get(found.group(2), found.group(2))

    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", one, text, flags=re.DOTALL)
