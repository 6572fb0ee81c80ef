"""A signature drawn by hand: strokes on a pad of a true size, kept as numbers and drawn again anywhere.

Kept as JSON: ``{"pad": [9000, 3000], "strokes": [[x, y, x, y, ...], ...]}`` in hundredths of a millimetre from the top
left corner, so that it stands on paper as large as it was drawn.
"""

import itertools
import json
import math
from dataclasses import dataclass

from clinic_desktop.domain.refusals import Refusal

PAD = (9000, 3000)
LONGEST_TEXT = 200_000
SHORTEST_LINE = 1000  # one centimetre of line in all: a touch of the pad is no signature

Point = tuple[int, int]


@dataclass(frozen=True)
class Signature:
    """The size of the pad and the strokes on it, in hundredths of a millimetre."""

    pad: Point
    strokes: tuple[tuple[Point, ...], ...]

    @property
    def length(self) -> float:
        """How long the line is in all."""
        return sum(math.dist(one, other) for stroke in self.strokes for one, other in itertools.pairwise(stroke))

    @property
    def is_signed(self) -> bool:
        """Whether it is more than a touch of the pad."""
        return self.length >= SHORTEST_LINE


def write(signature: Signature) -> str:
    """The text that is kept."""
    flat = [[value for point in stroke for value in point] for stroke in signature.strokes]
    return json.dumps({"pad": list(signature.pad), "strokes": flat}, separators=(",", ":"))


def read(text: str) -> Signature:
    """Read what `write` wrote; refuses anything else, and strokes that leave the pad."""
    if len(text) > LONGEST_TEXT:
        raise Refusal("This signature is too long to be kept. Sign again.", field="signature")
    try:
        body = json.loads(text)
        wide, high = (int(side) for side in body["pad"])
        strokes = tuple(
            tuple((int(x), int(y)) for x, y in zip(flat[::2], flat[1::2], strict=True)) for flat in body["strokes"]
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise Refusal("This is no signature. Sign again.", field="signature") from None
    inside = all(0 <= x <= wide and 0 <= y <= high for stroke in strokes for x, y in stroke)
    if not (0 < wide <= 4 * PAD[0] and 0 < high <= 4 * PAD[1] and inside):
        raise Refusal("This is no signature. Sign again.", field="signature")
    return Signature((wide, high), strokes)


def require_signed(text: str | None) -> str | None:
    """The signature as it is kept, None where there is none; refuses a mere touch."""
    if text is None or not text.strip():
        return None
    signature = read(text)
    if not signature.strokes:
        return None
    if not signature.is_signed:
        raise Refusal("This is too short for a signature. Sign again.", field="signature")
    return write(signature)
