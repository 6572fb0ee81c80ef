"""The documents of a patient in the catalogue."""

from clinic_desktop.domain.documents import KINDS
from clinic_desktop.gui.screens.documents.view import DocumentsView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="documents",
    title=N_("Documents"),
    icon="document",
    roles=frozenset().union(*(kind.readers for kind in KINDS)),
    build=DocumentsView,
    in_rail=False,
    about_patient=True,
    patient_tab=True,
    help_page="documents",
)
