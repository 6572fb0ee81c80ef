"""Kinds that a system has no call for: their tasks closed together, or one decision that it is not told of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.sync_items import Item, task
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.services.remotes import House, decide_untold, told_apart, whom
from sync.engine import untold
from sync.engine.desk import Desk as Office
from sync.engine.people import People
from sync.engine.store import leaving
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work

NEEDS = "remotes.set_remote"
LISTED = 500  # more are counted, and come into the list as it gets shorter
TELL_AGAIN = "tell_again"


@dataclass(frozen=True)
class _Writing:
    """The transaction of an act, in which sync's rows are written as well."""

    conn: Any


def signed(desk: Desk, reason: str) -> str:
    """A reason with the name and the time of whoever gives it."""
    return f"{reason.strip()} ({desk.session.display_name}, {desk.now.astimezone():%d-%b-%Y %H:%M})"


def records_of(desk: Desk, office: PostOffice, item: Item) -> tuple[Item, ...]:
    """The records that a group stands for, the oldest first: patient, number, and when it was changed here.

    What a document is called may say what its patient has: that is shown where one is opened.
    """
    with office.reading() as unit:
        rows = Rows(unit)
        works = leaving.listed(rows, item.system, item.kind, item.upto, LISTED)
        found = [task(rows, one, item.title) for one in works]
    known = whom(desk, [one.patient_id for one in found if one.patient_id])
    named = [replace(one, name=known[one.patient_id].name) if one.patient_id in known else one for one in found]
    by = told_apart(desk, [one.local_id for one in named])
    return tuple(replace(one, number=by[one.local_id][0], changed_at=by[one.local_id][1]) if one.local_id in by else one
                 for one in named)  # fmt: skip


def record_of(desk: Desk, item_id: str) -> Item | None:
    """One record of a group by its own id, ``SYSTEM/KIND/ID``; None where it waits for nobody."""
    allow(desk, NEEDS)
    system, _, rest = item_id.partition("/")
    kind, _, local_id = rest.partition("/")
    office = PostOffice(House.of(desk), only=system)
    try:
        with office.reading() as unit:
            rows = Rows(unit)
            work = rows.get(Work, system, kind, local_id)
            title = office.engine.offices[system].desk.remote.profile.title
            return task(rows, work, title) if work is not None and work.state == "cannot" else None
    finally:
        office.close()


def close_group(desk: Desk, people: People, item: Item, how: str) -> int:
    """They have been told of all that a group stood for when it was shown; each is closed by itself."""
    allow(desk, NEEDS)
    return people.close_tasks(item.kind, item.upto, desk.session.staff_id, signed(desk, how))


def leave(desk: Desk, system: str, kind: str, reason: str) -> int:
    """From now on a system is not told of a kind; returns how many tasks that were. Raises Refusal."""
    words = signed(desk, reason)
    return _decided(
        desk, system, kind, reason, told=False,
        write=lambda office, rows: untold.leave(office, rows, kind, desk.session.staff_id, words),
    )  # fmt: skip


def take_back(desk: Desk, system: str, kind: str) -> int:
    """What a system was not told of makes tasks again; returns how many. Raises Refusal."""
    return _decided(
        desk, system, kind, "the decision is taken back", told=True,
        write=lambda office, rows: untold.take_back(office, rows, kind, desk.session.staff_id),
    )  # fmt: skip


def _decided(
    desk: Desk, system: str, kind: str, reason: str, *, told: bool, write: Callable[[Office, Rows], int]
) -> int:
    """Write it in the clinic's journal and in what sync keeps: both, or neither."""
    allow(desk, "remotes.decide_untold")
    office = PostOffice(House.of(desk), only=system)
    counts: list[int] = []

    def also(connection: Any) -> None:
        counts.append(write(office.engine.offices[system].desk, Rows(_Writing(connection))))

    try:
        decide_untold(desk.once(also=also), system, kind, reason, told=told)
    except untold.TakesItError:
        words = N_("Nothing was decided of this.") if told else N_("This system can be told of these, or has no tasks.")
        raise Refusal(words, field="kind") from None
    finally:
        office.close()
    return sum(counts)
