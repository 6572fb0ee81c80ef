"""Reading one record: for a hint, a change in a list, the proof of what was sent, or to see whether it is gone."""

from collections.abc import Sequence

from sync.engine import unread, updating
from sync.engine.asking import raise_question
from sync.engine.budgets import AHEAD_SECONDS
from sync.engine.desk import DAY, NOT_THERE, SLICE_SECONDS, Desk, set_state, to_be_read_back
from sync.engine.intake import Intake
from sync.engine.meeting import set_aside
from sync.engine.named import harvest
from sync.engine.settling import their_words
from sync.engine.signing import sign_in_needed
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Look, Shadow, Work
from sync.engine.sweeping import note_reading
from sync.engine.taking import look, take
from sync.port import Kind, Seen
from sync.transport.outcomes import (
    Call,
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

MOST_TRIES = 8
# Somebody may flood us with hints: one record is read once a minute at most.
HINT_SECONDS = 60.0
PROOF_TRIES = 3
STRIKES = 2
ROTATION_AT_ONCE = 20
# What they hide from us is asked for again after a day, then after two, four and so on: a consent may be given.
HIDDEN_DAYS = 30
# A record as it is there, what came instead, or nothing where it is taken as it was seen.
Answer = Seen | Outcome | None


def do_looks(desk: Desk, many: Sequence[Look], intake: Intake) -> None:
    """Read some records there, one after the other, and take note of them together, in transactions that are short."""
    came = _answers(desk, many)
    while came:
        slice_ = list(came)
        try:
            with intake.following() as rows:
                done = _note_some(desk, rows, slice_)
        except Exception:  # noqa: BLE001 - one record that cannot be taken in must not stop the others
            done = len(slice_)
            for one, answer in slice_:
                with intake.following() as rows:
                    _note_alone(desk, rows, one, answer)
        came = came[done:]
        desk.breathe()


def _answers(desk: Desk, many: Sequence[Look]) -> list[tuple[Look, Answer]]:
    """Ask for them until all have answered, one has not, or it has taken long enough."""
    came: list[tuple[Look, Answer]] = []
    begun = desk.now()
    desk.budgets.purpose = "verify"
    with desk.budgets.ahead(len(many)):
        for one in many:
            answer = _read(desk, one)
            came.append((one, answer))
            if isinstance(answer, Outcome) and not isinstance(answer, (NotThere, Forbidden)):
                break
            if desk.now() - begun >= AHEAD_SECONDS:
                break
    return came


def _read(desk: Desk, one: Look) -> Answer:
    kind = Kind(one.kind)
    if one.why in {"waiting", "linked"} and not desk.remote.profile.kinds[kind].readable:
        return None
    try:
        return desk.remote.read(kind, one.remote_id, parent=one.parent or None)
    except Outcome as error:
        return error
    except Exception:  # noqa: BLE001 - one answer that nobody can make out must not stop the others
        return Garbled(Call(f"read {kind}", "GET", "/"), 0)


def _note_some(desk: Desk, rows: Rows, came: Sequence[tuple[Look, Answer]]) -> int:
    """Take note of as many as a background writer has time for; how many that were."""
    until = desk.now() + SLICE_SECONDS
    for n, (one, answer) in enumerate(came, start=1):
        _note(desk, rows, one, answer)
        if desk.now() >= until:
            return n
    return len(came)


def _note_alone(desk: Desk, rows: Rows, one: Look, answer: Answer) -> None:
    try:
        with rows.part():
            _note(desk, rows, one, answer)
    except Exception as error:
        if not isinstance(answer, Seen):
            raise
        _done(desk, rows, one)
        set_aside(desk, rows, answer, error)


def _note(desk: Desk, rows: Rows, one: Look, answer: Answer) -> None:
    if isinstance(answer, NotThere):
        not_there(desk, rows, one)
    elif isinstance(answer, Outcome):
        _not_answered(desk, rows, one, answer)
    elif answer is None:
        _from_memory(desk, rows, one)
    else:
        _done(desk, rows, one)
        desk.log.add(rows, desk.now(), "read", one.kind, one.remote_id, why=one.why)
        harvest(desk, rows, answer)
        updating.compare(desk, rows, answer, read=True)
        take(desk, rows, answer)


def _done(desk: Desk, rows: Rows, one: Look) -> None:
    rows.remove(Look, system=desk.system, kind=one.kind, remote_id=one.remote_id)
    note_reading(desk, rows)


def _from_memory(desk: Desk, rows: Rows, one: Look) -> None:
    """What waited for its patient and cannot be read again is taken as it was seen; not what was told since."""
    _done(desk, rows, one)
    shadow = rows.get(Shadow, desk.system, one.kind, one.remote_id)
    if shadow is not None and (not shadow.body or to_be_read_back(shadow)):
        shadow.list_hash = ""  # the next list that shows it is news
        rows.put(shadow)
    elif shadow is not None:
        seen = Seen(
            Kind(one.kind), one.remote_id, shadow.body, whole=False, raw=shadow.raw, parent=shadow.parent or None
        )
        take(desk, rows, seen, shadow=shadow)


def _not_answered(desk: Desk, rows: Rows, one: Look, error: Outcome) -> None:
    now = desk.now()
    desk.log.add(rows, now, "read", one.kind, one.remote_id, came=type(error).__name__)
    if isinstance(error, NoBudget):
        desk.hold(f"look:{one.kind}", error.until)
        one.due_at = error.until
    elif isinstance(error, Slowed):
        one.due_at = now + (error.after or 60.0)
        desk.hold(f"look:{one.kind}", one.due_at)
    elif isinstance(error, SignInNeeded):
        sign_in_needed(desk, rows, error)
    elif isinstance(error, Forbidden):
        _hidden(desk, rows, one, error)
        return
    elif isinstance(error, Unsent):
        one.due_at = now + desk.backoff(2)
        desk.hold("away", one.due_at)
    else:
        one.tries += 1
        one.due_at = now + desk.backoff(one.tries)
        if isinstance(error, (Misshapen, Refused)) and one.tries >= PROOF_TRIES:
            if _only_hinted(desk, rows, one):
                _done(desk, rows, one)
                return
            # A list shows it, and by itself it cannot be had: whoever is asked sees that it is there.
            print_ = error.print if isinstance(error, Misshapen) else str(error.status or "")
            unread.whole(desk, rows, one.kind, one.remote_id, {}, print_=print_)
        kp = desk.remote.profile.kinds[Kind(one.kind)]
        if one.tries >= MOST_TRIES and not kp.listed and kp.listed_for is None:
            one.due_at = now + DAY  # no list shows it
        elif one.tries >= MOST_TRIES:
            # The next look through the list, or the next hint, asks again.
            _done(desk, rows, one)
            return
    rows.put(one)


def _only_hinted(desk: Desk, rows: Rows, one: Look) -> bool:
    """Whether nothing here knows of it but a hint, which may be anybody's: of that no person is asked.

    Of what no list shows nobody else will ever say anything: that is never let go.
    """
    kp = desk.remote.profile.kinds[Kind(one.kind)]
    if not kp.listed and kp.listed_for is None:
        return False
    if one.why != "hint" or rows.get(Shadow, desk.system, one.kind, one.remote_id) is not None:
        return False
    # Of whatever kind: what an order came to goes by the number of the order.
    return not rows.find(Link, system=desk.system, remote_id=one.remote_id)


def _hidden(desk: Desk, rows: Rows, one: Look, error: Forbidden) -> None:
    """403 is hidden, which is not gone: what was seen is kept, and until something moves it is seldom asked for again.

    It is never given up: what was sent there has to be read back, and what others change there has to arrive here.
    """
    shadow = rows.get(Shadow, desk.system, one.kind, one.remote_id)
    _done(desk, rows, one)
    if shadow is None:
        return  # nobody but a hint knows of it
    shadow.hidden = 1
    rows.put(shadow)
    tries = one.tries if one.why == "hidden" else 0
    wait = DAY * min(2**tries, HIDDEN_DAYS)
    rows.put(Look(desk.system, one.kind, one.remote_id, one.parent, "hidden", desk.now() + wait, min(tries + 1, 9)))
    link = rows.get(Link, desk.system, one.kind, one.remote_id)
    work = rows.get(Work, desk.system, one.kind, link.local_id) if link is not None else None
    if work is not None and work.state == "sent":
        # Where there is more than can be looked through, it says so itself.
        why = their_words(error) if error.status is None else ""
        set_state(desk, rows, work, "sent", why or "they hide it from us (403)")


def not_there(desk: Desk, rows: Rows, one: Look) -> None:
    """404 in their own form. Gone only after two complete looks a day apart have not shown it either."""
    desk.log.add(rows, desk.now(), "not there", one.kind, one.remote_id, why=one.why)
    shadow = rows.get(Shadow, desk.system, one.kind, one.remote_id)
    link = rows.get(Link, desk.system, one.kind, one.remote_id)
    if link is None or link.status != "confirmed" or shadow is None:
        if shadow is not None:
            # Should a list show it again, unchanged even, that is news.
            shadow.list_hash = ""
            rows.put(shadow)
        _done(desk, rows, one)
        return
    kp = desk.remote.profile.kinds[Kind(one.kind)]
    if not kp.listed and kp.listed_for is None and desk.now() - shadow.struck_at >= DAY:
        # There is no list that could lack it: two answers of 404 a day apart stand for it.
        shadow.strikes, shadow.struck_at = shadow.strikes + 1, desk.now()
        rows.put(shadow)
    if shadow.strikes >= STRIKES:
        _done(desk, rows, one)
        gone(desk, rows, link)
    elif one.why == "proof" and one.tries < PROOF_TRIES:
        one.tries += 1
        one.due_at = desk.now() + desk.backoff(one.tries + 2)
        rows.put(one)
    elif not kp.listed and kp.listed_for is None:
        one.due_at, one.why = desk.now() + DAY, "gone?"
        rows.put(one)
    else:
        _done(desk, rows, one)


def gone(desk: Desk, rows: Rows, link: Link) -> None:
    """It is not there any more. Nothing here is taken away for that; a person decides."""
    link.status, link.at = "gone", desk.now()
    desk.log.linked(rows, desk.now(), link)
    raise_question(desk, rows, link.kind, link.local_id, "gone", link.remote_id, NOT_THERE)
    shadow = rows.get(Shadow, desk.system, link.kind, link.remote_id)
    if shadow is not None:
        # Should a list show it again, unchanged even, that is news.
        shadow.list_hash = ""
        rows.put(shadow)
    work = rows.get(Work, desk.system, link.kind, link.local_id)
    if work is not None:
        set_state(desk, rows, work, "person", NOT_THERE)


def hint(desk: Desk, rows: Rows, kind: str, remote_id: str, parent: str = "") -> None:
    """Somebody says that something moved there: a reason to read it, and nothing more."""
    shadow = rows.get(Shadow, desk.system, kind, remote_id)
    last = shadow.seen_at if shadow is not None else 0.0
    wait = max(0.0, last + HINT_SECONDS - desk.now())
    known = parent or (shadow.parent if shadow is not None else "")
    look(desk, rows, kind, remote_id, "hint", parent=known, after=wait)
    desk.tick(rows)


def rotation(desk: Desk, rows: Rows) -> int:
    """Have the oldest details read again, so that a change that no list shows is found in time."""
    asked = 0
    for kind, kp in desk.remote.profile.kinds.items():
        if kp.rotation_days is None or not kp.readable:
            continue
        before = desk.now() - kp.rotation_days * DAY
        found = queries.oldest_read(rows, desk.system, str(kind), before, ROTATION_AT_ONCE)
        for remote_id, parent in found:
            look(desk, rows, str(kind), remote_id, "rotation", parent=parent)
            asked += 1
    return asked
