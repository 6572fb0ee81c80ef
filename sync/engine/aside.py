"""What came and was set aside, for a person: each record by itself, until it is read or somebody has seen it.

Whoever has seen it leaves it as it stands there, and nothing of it is taken in. It is asked about again once their
record says something else.
"""

from sync.engine.desk import OURS, Desk, digest
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Quarantine, Shadow, Work
from sync.engine.taking import look
from sync.port import Kind

SORT = "aside"


def seen(rows: Rows, one: Quarantine) -> Conflict | None:
    """Who has seen it as it is now, and said that nothing of it is taken in."""
    print_ = _print(one)
    found = rows.find(Conflict, system=one.system, kind=one.kind, sort=SORT, remote_id=one.remote_id)
    return next((said for said in found if said.keep == "seen" and said.sides.get("print") == print_), None)


def unseen(rows: Rows, system: str) -> list[Quarantine]:
    """What nobody has seen as it is now, the oldest first."""
    said = {
        (one.kind, one.remote_id, one.sides.get("print"))
        for one in rows.find(Conflict, system=system, sort=SORT)
        if one.keep == "seen"
    }
    found = rows.find(Quarantine, ("at", "kind", "remote_id"), system=system)
    return [one for one in found if (one.kind, one.remote_id, _print(one)) not in said] if said else found


def to_decide(desk: Desk, rows: Rows) -> list[Quarantine]:
    """What nobody has seen, the oldest first; not what is asked about already as a record that cannot be read."""
    asked = {
        (one.kind, one.remote_id)
        for one in rows.find(Conflict, system=desk.system, sort="unread")
        if one.sides.get("all") and one.keep != "read"
    }
    return [one for one in unseen(rows, desk.system) if (one.kind, one.remote_id) not in asked]


def of_records(desk: Desk, rows: Rows) -> dict[tuple[str, str], Quarantine]:
    """By their records here, as far as they are linked to one."""
    found = {}
    for one in rows.find(Quarantine, system=desk.system):
        link = rows.get(Link, desk.system, one.kind, one.remote_id)
        if link is not None and link.local_id and link.status == "confirmed":
            found[one.kind, link.local_id] = one
    return found


def confirmed(desk: Desk, rows: Rows) -> dict[str, int]:
    """How many of each kind were confirmed, and have changed there since into what is set aside."""
    found: dict[str, int] = {}
    for kind, local_id in of_records(desk, rows):
        work = rows.get(Work, desk.system, kind, local_id)
        if work is not None and work.state == "confirmed":
            found[kind] = found.get(kind, 0) + 1
    return found


def whose(desk: Desk, rows: Rows, one: Quarantine) -> tuple[str, str]:
    """The patient here that it is of, and the number there of its patient; empty where that is not known."""
    if one.kind == "patient":
        number = one.remote_id
    else:
        shadow = rows.get(Shadow, desk.system, one.kind, one.remote_id)
        number = shadow.parent if shadow is not None else ""
        if one.remote_id.startswith("?"):
            number = one.remote_id[1:].rpartition(":")[0]
    kp = desk.kind(one.kind)
    above = str(kp.listed_for or Kind.PATIENT) if kp is not None and one.kind != "patient" else "patient"
    link = rows.get(Link, desk.system, above, number) if number else None
    known = link.local_id if link is not None and link.status in OURS else ""
    if above != "patient":  # of an order, the patient for whom it is
        work = rows.get(Work, desk.system, above, known) if known else None
        known, number = work.patient if work is not None else "", ""
    own = rows.get(Link, desk.system, one.kind, one.remote_id)
    if not known and own is not None and own.local_id:
        work = rows.get(Work, desk.system, one.kind, own.local_id)
        known = work.patient if work is not None else ""
    return known, "" if number.startswith("?") else number


def look_again(desk: Desk, rows: Rows, one: Quarantine) -> None:
    """Have it read once more: by itself where that can be, else with the list that shows it."""
    kp = desk.kind(one.kind)
    if kp is not None and kp.readable and not one.remote_id.startswith("?"):
        shadow = rows.get(Shadow, desk.system, one.kind, one.remote_id)
        parent = shadow.parent if shadow is not None else ""
        look(desk, rows, one.kind, one.remote_id, "set aside", parent=parent)
        return
    shadow = rows.get(Shadow, desk.system, one.kind, one.remote_id)
    if shadow is not None:
        shadow.list_hash = ""  # should the list show it unchanged even, that is news
        rows.put(shadow)
    desk.keep(rows, f"next:{one.kind}:all", "0.0")


def noted(desk: Desk, rows: Rows, one: Quarantine, who: str, why: str) -> None:
    """Somebody has seen it as it is now; that they did, and why nothing of it is taken in, is kept."""
    link = rows.get(Link, desk.system, one.kind, one.remote_id)
    local_id = link.local_id if link is not None else ""
    said = Conflict(
        desk.new_id(), desk.system, one.kind, local_id, SORT, "", one.remote_id, {"print": _print(one)}, "closed",
        "seen", who, why, 1, one.at, desk.now(),
    )  # fmt: skip
    rows.put(said)
    desk.log.add(
        rows, desk.now(), "decided", said.kind, said.local_id, conflict=said.id, sort=SORT, keep="seen", who=who,
        remote=one.remote_id,
    )  # fmt: skip


def _print(one: Quarantine) -> str:
    return digest({"raw": one.raw, "why": one.why})
