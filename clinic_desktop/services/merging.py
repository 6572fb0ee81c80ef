"""Merging two registrations of one person, and parting them again: a link that is set, and a link that is taken away.

No row moves. What was noted under either registration stays under it and is read as one chart (`merges.ids_of`). The
few facts that are taken over into the registration that is kept are kept with the merge, before and after.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import merging as rules
from clinic_desktop.domain.merging import Difference
from clinic_desktop.domain.patients import name_key
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import consent_gate, moved
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.consent_gate import Asked
from clinic_desktop.services.directory import pharmacy_of
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.moved import MovedKind
from clinic_desktop.services.patients import reindex, require_patient, shown_name
from clinic_desktop.services.queue import HERE
from clinic_desktop.services.relations import end_decisions
from clinic_desktop.store.tables.chart import allergies
from clinic_desktop.store.tables.merges import merges
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.scheduling import queue_entries
from clinic_desktop.store.tables.staff import staff

IN_ACT = (
    "as_text", "change_registration", "has_allergies", "is_closed", "merge_of", "merge_row", "merge_rows",
    "mrn", "with_keys",
)  # fmt: skip


@dataclass(frozen=True)
class Registration:
    """One of two registrations that may be merged: who, in which revision, and every row that stands under it."""

    patient_id: str
    revision: int
    mrn: str
    name: str
    facts: tuple[tuple[str, object], ...]
    kinds: tuple[MovedKind, ...]

    def __repr__(self) -> str:
        return f"Registration({self.patient_id})"

    @property
    def count(self) -> int:
        """How many rows of all kinds."""
        return sum(kind.count for kind in self.kinds)

    def differs(self, other: "Registration") -> tuple[Difference, ...]:
        """The facts on which the other registration differs from this one, which is kept."""
        return rules.differences(dict(self.facts), dict(other.facts))


@dataclass(frozen=True)
class Merged:
    """A merge that was done: its id, by which it is undone, and how many rows of each kind are read with the kept."""

    merge_id: str
    kept_id: str
    kept_mrn: str
    other_mrn: str
    moved: tuple[tuple[str, int], ...]
    taken_over: tuple[str, ...]


@dataclass(frozen=True)
class MergeRow:
    """One merge of a person, done or undone."""

    merge_id: str
    revision: int
    kept_mrn: str
    other_mrn: str
    other_name: str
    reason: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    undone_by: str | None

    def __repr__(self) -> str:
        return f"MergeRow({self.merge_id})"


@query(access="chart")
def registration(read: Read, patient_id: str) -> Registration:
    """Everything that stands under one registration, and under those merged into it."""
    row = require_patient(read.conn, patient_id)
    columns = [column for group in rules.GROUPS.values() for column in group]
    said = dict(row._mapping) | {"preferred_pharmacy_id": _pharmacy(read.conn, row.preferred_pharmacy_id)}
    facts = tuple((column, said[column]) for column in columns)
    kinds = moved.rows_under(read.conn, ids_of(read.conn, patient_id), closed=is_closed(read, patient_id))
    return Registration(row.id, row.revision, row.mrn, shown_name(row.family_name, row.given_names), facts, kinds)


def _pharmacy(connection: Connection, pharmacy_id: str | None) -> str | None:
    """A pharmacy by its name: facts are shown to somebody who chooses between them."""
    found = pharmacy_of(connection, pharmacy_id)
    return None if found is None else found.name


@command
def merge(
    act: Act,
    kept: str,
    other: str,
    *,
    chosen: Mapping[str, str],
    reason: str,
    expect_kept: int | None = None,
    expect_other: int | None = None,
) -> Merged:
    """Say that two registrations are one person's: the other is read as a part of the one that is kept.

    `chosen` says for a fact on which they differ whether that of the ``kept`` or the ``other`` is right; sex, birth,
    death and blood type must be chosen. Raises Refusal naming the field; nothing is changed then.
    """
    mine, theirs = _mergeable(act.conn, kept), _mergeable(act.conn, other)
    if kept == other:
        raise Refusal(N_("These are one registration already."), field="other")
    if not reason.strip():
        raise Refusal(N_("Say how you know that they are one person."), field="reason")
    _one_ticket(act.conn, kept, other)
    people, joined = ids_of(act.conn, kept), ids_of(act.conn, other)
    counts = tuple((kind.title, kind.count) for kind in moved.rows_under(act.conn, joined))
    changes = rules.taken_over(dict(mine._mapping), dict(theirs._mapping), chosen)
    listed = has_allergies(act.conn, (*people, *joined))
    state = rules.allergy_state(mine.allergy_state, theirs.allergy_state, listed=listed)
    if state != mine.allergy_state:
        changes |= {"allergy_state": state}
        if mine.allergy_state == "not_asked":
            changes |= {name: theirs._mapping[name] for name in ("allergy_state_on", "allergy_state_by")}
    made = act.create(
        merges,
        {
            "kept_id": kept,
            "other_id": other,
            "reason": reason.strip(),
            "merged_at": act.at,
            "merged_by": act.session.staff_id,
            "chosen": as_text({name: [mine._mapping[name], value] for name, value in changes.items()}),
        },
        kind="merge.made",
        patient=kept,
        reason=reason.strip(),
    )
    # Both are touched, so that a window in which either was open is told, and may not save over it unseen.
    change_registration(
        act, kept, with_keys(mine, changes), "patient.changed", expect=expect_kept, reason=reason, touched=True
    )
    link: dict[str, object] = {"merged_into": kept}
    change_registration(act, other, link, "patient.merged", expect=expect_other, reason=reason)
    for one in joined[1:]:
        change_registration(act, one, link, "patient.merged", reason=reason)
    end_decisions(act, people, joined)
    reindex(act.conn, kept)
    return Merged(made, kept, mine.mrn, theirs.mrn, counts, tuple(changes))


@query(access="chart", once=True)
def merges_of(read: Read, patient_id: str) -> tuple[MergeRow, ...]:
    """The merges of a person, the latest first; those undone too."""
    people = ids_of(read.conn, patient_id)
    return tuple(merge_row(read.conn, row) for row in merge_rows(read.conn, people))


@query
def merge_by_id(read: Read, merge_id: str) -> MergeRow:
    """One merge. Raises Refusal when there is none."""
    return merge_row(read.conn, merge_of(read.conn, merge_id))


# What `parting` calls too ---------------------------------------------------------------------------------


def is_closed(asking: Read | Act, patient_id: str) -> bool:
    """Whether a restricted record is closed to who asks: a clerk who merges it learns how much there is, not what."""
    asked = Asked(asking.session, asking.now, asking.steady)
    return not consent_gate.may_open(asking.conn, asked, patient_id)


def _mergeable(connection: Connection, patient_id: str) -> Row[Any]:
    row = connection.execute(select(patients).where(patients.c.id == patient_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This patient is not here."), field="patient")
    if row.merged_into is not None:
        raise Refusal(
            N_("{mrn} was merged into {kept} already. Look again."),
            field="other", mrn=row.mrn, kept=mrn(connection, row.merged_into),
        )  # fmt: skip
    return row


def _one_ticket(connection: Connection, kept: str, other: str) -> None:
    here = [
        connection.execute(
            select(queue_entries.c.ticket).where(
                queue_entries.c.patient_id.in_(ids_of(connection, one)), queue_entries.c.status.in_(HERE)
            )
        ).scalar()
        for one in (kept, other)
    ]
    if None not in here:
        raise Refusal(
            N_("Both stand in the queue, with tickets {a} and {b}. Take one of them out of the queue first."),
            field="other", a=here[0], b=here[1],
        )  # fmt: skip


def has_allergies(connection: Connection, people: Sequence[str]) -> bool:
    """Whether an allergy stands under any of these registrations."""
    wanted = select(allergies.c.id).where(allergies.c.patient_id.in_(people), allergies.c.status == "active").limit(1)
    return connection.execute(wanted).first() is not None


def change_registration(
    act: Act,
    patient_id: str,
    changes: Mapping[str, object],
    kind: str,
    *,
    reason: str,
    expect: int | None = None,
    touched: bool = False,
) -> None:
    """Change a registration in the act that merges or parts."""
    act.change(
        patients,
        patient_id,
        changes,
        kind=kind,
        reason=reason.strip() or None,
        expect=expect,
        touched=touched,
        alone=True,
    )


def with_keys(row: Row[Any], changes: Mapping[str, object]) -> dict[str, object]:
    """Changes to a registration, with the keys it is sorted by where its name changes."""
    keyed = dict(changes)
    if "family_name" in changes or "given_names" in changes:
        keyed["family_key"] = name_key(str(changes.get("family_name", row.family_name)))
        keyed["given_key"] = name_key(str(changes.get("given_names", row.given_names)))
    return keyed


def merge_of(connection: Connection, merge_id: str) -> Row[Any]:
    """The row of a merge. Raises Refusal when there is none."""
    row = connection.execute(select(merges).where(merges.c.id == merge_id)).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such merge."), field="merge")
    return row


def merge_rows(connection: Connection, people: Sequence[str]) -> list[Row[Any]]:
    """The merges in which any of these registrations took part, the latest first."""
    mine = or_(merges.c.kept_id.in_(people), merges.c.other_id.in_(people))
    return list(connection.execute(select(merges).where(mine).order_by(merges.c.rowid_.desc())).all())


def merge_row(connection: Connection, row: Row[Any]) -> MergeRow:
    """A merge as it is shown."""
    names = {
        one.id: one
        for one in connection.execute(select(patients).where(patients.c.id.in_((row.kept_id, row.other_id))))
    }
    who = select(staff.c.id, staff.c.display_name).where(staff.c.id.in_((row.merged_by, row.undone_by or "")))
    people = {one.id: one.display_name for one in connection.execute(who)}
    other = names[row.other_id]
    return MergeRow(
        row.id, row.revision, names[row.kept_id].mrn, other.mrn, shown_name(other.family_name, other.given_names),
        row.reason, from_text(row.merged_at), people[row.merged_by],
        None if row.undone_at is None else from_text(row.undone_at), people.get(row.undone_by),
    )  # fmt: skip


def mrn(connection: Connection, patient_id: str) -> str:
    """The record number of a registration."""
    return str(connection.execute(select(patients.c.mrn).where(patients.c.id == patient_id)).scalar_one())


def as_text(chosen: Mapping[str, object]) -> str:
    """What was taken over, as it is kept."""
    return json.dumps(chosen, ensure_ascii=False)
