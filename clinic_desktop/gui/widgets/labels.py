"""Words on a page, always as plain text: a name such as "<b>" is shown as it is written."""

import re

from PySide6 import QtCore, QtGui
from PySide6.QtWidgets import QLabel

from clinic_desktop.i18n import _

# Qt's enums by their numbers, as `_PLAIN_TEXT`.
_ELIDE_RIGHT = 1
_PLAIN_TEXT = 0  # Qt.TextFormat.PlainText, by its number: Qt's namespace takes 27 ms to load, before the first paint

_NUMBER = re.compile(r"\w*(?:-\w+)+")

# Of what is longer no more is measured and painted: breaking a megabyte into lines stops the window for minutes.
MOST_SIGNS, MOST_LINES = 2_000, 40


class Wrapped(QLabel):
    """Words broken into lines, never within a number; what can be copied stands as it is, sign by sign."""

    _said = ""
    _copied = False

    def text(self) -> str:
        """The words as they were given."""
        return self._said

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show other words."""
        self._said = text
        super().setText(text if self._copied else unbroken(text))

    def setTextInteractionFlags(self, flags: "QtCore.Qt.TextInteractionFlag") -> None:  # noqa: N802 - Qt's name
        """Let the words be copied."""
        super().setTextInteractionFlags(flags)
        self._copied = True
        self.setText(self._said)

    def clear(self) -> None:
        """Show nothing."""
        self.setText("")


class Elided(QLabel):
    """One line that gives way: cut with "…" where there is no room, and then told in full when hovered.

    A name of 180 letters must not make the window wider than the screen.
    """

    least = 48  # pixels that it never gives up

    def __init__(self, text: str = "", kind: str = "", *, name: str = "") -> None:
        super().__init__()
        self._whole = ""
        self.setProperty("textFormat", _PLAIN_TEXT)
        self.setObjectName(name)
        if kind:
            self.setProperty("type", kind)
        self.setText(text)

    def text(self) -> str:
        """The whole text, whatever of it has room."""
        return self._whole

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show a text."""
        self._whole = text
        self.updateGeometry()
        self._fit()

    def clear(self) -> None:
        """Show nothing."""
        self.setText("")

    def sizeHint(self) -> "QtCore.QSize":  # noqa: N802 - Qt's name
        """As wide as the whole text."""
        return QtCore.QSize(self._needed(), super().sizeHint().height())

    def minimumSizeHint(self) -> "QtCore.QSize":  # noqa: N802 - Qt's name
        """Hardly anything."""
        return QtCore.QSize(min(self._needed(), self.least), super().minimumSizeHint().height())

    def resizeEvent(self, event: "QtGui.QResizeEvent") -> None:  # noqa: N802 - Qt's name
        """Cut again for the new width."""
        super().resizeEvent(event)
        self._fit()

    def _needed(self) -> int:
        return self.fontMetrics().horizontalAdvance(self._whole) + 4

    def _fit(self) -> None:
        room = max(self.width(), self.least)
        cut = self._needed() > room
        super().setText(self.fontMetrics().elidedText(self._whole, _elide(), room - 2) if cut else self._whole)
        self.setToolTip(tip(self._whole) if cut else "")


def _elide() -> "QtCore.Qt.TextElideMode":
    return QtCore.Qt.TextElideMode(_ELIDE_RIGHT)


def label(text: str, kind: str = "", *, meaning: str = "", name: str = "", wrap: bool = False) -> QLabel:
    """Make a label of plain text; kinds are ``title section label secondary strong figure error warning``."""
    made = Wrapped() if wrap else QLabel()
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


def unbroken(text: str) -> str:
    """The words with hyphens that no line is broken at, in what has a figure in it: MRN-T6T-000001-D, 14-Jul-1945."""
    if "-" not in text:
        return text
    return _NUMBER.sub(lambda found: found[0].replace("-", "\u2011") if _has_figure(found[0]) else found[0], text)


def _has_figure(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


def bounded(words: str) -> str:
    """As much of some words as a cell shows, and how much more there is."""
    begun = words[:MOST_SIGNS]
    begun = "\n".join(begun.split("\n", MOST_LINES)[:MOST_LINES])
    if len(begun) == len(words):
        return words
    return begun + "\n" + _("… and {n} more characters").format(n=f"{len(words) - len(begun):,}")
