"""ESC/POS for one roll: plain ASCII in the printer's own face where it fits its columns, everything else as dots.

Source: Epson, ESC/POS Application Programming Guide. Nothing of what a receipt says can become a command: text that is
sent as text is printable ASCII, all else is a raster whose length stands before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clinic_desktop.domain.plates import Board, Box, Part, Plate, Symbol, Words

if TYPE_CHECKING:
    from escpos.printer import Dummy

# What a head of each roll reaches at eight dots to the millimetre, and the columns of its face A (12 by 24 dots).
HEADS: Final = {80: 576, 58: 384}
COLUMN: Final = 12
DPI: Final = 203
_LARGE: Final = 32  # type at least as high as this is sent at twice the height
_LARGEST: Final = 48
_TALLEST: Final = 240  # rows of dots in one raster: what the buffer of a small printer takes
_MOST_FEED: Final = 80
_MOST_QR: Final = 16


# Asks why the printer is off line, and for its paper: one byte is answered to each.
STATUS: Final = b"\x10\x04\x02\x10\x04\x04"


def fault(reply: bytes) -> str:
    """What the printer says is wrong with it: paper, head (its cover), error, or nothing ("")."""
    # Bits 1 and 4 are set and 0 and 7 are not in every answer of this kind.
    if len(reply) < 2 or any(byte & 0x93 != 0x12 for byte in reply[:2]):
        return ""
    cause, paper = reply[0], reply[1]
    if paper & 0x60 or cause & 0x20:
        return "paper"
    return "head" if cause & 0x04 else "error" if cause & 0x40 else ""


@dataclass(frozen=True, repr=False)
class _Row:
    """What stands side by side on a roll, from one line of dots to another."""

    top: int
    bottom: int
    parts: tuple[Part, ...]


def encode(plates: Sequence[Plate], roll_mm: int, *, copies: int = 1, drawer: bool = False) -> bytes:
    """Every plate on a roll 58 or 80 mm wide, cut behind each; `drawer` opens the drawer for cash, once."""
    from escpos.printer import Dummy  # a third of a second, which nobody who prints nothing shall wait

    printer = Dummy()
    printer.hw("INIT")
    if drawer:
        printer.cashdraw(2)
    for plate in list(plates) * copies:
        head = HEADS[roll_mm]
        at = (plate.width - head) // 2
        end = 0
        for row in _rows(plate):
            _feed(printer, row.top - end)
            _row(printer, row, head, at)
            end = row.bottom
        printer.cut()
    return bytes(printer.output)


def _rows(plate: Plate) -> Iterator[_Row]:
    """The parts of a plate, those that stand beside one another together, from the top."""
    held: list[Part] = []
    top = bottom = 0
    for first, last, part in sorted(
        ((*_reach(part), part) for part in plate.parts if not isinstance(part, Words) or part.bits.height),
        key=lambda one: one[:2],
    ):
        if held and first >= bottom:
            yield _Row(top, bottom, tuple(held))
            held = []
        if not held:
            top, bottom = first, last
        held.append(part)
        bottom = max(bottom, last)
    if held:
        yield _Row(top, bottom, tuple(held))


def _reach(part: Part) -> tuple[int, int]:
    if isinstance(part, Words):
        return max(part.y, 0), part.y + part.bits.height
    if isinstance(part, Box):
        return part.y, part.y + part.height
    return part.y, part.y + part.pattern.height * (part.height if part.kind == "code128" else part.module)


def _row(printer: "Dummy", row: _Row, head: int, at: int) -> None:
    line = _as_text(row, head // COLUMN, at, head)
    if line is not None:
        large = max(part.size for part in row.parts if isinstance(part, Words)) >= _LARGE
        _plainly(printer, "left")
        if large:
            printer.set(bold=True, double_height=True, double_width=False)
        printer.text(line + "\n")
        return
    (first, *others) = row.parts
    if isinstance(first, Symbol) and not others and first.kind == "qr" and first.is_plain:
        centred = abs(2 * (first.x - at) + first.pattern.width * first.module - head) < 4 * first.module
        if centred and first.module <= _MOST_QR:
            # The printer leaves no quiet zone of its own; what is above and below it is the roll's.
            _plainly(printer, "center")
            printer.qr(first.data, ec=1, size=first.module, native=True, center=False)
            return
    _raster(printer, row, head, at)


def _as_text(row: _Row, columns: int, at: int, head: int) -> str | None:
    """The row in the columns of face A; None where it must be drawn."""
    words = sorted((part for part in row.parts if isinstance(part, Words)), key=lambda part: part.left)
    if len(words) != len(row.parts) or len(words) > 2 or not all(_is_text(part.text) for part in words):
        return None
    if len({part.baseline for part in words}) > 1 or max(part.size for part in words) > _LARGEST:
        return None  # two lines that reach into one another, and what is larger than the face, are drawn
    texts = [part.text.strip() for part in words]
    if sum(map(len, texts)) + len(texts) - 1 > columns:
        return None
    if len(words) == 2:
        return texts[0] + texts[1].rjust(columns - len(texts[0]))
    (part,) = words
    left, right = part.left - at, at + head - part.left - part.width
    if abs(left - right) <= COLUMN and left > COLUMN:
        return texts[0].center(columns).rstrip()
    if left <= 2 * COLUMN:
        return texts[0]
    return texts[0].rjust(columns) if right <= 2 * COLUMN else None


def _plainly(printer: "Dummy", align: str) -> None:
    printer.set(align=align, bold=False, normal_textsize=True)


def _is_text(text: str) -> bool:
    return bool(text.strip()) and text.isascii() and text.isprintable()


def _raster(printer: "Dummy", row: _Row, head: int, at: int) -> None:
    board = Board(head, row.bottom - row.top)
    for part in row.parts:
        if isinstance(part, Words):
            board.paste(part.bits, part.x - at, part.y - row.top)
        elif isinstance(part, Symbol):
            board.paste(part.drawn(), part.x - at, part.y - row.top)
        else:
            board.box(part.x - at, part.y - row.top, part.width, part.height)
    _plainly(printer, "left")
    for top in range(0, row.bottom - row.top, _TALLEST):
        strip = board.bits(top, top + _TALLEST)
        # Written here: python-escpos would say on standard output, each time, that it cannot centre it.
        size = strip.stride.to_bytes(2, "little") + strip.height.to_bytes(2, "little")
        printer._raw(b"\x1dv0\x00" + size + strip.rows)


def _feed(printer: "Dummy", gap: int) -> None:
    """Empty paper between rows, in dots; what a line of text brings along is left out."""
    if gap > 6:
        printer._raw(b"\x1bJ" + bytes([min(gap - 4, _MOST_FEED)]))
