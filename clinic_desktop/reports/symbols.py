"""Bar codes as patterns of one dot a module, without their quiet zones."""

import typing
from functools import lru_cache
from typing import Final

import segno
import zxingcpp
from reportlab.graphics.barcode.code128 import Code128

from clinic_desktop.domain.plates import Bits, SymbolKind, from_rows

if typing.TYPE_CHECKING:
    from typing_extensions import Buffer

LONGEST: Final = 220  # what the smallest of them is asked to hold


@lru_cache(maxsize=256)
def pattern(kind: SymbolKind, data: str) -> Bits:
    """The dark modules of a symbol. Raises ValueError where it cannot hold the data."""
    if not data or len(data) > LONGEST or not data.isascii() or not data.isprintable():
        raise ValueError("a symbol holds 1 to 220 printable ASCII characters")
    if kind == "qr":
        return from_rows(segno.make(data, error="m", boost_error=False, micro=False).matrix)
    if kind == "datamatrix":
        return _matrix(data)
    edges = bars(data)
    start, width = edges[-1]
    row = [0] * (start + width)
    for at, wide in edges:
        row[at : at + wide] = [1] * wide
    return from_rows([row])


def bars(text: str) -> list[tuple[int, int]]:
    """The bars of a Code 128 symbol (ISO/IEC 15417) as (start, width) in modules."""
    code = Code128(text, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    found, at = [], 0
    for letter in code.decomposed:
        width = ord(letter.lower()) - ord("a") + 1
        if letter.isupper():
            found.append((at, width))
        at += width
    return found


def _matrix(data: str) -> Bits:
    code = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.DataMatrix)
    # zxing-cpp's picture says its size only as a buffer, which its own types leave out.
    drawn = memoryview(typing.cast("Buffer", code.to_image(scale=1, add_quiet_zones=False)))
    high, wide = drawn.shape or (0, 0)
    return from_rows([[drawn[row, column] < 128 for column in range(wide)] for row in range(high)])
