"""A prescriber's own prescriptions in the catalogue."""

from clinic_desktop.gui.screens.prescribed.view import PrescribedView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="prescribed",
    title=N_("My prescriptions"),
    icon="pill",
    roles=frozenset({"doctor"}),
    build=PrescribedView,
    in_rail=False,
    help_page="prescribing",
    acts=(PaletteAct(N_("My prescriptions of today")),),
)
