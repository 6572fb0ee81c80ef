"""Records that a list shows without a number: each is set aside by what it says, for as long as the list shows it."""

from collections.abc import Sequence

from sync.engine import unread
from sync.engine.desk import Desk
from sync.engine.store import listed, queries
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
    for key in listed.no_more_shown(rows, desk.system, one.kind, begins, one.id, PASS):
        # The number of another may go on with a colon where this one ends.
        if key != unread.key_of_list(one.parent) and ":" not in key[len(begins) :]:
            rows.remove(Quarantine, system=desk.system, kind=one.kind, remote_id=key)
