"""The consultation in the catalogue."""

from clinic_desktop.gui.screens.consultation.view import ConsultationView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="consultation",
    title=N_("Consultation"),
    icon="stethoscope",
    roles=frozenset({"doctor", "nurse"}),
    build=ConsultationView,
    in_rail=False,
    about_patient=True,
    help_page="consultation",
)
