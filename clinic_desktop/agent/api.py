"""The local API in the life of the background process: asked from the start, answering in full while there is a key."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desktop.agent.letters import packed_request
from clinic_desktop.agent.local_api.app import build
from clinic_desktop.agent.local_api.book import OpenBook
from clinic_desktop.agent.local_api.closed import ClosedBook, Letter, replayed
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.server import LOOPBACK, ApiServer
from clinic_desktop.clock import SystemClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import certificates, local_network
from clinic_desktop.services.letterbox import Letterbox, noted_names
from clinic_desktop.services.local_network import Network

if TYPE_CHECKING:
    from clinic_desktop.agent.doors import OpenDoors
    from clinic_desktop.exchange.webhooks import Hear
    from clinic_desktop.services.clinic import Clinic

SEALED_HOST = f"sealed-{secrets.token_hex(16)}"
PATIENCE = 20

Tell = Callable[[dict[str, object]], None]


class LocalApi:
    """One server on this machine alone, and what its routes are given."""

    def __init__(self, port: int, tell: Tell, profile: Path, box: Letterbox | None = None) -> None:
        self._box = box or Letterbox(profile)
        self._profile, self._tell = profile, tell
        self._network: ApiServer | None = None
        self._doors: OpenDoors | None = None
        # The name under which what was sealed is asked again: no connection can bring it, for it is no name of a host.
        self.context = ApiContext(SystemClock(), tell, hosts=frozenset({SEALED_HOST}))
        self.context.book = ClosedBook.of(profile)
        self.context.public_hosts = noted_names(profile)
        self.context.seal = self._seal
        self._app = build(self.context)
        self._server = ApiServer(self._app, port)

    def start(self) -> int:
        """Answer; returns the port. Raises Trouble where it is taken."""
        port = self._server.open()
        self.context.speak_as(LOOPBACK, port)
        self._server.start()
        return port

    def opened(self, clinic: "Clinic", hear: "Hear | None" = None) -> None:
        """There is a key: the devices may speak, and so may the connected systems; `hear` is told where to look."""
        self.read_along(clinic)
        if hear is not None:
            from clinic_desktop.agent.doors import OpenDoors  # httpx: with the key, not before

            self._doors = OpenDoors(clinic, self.context, hear)
        with clinic.store.read() as connection:
            chosen = local_network.chosen(connection)
        if chosen is not None:
            self._let_in(chosen)

    def read_along(self, clinic: "Clinic") -> None:
        """There is a key: what is asked here is answered, and by what was sealed, though on no port."""
        self.context.book = OpenBook(clinic)
        self.context.clinic = clinic

    def replay(self, letter: Letter) -> int:
        """Ask what was sealed, as its sender did; returns the status."""
        status = 429
        for _try in range(PATIENCE):
            status = replayed(self._app, letter, SEALED_HOST)
            if status != 429:
                break
            time.sleep(0.5)
        return status

    def _seal(self, letter: Letter) -> None:
        self._box.put(packed_request(letter))

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
        doors, self._doors = self._doors, None
        if doors is not None:
            doors.close()
        book, self.context.clinic = self.context.book, None
        self.context.book = ClosedBook.of(self._profile)
        if book is not None:
            book.close()

    def stop(self) -> None:
        """Stop answering."""
        self._server.stop()
        self.closed()
