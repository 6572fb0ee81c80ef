"""The pharmacy in the catalogue."""

from clinic_desktop.gui.screens.pharmacy.view import PharmacyView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="pharmacy",
    title=N_("Pharmacy"),
    icon="pill",
    roles=frozenset({"pharmacist"}),
    build=PharmacyView,
    shortcut="Alt+6",
    help_page="pharmacy",
)
