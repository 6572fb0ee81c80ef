"""The words of a paper as dots: the same shaped glyphs in the same places, inked where an outline covers a dot."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import uharfbuzz as hb

from clinic_desktop.domain.plates import Bits, SymbolKind
from clinic_desktop.reports import symbols
from clinic_desktop.reports.faces import MAIN, Face, face
from clinic_desktop.reports.text import Line, line

# A thermal dot covered by more than this of 255 is inked: half would let the thin strokes of small type break.
_INKED: Final = 100
_GLYPHS: Final = re.compile(r"<([0-9A-F]+)>|(-?[0-9.]+)")
_INK: Final = bytes(0 if level < _INKED else 1 for level in range(256))
_DIGITS: Final = bytes.maketrans(b"\0\1", b"01")

_Placed = tuple[Face, int, float, float, bool]


def raster(one: Line, size: float) -> tuple[Bits, int, int]:
    """A set line at a type size in dots: its picture, and the picture's top left corner from the pen's start.

    The corner is given as (dots to the right, dots above the baseline).
    """
    return _raster(one, round(size, 2))


@lru_cache(maxsize=1024)
def _raster(one: Line, size: float) -> tuple[Bits, int, int]:
    drawing = hb.RasterDraw()
    for this, glyph, x, y, thick in _placed(one):
        scale = size / this.hb_face.upem
        # A face with no bold cut is drawn twice, a little apart, as the papers thicken its strokes.
        for more in (0.0, size / 28) if thick else (0.0,):
            drawing.transform = (scale, 0, 0, scale, x * size / 1000 + more, y * size / 1000)
            drawing.draw_glyph(this.hb_font, glyph)
    image = drawing.render()
    if image is None:
        raise MemoryError("a line could not be drawn")
    shape = image.extents
    if not shape.width or not shape.height:
        return Bits(0, 0, b""), 0, 0
    inked = bytes(image.buffer).translate(_INK).translate(_DIGITS)
    stride = (shape.width + 7) // 8
    pad = stride * 8 - shape.width
    rows = [
        (int(inked[at * shape.stride : at * shape.stride + shape.width], 2) << pad).to_bytes(stride, "big")
        for at in range(shape.height - 1, -1, -1)  # HarfBuzz begins at the bottom
    ]
    return Bits(shape.width, shape.height, b"".join(rows)), shape.x_origin, shape.y_origin + shape.height


def _placed(one: Line) -> Iterator[_Placed]:
    """Every glyph with its pen place in thousandths of the type size, exactly as the paper writes them."""
    if one.plain is not None:
        this, pen = face(MAIN, bold=one.bold), 0.0
        for at in range(0, len(one.plain), 4):
            glyph = int(one.plain[at : at + 4], 16)
            yield this, glyph, pen, 0.0, False
            pen += this.advance(glyph)
        return
    start = 0.0
    for piece in one.pieces:
        pen = start
        for stroke in piece.strokes:
            for glyph, shift in _GLYPHS.findall(stroke.operator):
                if glyph:
                    number = int(glyph, 16)
                    yield piece.face, number, pen, stroke.rise, piece.face.thicken and one.bold
                    pen += piece.face.advance(number)
                else:
                    pen -= float(shift)
        start += piece.width


class PaperArtist:
    """Letters and symbols as the papers draw them, for the picture of what a printer writes by itself."""

    def letters(self, text: str, size: int) -> tuple[Bits, int]:
        """Plain text at a size in dots, and how far below its top the baseline is."""
        bits, right, up = raster(line(text, bold=True), size)
        # A letter begins a little to the right of the pen.
        return (bits, up) if right == 0 or not bits.width else (_moved(bits, right), up)

    def symbol(self, kind: SymbolKind, data: str) -> Bits:
        """A symbol at one dot a module. Raises ValueError where it cannot hold the data."""
        return symbols.pattern(kind, data)


def _moved(bits: Bits, right: int) -> Bits:
    wide = max(bits.width + right, 1)
    stride = (wide + 7) // 8
    rows = []
    for at in range(bits.height):
        row = int.from_bytes(bits.rows[at * bits.stride : (at + 1) * bits.stride], "big") >> (
            bits.stride * 8 - bits.width
        )
        rows.append(((row & ((1 << wide) - 1)) << (stride * 8 - wide)).to_bytes(stride, "big"))
    return Bits(wide, bits.height, b"".join(rows))
