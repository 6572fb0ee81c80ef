"""Says that something was done, for a few seconds, with a way to undo it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import LinkButton, ToolButton
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.sign import Sign
from clinic_desktop.i18n import _

SHOWN_MS = 8000


class Toast(QFrame):
    """Floats at the foot of its parent; shows one message at a time, the newest."""

    def __init__(self, parent: QWidget, *, above: int = 52) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("panel", "raised")
        self._over, self._above = parent, above
        self._undo: Callable[[], object] | None = None
        self._about = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        self._icon = Sign(18)
        self._text = label("", name="toast.text", wrap=True)
        self._button = LinkButton(_("&Undo"), "toast.undo", self._undo_it, "Ctrl+Z")
        self._close = ToolButton("close", _("Put away"), "toast.close", self.hide)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(
        self, text: str, undo: Callable[[], object] | None = None, *, meaning: str = "good", about: str = ""
    ) -> None:
        """Show words, with Undo where there is a way back; errors stay until they are put away.

        A refusal that is `about` a record goes by itself when that record is open (`is_over`).
        """
        self._undo, self._about = undo, about
        self._text.setText(text)
        self._text.setWordWrap(len(text) > 80)
        self._text.setMinimumWidth(480 if len(text) > 80 else 0)
        self._icon.show_icon("stop" if meaning == "critical" else "done", meaning)
        self._button.setVisible(undo is not None)
        self.setProperty("meaning", meaning if meaning == "critical" else None)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(text)
        self.show()
        self.raise_()
        self._place()
        if meaning == "critical":
            self._timer.stop()
        else:
            self._timer.start()

    def retire_undo(self) -> None:
        """The context of what was done is gone, and the way back with it."""
        if self._undo is not None:
            self._undo = None
            self.hide()

    def is_over(self, about: str) -> None:
        """What was refused about a record is allowed now: the words that said no would be wrong."""
        if about and self._about == about:
            self._about = ""
            self.hide()

    def text(self) -> str:
        """The words shown; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay at the foot of the window when its size changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._over.width() - self.width()) // 2, self._over.height() - self.height() - self._above)

    def _undo_it(self) -> None:
        self.hide()
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()
