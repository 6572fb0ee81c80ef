"""What a file is by its own bytes: the kinds that are kept, the sizes that are safe, and what is refused.

A file's name and what it is declared to be count for nothing here. Formats: PNG (ISO/IEC 15948), JPEG (ITU T.81),
TIFF 6.0, PDF (ISO 32000).
"""

import re
import struct
from dataclasses import dataclass

from clinic_desktop.domain.refusals import Refusal

PDF, PNG, JPEG, TIFF = "application/pdf", "image/png", "image/jpeg", "image/tiff"
TEXT, XML, BINARY = "text/plain", "application/xml", "application/octet-stream"
IMAGES = (PNG, JPEG, TIFF)
SHOWN = (PDF, *IMAGES, TEXT, XML)

MEGABYTE = 1 << 20
DEFAULT_LIMIT_MB, HIGHEST_LIMIT_MB = 50, 150
# Four bytes a point: what is shown of one picture takes 200 MB at most.
MOST_MEGAPIXELS = 50
LONGEST_SIDE = 32_767
MOST_TEXT = 5 * MEGABYTE

_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TAGS = rb"html|head|body|script|iframe|svg|object|embed|meta|link|style|title|div|table|p|a|img|form|base"
# A text may speak of tags; a page begins with one, or says early that it is one.
_PAGE = re.compile(
    rb"\A\s*(?:<!--.*?-->\s*)?<(?:" + _TAGS + rb")[\s>/]|<(?:!doctype\s+html|html|script)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPT_XML = re.compile(rb"<!ENTITY|<\?xml-stylesheet|<\s*(?:[a-z]+:)?(?:script|html|svg)[\s>]", re.IGNORECASE)


@dataclass(frozen=True)
class Content:
    """A file that may be kept: its type by its own bytes, and for pictures their size in points."""

    media_type: str
    width: int = 0
    height: int = 0


def require_size(size: int, limit_mb: int, name: str) -> None:
    """Refuse a file that is empty or larger than the clinic's limit, before it is read. Raises Refusal."""
    if size == 0:
        raise Refusal("The file “{name}” is empty.", field="file", name=name)
    if size > limit_mb * MEGABYTE:
        raise Refusal(
            "The file “{name}” is too large: {size} MB, {limit} MB at most.",
            field="file",
            name=name,
            size=-(-size // MEGABYTE),
            limit=limit_mb,
        )


def look_at(data: bytes, name: str) -> Content:
    """Say what a file is. Raises Refusal where it is broken, a program, a web page, or of no kind that is shown."""
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-2048:]:
            raise _half(name)
        return Content(PDF)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _sized(PNG, _png(data), name)
    if data.startswith(b"\xff\xd8\xff"):
        return _sized(JPEG, _jpeg(data), name)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return _sized(TIFF, _tiff(data), name)
    _refuse_others(data, name)
    return _text(data, name)


def _refuse_others(data: bytes, name: str) -> None:
    if data.startswith(_PROGRAMS):
        raise Refusal("The file “{name}” is a program. Programs are not kept.", field="file", name=name)
    if data.startswith((*_ARCHIVES, _OLD_OFFICE)):
        raise Refusal(
            "The file “{name}” is an archive or an office document, which cannot be shown safely. Save it as PDF"
            " and add that.",
            field="file",
            name=name,
        )
    if data.startswith(b"{\\rtf"):
        raise Refusal(
            "The file “{name}” is a rich text document. Save it as PDF and add that.", field="file", name=name
        )


def _text(data: bytes, name: str) -> Content:
    if _PAGE.search(data[:4096].removeprefix(b"\xef\xbb\xbf")) or (
        data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and _SCRIPT_XML.search(data)
    ):
        raise Refusal("The file “{name}” is a web page. Save it as PDF and add that.", field="file", name=name)
    if len(data) > MOST_TEXT:
        raise Refusal(
            "The text “{name}” is too long: {limit} MB at most.", field="file", name=name, limit=MOST_TEXT // MEGABYTE
        )
    text = read_text(data)
    if text is None or any(letter < " " and letter not in "\t\n\r\f" for letter in text):
        raise Refusal(
            "The file “{name}” is of no kind that can be shown. PDF, PNG, JPEG, TIFF and plain text are kept.",
            field="file",
            name=name,
        )
    return Content(XML if text.lstrip("\ufeff \t\r\n").startswith("<?xml") else TEXT)


def read_text(data: bytes) -> str | None:
    """A plain text in UTF-8, or in UTF-16 where it says so itself; None where it is neither."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _sized(media_type: str, size: tuple[int, int] | None, name: str) -> Content:
    if size is None:
        raise _half(name)
    width, height = size
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise _too_many(name, width, height)
    if width * height > MOST_MEGAPIXELS * 1_000_000:
        raise _too_many(name, width, height)
    return Content(media_type, width, height)


def _half(name: str) -> Refusal:
    return Refusal("The file “{name}” is damaged or only half there.", field="file", name=name)


def _too_many(name: str, width: int, height: int) -> Refusal:
    return Refusal(
        "The picture “{name}” is too large to be opened safely: {width} × {height} points, {limit} million at most.",
        field="file",
        name=name,
        width=width,
        height=height,
        limit=MOST_MEGAPIXELS,
    )


def _png(data: bytes) -> tuple[int, int] | None:
    if len(data) < 33 or data[12:16] != b"IHDR" or b"IEND" not in data[-64:]:
        return None
    return struct.unpack(">II", data[16:24])


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """The size from the start-of-frame segment; None where there is none, or no end."""
    if b"\xff\xd9" not in data[-65_536:]:
        return None
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker == 0xDA:
            return None
        at += 2 if marker == 0x01 or 0xD0 <= marker <= 0xD8 else 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _tiff(data: bytes) -> tuple[int, int] | None:
    """The size of the first picture; strips that lie outside the file are for the reader to find."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, first)
        sizes: dict[int, int] = {}
        for entry in range(min(count, 512)):
            tag, kind, _n = struct.unpack_from(f"{order}HHI", data, first + 2 + 12 * entry)
            if tag in (256, 257):
                (sizes[tag],) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, first + 10 + 12 * entry)
    except struct.error:
        return None
    return (sizes[256], sizes[257]) if len(sizes) == 2 else None
