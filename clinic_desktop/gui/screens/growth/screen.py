"""Growth in the catalogue: a tab of the patient's record."""

from clinic_desktop.gui.screens.growth.view import GrowthView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="growth",
    title=N_("Growth"),
    icon="trend",
    roles=frozenset({"doctor", "nurse"}),
    build=GrowthView,
    in_rail=False,
    about_patient=True,
    patient_tab=True,
    help_page="growth",
)
