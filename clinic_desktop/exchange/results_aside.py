"""Results of orders that the engine could not take in, or not all of them: looked for now and then while one runs."""

from collections.abc import Sequence
from typing import Any, cast

from clinic_desktop.clock import Clock
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.exchange.sync_wording import unread_fields, why_of
from clinic_desktop.services import heard, heard_aside
from clinic_desktop.services.heard_aside import Untaken
from sync.engine import aside, unread
from sync.engine.desk import Desk
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine, Shadow
from sync.port import Kind
from sync.records.exact import Json, digest, strings

# While there is always something to do, too: nobody waits longer than this to hear of one.
OFTEN_SECONDS = 20.0
_KIND = str(Kind.LAB_RESULT)


class Asides:
    """The results that were set aside; in one thread with the engine."""

    def __init__(self, workstation: str, clock: Clock) -> None:
        self._workstation, self._clock = workstation, clock
        self._looked: float | None = None

    def due(self) -> bool:
        """Whether the last look is some time ago."""
        return self._looked is None or self._clock.steady() - self._looked >= OFTEN_SECONDS

    def look(self, desks: Sequence[Desk]) -> int:
        """Have whoever ordered told of what is not in the chart, once; returns how many notices were made or closed."""
        self._looked = self._clock.steady()
        return sum(self._look(desk) for desk in desks)

    def _look(self, desk: Desk) -> int:
        with desk.disk.read() as unit:
            rows = Rows(unit)
            new, over = heard_aside.unsettled(unit.conn, desk.system, standing(desk, rows))
        if new or over:
            with desk.disk.write() as unit:
                title = SYSTEMS[desk.system].title
                act = heard.act_of(cast(Any, unit), self._workstation, title)
                heard_aside.settle(act, desk.system, title, new, over)
        return len(new) + len(over)


def standing(desk: Desk, rows: Rows) -> list[Untaken]:
    """The results that stand there and of which something is not here, whether or not somebody has seen them."""
    found: dict[str, Untaken] = {}
    for one in rows.find(Conflict, ("at", "id"), system=desk.system, kind=_KIND, sort="unread"):
        if one.state == "open" or one.keep == unread.NOTED:
            members: Json = one.sides.get("members") or {}
            why = unread_fields(", ".join(sorted(members)))
            _put(desk, rows, found, Quarantine(desk.system, _KIND, one.remote_id, "", members), why)
    # What is set aside as a whole says more than that it cannot be read.
    for each in rows.find(Quarantine, ("at", "remote_id"), system=desk.system, kind=_KIND):
        _put(desk, rows, found, each, why_of(each.why, each.remote_id))
    return list(found.values())


def _put(desk: Desk, rows: Rows, found: dict[str, Untaken], one: Quarantine, why: str) -> None:
    order = _order(rows, one)
    patient, _number = aside.whose(desk, rows, one)
    key = digest(order or one.remote_id)[:24]
    said = digest([one.why, one.raw])[:24]
    found[key] = Untaken(key, said, order, patient or None, one.remote_id, why, critical=_says_critical(one.raw))


def _order(rows: Rows, one: Quarantine) -> str | None:
    """The order of ours that results are of: they bear its number there, stand beneath it, or name it."""
    shadow = rows.get(Shadow, one.system, one.kind, one.remote_id)
    numbers = [one.remote_id, shadow.parent if shadow is not None else "", one.raw.get("order_id")]
    if one.remote_id.startswith("?"):
        numbers = [one.remote_id[1:].rpartition(":")[0]]
    for number in numbers:
        link = rows.get(Link, one.system, str(Kind.LAB_ORDER), number) if number and isinstance(number, str) else None
        if link is not None and link.local_id and link.status == "confirmed":
            return link.local_id
    return None


def _says_critical(raw: Json) -> bool:
    """Whether anything in it is flagged as critical, in whatever words: in doubt it must be answered."""
    words = ("".join(sign for sign in text.casefold() if sign.isalnum()) for _path, text in strings(raw))
    return any("critical" in word or "panic" in word or word in {"hh", "ll", "aa"} for word in words)
