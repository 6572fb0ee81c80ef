"""Administration in the catalogue."""

from clinic_desktop.gui.screens.administration.view import AdministrationScreen
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="administration",
    title=N_("Admin"),
    icon="settings",
    roles=frozenset({"administrator"}),
    build=AdministrationScreen,
    help_page="administration",
    acts=(
        PaletteAct(N_("Staff"), (("section", "staff"),)),
        PaletteAct(N_("Places"), (("section", "places"),)),
        PaletteAct(N_("Pharmacies"), (("section", "pharmacies"),)),
        PaletteAct(N_("Prices"), (("section", "prices"),)),
        PaletteAct(N_("Formulary"), (("section", "formulary"),)),
        PaletteAct(N_("Laboratory catalogue"), (("section", "catalogue"),)),
        PaletteAct(N_("Printers"), (("section", "printers"),)),
        PaletteAct(N_("What was printed"), (("section", "prints"),)),
        PaletteAct(N_("Backups"), (("section", "backups"),)),
        PaletteAct(N_("Who saw this patient"), (("section", "sights"),)),
    ),
)
