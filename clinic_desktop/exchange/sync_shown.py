"""What is shown of sync, as plain values out of the rows that it keeps; nothing is asked of any system here."""

import importlib
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from clinic_desktop.clock import new_id
from clinic_desktop.exchange import sync_aside, sync_births
from clinic_desktop.exchange.sync_items import Item, group, question, rank, task
from clinic_desktop.exchange.sync_until import Looked, later, standing
from clinic_desktop.i18n import _
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.remotes import House, RemoteSystem, remote_systems, whom
from sync.engine import untold
from sync.engine.desk import Desk as Office
from sync.engine.run import Engine
from sync.engine.status import QUEUED, WORDS, Line, lines, state_of, states_of
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Sweep, Work
from sync.engine.updating import read_mode
from sync.port import Put, Remote, SystemProfile
from sync.transport.skew import KEPT

# A record's states, from what needs somebody to what is at rest: of several systems the first is shown.
GRAVE = ("refused", "differs there", "needs a person", "sent, no answer", "cannot be told", "waiting", "sent",
         "confirmed", "closed by a person", "saved here")  # fmt: skip

# Who is who there is said in a table of its own, not one by one.
NAMED = "practitioner"
LISTED = 500  # of one sort at one system: more are counted, and come into the list as it gets shorter


@dataclass(frozen=True)
class KindShown:
    """One kind at one system, counted. `until` is when the last that waits is likely to be sent (UTC, ISO 8601)."""

    kind: str
    here: int
    sent: int
    confirmed: int
    waiting: int
    blocked: int  # of those that wait: for another record, or for somebody, to be known there first
    refused: int
    conflicts: int
    cannot_tell: int
    person: int
    to_decide: int  # all that waits for a person, as `waiting_items` has it; what cannot be told among it
    stays_here: int  # told to nobody: it came from elsewhere, or was over before the system was connected
    until: str | None


@dataclass(frozen=True)
class LimitShown:
    """One documented limit: how much of it is left now, how much it is, in how many seconds."""

    name: str
    left: int
    limit: int
    seconds: float


@dataclass(frozen=True)
class DecisionShown:
    """A kind that a system is not told of: how many that are here, and the reason with who decided it, and when."""

    kind: str
    count: int
    words: str


@dataclass(frozen=True)
class SystemShown:
    """One connected system.

    `state`: on, paused, sign_in (it asks for one), away, new (nothing was asked yet), again (a backup was restored: all
    is read there once more before anything is sent).
    """

    system: str
    title: str
    base_url: str
    state: str
    added_at: str
    credentials_at: str | None
    looked_at: str | None
    looking: bool
    waiting: int
    until: str | None
    for_a_person: int
    limits: tuple[LimitShown, ...]
    found: tuple[tuple[str, str], ...]
    endings: tuple[tuple[str, str], ...]
    kinds: tuple[KindShown, ...]
    clock_apart: int = 0  # minutes that this computer is ahead of it; 0 within five
    set_aside: tuple[tuple[str, int], ...] = ()  # what came and could not be taken in, by kind
    decisions: tuple[DecisionShown, ...] = ()  # of what it is not told, as somebody has decided
    torn: tuple[str, ...] = ()  # the kinds whose list could not be looked through to its end

    @property
    def clock_said(self) -> str:
        """What is said where the clocks do not agree; nothing is corrected by it."""
        if not self.clock_apart:
            return ""
        ahead = _("This computer's clock is {n} minutes ahead of {title}'s: set it, or times written here are wrong.")
        behind = _("This computer's clock is {n} minutes behind {title}'s: set it, or times written here are wrong.")
        return (ahead if self.clock_apart > 0 else behind).format(n=abs(self.clock_apart), title=self.title)


@dataclass(frozen=True)
class Can:
    """What a system can be told of one kind."""

    kind: str
    reads: bool
    creates: bool
    updates: bool
    acts: tuple[str, ...]


@dataclass(frozen=True)
class Capabilities:
    """What a system can be told, and in words what it cannot: a person has to do that."""

    kinds: tuple[Can, ...]
    untold: tuple[tuple[str, str, str], ...]  # kind, act, words


@dataclass(frozen=True)
class Mark:
    """How far a record is at one system, in the engine's word."""

    title: str
    word: str
    why: str
    until: str | None
    left_out: str = ""  # what of it they have no place for


class _Unasked:
    """A system whose rows are looked at, and which is asked nothing."""

    def __init__(self, profile: SystemProfile) -> None:
        self.profile = profile


def systems_shown(desk: Desk) -> tuple[SystemShown, ...]:
    """Every connected system with its counts."""
    listed = remote_systems(desk)
    if not listed:
        return ()
    engine = reading_room(desk, listed)
    with engine.read() as unit:
        rows = Rows(unit)
        return tuple(_shown(engine.engine, rows, one) for one in listed)


def updates_known(desk: Desk) -> dict[str, dict[str, dict[str, str]]]:
    """By system and kind: whether an update replaces the record or only what is sent, how that is known, since when."""
    listed = remote_systems(desk)
    if not listed:
        return {}
    room = reading_room(desk, listed)
    with room.read() as unit:
        found = {one.system: _found(Rows(unit), one.system) for one in listed}
    return {system: updates_of(values) for system, values in found.items()}


def updates_of(found: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The same of one system, out of all that was found there."""
    modes = {name.removeprefix("put."): read_mode(value) for name, value in found.items() if name.startswith("put.")}
    return {kind: asdict(mode) for kind, mode in modes.items() if mode is not None}


def capabilities(system: str, found: Mapping[str, str]) -> Capabilities:
    """What a system can and cannot be told, by its document and what was found there."""
    profile = _profile(system, found)
    kinds = tuple(
        Can(
            str(kind), one.readable or one.listed or one.listed_for is not None, one.create is not None,
            one.put is not Put.NONE, tuple(sorted(one.acts)),
        )
        for kind, one in profile.kinds.items()
    )  # fmt: skip
    untold = tuple((str(kind), act, words) for (kind, act), words in profile.untold.items())
    return Capabilities(kinds, untold)


def waiting_items(desk: Desk) -> tuple[Item, ...]:
    """Everything that waits for a person, in the order of `rank`; for whoever may decide it.

    What is a task by its kind alone is one for all that are alike.
    """
    listed = remote_systems(desk)
    names = {one.system: one.title for one in listed}
    if not listed:
        whom(desk, ())  # who may not decide is told so, whether or not there is anything
        return ()
    room = reading_room(desk, listed)
    with room.read() as unit:
        rows = Rows(unit)
        found = [one for system in names for one in waiting_at(room.engine, rows, system, names[system])]
    known = whom(desk, [one.patient_id for one in found if one.patient_id])
    named = [replace(one, name=known[one.patient_id].name) if one.patient_id in known else one for one in found]
    return tuple(sorted(sync_births.together(named, known), key=rank))


def record_marks(desk: Desk, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[Mark, ...]]:
    """How far records (kind, id here) are, at each system that has to do with them; nothing where none is connected."""
    listed = remote_systems(desk)
    if not listed:
        return {}
    room = reading_room(desk, listed)
    titles = {one.system: one.title for one in listed}
    marks: dict[tuple[str, str], list[Mark]] = {}
    with room.read() as unit:
        rows = Rows(unit)
        looked = {system: Looked(rows, system) for system in titles}
        apart = {system: sync_aside.not_taken(room.engine.offices[system].desk, rows) for system in titles}
        asked = sync_aside.registrations(rows, list(records))
        for work in states_of(rows, asked):
            if work.system in titles:
                mark = _mark(room.engine, rows, titles, work, looked[work.system])
                if (not_taken := apart[work.system](work.kind, work.local_id)) is not None:
                    mark = _graver(mark, *not_taken)
                marks.setdefault(asked[work.kind, work.local_id], []).append(mark)
    return {key: _by_system(found) for key, found in marks.items()}


def _graver(mark: Mark, word: str, why: str) -> Mark:
    return replace(mark, word=word, why=_(why), until=None) if GRAVE.index(word) < GRAVE.index(mark.word) else mark


def _by_system(found: Iterable[Mark]) -> tuple[Mark, ...]:
    """The gravest mark of each system; whoever was registered twice may stand there under two numbers."""
    first: dict[str, Mark] = {}
    for one in sorted(found, key=lambda one: (GRAVE.index(one.word), one.title)):
        first.setdefault(one.title, one)
    return tuple(first.values())


class Room:
    """The engine's rows, with no system opened."""

    def __init__(self, engine: Engine, database: Any) -> None:
        self.engine, self.read = engine, database.read


def reading_room(desk: Desk, listed: Sequence[RemoteSystem]) -> Room:
    """The post office of these systems, to be looked at."""
    # Heavy, and of no use before a system is connected.
    from clinic_desktop.exchange.chart_end import ClinicChart
    from clinic_desktop.exchange.database import Database, Wall
    from clinic_desktop.exchange.marks import Marks

    house = House.of(desk)
    database = Database(house)
    chart = ClinicChart(desk.store.workstation, desk.store.clock)
    engine = Engine(chart, database, Wall(house), new_id, random.SystemRandom().random, Marks(house.profile))
    for one in listed:
        with database.read() as unit:
            found = {**_found(Rows(unit), one.system), **one.settings}
        profile = _profile(one.system, found)
        engine.connect(one.system, lambda _gate, profile=profile: cast("Remote", _Unasked(profile)))  # type: ignore[misc]
    return Room(engine, database)


def _profile(system: str, found: Mapping[str, str]) -> SystemProfile:
    module = importlib.import_module(f"sync.remotes.{system}.profile")
    if not hasattr(module, "profile"):
        return cast("SystemProfile", module.PROFILE)
    given: object = found.get("tier", "standard") if system == "practice_studio" else found
    return cast("SystemProfile", module.profile(given))


def _found(rows: Rows, system: str) -> dict[str, str]:
    kept = queries.by_prefix(rows, system, "found:")
    return {name.removeprefix("found:"): value for name, value in kept.items()}


def _shown(engine: Engine, rows: Rows, one: RemoteSystem) -> SystemShown:
    desk = engine.offices[one.system].desk
    told = [line for line in lines(desk, rows) if line.kind != NAMED]
    # All that are alike are one thing to decide.
    once = _twice(rows, one.system) + Counter({each.kind: each.count - 1 for each in untold.groups(desk, rows)})
    aside = sync_aside.count(desk, rows)
    once.subtract(aside)
    looked = Looked(rows, one.system)
    behind = looked.by_kind()
    counted = [_counted(desk, rows, later(line, behind, looked.why), once[line.kind]) for line in told]
    kinds = {line.kind for line in told}
    whole = queries.looked_through_at(rows, one.system)
    found = _found(rows, one.system)
    ends = endings_of(found)
    windows = desk.budgets.windows
    return SystemShown(
        one.system, one.title, one.base_url,
        standing(one, desk, rows, looked),
        one.added_at, one.credentials_at, None if whole is None else desk.ticker.text_at(whole),
        rows.count(Sweep, system=one.system, state="running") > 0,
        sum(kind.waiting for kind in counted), max((kind.until for kind in counted if kind.until), default=None),
        sum(kind.to_decide for kind in counted) + sum(n for kind, n in aside.items() if kind not in kinds),
        tuple(
            LimitShown(name, left, limit, windows[name].bucket.seconds)
            for name, (left, limit) in desk.budgets.left().items()
        ),
        tuple(sorted((name, value) for name, value in found.items() if name.removeprefix("header ") not in ends)),
        tuple(sorted(ends.items())),
        tuple(counted),
        int(desk.get(rows, KEPT) or 0),
        sync_aside.standing(rows, one.system),
        tuple(DecisionShown(line.kind, line.not_told, line.not_told_by) for line in told if line.not_told_by),
        tuple(queries.torn(rows, one.system)),
    )  # fmt: skip


def _counted(desk: Office, rows: Rows, line: Line, twice: int) -> KindShown:
    asked = line.refused + line.conflicts + line.person + line.cannot_tell
    blocked = rows.count(Work, system=line.system, kind=line.kind, state="blocked")
    # What waits for somebody to be known there has no time of its own.
    until = None if line.eta is None or blocked == line.waiting else desk.ticker.text_at(line.eta)
    return KindShown(
        line.kind, line.here, line.sent, line.confirmed, line.waiting, blocked, line.refused, line.conflicts,
        line.cannot_tell, line.person, asked - twice, stays(asdict(line)), until,
    )  # fmt: skip


def stays(line: Mapping[str, Any]) -> int:
    """What of one kind is told to nobody: drafts, what was here before, and what a person has settled by hand."""
    told = ("sent", "waiting", "refused", "person", "cannot_tell", "not_told")
    return int(line["here"]) - sum(int(line[name]) for name in told)


def _twice(rows: Rows, system: str) -> Counter[str]:
    """How many of each kind stand behind a question that is asked already: the two are one thing to decide."""

    def behind(sort: str) -> list[Work]:
        asked = rows.find(Conflict, system=system, state="open", sort=sort)
        return [work for one in asked if (work := rows.get(Work, system, one.kind, one.local_id)) is not None]

    one_each = {(work.kind, work.local_id): work for sort in ("gone", "identity") for work in behind(sort)}
    asked = [work for work in one_each.values() if work.state in {"refused", "person", "cannot"}]
    come = [one for one in behind("found") if one.state == "person" and task(rows, one, "").sort == "doubt"]
    return Counter(work.kind for work in (*asked, *come))


_ENDINGS = frozenset({"Deprecation", "Sunset", "X-API-Deprecated", "X-API-Sunset", "X-API-Version"})


def endings_of(found: Mapping[str, str]) -> dict[str, str]:
    """What a system says of its version and its end, by the header that said it."""
    return {bare: value for name, value in found.items() if (bare := name.removeprefix("header ")) in _ENDINGS}


def waiting_at(engine: Engine, rows: Rows, system: str, title: str) -> list[Item]:
    """What waits for a person at one system, without the names of whom it is about."""
    desk = engine.offices[system].desk
    found = [question(rows, one, title) for one in rows.find(Conflict, ("at",), LISTED, system=system, state="open")]
    asked = {(one.kind, one.local_id) for one in found if one.sort in {"gone", "identity"}}
    found = [one for one in found if one.kind != NAMED]
    listed = [work for state in ("refused", "person")
              for work in rows.find(Work, ("since",), LISTED, system=system, state=state)]  # fmt: skip
    listed += untold.tasks_of_their_own(desk, rows, LISTED)
    found += [task(rows, work, title) for work in listed
              if work.kind != NAMED and (work.kind, work.local_id) not in asked]  # fmt: skip
    found += [group(system, title, each) for each in untold.groups(desk, rows)]
    found += sync_aside.items(desk, rows, title)
    doubted = {(one.kind, one.local_id) for one in found if one.sort == "doubt"}
    return [one for one in found if one.sort != "found" or (one.kind, one.local_id) not in doubted]


def _mark(engine: Engine, rows: Rows, titles: Mapping[str, str], work: Work, looked: Looked) -> Mark:
    """One record at one system; only for what waits it is worked out when it is likely to be sent."""
    until, why = None, work.why
    desk = engine.offices[work.system].desk
    if why == untold.LEFT and work.state == "idle":
        why = f"{why}: {untold.words_of(desk, rows, work.kind)}"
    if sync_births.asks_for_it(work.kind, work.state, why):
        why = _(sync_births.WHY)
    if work.state in QUEUED:
        state = state_of(desk, rows, work.kind, work.local_id)
        if state is not None:
            why = state.why or ("" if work.state == "blocked" else looked.why)
            if state.eta is not None and work.state != "blocked" and not looked.why:
                until = desk.ticker.text_at(max(state.eta, looked.behind(work)))
    return Mark(titles[work.system], WORDS[work.state], why, until, work.left_out or "")
