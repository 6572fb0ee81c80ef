"""Records that a list shows without a number: each is set aside by what it says, for as long as the list shows it."""

from collections.abc import Sequence

from sync.engine import unread
from sync.engine.desk import Desk
from sync.engine.store import queries
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Quarantine, Sighting, Sweep
from sync.port import Kind

# As which pass it is kept which of them a list has shown this time.
PASS = -2


def shown(desk: Desk, rows: Rows, one: Sweep, found: Sequence[unread.Broken], *, first: bool) -> None:
    """Keep which of them a page has shown."""
    if first:
        rows.remove(Sighting, sweep=one.id, passes=PASS)
    kp = desk.remote.profile.kinds[Kind(one.kind)]
    keys = [unread.key_of(kp, one.parent, words, item) for remote_id, words, item in found if not remote_id]
    queries.shown(rows, one.id, PASS, keys)


def forget_the_rest(desk: Desk, rows: Rows, one: Sweep) -> None:
    """At the end of a list: what it once showed without a number, and shows no more, is set aside no more."""
    begins = f"?{one.parent}:"
    aside = [each.remote_id for each in rows.find(Quarantine, system=desk.system, kind=one.kind)]
    if gone := {each for each in aside if each.startswith(begins)}:
        gone -= {each.remote_id for each in rows.find(Sighting, sweep=one.id, passes=PASS)}
    for remote_id in gone - {unread.key_of_list(one.parent)}:
        rows.remove(Quarantine, system=desk.system, kind=one.kind, remote_id=remote_id)
