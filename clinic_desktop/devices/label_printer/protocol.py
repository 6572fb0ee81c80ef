"""ZPL II for one plate: plain ASCII in the printer's own face, everything else as dots, symbols by the printer.

Source: Zebra, Programming Guide for ZPL II (P1099958). Nothing of what a label says can become a command: text is
sent with ^FH and every sign but letters, digits and blanks as its number; symbols take a short alphabet without signs
of ZPL; dots are hexadecimal.
"""

from collections.abc import Sequence
from typing import Final

from clinic_desktop.domain.plates import Bits, Box, Part, Plate, Symbol, Words

MOST_COPIES: Final = 200
_AS_THEY_ARE: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ")
_JUSTIFIED: Final = {"centre": "C", "right": "R"}
# A magnification of ^BQ is one digit or ten; ^BY takes a module of at most ten dots.
_WIDEST_MODULE: Final = 10
# Where a printer puts a QR code: so many dots below its field origin (seen in every model's firmware).
QR_DROP: Final = 10


# Asks how the printer is; answered by three lines, each between STX and ETX.
STATUS: Final = b"~HS"


def fault(reply: bytes) -> str:
    """What the printer says is wrong with it: paper, head, ribbon, paused, or nothing ("")."""
    lines = [line.split(b"\x03")[0].split(b",") for line in reply.split(b"\x02")[1:]]
    if len(lines) < 2 or len(lines[0]) < 3 or len(lines[1]) < 4:
        return ""
    said = {
        "paper": lines[0][1], "head": lines[1][2], "ribbon": lines[1][3], "paused": lines[0][2],
    }  # fmt: skip
    return next((name for name, flag in said.items() if flag.strip() == b"1"), "")


def encode(plates: Sequence[Plate], copies: int = 1) -> bytes:
    """Every plate as a format of its own. Raises ValueError for a number of copies that no label needs."""
    if not 1 <= copies <= MOST_COPIES:
        raise ValueError("copies")
    return b"".join(_format(plate, copies) for plate in plates)


def _format(plate: Plate, copies: int) -> bytes:
    head = f"^XA^CI28^PW{plate.width}^LL{plate.height}^LH0,0"
    fields = "\n".join(_field(part) for part in plate.parts)
    return f"{head}\n{fields}\n^PQ{copies}^XZ\n".encode("ascii")


def _field(part: Part) -> str:
    if isinstance(part, Box):
        return f"^FO{part.x},{part.y}^GB{part.width},{part.height},{min(part.width, part.height)}^FS"
    if isinstance(part, Symbol):
        return _symbol(part)
    return _words(part) if part.text.strip() else _dots(part.bits, part.x, part.y)


def _words(part: Words) -> str:
    size = max(part.size, 10)
    kept = f"^FB{max(part.width, 1)},1,0,{_JUSTIFIED[part.align]}" if part.align != "left" else ""
    return f"^FT{part.left},{part.baseline}^A0N,{size},{size}{kept}^FH_^FD{_escaped(part.text)}^FS"


def _symbol(part: Symbol) -> str:
    native = part.is_plain and part.module <= _WIDEST_MODULE
    if native and part.kind == "code128":
        return f"^FO{part.x},{part.y}^BY{part.module}^BCN,{part.height},N,N,N,A^FD{part.data}^FS"
    if native and part.kind == "datamatrix":
        return f"^FO{part.x},{part.y}^BXN,{part.module},200^FD{part.data}^FS"
    if native and part.y >= QR_DROP:
        return f"^FO{part.x},{part.y - QR_DROP}^BQN,2,{part.module}^FDMA,{part.data}^FS"
    return _dots(part.drawn(), part.x, part.y)


def _escaped(text: str) -> str:
    return "".join(chr(byte) if byte in _AS_THEY_ARE else f"_{byte:02X}" for byte in text.encode("ascii"))


def _dots(bits: Bits, x: int, y: int) -> str:
    """A picture as ^GF; what would lie left of the label or above it is cut off, since an origin cannot."""
    rows = [bits.rows[at * bits.stride : (at + 1) * bits.stride] for at in range(max(-y, 0), bits.height)]
    width = bits.width
    if x < 0 and width > -x:
        wide = (width + x + 7) // 8
        pad = bits.stride * 8
        rows = [
            (((int.from_bytes(row, "big") << -x) & ((1 << pad) - 1)) >> (pad - wide * 8)).to_bytes(wide, "big")
            for row in rows
        ]
        width += x
    if not rows or width <= 0:
        return ""
    stride = (width + 7) // 8
    total = stride * len(rows)
    return f"^FO{max(x, 0)},{max(y, 0)}^GFA,{total},{total},{stride},{_packed(rows)}^FS"


def _packed(rows: Sequence[bytes]) -> str:
    """Hexadecimal with Zebra's own runs: a repeated row is a colon, the rest of a row of zeros a comma."""
    out, before = [], b""
    for row in rows:
        if row == before:
            out.append(":")
        else:
            digits = row.hex().upper()
            kept = digits.rstrip("0")
            out.append(_runs(kept) + ("," if len(kept) < len(digits) else ""))
        before = row
    return "".join(out)


def _runs(digits: str) -> str:
    out, at = [], 0
    while at < len(digits):
        end = at
        while end < len(digits) and digits[end] == digits[at]:
            end += 1
        out.append(_count(end - at) + digits[at])
        at = end
    return "".join(out)


def _count(number: int) -> str:
    """G to Y stand for 1 to 19, g to z for 20 to 400 in twenties."""
    if number == 1:
        return ""
    twenties, ones = divmod(number, 20)
    full, twenties = divmod(twenties, 20)
    return "z" * full + (chr(ord("f") + twenties) if twenties else "") + (chr(ord("F") + ones) if ones else "")
