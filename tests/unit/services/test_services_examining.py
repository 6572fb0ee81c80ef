"""Files from outside: what is kept is what its bytes say, and what is broken, huge, bursting or a program is not."""

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfWriter

from clinic_desktop.domain import contents
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import pdf_reader
from clinic_desktop.services.examining import examine, examine_file, take_as_it_is
from tests.papers import bursting_pdf, laughing_pdf, page_of, pdf, png

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080020004001011100ffda0008010100003f0000ffd9")

TIFF = bytes.fromhex("49492a0008000000020000010400010000004000000001010400010000002000000000000000")


def test_a_pdf_is_kept_with_its_pages_and_its_text() -> None:
    found = examine(page_of("Haemoglobin 9.1 g/dL"), "C:\\scans\\report.txt")
    assert (found.media_type, found.pages, found.file_name) == (contents.PDF, 1, "report.txt")
    assert "Haemoglobin 9.1 g/dL" in found.text


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(40, 30), contents.PNG),
        (JPEG, contents.JPEG),
        (TIFF, contents.TIFF),
        ("Dear colleague, é".encode(), contents.TEXT),
        ("Dear colleague".encode("utf-16"), contents.TEXT),
        (b"Potassium <a little raised>, see <b>below</b> and <img src=x>", contents.TEXT),
        (b'<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"/>', contents.XML),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say_whatever_it_is_called(data: bytes, media_type: str) -> None:
    assert examine(data, "invoice.exe").media_type == media_type


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"MZ\x90\0\x03", "is a program"),
        (b"\x7fELF\x02\x01", "is a program"),
        (b"#!/bin/sh\nrm -rf /\n", "is a program"),
        (b"<!DOCTYPE html><html><body>hello</body></html>", "is a web page"),
        (b"\xef\xbb\xbf\n<!-- saved -->\n<IMG SRC=x onerror=alert(1)>", "is a web page"),
        (b"Letter\n<script>1</script>", "is a web page"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "is a web page"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>', "is a web page"),
        (b"PK\x03\x04\x14\0", "is an archive or an office document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an archive or an office document"),
        (b"{\\rtf1 hello}", "is a rich text document"),
        (b"\x00\x01\x02\x03", "of no kind that can be shown"),
        (b"half \xc3", "of no kind that can be shown"),
        (page_of("whole")[:300], "damaged or only half there"),
        (png(9, 9)[:40], "damaged or only half there"),
        (JPEG[:30], "damaged or only half there"),
        (b"%PDF-1.4\nnothing that follows is one\n%%EOF", "damaged or only half there"),
        (png(60_000, 60_000, real=False), "too large to be opened safely: 60000"),
        (png(8_000, 8_000, real=False), "too large to be opened safely"),
        (page_of("vast", box="0 0 90000 90000"), "a page that is too large"),
    ],
)  # fmt: skip
def test_what_is_not_kept_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        examine(data, "../../letter.pdf")
    assert words in str(refused.value)
    assert refused.value.field == "file"
    assert "letter.pdf" in str(refused.value)
    assert ".." not in str(refused.value)


def test_a_file_of_two_hundred_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "scan of everything.pdf"
    with path.open("wb") as file:
        file.truncate(200 * contents.MEGABYTE)
    started = time.monotonic()
    with pytest.raises(Refusal) as refused:
        examine_file(path, contents.DEFAULT_LIMIT_MB)
    assert str(refused.value) == "The file “scan of everything.pdf” is too large: 200 MB, 50 MB at most."
    assert refused.value.field == "file"
    assert time.monotonic() - started < 0.5


@pytest.mark.parametrize(
    "make", [bursting_pdf, laughing_pdf], ids=["unpacks to two gigabytes", "a form of a billion forms"]
)
def test_a_pdf_that_bursts_does_so_elsewhere_and_is_refused(
    make: Callable[[], bytes],
) -> None:
    data = make()
    assert len(data) < 10 * contents.MEGABYTE
    started = time.monotonic()
    with pytest.raises(Refusal) as refused:
        examine(data, "bomb.pdf")
    assert "more memory or time" in str(refused.value)
    assert "bomb.pdf" in str(refused.value)
    assert time.monotonic() - started < pdf_reader.MOST_SECONDS + 15


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    kids = b"3 0 R " * (pdf_reader.MOST_PAGES + 1)
    many = pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pdf_reader.MOST_PAGES + 1),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    with pytest.raises(Refusal, match="too many pages"):
        examine(many, "book.pdf")


def test_a_locked_pdf_is_refused_in_words() -> None:
    out = io.BytesIO()
    locked = PdfWriter(clone_from=io.BytesIO(page_of("nobody reads this")))
    locked.encrypt("secret")
    locked.write(out)
    with pytest.raises(Refusal, match="locked with a password"):
        examine(out.getvalue(), "locked.pdf")


def test_what_is_no_file_or_is_gone_or_closed_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"“gone.pdf” is not there any more"):
        examine_file(tmp_path / "gone.pdf", 50)
    with pytest.raises(Refusal, match=r"could not be read|is not a file"):
        examine_file(tmp_path, 50)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(Refusal, match="“pipe” is not a file"):
        examine_file(pipe, 50)
    with pytest.raises(Refusal, match="could not be read"):
        examine_file(tmp_path / ("x" * 4096), 50)


def test_what_another_system_holds_is_taken_as_it_is_but_never_shown() -> None:
    assert take_as_it_is(b"\x00\x01\x02", "wave.dat").media_type == contents.BINARY
    assert take_as_it_is(page_of("hello"), "a.pdf").media_type == contents.PDF
    with pytest.raises(Refusal, match="is empty"):
        take_as_it_is(b"", "none.dat")
