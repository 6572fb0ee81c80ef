"""The review list in the catalogue: results, reception's registrations, vital signs for who takes them."""

from clinic_desktop.gui.screens.review.view import ReviewView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

_LABORATORY = frozenset({"laboratory", "administrator"})
_CLINICAL = frozenset({"doctor", "nurse"})

SCREEN = Screen(
    name="review",
    title=N_("Incoming"),
    icon="tasks",
    roles=frozenset({"laboratory", "administrator", "front_desk", "doctor", "nurse"}),
    build=ReviewView,
    help_page="review",
    acts=(
        PaletteAct(N_("Review what devices sent"), (("show", "results"),), roles=_LABORATORY),
        PaletteAct(N_("Review vital signs that devices sent"), (("show", "results"),), roles=_CLINICAL),
        PaletteAct(
            N_("Review registrations from other systems"), (("show", "registrations"),),
            roles=frozenset({"front_desk", "administrator"}),
        ),
        PaletteAct(N_("Quality control of analysers"), (("show", "controls"),), roles=_LABORATORY),
    ),
)  # fmt: skip
