"""Likely duplicates in the catalogue."""

from clinic_desktop.gui.screens.duplicates.view import DuplicatesView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="duplicates",
    title=N_("Duplicates"),
    icon="people",
    roles=frozenset({"front_desk", "administrator"}),
    build=DuplicatesView,
    help_page="duplicates",
    acts=(PaletteAct(N_("Look for duplicates")),),
)
