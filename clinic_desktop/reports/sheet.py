"""Sheets of paper at their true size: lines, boxes and set words, kept as PDF operators until the last page is known.

Measures are points from the top left corner. ReportLab makes the document; glyphs are written by number and each
face is embedded with only the glyphs that were used.
"""

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

import uharfbuzz as hb
from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from clinic_desktop.reports.faces import MAIN, Face, face
from clinic_desktop.reports.shaping import Piece
from clinic_desktop.reports.text import Line

Colour = tuple[float, float, float]
INK: Final[Colour] = (0.09, 0.125, 0.165)
SUBTLE: Final[Colour] = (0.357, 0.4, 0.45)
RULE: Final[Colour] = (0.8, 0.83, 0.86)
ACCENT: Final[Colour] = (0.043, 0.431, 0.431)
CRITICAL: Final[Colour] = (0.702, 0.149, 0.118)
WASH: Final[Colour] = (0.955, 0.962, 0.97)

MM: Final = 72 / 25.4

# ReportLab writes streams as text, a quarter longer, unless its one setting says otherwise; once, for every thread.
rl_config.useA85 = 0

# What an embedded face has no use for: PDF names glyphs by number and places them itself.
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "name", "post", "OS/2", "cmap", "gasp", "vhea", "vmtx", "DSIG", "meta")


class Sheets:
    """A document being drawn, page after page of one size."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self.width = width
        self.height = height
        self._title = title
        self._pages: list[list[str]] = []
        self._code: list[str] = []
        self._names: dict[str, str] = {}
        self._faces: dict[str, Face] = {}
        self._meaning: dict[str, dict[int, str]] = {}
        self._plain: dict[bool, set[str]] = {False: set(), True: set()}
        self.new_page()

    @property
    def page_count(self) -> int:
        """How many pages there are so far."""
        return len(self._pages)

    def new_page(self) -> None:
        """Begin another page."""
        self._code = []
        self._pages.append(self._code)

    def on_every_page(self, draw: Callable[[int], None]) -> None:
        """Draw something on every page, given its number from 1; for what is known only at the end."""
        for number, code in enumerate(self._pages, start=1):
            self._code = code
            draw(number)

    def words(self, line: Line, x: float, baseline: float, size: float, colour: Colour = INK) -> None:
        """Draw one set line from x to the right, its letters standing on the baseline."""
        start = f"BT {_rgb(colour)} rg 1 0 0 1 {x:.2f} {self.height - baseline:.2f} Tm"
        if line.plain is not None:
            self._plain[line.bold].update(line.text)
            name = self._name(face(MAIN, bold=line.bold))
            self._code.append(f"{start} /{name} {size:g} Tf <{line.plain}> Tj ET")
            return
        parts = [start]
        for piece in line.pieces:
            parts.append(f"/{self._name(piece.face)} {size:g} Tf")
            thick = piece.face.thicken and line.bold
            if thick:
                parts.append(f"2 Tr {size / 40:.3f} w {_rgb(colour)} RG")
            parts += self._stroke(piece, size)
            if thick:
                parts.append("0 Tr")
        self._code.append(" ".join([*parts, "0 Ts ET"]))

    def _stroke(self, piece: Piece, size: float) -> Iterator[str]:
        """The operators of a piece, with its text beside it wherever its glyphs alone would not give that back."""
        meaning = self._meaning[piece.face.name]
        odd: dict[int, str] = {}
        for start, text, glyphs in piece.clusters:
            # Readers turn right-to-left glyphs round for themselves, and with them the letters of a ligature.
            shown = text[::-1] if piece.right_to_left else text
            for glyph in glyphs[1:]:
                meaning.setdefault(glyph, "")
            if meaning.setdefault(glyphs[0], shown) != shown or len(glyphs) > 1:
                odd[start] = text
        if not piece.right_to_left:
            strokes = [f"{stroke.rise * size / 1000:.3f} Ts {stroke.operator}" for stroke in piece.strokes]
            yield from _spoken(piece.text, strokes) if odd else strokes
            return
        for cluster, group in groupby(piece.strokes, key=attrgetter("cluster")):
            strokes = [f"{stroke.rise * size / 1000:.3f} Ts {stroke.operator}" for stroke in group]
            yield from _spoken(odd[cluster], strokes) if cluster in odd else strokes

    def rule(self, x: float, y: float, length: float, *, weight: float = 0.5, colour: Colour = RULE) -> None:
        """Draw a level line."""
        up = self.height - y
        self._code.append(f"{_rgb(colour)} RG {weight:g} w {x:.2f} {up:.2f} m {x + length:.2f} {up:.2f} l S")

    def path(self, points: Sequence[tuple[float, float]], *, weight: float, colour: Colour) -> None:
        """Draw a line through points."""
        if len(points) > 1:
            moved = [f"{x:.2f} {self.height - y:.2f} {'l' if n else 'm'}" for n, (x, y) in enumerate(points)]
            self._code.append(f"{_rgb(colour)} RG {weight:g} w 1 j {' '.join(moved)} S")

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: Colour | None = None, edge: Colour | None = None
    ) -> None:
        """Draw a box whose top left corner is at (x, y), filled, edged, or both."""
        shape = f"{x:.2f} {self.height - y - height:.2f} {width:.2f} {height:.2f} re"
        if fill:
            self._code.append(f"{_rgb(fill)} rg {shape} f")
        if edge:
            self._code.append(f"{_rgb(edge)} RG 0.6 w {shape} S")

    def _name(self, this: Face) -> str:
        name = self._names.get(this.name)
        if name is None:
            name = self._names[this.name] = f"F{len(self._names) + 1}"
            self._faces[this.name] = this
            self._meaning[this.name] = {}
        return name

    def finish(self, height: float | None = None) -> bytes:
        """The whole document as PDF, the same bytes for the same drawing; `height` cuts a roll to its length."""
        cut = self.height if height is None else height
        held = io.BytesIO()
        canvas = Canvas(held, pagesize=(self.width, cut), pageCompression=1, invariant=1)
        canvas.setTitle(self._title)
        canvas.setAuthor("")
        canvas.setSubject("")
        canvas.setCreator("Clinic Desktop")
        canvas.setProducer("Clinic Desktop")
        canvas._preamble = f"1 0 0 1 0 {cut - self.height:.2f} cm"
        document = canvas._doc
        fonts = document.idToObject["BasicFonts"].dict
        self._gather_plain()
        for key, name in self._names.items():
            embedded = _embed(document, self._faces[key], self._meaning[key])
            if name in fonts:
                # ReportLab's own F1, a face that is not embedded: ours takes its place.
                document.idToObject[name] = embedded
                fonts[name] = pdfdoc.PDFObjectReference(name)
            else:
                fonts[name] = document.Reference(embedded, name)
        for code in self._pages:
            canvas._code = [*code]
            canvas.showPage()
        canvas.save()
        return held.getvalue()

    def _gather_plain(self) -> None:
        for bold, characters in self._plain.items():
            if characters:
                this = face(MAIN, bold=bold)
                # Plain text decides what a glyph means: it is the text that has no other words beside it.
                self._meaning[this.name].update({this.glyph(character): character for character in sorted(characters)})


def _spoken(text: str, strokes: list[str]) -> list[str]:
    """Strokes marked with the text they show, for copying, searching and reading aloud."""
    spoken = text.encode("utf-16-be", "surrogatepass").hex().upper()
    return [f"/Span <</ActualText <FEFF{spoken}>>> BDC", *strokes, "EMC"]


def _rgb(colour: Colour) -> str:
    return f"{colour[0]:g} {colour[1]:g} {colour[2]:g}"


def _embed(document: pdfdoc.PDFDocument, this: Face, meaning: dict[int, str]) -> pdfdoc.PDFDictionary:
    """A composite font whose character codes are the face's own glyph numbers."""
    tag = "".join(chr(65 + (zlib.crc32(this.name.encode()) >> 4 * at) % 26) for at in range(6))
    base = f"{tag}+{this.name}"
    program = _subset(this, meaning)
    extents = this.hb_font.get_font_extents("ltr")
    up, down = round(extents.ascender * this.scale), round(extents.descender * this.scale)
    descriptor = pdfdoc.PDFDictionary({
        "Type": "/FontDescriptor", "FontName": f"/{base}", "Flags": 4, "FontBBox": f"[-1000 {down} 2000 {up}]",
        "ItalicAngle": 0, "Ascent": up, "Descent": down, "CapHeight": 714, "StemV": 80,
        "FontFile2": _stream(document, program, {"Length1": len(program)}),
    })  # fmt: skip
    widths = " ".join(f"{glyph} [{this.advance(glyph):g}]" for glyph in sorted(meaning))
    descendant = pdfdoc.PDFDictionary({
        "Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": f"/{base}", "CIDToGIDMap": "/Identity", "DW": 1000,
        "CIDSystemInfo": "<</Registry (Adobe) /Ordering (Identity) /Supplement 0>>", "W": f"[{widths}]",
        "FontDescriptor": document.Reference(descriptor),
    })  # fmt: skip
    return pdfdoc.PDFDictionary({
        "Type": "/Font", "Subtype": "/Type0", "BaseFont": f"/{base}", "Encoding": "/Identity-H",
        "DescendantFonts": pdfdoc.PDFArray([document.Reference(descendant)]),
        "ToUnicode": _stream(document, _to_unicode(meaning), {}),
    })  # fmt: skip


def _stream(document: pdfdoc.PDFDocument, content: bytes, facts: dict[str, object]) -> pdfdoc.PDFObjectReference:
    packed = zlib.compress(content, 6)
    facts = {**facts, "Filter": "/FlateDecode"}
    return document.Reference(pdfdoc.PDFStream(pdfdoc.PDFDictionary(facts), packed, []))


def _subset(this: Face, meaning: dict[int, str]) -> bytes:
    """The face with only the glyphs used, under their own numbers."""
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.glyph_set.update(set(meaning))
    for table in _UNUSED_TABLES:
        wanted.drop_table_tag_set.add(int.from_bytes(table.ljust(4).encode(), "big"))
    return wanted.subset(this.hb_face).blob.data


def _to_unicode(meaning: dict[int, str]) -> bytes:
    rows = [
        f"<{glyph:04X}> <{text.encode('utf-16-be', 'surrogatepass').hex().upper()}>"
        for glyph, text in sorted(meaning.items())
        if text
    ]
    blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Text def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{body}\nendcmap end end\n"
    ).encode("ascii")
