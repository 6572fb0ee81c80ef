"""What every editor is: a label above, the editor, and the words that say what is wrong beside it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.labels import label as make_label
from clinic_desktop.i18n import _


class Field(QWidget):
    """One labelled editor. Its object name is ``<name>.field``; the editor inside is ``<name>``.

    `key` is the last word of the name; a `Refusal` about that field is shown here. `draft` is what was
    typed as it was typed, valid or not, so that nothing is lost; `value` is what it means.
    """

    edited = Signal()

    def __init__(self, label: str, name: str, *, hint: str = "", required: bool = False) -> None:
        super().__init__()
        self.setObjectName(f"{name}.field")
        self.name = name
        self.key = name.rsplit(".", 1)[-1]
        self.required = required
        self.is_secret = False  # a password is never kept as a draft
        self._words = label.replace("&", "")
        self.label = make_label(label, "label")
        if not label:
            self.label.hide()
        self._hint_words = hint
        self._error = ""
        self._said = make_label(hint, "secondary", wrap=True)
        if not hint:
            self._said.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.label)
        self._editor: QWidget = self

    def put(self, editor: QWidget, *, wrapped: QWidget | None = None) -> None:
        """Set the editor inside; `wrapped` is what is laid out, if that is more than the editor."""
        self._editor = editor
        editor.setObjectName(self.name)
        editor.setAccessibleName(self._words)
        self.label.setBuddy(editor)
        self.setFocusProxy(editor)
        self._column.addWidget(wrapped or editor)
        self._column.addWidget(self._said)
        self._column.addStretch(0)

    def editor(self) -> QWidget:
        """The widget that is typed into."""
        return self._editor

    def value(self) -> object:
        """What the field means now; None where nothing or nothing valid stands in it."""
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        """Show a value."""
        raise NotImplementedError

    def draft(self) -> str:
        """What was typed, as it was typed."""
        raise NotImplementedError

    def restore(self, draft: str) -> None:
        """Put back what `draft` gave."""
        raise NotImplementedError

    def problem(self) -> str:
        """What is wrong with what stands here, in words; empty if nothing is."""
        if self.required and not self.draft().strip():
            return _("Please fill this in.")
        return ""

    def clear(self) -> None:
        """Empty the field."""
        self.restore("")
        self.show_error("")

    def error(self) -> str:
        """The error shown now."""
        return self._error

    def show_error(self, text: str) -> None:
        """Say beside the field what is wrong; an empty text takes it away."""
        if text == self._error == "":
            return  # nothing changes: to look at every style again costs milliseconds
        self._error = text
        self._say(text or self._hint_words, "error" if text else "secondary")
        self._editor.setProperty("wrong", bool(text))
        self._editor.setAccessibleDescription(text or self._hint_words)
        _polish(self._editor)

    def show_hint(self, text: str) -> None:
        """Say something helpful beside the field, such as the age that a birth date gives."""
        self._hint_words = text
        if not self._error:
            self._say(text, "secondary")

    def _say(self, text: str, kind: str) -> None:
        self._said.setText(text)
        self._said.setVisible(bool(text))
        if self._said.property("type") != kind:
            self._said.setProperty("type", kind)
            _polish(self._said)

    def _was_edited(self) -> None:
        if self._error:
            self.show_error("")
        self.edited.emit()


class LineField(Field):
    """A field of one line; other one-line fields say what their text means."""

    def __init__(self, label: str, name: str, *, hint: str = "", required: bool = False, placeholder: str = "") -> None:
        super().__init__(label, name, hint=hint, required=required)
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        self.line.textChanged.connect(self._was_edited)
        self.put(self.line)

    def draft(self) -> str:
        """What was typed."""
        return self.line.text()

    def restore(self, draft: str) -> None:
        """Put back what was typed."""
        self.line.setText(draft)


def _polish(widget: QWidget) -> None:
    # A property in a selector is looked at again only when asked.
    widget.style().unpolish(widget)
    widget.style().polish(widget)
