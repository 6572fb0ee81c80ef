"""PDFs and pictures for tests: a page of words, a page that bursts, pictures that say they are larger than they are."""

import struct
import zlib


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    body, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(body)


def page_of(words: str, *, box: str = "0 0 595 842") -> bytes:
    """A PDF of one page with a line of words on it."""
    drawn = f"BT /F1 14 Tf 60 760 Td ({words}) Tj ET".encode("latin-1")
    return _one_page(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn), box)


def bursting_pdf(megabytes: int = 2_000) -> bytes:
    """A PDF of a few megabytes whose one page unpacks to gigabytes."""
    packer = zlib.compressobj(9)
    block = b"0 0 m 9 9 l S\n" * 74_899  # a megabyte
    packed = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    return _one_page(stream, "0 0 595 842")


def laughing_pdf(depth: int = 12) -> bytes:
    """A PDF whose page draws a form that draws ten that draw ten more."""
    catalogue = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /XObject << /X 5 0 R >> >> >>",
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    forms = [
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length 60"
        b" /Resources << /XObject << /X %d 0 R >> >> >>\nstream\n%s\nendstream" % (6 + level, b"/X Do " * 10)
        for level in range(depth)
    ]
    last = b"0 0 500 800 re f"
    forms.append(
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length %d >>\nstream\n%s\nendstream" % (len(last), last)
    )
    return pdf(*catalogue, *forms)


def png(width: int, height: int, *, real: bool = True) -> bytes:
    """A grey PNG; one that is not `real` says its size and holds next to nothing."""
    rows = (b"\0" + b"\x80" * width) * height if real else b"\0"
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def _one_page(stream: bytes, box: str) -> bytes:
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        % box.encode(),
        stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
