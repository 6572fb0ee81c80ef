"""What a person is asked of who somebody is and whose something is; each question once."""

from typing import Any

from sync.engine.chart import Likely
from sync.engine.desk import ENDED, NOT_THERE, Desk, set_state
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine, Shadow, Work
from sync.port import Kind, Seen

ANOTHER = "their number seems to stand for somebody else now; nothing goes across until it is decided"


def questions(rows: Rows, link: Link, **how: Any) -> list[Conflict]:
    """What is or was asked about a record, without what is asked of another part of it that stands there by itself."""
    found = rows.find(Conflict, system=link.system, kind=link.kind, local_id=link.local_id, **how)
    if any(one.remote_id not in {"", link.remote_id} for one in found):
        links = rows.find(Link, system=link.system, kind=link.kind, local_id=link.local_id)
        # A number that stood for this same part once: what is asked of that is asked of this one now.
        others = {each.remote_id for each in links if each.status == "confirmed" or each.part != link.part}
        others -= {link.remote_id}
        found = [one for one in found if one.remote_id not in others]
    return found


def raise_question(
    desk: Desk, rows: Rows, kind: str, local_id: str, sort: str, remote_id: str, why: str, **sides: object
) -> None:
    """Put something before a person; the same question once."""
    for one in rows.find(Conflict, system=desk.system, kind=kind, local_id=local_id):
        if (one.sort, one.remote_id, one.state) == (sort, remote_id, "open"):
            return
    rows.put(
        Conflict(
            desk.new_id(), desk.system, kind, local_id, sort, "", remote_id, dict(sides), "open", why=why, at=desk.now()
        )
    )
    desk.log.add(rows, desk.now(), sort, kind, local_id, remote=remote_id)


def ask_who(
    desk: Desk,
    rows: Rows,
    remote_id: str,
    maybe: tuple[Likely, ...],
    why: str = "it may be this patient",
    who: str = "",
) -> Link:
    """Ask a person whether a patient there is one of these; `who` is what they are asked of, where it may move on."""
    best = maybe[0]
    old = rows.get(Link, desk.system, str(Kind.PATIENT), remote_id)
    was = ""
    if old is not None and old.local_id != best.local_id and old.status in {"surplus", "candidate"}:
        agreed = rows.get(Shadow, desk.system, old.kind, remote_id)
        # Who was asked about before they were ever ours stood for nobody.
        was = old.local_id if old.status == "surplus" or (agreed is not None and agreed.mine) else ""
        was = stood_for(rows, old) or was  # whoever else was asked about meanwhile, it stood for the first of them
        was = was if was != best.local_id else ""
    if not was:
        hand_on(desk, rows, str(Kind.PATIENT), remote_id, best.local_id)
    link = Link(desk.system, str(Kind.PATIENT), remote_id, best.local_id, 0, "candidate", best.score, "", desk.now())
    desk.log.linked(rows, desk.now(), link)
    rows.remove(Quarantine, system=desk.system, kind=link.kind, remote_id=remote_id)
    raise_question(
        desk, rows, link.kind, best.local_id, "identity", remote_id, why,
        others=[one.local_id for one in maybe[1:]], **({"who": who} if who else {}),
        **({"was": was} if was else {}),
    )  # fmt: skip
    return link


def stood_for(rows: Rows, link: Link) -> str:
    """For whom of ours the number stood of whom it is asked who it is; empty where it stood for nobody else."""
    if link.status != "candidate":
        return ""
    found = rows.find(Conflict, ("at",), system=link.system, kind=link.kind, sort="identity")
    found = [one for one in found if one.remote_id == link.remote_id]
    own = [one for one in found if one.local_id == link.local_id][-1:]
    said = (str(one.sides.get("was", "")) for one in [*own, *found] if one in own or one.state == "open")
    return next((was for was in said if was), "")


def hand_on(desk: Desk, rows: Rows, kind: str, remote_id: str, local_id: str) -> Link | None:
    """A number that stood for another record here is this one's, or may be: what it was of the other stays known.

    That the other is gone there, or is told no more, and what is asked of it; nothing that both sides agreed on.
    """
    was = rows.get(Link, desk.system, kind, remote_id)
    if was is None or was.status not in ENDED or was.local_id in {"", local_id}:
        return None
    was.remote_id = f"~{was.status}:{was.local_id}:{was.part}:{remote_id}"
    desk.log.linked(rows, desk.now(), was)
    for one in rows.find(Conflict, system=desk.system, kind=was.kind, local_id=was.local_id, state="open"):
        if one.remote_id == remote_id:  # what is asked of that one is not answered of this one
            one.remote_id = was.remote_id
            if one.sort == "surplus":  # who stands there now is not to be taken away
                one.state, one.keep, one.decided_at = "closed", "another", desk.now()
            elif one.sort == "restored" and was.status == "gone":
                one.sort, one.why = "gone", NOT_THERE  # what was there again is another's
            elif one.sort == "restored":  # and what was decided of this one stands
                one.state, one.keep, one.decided_at = "closed", "another", desk.now()
            rows.put(one)
    nothing_agreed(rows, desk.system, kind, remote_id)
    return was


def nothing_agreed(rows: Rows, system: str, kind: str, remote_id: str) -> None:
    """What both sides agreed on of another record is no base for this one."""
    shadow = rows.get(Shadow, system, kind, remote_id)
    if shadow is not None:
        shadow.mine, shadow.theirs, shadow.told = {}, {}, {}
        rows.put(shadow)


def ask_again(desk: Desk, rows: Rows, link: Link, said: str) -> None:
    """Who there is linked may be somebody else now: until a person has said who it is nothing goes across."""
    ask_who(desk, rows, link.remote_id, (Likely(link.local_id, link.score),), ANOTHER, said)
    work = rows.get(Work, desk.system, link.kind, link.local_id)
    if work is not None and work.state not in {"closed", "cannot", "refused"}:
        set_state(desk, rows, work, "person", ANOTHER)


def ask_whose(desk: Desk, rows: Rows, link: Link, seen: Seen) -> None:
    """It was put into the record of somebody else there: it stays as it is here until a person has said whose it is."""
    for one in rows.find(Conflict, system=desk.system, kind=link.kind, local_id=link.local_id, sort="misfiled"):
        if one.remote_id == link.remote_id and one.sides.get("parent") == seen.parent:
            return
    raise_question(
        desk, rows, link.kind, link.local_id, "misfiled", link.remote_id, "it stands under somebody else there now",
        parent=seen.parent,
    )  # fmt: skip


def rejected(desk: Desk, rows: Rows, remote_id: str, local_id: str) -> bool:
    """Whether a person said that these two are not one."""
    found = rows.find(Conflict, system=desk.system, kind=str(Kind.PATIENT), local_id=local_id)
    return any(one.remote_id == remote_id and one.keep == "apart" for one in found)
