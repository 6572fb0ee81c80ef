"""Consents in the catalogue: a page of a patient's record."""

from clinic_desktop.gui.screens.consents.view import ConsentsView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="consents",
    title=N_("Consents"),
    icon="shield",
    roles=frozenset({"doctor", "nurse", "front_desk", "administrator"}),
    build=ConsentsView,
    in_rail=False,
    about_patient=True,
    patient_tab=True,
    help_page="consents",
)
