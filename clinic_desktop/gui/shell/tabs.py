"""The tabs beneath the patient banner: every page of this patient's record that the role may open."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout

from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.gui.theme.tokens import TABS
from clinic_desktop.gui.widgets.choice import width_when_chosen
from clinic_desktop.gui.widgets.push import Button
from clinic_desktop.i18n import _


class PatientTabs(QFrame):
    """Words in a row; `gone_to` carries the name of the screen pressed. Shown only with the banner."""

    gone_to = Signal(str)

    def __init__(self, screens: Sequence[Screen]) -> None:
        super().__init__()
        self.setObjectName("tabs")
        self.setProperty("panel", "bar")
        self.setFixedHeight(TABS)
        self.names = tuple(screen.name for screen in screens)
        self.buttons: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(4)
        for screen in screens:
            button = Button(_(screen.title), f"tabs.{screen.name}", partial(self.gone_to.emit, screen.name))
            button.setProperty("kind", "tab")
            button.setCheckable(True)
            button.setMinimumWidth(width_when_chosen(button))
            self._group.addButton(button)
            row.addWidget(button)
            self.buttons[screen.name] = button
        row.addStretch(1)
        self.hide()

    def set_current(self, name: str) -> None:
        """Mark the page that is open; none if it is not among the tabs."""
        self._group.setExclusive(False)
        for each, button in self.buttons.items():
            button.setChecked(each == name)
        self._group.setExclusive(True)

    def beside(self, name: str, step: int) -> str | None:
        """Give the page so many steps from this one, round the end; the first one from anywhere else."""
        if not self.names:
            return None
        if name not in self.names:
            return self.names[0]
        return self.names[(self.names.index(name) + step) % len(self.names)]
