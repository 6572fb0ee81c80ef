"""How far a system has come, kept outside the database: what a restored backup has forgotten is seen by it."""

from typing import NamedTuple, Protocol

from sync.engine import restoring, sweeping
from sync.engine.desk import Desk
from sync.engine.settling import doubt
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Work


class Mark(NamedTuple):
    """Which life of the database it is, how many requests it has sent that change something, and its last place."""

    epoch: str
    counter: int
    place: int = 0


# What stood there cannot be read, as after a power cut: that says nothing, and raises no alarm.
UNREADABLE = Mark("?", 0)
# Whoever restores a backup notes this in the restored database: there it is known even if nothing outside says so.
PUT_BACK = "put back"


def unreadable(mark: Mark | None) -> bool:
    """Whether something stood there that says nothing."""
    return mark is not None and mark.epoch == UNREADABLE.epoch


class Outside(Protocol):
    """A place that a restored backup does not bring back with it (the keyring, the hub)."""

    def get(self, system: str) -> Mark | None:
        """What was last put there."""
        ...

    def put(self, system: str, mark: Mark) -> None:
        """Remember how far it has come."""
        ...


class Witness:
    """Sees to it that what stands outside is never behind what goes out, and compares it when the engine starts."""

    def __init__(self, desk: Desk, outside: Outside) -> None:
        self._desk, self._outside = desk, outside
        desk.gone_out = self._gone_out
        desk.budgets.used = self._used

    def _gone_out(self) -> None:
        """Remember that one more request which changes something is on its way."""
        there = self._outside.get(self._desk.system)
        with self._desk.disk.read() as unit:
            epoch, counter = self._told(Rows(unit))
        self.put(Mark(epoch, counter, there.place if there is not None else 0))

    def _used(self, number: int) -> None:
        """Remember the place of a request. Whoever asks before anything was compared leaves the rest as it was."""
        there = self._outside.get(self._desk.system)
        if there is not None and not unreadable(there) and number > there.place:
            self.put(there._replace(place=number))

    def put(self, mark: Mark) -> None:
        """Put it outside, after the commit: what stands there is never ahead of the database by itself."""
        self._outside.put(self._desk.system, mark)

    def _told(self, rows: Rows) -> tuple[str, int]:
        return self._desk.get(rows, "epoch"), int(self._desk.get(rows, "counter") or 0)

    def compare(self, rows: Rows, last: float) -> Mark:
        """Find out whether this database is an older one, restored; what is to stand outside from now on."""
        desk, there = self._desk, self._outside.get(self._desk.system)
        epoch, counter = self._told(rows)
        # Where the database remembers that something was sent, and nothing stands outside, it is not where it was.
        lost = there is None and epoch != "" and counter > 0
        there = None if unreadable(there) else there
        put_back = desk.get(rows, PUT_BACK) != ""
        if put_back or lost or (there is not None and (there.epoch != epoch or there.counter > counter)):
            outside = Mark("", 0) if there is None else there
            desk.log.add(rows, desk.now(), "restored", counter=counter, outside=outside.counter)
            restoring.note(desk, rows, last)
            if put_back:
                desk.keep(rows, PUT_BACK, "")
            counter, epoch = max(counter, outside.counter), desk.new_id()
            for state in ("ready", "unknown"):
                for intent in rows.find(Intent, system=desk.system, state=state):
                    work = rows.get(Work, desk.system, intent.kind, intent.local_id)
                    if work is not None and intent.attempts:
                        doubt(desk, rows, intent, work)
            queries.read_all_again(rows, desk.system)
            # What was sent in the life that is not remembered is found there before anything is sent in this one.
            desk.keep(rows, sweeping.READING_AGAIN, "yes")
            desk.budgets.forgotten(rows, outside.place)
        elif there is not None and there.place > desk.budgets.number:
            # All that the other life did was read: what it read is read again, its places are gone.
            desk.log.add(rows, desk.now(), "places forgotten", place=desk.budgets.number, outside=there.place)
            desk.budgets.forgotten(rows, there.place)
        epoch = epoch or desk.new_id()
        desk.keep(rows, "epoch", epoch)
        desk.keep(rows, "counter", str(counter))
        return Mark(epoch, counter, desk.budgets.number)
