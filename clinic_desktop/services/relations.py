"""Families of patients, and pairs who look alike and are not one person: neither is offered as a duplicate again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.services.patients import require_patient, shown_name
from clinic_desktop.store.tables.merges import different_people, relations
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("apart", "end_decisions", "part_again")

# What the other is to one, seen from the other side.
INVERSE = {
    "mother": "child", "father": "child", "child": "parent", "guardian": "ward", "ward": "guardian",
    "sibling": "sibling", "partner": "partner", "household": "household",
}  # fmt: skip
KINDS = tuple(INVERSE)


@dataclass(frozen=True)
class Relative:
    """Somebody of a patient's family: what they are to the patient, and the record that says so."""

    relation_id: str
    patient_id: str
    mrn: str
    name: str
    born_on: date | None
    kind: str
    noted_by: str
    noted_at: datetime

    def __repr__(self) -> str:
        return f"Relative({self.relation_id})"


@dataclass(frozen=True)
class Decision:
    """Who said that two are not the same person, when and why."""

    decision_id: str
    patient_id: str
    mrn: str
    name: str
    reason: str
    decided_by: str
    decided_at: datetime

    def __repr__(self) -> str:
        return f"Decision({self.decision_id})"


@command
def link_family(act: Act, patient_id: str, other_id: str, kind: str) -> str:
    """Say what another patient is to this one (mother, one household); they are never offered as duplicates."""
    mine, theirs = _two(act.conn, patient_id, other_id)
    if kind not in KINDS:
        raise Refusal(N_("Choose what they are to one another."), field="kind")
    standing = _standing(act.conn, relations, mine, theirs)
    if any(row.kind == kind and row.patient_id in ids_of(act.conn, mine) for row in standing):
        raise Refusal(N_("They are linked in this way already."), field="kind")
    values = {
        "patient_id": mine,
        "other_id": theirs,
        "kind": kind,
        "noted_at": act.at,
        "noted_by": act.session.staff_id,
    }
    return act.create(relations, values, kind="relation.noted")


@command
def end_relation(act: Act, relation_id: str, reason: str) -> int:
    """Say that two are not linked so, or no longer; the row stays, with the reason."""
    row = act.conn.execute(select(relations).where(relations.c.id == relation_id)).one_or_none()
    if row is None or row.ended_at is not None:
        raise Refusal(N_("Somebody ended this meanwhile."), field="relation")
    why = _reason(reason)
    changes = {"ended_at": act.at, "ended_by": act.session.staff_id, "ended_reason": why}
    return act.change(relations, relation_id, changes, kind="relation.ended", reason=why)


@command
def say_different(act: Act, patient_id: str, other_id: str, reason: str) -> str:
    """Say that two who look alike are not the same person; they are not offered again until it is withdrawn."""
    mine, theirs = _two(act.conn, patient_id, other_id)
    why = _reason(reason)
    if _standing(act.conn, different_people, mine, theirs):
        raise Refusal(N_("This was said already."), field="other")
    values = {
        "patient_id": mine,
        "other_id": theirs,
        "reason": why,
        "decided_at": act.at,
        "decided_by": act.session.staff_id,
    }
    return act.create(different_people, values, kind="different_people.said", reason=why)


@command
def withdraw_different(act: Act, decision_id: str, reason: str) -> int:
    """Take back that two are not the same person: they may be offered as duplicates again."""
    row = act.conn.execute(select(different_people).where(different_people.c.id == decision_id)).one_or_none()
    if row is None or row.withdrawn_at is not None:
        raise Refusal(N_("Somebody ended this meanwhile."), field="decision")
    changes = {"withdrawn_at": act.at, "withdrawn_by": act.session.staff_id}
    return act.change(different_people, decision_id, changes, kind="different_people.withdrawn", reason=_reason(reason))


@query(access="chart", once=True)
def relatives(read: Read, patient_id: str) -> tuple[Relative, ...]:
    """The family of a patient, in the order it was noted."""
    people = ids_of(read.conn, patient_id)
    found: list[Relative] = []
    for row in _about(read.conn, relations, people):
        forward = row.patient_id in people
        other = _person(read.conn, row.other_id if forward else row.patient_id)
        found.append(
            Relative(
                row.id, other.id, other.mrn, shown_name(other.family_name, other.given_names),
                None if other.born_on is None else date.fromisoformat(other.born_on),
                row.kind if forward else INVERSE[row.kind], row.display_name, from_text(row.noted_at),
            )
        )  # fmt: skip
    return tuple(found)


@query(access="chart", once=True)
def decisions(read: Read, patient_id: str) -> tuple[Decision, ...]:
    """Those who look like a patient and were said to be somebody else."""
    people = ids_of(read.conn, patient_id)
    found: list[Decision] = []
    for row in _about(read.conn, different_people, people):
        other = _person(read.conn, row.other_id if row.patient_id in people else row.patient_id)
        found.append(
            Decision(
                row.id, other.id, other.mrn, shown_name(other.family_name, other.given_names), row.reason,
                row.display_name, from_text(row.decided_at),
            )
        )  # fmt: skip
    return tuple(found)


# Inside an act or a query -----------------------------------------------------------------------------


def apart(connection: Connection) -> frozenset[frozenset[str]]:
    """Pairs of registrations, as they are known now, that are linked as family or were said not to be one person."""
    rows = connection.exec_driver_sql(
        "SELECT coalesce(a.merged_into, a.id), coalesce(b.merged_into, b.id) FROM"
        " (SELECT patient_id, other_id FROM relations WHERE ended_at IS NULL UNION ALL"
        " SELECT patient_id, other_id FROM different_people WHERE withdrawn_at IS NULL) x"
        " JOIN patients a ON a.id = x.patient_id JOIN patients b ON b.id = x.other_id"
    )
    return frozenset(frozenset((a, b)) for a, b in rows)


def end_decisions(act: Act, people: Sequence[str], others: Sequence[str]) -> None:
    """End what kept two registrations apart, in the act that says they are one person."""
    for table, ended, by in (
        (relations, "ended_at", "ended_by"),
        (different_people, "withdrawn_at", "withdrawn_by"),
    ):
        for row in _between(act.conn, table, people, others):
            changes = {ended: act.at, by: act.session.staff_id}
            act.change(table, row.id, changes, kind=f"{table.name}.ended_by_merge")


def part_again(act: Act, kept: str, other: str, *, merged_at: str, reason: str) -> None:
    """Say again, in the act that un-merges two, what kept them apart before; that they are two is a decision too."""
    people, others = ids_of(act.conn, kept), ids_of(act.conn, other)
    for table, ended, by in (
        (relations, "ended_at", "ended_by"),
        (different_people, "withdrawn_at", "withdrawn_by"),
    ):
        for row in _between(act.conn, table, people, others, ended_at=merged_at):
            act.change(table, row.id, {ended: None, by: None}, kind=f"{table.name}.resumed")
    if not _between(act.conn, different_people, people, others):
        values = {"patient_id": kept, "other_id": other, "reason": reason, "decided_at": act.at}
        by_whom = {"decided_by": act.session.staff_id}
        act.create(different_people, values | by_whom, kind="different_people.said", reason=reason)


def _two(connection: Connection, patient_id: str, other_id: str) -> tuple[str, str]:
    mine, theirs = str(require_patient(connection, patient_id).id), str(require_patient(connection, other_id).id)
    if mine == theirs:
        raise Refusal(N_("These are one registration already."), field="other")
    return mine, theirs


def _standing(connection: Connection, table: Table, mine: str, theirs: str) -> list[Row[Any]]:
    return _between(connection, table, ids_of(connection, mine), ids_of(connection, theirs))


def _between(
    connection: Connection,
    table: Table,
    people: Sequence[str],
    others: Sequence[str],
    *,
    ended_at: str | None = None,
) -> list[Row[Any]]:
    ended = table.c.ended_at if "ended_at" in table.c else table.c.withdrawn_at
    there = table.c.patient_id.in_(people) & table.c.other_id.in_(others)
    back = table.c.patient_id.in_(others) & table.c.other_id.in_(people)
    return list(connection.execute(select(table).where(there | back, ended.is_(ended_at))).all())


def _about(connection: Connection, table: Table, people: Sequence[str]) -> list[Row[Any]]:
    ended = table.c.ended_at if "ended_at" in table.c else table.c.withdrawn_at
    by = table.c.noted_by if "noted_by" in table.c else table.c.decided_by
    return list(
        connection.execute(
            select(table, staff.c.display_name)
            .join(staff, staff.c.id == by)
            .where(table.c.patient_id.in_(people) | table.c.other_id.in_(people), ended.is_(None))
            .order_by(table.c.rowid_)
        ).all()
    )


def _person(connection: Connection, patient_id: str) -> Row[Any]:
    return connection.execute(select(patients).where(patients.c.id == kept_id(connection, patient_id))).one()


def _reason(text: str) -> str:
    if not text.strip():
        raise Refusal(N_("Say why."), field="reason")
    return text.strip()
