"""The import of records in the catalogue."""

from clinic_desktop.gui.screens.imports.view import ImportsView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="imports",
    title=N_("Import"),
    icon="import",
    roles=frozenset({"administrator"}),
    build=ImportsView,
    help_page="imports",
    acts=(PaletteAct(N_("Import records")), PaletteAct(N_("Import a table"), (("kind", "patients"),))),
)
