"""What sync is at while it works, for whoever watches the command: one line for each system and stage."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desktop.i18n import _
from sync.engine.store.queries import kept_value
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Look, Sweep, Work

if TYPE_CHECKING:
    from clinic_desktop.exchange.post_office import PostOffice

LOOK_SECONDS = 0.25  # a look costs some microseconds; a shorter stage is not said


class Stages:
    """Says each stage of each system once, when it begins; a system may be told and looked through by turns."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._at: dict[str, frozenset[tuple[str, str]]] = {}
        self._looked = 0.0

    def look(self, office: "PostOffice") -> None:
        """Say what has begun since the last look."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        with office.reading() as unit:
            rows = Rows(unit)
            found = [(one.system, one.title, _stages(rows, one.system)) for one in office.systems
                     if one.state == "on" and not kept_value(rows, one.system, "paused")]  # fmt: skip
        for system, title, stages in found:
            before = self._at.get(system, frozenset())
            for stage, words in stages.items():
                if stage not in before:
                    self._say(f"{title}: {words}")
            if before and not stages:
                self._say(f"{title}: " + _("nothing more can be done now"))
            self._at[system] = frozenset(stages)

    def waiting(self, office: "PostOffice") -> str:
        """How many wait at each system, for the line that says that it goes on."""
        with office.reading() as unit:
            rows = Rows(unit)
            counts = [(one.title, rows.count(Work, system=one.system, state="waiting")) for one in office.systems]
        said = ", ".join(_("{title}: {n} wait").format(title=title, n=n) for title, n in counts if n)
        return f" ({said})" if said else ""


def _stages(rows: Rows, system: str) -> dict[tuple[str, str], str]:
    """What it is at, by stage and what that is about, in words."""
    found = {}
    if waiting := rows.count(Work, system=system, state="waiting"):
        found["tell", ""] = _("telling it: {n} wait").format(n=waiting)
    for sweep in rows.find(Sweep, ("id",), system=system, state="running"):
        kind = sweep.kind.replace("_", " ")
        found["list", sweep.kind] = _("looking through its list ({kind})").format(kind=kind)
    if not found and (looks := rows.count(Look, system=system)):
        found["read", ""] = _("reading records there: {n}").format(n=looks)
    return found
