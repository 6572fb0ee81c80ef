"""What a label or receipt is when it reaches a printer: dots, and the few things that a printer draws by itself.

A plate is one label at one resolution. Words come with their own dots, made by the shaping of the papers, and as text
only where a printer's own face may write them: plain ASCII.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

SymbolKind = Literal["code128", "qr", "datamatrix"]
Align = Literal["left", "centre", "right"]

INCH: Final = 25.4
# Heads that are called 203 dpi have eight dots to the millimetre.
DOTS_PER_MM: Final = {203: 8.0, 300: 300 / INCH, 600: 600 / INCH}
# What a printer's own symbols take without an escape of any kind, in ZPL and in ESC/POS alike.
PLAIN_SYMBOL: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ:-./+$% ")


def dots(mm: float, dpi: int) -> int:
    """Millimetres as whole dots of a head."""
    return round(mm * DOTS_PER_MM[dpi])


@dataclass(frozen=True)
class Bits:
    """A picture of one bit a dot; each row begins a byte, its first dot the highest bit, and 1 prints."""

    width: int
    height: int
    rows: bytes

    def __repr__(self) -> str:
        return f"Bits({self.width}x{self.height})"

    @property
    def stride(self) -> int:
        """Bytes in a row."""
        return (self.width + 7) // 8


@dataclass(frozen=True, repr=False)
class Words:
    """A line of words: its dots at (x, y), and where a printer may write it, its text, type size and baseline."""

    x: int
    y: int
    bits: Bits
    text: str = ""
    size: int = 0
    baseline: int = 0
    left: int = 0
    width: int = 0
    align: Align = "left"


@dataclass(frozen=True, repr=False)
class Symbol:
    """A bar code; `module` is the narrowest bar or the side of a square, `height` of a linear one, in dots."""

    x: int
    y: int
    kind: SymbolKind
    data: str
    module: int
    height: int
    pattern: Bits  # one dot a module, without a quiet zone

    @property
    def is_plain(self) -> bool:
        """Whether a printer's own encoder may be handed the data."""
        return bool(self.data) and set(self.data) <= PLAIN_SYMBOL

    def drawn(self) -> Bits:
        """The symbol at its size."""
        tall = self.height if self.kind == "code128" else self.module
        return enlarged(self.pattern, self.module, tall)


@dataclass(frozen=True)
class Box:
    """A filled box, or a line."""

    x: int
    y: int
    width: int
    height: int


Part = Words | Symbol | Box


@dataclass(frozen=True, repr=False)
class Plate:
    """One label at one resolution."""

    width: int
    height: int
    dpi: int
    parts: tuple[Part, ...] = field(default=())


class Artist(Protocol):
    """What a picture of a print needs beside the bytes: how letters and symbols look."""

    def letters(self, text: str, size: int) -> tuple[Bits, int]:
        """Plain text at a size in dots, and how far below its top the baseline is."""
        ...

    def symbol(self, kind: SymbolKind, data: str) -> Bits:
        """A symbol at one dot a module. Raises ValueError where it cannot hold the data."""
        ...


class Board:
    """A surface to paint on; what lies outside of it is cut off, as a head does."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._rows = [0] * height

    def paste(self, bits: Bits, x: int, y: int, *, invert: bool = False) -> None:
        """Ink every dot of a picture at a place; `invert` turns round what it covers."""
        mask = (1 << self.width) - 1
        for at in range(max(0, -y), min(bits.height, self.height - y)):
            row = int.from_bytes(bits.rows[at * bits.stride : (at + 1) * bits.stride], "big")
            shift = self.width - x - bits.stride * 8
            moved = (row << shift if shift >= 0 else row >> -shift) & mask
            self._rows[y + at] = self._rows[y + at] ^ moved if invert else self._rows[y + at] | moved

    def box(self, x: int, y: int, width: int, height: int) -> None:
        """Ink a box."""
        first, last = max(x, 0), min(x + width, self.width)
        if first < last:
            run = ((1 << (last - first)) - 1) << (self.width - last)
            for row in range(max(y, 0), min(y + height, self.height)):
                self._rows[row] |= run

    def bits(self, top: int = 0, bottom: int | None = None) -> Bits:
        """What was painted, or a strip of it."""
        rows = self._rows[top:bottom]
        stride = (self.width + 7) // 8
        pad = stride * 8 - self.width
        return Bits(self.width, len(rows), b"".join((row << pad).to_bytes(stride, "big") for row in rows))


def painted(plate: Plate) -> Bits:
    """A plate with every part in its own dots, as it looks where the printer draws nothing by itself."""
    board = Board(plate.width, plate.height)
    for part in plate.parts:
        if isinstance(part, Words):
            board.paste(part.bits, part.x, part.y)
        elif isinstance(part, Symbol):
            board.paste(part.drawn(), part.x, part.y)
        else:
            board.box(part.x, part.y, part.width, part.height)
    return board.bits()


def turned(plate: Plate) -> Plate:
    """A plate a quarter turn clockwise, all in dots: a wristband leaves the printer along its length."""
    whole = painted(plate)
    columns = [0] * whole.width
    for at in range(whole.height):
        row = int.from_bytes(whole.rows[at * whole.stride : (at + 1) * whole.stride], "big") >> (
            whole.stride * 8 - whole.width
        )
        for column in range(whole.width):
            if row >> (whole.width - 1 - column) & 1:
                columns[column] |= 1 << at  # the lowest row comes first
    stride = (whole.height + 7) // 8
    pad = stride * 8 - whole.height
    rows = b"".join((row << pad).to_bytes(stride, "big") for row in columns)
    image = Words(0, 0, Bits(whole.height, whole.width, rows))
    return Plate(plate.height, plate.width, plate.dpi, (image,))


def enlarged(bits: Bits, across: int, down: int) -> Bits:
    """A picture with every dot made a block."""
    width, stride = bits.width * across, (bits.width * across + 7) // 8
    full, out = (1 << across) - 1, []
    for at in range(bits.height):
        row = int.from_bytes(bits.rows[at * bits.stride : (at + 1) * bits.stride], "big") >> (
            bits.stride * 8 - bits.width
        )
        wide = 0
        for column in range(bits.width):
            wide = wide << across | (full if row >> (bits.width - 1 - column) & 1 else 0)
        out.append((wide << (stride * 8 - width)).to_bytes(stride, "big") * down)
    return Bits(width, bits.height * down, b"".join(out))


def from_rows(rows: Iterable[Iterable[object]]) -> Bits:
    """A picture from rows of true and false."""
    lines = [[bool(dot) for dot in row] for row in rows]
    width = len(lines[0]) if lines else 0
    stride = (width + 7) // 8
    packed = [
        (int("".join("01"[dot] for dot in line) or "0", 2) << (stride * 8 - width)).to_bytes(stride, "big")
        for line in lines
    ]
    return Bits(width, len(lines), b"".join(packed))


def png(bits: Bits, dpi: int = 203) -> bytes:
    """A picture as PNG (ISO/IEC 15948), black on white, with its true size in it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    per_metre = round(DOTS_PER_MM[dpi] * 1000)
    rows = b"".join(
        b"\0" + bytes(255 - byte for byte in bits.rows[at * bits.stride : (at + 1) * bits.stride])
        for at in range(bits.height)
    )
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", bits.width, bits.height, 1, 0, 0, 0, 0))
        + chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
        + chunk(b"IDAT", zlib.compress(rows, 6))
        + chunk(b"IEND", b"")
    )
