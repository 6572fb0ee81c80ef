"""Stock in the catalogue."""

from clinic_desktop.gui.screens.stock.view import StockView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="stock",
    title=N_("Stock"),
    icon="box",
    roles=frozenset({"pharmacist", "administrator"}),
    build=StockView,
    shortcut="Alt+7",
    help_page="stock",
    acts=(
        PaletteAct(N_("Receive stock"), (("act", "receive"),)),
        PaletteAct(N_("Count stock"), (("act", "count"),), roles=frozenset({"pharmacist"})),
        PaletteAct(N_("What is to be ordered"), (("only", "to_order"),)),
        PaletteAct(N_("What expires soon"), (("only", "expiring"),)),
    ),
)
