"""What every job of one system works with."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.engine.audit import Log
from sync.engine.budgets import Budgets
from sync.engine.chart import Chart
from sync.engine.clock import LONGEST_OFF_SECONDS, Ticker
from sync.engine.merge import Canon
from sync.engine.store import queries
from sync.engine.store.rows import Disk, Rows, dumps
from sync.engine.store.tables import Kept, Link, Shadow, Work
from sync.port import Body, Kind, KindProfile, Put, Remote, Seen

# A lost request may still be carried out: what became of it is not asked before this (twice the timeout of the wire).
QUIET_SECONDS = 60.0
MOST_ATTEMPTS = 8
WISH, CLOCK, CURSOR = "wish", "clock", "cursor"
# When, by the engine's time, a run began of which nobody knows how long after the one before.
UNSURE = "off for who knows how long"
DAY = 86_400.0
# Who stands there under such a link is our patient, though perhaps once too often.
OURS = frozenset({"confirmed", "surplus"})
# Links that a person has ended, or is asked about: what they stand for comes back by that person alone.
ENDED = frozenset({"gone", "replaced", "never", "left", "surplus"})
# How much longer than it must a full limit is waited for: what had its places one after the other has them at once.
LEEWAY = 0.01
# What waits for a limit longer than this is put off together.
TOGETHER_SECONDS = 30.0
# A background writer lets others in after so long.
SLICE_SECONDS = 0.008


@dataclass
class Desk:
    """One system: its remote, its log and budgets, and what is handed in (chart, disk, time, randomness)."""

    system: str
    remote: Remote
    chart: Chart
    disk: Disk
    ticker: Ticker
    budgets: Budgets
    log: Log
    new_id: Callable[[], str]
    chance: Callable[[], float]  # from 0 to 1
    # Remembers outside the database that something is sent: a backup that is restored does not know of it.
    gone_out: Callable[[], None] = lambda: None
    # What is not asked for again before a time: a route whose limit is full, the whole system where it is away.
    holds: dict[str, float] = field(default_factory=dict)
    # Between two transactions of one job: whoever waits to save gets in.
    breathe: Callable[[], None] = lambda: None
    # The lists that are looked through, by the kinds that they were worked out for.
    lists: tuple[Mapping[Kind, KindProfile], tuple[tuple[str, str, str], ...]] | None = None
    # Whom bodies have named since this process began.
    named: set[str] = field(default_factory=set)
    # How far this computer's clock is ahead of the system's, in seconds; None while nothing was heard of that.
    ahead: Callable[[], float | None] = lambda: 0.0
    # How long ago it was is not known of what happened before this moment.
    unsure: float = 0.0

    def kind(self, kind: str) -> KindProfile | None:
        """What the system can do with a kind."""
        return self.remote.profile.kinds.get(Kind(kind))

    def now(self) -> float:
        """The engine's time."""
        return self.ticker.time()

    def known(self, rows: Rows) -> "Known":
        """The links, for the remote."""
        return Known(rows, self.system)

    def whose(self, rows: Rows) -> "Known":
        """The links by which what comes is filed: who stands there once too often is the same patient here."""
        return Known(rows, self.system, OURS)

    def canon(self, kind: Kind) -> Callable[[str], Canon]:
        """How a member of a body is compared."""

        def of(member: str) -> Canon:
            return lambda value: dumps(self.remote.canonical(kind, {member: value}).get(member))

        return of

    def held(self, *names: str) -> bool:
        """Whether any of these must not be asked for yet."""
        if not self.holds:
            return False
        now = self.now()
        return any(self.holds.get(name, 0.0) > now for name in names)

    def hold(self, name: str, until: float) -> None:
        """Do not ask before a time."""
        self.holds[name] = max(until, self.holds.get(name, 0.0))

    def room(self, until: float) -> float:
        """When to ask again for a limit that has room at this time."""
        return until + (until - self.now()) * LEEWAY

    def tick(self, rows: Rows) -> None:
        """Keep how late it is: after a start, time goes on from there whatever the computer's clock says then."""
        self.keep(rows, CLOCK, dumps([self.now(), self.ticker.wall()]))

    def text_at(self, moment: float) -> str:
        """When something was sent, by the system's clock as far as that is known: the earliest that it can have been.

        Of what was sent before this run it is known by the computer's clock alone, which may have been set meanwhile.
        """
        margin = LONGEST_OFF_SECONDS if moment < self.unsure else DAY if moment < self.ticker.started else 0.0
        return self.ticker.text_at(moment - margin - (self.ahead() or 0.0))

    def wish(self, rows: Rows) -> None:
        """Say to whichever process works for this system that what it holds back by itself is to be tried again."""
        self.keep(rows, WISH, str(int(self.get(rows, WISH) or 0) + 1))

    def backoff(self, tries: int) -> float:
        """How long to wait: longer each time, up to a quarter of an hour, and never the same for all."""
        return min(900.0, 5.0 * 2.0 ** min(tries, 10)) * (0.5 + self.chance() / 2)

    def get(self, rows: Rows, name: str) -> str:
        """A small fact."""
        return queries.kept_value(rows, self.system, name)

    def keep(self, rows: Rows, name: str, value: str) -> None:
        """Keep a small fact."""
        rows.put(Kept(self.system, name, value))


def resume(ticker: Ticker, rows: Rows, system: str) -> float:
    """Have the time of a system go on from what was written down in the last run; the newest moment of that."""
    last, wall = json.loads(queries.kept_value(rows, system, CLOCK) or "[0.0, 0.0]")
    latest = queries.last_logged(rows, system)
    ticker.resume(last, wall, latest)
    return float(max(last, latest))


class Known:
    """Which record there stands for which record here: only what is confirmed counts, unless `ours` says more."""

    def __init__(self, rows: Rows, system: str, ours: frozenset[str] = frozenset({"confirmed"})) -> None:
        self._rows, self._system, self._ours = rows, system, ours

    def there(self, kind: Kind, local_id: str) -> str | None:
        """The id there of a record here."""
        found = self.all(kind, local_id)
        return found[0].remote_id if found else None

    def here(self, kind: Kind, remote_id: str) -> str | None:
        """The id here of a record there."""
        link = self._rows.get(Link, self._system, str(kind), remote_id)
        return link.local_id if link is not None and link.status in self._ours else None

    def all(self, kind: str, local_id: str) -> list[Link]:
        """The links of a record here, by part; last those of parts that they gave no number."""
        found = self._rows.find(
            Link, ("part",), system=self._system, kind=str(kind), local_id=local_id, status="confirmed"
        )
        numbered = {link.part for link in found if not link.remote_id.startswith("~")}
        kept = [link for link in found if not link.remote_id.startswith("~") or link.part not in numbered]
        return sorted(kept, key=lambda link: link.remote_id.startswith("~"))


def digest(value: Any) -> str:
    """A short hash of a value."""
    return hashlib.blake2b(dumps(value).encode(errors="surrogatepass"), digest_size=16).hexdigest()


def hash_of(kp: KindProfile, body: Body) -> str:
    """The hash of a body as it came, without what is never compared."""
    return hash_without(kp.volatile, body)


def hash_without(names: frozenset[str], body: Body) -> str:
    """The hash of a body as it came, without some members."""
    return digest({name: value for name, value in body.items() if name not in names} if names else body)


def unlisted(kp: KindProfile) -> frozenset[str]:
    """What of a list's item is not compared. A stamp that moves with every change is: lists hide what they please."""
    return kp.volatile - {kp.change_signal}


def shows(kp: KindProfile) -> bool:
    """Whether a record of the kind can be seen there at all."""
    return kp.readable or kp.listed or kp.listed_for is not None


def to_be_read_back(shadow: Shadow) -> bool:
    """Whether something was told that has not been read back; of what they show of nobody the answer was all."""
    return not shadow.told.items() <= shadow.mine.items()


def sendable(kp: KindProfile) -> frozenset[str]:
    """The members that we may write."""
    return frozenset(name for name, rule in kp.rules.items() if not rule.theirs)


def clear(desk: Desk, seen: Seen) -> Body:
    """The body without what the system hides."""
    hidden = desk.remote.masked(seen.body)
    return {name: value for name, value in seen.body.items() if name not in hidden} if hidden else seen.body


def release(desk: Desk, rows: Rows, kind: str, local_id: str) -> None:
    """Let go on what waited for this record to be known there."""
    queries.release(rows, desk.system, f"{kind}/{local_id}", desk.now())


# Of what a single answer of 404 says so; it goes on as soon as it is seen there again.
NOT_THERE = "it is not there any more"
OTHER_SORT = "it is another sort of record there now"


def set_state(desk: Desk, rows: Rows, work: Work, state: str, why: str = "", *, due_at: float | None = None) -> None:
    """Say how far a record is, and write it down."""
    if (work.state, work.why) != (state, why) and state not in {"waiting", "blocked", "idle"}:
        desk.log.add(rows, desk.now(), state, work.kind, work.local_id)
    work.state, work.why = state, why
    work.due_at = desk.now() if due_at is None else due_at
    if state != "blocked":
        work.waits_for = ""
    rows.put(work)


def never_updated(kp: KindProfile) -> bool:
    """Whether the system has no call to change a record of the kind."""
    return kp.put is Put.NONE
