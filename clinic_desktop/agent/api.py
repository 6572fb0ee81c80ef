"""The local API in the life of the background process: asked from the start, answering in full while there is a key."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desktop.agent.local_api.app import build
from clinic_desktop.agent.local_api.book import OpenBook
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.server import LOOPBACK, ApiServer
from clinic_desktop.clock import SystemClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import certificates, local_network
from clinic_desktop.services.local_network import Network

if TYPE_CHECKING:
    from clinic_desktop.services.clinic import Clinic

Tell = Callable[[dict[str, object]], None]


class LocalApi:
    """One server on this machine alone, and what its routes are given."""

    def __init__(self, port: int, tell: Tell, profile: Path) -> None:
        self._profile, self._tell = profile, tell
        self._network: ApiServer | None = None
        self.context = ApiContext(SystemClock(), tell)
        self._app = build(self.context)
        self._server = ApiServer(self._app, port)

    def start(self) -> int:
        """Answer; returns the port. Raises Trouble where it is taken."""
        port = self._server.open()
        self.context.speak_as(LOOPBACK, port)
        self._server.start()
        return port

    def opened(self, clinic: "Clinic") -> None:
        """There is a key: the devices may speak."""
        self.context.book = OpenBook(clinic)
        self.context.clinic = clinic
        with clinic.store.read() as connection:
            chosen = local_network.chosen(connection)
        if chosen is not None:
            self._let_in(chosen)

    def _let_in(self, chosen: Network) -> None:
        """Answer on the address that an administrator chose too, over TLS alone; a failure there stops nothing here."""
        try:
            standing = certificates.standing(self._profile, chosen.address)
            tls = certificates.server_context(standing).context
            self._network = ApiServer(self._app, chosen.port, chosen.address, tls)
            port = self._network.open()
            self.context.speak_as(chosen.address, port, secure=True)
            self._network.start()
        except Trouble as error:
            self._network = None
            self._tell({"event": "failed", "what": "local network", "message": error.message, "facts": error.facts})
        else:
            self._tell({"event": "network", "address": chosen.address, "port": port, "sha256": standing.fingerprint})

    def closed(self) -> None:
        """The key goes: nothing of the clinic is asked or kept any more."""
        network, self._network = self._network, None
        if network is not None:
            network.stop()
        book, self.context.book, self.context.clinic = self.context.book, None, None
        if book is not None:
            book.close()

    def stop(self) -> None:
        """Stop answering."""
        self._server.stop()
        self.closed()
