"""The engine: one control thread that does one small job after another, for each system that is connected.

Everything it touches is handed in: the chart, the database, the clock, chance, the remotes, and a place outside the
database that remembers how far it has come. It may be stopped between any two effects and started again.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from sync.engine import looking, signing, sweeping
from sync.engine.audit import Log
from sync.engine.budgets import Budgets
from sync.engine.chart import Chart
from sync.engine.clock import Clock, Ticker
from sync.engine.desk import UNSURE, WISH, Desk, resume
from sync.engine.intake import Intake
from sync.engine.outside import Outside, Witness
from sync.engine.people import People
from sync.engine.probing import probe
from sync.engine.settling import recover
from sync.engine.status import Line, State, lines, state_of
from sync.engine.store import queries
from sync.engine.store.rows import Disk, Rows
from sync.engine.store.tables import Sweep
from sync.engine.telling import tell_some
from sync.engine.working import Working
from sync.port import Kind, Remote
from sync.transport.outcomes import Outcome
from sync.transport.wire import Gate

A = TypeVar("A")

BATCH = 50
# What one job does at the most: pages of a list; tellings, or readings while there is something to tell.
PAGES, TELLS = 10, 10
ROTATION_SECONDS = 3_600.0
# Of so many jobs one is given to reading back and one to the lists even while there is something to send.
READ_EVERY, LIST_EVERY = 4, 16
# So often who works until nothing can be done waits for a system that cannot be reached.
AWAY_MOST = 2


class Office:
    """The work for one system."""

    def __init__(self, desk: Desk, outside: Outside) -> None:
        self.desk, self._witness = desk, Witness(desk, outside)
        self._started = False
        self._batch: list[tuple[str, str]] = []
        self._jobs = 0
        self._busy = False
        self._intake = Intake(desk)
        self._working = Working(desk)
        self._rotated = 0.0
        self._idle_at = 0.0
        self._wish = ""
        self._away: set[float] = set()

    @property
    def started(self) -> bool:
        """Whether it has taken up where the last run was stopped."""
        return self._started

    def start(self) -> None:
        """Take up where the last run was stopped; find out whether this database is an older one, restored."""
        desk = self.desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            last = resume(desk.ticker, rows, desk.system)
            if not desk.ticker.sure:
                desk.keep(rows, UNSURE, repr(desk.now()))
            desk.unsure = float(desk.get(rows, UNSURE) or 0.0)
            mark = self._witness.compare(rows, last)
            recover(desk, rows)
        self._witness.put(mark)
        self._started = True

    def step(self) -> bool:
        """Do one job; False where there is nothing to do now."""
        if not self._started:
            self.start()
            return True
        desk = self.desk
        asked_at = desk.now()
        with desk.disk.read() as unit:
            rows = Rows(unit)
            if (wish := desk.get(rows, WISH)) != self._wish:
                # Somebody, perhaps in another process, wants it tried now: only the limits are still kept.
                self._wish = wish
                desk.holds.clear()
            behind = self._intake.behind(rows)
            due = queries.next_due(rows, desk.system)
            paused = bool(due.paused) or desk.held("away")
            job = None if behind or paused else self._next(rows, due)
            again = signing.again_at(desk, rows) if due.paused and not desk.held("away") else None
            if not behind and again is not None and again <= asked_at:
                job = self._look_again
        if behind:
            self._intake.take_in()
            self._batch.clear()
            return True
        if job is None:
            if not paused and self._rotate():
                return True
            self._idle_at = asked_at
            return False
        self._jobs += 1
        job()
        return True

    def _look_again(self) -> None:
        signing.look_again(self.desk)

    def _next(self, rows: Rows, due: queries.Due) -> Callable[[], None] | None:
        """The most urgent job: hints and lost answers, then telling; reading back and lists get their turn too."""
        now = self.desk.now()
        hint, lost, tell, read, lists, _ = due
        self._busy = any(at is not None and at <= now for at in (hint, lost, tell))
        if self._working.is_due() and (at_work := self._working.job(rows)) is not None:
            return at_work
        finders: list[Callable[[Rows], Callable[[], None] | None]] = []
        turn = self._jobs % LIST_EVERY
        if lists and turn == LIST_EVERY - 1:
            finders.append(self._list)
        if read is not None and read <= now and turn % READ_EVERY == READ_EVERY - 1:
            finders.append(self._looks)
        if hint is not None and hint <= now:
            finders.append(self._hints)
        if lost is not None and lost <= now:
            finders.append(self._lost)
        if tell is not None and tell <= now and not sweeping.reads_again(self.desk, rows):
            finders.append(self._tell)
        if read is not None and read <= now:
            finders.append(self._looks)
        if lists:
            finders.append(self._list)
        for find in finders:
            if (job := find(rows)) is not None:
                return job
        if (unseen := sweeping.next_list(self.desk, rows)) is not None:
            return lambda: self._begin_list(*unseen)
        return None

    def _hints(self, rows: Rows) -> Callable[[], None] | None:
        return self._due_look(rows, ("hint",))

    def _looks(self, rows: Rows) -> Callable[[], None] | None:
        return self._due_look(rows, None)

    def _due_look(self, rows: Rows, why: tuple[str, ...] | None) -> Callable[[], None] | None:
        """What is to be read next: as many of one kind as are due, but a few while something is to be told."""
        desk = self.desk
        due = queries.due_looks(rows, desk.system, desk.now(), why, BATCH)
        kind = next((one.kind for one in due if not desk.held(f"look:{one.kind}")), None)
        if kind is None:
            return None
        many = [one for one in due if one.kind == kind]
        if why is None and self._busy:
            del many[TELLS:]
        return lambda: looking.do_looks(desk, many, self._intake)

    def _lost(self, rows: Rows) -> Callable[[], None] | None:
        if self.desk.held("probe"):
            return None
        found = queries.due_probes(rows, self.desk.system, self.desk.now(), 1)
        return (lambda: probe(self.desk, found[0])) if found else None

    def _tell(self, rows: Rows) -> Callable[[], None] | None:
        if not self._batch:
            self._batch = queries.due_work(rows, self.desk.system, self.desk.now(), BATCH)
        if not self._batch:
            return None
        return self._tell_some

    def _tell_some(self) -> None:
        done = tell_some(self.desk, self._batch[:TELLS])
        del self._batch[:done]

    def _list(self, rows: Rows) -> Callable[[], None] | None:
        found = rows.find(Sweep, ("id",), system=self.desk.system, state="running")
        for running in sorted(found, key=lambda one: sweeping.place(self.desk, one.kind)):
            if not self.desk.held(f"sweep:{running.kind}"):
                most = PAGES // 2 if self._busy else PAGES
                return lambda running=running: sweeping.do_sweep(self.desk, running, self._intake, most)  # type: ignore[misc]
        return None

    def _begin_list(self, kind: str, scope: str) -> None:
        desk = self.desk
        with desk.disk.write() as unit:
            rows = Rows(unit)
            sweep = sweeping.begin(desk, rows, kind, scope)
            sweeping.note_reading(desk, rows)
        if sweep is not None:
            sweeping.do_sweep(desk, sweep, self._intake)

    def _rotate(self) -> bool:
        """Nothing is waiting: have the oldest details read again."""
        if self.desk.now() - self._rotated < ROTATION_SECONDS:
            return False
        self._rotated = self.desk.now()
        with self.desk.disk.write() as unit:
            return looking.rotation(self.desk, Rows(unit)) > 0

    def worth_waiting(self, seconds: float, *, lists: bool = False) -> bool:
        """Whether something that waits to be told, or to be looked for, can go on within so long.

        With `lists`, also what is to be read, and what lists are in the middle of being looked through: each patient's
        own list apart, which may take the limits of days.
        """
        desk = self.desk
        now = desk.now()
        with desk.disk.read() as unit:
            rows = Rows(unit)
            next_due = queries.next_due(rows, desk.system)
            reached = lists and not desk.held("away")
            looking_through = self._lists_held(rows) if reached else []
            read = queries.next_read_back(rows, desk.system) if reached else None
        if desk.held("away"):
            self._away.add(desk.holds["away"])
        if next_due.paused or len(self._away) > AWAY_MOST:
            return False
        if any(now < until <= now + seconds for until in looking_through):
            return True
        due = [at for at in (next_due.lost, next_due.tell, read) if at is not None]
        if any(now < at <= now + seconds for at in due):
            return True
        frees = [until for name, until in desk.holds.items() if until > now and not name.startswith("sweep:")]
        return any(at <= now for at in due) and any(until <= now + seconds for until in frees)

    def _lists_held(self, rows: Rows) -> list[float]:
        """When the limits let go on what is being looked through."""
        running = rows.find(Sweep, system=self.desk.system, state="running")
        whole = {one.kind for one in running if sweeping.is_whole(self.desk, one.kind)}
        return [at for name, at in self.desk.holds.items() if name.removeprefix("sweep:") in whole]

    def next_at(self) -> float | None:
        """When there is something to do next; None where a person must do something first."""
        desk = self.desk
        now = desk.now()
        with desk.disk.read() as unit:
            rows = Rows(unit)
            due = queries.next_due(rows, desk.system)
            if due.paused:
                again = signing.again_at(desk, rows)
                return None if again is None else max(again, now + 1.0, desk.holds.get("away", 0.0))
            if desk.held("away"):
                return desk.holds["away"]
            telling = None if sweeping.reads_again(desk, rows) else due.tell  # nothing is told yet
            times = [due.hint, due.lost, telling, due.read, self._working.next_at()]
            times += [at for at in desk.holds.values() if at > now]
            times += [at for at, _, _ in sweeping.due(desk, rows)]
        # What was due when nothing could be done waits for something else: a hold, an answer, a person.
        later = [at for at in times if at is not None and at > self._idle_at]
        return max(now + 1.0, min(later)) if later else now + 60.0


class Engine:
    """All the systems of a clinic. One thread calls `step`; what people do is in `people`, by system."""

    def __init__(
        self,
        chart: Chart,
        disk: Disk,
        clock: Clock,
        new_id: Callable[[], str],
        chance: Callable[[], float],
        outside: Outside,
        breathe: Callable[[], None] = lambda: None,
    ) -> None:
        self._chart, self._disk, self._clock, self._breathe = chart, disk, clock, breathe
        self._new_id, self._chance, self._outside = new_id, chance, outside
        self.offices: dict[str, Office] = {}
        self.people: dict[str, People] = {}

    def connect(self, system: str, open_remote: Callable[[Gate], Remote]) -> Desk:
        """Connect a system: its budgets are the gate of its wire."""
        ticker = Ticker(self._clock)
        with self._disk.read() as unit:
            resume(ticker, Rows(unit), system)
        budgets = Budgets(system, (), self._disk, ticker)
        remote = open_remote(budgets)
        budgets.limit_to(remote.profile.buckets)
        desk = Desk(
            system, remote, self._chart, self._disk, ticker, budgets, Log(system), self._new_id, self._chance
        )  # fmt: skip
        desk.breathe = self._breathe
        self.offices[system] = Office(desk, self._outside)
        self.people[system] = People(desk)
        return desk

    def check(self, system: str) -> Mapping[str, str]:
        """Look what is there, and keep it: sign-in, prefix, capabilities; the limits may be others after it."""
        desk = self.offices[system].desk
        desk.budgets.purpose = "person"
        found = desk.remote.check()
        desk.budgets.limit_to(desk.remote.profile.buckets)
        self.people[system].capabilities(found)
        return found

    def ask(self, system: str, what: str, question: Callable[[Remote, Callable[[Kind, str], str | None]], A]) -> A:
        """Ask a system something for a person, within its limits; that it was asked stands in the log.

        The question is handed the remote, and what gives the id there of a record here.
        """
        desk = self.offices[system].desk
        desk.budgets.purpose = "person"
        came = "not asked"

        def there(kind: Kind, local_id: str) -> str | None:
            with self._disk.read() as unit:
                return desk.known(Rows(unit)).there(kind, local_id)

        try:
            answer = question(desk.remote, there)
            came = "answered"
        except Outcome as error:
            came = type(error).__name__
            raise
        finally:
            with self._disk.write() as unit:
                desk.log.add(Rows(unit), desk.now(), "asked", what, came=came)
        return answer

    def step(self) -> bool:
        """Give every system one job; False where none had anything to do."""
        return sum(office.step() for office in self.offices.values()) > 0

    def run_until(self, time: float, sleep: Callable[[float], None], most: int = 1_000_000) -> int:
        """Work until a time by the engine's clock, sleeping in between; returns how many rounds had work."""
        rounds = 0
        while rounds < most:
            if self.step():
                rounds += 1
                continue
            now = min((office.desk.now() for office in self.offices.values()), default=time)
            if now >= time:
                break
            nexts = [at for office in self.offices.values() if (at := office.next_at()) is not None]
            sleep(max(0.001, min([*nexts, time]) - now))
        return rounds

    def hint(self, system: str, kind: str, remote_id: str, parent: str = "") -> None:
        """A system says that something moved there."""
        desk = self.offices[system].desk
        with self._disk.write() as unit:
            looking.hint(desk, Rows(unit), kind, remote_id, parent)

    def status(self, system: str | None = None) -> list[Line]:
        """For each system and kind: here, sent, confirmed, waiting, refused, conflicts, cannot tell, and until when."""
        with self._disk.read() as unit:
            return [
                line
                for name, office in self.offices.items()
                if system in {None, name}
                for line in lines(office.desk, Rows(unit))
            ]

    def state_of(self, kind: str, local_id: str) -> Mapping[str, State]:
        """How far one record is at each system."""
        with self._disk.read() as unit:
            rows = Rows(unit)
            return {
                name: state
                for name, office in self.offices.items()
                if (state := state_of(office.desk, rows, kind, local_id)) is not None
            }
