import csv
import json
import os
import re
import unicodedata
from pathlib import Path

import pytest

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.paths import resources
from clinic_desktop.reports import text as subject
from clinic_desktop.reports.faces import FILES, HAN, STRETCHES, face, key_for

DOSE = "500 mg (2x)"
NAMES = {
    "Latin": "Łukasz Nguyễn",
    "Greek": "Παπαδόπουλος",
    "Cyrillic": "Фёдор",
    "Armenian": "Խաչատրյան",
    "Hebrew": "שָׁרָה כהן",
    "Arabic": "محمد عبد الله",
    "Thaana": "އަޙްމަދު",
    "Devanagari": "कृष्णा द्विवेदी",
    "Bengali": "কৃষ্ণা বন্দ্যোপাধ্যায়",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "કૃષ્ણ પટેલ",
    "Oriya": "କୃଷ୍ଣ ପଟ୍ଟନାୟକ",
    "Tamil": "தமிழ்ச்செல்வி",
    "Telugu": "శ్రీనివాస్",
    "Kannada": "ಕೃಷ್ಣಮೂರ್ತಿ",
    "Malayalam": "കൃഷ്ണൻ",
    "Sinhala": "ශ්‍රී කෘෂ්ණ",
    "Thai": "น้ำผึ้ง",
    "Lao": "ນ້ຳ ປີ້",
    "Myanmar": "မြန်မာ ကျော်စွာ",
    "Georgian": "მამარდაშვილი",
    "Ethiopic": "አበበ በቀለ",
    "Khmer": "ស្រីមុំ",
    "Han": "張偉 王小明",
    "Kana": "ヤマダ たろう",
    "Hangul": "김영희",
}


def order(line: subject.Line) -> str:
    """What stands on the line from left to right: each stretch as it is read."""
    return line.text if line.plain is not None else "|".join(piece.text for piece in line.pieces)


@pytest.mark.parametrize("script", NAMES)
def test_a_dose_stays_whole_beside_every_script(script: str) -> None:
    for words in (f"{NAMES[script]} {DOSE}", f"{DOSE} {NAMES[script]}"):
        line = subject.line(words)
        assert DOSE in order(line)
        assert line.text == words


@pytest.mark.parametrize("script", NAMES)
def test_every_character_of_a_script_is_shaped_into_glyphs_of_its_face(script: str) -> None:
    for bold in (False, True):
        line = subject.line(NAMES[script], bold=bold)
        if line.plain is not None:
            continue
        reached = sum(len(text) for piece in line.pieces for _start, text, _glyphs in piece.clusters)
        assert reached == len(NAMES[script])
        assert all(glyph for piece in line.pieces for _start, _text, glyphs in piece.clusters for glyph in glyphs)


def test_a_date_inside_arabic_stays_in_its_order() -> None:
    pieces = subject.line("يؤخذ حتى 14-Jul-1945 مع الطعام").pieces
    assert [piece.text.strip() for piece in pieces if not piece.right_to_left and piece.text.strip()] == ["14-Jul-1945"]
    arabic = [piece.text.strip() for piece in pieces if piece.right_to_left and piece.text.strip()]
    assert arabic == ["مع الطعام", "يؤخذ حتى"]  # from left to right, so read from the right


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("(رقم RX-A7-000123-4).", ["RX-A7-000123-4"]),
        ("محمد (500 mg) بعد", ["(500 mg)"]),
        ("قرص (2x", ["2x"]),
        ("מ-4 כדורים", ["4"]),
        ("אם -4 או", ["-4"]),
    ],
)
def test_a_bracket_or_hyphen_of_the_words_around_is_not_taken_into_a_number(words: str, whole: list[str]) -> None:
    pieces = subject.line(words).pieces
    assert [piece.text.strip() for piece in pieces if re.search(r"[0-9]", piece.text)] == whole


def test_arabic_digits_are_not_turned_round() -> None:
    digits = [piece for piece in subject.line("جرعة ٥٠٠ مجم").pieces if "٥" in piece.text]
    assert [piece.text for piece in digits] == ["٥٠٠"]
    assert not digits[0].right_to_left


def test_a_number_after_an_arabic_name_in_a_latin_line_does_not_jump_before_it() -> None:
    assert "محمد| |500 mg" in order(subject.line("Name: محمد 500 mg")).replace("محمد |", "محمد| |")


@pytest.mark.parametrize("words", ["Aa 123 · العيادة", "Take 2 tablets (قرصين)"])
def test_a_line_that_begins_with_a_latin_word_is_read_from_the_left_though_a_number_follows_it(words: str) -> None:
    assert [line.right_to_left for line in (subject.line(words), *subject.wrap(words, 50_000))] == [False, False]
    assert subject.line(words).text == words


def test_a_line_that_begins_with_a_number_is_read_as_its_words_are() -> None:
    assert subject.line("500 mg مرتين").right_to_left
    assert subject.line("INV-A7-000007-2 فاتورة").right_to_left


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x7f", "\u202e", "\u2028", "\ud800", "\U0001f600", "\ue000"])
def test_what_no_face_has_is_named_never_dropped(control: str) -> None:
    line = subject.line(f"a{control}b")
    assert line.text == f"a[U+{ord(control):04X}]b"
    (named,) = subject.unprintable(control)
    assert named.startswith(f"U+{ord(control):04X}")


def test_asking_for_printable_words_names_every_character_that_is_not() -> None:
    subject.require_printable("Łukasz محمد 張")
    with pytest.raises(Refusal, match=r"U\+1F600 GRINNING FACE, U\+0000"):
        subject.require_printable("x\U0001f600\x00\U0001f600")


def test_joiners_and_marks_of_direction_print_nothing_and_lose_nothing() -> None:
    line = subject.line("ක්\u200dෂ \u200fمحمد\u200e x")
    assert "U+" not in line.text
    assert "\u200d" in line.text


def test_decomposed_hangul_prints_as_syllables() -> None:
    assert subject.line("\u1112\u1161\u11ab").text == "한"


def test_every_line_fits_and_the_lines_together_hold_every_word() -> None:
    words = "Take 2 tablets by mouth up to 4 times a day when needed for pain " * 40
    lines = subject.wrap(words, 20_000)
    assert all(line.width <= 20_000 for line in lines)
    assert " ".join(line.text for line in lines).split() == words.split()


@pytest.mark.parametrize(
    "words", ["Take 500 mg twice a day for 7 days", "خذ ٥٠٠ مجم مرتين لمدة ٧ أيام", "दिन में ५०० मिग्रा दो बार"]
)
def test_a_number_is_not_parted_from_its_unit(words: str) -> None:
    for limit in range(3500, 14000, 250):
        for line in subject.wrap(words, limit):
            assert not re.search(r"\d$", line.text.rstrip())


@pytest.mark.parametrize("letter", ["x", "क्ष", "م", "漢", "ก้"])
def test_a_word_wider_than_the_line_is_cut_between_clusters(letter: str) -> None:
    lines = subject.wrap(letter * 500, 10_000)
    assert "".join(line.text for line in lines) == letter * 500
    assert all(line.width <= 10_500 for line in lines)  # letters that join again take a little more room
    assert not any(unicodedata.category(line.text[0]).startswith("M") for line in lines)


def test_wrapping_keeps_the_lines_of_mixed_directions_in_reading_order() -> None:
    words = "يؤخذ 500 mg (2x) يوميا بعد الأكل حتى 14-Jul-1945 ثم يراجع الطبيب"
    lines = subject.wrap(words, 9_000)
    assert len(lines) > 2
    assert " ".join(line.text.strip() for line in lines) == words
    assert all(line.right_to_left for line in lines)


def test_line_ends_of_every_kind_begin_a_line() -> None:
    assert [line.text for line in subject.wrap("a\r\nb\rc\nd\n\ne", 50_000)] == ["a", "b", "c", "d", "", "e"]


def test_every_face_is_there_and_carries_what_it_is_said_to() -> None:
    for key, files in FILES.items():
        for name in filter(None, files):
            assert (resources() / "fonts" / f"{name}.ttf").exists()
        assert face(key).hb_face.glyph_count > 50
    for first, last, key in STRETCHES:
        assigned = [chr(code) for code in range(first, last + 1) if unicodedata.category(chr(code))[0] in "LN"]
        carried = sum(bool(face(key).glyph(character)) for character in assigned)
        assert carried >= len(assigned) * (0.2 if key in {HAN, "NotoNaskhArabic"} else 0.6), f"{first:04X} {key}"
    assert list(STRETCHES) == sorted(STRETCHES)
    assert key_for("\u1681") is None


CORPUS = Path(os.environ.get("CLINIC_CORPUS", "")) / "text_names"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="CLINIC_CORPUS is not set")
def test_real_names_and_places_of_every_locale_are_printed_or_named() -> None:
    with (CORPUS / "person_names_by_locale.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["name"] for row in csv.DictReader(file)}
    texts |= {text for file in (CORPUS / "addresses").glob("*.json") for text in strings(json.loads(file.read_text()))}
    texts |= set(json.loads((CORPUS / "blns.json").read_text()))
    assert len(texts) > 20_000
    for text in texts:
        line = subject.line(text)
        missing = [letter for letter in text if subject.unprintable(letter)]
        assert seen(line.text) == seen(subject.prepare(text).replace("\n", " "))
        assert all(f"U+{ord(letter):04X}" in line.text for letter in missing), ascii(text)


def seen(text: str) -> str:
    """The text without what is never printed."""
    return "".join(letter for letter in text.replace("\u00a0", " ") if letter not in subject.INVISIBLE).rstrip(" ")


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []
