"""News for those who watch: one look at the journal for all of them, and none while nobody watches."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from clinic_desktop.agent.local_api.context import ApiContext, locked
from clinic_desktop.agent.local_api.problems import Problem
from clinic_desktop.agent.local_api.rendered import SHOWN
from clinic_desktop.agent.local_api.rules import ASK_LATER
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.pairing import Paired

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
BEAT_SECONDS = 15.0
WATCHERS = 32

Ask = Callable[["Desk"], str]


class Feed:
    """Server-sent events of one list, asked again when the journal moved; for the loop's thread alone."""

    def __init__(self, context: ApiContext, event: str, ask: Ask) -> None:
        self._context, self._event, self._ask = context, event, ask
        self._watching = 0

    def watch(self, device: "Paired") -> AsyncIterator[bytes]:
        """What to send to one watcher. Raises Problem where there are too many, or no key."""
        if self._context.book is None or self._context.clinic is None:
            raise locked(ASK_LATER)
        if self._watching >= WATCHERS:
            raise Problem(503, _(N_("Too many screens are watching.")), headers={"Retry-After": "30"})
        return self._events(device)

    async def _events(self, device: "Paired") -> AsyncIterator[bytes]:
        """The whole list at first, then again at each change: a watcher that was away has missed nothing.

        It ends when the device is revoked, the key is gone or the API stops; one that reads too slowly is cut off by
        the server's own bounds, for nothing is queued here.
        """
        book, loop = self._context.book, asyncio.get_running_loop()
        if book is None or self._context.clinic is None:
            return
        self._watching += 1
        said, beat, number, before = "", loop.time(), 0, -1
        try:
            while self._context.book is book and book.holds(device):
                moved = book.moved(SHOWN)
                if moved != before:
                    before = moved
                    text = await self._context.ask(device, self._ask)
                    if text != said:
                        said, number, beat = text, number + 1, loop.time()
                        yield f"id: {number}\nevent: {self._event}\ndata: {text}\n\n".encode("utf-8", "replace")
                if loop.time() - beat >= BEAT_SECONDS:
                    beat = loop.time()
                    yield b": beat\n\n"
                await asyncio.sleep(LOOK_SECONDS)
        except (Refusal, Trouble, Problem) as error:
            log.info("a watcher ended: %s", type(error).__name__)
        finally:
            self._watching -= 1
