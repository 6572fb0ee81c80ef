"""A message as it came, made fit to be looked at: a line for each segment, and nothing in it that works on the screen.

Control signs, marks that turn the direction of writing, and bytes that are no text are shown as signs of their own, so
that nothing a device sends can hide, reorder or imitate what stands beside it. No Qt.
"""

import codecs
import unicodedata
from dataclasses import dataclass

LONGEST_LINE = 400  # letters; what is longer goes on in the next line
MOST_LINES = 3_000
# ISO 646: what the 32 control signs are called, in order.
_CONTROLS = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
)  # fmt: skip
# What HL7 (table 0211) and our own listeners call the sets of characters -> what Python calls them.
_SETS = {"UNICODE UTF-8": "utf-8", "UNICODE UTF-16": "utf-16", "8859/1": "latin-1", "ASCII": "utf-8", "": "utf-8"}
_RECORDS = {"hl7": "OBX", "astm": "R"}


@dataclass(frozen=True)
class Shown:
    """The lines to show, which of them are the result's own, and how many bytes are not shown."""

    lines: tuple[str, ...]
    own: tuple[int, ...]
    left_out: int

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


def shown(raw: bytes, charset: str | None, kind: str, position: int | None, code: str, value: str) -> Shown:
    """A message in lines; those that carry the result at this place, of this code and value, are its own."""
    text = _decoded(raw, charset)
    segments = text.replace("\r\n", "\r").replace("\n", "\r").rstrip("\r").split("\r")
    mine = _own(segments, kind, position, code, value)
    first, last = _around(segments, mine)
    lines: list[str] = []
    own: list[int] = []
    for place in range(first, last):
        visible = _visible(segments[place][: LONGEST_LINE * MOST_LINES])
        for start in range(0, max(1, len(visible)), LONGEST_LINE):
            if len(lines) >= MOST_LINES:
                break
            if place == mine:
                own.append(len(lines))
            lines.append(visible[start : start + LONGEST_LINE])
    kept = sum(len(each) for each in lines)
    return Shown(tuple(lines), tuple(own), max(0, len(text) - kept) if len(lines) >= MOST_LINES or first else 0)


def _around(segments: list[str], mine: int | None) -> tuple[int, int]:
    """Which segments are shown of a message of very many: those from a little before the result's own."""
    first = 0 if mine is None or mine < MOST_LINES // 2 else mine - MOST_LINES // 4
    return first, min(len(segments), first + MOST_LINES)


def _decoded(raw: bytes, charset: str | None) -> str:
    name = (charset or "").strip()
    try:
        known = codecs.lookup(_SETS.get(name.upper(), name)).name
        return raw.decode(known)
    except (LookupError, UnicodeError, ValueError):
        return raw.decode("utf-8", "backslashreplace")


def _own(segments: list[str], kind: str, position: int | None, code: str, value: str) -> int | None:
    """The segment of a result: the one at its place if it bears its code or value, else the only one that does."""
    if position is None:
        return None
    record = _RECORDS.get(kind)
    places = [place for place, line in enumerate(segments) if record is None or _name(line) == record]
    bearing = [place for place in places if _bears(segments[place], code, value)]
    if record is not None and position < len(places) and places[position] in bearing:
        return places[position]
    return bearing[0] if len(bearing) == 1 else None


def _name(line: str) -> str:
    return line.strip("\x02\x03\x0b\x1c 0123456789").partition("|")[0]


def _bears(line: str, code: str, value: str) -> bool:
    return (bool(code) and code in line) or (bool(value) and value in line)


def _visible(text: str) -> str:
    return text if text.isascii() and text.isprintable() else "".join(map(_sign, text))


def _sign(letter: str) -> str:
    point = ord(letter)
    if point < 0x20:
        return f"⟨{_CONTROLS[point]}⟩"
    if point == 0x7F:
        return "⟨DEL⟩"
    if letter == " " or letter.isprintable() or unicodedata.category(letter) == "Zs":
        return letter
    return f"⟨U+{point:04X}⟩"
