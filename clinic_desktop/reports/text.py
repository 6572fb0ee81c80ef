"""The only way to put words on paper: every character is printed right, or named where no face has it.

Text is prepared (line ends, unprintable characters named, amounts and dates kept whole), wrapped in the order it is
read, and only then ordered for the eye, line by line.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.reports import bidi
from clinic_desktop.reports.faces import MAIN, Face, face, key_for
from clinic_desktop.reports.shaping import Piece, shape

# Seen by nobody and printed by nothing: joiners, marks of direction, variation selectors, word joiners.
INVISIBLE = frozenset("\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
# An amount, a date, a number with its unit: Latin letters, digits and signs, with a digit somewhere among them.
_WHOLE = re.compile(
    r"(?:(?<!\w)[+\-−<>=≤≥≈~(\[]+)?"
    r"[A-Za-z0-9µ](?:[A-Za-z0-9µ%°²³×−±≤≥≈→.,:;/+\-()\[\]=<>~#_ \u00a0]*[A-Za-z0-9µ%°²³)\]])?"
)
_DIGIT = re.compile(r"[0-9]")
_FIRST_WORDS = re.compile(r"(?:[A-Za-z]{2,}[.,:;]? )+")
# A number stays on one line with its unit, as ISMP asks of doses.
_UNIT = re.compile(r"(?<!\w)\d[\d.,/٫٬]*[\u00a0 ](?=[^\W\d_]|[µ%°])")
_JAMO = re.compile("[\u1100-\u11ff]+")
_HELD = "\u00a0"


@dataclass(frozen=True, slots=True)
class Line:
    """One line ready to be drawn; `width` is in thousandths of the type size."""

    text: str
    width: float
    right_to_left: bool
    bold: bool
    plain: str | None  # glyphs in PDF's hexadecimal, where the main face and reading order suffice
    pieces: tuple[Piece, ...]


class _Plain(dict[str, tuple[str, float]]):
    """What the main face prints with no shaping: glyph and width; raises KeyError for every other character."""

    def __init__(self, this: Face) -> None:
        self.face = this

    def __missing__(self, character: str) -> tuple[str, float]:
        glyph = self.face.glyph(character)
        simple = unicodedata.bidirectional(character) in {"L", "EN", "ES", "ET", "CS", "WS", "ON"}
        joins = unicodedata.category(character)[0] == "M" or character in INVISIBLE
        if not glyph or joins or not simple or not _printable(character) or self.face.own_text[glyph] != character:
            raise KeyError(character)
        self[character] = known = (f"{glyph:04X}", self.face.advance(glyph))
        return known


@lru_cache(maxsize=2)
def _plain(bold: bool) -> _Plain:  # noqa: FBT001 - the cache's only key
    return _Plain(face(MAIN, bold=bold))


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of a text that no face has, by number and name, each once."""
    return tuple(dict.fromkeys(_name(character, spelled=True) for character in text if not _printable(character)))


def require_printable(text: str) -> None:
    """Raise a Refusal naming every character that cannot be printed."""
    if names := unprintable(text):
        raise Refusal(N_("This cannot be printed: {names}."), names=", ".join(names))


def _printable(character: str) -> bool:
    if character in "\n\r\t" or character in INVISIBLE:
        return True
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return False
    return key_for(character) is not None


def _name(character: str, *, spelled: bool = False) -> str:
    number = f"U+{ord(character):04X}"
    return f"{number} {unicodedata.name(character, '')}".rstrip() if spelled else f"[{number}]"


@lru_cache(maxsize=8192)
def prepare(text: str) -> str:
    """Text as it will be laid: one kind of line end, no control characters, and a name for what no face has."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _JAMO.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    return "".join(character if _printable(character) else _name(character) for character in text)


def width(text: str, *, bold: bool = False) -> float:
    """The width of one line of text, in thousandths of the type size."""
    return line(text, bold=bold).width


def line(text: str, *, bold: bool = False, base: int | None = None) -> Line:
    """Set a text on one line, whatever its length; line ends in it become spaces."""
    plain = _set_plain(text, bold=bold)
    if plain is not None:
        return plain
    whole = _isolate(prepare(text).replace("\n", " "))
    return _set(whole, bidi.base_level(whole) if base is None else base, bold=bold)


def wrap(text: str, limit: float, *, bold: bool = False) -> list[Line]:
    """Set a text on as many lines as it needs; `limit` is in thousandths of the type size."""
    lines: list[Line] = []
    for paragraph in prepare(text).split("\n"):
        short = _set_plain(paragraph, bold=bold)
        if short is not None and short.width <= limit:
            lines.append(short)
        else:
            lines += _wrap_paragraph(_isolate(paragraph), limit, bold=bold)
    return lines


def one_line(text: str, limit: float, *, bold: bool = False) -> list[Line]:
    """A text on the one line there is room for: its beginning and an ellipsis where that is too short for it."""
    kept, lines = text, wrap(text, limit, bold=bold)
    while len(lines) > 1 and kept:
        kept = kept[: min(len(kept) * 9 // 10, len(kept) - 1)].rstrip()
        lines = wrap(kept + "…", limit, bold=bold)
    return lines[:1]


def _isolate(text: str) -> str:
    """Hold numbers with their units and dates together, and apart from the direction of what stands around them."""
    text = _UNIT.sub(lambda found: found[0][:-1] + _HELD, text)
    if not bidi.has_right_to_left(text):
        return text
    # Words that begin a line say how it is read: they stay outside of what is set apart with a number behind them.
    begun = first.end() if (first := _FIRST_WORDS.match(text)) else 0
    apart = _WHOLE.sub(lambda found: _apart(found[0]) if _DIGIT.search(found[0]) else found[0], text[begun:])
    return text[:begun] + apart


def _apart(words: str) -> str:
    """An isolate around a stretch, but not around a bracket whose partner stands outside it."""
    start, end = 0, len(words)
    while end and words[end - 1] in ")]" and _unpaired(words[start:end]) < 0:
        end -= 1
    while start < end and words[start] in "([" and _unpaired(words[start:end]) > 0:
        start += 1
    return f"{words[:start]}{bidi.LRI}{words[start:end]}{bidi.PDI}{words[end:]}"


def _unpaired(words: str) -> int:
    return sum((letter in "([") - (letter in ")]") for letter in words)


def _wrap_paragraph(text: str, limit: float, *, bold: bool) -> list[Line]:
    base = bidi.base_level(text)
    found = bidi.levels(text, base)
    spans: list[tuple[int, int]] = []
    start = end = 0
    used = 0.0
    for first, last in _words(text):
        wide = _measure(text[first:last], bold=bold)
        seen = _measure(text[first:last].rstrip(" "), bold=bold)
        if end > start and used + seen > limit:
            spans.append((start, end))
            start, used = first, 0.0
        used += wide
        end = last
        if seen > limit:
            *cuts, (_last, used) = _break_word(text, first, last, limit, bold=bold)
            for cut, _used in cuts:
                spans.append((start, cut))
                start = cut
    spans.append((start, end))
    return [_set(text[a:b], base, bold=bold, found=found[a:b]) for a, b in spans]


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Where a line may be broken: after spaces and hyphens' spaces, and between Han characters; never in an isolate."""
    start = depth = 0
    for at, character in enumerate(text):
        if character in "\u2066\u2067\u2068":
            depth += 1
        elif character == bidi.PDI:
            depth -= 1
        following = text[at + 1 : at + 2]
        spaces = character in " \u200b" and following not in {" ", ""}
        han = key_for(character) not in {None, MAIN} and _ideographic(character) and _may_start(following)
        if depth <= 0 and (spaces or han):
            yield start, at + 1
            start = at + 1
    if start < len(text) or not text:
        yield start, len(text)


def _ideographic(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


def _may_start(character: str) -> bool:
    """Whether a line may begin with this character: closing marks hold to what they close."""
    return bool(character) and unicodedata.category(character) not in {"Pe", "Pf", "Po", "Mn", "Mc", "Lm"}


def _break_word(text: str, first: int, last: int, limit: float, *, bold: bool) -> list[tuple[int, float]]:
    """Cut a word wider than a line between its clusters: where each part ends, and how wide it is."""
    parts: list[tuple[int, float]] = []
    used = 0.0
    for start, end in _clusters(text, first, last):
        wide = _measure(text[start:end], bold=bold)
        if used and used + wide > limit:
            parts.append((start, used))
            used = 0.0
        used += wide
    return [*parts, (last, used)]


def _clusters(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Characters with the marks that belong to them."""
    start = first
    for at in range(first + 1, last):
        if not _joins(text[at], text[at - 1]):
            yield start, at
            start = at
    if start < last:
        yield start, last


def _joins(character: str, before: str) -> bool:
    """Whether a character belongs to the one before: marks, joiners, and what follows a joiner or a virama."""
    if unicodedata.category(character) in {"Mn", "Mc", "Me"} or character in INVISIBLE:
        return True
    return before == "\u200d" or unicodedata.combining(before) == 9


@lru_cache(maxsize=16384)
def _measure(word: str, *, bold: bool) -> float:
    plain = _set_plain(word, bold=bold)
    return plain.width if plain is not None else sum(piece.width for piece in _pieces(word, 0, bold=bold))


def _set_plain(text: str, *, bold: bool) -> Line | None:
    table = _plain(bold)
    try:
        found = [table[character] for character in text]
    except KeyError:
        return None
    return Line(text, sum(wide for _glyph, wide in found), False, bold, "".join(glyph for glyph, _wide in found), ())  # noqa: FBT003


def _set(text: str, base: int, *, bold: bool, found: list[int] | None = None) -> Line:
    """Order one line for the eye and shape it; `found` are its levels within its paragraph."""
    kept = len(text.rstrip(" "))
    text, found = text[:kept], (bidi.levels(text, base) if found is None else found)[:kept]
    shown = text.replace(bidi.LRI, "").replace(bidi.PDI, "").replace(_HELD, " ")
    if base == 0 and not any(found) and (plain := _set_plain(shown, bold=bold)) is not None:
        return plain
    pieces: list[Piece] = []
    for start, end, level in bidi.visual_runs(found, text, base):
        pieces += _pieces(text[start:end], level, bold=bold)
    return Line(shown, sum(piece.width for piece in pieces), bool(base), bold, None, tuple(pieces))


def _pieces(text: str, level: int, *, bold: bool) -> list[Piece]:
    """The shaped stretches of one direction, from left to right."""
    right_to_left = bool(level % 2)
    pieces = [shape(part, key, bold=bold, right_to_left=right_to_left) for part, key in _by_face(text)]
    return pieces[::-1] if right_to_left else pieces


def _by_face(text: str) -> Iterator[tuple[str, str]]:
    """Stretches that one face prints; a mark stays with the letter it stands on, where that letter's face has it."""
    part, now = "", ""
    for start, end in _clusters(text, 0, len(text)):
        cluster = text[start:end].strip("\u2066\u2067\u2068\u2069\u200b\u2060\ufeff\u00ad").replace(_HELD, " ")
        if not cluster:
            continue
        for piece, key in _cluster_faces(cluster, now):
            if key == now:
                part += piece
            else:
                if part:
                    yield part, now
                part, now = piece, key
    if part:
        yield part, now


def _cluster_faces(cluster: str, now: str) -> Iterator[tuple[str, str]]:
    """One face for a whole cluster where there is one, else each character in its own."""
    if cluster == " " and now and face(now).glyph(" "):
        yield cluster, now  # words of one script stay one stretch, which is how they are copied
        return
    seen = [character for character in cluster if character not in INVISIBLE]
    own = [key_for(character) or MAIN for character in seen] or [now or MAIN]
    for key in dict.fromkeys((own[0], *own)):
        if all(face(key).glyph(character) for character in seen):
            yield cluster, key
            return
    for character, key in zip(seen, own, strict=True):
        yield character, key
