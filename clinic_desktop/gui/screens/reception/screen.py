"""Reception as the catalogue knows it."""

from clinic_desktop.gui.screens.reception.presenter import ReceptionPresenter
from clinic_desktop.gui.screens.reception.view import ReceptionView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen, ScreenContext, ScreenView
from clinic_desktop.i18n import N_


def build(context: ScreenContext) -> ScreenView:
    """Make the screen."""
    return ReceptionView(ReceptionPresenter(context.desk, context.tasks), context)


SCREEN = Screen(
    name="reception",
    title=N_("Reception"),
    icon="reception",
    roles=frozenset({"front_desk", "nurse", "doctor", "administrator"}),
    build=build,
    shortcut="Alt+2",
    help_page="reception",
    acts=(PaletteAct(N_("New patient"), shortcut="Ctrl+N"),),
)
