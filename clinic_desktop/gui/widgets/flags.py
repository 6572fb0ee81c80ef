"""How a laboratory flag looks everywhere: a word, a shape and a colour, never one of them alone."""

from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.i18n import N_, _

_LOOKS = {
    "LL": (N_("LL critical"), "critical", "stop"),
    "HH": (N_("HH critical"), "critical", "stop"),
    "AA": (N_("AA critical"), "critical", "stop"),
    "L": (N_("L low"), "warning", "down"),
    "H": (N_("H high"), "warning", "up"),
    "A": (N_("A abnormal"), "warning", "alert"),
    "N": (N_("Normal"), "good", "done"),
}


def flag_look(flag: str) -> Look | None:
    """The pill of a flag; None where there is no flag."""
    found = _LOOKS.get(flag)
    return None if found is None else Look(_(found[0]), found[1], found[2])
