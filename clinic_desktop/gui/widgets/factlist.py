"""Facts under one another: a quiet word, and beside it what it says; what says nothing is left out."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from clinic_desktop.gui.widgets.labels import label


class Facts(QWidget):
    """A list of facts that can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._pairs: list[tuple[QLabel, QLabel]] = []

    def clear(self) -> None:
        """Take every fact away."""
        self.show_facts(())

    def show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Show these alone; one that says the same as before is left as it is, with what is chosen of it."""
        said = [(words, value) for words, value in facts if value]
        for labels in self._pairs[len(said) :]:
            for one in labels:
                self._grid.removeWidget(one)
                one.hide()
                one.deleteLater()
        del self._pairs[len(said) :]
        for labels, texts in zip(self._pairs, said, strict=False):
            for one, text in zip(labels, texts, strict=True):
                if one.text() != text:
                    one.setText(text)
        for words, value in said[len(self._pairs) :]:
            self.add(words, value)

    def add(self, words: str, value: str) -> None:
        """Add a fact, unless it says nothing."""
        if not value:
            return
        quiet, shown = label(words, "secondary"), label(value, wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # Counted here: a grid never has fewer rows than it once had, and would grow with each filling.
        self._grid.addWidget(quiet, len(self._pairs), 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(shown, len(self._pairs), 1)
        self._pairs.append((quiet, shown))
