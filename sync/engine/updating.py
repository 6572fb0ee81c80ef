"""What an update does to the members that it does not name: found out by the first one, kept, and watched after that.

No update is made for the question's sake. Where it is not known, everything that may be written is sent but one member
whose value there is out of date anyway; what is read back then tells, and that member follows in an update of its own.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from sync.engine.desk import Desk, clear, sendable
from sync.engine.store.rows import Rows, dumps
from sync.engine.store.tables import Conflict, Kept, Shadow
from sync.engine.store.under import shown_of_others
from sync.port import Body, Kind, KindProfile, Put, Seen

REPLACE, MERGE = "replace", "merge"
KEPT, GONE, REFUSED, TAKEN, SET = (
    "what was not sent was still there",
    "what was not sent was gone",
    "they refused a part of a record",
    "they refused a part of a record and took the whole",
    "set by an administrator",
)
# What is missing longer after an update than this is not put down to it.
BLAMED_SECONDS = 3_600.0


@dataclass(frozen=True)
class Mode:
    """Whether an update replaces the record or only the members that are sent, how that is known, and since when."""

    mode: str
    how: str
    at: str


def mode_of(desk: Desk, rows: Rows, kind: str) -> Mode | None:
    """What is known of a kind; None where nothing is but the document."""
    return read_mode(desk.get(rows, f"found:put.{kind}"))


def read_mode(text: str) -> Mode | None:
    """A mode as it is kept among what was found."""
    mode, _, rest = text.partition(": ")
    how, _, at = rest.rpartition(", ")
    return Mode(mode, how, at) if at else None


def learn(desk: Desk, rows: Rows, kind: str, mode: str, how: str, who: str = "") -> None:
    """Keep how updates of a kind work there."""
    desk.keep(rows, f"found:put.{kind}", f"{mode}: {how}, {desk.ticker.text_at(desk.now())}")
    desk.log.add(rows, desk.now(), "learnt", kind, mode=mode, how=how, who=who)


def way(kp: KindProfile, mode: Mode | None) -> Put:
    """How an update is to be sent: by what was found, else by the document."""
    if kp.put is Put.NONE or kp.progress is not None or mode is None:
        return kp.put
    if mode.mode == MERGE:
        return Put.TOP
    return Put.WHOLE if kp.put is Put.TOP else kp.put


def held_back(
    desk: Desk, rows: Rows, kp: KindProfile, mode: Mode | None, changed: frozenset[str], there: Body, seen: Seen
) -> str | None:
    """The member that the first update leaves out, so that what is read back tells; None where none may be.

    Once for each kind, whatever comes of it. Its value there is out of date, and nobody is harmed while it is missing:
    it is nothing clinical, or was taken away.
    """
    if mode is not None or kp.put is Put.TOP or kp.progress is not None or desk.get(rows, f"held:{kp.kind}"):
        return None
    # What would not be told from hidden where it is missing teaches nothing.
    hidden = desk.remote.masked(seen.body) | desk.remote.masked({**seen.body, **dict.fromkeys(changed)})
    for name in sorted(changed - hidden):
        rule = kp.rules[name]
        harmless = not (rule.clinical or rule.identity or rule.removal) or empty(there.get(name))
        if harmless and not empty(seen.body.get(name)):
            return name
    return None


def empty(value: Any) -> bool:
    """Whether a member says nothing."""
    return value is None or value in ("", [], {})


def note(desk: Desk, rows: Rows, local_id: str, seen: Seen, body: Body, held: str | None) -> None:
    """Remember what stands there in the members that an update does not send."""
    kp = desk.remote.profile.kinds[seen.kind]
    stamps = kp.volatile | {kp.change_signal}
    before = {
        name: value
        for name, value in clear(desk, seen).items()
        if name in kp.rules and name not in body and name not in stamps and not empty(value)
    }
    if held is not None:
        desk.keep(rows, f"held:{seen.kind}", held)
    written = {"local_id": local_id, "before": before, "held": held, "at": desk.now(), "took": False}
    if kp.progress is None and before:
        desk.keep(rows, _name(seen.kind, seen.remote_id), dumps(written))
    else:
        forget(desk, rows, seen.kind, seen.remote_id)


def forget(desk: Desk, rows: Rows, kind: str, remote_id: str) -> None:
    """It was not carried out, or nothing is left to be learnt from it."""
    rows.remove(Kept, system=desk.system, name=_name(kind, remote_id))


def took(desk: Desk, rows: Rows, kind: str, remote_id: str) -> None:
    """They took an update: what is still there after it tells as well."""
    if (text := desk.get(rows, _name(kind, remote_id))) != "":
        desk.keep(rows, _name(kind, remote_id), dumps({**json.loads(text), "took": True}))
    mode = mode_of(desk, rows, kind)
    if mode is not None and mode.how == REFUSED:
        learn(desk, rows, kind, REPLACE, TAKEN)


def refused_part(desk: Desk, rows: Rows, kind: str, remote_id: str) -> bool:
    """Whether what they refused was a part of a record, so that the whole is to be tried before a person is asked."""
    text = desk.get(rows, _name(kind, remote_id))
    forget(desk, rows, kind, remote_id)
    mode = mode_of(desk, rows, kind)
    if mode is not None and mode.how == REFUSED:
        # The whole was refused too: it was not for being a part.
        rows.remove(Kept, system=desk.system, name=f"found:put.{kind}")
    ours = sendable(desk.remote.profile.kinds[Kind(kind)])
    told = mode is not None and (mode.mode == REPLACE or mode.how == SET)
    if told or not text or not ours & json.loads(text)["before"].keys():
        return False
    learn(desk, rows, kind, REPLACE, REFUSED)
    return True


def compare(desk: Desk, rows: Rows, seen: Seen, shadow: Shadow | None = None, *, read: bool = False) -> None:
    """Hold what is there now against what stood there before our update; `read` where it was read for its own sake.

    What an update of ours took away without naming it is told again, and a person sees it with the value it had.
    """
    text = desk.get(rows, _name(seen.kind, seen.remote_id))
    if not text:
        return
    written = json.loads(text)
    before: Body = written["before"]
    if desk.now() - written["at"] > BLAMED_SECONDS:
        forget(desk, rows, seen.kind, seen.remote_id)
        return
    shown = {name for name in before if name in seen.body or (read and seen.whole)}
    shown -= desk.remote.masked(seen.body)
    gone = {name for name in shown if empty(seen.body.get(name))}
    kp = desk.remote.profile.kinds[seen.kind]
    ours = sendable(kp) & before.keys()
    mode = mode_of(desk, rows, seen.kind)
    if gone:
        _gone(desk, rows, seen, shadow, written, gone)
        if mode is None or mode.mode != REPLACE:
            learn(desk, rows, seen.kind, REPLACE, GONE)
        forget(desk, rows, seen.kind, seen.remote_id)
    elif written["took"]:
        same = desk.canon(seen.kind)
        stays = {name for name in ours & shown if same(name)(before[name]) == same(name)(seen.body.get(name))}
        if mode is None and stays:
            learn(desk, rows, seen.kind, MERGE, KEPT)
        if read or ours <= shown:
            forget(desk, rows, seen.kind, seen.remote_id)


def not_kept(desk: Desk, rows: Rows, shadow: Shadow, seen: Seen, told: Body) -> Seen:
    """What was `told`, and a whole reading leaves out though it shows it of others, stands there as nothing.

    Of what a system never shows, that it was answered is all there is to know.
    """
    if not seen.whole or not told:
        return seen
    known = seen.body.keys() | desk.remote.masked(seen.body)
    out = [name for name, value in told.items() if name not in known and not empty(value)]
    lacks = [name for name in out if shown_of_others(rows, shadow, name)]
    shadow.mine.update(dict.fromkeys(lacks))  # it was agreed on while it was not known to be shown
    return replace(seen, body={**seen.body, **dict.fromkeys(lacks)}) if lacks else seen


def _gone(desk: Desk, rows: Rows, seen: Seen, shadow: Shadow | None, written: Body, gone: set[str]) -> None:
    """Our own update took it away: that is no change of theirs, and what the chart says is told again."""
    kept = rows.get(Shadow, desk.system, seen.kind, seen.remote_id) if shadow is None else shadow
    if kept is not None:
        for name in gone:
            kept.mine[name], kept.theirs[name] = None, seen.body.get(name)
            kept.body[name] = seen.body.get(name)
            kept.told.pop(name, None)
        if shadow is None:
            rows.put(kept)
    lost = {name: written["before"][name] for name in sorted(gone) if name != written["held"]}
    if lost:
        rows.put(
            Conflict(
                desk.new_id(), desk.system, str(seen.kind), written["local_id"], "overwrite", "", seen.remote_id,
                {"before": lost, "sent": {}, "moved": sorted(lost)}, "open",
                why="written over by us: their update took away what was not sent", at=desk.now(),
            )
        )  # fmt: skip
        desk.log.add(rows, desk.now(), "possible overwrite", str(seen.kind), written["local_id"], members=sorted(lost))


def _name(kind: str, remote_id: str) -> str:
    return f"written:{kind}:{remote_id}"
