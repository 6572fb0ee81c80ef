"""From a stretch of one face and one direction to glyphs in their places, ready to be written into a page."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import uharfbuzz as hb

from clinic_desktop.reports.faces import MAIN, Face, face

# Ligatures of Latin would make "fi" one glyph, and copied text would no longer be what was written.
_Placed = tuple[int, int, int, int, int]  # glyph, cluster, advance, right, up: in the file's own units
_LATIN = {"kern": True, "liga": False, "clig": False}


@dataclass(frozen=True, slots=True)
class Stroke:
    """Glyphs written in one go; the rise is above the baseline, in thousandths of the type size."""

    rise: float
    operator: str  # PDF's own TJ
    cluster: int  # where in the text these glyphs begin; -1 where strokes are not told apart


@dataclass(frozen=True, slots=True)
class Piece:
    """Shaped glyphs of one face and one direction; the width is in thousandths of the type size."""

    face: Face
    text: str
    width: float
    right_to_left: bool
    strokes: tuple[Stroke, ...]
    clusters: tuple[tuple[int, str, tuple[int, ...]], ...]  # (where it begins, its text, its glyphs)


@lru_cache(maxsize=16384)
def shape(text: str, key: str, *, bold: bool, right_to_left: bool) -> Piece:
    """Shape a stretch with an explicit direction: a guessed one turns Arabic digits round."""
    this = face(key, bold=bold)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if right_to_left else "ltr"
    buffer.language = "en"  # otherwise the machine's own, and the same page would differ from desk to desk
    buffer.guess_segment_properties()
    hb.shape(this.hb_font, buffer, _LATIN if key == MAIN else None)
    placed = [
        (info.codepoint, info.cluster, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]
    if any(glyph == 0 for glyph, *_rest in placed):
        raise ValueError(f"{this.name} left a glyph out")  # coverage was asked before: a bug, never a page
    strokes, width = _strokes(this, placed, apart=right_to_left)
    return Piece(this, text, width, right_to_left, strokes, _clusters(text, placed))


def _strokes(this: Face, placed: list[_Placed], *, apart: bool) -> tuple[tuple[Stroke, ...], float]:
    """Write glyphs as PDF operators, moving by the difference between shaped and stated widths."""
    scale = this.scale
    done: list[Stroke] = []
    parts: list[str] = []
    rise, now = 0.0, -1
    drawn = wanted = 0.0  # where the pen is, and where it ought to be
    for glyph, cluster, advance, right, up in placed:
        place = (up * scale, cluster if apart else -1)
        if place != (rise, now) and parts:
            done.append(Stroke(rise, f"[{''.join(parts)}] TJ", now))
            parts = []
        rise, now = place
        shift = wanted + right * scale - drawn
        if abs(shift) > 0.01:
            parts.append(f"{-shift:.2f}")
            drawn += shift
        parts.append(f"<{glyph:04X}>")
        drawn += this.advance(glyph)
        wanted += advance * scale
    if abs(wanted - drawn) > 0.01:
        parts.append(f"{drawn - wanted:.2f}")
    if parts:
        done.append(Stroke(rise, f"[{''.join(parts)}] TJ", now))
    return tuple(done), wanted


def _clusters(text: str, placed: list[_Placed]) -> tuple[tuple[int, str, tuple[int, ...]], ...]:
    """What cannot be taken apart in shaping: a stretch of text and the glyphs that show it."""
    starts = sorted({cluster for _glyph, cluster, *_rest in placed} | {len(text)})
    following = dict(pairwise(starts))
    glyphs: dict[int, list[int]] = {}
    for glyph, cluster, *_rest in placed:
        glyphs.setdefault(cluster, []).append(glyph)
    return tuple((start, text[start : following[start]], tuple(shown)) for start, shown in glyphs.items())
