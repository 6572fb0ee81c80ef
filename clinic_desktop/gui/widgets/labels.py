"""Words on a page, always as plain text: a name such as "<b>" is shown as it is written."""

from PySide6.QtWidgets import QLabel

_PLAIN_TEXT = 0  # Qt.TextFormat.PlainText, by its number: Qt's namespace takes 27 ms to load, before the first paint


def label(text: str, kind: str = "", *, meaning: str = "", name: str = "", wrap: bool = False) -> QLabel:
    """Make a label of plain text; kinds are ``title section label secondary strong figure error warning``."""
    made = QLabel()
    made.setProperty("textFormat", _PLAIN_TEXT)
    made.setText(text)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    if kind:
        made.setProperty("type", kind)
    if meaning:
        made.setProperty("meaning", meaning)
    return made


def tip(text: str) -> str:
    """Make words safe for a tooltip, which takes what looks like HTML for HTML: an allergy must not hide in a tag."""
    if "<" not in text:
        return text
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<p>{plain}</p>"
