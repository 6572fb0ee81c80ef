"""Choosing one of a few: a list that drops down, or segments beside one another."""

from collections.abc import Sequence

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtWidgets import QComboBox

from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.labels import tip
from clinic_desktop.i18n import _

PADDING = 28  # pixels beside the words of a segment, both sides together

Choices = Sequence[tuple[str, str]]  # (key, words)


class Box(QComboBox):
    """A list that drops down; where it is too narrow for the choice, that is cut with "…" and told when hovered."""

    def paintEvent(self, _event: "QtGui.QPaintEvent") -> None:  # noqa: N802 - Qt's name
        """Paint as the style does, but never half a letter."""
        painter, option = QtWidgets.QStylePainter(self), QtWidgets.QStyleOptionComboBox()
        self.initStyleOption(option)
        style = QtWidgets.QStyle
        painter.drawComplexControl(style.ComplexControl.CC_ComboBox, option)
        option.currentText = self.shown_text()
        painter.drawControl(style.ControlElement.CE_ComboBoxLabel, option)
        self.setToolTip(tip(self.currentText()) if option.currentText != self.currentText() else "")

    def shown_text(self) -> str:
        """As much of the choice as there is room for."""
        option = QtWidgets.QStyleOptionComboBox()
        self.initStyleOption(option)
        style = QtWidgets.QStyle
        room = self.style().subControlRect(
            style.ComplexControl.CC_ComboBox, option, style.SubControl.SC_ComboBoxEditField, self
        )
        return self.fontMetrics().elidedText(self.currentText(), QtCore.Qt.TextElideMode.ElideRight, room.width() - 4)


class ChoiceField(Field):
    """One of many in a list that drops down; `value()` is the key, None where none is chosen."""

    def __init__(
        self,
        label: str,
        name: str,
        choices: Choices,
        *,
        hint: str = "",
        required: bool = False,
        none: str | None = "",
    ) -> None:
        super().__init__(label, name, hint=hint, required=required)
        self.box = Box()
        self.box.setMaxVisibleItems(16)
        self._none = none
        self._awaited = ""
        self.set_choices(choices)
        self.put(self.box)
        self.box.currentIndexChanged.connect(self._was_chosen)
        self.box.activated.connect(self._was_chosen)
        self.box.currentIndexChanged.connect(self._was_edited)

    def narrow(self) -> None:
        """Let the panel be as wide as it is: the longest choice is cut short in it, and whole in the list."""
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(12)

    def set_choices(self, choices: Choices) -> None:
        """Offer other choices; the one chosen stays if it is still there."""
        kept = self.draft() if self.box.count() else ""
        quiet = QtCore.QSignalBlocker(self.box)
        self.box.clear()
        if self._none is not None:
            self.box.addItem(self._none, "")
        for key, words in choices:
            self.box.addItem(words, key)
        self.restore(kept)
        quiet.unblock()

    def value(self) -> str | None:
        """The key chosen."""
        return str(self.box.currentData() or "") or None

    def set_value(self, value: object) -> None:
        """Choose by key."""
        self.restore("" if value is None else str(value))

    def draft(self) -> str:
        """The key chosen or still awaited, or nothing."""
        return self._awaited or self.value() or ""

    def restore(self, draft: str) -> None:
        """Choose by key; an unknown key chooses the first, until choices come that have it."""
        place = self.box.findData(draft)
        self.box.setCurrentIndex(max(place, 0))
        self._awaited = draft if place < 0 else ""

    def problem(self) -> str:
        """A missing choice; one that is still awaited is none."""
        return _("Please fill this in.") if self.required and self.value() is None else ""

    def _was_chosen(self, _place: int) -> None:
        self._awaited = ""


class SegmentButton(QtWidgets.QPushButton):
    """One of a few, as wide as its words are once it is chosen and they are bold."""

    def sizeHint(self) -> "QtCore.QSize":  # noqa: N802 - Qt's name
        """Room for the bold words."""
        hint = super().sizeHint()
        bold = QtGui.QFont(self.font())
        bold.setWeight(QtGui.QFont.Weight.DemiBold)
        more = QtGui.QFontMetrics(bold).horizontalAdvance(self.text()) - self.fontMetrics().horizontalAdvance(
            self.text()
        )
        hint.setWidth(hint.width() + max(more, 0) + 2)
        return hint

    def minimumSizeHint(self) -> "QtCore.QSize":  # noqa: N802 - Qt's name
        """No less."""
        return self.sizeHint()


class SegmentField(Field):
    """One of a few beside one another; arrow keys move, a first letter chooses."""

    def __init__(self, label: str, name: str, choices: Choices, *, hint: str = "", required: bool = False) -> None:
        super().__init__(label, name, hint=hint, required=required)
        self._group = QtWidgets.QButtonGroup(self)
        self._group.setExclusive(True)
        self._keys = [key for key, _words in choices]
        row = QtWidgets.QWidget()
        line = QtWidgets.QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for place, (key, words) in enumerate(choices):
            button = SegmentButton(words)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setObjectName(f"{name}.{key}")
            button.setAccessibleName(f"{self._words}: {words}")
            button.setProperty("kind", "segment")
            button.setProperty("place", _place(place, len(choices)))
            button.ensurePolished()
            # The one chosen is written in bold: room for that is left from the start.
            button.setMinimumWidth(width_when_chosen(button))
            button.installEventFilter(self)
            self._group.addButton(button, place)
            line.addWidget(button)
        line.addStretch(1)
        self.put(row)
        first = self._group.button(0)
        row.setFocusProxy(first)
        self.setFocusProxy(first)
        self.label.setBuddy(first)
        self._group.idToggled.connect(lambda _place, on: self._was_edited() if on else None)

    def value(self) -> str | None:
        """The key chosen."""
        return self.draft() or None

    def set_value(self, value: object) -> None:
        """Choose by key, or none."""
        self.restore("" if value is None else str(value))

    def draft(self) -> str:
        """The key chosen, or nothing."""
        place = self._group.checkedId()
        return self._keys[place] if place >= 0 else ""

    def restore(self, draft: str) -> None:
        """Choose by key; anything else chooses none."""
        if draft in self._keys:
            self._group.button(self._keys.index(draft)).setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)

    def eventFilter(self, watched: "QtCore.QObject", event: "QtCore.QEvent") -> bool:  # noqa: N802 - Qt's name
        """Let a first letter choose."""
        if isinstance(event, QtGui.QKeyEvent) and event.type() == QtCore.QEvent.Type.KeyPress:
            letter = event.text().casefold()
            plain = not event.modifiers() & ~QtCore.Qt.KeyboardModifier.ShiftModifier
            for button in self._group.buttons() if plain and letter.isalnum() else ():
                if button.text().replace("&", "").casefold().startswith(letter):
                    button.setChecked(True)
                    button.setFocus()
                    return True
        return super().eventFilter(watched, event)


def width_when_chosen(button: "QtWidgets.QPushButton") -> int:
    """How wide a button's words are once it is checked and they are bold: so that they are not cut off then."""
    bold = QtGui.QFont(button.font())
    bold.setWeight(QtGui.QFont.Weight.DemiBold)
    return QtGui.QFontMetrics(bold).horizontalAdvance(button.text().replace("&", "")) + PADDING


def _place(place: int, count: int) -> str:
    if count == 1:
        return "only"
    return "first" if place == 0 else "last" if place == count - 1 else "middle"
