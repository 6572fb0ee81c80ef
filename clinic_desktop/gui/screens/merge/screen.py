"""Merging in the catalogue: opened from reception or the list of duplicates, never from the rail."""

from clinic_desktop.gui.screens.merge.view import MergeView
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="merge",
    title=N_("Merge"),
    icon="people",
    roles=frozenset({"front_desk", "administrator"}),
    build=MergeView,
    in_rail=False,
    about_patient=True,
    help_page="duplicates",
)
