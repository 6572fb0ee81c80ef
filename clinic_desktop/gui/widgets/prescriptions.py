"""How far the pharmacy is with a prescription, as it is shown wherever one is listed. No rule stands here."""

from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.i18n import N_, _

STATES = {
    "signed": (N_("sent"), "information"),
    "preparing": (N_("preparing"), "information"),
    "prepared": (N_("ready"), "information"),
    "partly_dispensed": (N_("in part"), "warning"),
    "dispensed": (N_("dispensed"), "good"),
    "rejected": (N_("sent back"), "critical"),
    "cancelled": (N_("cancelled"), "neutral"),
}


def state_look(status: str) -> Look:
    """The state of a prescription as a pill."""
    words, meaning = STATES[status]
    return Look(_(words), meaning)
