"""Surfaces and words on them: panels, sections that fold, empty places, figures that open their rows."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from clinic_desktop.gui import theme
from clinic_desktop.gui.widgets.buttons import Button, LinkButton, ToolButton
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.sign import Sign

__all__ = ["Empty", "Figure", "Line", "Panel", "Section", "clear_layout", "label"]


class Line(QFrame):
    """A line one pixel high between parts."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("panel", "line")


class Panel(QFrame):
    """A surface with an optional heading and buttons beside it; put widgets into `body`."""

    def __init__(self, title: str = "", *, name: str = "", kind: str = "plain") -> None:
        super().__init__()
        self.setProperty("panel", kind)
        self.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        # Wrapped, so that a long name never makes a panel wider than where it stands.
        self._title = label(title, "section", wrap=True)
        self._head.addWidget(self._title, 1)
        if not title:
            self._title.hide()
        column.addLayout(self._head)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self._title.setText(title)
        self._title.setVisible(bool(title))

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Put a widget into the body."""
        self.body.addWidget(widget, stretch)

    def add_button(self, text: str, name: str, act: Callable[[], object], shortcut: str = "") -> Button:
        """Put a button beside the heading."""
        button = LinkButton(text, name, act, shortcut)
        self._head.addWidget(button)
        return button

    def add_beside_title(self, widget: QWidget) -> None:
        """Put a widget beside the heading."""
        self._head.addWidget(widget)

    def clear(self) -> None:
        """Take everything out of the body."""
        clear_layout(self.body)


class Section(QWidget):
    """A heading that folds what stands under it; put rows into `body`."""

    def __init__(self, title: str, *, folded: bool = False, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self._folded = folded
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(8)
        self._toggle = ToolButton("right" if folded else "down", title, f"{name}.fold" if name else "")
        self._toggle.setText(title)
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.setCheckable(True)
        self._toggle.clicked.connect(lambda: self.set_folded(not self._folded))
        self._toggle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column.addWidget(self._toggle)
        self._holder = QWidget()
        self.body = QVBoxLayout(self._holder)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        column.addWidget(self._holder)
        self.set_folded(folded)

    @property
    def folded(self) -> bool:
        """Whether what stands under the heading is hidden."""
        return self._folded

    def set_folded(self, folded: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Fold or unfold."""
        self._folded = folded
        self._toggle.setChecked(False)
        self._toggle.set_icon("right" if folded else "down", 16)
        self._holder.setVisible(not folded)


class Empty(QWidget):
    """An empty place: says what goes there, and offers the act that puts it there."""

    def __init__(
        self,
        words: str,
        *,
        icon: str = "document",
        act_text: str = "",
        name: str = "",
        act: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(Sign(32, icon), 0, Qt.AlignmentFlag.AlignCenter)
        self._words = label(words, "secondary", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._words)
        if act_text and act is not None:
            button = Button(act_text, name, act)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)

    def set_words(self, words: str) -> None:
        """Say something else, such as that nothing matches a filter."""
        self._words.setText(words)


class Figure(QFrame):
    """A number with what it counts; pressing it opens the rows behind it."""

    def __init__(self, words: str, name: str, act: Callable[[], object] | None = None, *, unit: str = "") -> None:
        super().__init__()
        self.setProperty("panel", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(2)
        self._number = label("–", "figure", name=f"{name}.number")
        self._number.setFont(theme.numbers(self._number.font()))
        self._unit = unit
        column.addWidget(self._number)
        self._words = words
        self.link = None if act is None else LinkButton(words, name, act)
        if self.link is None:
            column.addWidget(label(words, "secondary"))
        else:
            column.addWidget(self.link, 0, Qt.AlignmentFlag.AlignLeft)

    def show_number(self, number: str, meaning: str = "") -> None:
        """Show a number, in the colour of a meaning if it has one."""
        self._number.setText(f"{number} {self._unit}".strip())
        self._number.setProperty("meaning", meaning or None)
        self._number.style().unpolish(self._number)
        self._number.style().polish(self._number)
        self.setAccessibleName(f"{self._words}: {number}")


def clear_layout(layout: QLayout) -> None:
    """Take every widget out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear_layout(inner)
