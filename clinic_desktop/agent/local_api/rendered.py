"""Lists that many screens ask for: made once for each state of the data, for everybody who may see them."""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pydantic import BaseModel

from clinic_desktop.agent.local_api.context import ApiContext, locked
from clinic_desktop.agent.local_api.rules import ASK_LATER

if TYPE_CHECKING:
    from clinic_desktop.agent.local_api.context import Book
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.pairing import Paired

# Minutes of waiting stand in the lists, and calls grow old.
STANDS_SECONDS = 15.0
# What says that a registration moved, or that two are one person; and all that the lists show beside.
NAMED = frozenset({"patient", "merge"})
SHOWN = NAMED | {"queue", "setting", "staff"}


class Written:
    """A list as JSON; what stands in it as it stood the last time is not written anew."""

    def __init__(self, model: type[BaseModel], ask: "Callable[[Desk], Iterable[tuple[object, ...]]]") -> None:
        self._names, self._ask = tuple(model.model_fields), ask
        self._known: dict[tuple[object, ...], str] = {}

    def text(self, desk: "Desk") -> str:
        """The list now."""
        before, now = self._known, dict[tuple[object, ...], str]()
        parts = []
        for one in self._ask(desk):
            text = now[one] = before.get(one) or self._text(one)
            parts.append(text)
        self._known = now  # nobody who has gone stays in memory
        return f"[{','.join(parts)}]"

    def _text(self, one: tuple[object, ...]) -> str:
        return json.dumps(dict(zip(self._names, one, strict=True)), ensure_ascii=False, separators=(",", ":"))


class Rendered:
    """One list as bytes; may be asked by any thread."""

    def __init__(self, context: ApiContext, ask: "Callable[[Desk], str]") -> None:
        self._context, self._ask = context, ask
        self._made: tuple[Book | None, int, float, bytes] | None = None

    async def body(self, device: "Paired") -> bytes:
        """The list now: nothing that was written before this is asked is left out."""
        clinic, book = self._context.clinic, self._context.book
        if clinic is None or book is None:
            raise locked(ASK_LATER)
        steady, moved = clinic.store.clock.steady(), book.moved(SHOWN)
        if (made := self._made) is not None:
            of, then, since, body = made
            if of is book and then == moved and 0 <= steady - since < STANDS_SECONDS:
                return body
        # What moved was looked at first: what comes in between is read again at the next look.
        body = await self._context.ask(device, self._make)
        self._made = (book, moved, steady, body)
        return body

    def _make(self, desk: "Desk") -> bytes:
        return self._ask(desk).encode("utf-8", "replace")
