"""The queue as the catalogue knows it."""

from clinic_desktop.gui.screens.queue.presenter import QueuePresenter
from clinic_desktop.gui.screens.queue.view import QueueView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen, ScreenContext, ScreenView
from clinic_desktop.i18n import N_


def build(context: ScreenContext) -> ScreenView:
    """Make the screen."""
    return QueueView(QueuePresenter(context.desk, context.tasks), context)


SCREEN = Screen(
    name="queue",
    title=N_("Queue"),
    icon="queue",
    roles=frozenset({"front_desk", "nurse", "doctor", "administrator"}),
    build=build,
    shortcut="Alt+4",
    help_page="queue",
    acts=(
        PaletteAct(
            N_("Check in a patient"), (("show", "check_in"),), roles=frozenset({"front_desk", "nurse", "doctor"})
        ),
        PaletteAct(
            N_("Call the next patient"), (("show", "next"),), roles=frozenset({"front_desk", "nurse", "doctor"})
        ),
    ),
)
