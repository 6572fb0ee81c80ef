"""Notices of a system that only repeat what this clinic told it: they are kept, and nobody has to read them.

Whoever completes a consultation there is told that it is complete: told by us of a day's visits, it would tell us of
each. What such a notice says is weighed strictly, for anything else in it may be clinical.
"""

import re
from collections import deque
from collections.abc import Mapping
from typing import Any

from clinic_desktop.i18n import N_
from clinic_desktop.services import heard
from sync.engine.desk import Desk
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Link, Shadow
from sync.port import Kind

# By where a notice leads: the kind of the record that it is about, and the status whose telling it repeats.
LEADS = (("/consultations/", Kind.ENCOUNTER, "completed"),)
# No more than this may stand in it. A name, a number, a doubt or any other word, and a person reads it.
WORDS = frozenset({
    "a", "and", "are", "as", "available", "be", "been", "can", "complete", "completed", "consultation", "details",
    "encounter", "finalised", "finalized", "finished", "has", "is", "its", "now", "read", "ready",
    "record", "successfully", "summary", "the", "this", "view", "viewed", "visit", "was", "your",
})  # fmt: skip
SAYS = frozenset({"complete", "completed", "finalised", "finalized", "finished"})
_KNOWN = frozenset({"id", "type", "title", "message", "priority", "category", "is_read", "created_at", "action_url"})
_CALM = frozenset({"", "low", "medium", "normal"})
TOGETHER = 25  # in one transaction: whoever saves meanwhile waits no longer than for these
NOTE = N_("It only repeats that a consultation which was told from here is complete.")


class Echoes:
    """What came as a notice and was not looked at yet; in one thread with the engine."""

    def __init__(self, workstation: str) -> None:
        self._workstation = workstation
        # The system, the number there, the notice here; what is forgotten of very many stays to be read.
        self.came: deque[tuple[str, str, str]] = deque(maxlen=5_000)

    def look(self, desks: Mapping[str, Desk], titles: Mapping[str, str]) -> None:
        """Close what is a mere repetition. What is not looked at for a power cut stays to be read."""
        while self.came:
            some = [self.came.popleft() for _ in range(min(TOGETHER, len(self.came)))]
            for system in dict.fromkeys(each[0] for each in some):
                if system in desks:
                    self._look(desks[system], titles[system], [each[1:] for each in some if each[0] == system])

    def _look(self, desk: Desk, title: str, some: list[tuple[str, str]]) -> None:
        with desk.disk.read() as unit:
            rows = Rows(unit)
            found = [notice for remote_id, notice in some if _is_echo(rows, desk.system, remote_id)]
        if not found:
            return
        with desk.disk.write() as unit:
            act = heard.act_of(unit, self._workstation, title)  # type: ignore[arg-type]  # it is the clinic's own
            for notice in found:
                heard.close_echo(act, notice, NOTE, title)
        desk.breathe()


def _is_echo(rows: Rows, system: str, remote_id: str) -> bool:
    shadow = rows.get(Shadow, system, str(Kind.NOTICE), remote_id)
    said = None if shadow is None else repeats({**shadow.raw, **shadow.body})
    return said is not None and _is_ours(rows, system, *said)


def repeats(notice: Mapping[str, Any]) -> tuple[Kind, str, str] | None:
    """Which record there a notice says has come to its end, in which status, where it says that alone; else None."""
    if any(value for name, value in notice.items() if name not in _KNOWN):
        return None
    said = [str(notice.get(name) or "").casefold() for name in ("title", "message")]
    words = frozenset(re.findall(r"[^\s.,;:!]+", " ".join(said)))
    calm = str(notice.get("type") or "info").casefold() in {"info", "success"}
    if not calm or str(notice.get("priority") or "").casefold() not in _CALM or not words <= WORDS or not words & SAYS:
        return None
    address = str(notice.get("action_url") or "")
    for path, kind, status in LEADS:
        number = address.removeprefix(path)
        if address.startswith(path) and re.fullmatch(r"[\w-]+", number):
            return kind, number, status
    return None


def _is_ours(rows: Rows, system: str, kind: Kind, number: str, status: str) -> bool:
    """Whether the record there is one of ours, made there by us, and brought to that status by us."""
    link = rows.get(Link, system, str(kind), number)
    if link is None or link.status != "confirmed" or not link.local_id:
        return False
    acked = rows.find(Intent, system=system, kind=str(kind), local_id=link.local_id, state="acked")
    sent = [one for one in acked if one.remote_id == number]
    told = (one.op != "create" and one.body.get("status") == status and "status" in one.changed for one in sent)
    return any(one.op == "create" for one in sent) and any(told)
