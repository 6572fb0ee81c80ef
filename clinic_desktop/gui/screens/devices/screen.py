"""The device screen in the catalogue."""

from clinic_desktop.gui.screens.devices.view import DevicesView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="devices",
    title=N_("Devices"),
    icon="barcode",
    roles=frozenset({"administrator"}),
    build=DevicesView,
    help_page="devices",
    acts=(
        PaletteAct(N_("Pair a device"), (("show", "paired"), ("act", "pair"))),
        PaletteAct(N_("What devices sent"), (("show", "sent"),)),
        PaletteAct(N_("Listen for analysers and other systems"), (("show", "listeners"),)),
    ),
)
