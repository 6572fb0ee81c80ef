"""Which listeners a background process has, by the words it was started with."""

from pathlib import Path

from clinic_desktop import paths
from clinic_desktop.agent.receiving import Receiver
from clinic_desktop.agent.serial_line import SerialLine
from clinic_desktop.agent.serving import Listener, Serving
from clinic_desktop.agent.wanted import Wanted
from clinic_desktop.devices.astm.listener import Conversation as Astm
from clinic_desktop.devices.drop.listener import Folder
from clinic_desktop.devices.drop.protocol import tables
from clinic_desktop.devices.hl7.listener import Conversation as Hl7
from clinic_desktop.services.certificates import Certificate, server_context, standing


class Listening:
    """The listeners of one profile: they stay open whether or not the clinic is."""

    def __init__(self, profile: Path, wanted: Wanted, receiver: Receiver) -> None:
        self._receiver = receiver
        self._certificate: Certificate | None = None
        self._serving = Serving(tuple(self._ports(profile, wanted)))
        self._folder: Folder | None = None
        if wanted.drop is not None:
            known = tables(paths.resources() / "analysers" / "tables")
            self._folder = Folder(wanted.drop, receiver.keep, known)
        self._line: SerialLine | None = None
        if wanted.serial is not None:
            self._line = SerialLine(wanted.serial, wanted.baud, self._analyser)

    def start(self) -> dict[str, object]:
        """Open the ports; returns what to tell. Raises Trouble."""
        told: dict[str, object] = {**self._serving.start()}
        if self._certificate is not None:
            told["fingerprint"] = self._certificate.fingerprint
        try:
            if self._folder is not None:
                self._folder.start()
                told["drop"] = True
            if self._line is not None:
                self._line.start()
                told["serial"] = True
        except BaseException:
            self.stop()
            raise
        return told

    def stop(self) -> None:
        """Close the ports; what is being kept is kept to its end."""
        if self._line is not None:
            self._line.stop()
        if self._folder is not None:
            self._folder.stop()
        self._serving.stop()

    def _ports(self, profile: Path, wanted: Wanted) -> list[Listener]:
        found = []
        if wanted.mllp is not None:
            found.append(Listener("mllp", wanted.mllp, self._sender, wanted.host))
        if wanted.mllps is not None:
            self._certificate = standing(profile, wanted.host)
            allowed = server_context(self._certificate, wanted.mllps_clients)
            found.append(Listener("mllps", wanted.mllps, self._sender, wanted.host, allowed))
        if wanted.astm is not None:
            found.append(Listener("astm", wanted.astm, self._analyser, wanted.host))
        return found

    def _sender(self, peer: str) -> Hl7:
        told = self._receiver
        return Hl7(told.keep, told.work, told.now, told.number, peer)

    def _analyser(self, peer: str) -> Astm:
        told = self._receiver
        return Astm(told.keep, told.work, told.now, peer)
