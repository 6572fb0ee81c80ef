"""Billing as the catalogue knows it."""

from clinic_desktop.gui.screens.billing.presenter import BillingPresenter
from clinic_desktop.gui.screens.billing.view import BillingView
from clinic_desktop.gui.shell.screen import PaletteAct, Screen, ScreenContext, ScreenView
from clinic_desktop.i18n import N_


def build(context: ScreenContext) -> ScreenView:
    """Make the screen."""
    return BillingView(BillingPresenter(context.desk, context.tasks), context)


SCREEN = Screen(
    name="billing",
    title=N_("Billing"),
    icon="cash",
    roles=frozenset({"cashier", "administrator"}),
    build=build,
    shortcut="Alt+8",
    acts=(
        PaletteAct(N_("Unpaid invoices"), (("show", "unpaid"),)),
        PaletteAct(N_("Day-end"), (("show", "shift"),)),
    ),
)
