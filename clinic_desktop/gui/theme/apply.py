"""Puts a look on the application, live, and tells widgets that paint themselves which one it is."""

from PySide6 import QtCore, QtGui
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from clinic_desktop.gui.theme.sheet import stylesheet
from clinic_desktop.gui.theme.tokens import BODY, CONTROL, CONTROL_TOUCH, DARK, LIGHT, Tokens
from clinic_desktop.paths import resources

# Faces that stand in where a machine has no face made for reading on screens.
_POOR_FACES = (
    "DejaVu Sans",
    "Bitstream Vera Sans",
    "Sans Serif",
    "Helvetica",
    "Liberation Sans",
    "Arial",
    "",
)
_OUR_FACE = "NotoSans-*.ttf"

_now = {"tokens": LIGHT}


def tokens() -> Tokens:
    """The colours in use now, for widgets that paint themselves."""
    return _now["tokens"]


def mode() -> str:
    """``light`` or ``dark``."""
    return tokens().name


def apply(app: QApplication, wanted: str, *, touch: bool = False) -> None:
    """Put on ``light``, ``dark`` or ``system``; every open window follows at once."""
    chosen = _system(app) if wanted == "system" else wanted
    _now["tokens"] = DARK if chosen == "dark" else LIGHT
    if app.property("clinic_face") is None:
        app.setFont(_face(app))
    sheet = stylesheet(tokens(), CONTROL_TOUCH if touch else CONTROL)
    # Qt dresses every widget anew, also in what it wears already: a quarter of a second with some screens open.
    if app.styleSheet() != sheet:
        app.setPalette(_palette(tokens()))
        app.setStyleSheet(sheet)


def follow_system(app: QApplication) -> None:
    """Follow the system's light or dark from now on, where the system says which."""
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: apply(app, "system"))


def numbers(font: QFont) -> QFont:
    """The same font with tabular figures."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    return figures


def scale_font(font: QFont, points: float, *, bold: bool = False) -> QFont:
    """The same face at another size in points."""
    scaled = QFont(font)
    scaled.setPointSizeF(points)
    if bold:
        scaled.setWeight(QFont.Weight.DemiBold)
    return scaled


def _system(app: QApplication) -> str:
    if app.property("clinic_face") is None:
        # Nothing of ours is on yet, so the palette is still the system's. The first question for the scheme brings in
        # all of Qt's enums: 16 ms, before the first paint.
        palette = app.palette()
        roles = QPalette.ColorRole
        dark = palette.color(roles.Window).lightness() < palette.color(roles.WindowText).lightness()
    else:
        dark = app.styleHints().colorScheme() == QtCore.Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def _face(app: QApplication) -> QFont:
    font = QFont(app.font())
    if QtGui.QFontInfo(font).family() in _POOR_FACES:
        family = ""
        for path in sorted((resources() / "fonts").glob(_OUR_FACE)):
            number = QtGui.QFontDatabase.addApplicationFont(str(path))
            family = next(iter(QtGui.QFontDatabase.applicationFontFamilies(number)), family)
        if family:
            font.setFamily(family)
    font.setPointSizeF(BODY)
    app.setProperty("clinic_face", font.family())
    return font


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, t.page),
        (roles.WindowText, t.text),
        (roles.Base, t.surface),
        (roles.AlternateBase, t.page),
        (roles.ToolTipBase, t.raised),
        (roles.ToolTipText, t.text),
        (roles.Text, t.text),
        (roles.Button, t.raised),
        (roles.ButtonText, t.text),
        (roles.BrightText, t.critical),
        (roles.Link, t.accent),
        (roles.Highlight, t.accent),
        (roles.HighlightedText, t.on_accent),
        (roles.PlaceholderText, t.subtle),
        (roles.Mid, t.line),
        (roles.Midlight, t.line),
        (roles.Dark, t.subtle),
        (roles.Light, t.raised),
        (roles.Accent, t.accent),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.subtle))
    return palette
