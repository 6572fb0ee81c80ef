"""The local API in the life of the background process: asked from the start, answering in full while there is a key."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desktop.agent.local_api.app import build
from clinic_desktop.agent.local_api.book import OpenBook
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.server import LOOPBACK, ApiServer
from clinic_desktop.clock import SystemClock

if TYPE_CHECKING:
    from clinic_desktop.services.clinic import Clinic

Tell = Callable[[dict[str, object]], None]


class LocalApi:
    """One server on this machine alone, and what its routes are given."""

    def __init__(self, port: int, tell: Tell) -> None:
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

    def closed(self) -> None:
        """The key goes: nothing of the clinic is asked or kept any more."""
        book, self.context.book, self.context.clinic = self.context.book, None, None
        if book is not None:
            book.close()

    def stop(self) -> None:
        """Stop answering."""
        self._server.stop()
        self.closed()
