"""Immunizations in the catalogue: a page of a patient's record."""

from clinic_desktop.gui.screens.immunizations.view import ImmunizationsView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="immunizations",
    title=N_("Vaccines"),
    icon="syringe",
    roles=frozenset({"doctor", "nurse"}),
    build=ImmunizationsView,
    in_rail=False,
    about_patient=True,
    patient_tab=True,
    help_page="immunizations",
)
