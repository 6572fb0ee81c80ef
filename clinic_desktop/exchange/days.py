"""The day of a consent: what a system was not told of because it had not begun is told once its first day has come.

No entry of the journal says that a day has come. So each system keeps, beside what it was told, the day up to which
that was looked at: after weeks switched off, or with an older backup, the days in between are looked at together.
"""

from collections.abc import Sequence
from datetime import date

from clinic_desktop.clock import Clock
from clinic_desktop.services import syncing
from sync.engine.desk import Desk, set_state
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work
from sync.engine.untold import no_call
from sync.port import Kind

# A small fact of each system: the last day on which it was looked which consents begin.
UNTIL = "days until"
KINDS = (Kind.CONSENT, Kind.SHARE)
# Records whose turn comes in one transaction: whoever saves meanwhile waits no longer than for these.
TOGETHER = 50


class Days:
    """The days that come while one runs; in one thread with the engine."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: date | None = None

    def today(self) -> date:
        """The day of the clinic, as a consent counts it."""
        return self._clock.now().astimezone().date()

    def turned(self) -> bool:
        """Whether another day has come since the last look."""
        return self._seen != self.today()

    def look(self, desks: Sequence[Desk]) -> int:
        """Have what begins by today told to every one of these systems; returns how many records that is."""
        today = self.today()
        count = sum(_look(desk, today.isoformat()) for desk in desks)
        self._seen = today
        return count


def _look(desk: Desk, today: str) -> int:
    with desk.disk.read() as unit:
        rows = Rows(unit)
        if (until := desk.get(rows, UNTIL)) == today:
            return 0
        # Where the clock was set back, a day comes once more.
        begun = syncing.begun(unit.conn, "" if until > today else until, today)
        waiting = [
            (str(kind), record)
            for kind, records in zip(KINDS, begun, strict=True)
            if not no_call(desk.kind(kind))
            for work in rows.find(Work, system=desk.system, kind=str(kind), state="cannot")
            if (record := work.local_id) in records
        ]
    for place in range(0, len(waiting), TOGETHER):
        with desk.disk.write() as unit:
            _have_told(desk, Rows(unit), waiting[place : place + TOGETHER])
        desk.breathe()
    with desk.disk.write() as unit:  # last: what comes to an end before is looked at again
        desk.keep(Rows(unit), UNTIL, today)
    return len(waiting)


def _have_told(desk: Desk, rows: Rows, records: Sequence[tuple[str, str]]) -> None:
    for kind, record in records:
        work = rows.get(Work, desk.system, kind, record)
        if work is not None and work.state == "cannot":  # a person may have closed it meanwhile
            set_state(desk, rows, work, "waiting")
            desk.log.add(rows, desk.now(), "its day has come", kind, record)
