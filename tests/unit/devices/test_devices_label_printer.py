"""ZPL: true to a dot, right in every script, with no way for words to become commands, and read back by others."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from zebrafy.zebrafy_zpl import ZebrafyZPL

from clinic_desktop.devices.label_printer import protocol, reading
from clinic_desktop.devices.label_printer.simulator import FAULTS, Simulator
from clinic_desktop.domain.plates import DOTS_PER_MM, Bits, Box, Plate, Symbol, Words, dots, painted, png, turned
from clinic_desktop.reports import symbols
from clinic_desktop.reports.bits import PaperArtist, raster
from clinic_desktop.reports.labels import trial
from clinic_desktop.reports.text import line
from tests.unit.reports import label_samples as samples

ARTIST = PaperArtist()
DENSITIES = (203, 300, 600)


def sent(name: str, who: str, dpi: int = 203) -> tuple[reading.ReadLabel, ...]:
    plates = samples.LABELS[name][0](samples.NAMES[who]).plates(dpi)
    return reading.read(protocol.encode(plates), ARTIST)


def as_image(bits: Bits) -> Image.Image:
    return Image.frombytes("1", (bits.width, bits.height), bytes(byte ^ 255 for byte in bits.rows)).convert("L")


def codes_on(bits: Bits) -> set[str]:
    page = Image.new("L", (bits.width + 80, bits.height + 80), 255)
    page.paste(as_image(bits), (40, 40))
    return {found.text for found in zxingcpp.read_barcodes(page)}


@pytest.mark.parametrize("dpi", DENSITIES)
@pytest.mark.parametrize("name", samples.LABELS)
def test_every_label_has_its_size_to_a_dot_and_its_codes_are_read_back(name: str, dpi: int) -> None:
    _make, codes, (wide, high) = samples.LABELS[name]
    (label,) = sent(name, "latin", dpi)
    assert (label.bits.width, label.bits.height) == (dots(wide, dpi), dots(high, dpi))
    assert abs(label.bits.width / DOTS_PER_MM[dpi] - wide) <= 0.5 / DOTS_PER_MM[dpi]
    assert label.problems == ()
    assert codes <= codes_on(label.bits)


@pytest.mark.parametrize("who", samples.NAMES)
@pytest.mark.parametrize("name", samples.LABELS)
def test_whatever_the_name_every_label_is_whole(name: str, who: str) -> None:
    codes = samples.LABELS[name][1]
    for label in sent(name, who):
        assert label.problems == ()
        assert codes <= codes_on(label.bits)


def dark(bits: Bits, left: int, top: int, right: int, bottom: int) -> bool:
    """Whether any dot of a stretch prints."""
    rows = range(max(top, 0), min(bottom, bits.height))
    columns = range(max(left, 0), min(right, bits.width))
    return any(bits.rows[y * bits.stride + x // 8] & 128 >> x % 8 for y in rows for x in columns)


@pytest.mark.parametrize("dpi", DENSITIES)
@pytest.mark.parametrize("name", [*samples.LABELS, "trial"])
def test_round_every_square_code_its_quiet_zone_is_left_white(name: str, dpi: int) -> None:
    sheets = trial("Card printer") if name == "trial" else samples.LABELS[name][0](samples.NAMES["long"])
    for plate in sheets.plates(dpi):
        bits = painted(plate)
        codes = [part for part in plate.parts if isinstance(part, Symbol) and part.kind != "code128"]
        assert name == "specimen" or codes
        for code in codes:
            wide, high = code.pattern.width * code.module, code.pattern.height * code.module
            quiet = (4 if code.kind == "qr" else 1) * code.module
            left, top, right, bottom = code.x, code.y, code.x + wide, code.y + high
            assert quiet <= min(left, top, plate.width - right, plate.height - bottom), "on the label, and quiet"
            assert not dark(bits, left - quiet, top - quiet, right + quiet, top)
            assert not dark(bits, left - quiet, bottom, right + quiet, bottom + quiet)
            assert not dark(bits, left - quiet, top, left, bottom)
            assert not dark(bits, right, top, right + quiet, bottom)


@pytest.mark.parametrize("dpi", DENSITIES)
def test_the_code_of_a_card_ends_no_further_than_the_line_above_it(dpi: int) -> None:
    (plate,) = samples.card(samples.NAMES["latin"]).plates(dpi)
    (line_above,) = (part for part in plate.parts if isinstance(part, Box))
    (code,) = (part for part in plate.parts if isinstance(part, Symbol))
    end = line_above.x + line_above.width
    assert end - DOTS_PER_MM[dpi] * 2 <= code.x + code.pattern.width * code.module <= end + 1


def test_millimetres_are_dots_of_the_head() -> None:
    assert [dots(10, dpi) for dpi in DENSITIES] == [80, 118, 236]
    assert [dots(70, dpi) for dpi in DENSITIES] == [560, 827, 1654]


def test_plain_letters_are_the_printers_own_and_every_other_is_dots() -> None:
    latin, arabic = (protocol.encode(samples.card(samples.NAMES[who]).plates(203)) for who in ("latin", "arabic"))
    assert b"^A0N" in latin
    assert b"OKAFOR_2C Ada Ngozi" in latin
    assert b"^GFA" not in latin.split(b"OKAFOR")[0]
    assert b"^GFA" in arabic
    assert all(byte < 0x80 for byte in arabic)


@pytest.mark.parametrize("who", ["arabic", "hindi", "chinese"])
def test_dots_are_decoded_to_the_same_picture_by_another_library(who: str) -> None:
    bits, _right, _up = raster(line(samples.NAMES[who], bold=True), 40)
    plate = Plate(bits.width + 16, bits.height + 8, 203, (Words(8, 4, bits),))
    field = protocol.encode([plate]).decode()
    (decoded,) = ZebrafyZPL(field).to_images()
    theirs = decoded.convert("L").crop((0, 0, bits.width, bits.height))
    assert theirs.tobytes() == as_image(bits).tobytes()


@given(st.binary(min_size=0, max_size=400), st.integers(1, 60))
def test_packed_dots_come_back_as_they_were(content: bytes, width: int) -> None:
    stride = (width + 7) // 8
    high = len(content) // stride
    keep = (0xFF << (stride * 8 - width)) & 0xFF
    rows = b"".join(
        content[at * stride : (at + 1) * stride - 1] + bytes([content[(at + 1) * stride - 1] & keep])
        for at in range(high)
    )
    plate = Plate(stride * 8, max(high, 1), 203, (Words(0, 0, Bits(width, high, rows)),))
    (label,) = reading.read(protocol.encode([plate]), ARTIST)
    assert label.bits.rows[: len(rows)] == rows


ALL_BYTES = "".join(map(chr, range(256)))
SKELETON = re.compile(rb"\^FD[^\^~]*|\^GFA,[0-9,]+,[G-Zg-z0-9A-F,:!]*")


def commands(data: bytes) -> list[bytes]:
    """What a printer obeys: every command with the words and dots of its field left out."""
    return [name[:3] for name in re.split(rb"(?=[\^~])", SKELETON.sub(b"^FD", data)) if name.strip()]


KNOWN = {
    b"^XA", b"^CI", b"^PW", b"^LL", b"^LH", b"^FO", b"^FT", b"^A0", b"^FB", b"^FH", b"^FD", b"^FS", b"^GB", b"^BY",
    b"^BC", b"^BX", b"^BQ", b"^PQ", b"^XZ",
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=255), min_size=1, max_size=40))
@example(ALL_BYTES)
@example("^XZ^XA~JR~HS_5E_7EXZ")
@example("\x1b@\x00\x02\x03^FS")
def test_no_words_become_commands(words: str) -> None:
    data = protocol.encode(samples.shelf(words).plates(203))
    found = commands(data)
    assert set(found) <= KNOWN
    assert (found.count(b"^XA"), found.count(b"^XZ")) == (1, 1)
    assert b"~" not in data
    assert all(byte in b"\n" or 0x20 <= byte < 0x7F for byte in data)
    (label,) = reading.read(data, ARTIST)
    assert label.problems == ()


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.isascii() and text.isprintable()))
def test_a_symbol_whose_data_could_be_a_command_is_sent_as_dots(data: str) -> None:
    symbol = Symbol(20, 20, "code128", data, 2, 40, symbols.pattern("code128", data))
    made = protocol.encode([Plate(1400, 80, 203, (symbol,))])
    assert set(commands(made)) <= KNOWN
    assert (b"^BC" in made) == symbol.is_plain


def test_words_are_escaped_and_come_back_as_they_were() -> None:
    words = "".join(chr(code) for code in range(0x20, 0x7F))
    bits, right, up = raster(line(words), 20)
    part = Words(4 + right, 30 - up, bits, words, 20, 30, 4, bits.width + 8, "left")
    (label,) = reading.read(protocol.encode([Plate(1600, 50, 203, (part,))]), ARTIST)
    assert label.words == (words,)


def test_a_wristband_leaves_the_printer_along_its_length() -> None:
    (plate,) = samples.wristband(samples.NAMES["hindi"]).plates(203)
    (label,) = reading.read(protocol.encode([turned(plate)]), ARTIST)
    assert (label.bits.width, label.bits.height) == (200, 1600)
    upright = as_image(label.bits).transpose(Image.Transpose.ROTATE_90)
    assert upright.tobytes() == as_image(painted(plate)).tobytes()


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for job in (data, b"^XA" + data + b"^XZ", b"^XA^FO1,1^GFA,8,8,1," + data + b"^FS^XZ"):
        try:
            reading.read(job, ARTIST)
        except ValueError:
            continue


def test_what_is_not_understood_is_said() -> None:
    (label,) = reading.read(b"^XA^PW80^LL80^ZZ1^FO1,1^A0N,20,20^FDhello^FS^XZ", ARTIST)
    assert label.problems == ("^ZZ is not understood",)
    with pytest.raises(ValueError, match="ends before"):
        reading.read(b"^XA^FDhello", ARTIST)
    with pytest.raises(ValueError, match="too long"):
        reading.read(b"^XA" + b" " * reading.MOST_BYTES, ARTIST)


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_the_printer_says_how_it_is_and_is_understood(fault: str) -> None:
    device = Simulator(ARTIST, fault)
    assert protocol.fault(device.feed(protocol.STATUS)) == fault
    device.feed(protocol.encode(samples.card("A").plates(203)))
    assert len(device.finish()) == 1


@given(st.binary(max_size=200))
def test_a_strange_answer_is_no_fault_and_no_error(reply: bytes) -> None:
    assert protocol.fault(reply) in {"", "paper", "head", "ribbon", "paused"}


def test_copies_are_asked_of_the_printer_and_have_a_limit() -> None:
    plates = samples.card("A").plates(203)
    (label,) = reading.read(protocol.encode(plates, 3), ARTIST)
    assert label.copies == 3
    for wrong in (0, -1, protocol.MOST_COPIES + 1):
        with pytest.raises(ValueError, match="copies"):
            protocol.encode(plates, wrong)


NODE = shutil.which("node")
RENDERER = """
const fs = require('fs');
require('zpl-renderer-js').ready.then(async ({ api }) => {
  for (const [zpl, out, wide, high] of JSON.parse(process.argv[1]))
    fs.writeFileSync(
      out, Buffer.from(await api.zplToBase64Async(fs.readFileSync(zpl, 'utf8'), wide, high, 8), 'base64'));
  process.exit(0);
});
"""


def test_another_renderer_of_zpl_draws_the_same_labels(tmp_path: Path) -> None:
    """zpl-renderer-js (MIT) is looked for where node finds its packages, or in NODE_PATH."""
    if NODE is None:
        pytest.skip("node is not installed")
    found = subprocess.run(
        [NODE, "-e", "require.resolve('zpl-renderer-js')"], capture_output=True, check=False, env={**os.environ}
    )
    if found.returncode:
        pytest.skip("the package zpl-renderer-js is not installed")
    jobs, wanted = [], {}
    for name, (make, codes, (wide, high)) in samples.LABELS.items():
        for who in ("latin", "arabic"):
            (plate, *_more) = make(samples.NAMES[who]).plates(203)
            zpl, out = tmp_path / f"{name}-{who}.zpl", tmp_path / f"{name}-{who}.png"
            zpl.write_bytes(protocol.encode([plate]))
            jobs.append([str(zpl), str(out), wide, high])
            wanted[out] = (codes, plate)
    subprocess.run([NODE, "-e", RENDERER, json.dumps(jobs)], check=True, timeout=120, capture_output=True)
    for out, (codes, plate) in wanted.items():
        theirs = Image.open(out).convert("L")
        page = Image.new("L", (theirs.width + 80, theirs.height + 80), 255)
        page.paste(theirs, (40, 40))
        assert codes <= {one.text for one in zxingcpp.read_barcodes(page)}, out.name
        # Both ink about as much: their letters of face 0 are not ours, the dots and symbols are.
        ours, drawn = (sum(level < 128 for level in image.tobytes()) for image in (as_image(painted(plate)), theirs))
        assert 0.6 < drawn / ours < 1.7, out.name


def test_a_picture_is_a_png_that_others_open(tmp_path: Path) -> None:
    (label,) = sent("card", "chinese")
    file = tmp_path / "card.png"
    file.write_bytes(png(label.bits))
    with Image.open(file) as opened:
        assert opened.size == (label.bits.width, label.bits.height)
        assert round(opened.info["dpi"][0]) == 203
