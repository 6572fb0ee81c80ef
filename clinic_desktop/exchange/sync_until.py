"""Until when what waits behind a lost answer waits: nothing more of a patient is told before that was looked for.

The engine foretells when the limits let the next be sent. What its look for a lost answer waits for (a limit of
reading, an hour long; their wish for silence) stands with what was sent, and is later than that. Where nothing that
they answer can be read, or they cannot be reached, no time is foretold at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from clinic_desktop.exchange.faults import FAULT
from clinic_desktop.services.remotes import RemoteSystem
from sync.engine.desk import CURSOR, Desk
from sync.engine.putting_off import UNREADABLE, unreadable
from sync.engine.signing import SIGN_IN
from sync.engine.status import UNDER_WAY, Line
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Work
from sync.engine.sweeping import reads_again

AWAY = "it cannot be reached"  # when it can be again nobody knows

# Before the first sync all that is here is counted as waiting: how much of it is told to them is not known yet.
NOT_LOOKED = "it is found by the first sync: what came from elsewhere, or was over before, stays here"

# A fault of this program holds it; the others go on.
FAULTY = "it does not go on for an error in this program, and is tried again by itself"
# The state of a system by why nothing of it moves.
STUCK = {UNREADABLE: "unreadable", FAULTY: "fault"}


def later(line: Line, behind: Mapping[str, float], why: str = "") -> Line:
    """A line whose time is not before what it waits behind is looked for; none where it is said `why` nothing moves."""
    if line.eta is None:
        return line
    return replace(line, eta=None, why=why) if why else replace(line, eta=max(line.eta, behind.get(line.kind, 0.0)))


class Looked:
    """When the lost answers of a system are looked for, in seconds by the engine's clock."""

    def __init__(self, rows: Rows, system: str) -> None:
        self._rows, self._system = rows, system
        self._lost = rows.find(Intent, system=system, state="unknown")
        # Where a limit, and no failure, puts off the one, it puts off every other.
        self._held = max((one.probe_at for one in self._lost if not one.failed), default=0.0)
        self.came = queries.came_last(rows, system)
        # Why what waits does not move by itself though no person has stopped it.
        settled = self.came in {"", "answered", "Unsent"}
        self.why = UNREADABLE if not settled and unreadable(rows, system) else AWAY if self.came == "Unsent" else ""
        if not int(queries.kept_value(rows, system, CURSOR) or 0):
            self.why = self.why or NOT_LOOKED
        if queries.kept_value(rows, system, FAULT):
            self.why = FAULTY

    def behind(self, work: Work) -> float:
        """When a record may be told at the earliest; 0 where no answer is missed."""
        return self._latest(
            one for one in self._lost
            if (work.patient and one.patient == work.patient) or (one.kind, one.local_id) == (work.kind, work.local_id)
        )  # fmt: skip

    def by_kind(self) -> Mapping[str, float]:
        """The same of the last of each kind."""
        by_patient: dict[str, list[Intent]] = {}
        for one in self._lost:
            by_patient.setdefault(one.patient, []).append(one)
        found: dict[str, float] = {}
        for patient, lost in by_patient.items():
            kinds = {one.kind for one in lost}
            if patient:
                works = self._rows.find(Work, system=self._system, patient=patient)
                kinds |= {work.kind for work in works if work.state in UNDER_WAY}
            at = self._latest(lost)
            found |= {kind: max(at, found.get(kind, 0.0)) for kind in kinds}
        return found

    def _latest(self, lost: Iterable[Intent]) -> float:
        return max((max(one.probe_at, self._held) for one in lost), default=0.0)


def standing(one: RemoteSystem, desk: Desk, rows: Rows, looked: Looked) -> str:
    """Whether a system goes on by itself, as `SystemShown.state` has it."""
    paused = desk.get(rows, "paused")
    if one.state == "paused" or (paused and paused != SIGN_IN):
        return "paused"
    if paused:
        return "sign_in"
    again = "again" if reads_again(desk, rows) else "on"
    return STUCK.get(looked.why) or {"": "new", "Unsent": "away"}.get(looked.came, again)
