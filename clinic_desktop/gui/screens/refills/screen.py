"""Refills in the catalogue: a tab of the patient's record."""

from clinic_desktop.gui.screens.refills.view import RefillsView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="refills",
    title=N_("Refills"),
    icon="pill",
    roles=frozenset({"doctor", "nurse", "pharmacist", "front_desk"}),
    build=RefillsView,
    in_rail=False,
    about_patient=True,
    patient_tab=True,
    help_page="refills",
)
