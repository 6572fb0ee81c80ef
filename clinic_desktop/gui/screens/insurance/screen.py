"""Insurance in the catalogue: a tab of the patient's record."""

from clinic_desktop.gui.screens.insurance.view import InsuranceView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="insurance",
    title=N_("Insurance"),
    icon="shield",
    roles=frozenset({"front_desk", "cashier", "administrator", "doctor"}),
    build=InsuranceView,
    in_rail=False,
    about_patient=True,
    patient_tab=True,
    help_page="insurance",
)
