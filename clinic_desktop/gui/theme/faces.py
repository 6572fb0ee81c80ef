"""Faces for names in scripts that the machine has none for; loaded once the first page has been painted."""

from PySide6.QtCore import QLoggingCategory
from PySide6.QtGui import QFontDatabase

from clinic_desktop.paths import resources

_Script = QFontDatabase.WritingSystem

# The faces that papers are set in, by the script each is for. Qt knows no script for Ethiopic.
_FACES: dict[str, tuple[_Script, ...]] = {
    "NotoNaskhArabic": (_Script.Arabic,),
    "NotoSansArmenian": (_Script.Armenian,),
    "NotoSansBengali": (_Script.Bengali,),
    "NotoSansDevanagari": (_Script.Devanagari,),
    "NotoSansEthiopic": (),
    "NotoSansGeorgian": (_Script.Georgian,),
    "NotoSansGujarati": (_Script.Gujarati,),
    "NotoSansGurmukhi": (_Script.Gurmukhi,),
    "NotoSansHebrew": (_Script.Hebrew,),
    "NotoSansKannada": (_Script.Kannada,),
    "NotoSansKhmer": (_Script.Khmer,),
    "NotoSansLao": (_Script.Lao,),
    "NotoSansMalayalam": (_Script.Malayalam,),
    "NotoSansMyanmar": (_Script.Myanmar,),
    "NotoSansOriya": (_Script.Oriya,),
    "NotoSansSinhala": (_Script.Sinhala,),
    "NotoSansTamil": (_Script.Tamil,),
    "NotoSansTelugu": (_Script.Telugu,),
    "NotoSansThai": (_Script.Thai,),
    "NanumSquare": (_Script.Korean,),
    "DroidSansFallback": (_Script.SimplifiedChinese, _Script.TraditionalChinese, _Script.Japanese),
}


def add_missing_faces() -> list[str]:
    """Let Qt fall back on our faces where the machine has none for a script; returns which.

    Naming a file costs a tenth of a millisecond; it is read, and takes memory, when a text first needs it.
    """
    # Qt writes a line for every face that it tries and that has not the script.
    QLoggingCategory.setFilterRules("qt.text.font.db.warning=false")
    missing = [name for name, scripts in _FACES.items() if not all(map(QFontDatabase.families, scripts)) or not scripts]
    for name in missing:
        for path in sorted((resources() / "fonts").glob(f"{name}*.ttf")):
            QFontDatabase.addApplicationFont(str(path))
    return missing
