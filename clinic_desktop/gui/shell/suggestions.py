"""What the palette offers of the program itself: pages, their acts, and what may be done anywhere."""

from collections.abc import Callable, Collection

from clinic_desktop.gui.shell.palette import GO
from clinic_desktop.gui.shell.screen import Screen
from clinic_desktop.gui.widgets.search import Suggestion
from clinic_desktop.i18n import _

DO = "do:"


def own_suggestions(screens: Collection[Screen], may: Callable[[frozenset[str] | None], bool]) -> list[Suggestion]:
    """Acts first, then pages, then the rest."""
    own = []
    for screen in screens:
        for act in screen.acts:
            if may(act.roles):
                going = (screen.name, dict(act.arguments))
                own.append(Suggestion(GO, _(act.title), badge=act.shortcut, icon=screen.icon, data=going))
    own += [
        Suggestion(GO, _(screen.title), badge=screen.shortcut, icon=screen.icon, data=(screen.name, {}))
        for screen in screens
        if screen.in_rail or screen.patient_tab
    ]
    for key, words, icon, badge in (
        ("lock", _("Lock"), "lock", "Ctrl+L"),
        ("switch", _("Switch user"), "switch", "Ctrl+Shift+L"),
        ("password", _("Change my password"), "person", ""),
        ("theme", _("Light or dark"), "theme", ""),
        ("scanner", _("Scanner and instruments of this workstation"), "barcode", ""),
        ("picture", _("Read a code from a picture"), "barcode", ""),
        ("callscreen", _("Call screen for the waiting room"), "megaphone", ""),
        ("quit", _("Quit"), "quit", "Ctrl+Q"),
    ):
        own.append(Suggestion(DO + key, words, icon=icon, badge=badge))
    return own
