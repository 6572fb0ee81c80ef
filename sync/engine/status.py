"""How far everything is, in words that mean one thing: nothing is called confirmed that was not read back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync.engine import aside, untold
from sync.engine.desk import CURSOR, Desk
from sync.engine.signing import SIGN_IN
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.stuck import Stuck, stuck_by_kind
from sync.engine.store.tables import Work
from sync.port import Kind

WORDS = {
    "waiting": "waiting",
    "blocked": "waiting",
    "unknown": "sent, no answer",
    "sent": "sent",
    "confirmed": "confirmed",
    "differs": "differs there",
    "person": "needs a person",
    "cannot": "cannot be told",
    "refused": "refused",
    "closed": "closed by a person",
    "idle": "saved here",
}


QUEUED = frozenset({"waiting", "blocked"})
# What may still be known there by itself.
UNDER_WAY = QUEUED | {"unknown"}
# Why nothing of a whole system is sent: no time can be told for that.
ASKS, PAUSED = "it asks for a sign-in", "it is paused"
# Dependencies are not longer than this (patient, visit, prescription, what was handed out).
DEEPEST = 6


@dataclass(frozen=True)
class Line:
    """One kind at one system. `eta` is in seconds since 1970 by the engine's clock.

    None where nothing waits, and where what waits does not move by itself: then `why` says what it waits for.
    """

    system: str
    kind: str
    here: int
    sent: int
    confirmed: int
    waiting: int
    refused: int
    conflicts: int
    cannot_tell: int
    person: int
    eta: float | None
    why: str = ""
    not_told: int = 0  # no task, as was decided; `not_told_by` says by whom, when and why
    not_told_by: str = ""


@dataclass(frozen=True)
class State:
    """How far one record is at one system: in a word, why, and when it is likely to be sent where that can be told."""

    word: str
    why: str
    eta: float | None


def lines(desk: Desk, rows: Rows) -> list[Line]:
    """The counts of one system, by kind; every kind that it takes has a line.

    What happened in the chart and was not looked at yet waits as well: before the first sync that is all there is.
    """
    by_kind: dict[str, dict[str, int]] = {str(kind): {} for kind in desk.remote.profile.kinds}
    for kind, state, count, _since in queries.waiting_by_kind(rows, desk.system):
        by_kind.setdefault(kind, {})[state] = count
    unseen = _not_looked_at(desk, rows, by_kind)
    new = {kind: count for kind, count in unseen.items() if _takes(desk, kind)}
    open_ones = queries.members_in_conflict(rows, desk.system)
    held = held_back(desk, rows)
    stuck = stuck_by_kind(rows, desk.system)
    decided = untold.decisions(desk, rows)
    changed = aside.confirmed(desk, rows)
    made = []
    for kind, found in by_kind.items():
        waiting = found.get("waiting", 0) + found.get("blocked", 0) + found.get("unknown", 0) + new.get(kind, 0)
        eta = _eta_of_all(desk, rows, kind, stuck, new.get(kind, 0)) if waiting and not held else None
        made.append(
            Line(
                desk.system,
                kind,
                sum(found.values()) + unseen.get(kind, 0),
                found.get("sent", 0) + found.get("confirmed", 0) + found.get("differs", 0),
                found.get("confirmed", 0) - changed.get(kind, 0),
                waiting,
                found.get("refused", 0),
                open_ones.get(kind, 0),
                found.get("cannot", 0),
                found.get("person", 0),
                eta,
                held or _why_stuck(stuck, kind) if waiting and eta is None else "",
                *((decided[kind].count, decided[kind].words) if kind in decided else ()),
            )
        )
    return made


def held_back(desk: Desk, rows: Rows) -> str:
    """Why nothing is sent to a system until a person has done something; empty where it goes on by itself."""
    paused = desk.get(rows, "paused")
    return "" if not paused else ASKS if paused == SIGN_IN else PAUSED


def _not_looked_at(desk: Desk, rows: Rows, by_kind: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """How many of each kind are in the chart and not yet in the work: none once the journal was followed to its end."""
    if int(desk.get(rows, CURSOR) or 0) >= desk.chart.end(rows.unit):
        return {}
    known = {kind: sum(found.values()) for kind, found in by_kind.items()}
    return {kind: max(0, desk.chart.count(rows.unit, Kind(kind)) - count) for kind, count in known.items()}


def _takes(desk: Desk, kind: str) -> bool:
    """Whether the system can be told of a kind, and does not only show it."""
    kp = desk.kind(kind)
    return kp is not None and (kp.create is not None or bool(kp.acts))


def state_of(desk: Desk, rows: Rows, kind: str, local_id: str) -> State | None:
    """How far one record is; None where the system has nothing to do with it."""
    work = rows.get(Work, desk.system, kind, local_id)
    if work is None:
        return None
    if work.state not in QUEUED:
        return State(WORDS[work.state], work.why, None)
    if held := held_back(desk, rows):
        return State(WORDS[work.state], work.why or held, None)
    return State(WORDS[work.state], work.why, _eta_of(desk, rows, work))


def _eta_of(desk: Desk, rows: Rows, work: Work, deep: int = 0) -> float | None:
    """When it is likely to be sent: after those of its kind before it, and after what must be known there first.

    None where that is not told by itself: somebody has to say who a doctor is there, or to decide something.
    """
    linked = bool(desk.known(rows).all(work.kind, work.local_id))
    kind, _, needed = work.waits_for.partition("/")
    if not needed and work.kind != Kind.PATIENT:
        # It has not had its turn yet: its patient may wait as well.
        kind, needed = str(Kind.PATIENT), work.patient
    first = rows.get(Work, desk.system, kind, needed) if needed and deep < DEEPEST else None
    if work.state == "blocked" and deep < DEEPEST and (first is None or first.state not in UNDER_WAY):
        return None
    free, blocked = queries.before_in_queue(rows, desk.system, work.kind, work.local_id, desk.now(), linked=linked)
    before = free + _let_go_before(desk, rows, work.kind, free, blocked, linked=linked)
    eta = max(_eta(desk, rows, work.kind, before + 1, linked=linked), work.due_at)
    if first is not None and first.state in QUEUED and not desk.known(rows).all(kind, needed):
        known_at = _eta_of(desk, rows, first, deep + 1)
        return None if known_at is None else max(eta, known_at)
    return eta


def _let_go_before(desk: Desk, rows: Rows, kind: str, free: int, blocked: int, *, linked: bool) -> int:
    """How many that wait for their patients come before it after all: patients become known at a steady pace."""
    if not blocked:
        return 0
    patients = queries.waiting_of(rows, desk.system, str(Kind.PATIENT), linked=False)
    known_in = patients * desk.budgets.seconds_each(_route(desk, rows, str(Kind.PATIENT), linked=False))
    each = desk.budgets.seconds_each(_route(desk, rows, kind, linked=linked))
    # In t seconds t / each have had their turn: those that were free, and of the others as many as were let go by then.
    pace = 1.0 - blocked * each / known_in if known_in else 0.0
    turn = free * each / pace if pace > 0 else known_in
    return blocked if turn >= known_in else int(blocked * turn / known_in)


def states_of(rows: Rows, records: Iterable[tuple[str, str]]) -> list[Work]:
    """How far many records (kind, local id) are, at every system: one question for each kind."""
    by_kind: dict[str, list[str]] = {}
    for kind, local_id in records:
        by_kind.setdefault(kind, []).append(local_id)
    return [one for kind, ids in by_kind.items() for one in rows.among(Work, "local_id", ids, kind=kind)]


def _eta_of_all(desk: Desk, rows: Rows, kind: str, stuck: Sequence[Stuck], new: int) -> float | None:
    """When the last of a kind is likely to be sent; what is new there and what has changed go by their own routes.

    Those that wait for a person are not counted; None where there are no others. `new` are not looked at yet.
    """
    ends = []
    for linked in (False, True):
        waiting = queries.waiting_of(rows, desk.system, kind, linked=linked) + (0 if linked else new)
        count = waiting - sum(one.number for one in stuck if (one.kind, one.linked) == (kind, linked))
        if count > 0:
            ends.append(_eta(desk, rows, kind, count, linked=linked))
    return max(ends, default=None)


def _why_stuck(stuck: Sequence[Stuck], kind: str) -> str:
    """What most of a kind that does not move by itself waits for."""
    found = [one for one in stuck if one.kind == kind]
    return max(found, key=lambda one: one.number).why if found else ""


def _route(desk: Desk, rows: Rows, kind: str, *, linked: bool) -> list[str]:
    """The limits that covered the last of a kind that was told; for the first, those that are not for another alone."""
    ops = ("update", "act") if linked else ("create", "act")
    names = [name for op in ops for name in desk.get(rows, f"route:{kind}:{op}").split(",") if name]
    if names:
        return names
    told = {(kind, op) for op in ops}
    found = [(name, window.bucket.tells) for name, window in desk.budgets.windows.items()]
    return [name for name, tells in found if tells is None or told & {(str(one), op) for one, op in tells}]


def _eta(desk: Desk, rows: Rows, kind: str, count: int, *, linked: bool) -> float:
    """When so many of a kind will have been told, by the limits that covered the last one that was."""
    names = _route(desk, rows, kind, linked=linked)
    return max(desk.now(), desk.budgets.free_at(names)) + max(0, count - 1) * desk.budgets.seconds_each(names)
