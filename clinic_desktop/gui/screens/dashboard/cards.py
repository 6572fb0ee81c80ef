"""The dashboard's parts: a tile for a number of today, and a card of lines that keeps its buttons while it changes."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clinic_desktop.gui.screens.dashboard.words import Line
from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.labels import Elided, label, tip
from clinic_desktop.gui.widgets.panel import Figure, Panel, clear_layout
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.i18n import _

LINK_HEIGHT = 32
LONGEST, LONGEST_PILL = 27, 20  # letters of a value that stand beside its words; a longer one has the line below


class Tile(Figure):
    """A number of today with how it stands against usual."""

    def __init__(self, words: str, name: str, act: Callable[[], object] | None, formula: str) -> None:
        super().__init__(words, name, act)
        self.setToolTip(tip(formula))
        self._usual = label("", "secondary", name=f"{name}.usual", wrap=True)
        self._whole = label("", "secondary", name=f"{name}.whole", wrap=True)
        column = self.layout()
        if self.link is None:
            # As tall as a link, so that the tiles beside one another stand alike.
            self._words_label().setMinimumHeight(LINK_HEIGHT)
        if isinstance(column, QVBoxLayout):
            column.addWidget(self._usual)
            column.addWidget(self._whole)
            column.addStretch(1)

    def _words_label(self) -> QWidget:
        return next(each for each in self.findChildren(QLabel) if each.text() == self._words)

    def show_usual(self, usual: str, whole: str) -> None:
        """Say how it stands, and what a whole day comes to."""
        self._usual.setText(usual)
        self._whole.setText(whole)
        self.setAccessibleDescription(f"{usual}. {whole}".strip())


class Card(Panel):
    """A panel of lines; what it opens stands below them, and keeps the focus while the lines change."""

    def __init__(self, title: str, name: str, opens: Sequence[tuple[str, str, Callable[[], object]]] = ()) -> None:
        super().__init__(title, name=name)
        self._lines: tuple[Line, ...] = ()
        self._parts: dict[str, tuple[Line, ...]] = {}
        self._holder = QWidget()
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(label(_("Being counted …"), "secondary"))
        self.add(self._holder)
        self.body.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(8)
        for words, key, act in opens:
            row.addWidget(LinkButton(words, f"{name}.{key}", act))
        row.addStretch(1)
        if opens:
            self.body.addLayout(row)

    def show_lines(self, lines: Sequence[Line], part: str = "") -> None:
        """Show these lines; a card of several parts, each with its own question, keeps the others'."""
        self._parts[part] = tuple(lines)
        every = tuple(line for each in self._parts.values() for line in each)
        if every == self._lines:
            return
        self._lines = every
        clear_layout(self._column)
        for line in every:
            self._add(line)
        self.setAccessibleDescription("; ".join(f"{line.words.strip()}: {line.value}" for line in every))

    def set_parts(self, parts: Sequence[str]) -> None:
        """Leave the places of parts in this order, whichever is answered first."""
        self._parts = dict.fromkeys(parts, ())

    def _add(self, line: Line) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        indent = len(line.words) - len(line.words.lstrip())
        row.setContentsMargins(indent * 4, 0, 0, 0)
        words = Elided(line.words.strip(), "secondary")
        value: QWidget = Pill(line.value, line.meaning, line.icon) if line.meaning else label(line.value, "strong")
        for each in (words, value):
            if line.tip:
                each.setToolTip(tip(line.tip))
        row.addWidget(words, 1)
        if len(line.value) > (LONGEST_PILL if line.meaning else LONGEST):
            self._column.addLayout(row)
            row = QHBoxLayout()
            row.setContentsMargins(12, 0, 0, 0)
            row.addWidget(value)
            row.addStretch(1)
        else:
            row.addWidget(value, 0, Qt.AlignmentFlag.AlignRight)
        self._column.addLayout(row)
