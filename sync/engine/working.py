"""What is being worked at here comes first: who is here, open orders, what is to be handed out.

It is read again within minutes, for no system says what changed there, a look through a whole list takes hours of its
limits, and a doctor who waits for a potassium cannot wait for that (sync.md 3.1, windows). What waits to be told of who
is here goes before the rest (sync.md 3.7, the class of a patient who is waiting now).
"""

from collections.abc import Callable, Iterator

from sync.engine.desk import Desk
from sync.engine.status import QUEUED
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Look, Shadow, Work
from sync.engine.taking import look
from sync.port import Kind, KindProfile
from sync.transport.outcomes import Call

TICK_SECONDS = 60.0
# Who works at it says that it may have moved, as a message of theirs would; what is read in its turn is overtaken.
HINT, IN_TURN = "hint", frozenset({"changed", "rotation", "waiting"})
# How urgent what waits of a patient is who is here: before all but what safety hangs on, which is 0.
HERE_NOW = 1
# The part of a system's limit that it takes at the most.
SHARE = 0.2
# What has been open for long is asked for less often: within a fortieth of its age, and every half hour at least.
PART_OF_AGE, SELDOMEST_SECONDS = 40.0, 1_800.0


class Working:
    """When each record of one system that is being worked at here is read next."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked: dict[tuple[str, str], float] = {}  # by kind and id there
        self._due_at: dict[tuple[str, str], float] = {}
        self._next = 0.0

    def is_due(self) -> bool:
        """Whether it is time to see what is being worked at."""
        return self._desk.now() >= self._next

    def next_at(self) -> float | None:
        """When the first of them is to be read; None while nothing that this system knows is worked at."""
        return max(self._next, min(self._due_at.values())) if self._due_at else None

    def job(self, rows: Rows) -> Callable[[], None] | None:
        """What is to be done for it now; None where that is nothing."""
        self._next = self._desk.now() + TICK_SECONDS
        forward, due = self._behind(rows), self._due(rows)
        return (lambda: self._do(forward, due)) if forward or due else None

    def _behind(self, rows: Rows) -> list[tuple[str, str]]:
        """What waits to be told of who is here, and has no place before the rest: as kind and id here."""
        desk = self._desk
        return [
            (work.kind, work.local_id)
            for patient, _age in desk.chart.at_work(rows.unit, Kind.PATIENT)
            for work in rows.find(Work, system=desk.system, patient=patient)
            if work.state in QUEUED and work.urgency > HERE_NOW
        ]

    def _due(self, rows: Rows) -> list[tuple[str, str]]:
        """What is to be read now, as kind and id there: what is read most often first, who has waited longest first."""
        desk, now = self._desk, self._desk.now()
        self._due_at = {}
        often: dict[tuple[str, str], float] = {}
        for one, every in self._at_work(rows):
            often[one] = every
            shadow = rows.get(Shadow, desk.system, *one)
            # Also by another process, or for another reason.
            read_at = shadow.read_at if shadow is not None else 0.0
            self._due_at[one] = max(read_at, self._asked.get(one, 0.0)) + every
        self._asked = {one: at for one, at in self._asked.items() if one in self._due_at}
        due = [one for one, at in self._due_at.items() if at <= now]
        return sorted(due, key=lambda one: (often[one], self._due_at[one], one))[: self._at_once()]

    def _at_once(self) -> int:
        """How many are read in one tick: of a system with narrow limits, few."""
        call = Call("read", "GET", "/")
        rates = [one.limit / one.seconds for one in self._desk.remote.profile.buckets if one.covers(call)]
        return max(1, int(min(rates, default=1.0) * TICK_SECONDS * SHARE))

    def _at_work(self, rows: Rows) -> Iterator[tuple[tuple[str, str], float]]:
        """What is worked at here and known there, as kind and id there, and how often (seconds) it is read."""
        desk = self._desk
        for kind, kp in desk.remote.profile.kinds.items():
            if kp.work_seconds is None:
                continue
            known_by = kp.kind if _is_known_by_itself(kp) else Kind(kp.listed_for or kp.kind)
            for local_id, age in desk.chart.at_work(rows.unit, known_by):
                every = max(kp.work_seconds, min(SELDOMEST_SECONDS, age / PART_OF_AGE))
                for link in rows.find(Link, system=desk.system, kind=str(known_by), local_id=local_id):
                    if link.status == "confirmed" and not link.remote_id.startswith("~"):
                        yield (str(kind), link.remote_id), every

    def _do(self, forward: list[tuple[str, str]], due: list[tuple[str, str]]) -> None:
        """Bring what waits forward, and have the others read before what is read in its turn."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            for kind, local_id in forward:
                if (work := rows.get(Work, desk.system, kind, local_id)) is not None:
                    work.urgency = min(work.urgency, HERE_NOW)
                    rows.put(work)
            for kind, remote_id in due:
                self._asked[(kind, remote_id)] = desk.now()
                asked = rows.get(Look, desk.system, kind, remote_id)
                if asked is None:
                    parent = "" if _is_known_by_itself(desk.remote.profile.kinds[Kind(kind)]) else remote_id
                    look(desk, rows, kind, remote_id, HINT, parent=parent)
                elif asked.why in IN_TURN:
                    asked.why, asked.due_at = HINT, min(asked.due_at, desk.now())
                    rows.put(asked)


def _is_known_by_itself(kp: KindProfile) -> bool:
    """Whether a record has a number of its own: the results of an order are known by the order's."""
    return kp.listed or kp.listed_for in {None, Kind.PATIENT, Kind.PRACTITIONER}
