"""The review list in the catalogue: the laboratory's results, reception's registrations, both for an administrator."""

from clinic_desktop.gui.screens.review.view import ReviewView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

_LABORATORY = frozenset({"laboratory", "administrator"})

SCREEN = Screen(
    name="review",
    title=N_("Incoming"),
    icon="tasks",
    roles=frozenset({"laboratory", "administrator", "front_desk"}),
    build=ReviewView,
    help_page="review",
    acts=(
        PaletteAct(N_("Review what devices sent"), (("show", "results"),), roles=_LABORATORY),
        PaletteAct(
            N_("Review registrations from other systems"), (("show", "registrations"),),
            roles=frozenset({"front_desk", "administrator"}),
        ),
        PaletteAct(N_("Quality control of analysers"), (("show", "controls"),), roles=_LABORATORY),
    ),
)  # fmt: skip
