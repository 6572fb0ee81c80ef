"""Prescribing in the catalogue."""

from clinic_desktop.gui.screens.prescribing.view import PrescribingView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="prescribing",
    title=N_("Prescription"),
    icon="pill",
    roles=frozenset({"doctor"}),
    build=PrescribingView,
    in_rail=False,
    about_patient=True,
    help_page="prescribing",
)
