"""What sync is at while it works, for whoever watches the command: one line for each system and stage."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desktop.i18n import _
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Look, Sweep, Work

if TYPE_CHECKING:
    from clinic_desktop.exchange.post_office import PostOffice

LOOK_SECONDS = 0.25  # a look costs some microseconds; a shorter stage is not said


class Stages:
    """Says each stage of each system once, when it begins."""

    def __init__(self, office: "PostOffice", say: Callable[[str], None]) -> None:
        self._office, self._say = office, say
        self._stage: dict[str, tuple[str, str]] = {}
        self._looked = 0.0

    def look(self) -> None:
        """Say what has begun since the last look."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        with self._office.reading() as unit:
            rows = Rows(unit)
            found = [(one.system, one.title, _stage(rows, one.system)) for one in self._office.systems]
        for system, title, (stage, about, words) in found:
            if self._stage.get(system) != (stage, about):
                self._stage[system] = stage, about
                self._say(f"{title}: {words}")


def _stage(rows: Rows, system: str) -> tuple[str, str, str]:
    """The stage, what it is about, and both in words."""
    sweep = next(iter(rows.find(Sweep, ("id",), 1, system=system, state="running")), None)
    if sweep is not None:
        said = _("looking through its list ({kind})").format(kind=sweep.kind.replace("_", " "))
        return "list", sweep.kind, said
    if waiting := rows.count(Work, system=system, state="waiting"):
        return "tell", "", _("telling it: {n} wait").format(n=waiting)
    if looks := rows.count(Look, system=system):
        return "read", "", _("reading records there: {n}").format(n=looks)
    return "", "", _("nothing more can be done now")
