"""Claims in the catalogue."""

from clinic_desktop.gui.screens.claims.view import ClaimsView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="claims",
    title=N_("Claims"),
    icon="document",
    roles=frozenset({"cashier", "administrator"}),
    build=ClaimsView,
    help_page="claims",
    acts=(
        PaletteAct(N_("What is still to be claimed"), (("show", "to_claim"),)),
        PaletteAct(N_("Claims that wait for an answer"), (("show", "sent"),)),
        PaletteAct(N_("Batches of claims"), (("show", "batches"),)),
        PaletteAct(N_("Insurers and plans"), (("show", "insurers"),)),
    ),
)
