"""Reports in the catalogue: whoever has at least one."""

from clinic_desktop.gui.screens.reports.view import ReportsView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen
from clinic_desktop.i18n import N_

SCREEN = Screen(
    name="reports",
    title=N_("Reports"),
    icon="report",
    roles=frozenset({"administrator", "cashier", "pharmacist", "laboratory"}),
    build=ReportsView,
    help_page="reports",
    acts=(
        PaletteAct(N_("Revenue this month"), (("report", "revenue-analysis"),), roles=frozenset({"administrator"})),
        PaletteAct(N_("Who owes what"), (("report", "receivables-ageing"),),
                   roles=frozenset({"administrator", "cashier"})),
        PaletteAct(N_("What expires"), (("report", "stock-and-expiry"),),
                   roles=frozenset({"administrator", "pharmacist"})),
        PaletteAct(N_("How long tests take"), (("report", "laboratory-turnaround"),),
                   roles=frozenset({"administrator", "laboratory"})),
    ),
)  # fmt: skip
