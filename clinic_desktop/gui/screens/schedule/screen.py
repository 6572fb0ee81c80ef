"""The schedule as the catalogue knows it."""

from clinic_desktop.gui.screens.schedule.presenter import SchedulePresenter
from clinic_desktop.gui.screens.schedule.view import ScheduleView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen, ScreenContext, ScreenView
from clinic_desktop.i18n import N_


def build(context: ScreenContext) -> ScreenView:
    """Make the screen."""
    return ScheduleView(SchedulePresenter(context.desk, context.tasks), context)


SCREEN = Screen(
    name="schedule",
    title=N_("Schedule"),
    icon="calendar",
    roles=frozenset({"front_desk", "nurse", "doctor", "administrator"}),
    build=build,
    shortcut="Alt+3",
    help_page="schedule",
    acts=(PaletteAct(N_("Book an appointment"), (("show", "book"),)),),
)
