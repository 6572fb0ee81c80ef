"""Asks before what the first insurer does not pay goes to the second: what is moved, and what stays."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from clinic_desktop.domain.money import money_text
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.i18n import _
from clinic_desktop.services.claim_moves import Moving


def ask_to_move(over: QWidget, moving: Moving, move: Callable[[Moving], None]) -> ConfirmStop:
    """Show what would be moved, and do it when that is confirmed."""
    words = [
        _("Open on {number}: {amount}.").format(number=moving.number, amount=_money(moving, moving.open)),
        _("{insurer} is asked for {amount} ({share} %), with the answer of the first insurer.").format(
            insurer=moving.insurer, amount=_money(moving, moving.moved), share=moving.share
        ),
    ]
    if moving.stays:
        words.append(_("{amount} stay open on the first claim.").format(amount=_money(moving, moving.stays)))
    dialog = ConfirmStop(
        over, "claims.moving", _("Ask the second insurer?"), "\n".join(words), confirm=_("&Ask them"),
        meaning="warning",
    )  # fmt: skip
    dialog.accepted.connect(lambda: move(moving))
    dialog.open()
    return dialog


def _money(moving: Moving, amount: int) -> str:
    return money_text(amount, moving.currency)
