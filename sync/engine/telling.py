"""Telling a system of one record: the intent is committed before the first byte, and settled by what came of it."""

from collections.abc import Sequence
from dataclasses import replace

from sync.engine import restoring, updating
from sync.engine.asking import ask_again, ask_who, ask_whose, rejected
from sync.engine.budgets import AHEAD_SECONDS
from sync.engine.chart import Likely
from sync.engine.desk import ENDED, OTHER_SORT, QUIET_SECONDS, Desk, digest, sendable, set_state
from sync.engine.doubting import UNDER_ANOTHER, moved_away, of_doubted, somebody_else, who_is_asked
from sync.engine.identity import REVIEW, judge
from sync.engine.meeting import Met, reconcile
from sync.engine.plan import Plan, cannot_tell, certain, plan, wait_for
from sync.engine.proof import settle_work
from sync.engine.putting_off import cannot_see, later, not_now, poison, put_off
from sync.engine.sent import EARLIER, lost_of_others
from sync.engine.settling import settle
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Link, Shadow, Work
from sync.engine.store.under import handed_on
from sync.engine.taking import join, look, take
from sync.port import Body, Echo, Kind, Put, Seen, Sending
from sync.transport.outcomes import Forbidden, NotThere, Outcome


def tell_some(desk: Desk, many: Sequence[tuple[str, str]]) -> int:
    """Tell some records, one after the other, until it has taken long enough or nothing gets there; how many."""
    begun = desk.now()
    done = 0
    with desk.budgets.ahead(len(many)):
        for kind, local_id in many:
            tell(desk, kind, local_id)
            done += 1
            if desk.now() - begun >= AHEAD_SECONDS or desk.held("away", "sign in"):
                break
    return done


def tell(desk: Desk, kind: str, local_id: str) -> None:
    """Do the next thing that a record needs at this system: at most one request that changes anything."""
    with desk.disk.write() as unit:
        rows = Rows(unit)
        work = rows.get(Work, desk.system, kind, local_id)
        if work is None or work.state != "waiting" or queries.lane_busy(rows, desk.system, work.patient):
            return
        if work.due_at > desk.now():
            return  # put off with all that wait for the same, since it was found to be next
        try:
            next_one = plan(desk, rows, work)
        except Exception as error:  # noqa: BLE001 - what one record cannot be made into must not stop the others
            poison(desk, rows, work, error)
            return
    if next_one is None:
        return
    route = f"tell:{kind}:{next_one.op}"
    if desk.held(route):
        with desk.disk.write() as unit:
            rows = Rows(unit)
            until = desk.holds[route]
            later(desk, rows, kind, local_id, until)
        put_off(desk, kind, next_one.op, until)
        return
    desk.budgets.route.clear()
    if next_one.op == "search":
        _search(desk, next_one, local_id)
    elif next_one.op == "update" or (next_one.op == "act" and next_one.link is not None):
        _look_first(desk, next_one, local_id)
    else:
        with desk.disk.write() as unit:
            intent = _commit(desk, Rows(unit), next_one, next_one.body, frozenset(next_one.body), {})
        if intent is not None:
            send(desk, intent)


def _search(desk: Desk, next_one: Plan, local_id: str) -> None:
    """Before a patient is created: are they there already?"""
    kind = str(Kind.PATIENT)
    desk.budgets.purpose = "write"
    try:
        found = desk.remote.search(next_one.story)
    except Outcome as error:
        not_now(desk, kind, local_id, f"tell:{kind}:search", error)
        return
    with desk.disk.write() as unit:
        rows = Rows(unit)
        work = rows.get(Work, desk.system, kind, local_id)
        if work is None:
            return
        work.searched = desk.now()
        rows.put(work)
        desk.log.add(rows, desk.now(), "searched", kind, local_id, found=len(found))
        who_is_it(desk, rows, local_id, found)


def who_is_it(desk: Desk, rows: Rows, local_id: str, found: "list[Seen] | tuple[Seen, ...] | object") -> None:
    """Judge whether somebody found there is this patient: linked with proof, asked about, or left alone."""
    scored: list[tuple[Seen, Likely]] = []
    others: dict[str, list[str]] = {}
    sole: dict[str, bool] = {}  # whether it is this one, of all who are here
    for seen in found if isinstance(found, (list, tuple)) else ():
        if desk.known(rows).here(Kind.PATIENT, seen.remote_id) is not None:
            continue
        if rejected(desk, rows, seen.remote_id, local_id):
            continue
        others[seen.remote_id], sure = lost_of_others(desk, rows, seen, local_id)
        if sure:
            continue
        clear = {name: value for name, value in seen.body.items() if name not in desk.remote.masked(seen.body)}
        records = desk.remote.adopt(Seen(seen.kind, seen.remote_id, clear, seen.whole), None, desk.known(rows))
        alike = desk.chart.alike(rows.unit, records)
        scored += [(seen, one) for one in alike if one.local_id == local_id]
        sole[seen.remote_id] = (same := judge(alike).same) is not None and same.local_id == local_id
    verdict = judge([one for _, one in scored])
    if verdict.same is not None:
        best = max(scored, key=lambda pair: pair[1].score)
        ended = rows.get(Link, desk.system, str(Kind.PATIENT), best[0].remote_id)
        lost = [Likely(one, REVIEW) for one in others[best[0].remote_id]]
        once = local_id in handed_on(rows, desk.system, best[0].remote_id)
        # It was another's of ours, and they are asked about.
        once = once or (ended is not None and ended.status == "candidate" and ended.local_id != local_id)
        if lost or once or not sole[best[0].remote_id] or (ended is not None and ended.status in ENDED):
            # A person has ended it: it comes back by them alone. Or it may be another here, or was sent for another.
            ask_who(desk, rows, best[0].remote_id, (best[1], *lost))
            return
        join(desk, rows, Link(desk.system, str(Kind.PATIENT), best[0].remote_id, local_id, 0, "confirmed",
                              best[1].score, "", desk.now()))  # fmt: skip
        take(desk, rows, best[0])
        if not best[0].whole:
            look(desk, rows, str(Kind.PATIENT), best[0].remote_id, "linked")
    else:
        for seen, one in scored:
            if one in verdict.maybe:
                ask_who(desk, rows, seen.remote_id, (one, *(Likely(each, REVIEW) for each in others[seen.remote_id])))


def _look_first(desk: Desk, next_one: Plan, local_id: str) -> None:
    """Read before writing; then send what is left to tell after both sides have met."""
    link = next_one.link
    if link is None:
        return
    kind = link.kind
    desk.budgets.purpose = "write"
    with desk.disk.read() as unit:
        shadow = Rows(unit).get(Shadow, desk.system, kind, link.remote_id)
    try:
        seen = desk.remote.read(Kind(kind), link.remote_id, parent=(shadow.parent or None) if shadow else None)
    except (NotThere, Forbidden) as error:
        cannot_see(desk, link, error)
        return
    except Outcome as error:
        not_now(desk, kind, local_id, f"tell:{kind}:{next_one.op}", error)
        return
    with desk.disk.write() as unit:
        rows = Rows(unit)
        intent = _after_looking(desk, rows, next_one, link, seen)
    if intent is not None:
        send(desk, intent)


def _laid_beside(desk: Desk, rows: Rows, work: Work, link: Link, seen: Seen) -> Met | None:
    """What was read and the record here, brought together; None where that may not be, and why is its state."""
    if str(seen.kind) != link.kind:
        take(desk, rows, seen)  # nothing of what it says is agreed on: a person sees it
        set_state(desk, rows, work, "person", OTHER_SORT)
        return None
    shadow = rows.get(Shadow, desk.system, link.kind, seen.remote_id) or Shadow(desk.system, link.kind, seen.remote_id)
    shadow.body = {**shadow.body, **seen.body}
    if moved_away(desk, rows, shadow.parent, seen):
        ask_whose(desk, rows, link, seen)
        set_state(desk, rows, work, "person", "it stands under somebody else there now")
        return None
    shadow.parent, shadow.seen_at = seen.parent or shadow.parent, desk.now()
    if seen.whole:
        shadow.read_at = desk.now()
    desk.log.add(rows, desk.now(), "read", link.kind, link.local_id)
    updating.compare(desk, rows, seen, shadow, read=True)
    met = None
    if said := somebody_else(desk, rows, link, shadow, seen):
        ask_again(desk, rows, link, said)
    elif not of_doubted(desk, rows, link, shadow):
        met = reconcile(desk, rows, link, shadow, seen)
    elif who_is_asked(desk, rows, shadow, work.patient):
        wait_for(desk, rows, work, Kind.PATIENT, work.patient)
    else:
        cannot_tell(desk, rows, work, UNDER_ANOTHER)
    rows.put(shadow)
    return met


def _after_looking(desk: Desk, rows: Rows, next_one: Plan, link: Link, seen: Seen) -> Intent | None:
    """Bring both sides together over what was just read; an intent where something is left to tell."""
    work = rows.get(Work, desk.system, link.kind, link.local_id)
    met = _laid_beside(desk, rows, work, link, seen) if work is not None and work.state == "waiting" else None
    if work is None or met is None:
        return None
    if next_one.op == "act":
        return _act_after_looking(desk, rows, next_one, seen, met.story.act or next_one.act, work)
    kp = desk.remote.profile.kinds[seen.kind]
    changed = met.tell & sendable(kp)
    if not changed:
        work.state = "sent"
        rows.put(work)
        settle_work(desk, rows, seen.kind, link.local_id, met)
        return None
    mode = updating.mode_of(desk, rows, kp.kind)
    put = updating.way(kp, mode)
    body = _writable(desk, put, seen, met.there, changed, sendable(kp), met.mine, all_of_it=put is not kp.put)
    if body is None:
        cannot_tell(desk, rows, work, "what they hide is not known here in clear; it cannot be sent safely")
        return None
    held = updating.held_back(desk, rows, kp, mode, changed, met.there, seen)
    if held is not None:
        del body[held]
        changed -= {held}
    if unseen := desk.remote.masked(seen.body) & body.keys():
        # Their way of updating replaces what they hide; if somebody changed it there, nobody can know.
        desk.log.add(rows, desk.now(), "possible overwrite", link.kind, link.local_id, members=sorted(unseen))
    intent = _commit(desk, rows, next_one, body, changed, {name: seen.body.get(name) for name in changed})
    if intent is not None:
        updating.note(desk, rows, link.local_id, seen, body, held)
    return intent


def _writable(
    desk: Desk,
    put: Put,
    seen: Seen,
    there: Body,
    changed: frozenset[str],
    ours: frozenset[str],
    mine: Body,
    *,
    all_of_it: bool,
) -> Body | None:
    """What an update sends: the changed members, or all that may be written; None where it would destroy something."""
    if put is Put.TOP:
        return {name: there.get(name) for name in changed}
    hidden = desk.remote.masked(seen.body)
    body = {name: there.get(name, seen.body.get(name)) for name in ours if name in there or name in seen.body}
    if put is Put.CLEAR or all_of_it:
        # What is told at birth and never merged is replaced with the rest: it goes along as it was told.
        body = {**{name: seen.body.get(name, mine[name]) for name in mine}, **body}
    if all_of_it:
        # And what a part took away before that was known, where it is ours to say.
        lost = {name for name, value in body.items() if name not in ours and updating.empty(value)}
        body |= {name: mine.get(name) for name in lost}
    for name in hidden & body.keys():
        if mine.get(name) is None:
            return None
        body[name] = mine[name]
    return body


def _act_after_looking(desk: Desk, rows: Rows, next_one: Plan, seen: Seen, act: str, work: Work) -> Intent | None:
    asked = Sending(seen.kind, "act", next_one.body, seen.remote_id, act)
    done = desk.remote.done(asked, seen)
    if done:
        # As if we had: what else has changed of it is told like any other change.
        one = Intent(desk.new_id(), desk.system, work.kind, work.local_id, "act", act, state="acked", seq=work.seq)
        one.patient, one.remote_id = work.patient, seen.remote_id
        rows.put(one)
        set_state(desk, rows, work, "waiting")
        desk.log.add(rows, desk.now(), "was done", work.kind, work.local_id, act=act)
        return None
    return _commit(desk, rows, replace(next_one, undone=done is False), next_one.body, frozenset(), {})


def _commit(desk: Desk, rows: Rows, next_one: Plan, body: Body, changed: frozenset[str], before: Body) -> Intent | None:
    """Write down what is about to be sent, and that it may have been: after this commit it counts as sent."""
    story = next_one.story
    kind = str(story.kind)
    found = rows.find(Intent, system=desk.system, kind=kind, local_id=story.local_id, op=next_one.op, state="ready")
    ready = [one for one in found if one.part == next_one.part and one.act == next_one.act]
    work = rows.get(Work, desk.system, kind, story.local_id)
    if work is None or work.state != "waiting":
        return None
    intent = ready[0] if ready else Intent(
        desk.new_id(), desk.system, kind, story.local_id, next_one.op, next_one.act, next_one.part,
        story.patient_id or (story.local_id if story.kind is Kind.PATIENT else ""),
    )  # fmt: skip
    if intent.attempts and intent.body != body:
        # Should an earlier attempt arrive after all, it is known by what it said.
        intent.before = {EARLIER: [*intent.before.get(EARLIER, []), intent.body]}
    elif not intent.attempts:
        intent.before = before
    intent.parent = next_one.parent or _owner(desk, rows, intent)
    intent.remote_id = next_one.link.remote_id if next_one.link is not None else ""
    intent.body, intent.changed = dict(body), dict.fromkeys(sorted(changed), True)
    intent.marker = story.marker
    intent.seq = work.seq
    kp = desk.remote.profile.kinds[story.kind]
    once = next_one.op == "create" or (next_one.op == "act" and kp.irreversible and not next_one.undone)
    if once and not ready and restoring.forgotten(desk, rows, work):
        restoring.doubt(desk, rows, intent, work)
        return None
    looked_for = next_one.op == "create" and certain(kp)
    if intent.may_resend and looked_for and desk.now() - intent.last_empty > QUIET_SECONDS:
        # It was not there, and then it could not be sent: it may have arrived meanwhile.
        intent.state, intent.probe_at = "unknown", desk.now()
        intent.empty = int(desk.ahead() is not None)  # else what they answer tells first when it was, by their clock
        rows.put(intent)
        set_state(desk, rows, work, "unknown", "it is looked for once more before it is sent again")
        return None
    intent.state, intent.attempts = "inflight", intent.attempts + 1
    intent.sent_at = desk.now()
    intent.empty, intent.failed, intent.may_resend = 0, 0, 0
    desk.keep(rows, "counter", str(int(desk.get(rows, "counter") or 0) + 1))
    intent.request_hash = digest([intent.op, intent.kind, intent.remote_id, intent.act, intent.body])
    rows.put(intent)
    if intent.op == "create" and intent.attempts > 1:
        queries.sent_again(rows, intent)
    set_state(desk, rows, work, "unknown", "being sent")
    desk.log.add(rows, desk.now(), "send", kind, story.local_id, intent=intent.id, op=intent.op, n=intent.attempts,
                 request=intent.request_hash)  # fmt: skip
    return intent


def _owner(desk: Desk, rows: Rows, intent: Intent) -> str:
    """The id there of the patient it is about."""
    return (desk.known(rows).there(Kind.PATIENT, intent.patient) or "") if intent.patient else ""


def sending_of(desk: Desk, intent: Intent) -> Sending:
    """The request of an intent, for the remote. When it was sent is said by the clock as it goes now."""
    sent_at = desk.text_at(intent.sent_at)
    # Of an update everything in the body is to be sent: the whole record, where a part would take the rest away.
    named = intent.body if intent.op == "update" else intent.changed
    return Sending(
        Kind(intent.kind),
        "create" if intent.op == "create" else "update" if intent.op == "update" else "act",
        intent.body,
        intent.remote_id or None,
        intent.act or None,
        frozenset(named),
        intent.id,
        intent.marker,
        sent_at,
        intent.parent or None,
        intent.part,
    )


def send(desk: Desk, intent: Intent) -> None:
    """Send what has been committed; whatever is not clearly an answer leaves it open what became of it."""
    desk.budgets.purpose = "write"
    desk.budgets.route.clear()
    desk.gone_out()
    came: Echo | Exception
    try:
        came = desk.remote.send(sending_of(desk, intent))
    except Exception as error:  # noqa: BLE001 - a fault after the first byte says nothing of what became of it
        came = error
    with desk.disk.write() as unit:
        settle(desk, Rows(unit), intent, came)
