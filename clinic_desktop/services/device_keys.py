"""What stands here already of a device's record: by the number it came under, over every registration of the person.

A key ends in the registration it was filed under. After a merge the same record may come for the other registration,
and after a parting what a key leads to may stand with somebody else: both are asked of the row, never of the key alone.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables import metadata
from clinic_desktop.store.tables.outside import identifiers

IN_ACT = ("standing", "under")


@dataclass(frozen=True)
class Standing:
    """A record that came before: the key it came under, the row, and in whose chart it stands now."""

    key: Key
    table: str
    record: str
    patient: str
    digest: str | None


@dataclass(frozen=True)
class Told:
    """What is known of a record of one patient: the row that stands, or that it was put into another chart since."""

    key: Key
    here: Standing | None = None
    moved: bool = False


def standing(conn: Connection, kind: str, system: str, identity: str, patient: str) -> Told:
    """What stands of a device's record in this patient's chart; the key is that under which it stands or would."""
    people = ids_of(conn, patient)
    key = Key(kind, system, f"{identity}:{patient}")
    found = [
        one
        for one in under(conn, kind, system, f"{identity}:")
        if len(one.key.value) == len(identity) + 1 + len(patient)
    ]
    mine = [one for one in found if one.patient in people]
    if mine:
        return Told(mine[0].key, mine[0])
    # The row was taken into another chart by a person: what comes now under its key must not pull it back.
    return Told(key, None, moved=any(one.key.value[len(identity) + 1 :] in people for one in found))


def under(conn: Connection, kind: str, system: str, beginning: str) -> list[Standing]:
    """Every record that a system gave a number with this beginning, the oldest first."""
    c = identifiers.c
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    asked = (
        select(c.record_kind, c.record_id, c.digest, c.value, c.use)
        .where(c.value >= beginning, c.value < after, c.system == system, c.kind == kind)
        .order_by(c.rowid_)
    )
    found = []
    for row in conn.execute(asked).all():
        table = metadata.tables[row.record_kind]
        owner = conn.execute(select(table.c.patient_id).where(table.c.id == row.record_id)).scalar()
        if owner is not None:
            key = Key(kind, system, row.value, business=row.use == "business")
            found.append(Standing(key, row.record_kind, row.record_id, str(owner), row.digest))
    return found
