"""Plays one made-up message to a listener of our own, of somebody whose number nobody has. No Qt.

What came of it stands on the review list like every message of somebody unknown, and goes into no chart.
"""

from clinic_desktop.clock import SystemClock
from clinic_desktop.devices.astm import simulator as astm
from clinic_desktop.devices.hl7 import simulator as hl7
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_, _

CAN = ("mllp", "astm")


def play(listener: str, host: str, port: int) -> str:
    """Send one result; returns in words what the listener answered. Raises Trouble where it is not reached."""
    now = SystemClock().now().astimezone()
    stamp = f"{now:%Y%m%d%H%M%S%f}"
    facts = {
        "now": f"{now:%Y%m%d%H%M%S}", "control": f"TRIAL{stamp}", "mrn": f"TRIAL-{stamp}", "family": "Trial",
        "given": "Device", "born": "", "sex": "", "order": "",
    }  # fmt: skip
    try:
        if listener == "mllp":
            answers = hl7.play(host, port, hl7.SAMPLE.format(**facts).encode())
            return _("The listener answered {code} to message {control}.").format(
                code=answers[0].code, control=facts["control"]
            )
        played = astm.play(host, port, astm.SAMPLE.format(**facts).encode())
        return _("The listener acknowledged {n} frames: {code}.").format(n=played[0].frames, code=played[0].code)
    except (OSError, IndexError) as error:
        raise Trouble(
            N_("The listener at {host}:{port} did not answer."),
            remedy=N_("Look whether it runs, and whether the port is the one that was chosen."),
            host=host, port=port,
        ) from error  # fmt: skip
