"""The clinic's post office: the engine over this clinic's chart and database, and the systems that are connected.

One process sends (the background one, or a command that is told to): a lock beside the database sees to it, so that no
limit is counted twice and nothing is sent twice.
"""

import contextlib
import functools
import importlib
import random
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal, Trouble, TurnedAway
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.exchange import results_gone
from clinic_desktop.exchange.chart_end import ClinicChart, source
from clinic_desktop.exchange.database import Database, Wall
from clinic_desktop.exchange.days import Days
from clinic_desktop.exchange.faults import Faults
from clinic_desktop.exchange.hearing import Hearing
from clinic_desktop.exchange.marks import Marks
from clinic_desktop.exchange.results_aside import Asides
from clinic_desktop.exchange.sync_until import Looked, later
from clinic_desktop.i18n import N_
from clinic_desktop.services import heard
from clinic_desktop.services.remotes import Housed, KeptSecrets, RemoteSystem, connected
from sync.engine.run import Engine, Office
from sync.engine.status import PAUSED
from sync.engine.store.rows import Rows, Unit
from sync.engine.store.tables import Kept, Look
from sync.port import KindProfile, Remote
from sync.telling.hints import Hint
from sync.transport.credentials import Secrets
from sync.transport.opening import Opening
from sync.transport.outcomes import Forbidden, NoBudget, Outcome, SignInNeeded, Slowed, Unsent
from sync.transport.skew import KEPT, Skew
from sync.transport.wire import Gate

A = TypeVar("A")

# Who syncs once waits for a limit of the minute and for the look after a lost answer, not for tomorrow's limit.
PATIENCE_SECONDS = 65.0
# How soon a change of the chart is seen; a look costs some microseconds.
GLANCE_SECONDS = 0.25
# Between two transactions of one job: whoever waits to save asks every half millisecond.
PAUSE_SECONDS = 0.001


@dataclass(frozen=True)
class Trial:
    """A system that is tried before it is connected: its secrets are where they are typed, and nowhere else."""

    one: RemoteSystem
    secrets: Secrets

    def __repr__(self) -> str:
        return f"Trial({self.one.system})"


class PostOffice:
    """The engine with every system that is on; `closing` lets go of its connections."""

    def __init__(
        self,
        clinic: Housed,
        *,
        only: str | None = None,
        network: Callable[[str], Any] | None = None,
        trial: Trial | None = None,
    ) -> None:
        self._clinic, self._network = clinic, network
        self._database = Database(clinic)
        self._openings: dict[str, Opening] = {}
        self._skews: dict[str, Skew] = {}
        self._apart: dict[str, int] = {}  # minutes, as they are kept
        self._days = Days(clinic.store.clock)
        self._asides = Asides(clinic.store.workstation, clinic.store.clock)
        self._watch: Any = None  # a connection of its own: made when there is nothing to do for the first time
        self._looked_at = -1
        self._looked_through: set[tuple[str, float]] = set()
        chart = ClinicChart(clinic.store.workstation, clinic.store.clock)
        self._echoes = chart.echoes
        self.engine = Engine(
            chart, self._database, Wall(clinic), new_id, random.SystemRandom().random, Marks(clinic.profile),
            lambda: time.sleep(PAUSE_SECONDS),
        )  # fmt: skip
        if trial is not None:
            self.systems: tuple[RemoteSystem, ...] = (trial.one,)
            self._connect(trial.one, trial.secrets)
            return
        with clinic.store.read() as connection:
            self.systems = tuple(one for one in connected(connection) if only in {None, one.system})
        if only is not None and not self.systems:
            raise Refusal(N_("This system is not connected."), field="system")
        self._faults = Faults(self._database, clinic.store.clock.steady)
        self._heard = Hearing([one.system for one in self.systems], clinic.store.clock.steady, self._kind)
        for one in self.systems:
            self._connect(one, KeptSecrets(clinic.store, one.system))

    def _connect(self, one: RemoteSystem, kept: Secrets) -> None:
        found = {**self.found(one.system), **one.settings}
        transport = self._network(one.system) if self._network else None
        self._skews[one.system] = skew = self._skews.get(one.system) or Skew(self._clinic.store.clock.now)

        def open_remote(gate: Gate) -> Remote:
            opening = Opening(
                one.base_url,
                kept,
                self._clinic.store.clock,
                gate,
                found,
                transport,
                heard=skew.hear,
                steady=self._clinic.store.clock.steady,
                new_id=lambda: secrets.token_hex(8),
            )
            self._openings[one.system] = opening
            remote: Remote = _module(one.system).open_remote(opening)
            return remote

        self.engine.connect(one.system, open_remote).ahead = skew.seconds

    def reading(self) -> contextlib.AbstractContextManager[Unit]:
        """One consistent state of the database."""
        return self._database.read()

    def listen(self, stopped: threading.Event) -> None:
        """Listen to the systems that say when something moved there, each in a thread of its own, until stopped.

        What they say is only where to look; `run` looks there.
        """
        for one in self.systems:
            open_live = getattr(_module(one.system), "open_live", None)
            if one.state == "on" and open_live is not None:
                live = open_live(self._openings[one.system], stopped.wait, random.SystemRandom().random)
                hear = functools.partial(self.hear, one.system)
                threading.Thread(target=live.listen, args=(hear, stopped.is_set), daemon=True).start()

    def hear(self, system: str, hint: Hint) -> None:
        """Take a hint, from any thread: it is looked at by the one that runs."""
        self._heard.take(system, hint)

    def _look_where_it_was_said(self, system: str) -> None:
        """What was heard becomes looks, in the one thread that the engine knows."""
        if not self._heard.waits(system):
            return
        with self.reading() as unit:
            looks = Rows(unit).count(Look, system=system, why="hint")

        def look(hint: Hint) -> None:
            if hint.kind is None:
                self.engine.people[system].sync_now("")
            elif hint.remote_id and (kp := self._kind(system, hint)) is not None and kp.readable:
                self.engine.hint(system, str(hint.kind), hint.remote_id, hint.parent or "")

        self._heard.look(system, looks, look)

    def _by_itself(self, one: RemoteSystem, do: Callable[[Office], A], otherwise: A) -> A:
        """Do something for one system; a fault in it holds this one alone, and takes nothing from the others."""
        if self._faults.left(one.system):
            return otherwise
        try:
            return do(self.engine.offices[one.system])
        except (Refusal, Trouble, OSError):
            raise  # the machine is in trouble, and with it all of them
        except Exception as error:  # noqa: BLE001 - whatever it is, the others have their turn
            self._faults.note(one.system, error)
            # What was under way is taken up as after a start: what this process remembers of it may not be so.
            _let_go(self.engine.offices[one.system])
            self._connect(one, KeptSecrets(self._clinic.store, one.system))
            return otherwise

    def _turn(self, one: RemoteSystem) -> bool:
        """The turn of one system: what was heard, and a job."""

        def do(office: Office) -> bool:
            self._look_where_it_was_said(one.system)
            began = office.started
            worked = office.step()
            if worked and began:
                self._faults.went(one.system)
            return worked

        return self._by_itself(one, do, otherwise=False)

    def _kind(self, system: str, hint: Hint) -> KindProfile | None:
        """How a kind can be asked for there; what only lists show is found by their sweep."""
        office = self.engine.offices.get(system)
        return None if office is None or hint.kind is None else office.desk.kind(hint.kind)

    def _note_clocks(self) -> None:
        """Keep how far this computer's clock is from each system's, where that has changed."""
        for system, skew in self._skews.items():
            minutes = skew.minutes()
            if minutes is None or minutes == self._apart.get(system):
                continue
            with self._database.write() as unit:
                self.engine.offices[system].desk.keep(Rows(unit), KEPT, str(minutes or ""))
            self._apart[system] = minutes

    def found(self, system: str) -> Mapping[str, str]:
        """What was found out about a system when it was last tested."""
        with self._database.read() as unit:
            kept = Rows(unit).find(Kept, system=system)
        return {one.name.removeprefix("found:"): one.value for one in kept if one.name.startswith("found:")}

    def test(self, system: str, who: str) -> Mapping[str, str]:
        """Look what is there: sign in, find the prefix, the capabilities; what was found is kept."""
        try:
            found = self.engine.check(system)
        except Outcome as error:
            raise in_words(system, error) from error
        self.engine.people[system].resume(who)
        return found

    def status(self) -> list[dict[str, Any]]:
        """For each system and kind what is here, sent, confirmed, refused and cannot be told, and until when.

        Where nothing moves by itself there is no such time, and it is said why.
        """
        paused = {one.system for one in self.systems if one.state != "on"}
        with self.reading() as unit:
            looked = {one.system: Looked(Rows(unit), one.system) for one in self.systems}
            behind = {system: one.by_kind() for system, one in looked.items()}
        found = []
        for each in self.engine.status():
            line = later(each, behind[each.system], looked[each.system].why)
            one = replace(line, eta=None, why=PAUSED) if line.waiting and line.system in paused else line
            found.append({**asdict(one), "eta": None if one.eta is None else instant(one.eta)})
        return found

    def conflicts(self) -> list[dict[str, Any]]:
        """What waits for a person's decision, the oldest first."""
        return [
            {
                **{name: getattr(one, name) for name in ("id", "system", "kind", "local_id", "sort", "member")},
                "remote_id": one.remote_id, "sides": one.sides, "at": instant(one.at), "clinical": bool(one.clinical),
            }
            for people in self.engine.people.values()
            for one in people.conflicts()
        ]  # fmt: skip

    def close(self) -> None:
        """Let go of the connections."""
        if self._watch is not None:
            self._watch.close()
        for office in self.engine.offices.values():
            _let_go(office)

    def _leave_to_doctors(self, active: set[str]) -> int:
        """Have who treats answer for results that are shown no more; returns how many questions that were."""
        with self.reading() as unit:
            found = [(name, one) for name in active for one in results_gone.taken_out(unit, name)]
        left = 0
        for name, one in found:
            if (one.id, one.at) in self._looked_through:
                continue  # of this nobody who treats is asked: an administrator is
            self._looked_through.add((one.id, one.at))
            with self._database.write() as unit:
                act = heard.act_of(cast(Any, unit), self._clinic.store.workstation, SYSTEMS[name].title)
                asked = results_gone.ask(act, one, source(name))
            if asked:
                results_gone.leave_to_doctors(self.engine.people[name], one)
                left += 1
        return left

    def _watched(self) -> Any:
        self._watch = self._watch or self._clinic.store.watch()
        return self._watch

    def _moved(self) -> bool:
        """Whether anything was written since what is to be told of here was last looked for."""
        before, self._looked_at = self._looked_at, self._watched().version()
        return self._looked_at != before

    def run(
        self,
        seconds: float,
        *,
        until_idle: bool,
        stopped: Callable[[], bool] = lambda: False,
        patience: float = PATIENCE_SECONDS,
        lists: bool = False,
    ) -> int:
        """Work for so long, or until nothing can be done within one's patience; returns how many rounds had work.

        With `lists`, nothing is done only when the lists that were begun are looked through as well.
        """
        clock = self._clinic.store.clock
        end = clock.steady() + seconds
        rounds = 0
        for one in self.systems:
            there = urlsplit(one.base_url)
            once = f"{there.scheme}://{there.netloc}".lower()
            self.engine.people[one.system].stands_at(plain_address(one.base_url), once)
        on = [one for one in self.systems if one.state == "on"]
        active = {one.system for one in on}
        titles = {one.system: one.title for one in self.systems}
        try:
            while not stopped() and clock.steady() < end:
                worked = sum(self._turn(one) for one in on)  # every one has its turn
                desks = {one.system: self.engine.offices[one.system].desk for one in on}
                if self._days.turned():
                    worked += self._days.look([*desks.values()])
                if self._asides.due() or (not worked and self._moved()):
                    self._asides.look([*desks.values()])
                    worked += self._leave_to_doctors(active)
                if self._echoes.came:
                    self._echoes.look(desks, titles)
                if worked:
                    rounds += 1
                    continue
                worth = functools.partial(Office.worth_waiting, seconds=patience, lists=lists)
                if until_idle and not any(self._by_itself(one, worth, otherwise=False) for one in on):
                    break
                self._note_clocks()
                nexts = [left for one in on if (left := self._next_in(one)) is not None]
                due = min(end, clock.steady() + max(0.05, min(nexts, default=seconds)))
                self._wait(due, [one.system for one in on if not self._faults.left(one.system)], stopped)
        finally:
            self._note_clocks()
        return rounds

    def _next_in(self, one: RemoteSystem) -> float | None:
        """In how many seconds there is something to do for a system; None where a person must do something first."""

        def left(office: Office) -> float | None:
            at = office.next_at()
            return None if at is None else at - office.desk.now()

        return self._by_itself(one, left, None) if not (held := self._faults.left(one.system)) else held

    def _wait(self, due: float, free: list[str], stopped: Callable[[], bool]) -> None:
        """Wait for the next that is due, or until something was heard or written."""
        steady, watch = self._clinic.store.clock.steady, self._watched()
        while not (stopped() or steady() >= due or any(map(self._heard.waits, free))):
            if watch.moved() or self._days.turned():
                return
            time.sleep(min(GLANCE_SECONDS, max(0.0, due - steady())))


def _let_go(office: Office) -> None:
    close = getattr(office.desk.remote, "close", None)
    if close is not None:
        close()


def plain_address(base_url: str) -> str:
    """An address in the one form in which two that lead to the same place are equal."""
    there = urlsplit(base_url)
    port = there.port if there.port not in {None, {"https": 443, "http": 80}.get(there.scheme)} else None
    host = (there.hostname or "") + (f":{port}" if port else "")
    return f"{there.scheme}://{host}{there.path.rstrip('/')}"


def instant(seconds: float) -> str:
    """An instant of the engine in words: UTC, ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def in_words(system: str, error: Outcome) -> Trouble:
    """What came of a request, in words for people; nothing of what was sent is repeated."""
    words = {
        # First, for it is an `Unsent` too: nothing is wrong with the way there, this side keeps to their limit.
        NoBudget: (N_("The limit of {system} is used up for now."), N_("Try again in some minutes.")),
        Unsent: (N_("{system} could not be reached."), N_("Check the address, the network and the certificate.")),
        SignInNeeded: (
            N_("{system} does not accept this sign-in."),
            N_("Check the user name, password, code or key, then try again."),
        ),
        Forbidden: (N_("{system} does not permit this account to do that."), N_("Ask who administers it.")),
        Slowed: (N_("{system} asks to come again later: its limit is reached."), N_("Try again in some minutes.")),
    }
    message, remedy = next(
        (said for kind, said in words.items() if isinstance(error, kind) and not (kind is Unsent and error.status)),
        (N_("{system} gave no answer that could be understood ({what})."), N_("Check its address, then try again.")),
    )
    if isinstance(error, SignInNeeded) and error.status is None and error.said.message:
        # What is missing, or has to be another one, in the words of the sign-in.
        return TurnedAway(N_("{system} needs a sign-in."), remedy=error.said.message, system=SYSTEMS[system].title)
    said = error.said.message or type(error).__name__
    what = f"{error.status} {said}" if error.status else said
    sort = TurnedAway if isinstance(error, (SignInNeeded, Forbidden)) else Trouble
    return sort(message, remedy=remedy, system=SYSTEMS[system].title, what=what[:200])


def _module(system: str) -> Any:
    """The remote of a system: found by its name, imported when it is used."""
    if system not in SYSTEMS:
        raise Trouble("The system {name} is not known.", remedy="Remove it and connect it again.", name=system)
    return importlib.import_module(f"sync.remotes.{system}.remote")
