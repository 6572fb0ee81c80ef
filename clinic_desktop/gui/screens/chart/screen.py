"""The chart in the catalogue."""

from clinic_desktop.gui.screens.chart.view import ChartView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="chart",
    title=N_("Chart"),
    icon="heart",
    roles=frozenset({"doctor", "nurse"}),
    build=ChartView,
    in_rail=False,
    about_patient=True,
    patient_tab=True,
    help_page="chart",
)
