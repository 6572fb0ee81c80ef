"""The clinic's logo: whatever is given, only a small picture that was drawn anew is kept, and it is on every paper."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from pypdf import PdfReader

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.reports import day_end, invoice, letter, prescription
from clinic_desktop.reports.page import ClinicHead
from clinic_desktop.reports.printed import head_of
from clinic_desktop.services import administration, logos
from clinic_desktop.services.logos import Logo, logo_file, logo_of
from tests.conftest import DeskFor
from tests.papers import page_of, png
from tests.unit.reports import paper_samples as made


def picture(form: str, size: tuple[int, int] = (400, 120), mode: str = "RGBA", **more: object) -> bytes:
    held = io.BytesIO()
    Image.new(mode, size, (10, 110, 110, 128)[: len(mode)]).save(held, form, **more)
    return held.getvalue()


def words_of(pdf: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("PNG", "RGB"), ("JPEG", "RGB")])
def test_a_logo_is_drawn_anew_small_and_opaque(form: str, mode: str) -> None:
    logo = logo_of(picture(form, (3000, 1000), mode))
    with Image.open(io.BytesIO(logo.content)) as drawn:
        assert (drawn.size, drawn.mode) == ((900, 300), "RGB")


def test_nothing_that_a_file_carries_beside_its_picture_is_kept() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "SECRET-INSIDE")
    given = picture("PNG", pnginfo=told) + b"SECRET-BEHIND<script>"
    assert b"SECRET" in given
    assert b"SECRET" not in logo_of(given).content
    exif = Image.Exif()
    exif[270] = "SECRET-EXIF"
    assert b"SECRET" not in logo_of(picture("JPEG", mode="RGB", exif=exif)).content


def _lying(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and unpacks to as many nothings as it takes."""
    return png(width, height, real=False)


def _text_bomb() -> bytes:
    packed = zlib.compress(b"A" * 80_000_000, 9)
    chunk = b"zTXtComment\0\0" + packed
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    plain = picture("PNG")
    return plain[:33] + whole + plain[33:]


HOSTILE = {
    "nothing": b"",
    "a text": b"My logo",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a web page": b"<html><script>alert(1)</script></html>",
    "a pdf": page_of("logo"),
    "a gif": picture("GIF", mode="RGB"),
    "a tiff": picture("TIFF", mode="RGB"),
    "a program": b"MZ" + bytes(200),
    "a program that says png": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "half a png": picture("PNG", (400, 120))[:60],
    "half a jpeg": picture("JPEG", mode="RGB")[:200],
    "a png with no rows": _lying(400, 120),
    "a bomb of sides": _lying(30_000, 30_000),
    "a bomb of points": _lying(7_900, 7_900),
    "a bomb of text": _text_bomb(),
    "a line": picture("PNG", (4000, 3)),
    "too many bytes": picture("PNG") + bytes(3 << 20),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_logo_is_refused_beside_its_field(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        logo_of(HOSTILE[name])
    assert refused.value.field in {"logo", "file"}


def test_a_file_that_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(Refusal):
            logo_file(path)


def test_the_logo_and_the_further_lines_are_on_the_papers_until_they_are_taken_off(desk_for: DeskFor) -> None:
    admin, doctor = desk_for("administrator"), desk_for("doctor")
    said = {"clinic_name": "Harbour Clinic", "clinic_phone": "+1 555 0100", "clinic_registration": "REG-77"}
    for name, value in (said | {"clinic_letterhead": "clinic.example\nMon to Fri"}).items():
        administration.change_setting(admin, name, value)
    logos.set_logo(admin, logo_of(picture("PNG")))
    head = head_of(doctor)
    assert (head.registration, head.lines) == ("REG-77", ("clinic.example", "Mon to Fri"))
    for pdf in papers_with(head):
        text = words_of(pdf)
        for each in (*said.values(), "clinic.example · Mon to Fri"):
            assert each in text
        pages = PdfReader(io.BytesIO(pdf)).pages
        assert [len(page.images) for page in pages] == [1] + [0] * (len(pages) - 1)
    logos.remove_logo(admin)
    assert head_of(doctor).logo == b""


def papers_with(head: ClinicHead) -> list[bytes]:
    return [
        letter.letter(replace(made.REFERRAL, clinic=head)),
        invoice.invoice(replace(made.INVOICE, clinic=head)),
        prescription.prescription(replace(made.PRESCRIPTION, clinic=head)),
        prescription.prescription(replace(made.PRESCRIPTION, clinic=head, size="A4")),
        day_end.day_end(replace(made.DAY_END, clinic=head)),
    ]


def test_the_same_logo_gives_the_same_bytes() -> None:
    head = ClinicHead("A", logo=logo_of(picture("PNG")).content)
    assert papers_with(head) == papers_with(head)


def test_what_was_not_drawn_here_is_not_set(desk_for: DeskFor) -> None:
    good = logo_of(picture("PNG"))
    for wrong in (Logo(b"<svg/>", "image/png", 4, 4), Logo(good.content, good.media_type, 1, 1)):
        with pytest.raises(Refusal):
            logos.set_logo(desk_for("administrator"), wrong)


@pytest.mark.parametrize("role", ["doctor", "cashier", "front_desk"])
def test_only_an_administrator_sets_the_logo(desk_for: DeskFor, role: str) -> None:
    logo = logo_of(picture("PNG"))
    with pytest.raises(Refusal, match="may not"):
        logos.set_logo(desk_for(role), logo)
    with pytest.raises(Refusal, match="may not"):
        logos.remove_logo(desk_for(role))


@pytest.mark.parametrize(
    ("name", "value"),
    [("clinic_registration", "a\nb"), ("clinic_registration", "x" * 121), ("clinic_letterhead", "a\nb\nc\nd")],
)
def test_more_than_fits_the_head_is_refused(desk_for: DeskFor, name: str, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        administration.change_setting(desk_for("administrator"), name, value)
    assert refused.value.field == name
