"""Whether something seen there is what we once sent: by our marker, by all that it says, or by who it is.

A create is told in the words of its day. Where its answer was lost it may arrive long after the record was renamed here
and sent anew, so that every attempt is remembered by its own words.
"""

import re
from collections.abc import Iterator

from sync.engine.desk import Desk, clear, sendable
from sync.engine.store import queries
from sync.engine.store.rows import Rows, dumps
from sync.engine.store.tables import Intent, Link, Shadow
from sync.port import Body, Kind, Seen
from sync.telling.dress import normal_form

# What we put where a person may read it, and a list gives it back; of a record told in parts, with the part.
MARKER = re.compile(r"ref [0-9A-Za-z-]+")
_WITH_PART = re.compile(r"ref [0-9A-Za-z-]+(?:/\d+)?")
EARLIER = "earlier"
# What moves on by itself, a status or a text that grows, may say something else in one of two that are the same.
MOVES = frozenset({"status", "text"})


def words(seen: Seen) -> str:
    """Everything that a record there says, with what a mapping takes out of it again."""
    return dumps([seen.body, seen.raw]) if seen.raw else dumps(seen.body)


def markers(seen: Seen) -> set[str]:
    """The markers of ours that a record there bears."""
    return {*MARKER.findall(words(seen))}


def bodies(intent: Intent) -> tuple[Body, ...]:
    """The words of every attempt, the last first."""
    return (intent.body, *intent.before.get(EARLIER, ()))


def same_as_sent(desk: Desk, seen: Seen, intent: Intent) -> bool:
    """Whether a record there is what an intent of ours said: by our marker, or by every member that both show."""
    if intent.marker and intent.marker in words(seen):
        return True
    return any(says(desk, seen, body) for body in bodies(intent))


def says(desk: Desk, seen: Seen, body: Body) -> bool:
    """Whether every member that both show says the same."""
    shown = [name for name in clear(desk, seen) if body.get(name) is not None]
    return bool(shown) and not _other(desk, seen, body, shown)


def _other(desk: Desk, seen: Seen, body: Body, names: list[str]) -> list[str]:
    """Which of these members say something else."""
    canon = desk.canon(seen.kind)
    return [
        name
        for name in names
        if canon(name)(body[name]) != canon(name)(seen.body[name]) and not normal_form(body[name], seen.body[name])
    ]


def who_was_sent(desk: Desk, seen: Seen, intent: Intent) -> str:
    """Whether a patient there is who an attempt of ours named.

    ``proven`` where most of what else was sent stands there, too; ``perhaps`` where who they are is all that is the
    same; empty where they are somebody else. Others may have edited it there before we see it for the first time.
    """
    found = ""
    for body in bodies(intent):
        rules = desk.remote.profile.kinds[seen.kind].rules
        told = [name for name, value in body.items() if value is not None and name in rules and not rules[name].theirs]
        who = [name for name in told if rules[name].identity]
        shown = clear(desk, seen).keys()
        # What they hide of somebody proves nothing.
        if not who or not shown >= {*who} or _other(desk, seen, body, who):
            continue
        rest = [name for name in told if name in shown and name not in who]
        if rest and 2 * len(_other(desk, seen, body, rest)) <= len(rest):
            return "proven"
        found = "perhaps"
    return found


def shares_who(desk: Desk, seen: Seen, intent: Intent) -> bool:
    """Whether a patient there shares with whom an attempt of ours named anything that says who they are.

    Others may have changed the rest at once. While an answer is missing nobody is harmed by waiting for it; to take
    them for somebody new would be to make them there again.
    """
    rules = desk.remote.profile.kinds[seen.kind].rules
    who = [name for name in clear(desk, seen) if name in rules and rules[name].identity and not rules[name].theirs]
    told = [(body, [name for name in who if seen.body[name] and body.get(name)]) for body in bodies(intent)]
    return any(len(_other(desk, seen, body, names)) < len(names) for body, names in told)


def sent_before(desk: Desk, rows: Rows, seen: Seen) -> tuple[Intent, str] | None:
    """A create of a patient of ours that this one is too, and how sure that is: by our marker or by its words."""
    kind = str(Kind.PATIENT)
    for marker in sorted(markers(seen)):
        for intent in rows.find(Intent, system=desk.system, marker=marker):
            if intent.kind == kind and intent.op == "create" and intent.state == "acked":
                return intent, "proven"
    doubtful = None
    asked = rows.find(Intent, system=desk.system, state="person", kind=kind, op="create")
    for intent in [*queries.sent_twice(rows, desk.system, kind), *asked]:
        sure = "proven" if same_as_sent(desk, seen, intent) else who_was_sent(desk, seen, intent)
        if sure == "proven":
            return intent, sure
        doubtful = doubtful or ((intent, sure) if sure else None)
    return doubtful


def lost_of_others(desk: Desk, rows: Rows, seen: Seen, local_id: str) -> tuple[list[str], bool]:
    """Which others here somebody there may be, whose create was never heard of; and whether one is beyond doubt.

    Two here of one name and birth date are often two: what the other's create said is theirs.
    """
    found = [
        one
        for state in ("inflight", "unknown", "person")
        for one in rows.find(Intent, system=desk.system, state=state, kind=str(Kind.PATIENT), op="create")
        if one.local_id != local_id
    ]
    maybe = [one for one in found if same_as_sent(desk, seen, one) or who_was_sent(desk, seen, one)]
    return [one.local_id for one in maybe], any(same_as_sent(desk, seen, one) for one in maybe)


def twin(desk: Desk, rows: Rows, seen: Seen) -> Link | None:
    """What stands there already and is the same as this one, where a backup was restored and neither is remembered.

    Both bear one marker of ours; or there is no marker, and under one patient they say the same throughout.
    """
    marks = {*_WITH_PART.findall(words(seen))}
    if not marks and not seen.parent:
        return None
    kp = desk.remote.profile.kinds[seen.kind]
    firm = [name for name in sendable(kp) if not marks or kp.rules[name].way not in MOVES]
    for shadow in _beside(desk, rows, seen, marks):
        link = rows.get(Link, desk.system, shadow.kind, shadow.remote_id)
        if link is None or link.status != "confirmed":
            continue
        theirs = {*_WITH_PART.findall(dumps([shadow.body, shadow.raw]))}
        if theirs == marks and says(desk, seen, {name: shadow.body.get(name) for name in firm}):
            return link
    return None


def _beside(desk: Desk, rows: Rows, seen: Seen, marks: set[str]) -> Iterator[Shadow]:
    """What of the same kind, and of the same patient, it may be the twin of."""
    kind = str(seen.kind)
    ids = queries.bearing(rows, desk.system, kind, seen.parent or "", min(marks, default=""))
    return (one for one in rows.among(Shadow, "remote_id", ids, system=desk.system, kind=kind)
            if one.remote_id != seen.remote_id)  # fmt: skip
