"""Names in every script that the product has a face for are seen, on a machine that has none."""

import pytest
from PySide6.QtGui import QFont, QRawFont, QTextLayout
from PySide6.QtWidgets import QApplication

from clinic_desktop.gui.theme.faces import add_missing_faces

NAMES = {
    "Latin": "Nguyễn Thị Ánh",
    "Cyrillic": "Иванова, Анна",
    "Greek": "Παπαδόπουλος",
    "Arabic": "العبد الله، محمد",
    "Hebrew": "כהן, דוד",
    "Devanagari": "शर्मा, अनिल",
    "Bengali": "রহমান, করিম",
    "Gujarati": "સિંહ, અમિત",
    "Gurmukhi": "ਸਿੰਘ, ਗੁਰਪ੍ਰੀਤ",
    "Tamil": "தமிழ்செல்வி",
    "Telugu": "రామారావు",
    "Kannada": "ಕೃಷ್ಣ",
    "Malayalam": "മോഹനൻ",
    "Sinhala": "සුනිල් පෙරේරා",
    "Oriya": "ସୁବ୍ରତ",
    "Thai": "สมชาย ใจดี",
    "Lao": "ສົມພອນ",
    "Burmese": "သန်းထွန်း",
    "Khmer": "សុខា",
    "Ethiopic": "ተስፋዬ, አበበ",
    "Georgian": "გიორგი",
    "Armenian": "Արամ",
    "Japanese": "田中, 太郎 ひらがな カタカナ",
    "Chinese": "王, 小明",
    "Korean": "김, 민수",
}


def boxes(text: str, font: QFont) -> int:
    """How many glyphs of a text are the box that stands for what no face has."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine().setLineWidth(10_000)
    layout.endLayout()
    return sum(glyph == 0 for run in layout.glyphRuns() for glyph in run.glyphIndexes())


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_seen_in_its_script(qapp: QApplication, script: str) -> None:
    add_missing_faces()
    assert boxes(NAMES[script], qapp.font()) == 0


def test_a_character_that_no_face_has_would_be_noticed(qapp: QApplication) -> None:
    assert QRawFont.fromFont(qapp.font()).isValid()
    assert boxes("\U000e0100\U0001f9ff\U00013000", qapp.font())
