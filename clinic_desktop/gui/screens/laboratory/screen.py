"""The laboratory in the catalogue."""

from clinic_desktop.gui.screens.laboratory.view import LaboratoryScreen
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="laboratory",
    title=N_("Laboratory"),
    icon="flask",
    roles=frozenset({"laboratory", "nurse", "doctor"}),
    build=LaboratoryScreen,
    help_page="laboratory",
    acts=(
        PaletteAct(N_("Specimens to collect"), (("stage", "collect"),)),
        PaletteAct(N_("Results to enter"), (("stage", "enter"),), roles=frozenset({"laboratory"})),
        PaletteAct(N_("Results to release"), (("stage", "release"),), roles=frozenset({"laboratory"})),
        PaletteAct(N_("Critical results to call back"), (("stage", "call_back"),)),
    ),
)
