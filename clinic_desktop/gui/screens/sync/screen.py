"""Sync in the catalogue."""

from clinic_desktop.gui.screens.sync.view import SyncView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_
from clinic_desktop.services.roles import EVERYONE

_ADMIN = frozenset({"administrator"})

SCREEN = Screen(
    name="sync",
    title=N_("Sync"),
    icon="sync",
    roles=EVERYONE,
    build=SyncView,
    help_page="sync",
    acts=(
        PaletteAct(N_("Connect a system"), (("show", "connect"),), roles=_ADMIN),
        PaletteAct(N_("What waits for a decision"), (("show", "decide"),), roles=_ADMIN),
        PaletteAct(N_("How far the systems are"), (("show", "systems"),)),
    ),
)
