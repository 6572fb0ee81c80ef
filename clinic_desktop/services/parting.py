"""Parting two registrations that were merged: what would be done, and doing it.

The rule: what stands under a registration is its own, and goes with it; what was noted since on the merged chart stays
with the one that was kept, unless the person who parts them says of a row that it is the other's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import merging, moved
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.device_parting import said_of
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.merging import MergeRow
from clinic_desktop.services.moved import MovedKind, MovedRow
from clinic_desktop.services.patients import reindex, require_patient
from clinic_desktop.services.relations import part_again
from clinic_desktop.store.tables.merges import merges
from clinic_desktop.store.tables.patients import patients


@dataclass(frozen=True)
class Parting:
    """What un-merging would do: rows that go back, rows noted since that stay unless taken back, facts put back."""

    merge: MergeRow
    goes_back: tuple[MovedKind, ...]
    noted_since: tuple[MovedRow, ...]
    put_back: tuple[tuple[str, object, object], ...]
    changed_since: tuple[str, ...]
    said_of_other: tuple[str, ...] = ()  # rows noted since that a device sent under the other's number


@dataclass(frozen=True)
class Parted:
    """An un-merge that was done."""

    kept_mrn: str
    other_mrn: str
    put_back: tuple[str, ...]
    changed_since: tuple[str, ...]
    stayed: int
    taken_back: int


@query(access="chart")
def parting(read: Read, patient_id: str, merge_id: str) -> Parting:
    """What un-merging would do, before it is done."""
    row = merging.merge_of(read.conn, merge_id)
    if row.kept_id not in ids_of(read.conn, patient_id):
        raise Refusal(N_("This merge is another patient's."), field="merge")
    back, stays = _sides(read.conn, row)
    put_back, left = _facts_back(read.conn, row)
    closed = merging.is_closed(read, row.kept_id)
    since = moved.rows_since(read.conn, stays, _seq(read.conn, merge_id), closed=closed)
    return Parting(
        merging.merge_row(read.conn, row),
        moved.rows_under(read.conn, back, closed=closed),
        since,
        tuple((name, before, after) for name, (before, after) in put_back.items()),
        left,
        said_of(read.conn, (one.id for one in since), back),
    )


@command
def unmerge(
    act: Act, merge_id: str, *, reason: str, take_back: Sequence[str] = (), expect: int | None = None
) -> Parted:
    """Part two registrations again.

    What stands under the other goes back with it, also what was written since into its visits, orders and
    prescriptions. What was noted since on the merged chart stays with the one that was kept, unless it is in
    `take_back` (ids of rows; the parts of a record go with it). Facts taken over at the merge are put back unless they
    were changed since. Raises Refusal; nothing is changed then.
    """
    row = merging.merge_of(act.conn, merge_id)
    if row.undone_at is not None:
        raise Refusal(N_("This merge was undone already."), field="merge")
    if not reason.strip():
        raise Refusal(N_("Say why they are two people."), field="reason")
    back, stays = _sides(act.conn, row)
    closed = merging.is_closed(act, row.kept_id)
    since = {one.id: one for one in moved.rows_since(act.conn, stays, _seq(act.conn, merge_id), closed=closed)}
    if unknown := set(take_back) - since.keys():
        raise Refusal(N_("What is to be taken back was not noted since the merge."), field="rows", ids=sorted(unknown))
    put_back, left = _facts_back(act.conn, row)
    done = {"undone_at": act.at, "undone_by": act.session.staff_id, "undone_reason": reason.strip()}
    act.change(merges, merge_id, done, kind="merge.undone", reason=reason.strip(), expect=expect)
    _link_again(act, back, row.other_id, reason)
    part_again(act, row.kept_id, row.other_id, merged_at=row.merged_at, reason=reason.strip())
    taken = sum(moved.take_with_it(act, since[one], row.other_id) for one in _tops(since, take_back))
    before = {name: was for name, (was, _) in put_back.items()}
    kept = act.conn.execute(select(patients).where(patients.c.id == row.kept_id)).one()
    merging.change_registration(
        act, row.kept_id, merging.with_keys(kept, before), "patient.changed", reason=reason, touched=True
    )
    _hand_down(act.conn, act, row, left)
    for one in (row.kept_id, row.other_id):
        _settle_allergies(act, one)
        reindex(act.conn, one)
    return Parted(
        str(kept.mrn), merging.mrn(act.conn, row.other_id), tuple(put_back), left, len(since) - len(take_back), taken
    )


# ------------------------------------------------------------------------------------------------------


def _sides(connection: Connection, row: Row[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The registrations that go when a merge is undone, and those that stay."""
    people = ids_of(connection, row.kept_id)
    links = _links(connection, people, without=row.id)
    back = tuple(one for one in people if _end_of(links, one) == row.other_id)
    return back, tuple(one for one in people if one not in back)


def _links(connection: Connection, people: Sequence[str], *, without: str) -> dict[str, str]:
    """The merges that stand among some registrations: from the one that was merged to the one it was merged into."""
    return {
        one.other_id: one.kept_id
        for one in merging.merge_rows(connection, people)
        if one.undone_at is None and one.id != without
    }


def _end_of(links: Mapping[str, str], one: str) -> str:
    while one in links:
        one = links[one]
    return one


def _link_again(act: Act, back: Sequence[str], other: str, reason: str) -> None:
    for one in back:
        link = {"merged_into": None if one == other else other}
        merging.change_registration(act, one, link, "patient.parted", reason=reason)


def _facts_back(connection: Connection, row: Row[Any]) -> tuple[dict[str, tuple[object, object]], tuple[str, ...]]:
    """The facts taken over that stand as the merge left them, and the names of those changed since."""
    now = connection.execute(select(patients).where(patients.c.id == row.kept_id)).one()._mapping
    chosen: dict[str, list[object]] = json.loads(row.chosen)
    put_back = {name: (before, after) for name, (before, after) in chosen.items() if now[name] == after}
    return put_back, tuple(name for name in chosen if name not in put_back)


def _hand_down(connection: Connection, act: Act, row: Row[Any], left: Sequence[str]) -> None:
    """A fact that a later merge took over in its turn: undone, that one puts back what stood before both."""
    chosen: dict[str, list[object]] = json.loads(row.chosen)
    for later in reversed(merging.merge_rows(connection, (row.kept_id,))):
        if later.kept_id != row.kept_id or later.undone_at is not None or later.rowid_ < row.rowid_:
            continue
        theirs: dict[str, list[object]] = json.loads(later.chosen)
        mine = [name for name in left if name in theirs and theirs[name][0] == chosen[name][1]]
        if mine:
            theirs |= {name: [chosen[name][0], theirs[name][1]] for name in mine}
            act.change(merges, later.id, {"chosen": merging.as_text(theirs)}, kind="merge.handed_down")
            left = [name for name in left if name not in mine]


def _settle_allergies(act: Act, patient_id: str) -> None:
    """The state of somebody's allergies says what stands in their own chart: never "none" beside one that is listed."""
    row = require_patient(act.conn, patient_id)
    listed = merging.has_allergies(act.conn, ids_of(act.conn, row.id))
    state = "listed" if listed else "not_asked" if row.allergy_state == "listed" else row.allergy_state
    if state != row.allergy_state:
        merging.change_registration(act, row.id, {"allergy_state": state}, "patient.changed", reason="")


def _tops(since: Mapping[str, MovedRow], take_back: Sequence[str]) -> list[str]:
    """The rows to take back, the oldest first, so that a whole goes before what was ticked of its parts."""
    wanted = set(take_back)
    return [one for one in since if one in wanted]


def _seq(connection: Connection, merge_id: str) -> int:
    statement = "SELECT seq FROM journal WHERE record = ? AND revision = 1"
    return int(connection.exec_driver_sql(statement, (merge_id,)).scalar_one())
