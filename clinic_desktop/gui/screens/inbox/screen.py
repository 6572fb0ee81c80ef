"""The inbox in the catalogue."""

from clinic_desktop.gui.screens.inbox.view import InboxView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="inbox",
    title=N_("Inbox"),
    icon="bell",
    roles=frozenset({"doctor", "nurse", "pharmacist", "laboratory", "front_desk", "cashier", "administrator"}),
    build=InboxView,
    shortcut="Alt+0",
    help_page="inbox",
    acts=(
        PaletteAct(N_("New task for me"), (("act", "task"),)),
        PaletteAct(N_("Send a message"), (("act", "message"),), roles=frozenset({"administrator"})),
    ),
)
