"""A section of the administrator's screen: a list, and the form of what is chosen in it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _

R = TypeVar("R")


class Section(QWidget):
    """What every section has: rows to show, a primary act, a place for errors."""

    name = ""
    primary_text = ""

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show what was asked for."""

    def primary(self) -> None:
        """Do the section's primary act."""

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put a draft back."""

    def saved(self) -> None:
        """The act succeeded: forget its draft."""

    def error_place(self) -> QWidget | None:
        """The form that shows a refusal beside its field."""
        return None

    def flush(self) -> None:
        """Hand over what is being typed."""


class FormSection(Section):
    """A section that is one form, whose draft is kept."""

    form: Form
    _keeper: DraftKeeper

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put a draft back."""
        self.form.restore(draft)

    def saved(self) -> None:
        """Forget the draft."""
        self._keeper.forget()

    def flush(self) -> None:
        """Hand over what is being typed."""
        self._keeper.flush()

    def error_place(self) -> QWidget:
        """The form."""
        return self.form


class ListSection(Section, Generic[R]):
    """A list beside the form of the row chosen in it; `None` stands for a new one."""

    key: Callable[[R], str]

    def __init__(
        self,
        name: str,
        kind: type[R],
        columns: Sequence[Column[R]],
        settings: Remembered,
        *,
        key: Callable[[R], str],
        empty: str,
        keep: Callable[[str, str, Mapping[str, str]], None],
        ask_draft: Callable[[str, str], None],
    ) -> None:
        super().__init__()
        self.name = name
        self._kind, self._key, self._ask_draft = kind, key, ask_draft
        self.chosen: R | None = None
        self._new = False
        self.table: ListTable[R] = ListTable(
            f"administration.{name}", columns, key=key, empty=Empty(empty), settings=settings
        )
        self.keeper = DraftKeeper(lambda fields: keep(name, self.draft_key(), fields))
        self.form = Form(self.keeper)
        self.panel = Panel(name=f"administration.{name}.panel")
        self.panel.add(self.form)
        self._side = QVBoxLayout()
        self._side.setSpacing(12)
        self._side.setContentsMargins(0, 0, 8, 0)
        self._lay_out()
        self.table.selected.connect(self._select)

    def draft_key(self) -> str:
        """Whose draft the form keeps."""
        return "new" if self.chosen is None else self._key(self.chosen)

    def fill(self, row: R | None) -> None:
        """Show a row in the form, or an empty form for a new one."""
        raise NotImplementedError

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the list; what is chosen stays chosen, in its newest state."""
        before = None if self.chosen is None else self._key(self.chosen)
        shown = [row for row in rows if isinstance(row, self._kind)]
        self.table.set_rows(shown)
        found = next((row for row in shown if self._key(row) == before), None)
        if found is not None:
            self.chosen = found
            if not self.form.is_touched:
                self.show_chosen()
        elif shown and before is None and not self._new:
            self.table.select_row(0)

    def show_chosen(self) -> None:
        """Show what is chosen."""
        self.form.clear_errors()
        self.fill(self.chosen)

    def begin_new(self) -> None:
        """Show an empty form for a new one."""
        self.keeper.flush()
        self.table.view.clearSelection()
        self.chosen, self._new = None, True
        self.form.clear()
        self.fill(None)
        self._ask_draft(self.name, "new")
        first = next((field for field in self.form.fields() if field.isEnabled() and not field.isHidden()), None)
        if first is not None:
            first.setFocus()

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put a draft back."""
        self.form.restore(draft)

    def saved(self) -> None:
        """Forget the draft; a new one's form is empty again."""
        self.form.settle()
        if self.chosen is None:
            self.form.clear()
            self.fill(None)

    def error_place(self) -> QWidget | None:
        """The form."""
        return self.form

    def flush(self) -> None:
        """Hand over what is being typed."""
        self.keeper.flush()

    def add_button(self, text: str, name: str, act: Callable[[], object]) -> Button:
        """Put a button under the form."""
        button = Button(text, f"administration.{name}", act)
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        self.panel.body.addLayout(row)
        return button

    def add_below(self, panel: QWidget) -> None:
        """Put a panel under the form's."""
        self._side.insertWidget(self._side.count() - 1, panel)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.table, 3)
        inside = QWidget()
        inside.setLayout(self._side)
        self._side.addWidget(self.panel)
        self._side.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(424)
        row.addWidget(area, 2)

    def _select(self, row: R | None) -> None:
        if row is None or (self.chosen is not None and self._key(row) == self._key(self.chosen)):
            return
        self.keeper.flush()
        self.chosen, self._new = row, False
        self.form.clear()
        self.show_chosen()
        self._ask_draft(self.name, self._key(row))


def show_only(shown: bool, *fields: Field) -> None:  # noqa: FBT001 - reads as a sentence
    """Show fields and let them be filled in, or hide them."""
    for field in fields:
        field.setVisible(shown)
        field.setEnabled(shown)


def yes(claim: bool) -> str:  # noqa: FBT001 - a claim in a cell
    """A claim in a cell of a table."""
    return _("yes") if claim else ""
