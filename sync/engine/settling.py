"""What came of a request: acknowledged, refused in their words, not now, or nobody knows."""

from sync.engine import updating
from sync.engine.asking import hand_on, raise_question, rejected
from sync.engine.desk import MOST_ATTEMPTS, QUIET_SECONDS, Desk, release, sendable, set_state, shows
from sync.engine.parting import told_beneath
from sync.engine.plan import certain
from sync.engine.signing import sign_in_needed
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Shadow, Work
from sync.engine.taking import join, look, look_whether_gone, of_patient, take
from sync.port import Echo, Kind, KindProfile, Seen
from sync.transport.outcomes import Clash, Forbidden, NoBudget, NotThere, Outcome, Refused, SignInNeeded, Slowed, Unsent

TOO_MANY = 429


def settle(desk: Desk, rows: Rows, intent: Intent, came: Echo | Exception) -> None:
    """Write down what came of an intent, in one transaction with everything that follows from it."""
    work = rows.get(Work, desk.system, intent.kind, intent.local_id)
    if work is None:
        work = Work(desk.system, intent.kind, intent.local_id, intent.patient, since=desk.now())
    now = desk.now()
    outcome = "answered" if isinstance(came, Echo) else type(came).__name__
    desk.log.add(rows, now, "came", intent.kind, intent.local_id, intent=intent.id, outcome=outcome)
    if _told_apart(rows, intent):
        intent.state = "dropped"  # a person ended the link while it was on its way
        rows.put(intent)
        if work.state == "unknown":
            set_state(desk, rows, work, "waiting")
    elif isinstance(came, Echo):
        desk.keep(rows, f"route:{intent.kind}:{intent.op}", ",".join(sorted(desk.budgets.route)))
        _answered(desk, rows, intent, work, came)
    elif isinstance(came, Slowed) and came.status != TOO_MANY and intent.op != "update":
        # A 503 that says when to come again may come from a proxy, behind which it was carried out.
        desk.hold(f"tell:{intent.kind}:{intent.op}", now + (came.after or 60.0))
        doubt(desk, rows, intent, work)
    elif isinstance(came, (NoBudget, Unsent, Slowed, SignInNeeded)):
        _not_now(desk, rows, intent, work, came)
    elif isinstance(came, (Refused, Clash, NotThere, Forbidden)):
        _refused(desk, rows, intent, work, came)
    else:
        doubt(desk, rows, intent, work)


def _told_apart(rows: Rows, intent: Intent) -> bool:
    """Whether what it was sent to is not ours any more by a person's word."""
    link = rows.get(Link, intent.system, intent.kind, intent.remote_id) if intent.op != "create" else None
    return link is not None and (link.status == "surplus" or link.local_id != intent.local_id)


def doubt(desk: Desk, rows: Rows, intent: Intent, work: Work) -> None:
    """Nobody knows whether it was carried out: look there after the quiet time, or ask a person."""
    kp = desk.remote.profile.kinds[Kind(intent.kind)]
    if not _can_look(kp, intent):
        intent.state = "person"
        rows.put(intent)
        set_state(desk, rows, work, "person", "it was sent, and no answer came")
        return
    intent.state = "unknown"
    intent.probe_at = max(desk.now(), intent.sent_at + QUIET_SECONDS)
    rows.put(intent)
    set_state(desk, rows, work, "unknown", "no answer came; it will be looked for there")


def _can_look(kp: KindProfile, intent: Intent) -> bool:
    if intent.op == "create":
        return certain(kp)
    if intent.op == "act" and not intent.remote_id:
        return False
    return shows(kp)


def _answered(desk: Desk, rows: Rows, intent: Intent, work: Work, echo: Echo) -> None:
    """They took it. Where they did not say under which id, it is looked for as if no answer had come."""
    kp = desk.remote.profile.kinds[Kind(intent.kind)]
    remote_id = intent.remote_id or echo.remote_id or (echo.seen.remote_id if echo.seen else None)
    if intent.op == "create" and remote_id is None and _can_look(kp, intent):
        intent.said = "answered without an id"
        doubt(desk, rows, intent, work)
        return
    acknowledge(desk, rows, intent, work, remote_id or f"~{intent.id}", echo.seen)


def acknowledge(desk: Desk, rows: Rows, intent: Intent, work: Work, remote_id: str, seen: Seen | None) -> None:
    """It is known to be there, under this id."""
    kind = Kind(intent.kind)
    kp = desk.remote.profile.kinds[kind]
    if intent.op == "create" and (taken := desk.known(rows).here(kind, remote_id)) not in {None, intent.local_id}:
        _of_another(desk, rows, intent, work, remote_id, taken or "")
        return
    if intent.op == "create" and kind is Kind.PATIENT and rejected(desk, rows, remote_id, intent.local_id):
        intent.state, intent.said = "rejected", "they take them for the one who was kept apart"
        rows.put(intent)
        set_state(desk, rows, work, "refused", intent.said)
        return
    if intent.op == "create" and _under_another(desk, rows, intent):
        _stands_there(desk, rows, intent, work, remote_id)
        return
    intent.state, intent.remote_id = "acked", remote_id
    rows.put(intent)
    if intent.op == "update":
        updating.took(desk, rows, intent.kind, remote_id)
    shadow = _seen_so_far(desk, rows, intent, remote_id)
    if intent.op != "act":
        mine = intent.body if intent.op == "create" else {name: intent.body.get(name) for name in intent.changed}
        told = {name: value for name, value in mine.items() if name in sendable(kp)}
        shadow.told = {**shadow.told, **told}
    if not shows(kp):
        shadow.mine = {**shadow.mine, **shadow.told}
        shadow.theirs, shadow.told = {**shadow.theirs, **shadow.told}, {}
    rows.put(shadow)
    if intent.op == "create" or not desk.known(rows).all(kind, intent.local_id):
        found = rows.get(Link, desk.system, intent.kind, remote_id)
        if found is None or found.status != "confirmed":
            join(desk, rows, Link(desk.system, intent.kind, remote_id, intent.local_id, intent.part, at=desk.now()))
    release(desk, rows, intent.kind, intent.local_id)
    work.tries, work.who = 0, ""  # they took it: it is left to nobody any more
    newer = work.seq > intent.seq
    set_state(desk, rows, work, "sent")
    if seen is not None and seen.whole and seen.remote_id == remote_id:
        updating.compare(desk, rows, seen)
        _possible_overwrite(desk, rows, intent, seen)
        take(desk, rows, seen)
        work = rows.get(Work, desk.system, intent.kind, intent.local_id) or work
    elif shows(kp) and not remote_id.startswith("~"):
        look(desk, rows, intent.kind, remote_id, "proof", parent=intent.parent)
    if newer or (intent.op == "create" and _more_parts(desk, rows, intent)):
        # It was changed here while it was on its way.
        set_state(desk, rows, work, "waiting")
    elif work.state == "sent":
        work.told = work.seq
        rows.put(work)


def _seen_so_far(desk: Desk, rows: Rows, intent: Intent, remote_id: str) -> Shadow:
    """What was seen under a number until now: nothing of it where it stood for another record of ours."""
    was = hand_on(desk, rows, intent.kind, remote_id, intent.local_id) if intent.op == "create" else None
    shadow = rows.get(Shadow, desk.system, intent.kind, remote_id)
    if was is not None:
        shadow = None
        if was.kind == Kind.PATIENT:
            told_beneath(desk, rows, remote_id, was.local_id)
    shadow = shadow or Shadow(desk.system, intent.kind, remote_id)
    shadow.parent = intent.parent or shadow.parent
    shadow.list_hash = ""  # should a list show again what it showed before, that is news
    return shadow


def _under_another(desk: Desk, rows: Rows, intent: Intent) -> bool:
    """Whether whom it was told of has been told apart from the patient here while it was on its way."""
    if intent.kind == Kind.PATIENT or not intent.patient or not of_patient(desk, Kind(intent.kind)):
        return False
    owner = rows.get(Link, desk.system, str(Kind.PATIENT), intent.parent)
    return owner is not None and owner.local_id != intent.patient


def _stands_there(desk: Desk, rows: Rows, intent: Intent, work: Work, remote_id: str) -> None:
    """It stands under somebody else: a person has it taken away, and it is told anew where that may be."""
    intent.state, intent.remote_id = "acked", remote_id
    rows.put(intent)
    kp = desk.remote.profile.kinds[Kind(intent.kind)]
    again = certain(kp)
    status = "surplus" if again else "confirmed"
    desk.log.linked(
        rows, desk.now(), Link(desk.system, intent.kind, remote_id, intent.local_id, intent.part, status, at=desk.now())
    )
    why = "it stands under somebody else there: have it taken away"
    raise_question(desk, rows, intent.kind, intent.local_id, "surplus", remote_id, why)
    set_state(desk, rows, work, "waiting" if again else "sent")


def _more_parts(desk: Desk, rows: Rows, intent: Intent) -> bool:
    story = desk.chart.story(rows.unit, Kind(intent.kind), intent.local_id)
    if story is None:
        return False
    telling = desk.remote.project(story, desk.known(rows))
    return len(getattr(telling, "parts", ())) > intent.part + 1


def _of_another(desk: Desk, rows: Rows, intent: Intent, work: Work, remote_id: str, other: str) -> None:
    """The id they gave is already that of another record here: nothing is linked, a person looks."""
    intent.state = "person"
    rows.put(intent)
    set_state(desk, rows, work, "person", "they answered with the id of another record")
    raise_question(desk, rows, intent.kind, intent.local_id, "duplicate", remote_id,
                   "they answered with the id of another record", other=other)  # fmt: skip


def _possible_overwrite(desk: Desk, rows: Rows, intent: Intent, seen: Seen) -> None:
    """Members that we did not send and that are no longer as we read them: somebody wrote there between.

    What they wrote to the members that we sent cannot be seen any more; what stood there before is kept.
    """
    if intent.op != "update" or not intent.before:
        return
    shadow = rows.get(Shadow, desk.system, intent.kind, seen.remote_id)
    kind = Kind(intent.kind)
    if shadow is None:
        return
    kp = desk.remote.profile.kinds[kind]
    # Their stamps move with every writing, our own included: they tell of nobody else.
    stamps = kp.volatile | {kp.change_signal}
    moved = [
        name
        for name in kp.rules
        if name not in stamps and name not in intent.changed and name in seen.body and name in shadow.body
        and desk.canon(kind)(name)(seen.body[name]) != desk.canon(kind)(name)(shadow.body[name])
    ]  # fmt: skip
    if moved:
        overwritten(desk, rows, intent, moved)


def overwritten(desk: Desk, rows: Rows, intent: Intent, moved: list[str]) -> None:
    """Keep what we may have written over."""
    rows.put(
        Conflict(
            desk.new_id(), desk.system, intent.kind, intent.local_id, "overwrite", "", intent.remote_id,
            {"before": intent.before, "sent": {name: intent.body.get(name) for name in intent.changed}, "moved": moved},
            "open", why="somebody wrote there at the same moment", at=desk.now(),
        )
    )  # fmt: skip
    desk.log.add(rows, desk.now(), "possible overwrite", intent.kind, intent.local_id, members=sorted(intent.changed))


def _not_now(desk: Desk, rows: Rows, intent: Intent, work: Work, came: Outcome) -> None:
    """It was not carried out; again later. Waiting for room in a limit is no attempt."""
    now = desk.now()
    route = f"tell:{intent.kind}:{intent.op}"
    due = now
    if isinstance(came, NoBudget):
        intent.attempts -= 1
        due = desk.room(came.until)
        desk.hold(route, due)
    elif isinstance(came, Slowed):
        intent.attempts -= 1
        due = now + (came.after or 60.0)
        desk.hold(route, due)
    elif isinstance(came, SignInNeeded):
        intent.attempts -= 1
        sign_in_needed(desk, rows, came)
    else:
        intent.attempts -= 1
        work.tries += 1
        due = now + desk.backoff(work.tries)
        desk.hold("away", now + desk.backoff(min(work.tries, 4)))
    intent.state = "ready"
    # What became of an attempt before this one was looked for: that it was not there then holds for a moment only.
    intent.may_resend = int(intent.attempts > 0)
    rows.put(intent)
    if intent.op == "update":
        updating.forget(desk, rows, intent.kind, intent.remote_id)
    set_state(desk, rows, work, "waiting", due_at=due)


def their_words(came: Outcome) -> str:
    """What they say of it, with the fields that they name; else their code for it."""
    fields = "; ".join(": ".join(filter(None, each)) for each in came.said.fields)
    return ": ".join(filter(None, (came.said.message, fields))) or came.said.code


def _refused(desk: Desk, rows: Rows, intent: Intent, work: Work, came: Outcome) -> None:
    """A definite no, kept in their own words; nothing leaves this list without a person."""
    intent.state, intent.said = "rejected", their_words(came) or type(came).__name__
    rows.put(intent)
    if _as_a_part(desk, rows, intent, came):
        set_state(desk, rows, work, "waiting")
    elif isinstance(came, NotThere) and intent.remote_id:
        look_whether_gone(desk, rows, work, intent.remote_id, intent.parent)
    elif isinstance(came, Clash) and intent.op == "create" and intent.kind == Kind.PATIENT:
        # Families share an e-mail address: it is a reason to look, and proves nothing.
        work.searched = 0.0
        set_state(desk, rows, work, "refused", intent.said)
    else:
        set_state(desk, rows, work, "refused", intent.said)


def _as_a_part(desk: Desk, rows: Rows, intent: Intent, came: Outcome) -> bool:
    """Whether an update was refused that did not hold the whole record: the whole is tried before a person is asked."""
    if intent.op != "update":
        return False
    if isinstance(came, Refused) and came.status is not None:
        return updating.refused_part(desk, rows, intent.kind, intent.remote_id)
    updating.forget(desk, rows, intent.kind, intent.remote_id)
    return False


def recover(desk: Desk, rows: Rows) -> int:
    """After a start: whatever was on its way may have arrived."""
    found = rows.find(Intent, system=desk.system, state="inflight")
    for intent in found:
        work = rows.get(Work, desk.system, intent.kind, intent.local_id)
        work = work or Work(desk.system, intent.kind, intent.local_id, intent.patient, since=desk.now())
        doubt(desk, rows, intent, work)
        intent.probe_at = max(intent.probe_at, desk.now() + QUIET_SECONDS)
        rows.put(intent)
    desk.log.add(rows, desk.now(), "started", open=len(found))
    return len(found)


def too_often(intent: Intent) -> bool:
    """Whether it has been tried as often as is sensible."""
    return intent.attempts >= MOST_ATTEMPTS
