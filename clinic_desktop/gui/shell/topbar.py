"""The top bar: the one box to find anything, the state of the machine's background, and who is signed in."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton

from clinic_desktop.gui.theme.tokens import TOP_BAR
from clinic_desktop.gui.widgets.buttons import Button, ToolButton
from clinic_desktop.gui.widgets.labels import tip
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.i18n import N_, _

ROLES = {
    "doctor": N_("doctor"),
    "nurse": N_("nurse"),
    "pharmacist": N_("pharmacist"),
    "laboratory": N_("laboratory"),
    "front_desk": N_("front desk"),
    "cashier": N_("cashier"),
    "administrator": N_("administrator"),
}


class TopBar(QFrame):
    """Emits what was asked for; decides nothing."""

    find_asked = Signal()
    state_asked = Signal()
    back = Signal()
    lock = Signal()
    switch_user = Signal()
    change_password = Signal()
    toggle_theme = Signal()
    help = Signal()
    quit = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setProperty("panel", "bar")
        self.setFixedHeight(TOP_BAR)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 16, 0)
        row.setSpacing(12)
        self.back_button = ToolButton("back", _("Back"), "topbar.back", self.back.emit)
        self.find_button = FindButton(self.find_asked.emit)
        self.state = StatePill(self.state_asked.emit)
        self.state.hide()
        self._theme = ToolButton("theme", _("Light or dark"), "topbar.theme", self.toggle_theme.emit)
        self._help = ToolButton("help", _("Help for this page"), "topbar.help", self.help.emit, "F1")
        self.user = ToolButton("person", "", "topbar.user")
        self.user.set_icon("person", 18)
        self.user.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.user.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.user)
        for words, name, signal, shortcut in (
            (_("&Lock"), "menu.lock", self.lock, "Ctrl+L"),
            (_("&Switch user"), "menu.switch", self.switch_user, "Ctrl+Shift+L"),
            (_("Change my &password …"), "menu.password", self.change_password, ""),
            (_("&Quit"), "menu.quit", self.quit, "Ctrl+Q"),
        ):
            # Shown only: the window itself holds the keys, and one key held twice does nothing.
            act = QAction(f"{words}\t{shortcut}" if shortcut else words, self._menu)
            act.setObjectName(name)
            act.triggered.connect(lambda _checked=False, said=signal: said.emit())
            self._menu.addAction(act)
        self.user.setMenu(self._menu)
        row.addWidget(self.back_button)
        row.addWidget(self.find_button, 1)
        row.addStretch(1)
        row.addWidget(self.state)
        row.addWidget(self._help)
        row.addWidget(self._theme)
        row.addWidget(self.user)

    def show_user(self, name: str, role: str) -> None:
        """Show who is signed in."""
        role = _(ROLES.get(role, role))
        self.user.setText(f"{name}  ·  {role}")
        self.user.setAccessibleName(_("{name}, {role}: lock, switch user, quit").format(name=name, role=role))

    def show_state(self, look: Look | None, more: str = "") -> None:
        """Show the state of the background, such as sync, with more of it when hovered; None hides it."""
        self.state.setVisible(look is not None)
        if look is not None:
            self.state.show_look(look)
            self.state.setToolTip(tip(more))


class StatePill(Pill):
    """A state that is opened by pressing it."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(name="topbar.state", gives_way=True)
        self._act = act
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open it, where the mouse is still over it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._act()


class FindButton(Button):
    """Looks like a search box, opens the palette."""

    kind = "find"

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(_("Find patients, acts, screens …"), "topbar.find", act, icon="search")
        self.setMinimumWidth(320)
        self.setMaximumWidth(560)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 12, 0)
        key = label("Ctrl K", "secondary")
        key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(key, 0, Qt.AlignmentFlag.AlignRight)
