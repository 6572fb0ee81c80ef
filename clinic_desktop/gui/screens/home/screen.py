"""Home as the catalogue knows it."""

from clinic_desktop.gui.screens.home.presenter import HomePresenter
from clinic_desktop.gui.screens.home.view import HomeView
from clinic_desktop.gui.shell.screen import Screen, ScreenContext, ScreenView
from clinic_desktop.i18n import N_


def build(context: ScreenContext) -> ScreenView:
    """Make the screen."""
    return HomeView(HomePresenter(context.desk, context.tasks), context)


SCREEN = Screen(
    name="home",
    title=N_("Home"),
    icon="home",
    roles=frozenset({"doctor", "nurse", "pharmacist", "laboratory", "front_desk", "cashier", "administrator"}),
    build=build,
    shortcut="Alt+1",
    help_page="home",
)
