"""Which listeners a background process has, by the words it was started with."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from clinic_desktop import paths
from clinic_desktop.agent.intake import Intake
from clinic_desktop.agent.serving import Listener, Serving
from clinic_desktop.agent.wanted import Wanted
from clinic_desktop.devices.astm.listener import Conversation as Astm
from clinic_desktop.devices.drop.listener import Folder
from clinic_desktop.devices.drop.protocol import tables
from clinic_desktop.devices.hl7.listener import Conversation as Hl7
from clinic_desktop.services.device_orders import WorkItem, work_for
from clinic_desktop.services.device_profiles import in_their_codes

if TYPE_CHECKING:
    from clinic_desktop.services.clinic import Clinic


class Listening:
    """The listeners over one open clinic."""

    def __init__(self, clinic: "Clinic", wanted: Wanted) -> None:
        self._intake = Intake(clinic)
        self._serving = Serving(tuple(self._ports(wanted)))
        self._folder: Folder | None = None
        if wanted.drop is not None:
            known = tables(paths.resources() / "analysers" / "tables")
            self._folder = Folder(wanted.drop, self._intake.keep, known)

    def start(self) -> dict[str, object]:
        """File what was left over, open the ports; returns what to tell. Raises Trouble."""
        left = self._intake.catch_up()
        told: dict[str, object] = {**self._serving.start(), "filed_late": left}
        if self._folder is not None:
            self._folder.start()
            told["drop"] = True
        return told

    def stop(self) -> None:
        """Close the ports; what is being kept is kept to its end."""
        if self._folder is not None:
            self._folder.stop()
        self._serving.stop()
        self._intake.close()

    def _ports(self, wanted: Wanted) -> list[Listener]:
        intake, found = self._intake, []
        if wanted.mllp is not None:

            def sender(peer: str) -> Hl7:
                return Hl7(intake.keep, self._work, intake.now, intake.number, peer)

            found.append(Listener("mllp", wanted.mllp, sender, wanted.host))
        if wanted.astm is not None:
            found.append(
                Listener("astm", wanted.astm, lambda peer: Astm(intake.keep, self._work, intake.now, peer), wanted.host)
            )
        return found

    def _work(self, device: str, numbers: Sequence[str]) -> list[WorkItem]:
        """What waits on some specimens, in the codes of the analyser that asks."""
        found = self._intake.reading(lambda desk: work_for(desk, numbers))
        theirs = [replace(item, tests=in_their_codes(device, item.tests)) for item in found]
        return [item for item in theirs if item.tests]
