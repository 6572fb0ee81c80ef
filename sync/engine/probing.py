"""An answer was lost: what became of the request is found out there, after the quiet time and before anything else."""

from collections.abc import Sequence
from dataclasses import replace

from sync.engine.asking import ask_who, rejected
from sync.engine.chart import Likely
from sync.engine.desk import ENDED, QUIET_SECONDS, Desk, clear, sendable, set_state
from sync.engine.ours import bodies_of
from sync.engine.plan import certain
from sync.engine.sent import EARLIER, bodies, says
from sync.engine.settling import acknowledge, too_often
from sync.engine.signing import sign_in_needed
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Link, Shadow, Work
from sync.engine.taking import of_patient, second
from sync.engine.telling import sending_of, who_is_it
from sync.port import Create, Kind, Seen, Sending
from sync.transport.outcomes import Forbidden, NoBudget, NotThere, Outcome, SignInNeeded, Slowed, Unsent

# Looking that is itself not answered: as often as this, then a person.
MOST_FAILED = 8


def probe(desk: Desk, intent: Intent) -> None:
    """Look whether an intent arrived."""
    desk.budgets.purpose = "verify"
    sending = sending_of(desk, intent)
    kind = Kind(intent.kind)
    found: Sequence[Seen] = ()
    done: bool | None = None
    try:
        if intent.op == "create":
            found = _found(desk, intent, sending)
        elif intent.op == "act":
            seen = desk.remote.read(kind, intent.remote_id, parent=intent.parent or None)
            done = desk.remote.done(sending, seen)
    except NotThere:
        done = None
    except Outcome as error:
        _not_answered(desk, intent, error)
        return
    with desk.disk.write() as unit:
        rows = Rows(unit)
        now = rows.get(Intent, intent.id)
        work = rows.get(Work, desk.system, intent.kind, intent.local_id)
        if now is None or work is None or now.state != "unknown":
            return
        if intent.op == "create":
            _matches(desk, rows, now, work, found)
        elif intent.op == "act":
            _act(desk, rows, now, work, done=done)
        else:
            # An update is told by its content: both sides meet again over what is there now.
            now.state = "superseded"
            rows.put(now)
            set_state(desk, rows, work, "waiting")


def _found(desk: Desk, intent: Intent, sending: Sending) -> list[Seen]:
    """What is there that it may be; where nothing but its words shows that, by the words of every attempt."""
    found = [*desk.remote.probe(sending)]
    if desk.remote.profile.kinds[sending.kind].create is Create.NATURAL:
        for body in bodies(intent)[1:]:
            found += desk.remote.probe(replace(sending, body=body))
    return found


def _not_answered(desk: Desk, intent: Intent, error: Outcome) -> None:
    with desk.disk.write() as unit:
        rows = Rows(unit)
        now = desk.now()
        desk.log.add(rows, now, "looked", intent.kind, intent.local_id, came=type(error).__name__)
        if isinstance(error, NoBudget):
            intent.probe_at = error.until
            desk.hold("probe", error.until)
        elif isinstance(error, Slowed):
            intent.probe_at = now + (error.after or 60.0)
            desk.hold("probe", intent.probe_at)
        elif isinstance(error, SignInNeeded):
            sign_in_needed(desk, rows, error)
        elif isinstance(error, Unsent):
            intent.probe_at = now + desk.backoff(2)
            desk.hold("away", intent.probe_at)
        else:
            intent.failed += 1
            intent.probe_at = now + desk.backoff(intent.failed + 2)
            if intent.failed >= MOST_FAILED or isinstance(error, Forbidden):
                _ask(desk, rows, intent, "it was sent, no answer came, and looking there does not tell")
                return
        rows.put(intent)


def _ask(desk: Desk, rows: Rows, intent: Intent, why: str) -> None:
    intent.state = "person"
    rows.put(intent)
    work = rows.get(Work, desk.system, intent.kind, intent.local_id)
    if work is not None:
        set_state(desk, rows, work, "person", why)


def _matches(desk: Desk, rows: Rows, intent: Intent, work: Work, found: Sequence[Seen]) -> None:
    """One that fits is it; none, twice, and it may be sent again; several are for a person."""
    free = [seen for seen in found if _unowned(desk, rows, intent, seen)]
    free = list({seen.remote_id: seen for seen in free}.values())
    free = _this_part(desk, rows, intent, free)
    stray = [seen for seen in free if _of_another_patient(desk, rows, intent, seen)]
    free = [seen for seen in free if seen not in stray]
    desk.log.add(rows, desk.now(), "looked", intent.kind, intent.local_id, intent=intent.id, found=len(free))
    if free and _only_alike(desk, intent):
        _who(desk, rows, intent, work, free)
    elif len(free) == 1:
        _by_its_own_words(desk, rows, intent, free[0])
        if desk.remote.profile.kinds[Kind(intent.kind)].create is Create.NATURAL:
            # Whoever else may have written the same: what was sent may be still to come.
            queries.sent_again(rows, intent)
        acknowledge(desk, rows, intent, work, free[0].remote_id, free[0])
    elif len(free) > 1:
        intent.state = "duplicate"
        rows.put(intent)
        for seen in free:
            second(desk, rows, intent, seen.remote_id)
        set_state(desk, rows, work, "person", "it is there more than once")
    elif stray:
        # To link it would put it into a wrong chart, and to send it again would make a second one.
        _ask(desk, rows, intent, "it is there in the record of another patient")
    else:
        _empty(desk, rows, intent, work)


def _unowned(desk: Desk, rows: Rows, intent: Intent, seen: Seen) -> bool:
    if seen.kind is Kind.PATIENT and rejected(desk, rows, seen.remote_id, intent.local_id):
        return False
    link = rows.get(Link, desk.system, intent.kind, seen.remote_id)
    if link is None or link.status in {"waiting", "here no place"}:
        return True
    if link.status in ENDED:
        return False  # a person has ended it, or is asked: it comes back by them alone
    # Another part of the same record bears the same marker, and is that part and not this one.
    return link.local_id == intent.local_id and (link.part == intent.part or link.status != "confirmed")


def _by_its_own_words(desk: Desk, rows: Rows, intent: Intent, seen: Seen) -> None:
    """Where an earlier attempt is what arrived, both sides agreed on what that one said: the rest is news of ours."""
    arrived = next((body for body in bodies(intent) if says(desk, seen, body)), None)
    if arrived is None or arrived is intent.body:
        return
    shadow = rows.get(Shadow, desk.system, intent.kind, seen.remote_id) or Shadow(
        desk.system, intent.kind, seen.remote_id
    )
    ours = sendable(desk.remote.profile.kinds[seen.kind]) & arrived.keys()
    shadow.mine = {**shadow.mine, **{name: arrived[name] for name in ours}}
    shadow.theirs = {**shadow.theirs, **{name: value for name, value in clear(desk, seen).items() if name in ours}}
    rows.put(shadow)
    # The others may arrive as well, later still.
    intent.before = {EARLIER: [body for body in bodies(intent) if body is not arrived]}
    intent.body = arrived


def _this_part(desk: Desk, rows: Rows, intent: Intent, found: list[Seen]) -> list[Seen]:
    """Several parts of one record bear the same marker: what says another part, and not this one, is that part.

    Even where it is alone: another part that was sent twice comes once more, while this one is not there.
    """
    if not found:
        return found
    story = desk.chart.story(rows.unit, Kind(intent.kind), intent.local_id)
    parts = () if story is None else bodies_of(desk, rows, story)
    others = [body for part, body in enumerate(parts) if part != intent.part]
    return [
        seen
        for seen in found
        if any(says(desk, seen, body) for body in bodies(intent)) or not any(says(desk, seen, body) for body in others)
    ]


def _of_another_patient(desk: Desk, rows: Rows, intent: Intent, seen: Seen) -> bool:
    """Whether it stands there in the record of somebody who is another patient here, or nobody yet."""
    if not intent.patient or not seen.parent or seen.kind is Kind.PATIENT or not of_patient(desk, seen.kind):
        return False
    owner = rows.get(Link, desk.system, str(Kind.PATIENT), seen.parent)
    return owner is None or owner.local_id != intent.patient or owner.status in {"waiting", "candidate", "duplicate"}


def _only_alike(desk: Desk, intent: Intent) -> bool:
    """Whether what is found of a patient bears nothing of ours, and may never have been sent at all."""
    kp = desk.remote.profile.kinds[Kind(intent.kind)]
    return intent.kind == Kind.PATIENT and not intent.attempts and kp.create is Create.NATURAL


def _who(desk: Desk, rows: Rows, intent: Intent, work: Work, free: Sequence[Seen]) -> None:
    """Whoever is there may have been there long before us: without proof a person says whether it is this patient."""
    intent.state = "ready"
    rows.put(intent)
    set_state(desk, rows, work, "waiting")
    who_is_it(desk, rows, intent.local_id, free)
    for seen in free:
        if desk.known(rows).there(Kind.PATIENT, intent.local_id) is not None:
            return
        link = rows.get(Link, desk.system, intent.kind, seen.remote_id)
        if (link is None or link.status != "candidate") and not rejected(desk, rows, seen.remote_id, intent.local_id):
            ask_who(desk, rows, seen.remote_id, (Likely(intent.local_id, 0.0),))


def _empty(desk: Desk, rows: Rows, intent: Intent, work: Work) -> None:
    """It is not there. Twice, a minute apart and after the quiet time, is taken for proof."""
    now = desk.now()
    kp = desk.remote.profile.kinds[Kind(intent.kind)]
    if intent.said == "answered without an id":
        _ask(desk, rows, intent, "they took it, and it is not to be found there")
        return
    if intent.empty and now - intent.last_empty >= QUIET_SECONDS:
        if not certain(kp):
            _ask(desk, rows, intent, "it was sent, no answer came, and it is not to be found there")
        elif too_often(intent):
            intent.state = "rejected"
            intent.said = "tried too often without an answer"
            rows.put(intent)
            set_state(desk, rows, work, "refused", intent.said)
        else:
            intent.state, intent.may_resend, intent.last_empty = "ready", 1, now
            rows.put(intent)
            set_state(desk, rows, work, "waiting")
        return
    if not intent.empty:
        intent.empty, intent.last_empty = 1, now
    intent.probe_at = intent.last_empty + QUIET_SECONDS
    rows.put(intent)


def _act(desk: Desk, rows: Rows, intent: Intent, work: Work, *, done: bool | None) -> None:
    """What was to be done is done, or is not, or cannot be seen."""
    kp = desk.remote.profile.kinds[Kind(intent.kind)]
    desk.log.add(rows, desk.now(), "looked", intent.kind, intent.local_id, intent=intent.id, done=done)
    if done:
        intent.state = "acked"
        rows.put(intent)
        set_state(desk, rows, work, "waiting")  # what else has changed of it is told like any other change
    elif done is None or kp.money or kp.irreversible:
        _ask(desk, rows, intent, "it was sent, and whether it was done cannot be seen there")
    else:
        _empty_act(desk, rows, intent, work)


def _empty_act(desk: Desk, rows: Rows, intent: Intent, work: Work) -> None:
    now = desk.now()
    if intent.empty and now - intent.last_empty >= QUIET_SECONDS:
        intent.state = "rejected" if too_often(intent) else "ready"
        rows.put(intent)
        state = "refused" if too_often(intent) else "waiting"
        set_state(desk, rows, work, state, "tried too often without an answer" if state == "refused" else "")
        return
    if not intent.empty:
        intent.empty, intent.last_empty = 1, now
    intent.probe_at = intent.last_empty + QUIET_SECONDS
    rows.put(intent)
