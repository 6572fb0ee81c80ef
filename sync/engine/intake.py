"""What changed in the chart becomes what a system has to be told; how far that has come commits with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sync.engine import restoring, unread
from sync.engine.desk import CURSOR, Desk
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Quarantine, Shadow, Work
from sync.engine.taking import look
from sync.port import Kind

INTAKE = 500
# What one transaction of ours has brought into the chart is looked at whole.
AT_ONCE = 100_000


class Intake:
    """How far one system has followed the chart's journal."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._cursor = -1

    def behind(self, rows: Rows) -> bool:
        """Whether something has changed that was not looked at yet."""
        if self._cursor < 0:
            self._cursor = int(self._desk.get(rows, CURSOR) or 0)
        return self._cursor < self._desk.chart.end(rows.unit)

    def take_in(self) -> None:
        """Put down what changed since."""
        desk = self._desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            end = self._note(rows, INTAKE)
            desk.keep(rows, CURSOR, str(end))
        self._cursor = end

    @contextmanager
    def following(self) -> Iterator[Rows]:
        """A transaction that brings something into the chart: what this system itself has said is no news to it.

        What else changed with it waits to be told. Where the chart was ahead already, all of it is looked at later.
        """
        desk = self._desk
        end = self._cursor
        with desk.disk.write() as unit:
            rows = Rows(unit)
            level = not self.behind(rows)
            yield rows
            if level and self.behind(rows):
                end = self._note(rows, AT_ONCE)
                desk.keep(rows, CURSOR, str(end))
        if level:
            self._cursor = max(end, self._cursor)

    def _note(self, rows: Rows, most: int) -> int:
        desk = self._desk
        changes, end = desk.chart.changes(rows.unit, self._cursor, most)
        told = {kind for kind, _ in desk.remote.profile.untold}
        now, until = desk.now(), restoring.restored(desk, rows)
        waits = bool(changes) and self._something_waits(rows)
        for change in changes:
            if desk.kind(change.kind) is None and change.kind not in told:
                continue
            if change.parted:
                self._look_anew(rows, change.local_id)
            work = rows.get(Work, desk.system, str(change.kind), change.local_id)
            if work is None:
                work = Work(desk.system, str(change.kind), change.local_id, change.patient_id or "", since=now)
                self._one_more_waits(rows, work, change.urgency)
                restoring.note_new(desk, rows, work, change.seq, until)
            elif work.state == "confirmed" and change.seq <= rows.agreed.get((work.kind, work.local_id), -1):
                work.seq = work.told = change.seq
                rows.put(work)
                continue
            elif work.state in {"confirmed", "sent", "idle", "closed"}:
                work.since = now
            # What a person closed they closed as it was.
            work.seq, work.urgency, work.deadline, work.who = change.seq, change.urgency, change.deadline, ""
            if work.state not in {"unknown", "person", "blocked"} or not work.told:
                work.due_at = now
            if work.state not in {"unknown", "person"}:
                work.state, work.why, work.waits_for, work.tries = "waiting", "", "", 0
            rows.put(work)
            if waits:
                self._look_again(rows, work)
        if changes:
            desk.tick(rows)
        return end

    def _something_waits(self, rows: Rows) -> bool:
        system = self._desk.system
        return bool(rows.count(Quarantine, system=system) or rows.count(Conflict, system=system, sort="unread"))

    def _look_again(self, rows: Rows, work: Work) -> None:
        """What could not be taken in of a record is read once more when that has changed here: it may fit now."""
        desk = self._desk
        kp = desk.kind(work.kind)
        for link in desk.known(rows).all(Kind(work.kind), work.local_id):
            if kp is not None and kp.readable and unread.waits(desk, rows, link):
                look(desk, rows, link.kind, link.remote_id, "linked")

    def _look_anew(self, rows: Rows, patient: str) -> None:
        """Whose chart was one with another's: what a system alone says of them is compared with what is theirs now."""
        desk = self._desk
        kp = desk.kind(Kind.PATIENT)
        for link in desk.known(rows).all(Kind.PATIENT, patient):
            shadow = rows.get(Shadow, desk.system, link.kind, link.remote_id)
            if kp is None or shadow is None:
                continue
            said = (name for name, rule in kp.rules.items() if rule.theirs and rule.removal)
            for name in said:  # what they had said stood in the other's chart already, and was not put down once more
                shadow.theirs.pop(name, None)
            rows.put(shadow)
            if kp.readable:
                look(desk, rows, link.kind, link.remote_id, "linked")

    def _one_more_waits(self, rows: Rows, work: Work, urgency: int) -> None:
        """Of a patient who is not known there yet: the more waits for them, and the more urgent, the sooner they go."""
        needed = rows.get(Work, self._desk.system, str(Kind.PATIENT), work.patient) if work.patient else None
        if needed is None or work.kind == needed.kind or needed.state in {"confirmed", "sent", "idle", "closed"}:
            return
        needed.unlocks += 1
        needed.urgency = min(needed.urgency, urgency)
        rows.put(needed)
