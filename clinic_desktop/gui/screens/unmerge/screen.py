"""Un-merging in the catalogue: opened from the registration of the patient."""

from clinic_desktop.gui.screens.unmerge.view import UnmergeView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="unmerge",
    title=N_("Un-merge"),
    icon="undo",
    roles=frozenset({"front_desk", "administrator"}),
    build=UnmergeView,
    in_rail=False,
    about_patient=True,
    help_page="duplicates",
)
