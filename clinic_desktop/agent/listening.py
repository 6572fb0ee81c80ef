"""Which listeners a background process has, by the words it was started with."""

from typing import TYPE_CHECKING

from clinic_desktop.agent.intake import Intake
from clinic_desktop.agent.serving import Listener, Serving
from clinic_desktop.agent.wanted import Wanted
from clinic_desktop.devices.hl7.listener import Conversation as Hl7

if TYPE_CHECKING:
    from clinic_desktop.services.clinic import Clinic


class Listening:
    """The listeners over one open clinic."""

    def __init__(self, clinic: "Clinic", wanted: Wanted) -> None:
        self._intake = Intake(clinic)
        self._serving = Serving(tuple(self._ports(wanted)))

    def start(self) -> dict[str, object]:
        """File what was left over, open the ports; returns what to tell. Raises Trouble."""
        left = self._intake.catch_up()
        ports = self._serving.start()
        return {**ports, "filed_late": left}

    def stop(self) -> None:
        """Close the ports; what is being kept is kept to its end."""
        self._serving.stop()
        self._intake.close()

    def _ports(self, wanted: Wanted) -> list[Listener]:
        intake, found = self._intake, []
        if wanted.mllp is not None:
            found.append(
                Listener("mllp", wanted.mllp, lambda peer: Hl7(intake.keep, intake.now, intake.number, peer),
                         wanted.host)
            )  # fmt: skip
        return found
