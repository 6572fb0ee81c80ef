"""The search through all documents in the catalogue."""

from clinic_desktop.gui.screens.found.view import FoundView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="found",
    title=N_("Find in documents"),
    icon="search",
    roles=frozenset({"doctor", "nurse"}),
    build=FoundView,
    in_rail=False,
    help_page="documents",
    acts=(PaletteAct(N_("Find words in the documents of all patients")),),
)
