"""The foot of the window: the status line, what is being waited for, and the screen's one primary act."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar

from clinic_desktop.gui.shell.screen import ScreenView
from clinic_desktop.gui.theme.tokens import STATUS
from clinic_desktop.gui.widgets.buttons import LinkButton, PrimaryButton
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.i18n import _

SAID_MS = 6000
FRESH_MS = 500  # what an act says in going to the next page is meant to be read there


class Foot(QFrame):
    """Shows the status line, busy after 100 ms, progress with cancel after a second, and the primary act."""

    def __init__(self, act: Callable[[], object], cancel: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.setProperty("panel", "foot")
        self.setFixedHeight(STATUS)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(12)
        self._said = label("", "secondary", name="foot.status")
        self._busy = label("", "secondary", name="foot.busy")
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(120)
        self._progress.setAccessibleName(_("Working"))
        self._cancel = LinkButton(_("Stop waiting"), "foot.cancel", cancel)
        self.primary = PrimaryButton("", "foot.primary", act)
        self.primary.setToolTip("Ctrl+Enter")
        self.primary.setFixedHeight(32)
        row.addWidget(self._said, 1)
        for part in (self._busy, self._progress, self._cancel):
            part.hide()
            row.addWidget(part)
        row.addWidget(self.primary)
        self.primary.hide()
        self._carried = False  # to the page after the one it was said on
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAID_MS)
        self._timer.timeout.connect(self._said.clear)

    def say(self, text: str) -> None:
        """Put words on the status line for a few seconds."""
        self._said.setText(text)
        self._carried = False
        self._timer.start()

    def leave_page(self) -> None:
        """The page is left, and what was said of it goes with it."""
        if self._carried or SAID_MS - self._timer.remainingTime() > FRESH_MS:
            self._said.clear()
        self._carried = True

    def status(self) -> str:
        """The words on the status line."""
        return self._said.text()

    def show_busy(self, state: str) -> None:
        """Show ``""``, ``"heard"`` or ``"slow"``."""
        self._busy.setText(_("Working …"))
        self._busy.setVisible(state == "heard")
        self._progress.setVisible(state == "slow")
        self._cancel.setVisible(state == "slow")

    def show_primary(self, view: ScreenView | None, *, allowed: bool) -> None:
        """Show a screen's primary act; it waits while the banner is not on screen."""
        shown = view is not None and bool(view.primary_text)
        self.primary.setVisible(shown)
        if view is None or not shown:
            return
        self.primary.setObjectName(view.primary_name)
        self.primary.set_text(view.primary_text.rstrip(" .…") + " …" if view.primary_busy else view.primary_text)
        self.primary.setEnabled(view.primary_enabled and allowed and not view.primary_busy)
