"""Element strings of GS1: application identifiers and what stands in each, taken apart and checked.

Refused with the identifier and the reason. Source: GS1 General Specifications, sections 3, 4.13 and 7.8; the table is
`gs1_table`. `dates` holds what a pack says of its days.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from clinic_desktop.domain.gs1_checks import CHECKS
from clinic_desktop.domain.gs1_table import TABLE

FNC1: Final = "^"  # how the symbol character is written in text; a scanner sends GS for it
GS: Final = "\x1d"
LONGEST: Final = 4096
_SETS: Final = {"N": "csetnumeric", "X": "cset82", "Y": "cset39", "Z": "cset64"}
_PART: Final = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)")


class Gs1Error(ValueError):
    """Scan data that is not right: `identifier` is the application identifier, where it is known, `why` in words."""

    def __init__(self, why: str, identifier: str = "") -> None:
        super().__init__(f"({identifier}) {why}" if identifier else why)
        self.why, self.identifier = why, identifier


@dataclass(frozen=True)
class Part:
    """One part of what stands in an element."""

    least: int
    most: int
    checks: tuple[str, ...]
    optional: bool


@dataclass(frozen=True)
class Identifier:
    """One application identifier, as the table has it."""

    code: str
    title: str
    parts: tuple[Part, ...]
    separated: bool  # a separator ends it, unless it is the last
    attribute: bool  # may stand in the query of a Digital Link
    needs: tuple[str, ...]
    excludes: tuple[str, ...]
    key: tuple[tuple[str, ...], ...] | None  # of a Digital Link: the orders of its qualifiers


@dataclass(frozen=True)
class Element:
    """One element: identifier and data."""

    code: str
    data: str


@cache
def identifiers() -> Mapping[str, Identifier]:
    """Every application identifier, by its digits."""
    found: dict[str, Identifier] = {}
    for line in TABLE.strip().splitlines():
        codes, marks, parts, needs, excludes, key, title = (*(one.strip() for one in line.split(";")), *[""] * 7)[:7]
        first, _, last = codes.partition("-")
        for number in range(int(first), int(last or first) + 1):
            code = f"{number:0{len(first)}d}"
            found[code] = Identifier(
                code, title, tuple(_part(one) for one in parts.split()), "*" not in marks, "?" in marks,
                tuple(needs.split()), tuple(excludes.split(",")) if excludes else (), _orders(key),
            )  # fmt: skip
    return found


def _part(text: str) -> Part:
    found = _PART.fullmatch(text)
    if found is None:
        raise ValueError(text)
    optional, letters, upto, length, checks = found.groups()
    most = int(length)
    return Part(1 if upto else most, most, (_SETS[letters], *checks.split(",")[1:]), bool(optional))


def _orders(key: str) -> tuple[tuple[str, ...], ...] | None:
    if not key:
        return None
    return ((),) if key == "-" else tuple(tuple(one.split(",")) for one in key.split("|"))


def check(element: Element) -> None:
    """Check one element by itself. Raises Gs1Error."""
    known = identifiers().get(element.code)
    if known is None:
        raise Gs1Error("there is no such application identifier", element.code)
    data, place = element.data, 0
    if not data:
        raise Gs1Error("nothing stands in it", element.code)
    for part in known.parts:
        taken = data[place : place + part.most]
        if not taken and part.optional:
            continue
        if len(taken) < part.least:
            raise Gs1Error("it is too short", element.code)
        for name in part.checks:
            if why := CHECKS[name](taken):
                raise Gs1Error(why, element.code)
        place += len(taken)
    if place < len(data):
        raise Gs1Error("it is too long", element.code)


def elements(message: str) -> tuple[Element, ...]:
    """The elements of a message that begins with FNC1 (``^``) and has one after each element that needs it.

    Raises Gs1Error naming the identifier.
    """
    if len(message) > LONGEST:
        raise Gs1Error("there is too much of it")
    if not message.startswith(FNC1):
        raise Gs1Error("it does not begin with FNC1")
    rest, found = message[1:], []
    if not rest:
        raise Gs1Error("there is nothing in it")
    while rest:
        known = _at(rest)
        rest = rest[len(known.code) :]
        data, rest = _up_to_separator(known, rest)
        element = Element(known.code, data)
        check(element)
        found.append(element)
    return tuple(found)


def _at(text: str) -> Identifier:
    known = identifiers()
    for length in (2, 3, 4):
        if (code := text[:length]) in known:
            return known[code]
    raise Gs1Error("there is no such application identifier", re.match(r"[0-9]{0,4}", text)[0])  # type: ignore[index]


def _up_to_separator(known: Identifier, text: str) -> tuple[str, str]:
    if known.separated:
        data, _, rest = text.partition(FNC1)
        return data, rest
    length = sum(part.most for part in known.parts)
    data, rest = text[:length], text[length:]
    if FNC1 in data:
        raise Gs1Error("it is too short", known.code)
    # A separator after an element of known length is needless and allowed (General Specifications 7.8.6).
    return data, rest.removeprefix(FNC1)


def bracketed(text: str) -> tuple[Element, ...]:
    r"""The elements of the form that people read, as ``(01)09501101530003(10)AB-12``; ``\(`` is a bracket of the data.

    Raises Gs1Error.
    """
    if len(text) > LONGEST:
        raise Gs1Error("there is too much of it")
    pieces = re.split(r"(?<!\\)\(", text)
    if pieces[0] or len(pieces) < 2:
        raise Gs1Error("it does not begin with an application identifier in brackets")
    found = []
    for piece in pieces[1:]:
        code, bracket, data = piece.partition(")")
        if not bracket or re.fullmatch(r"[0-9]{2,4}", code) is None:
            raise Gs1Error("an application identifier stands in brackets", code if code.isdigit() else "")
        element = Element(code, data.replace("\\(", "("))
        check(element)
        found.append(element)
    return tuple(found)


def message(found: Iterable[Element]) -> str:
    """The message of elements: FNC1 first, and after each that needs it and is not the last."""
    said, known = FNC1, identifiers()
    parts = list(found)
    for place, one in enumerate(parts):
        ends = known[one.code].separated and place + 1 < len(parts)
        said += one.code + one.data + (FNC1 if ends else "")
    return said


def in_brackets(found: Iterable[Element]) -> str:
    """The form that people read."""
    return "".join(f"({one.code})" + one.data.replace("(", "\\(") for one in found)


def check_together(found: Iterable[Element]) -> None:
    """Check that elements may stand on one pack: none excludes another, none is there twice with other data, each has
    what it needs. Raises Gs1Error naming the identifier.
    """
    parts, known = list(found), identifiers()
    codes = {one.code for one in parts}
    said: dict[str, str] = {}
    for one in parts:
        if said.setdefault(one.code, one.data) != one.data:
            raise Gs1Error("it is there twice, with other data", one.code)
    for code in sorted(codes):
        for excluded in known[code].excludes if code in known else ():
            if other := next((each for each in sorted(codes - {code}) if _is_like(each, excluded)), None):
                raise Gs1Error(f"it may not stand beside ({other})", code)
        for needed in known[code].needs if code in known else ():
            if not any(
                all(any(_is_like(each, part) for each in codes - {code}) for part in choice.split("+"))
                for choice in needed.split(",")
            ):
                raise Gs1Error(f"it needs one of {needed} beside it", code)
    if "8030" in codes:
        _check_signed(parts)


def _check_signed(parts: list[Element]) -> None:
    """A digital signature is of one thing: a document, coupon or asset key must have its serial part."""
    bare = {"253": 13, "255": 13, "8003": 14}
    for one in parts:
        if len(one.data) == bare.get(one.code):
            raise Gs1Error("a signed key has its serial part", one.code)


def _is_like(code: str, pattern: str) -> bool:
    return len(code) == len(pattern) and code.startswith(pattern.rstrip("n"))
