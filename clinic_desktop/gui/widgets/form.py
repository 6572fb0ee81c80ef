"""A form: fields in rows, each error beside its field, every edit kept as a draft."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.panel import Section, label
from clinic_desktop.i18n import _

F = TypeVar("F", bound=Field)


class Form(QWidget):
    """Rows of fields; errors of the whole form stand at its top, those of one field beside it."""

    edited = Signal(str)  # the key of the field

    def __init__(self, keeper: DraftKeeper | None = None) -> None:
        super().__init__()
        self._fields: dict[str, Field] = {}
        self._quiet = False
        self._touched: set[str] = set()  # by hand, or by a draft: emptied, these are kept as empty
        self.keeper = keeper
        if keeper is not None:
            keeper.setParent(self)
            keeper.watch(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._error = label("", "error")
        self._error.setWordWrap(True)
        self._error.hide()
        self._column.addWidget(self._error)

    # Building ---------------------------------------------------------------------------------------

    def add(self, field: F) -> F:
        """Add a field on a row of its own."""
        self.add_row(field)
        return field

    def add_row(self, *fields: QWidget, stretch: tuple[int, ...] = ()) -> None:
        """Add fields (or other widgets) beside one another; `stretch` gives their shares of the width."""
        self._column.addLayout(self._row(fields, stretch))

    def add_section(self, title: str, *rows: tuple[QWidget, ...], folded: bool = False) -> Section:
        """Add rows under a heading that folds them away."""
        section = Section(title, folded=folded)
        for row in rows:
            section.body.addLayout(self._row(row, ()))
        self._column.addWidget(section)
        return section

    def add_widget(self, widget: QWidget) -> None:
        """Add something that is not a field."""
        self._column.addWidget(widget)

    def add_stretch(self) -> None:
        """Push what stands above to the top."""
        self._column.addStretch(1)

    def adopt(self, field: F) -> F:
        """Keep the draft and show the errors of a field that is laid out elsewhere."""
        if field.key in self._fields:
            raise ValueError(f"two fields called {field.key}")
        self._fields[field.key] = field
        field.edited.connect(lambda key=field.key: self._was_edited(key))
        return field

    # Values ------------------------------------------------------------------------------------------

    def field(self, key: str) -> Field:
        """The field of this key."""
        return self._fields[key]

    def fields(self) -> Iterator[Field]:
        """The fields in the order they were added."""
        return iter(self._fields.values())

    def values(self) -> dict[str, object]:
        """What every field means, by key."""
        return {key: field.value() for key, field in self._fields.items()}

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show values, by key; not an edit, so no draft is kept of it."""
        with_quiet, self._quiet = self._quiet, True
        for key, value in values.items():
            self._fields[key].set_value(value)
        self._quiet = with_quiet

    def draft(self) -> dict[str, str]:
        """What stands in every field that has something or was emptied by hand, by key."""
        typed = {key: field.draft() for key, field in self._fields.items()}
        return {key: text for key, text in typed.items() if text or key in self._touched}

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put a draft back; keys that the form no longer has are passed over."""
        self._quiet = True
        for key, text in draft.items():
            if key in self._fields:
                self._fields[key].restore(str(text))
                self._touched.add(key)
        self._quiet = False

    def clear(self) -> None:
        """Empty every field and take every error away; forget the draft still to be kept."""
        self._quiet = True
        for field in self._fields.values():
            field.clear()
        self._quiet = False
        self.clear_errors()
        self.settle()

    def settle(self) -> None:
        """What stands here was saved or thrown away: nothing of it is still to be kept."""
        self._touched.clear()
        if self.keeper is not None:
            self.keeper.forget()

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(field.draft() for field in self._fields.values())

    @property
    def is_touched(self) -> bool:
        """Whether something was typed, or put back as it was typed, and is not saved."""
        return bool(self._touched)

    # Errors -------------------------------------------------------------------------------------------

    def check(self) -> bool:
        """Show every field's own problem; focus the first; return whether there is none."""
        self.clear_errors()
        first: Field | None = None
        for field in self._fields.values():
            problem = field.problem() if field.isEnabled() else ""
            field.show_error(problem)
            if problem and first is None:
                first = field
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        return first is None

    def show_refusal(self, error: Exception) -> bool:
        """Show a refusal beside its field, or at the top of the form; False if it is not a refusal."""
        if not isinstance(error, Refusal):
            return False
        self.clear_errors()
        words = _(error.message).format(**error.facts)
        field = self._fields.get(error.field or "")
        if field is None:
            self.show_error(words)
        else:
            field.show_error(words)
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def show_error(self, words: str) -> None:
        """Show words about the whole form at its top."""
        self._error.setText(words)
        self._error.setVisible(bool(words))

    def clear_errors(self) -> None:
        """Take every error away."""
        self.show_error("")
        for field in self._fields.values():
            if field.error():
                field.show_error("")

    # -----------------------------------------------------------------------------------------------------

    def _row(self, widgets: tuple[QWidget, ...], stretch: tuple[int, ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        for place, widget in enumerate(widgets):
            if isinstance(widget, Field):
                self.adopt(widget)
            share = stretch[place] if place < len(stretch) else 1
            row.addWidget(widget, share, Qt.AlignmentFlag.AlignTop)
        return row

    def _was_edited(self, key: str) -> None:
        if self._quiet:
            return
        if not self._fields[key].is_secret:
            self._touched.add(key)
        if self.keeper is not None:
            self.keeper.touch()
        self.edited.emit(key)
