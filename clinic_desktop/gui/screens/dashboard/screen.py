"""The dashboard as the catalogue knows it."""

from clinic_desktop.gui.screens.dashboard.view import DashboardView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_
from clinic_desktop.services.roles import EVERYONE

SCREEN = Screen(
    name="dashboard",
    title=N_("Dashboard"),
    icon="bars",
    roles=EVERYONE,
    build=DashboardView,
    shortcut="Alt+5",
    help_page="dashboard",
    acts=(
        PaletteAct(N_("Today against usual"), (("show", "today"),)),
        PaletteAct(N_("Trend of twelve weeks"), (("show", "weeks"),)),
        PaletteAct(N_("How the numbers are measured"), (("show", "measured"),)),
    ),
)
