"""What is asked once more before it is done: what cannot be taken back by a key, or takes the place of something."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinic_desktop.gui.screens.sync.words import CLOSE_SAID, LEAVE_SAID
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_items import Item

NAME = "sync.sure"


def of_disconnecting(parent: QWidget, title: str) -> ConfirmStop:
    """Whether a system is taken away."""
    words = _("Nothing more is sent to {title} or read from it, and its secrets are erased. What is known of it stays.")
    return ConfirmStop(
        parent, NAME, _("Disconnect {title}?").format(title=title), words.format(title=title),
        confirm=_("&Disconnect"), meaning="warning",
    )  # fmt: skip


def of_many(parent: QWidget, item: "Item", why: str, *, told: bool) -> ConfirmStop:
    """Whether all tasks of a group are closed, or never made again."""
    title = _("Close {n} tasks at {title}?") if told else _("Never tell {title} of these?")
    return ConfirmStop(
        parent, NAME, title.format(n=item.count, title=item.title),
        _(CLOSE_SAID if told else LEAVE_SAID).format(n=item.count, why=why),
        confirm=_("&Close them") if told else _("&Never tell them"), meaning="warning",
    )  # fmt: skip


def of_number(parent: QWidget, words: str) -> ConfirmStop:
    """Whether a number is somebody's."""
    return ConfirmStop(
        parent, NAME, _("Is this their number?"), words, confirm=_("&Use this number"), meaning="warning"
    )
