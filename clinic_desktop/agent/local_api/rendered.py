"""Lists that many screens ask for: made once for each state of the data, for everybody who may see them."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from clinic_desktop.agent.local_api.context import ApiContext

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.pairing import Paired

# Minutes of waiting stand in the lists, and calls grow old.
STANDS_SECONDS = 15.0


class Looked(Protocol):
    """Sees whether anything was written."""

    def version(self) -> int:
        """Another number after every commit of anybody else."""

    def close(self) -> None:
        """Look no more."""


class Rendered:
    """One list as bytes; may be asked by any thread."""

    def __init__(self, context: ApiContext, ask: "Callable[[Desk], object]") -> None:
        self._context, self._ask = context, ask
        self._guard = threading.Lock()
        self._of: object = None
        self._watch: Looked | None = None
        self._made: tuple[tuple[int, int], float, bytes] | None = None

    async def body(self, device: "Paired") -> bytes:
        """The list now: nothing that was written before this is asked is left out."""
        version = self._version()
        made = self._made
        if made is not None and made[0] == version and 0 <= self._steady() - made[1] < STANDS_SECONDS:
            return made[2]
        # The version was looked at first: what comes in between is read again at the next look.
        steady = self._steady()
        body = await asyncio.to_thread(self._make, device)
        self._made = (version, steady, body)
        return body

    def _make(self, device: "Paired") -> bytes:
        return json.dumps(self._ask(self._context.desk(device)), ensure_ascii=False).encode("utf-8", "replace")

    def _steady(self) -> float:
        return self._context.opened().store.clock.steady()

    def _version(self) -> tuple[int, int]:
        """Which clinic, opened when, and which state of its data: 4 microseconds."""
        clinic = self._context.opened()
        with self._guard:
            if self._of is not clinic or self._watch is None:
                if self._watch is not None:
                    self._watch.close()
                self._of, self._watch, self._made = clinic, clinic.store.watch(), None
            return id(clinic), self._watch.version()
