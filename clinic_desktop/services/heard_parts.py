"""What stands here of one record of a connected system: its parts by their ids there, and those not said now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import Key, Known, look_up
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.outside import identifiers

IN_ACT = (
    "is_of",
    "known_as",
    "mark_unsaid",
    "no_longer_said",
    "people",
    "require_same_patient",
    "stands_under",
    "system_ids",
)

# What the digest of a part begins with that is not said there any more: a person is told of it once.
NOT_SAID = "not said: "


@dataclass(frozen=True)
class Standing:
    """A part of a record as it stands here: its id there, its row, and whether nobody here has changed it since."""

    identifier: str
    key: Key
    digest: str
    table: str
    record: str
    untouched: bool
    row: Mapping[str, Any]

    @property
    def said(self) -> bool:
        """Whether it was said when the record was last read."""
        return not self.digest.startswith(NOT_SAID)


def known_as(act: Act, key: Key) -> Known | None:
    """The record here under an id of another system."""
    return look_up(act.conn, [key]).of(key)


def people(act: Act, patient: str) -> tuple[str, ...]:
    """Every registration of a person."""
    return tuple(ids_of(act.conn, patient))


def is_of(act: Act, record: str | None, patient: str) -> bool:
    """Whether what a record is noted to be of is this person, under whichever of their registrations."""
    return record is None or record in ids_of(act.conn, patient)


def system_ids(act: Act, system: str, kind: str, record: str) -> tuple[str, ...]:
    """The ids under which a system brought a record."""
    wanted = select(identifiers.c.value).where(
        identifiers.c.record_id == record, identifiers.c.use == "resource", identifiers.c.system == system
    )
    return tuple(act.conn.execute(wanted.where(identifiers.c.kind == kind)).scalars())


def stands_under(act: Act, system: str, anchor: str, prefix: str) -> list[Standing]:
    """What a system brought under an id, and under the ids that begin with a prefix; the oldest first."""
    after = f"{prefix[:-1]}{chr(ord(prefix[-1]) + 1)}"
    wanted = (
        select(identifiers)
        .where(identifiers.c.use == "resource", identifiers.c.system == system)
        .where(or_(identifiers.c.value == anchor, identifiers.c.value.between(prefix, after)))
        .order_by(identifiers.c.rowid_)
    )
    found = []
    for one in act.conn.execute(wanted).mappings().all():
        table = metadata.tables[one["record_kind"]]
        row = act.conn.execute(select(table).where(table.c.id == one["record_id"])).mappings().one()
        key = Key(one["kind"], system, one["value"])
        untouched = one["record_revision"] == row["revision"]
        found.append(Standing(one["id"], key, one["digest"] or "", table.name, one["record_id"], untouched, dict(row)))
    return found


def require_same_patient(act: Act, standing: Iterable[Standing], patient: str) -> None:
    """Refuse to carry a record from one chart into another: the number over it there may be somebody else's now."""
    if any(not is_of(act, one.row.get("patient_id"), patient) for one in standing):
        raise Refusal(
            N_("It stands in the chart of another patient here, and is not moved by what a system says."),
            field="patient",
        )


def mark_unsaid(act: Act, gone: Iterable[Standing]) -> None:
    """Keep of parts that they are not said any more: a person is told of that once."""
    for one in gone:
        act.change(identifiers, one.identifier, {"digest": NOT_SAID + one.digest}, kind="identifier.changed")


def no_longer_said(act: Act, patient: str, system: str, gone: Sequence[Standing], names: Iterable[str]) -> None:
    """Tell a doctor, once, what a system has taken out of one of its records: here it stands until they decide."""
    mark_unsaid(act, gone)
    body = f"{system} said this, and says it no longer: {'; '.join(names)}. It stands in the chart until you decide."
    title = "Something was taken out of a record elsewhere"
    opens = (("patient_id", patient),)
    inbox.notify(act, inbox.Notice("task", "high", title, "doctor", body, patient, screen="chart", arguments=opens))
