"""ESC/POS: two rolls, every script, a cut behind each paper, the drawer for cash alone, and no words that command."""

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from clinic_desktop.devices.receipt_printer import protocol, reading
from clinic_desktop.devices.receipt_printer.simulator import FAULTS, Simulator
from clinic_desktop.domain import cards
from clinic_desktop.domain.plates import Bits
from clinic_desktop.reports.bits import PaperArtist
from clinic_desktop.reports.label_sheets import LabelSheets
from tests.unit.reports import label_samples as samples

ARTIST = PaperArtist()
ROLLS = (80, 58)


def sent(sheets: LabelSheets, roll_mm: int = 80, **how: bool) -> reading.ReadPaper:
    (paper,) = reading.read(protocol.encode(sheets.plates(203), roll_mm, **how), roll_mm, ARTIST)
    return paper


def codes_on(bits: Bits) -> set[str]:
    page = Image.new("L", (bits.width + 80, bits.height + 80), 255)
    drawn = Image.frombytes("1", (bits.width, bits.height), bytes(byte ^ 255 for byte in bits.rows))
    page.paste(drawn.convert("L"), (40, 40))
    return {found.text for found in zxingcpp.read_barcodes(page)}


@pytest.mark.parametrize("roll_mm", ROLLS)
@pytest.mark.parametrize("who", samples.NAMES)
def test_a_receipt_is_as_wide_as_its_head_says_everything_and_carries_its_code(who: str, roll_mm: int) -> None:
    paper = sent(samples.receipt(samples.NAMES[who], roll_mm), roll_mm)
    assert paper.bits.width == {80: 576, 58: 384}[roll_mm]
    assert paper.problems == ()
    assert paper.cut
    assert cards.write("receipt", samples.PAYMENT) in codes_on(paper.bits)
    words = " ".join(paper.words)
    for part in (samples.PAYMENT, "Paid", "USD 125.50", "Change", "74.50"):
        assert part in words


def test_letters_beyond_ascii_are_dots_and_never_a_code_page() -> None:
    made = protocol.encode(samples.receipt(samples.NAMES["chinese"]).plates(203), 80)
    assert b"\x1dv0\x00" in made
    latin = sent(samples.receipt(samples.NAMES["latin"]))
    assert samples.NAMES["latin"] in latin.words
    assert samples.NAMES["chinese"] not in "".join(sent(samples.receipt(samples.NAMES["chinese"])).words)


def test_the_drawer_opens_only_where_it_is_asked_and_once() -> None:
    plates = samples.receipt("A").plates(203)
    assert not sent(samples.receipt("A")).drawer
    assert sent(samples.receipt("A"), drawer=True).drawer
    made = protocol.encode(plates, 80, copies=2, drawer=True)
    assert made.count(b"\x1bp") == 1
    assert len(reading.read(made, 80, ARTIST)) == 2


def test_a_ticket_shows_its_number_large_and_nobody_by_name() -> None:
    for roll_mm in ROLLS:
        paper = sent(samples.ticket("Harbour Clinic", roll_mm), roll_mm)
        assert paper.problems == ()
        assert "OKAFOR" not in " ".join(paper.words)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=255), min_size=1, max_size=40))
@example("".join(map(chr, range(256))))
@example("\x1b@\x1dV\x00\x1bp\x00\x19\x19\n")
@example("\x10\x04\x01")
def test_no_words_become_commands(words: str) -> None:
    paper = sent(samples.receipt(words))
    assert paper.problems == ()
    assert not paper.drawer
    assert all(word.isascii() and word.isprintable() for word in paper.words)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for job in (data, b"\x1b@" + data, b"\x1dv0\x00" + data, b"\x1d(k" + data):
        try:
            reading.read(job, 80, ARTIST)
        except ValueError:
            continue


def test_what_is_not_understood_is_said() -> None:
    (paper,) = reading.read(b"\x1b@hello\n\x1b\x99world\n\x1dV\x00", 80, ARTIST)
    assert paper.problems == ("ESC 99 is not understood",)
    assert paper.words == ("hello", "world")
    with pytest.raises(ValueError, match="within a command"):
        reading.read(b"\x1dv0\x00\x08\x00", 80, ARTIST)


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_the_printer_says_how_it_is_and_is_understood(fault: str) -> None:
    device = Simulator(ARTIST, fault)
    assert protocol.fault(device.feed(protocol.STATUS)) == fault
    device.feed(protocol.encode(samples.ticket("A").plates(203), 80))
    assert len(device.finish()) == 1


@given(st.binary(max_size=6))
def test_a_strange_answer_is_no_fault_and_no_error(reply: bytes) -> None:
    assert protocol.fault(reply) in {"", "paper", "head", "error"}
