"""Programmes in the catalogue: a page of a patient's record."""

from clinic_desktop.gui.screens.programmes.view import ProgrammesView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="programmes",
    title=N_("Programmes"),
    icon="progress",
    roles=frozenset({"doctor", "nurse"}),
    build=ProgrammesView,
    in_rail=False,
    about_patient=True,
    patient_tab=True,
    help_page="programmes",
)
