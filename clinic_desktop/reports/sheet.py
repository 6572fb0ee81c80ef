"""Sheets of paper at their true size: lines, boxes and set words, kept as PDF operators until the last page is known.

Measures are points from the top left corner. ReportLab makes the document; glyphs are written by number and each
face is embedded with only the glyphs that were used.
"""

import io
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

import uharfbuzz as hb
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from clinic_desktop.i18n import language
from clinic_desktop.reports.faces import MAIN, Face, face
from clinic_desktop.reports.sealed import Aes256, Seal
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

# One glyph in PDF's hexadecimal, and the last code there is.
_CODE = re.compile("<([0-9A-F]{4})>")
_LAST_CODE = 0xFFFF
_ARABIC_NUMBER = frozenset("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬")

# What an embedded face has no use for: PDF names glyphs by number and places them itself.
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "name", "post", "OS/2", "cmap", "gasp", "vhea", "vmtx", "DSIG", "meta")


class Sheets:
    """A document being drawn, page after page of one size."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self.width = width
        self.height = height
        self._title = title
        self._pages: list[list[str]] = []
        self._packed: list[bytes] = []  # what was drawn on the pages before this one
        self._pictures: dict[int, list[tuple[bytes, float, float, float, float]]] = {}
        self._code: list[str] = []
        self._names: dict[str, str] = {}
        self._faces: dict[str, Face] = {}
        self._meaning: dict[str, dict[int, str]] = {}
        # Glyphs that stand for several texts have a code for each: by face, the code of a glyph and a text.
        self._others: dict[str, dict[tuple[int, str, bool], int]] = {}
        self._plain: dict[bool, set[str]] = {False: set(), True: set()}
        self.new_page()

    @property
    def page_count(self) -> int:
        """How many pages there are so far."""
        return len(self._pages)

    def new_page(self) -> None:
        """Begin another page; the one before is packed, so that a long document takes up little."""
        if self._pages:
            self._packed.append(zlib.compress("\n".join(self._code).encode("ascii"), 1))
            self._code.clear()
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
        """The operators of a piece; what its glyphs alone would not give back has its text beside it.

        Readers that know nothing of such text find the same in the codes: the first glyph of what belongs together
        means all of it, the others nothing. Right-to-left words are turned round by every reader, letter by letter:
        there each code means one letter.
        """
        odd = False
        codes: list[str] = []
        for _start, text, glyphs in _whole_numbers(piece):
            if piece.right_to_left:
                codes += self._letters(piece.face, text, glyphs)
                continue
            first = self._code_of(piece.face, glyphs[0], text)
            odd = odd or len(glyphs) > 1 or first != glyphs[0]
            codes += [_hex(first), *(_hex(self._code_of(piece.face, glyph, "")) for glyph in glyphs[1:])]
        following = iter(codes)
        strokes = [
            f"{stroke.rise * size / 1000:.3f} Ts {_CODE.sub(lambda _glyph: next(following), stroke.operator)}"
            for stroke in piece.strokes
        ]
        yield from _spoken(piece.text, strokes) if odd else strokes

    def _letters(self, this: Face, text: str, glyphs: tuple[int, ...]) -> Iterator[str]:
        """The codes of a right-to-left cluster, from left to right; letters that have no glyph follow as blanks."""
        seen = text[::-1]
        for at, glyph in enumerate(glyphs[:-1]):
            yield _hex(self._code_of(this, glyph, seen[at : at + 1]))
        rest = seen[len(glyphs) - 1 :]
        blank = this.glyph(" ") or this.glyph("\u00a0")
        if len(rest) < 2 or not blank:
            yield _hex(self._code_of(this, glyphs[-1], rest))
            return
        # The same letter twice at one place would be taken for a letter printed twice, and be read once.
        behind = ["".join(same) for _letter, same in groupby(rest[1:])]
        letters = [self._code_of(this, blank, letter, wide=False) for letter in behind]
        yield "".join(map(_hex, [self._code_of(this, glyphs[-1], rest[0]), *letters]))

    def _code_of(self, this: Face, glyph: int, text: str, *, wide: bool = True) -> int:
        """The code under which a glyph of a face means a text: its own number, or one past all of them.

        One that is not `wide` takes up no room.
        """
        meaning, others = self._meaning[this.name], self._others[this.name]
        if wide and meaning.setdefault(glyph, text) == text:
            return glyph
        code = others.get((glyph, text, wide))
        if code is None:
            code = this.hb_face.glyph_count + len(others)
            if code > _LAST_CODE:
                return glyph
            others[glyph, text, wide] = code
        return code

    def line(self, points: Sequence[tuple[float, float]], *, weight: float = 1.0, colour: Colour = INK) -> None:
        """Draw a line through points, round at its ends and corners; one point alone is a dot."""
        path = [f"{x:.2f} {self.height - y:.2f} {'l' if at else 'm'}" for at, (x, y) in enumerate(points)]
        if len(path) == 1:
            path.append(path[0][:-1] + "l")
        self._code.append(f"q 1 J 1 j {_rgb(colour)} RG {weight:g} w {' '.join(path)} S Q")

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

    def picture(self, content: bytes, x: float, y: float, width: float, height: float) -> tuple[float, float]:
        """Draw a PNG or JPEG as large as it goes into a place whose top left corner is at (x, y); gives its size."""
        points = ImageReader(io.BytesIO(content)).getSize()
        scale = min(width / points[0], height / points[1])
        wide, high = points[0] * scale, points[1] * scale
        self._pictures.setdefault(len(self._pages) - 1, []).append((content, x, self.height - y - high, wide, high))
        return wide, high

    def _name(self, this: Face) -> str:
        name = self._names.get(this.name)
        if name is None:
            name = self._names[this.name] = f"F{len(self._names) + 1}"
            self._faces[this.name] = this
            self._meaning[this.name] = {}
            self._others[this.name] = {}
        return name

    def finish(self, height: float | None = None, *, seal: Seal | None = None) -> bytes:
        """The whole document as PDF, the same bytes for the same drawing; `height` cuts a roll to its length.

        With a `seal` it opens with the password alone, and no two are the same.
        """
        cut = self.height if height is None else height
        held = io.BytesIO()
        canvas = Canvas(held, pagesize=(self.width, cut), pageCompression=1, invariant=1, lang=language())
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.setTitle(self._title)
        canvas.setAuthor("")
        canvas.setSubject("")
        canvas.setCreator("Clinic Desktop")
        canvas.setProducer("Clinic Desktop")
        canvas._preamble = f"1 0 0 1 0 {cut - self.height:.2f} cm"
        document = canvas._doc
        if seal is not None:
            # Neither is asked of a canvas: it takes ReportLab's own way of encrypting only.
            document.encrypt, document._pdfVersion = Aes256(seal), (2, 0)
        fonts = document.idToObject["BasicFonts"].dict
        self._gather_plain()
        for key, name in self._names.items():
            embedded = _embed(document, self._faces[key], self._meaning[key], self._others[key])
            if name in fonts:
                # ReportLab's own F1, a face that is not embedded: ours takes its place.
                document.idToObject[name] = embedded
                fonts[name] = pdfdoc.PDFObjectReference(name)
            else:
                fonts[name] = document.Reference(embedded, name)
        for place, code in enumerate(self._pages):
            before = [zlib.decompress(self._packed[place]).decode("ascii")] if place < len(self._packed) else []
            canvas._code = [*before, *code]
            for content, *where in self._pictures.get(place, ()):
                canvas.drawImage(ImageReader(io.BytesIO(content)), *where)
            canvas.showPage()
            _pack(document)
        canvas.save()
        return held.getvalue()

    def _gather_plain(self) -> None:
        for bold, characters in self._plain.items():
            if characters:
                this = face(MAIN, bold=bold)
                # Plain text decides what a glyph means: it is the text that has no other words beside it.
                self._meaning[this.name].update({this.glyph(character): character for character in sorted(characters)})


def _whole_numbers(piece: Piece) -> Iterator[tuple[int, str, tuple[int, ...]]]:
    """What belongs together in a piece; the digits of an Arabic number do, or some readers turn them round."""
    for number, group in groupby(piece.clusters, key=lambda cluster: set(cluster[1]) <= _ARABIC_NUMBER):
        if not number or piece.right_to_left:
            yield from group
            continue
        starts, texts, glyphs = zip(*group, strict=True)
        yield starts[0], "".join(texts), tuple(glyph for shown in glyphs for glyph in shown)


def _spoken(text: str, strokes: list[str]) -> list[str]:
    """Strokes marked with the text they show, for copying, searching and reading aloud."""
    spoken = text.encode("utf-16-be", "surrogatepass").hex().upper()
    return [f"/Span <</ActualText <FEFF{spoken}>>> BDC", *strokes, "EMC"]


def _hex(code: int) -> str:
    return f"<{code:04X}>"


def _rgb(colour: Colour) -> str:
    return f"{colour[0]:g} {colour[1]:g} {colour[2]:g}"


def _embed(
    document: pdfdoc.PDFDocument, this: Face, meaning: dict[int, str], others: dict[tuple[int, str, bool], int]
) -> pdfdoc.PDFDictionary:
    """A composite font whose character codes are the face's own glyph numbers, and those of other meanings."""
    known = {glyph: glyph for glyph in meaning} | {code: glyph for (glyph, _text, _wide), code in others.items()}
    said = meaning | {code: text for (_glyph, text, _wide), code in others.items()}
    advances = {glyph: this.advance(glyph) for glyph in meaning}
    advances |= {code: this.advance(glyph) if wide else 0.0 for (glyph, _text, wide), code in others.items()}
    places: pdfdoc.PDFObjectReference | str = "/Identity"
    if others:
        table = b"".join(known.get(code, 0).to_bytes(2, "big") for code in range(max(known) + 1))
        places = _stream(document, table, {})
    tag = "".join(chr(65 + (zlib.crc32(this.name.encode()) >> 4 * at) % 26) for at in range(6))
    base = f"{tag}+{this.name}"
    program = _subset(this, set(known.values()))
    extents = this.hb_font.get_font_extents("ltr")
    up, down = round(extents.ascender * this.scale), round(extents.descender * this.scale)
    descriptor = pdfdoc.PDFDictionary({
        "Type": "/FontDescriptor", "FontName": f"/{base}", "Flags": 4, "FontBBox": f"[-1000 {down} 2000 {up}]",
        "ItalicAngle": 0, "Ascent": up, "Descent": down, "CapHeight": 714, "StemV": 80,
        "FontFile2": _stream(document, program, {"Length1": len(program)}),
    })  # fmt: skip
    widths = " ".join(f"{code} [{advances[code]:g}]" for code in sorted(advances))
    descendant = pdfdoc.PDFDictionary({
        "Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": f"/{base}", "CIDToGIDMap": places, "DW": 1000,
        "CIDSystemInfo": pdfdoc.PDFDictionary({
            "Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0,
        }), "W": f"[{widths}]",
        "FontDescriptor": document.Reference(descriptor),
    })  # fmt: skip
    return pdfdoc.PDFDictionary({
        "Type": "/Font", "Subtype": "/Type0", "BaseFont": f"/{base}", "Encoding": "/Identity-H",
        "DescendantFonts": pdfdoc.PDFArray([document.Reference(descendant)]),
        "ToUnicode": _stream(document, _to_unicode(said), {}),
    })  # fmt: skip


def _pack(document: pdfdoc.PDFDocument) -> None:
    """Pack the last page now: ReportLab would keep every page as it was drawn until the document is written."""
    page = document.Pages.pages[-1]
    facts = pdfdoc.PDFDictionary({"Filter": "/FlateDecode"})
    page.Contents = pdfdoc.PDFStream(facts, zlib.compress((page.stream or "").encode("ascii"), 6), [])
    page.stream = None


def _stream(document: pdfdoc.PDFDocument, content: bytes, facts: dict[str, object]) -> pdfdoc.PDFObjectReference:
    packed = zlib.compress(content, 6)
    facts = {**facts, "Filter": "/FlateDecode"}
    return document.Reference(pdfdoc.PDFStream(pdfdoc.PDFDictionary(facts), packed, []))


def _subset(this: Face, glyphs: set[int]) -> bytes:
    """The face with only the glyphs used, under their own numbers."""
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.glyph_set.update(glyphs)
    for table in _UNUSED_TABLES:
        wanted.drop_table_tag_set.add(int.from_bytes(table.ljust(4).encode(), "big"))
    return wanted.subset(this.hb_face).blob.data


def _to_unicode(meaning: dict[int, str]) -> bytes:
    rows = [
        f"<{glyph:04X}> <{text.encode('utf-16-be', 'surrogatepass').hex().upper()}>"
        for glyph, text in sorted(meaning.items())
    ]
    blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Text def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{body}\nendcmap end end\n"
    ).encode("ascii")
