"""How all that is told stands, in a few counts: for who works elsewhere and only looks up now and then.

It is asked every few seconds, so it counts what waits and nothing else: what is at rest is most of a clinic.
"""

from dataclasses import dataclass

from clinic_desktop.exchange import sync_shown
from clinic_desktop.exchange.sync_until import Looked
from clinic_desktop.exchange.sync_until import standing as state_of
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.remotes import remote_systems
from sync.engine.desk import CURSOR
from sync.engine.status import UNDER_WAY
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work

DECIDES = "remotes.set_remote"


@dataclass(frozen=True)
class Standing:
    """How every connected system stands together.

    `to_decide` is as long as `waiting_items` for whoever may decide; for others a patient whom several systems refuse
    for the same is counted at each. `stopped`: title and state, as `SystemShown` has it, of each that is not simply on.
    """

    waiting: int
    behind: bool  # something happened here that was not looked at yet: it may have to be told
    to_decide: int
    may_decide: bool
    stopped: tuple[tuple[str, str], ...] = ()


def standing(desk: Desk) -> Standing | None:
    """How everything stands; None where no system is connected."""
    listed = remote_systems(desk)
    if not listed:
        return None
    may = desk.may(DECIDES)
    waiting, behind, to_decide, stopped = 0, False, 0, []
    room = sync_shown.reading_room(desk, listed)
    with room.read() as unit:
        rows = Rows(unit)
        for one in listed:
            office = room.engine.offices[one.system].desk
            waiting += sum(rows.count(Work, system=one.system, state=state) for state in UNDER_WAY)
            behind = behind or int(office.get(rows, CURSOR) or 0) < office.chart.end(unit)
            state = state_of(one, office, rows, Looked(rows, one.system))
            if state != "on":
                stopped.append((one.title, state))
            if not may:
                to_decide += len(sync_shown.waiting_at(room.engine, rows, one.system, one.title))
    if may:
        to_decide = len(sync_shown.waiting_items(desk))
    return Standing(waiting, behind, to_decide, may, tuple(stopped))
