"""Review in the catalogue: the administrator's."""

from clinic_desktop.gui.screens.oversight.view import OversightView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="oversight",
    title=N_("Review"),
    icon="eye",
    roles=frozenset({"administrator"}),
    build=OversightView,
    help_page="oversight",
    acts=(PaletteAct(N_("New digital programme"), (("section", "programmes"), ("form", "new"))),),
)
