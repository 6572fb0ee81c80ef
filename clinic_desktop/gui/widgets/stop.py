"""The one kind of dialog: for what must stop everything, with a reason where one is required."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import Button, StopButton
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.sign import Sign
from clinic_desktop.gui.widgets.text import NoteEdit
from clinic_desktop.i18n import _


class ReasonKept(Protocol):
    """Where the reason is kept while it is being typed."""

    def keep(self, fields: Mapping[str, str]) -> None:
        """Keep it."""
        ...

    def recall(self, restore: Callable[[Mapping[str, object]], None]) -> None:
        """Bring it back."""
        ...

    def drop(self) -> None:
        """Throw it away."""
        ...


class ConfirmStop(QDialog):
    """Says what is about to happen; emits `accepted` with `reason()` filled in, or `rejected`.

    With `kept`, the reason is a draft until then: the act given it throws it away, going back throws it away.

    `also` are fields beneath the reason.

    Show it with `open()`, never `exec()`. Its objects are ``<name>.reason``, ``<name>.confirm``, ``<name>.keep``.
    """

    def __init__(
        self,
        parent: QWidget,
        name: str,
        title: str,
        words: str,
        *,
        confirm: str,
        keep: str = "",
        reason: str = "",
        least: int = 3,
        meaning: str = "critical",
        kept: ReasonKept | None = None,
        also: Sequence[Field] = (),
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(480)
        self._least = least
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Sign(28, "stop" if meaning == "critical" else "alert", meaning))
        head.addWidget(label(title, "section", wrap=True), 1)
        column.addLayout(head)
        column.addWidget(label(words, name=f"{name}.words", wrap=True))
        self._reason = NoteEdit(reason, f"{name}.reason", rows=2, required=True) if reason else None
        self._form = Form(DraftKeeper(kept.keep) if kept is not None else None)
        if self._reason is not None:
            self._form.add(self._reason)
            for field in also:
                self._form.add(field)
            column.addWidget(self._form)
        row = QHBoxLayout()
        row.addStretch(1)
        self._keep = Button(keep or _("&Go back"), f"{name}.keep", self.reject)
        self._confirm = StopButton(confirm, f"{name}.confirm", self._accept)
        row.addWidget(self._keep)
        row.addWidget(self._confirm)
        column.addLayout(row)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._accept)
        (self._reason or self._keep).setFocus()
        self._open = True
        if kept is not None and self._reason is not None:
            kept.recall(self._put_back)
            self.rejected.connect(self._form.settle)
            self.rejected.connect(kept.drop)
        self.finished.connect(self._was_closed)

    def reason(self) -> str:
        """The reason given."""
        return self._reason.value() if self._reason is not None else ""

    def _accept(self) -> None:
        if self._reason is not None and len(self.reason().strip()) < self._least:
            self._reason.show_error(_("Please write why."))
            self._reason.setFocus()
            return
        if self._form.keeper is not None:
            # In the order of work before the act: kept after it, the draft would outlive what it led to.
            self._form.keeper.flush()
        self.accept()

    def _put_back(self, fields: Mapping[str, object]) -> None:
        """The answer may come when words are already typed, or when the dialog is gone."""
        if self._open and self._form.is_empty:
            self._form.restore(fields)

    def _was_closed(self) -> None:
        self._open = False
        # Not every window manager hands the keys back, and without an active window no shortcut does anything.
        parent = self.parentWidget()
        if parent is not None and not isinstance(QApplication.activeWindow(), QDialog):
            parent.window().activateWindow()
