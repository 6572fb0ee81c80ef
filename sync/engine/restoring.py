"""After a restored backup: what may have been done in the life that is not remembered is asked about before it is done.

Whatever was here and not known there when the backup was made may have been sent after that, changed here, and be
known there under another name by now. Until it is linked it counts as perhaps sent, however often it is edited since.
"""

from collections.abc import Sequence

from sync.engine.chart import Likely
from sync.engine.clock import LONGEST_OFF_SECONDS
from sync.engine.desk import Desk, set_state
from sync.engine.plan import certain
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Kept, Work
from sync.port import Kind

# The last entry of the journal that the backup brought, the engine's time when it was made, and each record that was
# not known there then.
RESTORED, BACKED_UP, FORGOTTEN = "restored at", "backed up at", "forgotten:"


def note(desk: Desk, rows: Rows, made_at: float) -> None:
    """Note, once, that this database is an older one; what waited in it is looked for there anew."""
    desk.keep(rows, RESTORED, str(desk.chart.end(rows.unit)))
    desk.keep(rows, BACKED_UP, repr(made_at))
    queries.forget_what_was_told(rows, desk.system, FORGOTTEN)
    for intent in rows.find(Intent, system=desk.system, state="ready"):
        if not intent.attempts:
            # That it was never sent is only what the backup remembers.
            intent.state = "dropped"
            rows.put(intent)


def restored(desk: Desk, rows: Rows) -> int | None:
    """Up to which entry of the journal another life may have gone on; None where there was none."""
    until = desk.get(rows, RESTORED)
    return int(until) if until else None


def note_new(desk: Desk, rows: Rows, work: Work, seq: int, until: int | None) -> None:
    """A record is heard of for the first time, which the backup brought."""
    if until is not None and seq <= until:
        desk.keep(rows, _name(work), "")


def _name(work: Work) -> str:
    return f"{FORGOTTEN}{work.kind}:{work.local_id}"


def forgotten(desk: Desk, rows: Rows, work: Work) -> bool:
    """Whether it may have been sent by what came after the backup that this database was restored from."""
    until = restored(desk, rows)
    return until is not None and (work.seq <= until or rows.get(Kept, desk.system, _name(work)) is not None)


def doubt(desk: Desk, rows: Rows, intent: Intent, work: Work) -> None:
    """It may have been sent in a life that this database does not remember: look before sending, or ask."""
    kp = desk.remote.profile.kinds[Kind(intent.kind)]
    # It cannot have been sent before it was first waited for, and may have been at any time since; how long ago that
    # was is known no better than the clock was.
    intent.sent_at = min(work.since, float(desk.get(rows, BACKED_UP) or work.since)) - LONGEST_OFF_SECONDS
    if intent.op == "create" and certain(kp):
        intent.state, intent.probe_at = "unknown", desk.now()
        set_state(desk, rows, work, "unknown", "it may have been sent before the backup was restored")
    else:
        intent.state = "person"
        set_state(desk, rows, work, "person", "it may have been sent before the backup was restored")
    rows.put(intent)


def perhaps(desk: Desk, rows: Rows, likely: Sequence[Likely]) -> tuple[Likely, ...]:
    """Who of those born on the same day may have been registered there by us, and renamed there or here since.

    Names and numbers move, a birth date does not: of whoever waited when a backup was made that was restored, or whose
    registering was never heard of, it is enough to ask.
    """
    found = []
    for one in likely:
        if not one.birth_equal or one.against or desk.known(rows).there(Kind.PATIENT, one.local_id) is not None:
            continue
        work = rows.get(Work, desk.system, str(Kind.PATIENT), one.local_id)
        if work is None or work.state in {"closed", "idle"}:
            continue
        if forgotten(desk, rows, work) or unheard_of(desk, rows, work):
            found.append(one)
    return tuple(found)


def unheard_of(desk: Desk, rows: Rows, work: Work) -> bool:
    """Whether it was sent, and nobody knows (any more) what became of it."""
    sent = rows.find(Intent, system=desk.system, kind=work.kind, local_id=work.local_id, op="create")
    return any(one.attempts and one.state in {"ready", "inflight", "unknown", "person", "duplicate"} for one in sent)
