"""What is not told now: a limit, a line that is down, or a question before the sending that came to nothing."""

from sync.engine.desk import TOGETHER_SECONDS, Desk, set_state
from sync.engine.settling import their_words
from sync.engine.signing import sign_in_needed
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Work
from sync.engine.taking import look_whether_gone
from sync.transport.outcomes import (
    Clash,
    Forbidden,
    Garbled,
    Misshapen,
    NoBudget,
    NotThere,
    Outcome,
    Refused,
    SignInNeeded,
    Slowed,
    Unsent,
)

# So often they may answer in a form that cannot be read here before a person is asked, or before it is said of them.
UNREADABLE_TRIES = 8
# How many of the last answers are looked at, and how far back in the log.
OF_LATE, FAR_BACK = 400, 50_000
NAMES_OF_ONE = 2  # the log knows a record by its id here, and by its id there
# Why what waits does not get there: of a whole system, so that no record of it is for a person.
UNREADABLE = "it answers in a form that cannot be read here"


def put_off(desk: Desk, kind: str, op: str, until: float) -> None:
    """Have all that wait for the same route wait with it, by transactions that are short however many they are."""
    more = until - desk.now() > TOGETHER_SECONDS
    while more:
        with desk.disk.write() as unit:
            more = queries.put_off(Rows(unit), desk.system, kind, op, until)
        desk.breathe()


def poison(desk: Desk, rows: Rows, work: Work, error: Exception) -> None:
    """It cannot be made into what they understand: a person sees it, and the others go on."""
    set_state(desk, rows, work, "refused", f"it cannot be put into words for them ({type(error).__name__})")


def later(desk: Desk, rows: Rows, kind: str, local_id: str, due_at: float, *, tried: bool = False) -> None:
    """Have a record that waits wait until then."""
    work = rows.get(Work, desk.system, kind, local_id)
    if work is not None and work.state == "waiting":
        work.due_at = due_at
        work.tries += tried
        rows.put(work)


def not_now(desk: Desk, kind: str, local_id: str, route: str, error: Outcome) -> None:
    """A question before the sending was not answered: nothing has changed, ask again later. A no is for a person."""
    now = desk.now()
    with desk.disk.write() as unit:
        rows = Rows(unit)
        work = rows.get(Work, desk.system, kind, local_id)
        tries = work.tries if work is not None else 0
        desk.log.add(rows, now, "asked", kind, local_id, came=type(error).__name__)
        if (no := _a_no(desk, rows, (kind, local_id), error, tries)) and work is not None and work.state == "waiting":
            set_state(desk, rows, work, "refused", no)
            return
        if isinstance(error, NoBudget):
            due = desk.room(error.until)
            desk.hold(route, due)
        elif isinstance(error, Slowed):
            due = now + (error.after or 60.0)
            desk.hold(route, due)
        elif isinstance(error, SignInNeeded):
            sign_in_needed(desk, rows, error)
            due = now
        elif isinstance(error, Unsent):
            due = now + desk.backoff(tries)
            desk.hold("away", now + desk.backoff(min(tries, 4)))
        else:
            due = now + desk.backoff(tries)
        later(desk, rows, kind, local_id, due, tried=True)


def _a_no(desk: Desk, rows: Rows, of: tuple[str, str], error: Outcome, tries: int) -> str:
    """What a person is told of an answer that asking again does not change; empty where it may."""
    if isinstance(error, (Refused, Clash, NotThere, Forbidden)):
        said = their_words(error) or f"{type(error).__name__} {error.status or ''}".strip()
        return f"asked before it is told, they answer: {said}"
    if isinstance(error, Garbled) and tries >= UNREADABLE_TRIES and _is_its_own(desk, rows, of, error):
        return "asked before it is told, they answer in a form that cannot be read here"
    return ""


def _is_its_own(desk: Desk, rows: Rows, of: tuple[str, str], error: Garbled) -> bool:
    """Whether it is this record that cannot be read: what somebody between says to everything is over with them."""
    if isinstance(error, Misshapen):
        return True
    return len(_unread(rows, desk.system, of)) >= UNREADABLE_TRIES and not unreadable(rows, desk.system)


def unreadable(rows: Rows, system: str) -> bool:
    """Whether whatever a system was asked of late was answered so: all of it, and not one record (by either id)."""
    found = _unread(rows, system)
    return len(found) >= UNREADABLE_TRIES and len(set(found)) > NAMES_OF_ONE


def _unread(rows: Rows, system: str, of: tuple[str, str] | None = None) -> list[tuple[str, str]]:
    """What was asked, of all or of one record, since an answer could last be read, as far as it is looked for."""
    about, values = (" AND kind = ? AND record = ?", of) if of is not None else ("", ())
    said = rows.run(
        "SELECT kind, record, coalesce(json_extract(detail, '$.outcome'), json_extract(detail, '$.came'),"  # noqa: S608
        " json_extract(detail, '$.state'), 'answered') FROM sync_audit WHERE system = ?"
        " AND n > (SELECT max(n) FROM sync_audit WHERE system = ?) - ?"
        " AND what IN ('came', 'asked', 'read', 'searched', 'listed', 'looked', 'looked through')"
        f"{about} ORDER BY n DESC LIMIT ?",
        (system, system, FAR_BACK, *values, OF_LATE),
    )
    found = []
    for kind, record, came in said.fetchall():
        if came in {"Garbled", "Misshapen"}:
            found.append((kind, record))
        elif came not in {"NoBudget", "Unsent", "Unanswered", "torn"}:
            break
    return found


def cannot_see(desk: Desk, link: Link, error: Outcome) -> None:
    """What is to be changed there cannot be seen: hidden from us, or gone, unless a look or a list shows it again."""
    with desk.disk.write() as unit:
        rows = Rows(unit)
        work = rows.get(Work, desk.system, link.kind, link.local_id)
        if work is None:
            return
        if isinstance(error, Forbidden):
            set_state(desk, rows, work, "refused", their_words(error) or "they hide it from us (403)")
            return
        look_whether_gone(desk, rows, work, link.remote_id)
