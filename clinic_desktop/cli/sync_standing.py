"""Which systems do not go on by themselves, in words: said beside the counts, and while sync works."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from clinic_desktop.i18n import N_, _
from sync.engine.status import QUEUED
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work

if TYPE_CHECKING:
    from clinic_desktop.exchange.post_office import PostOffice

LOOK_SECONDS = 1.0  # what has passed again before that is not said
# A system that is in one of these has not got what waits, and somebody has to know.
TROUBLES = {
    "sign_in": N_(
        "{title} asks for a sign-in: `remote set {system} secrets FILE` gives it a new password, code or key."
    ),
    "away": N_("{title} could not be reached."),
    "unreadable": N_(
        "{title} answers in a form that cannot be read here: look at its address, and whether the network asks for a "
        "sign-in of its own. It is tried again by itself; nothing is lost."
    ),
    "fault": N_(
        "{title} is stopped by an error in this program, of which the log says where it is. It is tried again by "
        "itself; nothing is lost."
    ),
}
_HELD = {
    "paused": N_("{title} is paused: nothing is sent or asked until `remote set {system} state on`."),
    "again": N_("{title} is read through again; nothing is sent before that is done."),
}


def words_of(state: str, title: str, system: str) -> str:
    """What is said of a system in this state; nothing of one that goes on by itself."""
    words = TROUBLES.get(state) or _HELD.get(state)
    return "" if words is None else _(words).format(title=title, system=system)


class Standings:
    """Says once of each system that it does not go on by itself, what for and how many wait; and that it goes on."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: dict[str, str] = {}
        self._looked = time.monotonic()

    def look(self, office: "PostOffice") -> None:
        """Say what has changed since the last look."""
        from clinic_desktop.exchange.sync_until import Looked, standing  # heavy: not for `--help`

        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        with office.reading() as unit:
            rows = Rows(unit)
            found = [
                (one, standing(one, office.engine.offices[one.system].desk, rows, Looked(rows, one.system)),
                 sum(rows.count(Work, system=one.system, state=state) for state in QUEUED))
                for one in office.systems
            ]  # fmt: skip
        for one, state, waiting in found:
            before = self._said.get(one.system, "")
            words = words_of(state, one.title, one.system)
            self._said[one.system] = state if words else ""
            if words and state != before:
                self._say(words + (" " + _("{n} wait.").format(n=waiting) if waiting else ""))
            elif before and not words:
                self._say(_("{title} goes on.").format(title=one.title))
