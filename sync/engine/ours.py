"""Which record here a record there is that came of one of ours: by our marker, by a request of ours, by all it says."""

from collections.abc import Sequence

from sync.engine import restoring
from sync.engine.desk import Desk, set_state
from sync.engine.plan import UNSETTLED
from sync.engine.sent import bodies as sent_bodies
from sync.engine.sent import markers, same_as_sent, says
from sync.engine.store.rows import Rows, dumps
from sync.engine.store.tables import Intent, Link, Shadow, Work
from sync.port import Body, Kind, Seen, Story, Telling

# How far a record is that may stand nowhere there by a link.
UNTOLD = ("waiting", "blocked", "unknown", "person", "refused", "cannot")


def creates(desk: Desk, rows: Rows, seen: Seen, patient: str) -> list[Intent]:
    """What we created of a kind for a patient; where a list does not say whose it is, what became of which is open."""
    kind = str(seen.kind)
    if patient:
        found = rows.find(Intent, system=desk.system, patient=patient)
        return [one for one in found if one.kind == kind and one.op == "create"]
    open_ = ("ready", *UNSETTLED, "person", "duplicate")
    return [
        one
        for state in open_
        for one in rows.find(Intent, system=desk.system, state=state)
        if one.kind == kind and one.op == "create" and _may_be(desk, rows, seen, one)
    ]


def _may_be(desk: Desk, rows: Rows, seen: Seen, intent: Intent) -> bool:
    """Whether it may be what was sent: it says that, or names the same patient. Another's is nobody's to wait for."""
    if same_as_sent(desk, seen, intent) or any(says(desk, seen, body) for body in sent_bodies(intent)):
        return True
    there = desk.known(rows).there(Kind.PATIENT, intent.patient) if intent.patient else None
    return there is not None and f'"{there}"' in dumps([seen.body, seen.raw])


def sent_as(desk: Desk, ours: Sequence[Intent], seen: Seen) -> Intent | None:
    """Which create of ours it is once more; of the parts of a record, which all bear its marker, by what it says."""
    settled = [one for one in ours if one.state in {"acked", "duplicate", "person"} and same_as_sent(desk, seen, one)]
    marked = [one for one in settled if one.marker in markers(seen)] or settled
    saying = (one for one in marked if any(says(desk, seen, body) for body in sent_bodies(one)))
    return next(saying, marked[0] if marked else None)


def one_of_ours(desk: Desk, rows: Rows, seen: Seen, patient: str) -> tuple[Link, Body] | None:
    """The link to a record here that had none, and that this is by our own marker; after a restore, by all it says.

    With the words in which it was told, as far as every attempt said the same. What was sent after the backup was made
    is not remembered: it would come back as new, and be sent again.
    """
    bears = markers(seen)
    restored = restoring.restored(desk, rows) is not None
    late = {
        intent.local_id: intent.part if any(says(desk, seen, body) for body in sent_bodies(intent)) else None
        for intent in creates(desk, rows, seen, patient)
        if intent.state == "ready" and intent.attempts and same_as_sent(desk, seen, intent)
    }  # fmt: skip
    if not restored and not late and not bears:
        return None
    for work in _works(desk, rows, seen, patient):
        if not patient and not _may_stand_there(desk, rows, seen, work):
            continue
        story = desk.chart.story(rows.unit, seen.kind, work.local_id)
        if story is None:
            continue
        links = desk.known(rows).all(seen.kind, work.local_id)
        told = {link.part for link in links if not link.remote_id.startswith("~")}
        bodies = bodies_of(desk, rows, story)
        open_ones = {part: body for part, body in enumerate(bodies) if part not in told}
        marked = work.local_id in late or story.marker in bears
        part = late.get(work.local_id)
        if part not in open_ones and (marked or restored):
            part = _part(desk, seen, open_ones, alone=marked and len(bodies) == 1)
        if part is None or part in told:
            continue
        link = Link(desk.system, work.kind, seen.remote_id, work.local_id, part, "confirmed", 1.0, "", desk.now())
        for one in links:
            if one.part == part:  # it stood there without a number until now
                for row in (Link, Shadow):
                    rows.remove(row, system=desk.system, kind=one.kind, remote_id=one.remote_id)
        told_in: list[Body] = []
        for intent in rows.find(Intent, system=desk.system, kind=work.kind, local_id=work.local_id, op="create"):
            if intent.part == part:
                told_in += sent_bodies(intent) if intent.attempts else ()
                intent.state, intent.remote_id = "acked", seen.remote_id
                rows.put(intent)
        more = len(open_ones) > 1 or work.seq > work.told
        work.who = ""  # it was left by a person while it stood nowhere
        set_state(desk, rows, work, "waiting" if more else "sent")
        body = told_in[0] if told_in else {}
        return link, {name: body[name] for name in body if _always_so(name, told_in)}
    return None


def _always_so(name: str, bodies: list[Body]) -> bool:
    return all(name in body and body[name] == bodies[0][name] for body in bodies)


def _may_stand_there(desk: Desk, rows: Rows, seen: Seen, work: Work) -> bool:
    """Whether it has no link yet, and it is known whose it would be there: two may have the same hour of one doctor."""
    known = desk.known(rows)
    if known.all(seen.kind, work.local_id):
        return False
    return not work.patient or known.there(Kind.PATIENT, work.patient) is not None


def _works(desk: Desk, rows: Rows, seen: Seen, patient: str) -> list[Work]:
    kind = str(seen.kind)
    if patient:
        return [one for one in rows.find(Work, system=desk.system, patient=patient) if one.kind == kind]
    return [one for state in UNTOLD for one in rows.find(Work, system=desk.system, state=state) if one.kind == kind]


def bodies_of(desk: Desk, rows: Rows, story: Story) -> Sequence[Body]:
    """What a system would be told of a record, by part."""
    telling = desk.remote.project(story, desk.known(rows))
    return (telling.parts or (telling.body,)) if isinstance(telling, Telling) else ()


def _part(desk: Desk, seen: Seen, open_ones: dict[int, Body], *, alone: bool) -> int | None:
    """Which part of a record this is: by what it says, or, where it bears our marker, the only one that there is."""
    saying = next((part for part, body in open_ones.items() if says(desk, seen, body)), None)
    return next(iter(open_ones), None) if saying is None and alone else saying
