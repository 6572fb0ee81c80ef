"""Laboratory orders in the catalogue: opened from a visit or a chart, never from the rail."""

from clinic_desktop.gui.screens.order.view import OrderScreen
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="order",
    title=N_("Laboratory order"),
    icon="flask",
    roles=frozenset({"doctor", "nurse"}),
    build=OrderScreen,
    in_rail=False,
    about_patient=True,
    help_page="laboratory",
)
