"""The faces that words are printed with: which ship, which script each carries, and what each glyph is."""

from bisect import bisect_right
from functools import cache, cached_property, lru_cache
from pathlib import Path

import uharfbuzz as hb

from clinic_desktop.paths import resources

MAIN = "NotoSans"
HAN = "DroidSansFallbackFull"

# Key: the files of the regular and the bold cut; where a bold one is wanting, the strokes are thickened on paper.
FILES: dict[str, tuple[str, str | None]] = {
    MAIN: ("NotoSans-Regular", "NotoSans-Bold"),
    "NotoNaskhArabic": ("NotoNaskhArabic-Regular", "NotoNaskhArabic-Bold"),
    HAN: (HAN, None),
    "NanumSquare": ("NanumSquareR", "NanumSquareB"),
    **{f"NotoSans{signs}": (f"NotoSans{signs}-Regular", None) for signs in ("Math", "Symbols", "Symbols2")},
    **{
        f"NotoSans{script}": (f"NotoSans{script}-Regular", f"NotoSans{script}-Bold")
        for script in (
            "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada",
            "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thaana", "Thai",
        )
    },
}  # fmt: skip

# First and last character of each stretch of Unicode, and the face that carries it; all else is Latin's or nobody's.
STRETCHES: tuple[tuple[int, int, str], ...] = (
    (0x0530, 0x058F, "NotoSansArmenian"), (0x0590, 0x05FF, "NotoSansHebrew"), (0x0600, 0x06FF, "NotoNaskhArabic"),
    (0x0750, 0x077F, "NotoNaskhArabic"), (0x0780, 0x07BF, "NotoSansThaana"), (0x08A0, 0x08FF, "NotoNaskhArabic"),
    (0x0900, 0x097F, "NotoSansDevanagari"), (0x0980, 0x09FF, "NotoSansBengali"), (0x0A00, 0x0A7F, "NotoSansGurmukhi"),
    (0x0A80, 0x0AFF, "NotoSansGujarati"), (0x0B00, 0x0B7F, "NotoSansOriya"), (0x0B80, 0x0BFF, "NotoSansTamil"),
    (0x0C00, 0x0C7F, "NotoSansTelugu"), (0x0C80, 0x0CFF, "NotoSansKannada"), (0x0D00, 0x0D7F, "NotoSansMalayalam"),
    (0x0D80, 0x0DFF, "NotoSansSinhala"), (0x0E00, 0x0E7F, "NotoSansThai"), (0x0E80, 0x0EFF, "NotoSansLao"),
    (0x1000, 0x109F, "NotoSansMyanmar"), (0x10A0, 0x10FF, "NotoSansGeorgian"), (0x1200, 0x139F, "NotoSansEthiopic"),
    (0x1780, 0x17FF, "NotoSansKhmer"), (0x19E0, 0x19FF, "NotoSansKhmer"), (0x1C90, 0x1CBF, "NotoSansGeorgian"),
    (0x1CD0, 0x1CFF, "NotoSansDevanagari"), (0x2D00, 0x2D2F, "NotoSansGeorgian"), (0x2D80, 0x2DDF, "NotoSansEthiopic"),
    (0x2E80, 0x312F, HAN), (0x3130, 0x318F, "NanumSquare"), (0x3190, 0x9FFF, HAN),
    (0xA8E0, 0xA8FF, "NotoSansDevanagari"), (0xA9E0, 0xA9FF, "NotoSansMyanmar"), (0xAA60, 0xAA7F, "NotoSansMyanmar"),
    (0xAB00, 0xAB2F, "NotoSansEthiopic"), (0xAC00, 0xD7A3, "NanumSquare"), (0xF900, 0xFAFF, HAN),
    (0xFB13, 0xFB17, "NotoSansArmenian"), (0xFB1D, 0xFB4F, "NotoSansHebrew"), (0xFB50, 0xFDFF, "NotoNaskhArabic"),
    (0xFE30, 0xFE4F, HAN), (0xFE70, 0xFEFC, "NotoNaskhArabic"), (0xFF00, 0xFFEF, HAN),
)  # fmt: skip
# Asked in turn where no stretch says: letters, then the signs of medicine and arithmetic, then Han.
_ANYTHING = (MAIN, "NotoSansMath", "NotoSansSymbols", "NotoSansSymbols2", HAN)
# Faces whose letters keep to the height of Latin.
_LOW = ("NotoSans-", "NotoSansMath", "NotoSansSymbols", "NanumSquare", HAN)
_STARTS = [first for first, _last, _key in STRETCHES]


class Face:
    """One font file, opened when first needed and kept; widths are in thousandths of the type size."""

    def __init__(self, file: Path, *, thicken: bool) -> None:
        self.name = file.stem
        self.thicken = thicken
        self.tall = not file.stem.startswith(_LOW)
        self._file = file
        self._glyphs: dict[str, int] = {}

    @cached_property
    def hb_face(self) -> hb.Face:
        """The opened file."""
        return hb.Face(hb.Blob.from_file_path(str(self._file)))

    @cached_property
    def hb_font(self) -> hb.Font:
        """The opened file, ready to shape with."""
        return hb.Font(self.hb_face)

    @cached_property
    def scale(self) -> float:
        """Thousandths of the type size in one unit of the file."""
        return 1000 / self.hb_face.upem

    @cached_property
    def own_text(self) -> dict[int, str]:
        """The one character that each glyph stands for; where several share it, the first in Unicode's order."""
        text: dict[int, str] = {}
        for code in sorted(self.hb_face.unicodes):
            text.setdefault(self.glyph(chr(code)), chr(code))
        return text

    def glyph(self, character: str) -> int:
        """The glyph of a character; 0 where this face has none."""
        known = self._glyphs.get(character)
        if known is None:
            known = self._glyphs[character] = self.hb_font.get_nominal_glyph(ord(character)) or 0
        return known

    def advance(self, glyph: int) -> float:
        """The width of a glyph as the file states it."""
        return self.hb_font.get_glyph_h_advance(glyph) * self.scale


@cache
def face(key: str, *, bold: bool = False) -> Face:
    """The face of that key, in the weight asked for."""
    regular, heavy = FILES[key]
    name = heavy if bold and heavy else regular
    return Face(resources() / "fonts" / f"{name}.ttf", thicken=bold and heavy is None)


@lru_cache(maxsize=65536)
def key_for(character: str) -> str | None:
    """The face that prints a character; None where none that ships has it."""
    code = ord(character)
    at = bisect_right(_STARTS, code) - 1
    if at >= 0 and code <= STRETCHES[at][1]:
        key = STRETCHES[at][2]
        if face(key).glyph(character):
            return key
    for key in _ANYTHING:
        if face(key).glyph(character):
            return key
    return None
